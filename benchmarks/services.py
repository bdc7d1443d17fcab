"""Read, check and turn 20,000 services of an Open Referral list, beside reading the same JSON and making four frames.

python -m benchmarks.services

The second is the least that any program has to do: parse, and pandas.json_normalize; it checks nothing.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from benchmarks import harness
from benchmarks.harness import Record, Way
from compendium.importers.open_referral import service_map

SERVICES = 20_000


def feed(size: int = SERVICES) -> list[dict[str, object]]:
    """Invented services, each in full at one location, of 2,000 organisations."""
    identifier = "00000000-0000-4000-8000-{:012}".format
    return [
        {
            "id": identifier(number),
            "name": f"Service {number} (invented)",
            "status": "active",
            "minimum_age": 8,
            "maximum_age": 17,
            "assured_date": "2026-01-31",
            "organization": {"id": identifier(10**6 + number % 2000), "name": f"Organisation {number % 2000}"},
            "service_at_locations": [
                {
                    "id": identifier(2 * 10**6 + number),
                    "location": {
                        "id": identifier(3 * 10**6 + number),
                        "location_type": "physical",
                        "latitude": 53.5,
                        "longitude": -3.0,
                    },
                }
            ],
        }
        for number in range(size)
    ]


def least(path: Path) -> None:
    services = json.loads(path.read_text("utf-8"))
    pd.json_normalize(services)
    pd.json_normalize(services, "service_at_locations")


def records(asked: argparse.Namespace) -> Iterator[Record]:
    size = 200 if asked.quick else SERVICES
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "services.json"
        path.write_text(json.dumps(feed(size)), "utf-8")
        ways = [Way("ours", lambda: service_map(path)), Way("parse and normalise", lambda: least(path))]
        timings = harness.in_turns(ways, pairs=asked.pairs, say="services")
        megabytes = path.stat().st_size / 1e6
    yield Record(
        f"{size:,} services of an Open Referral list ({megabytes:.0f} MB); the second checks nothing.",
        tables=[harness.times_table(timings, "parse and normalise")],
        uses=["pandas"],
    )


if __name__ == "__main__":
    harness.main(__doc__, records)
