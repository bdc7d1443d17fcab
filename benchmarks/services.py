"""Read, check and turn 20,000 services of an Open Referral list, beside reading the same JSON and making four frames.

python -m benchmarks.services

The second is the least that any program has to do: parse, and pandas.json_normalize; it checks nothing.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from compendium.importers.open_referral import service_map

SERVICES = 20_000
RUNS = 3


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


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "services.json"
        path.write_text(json.dumps(feed()), "utf-8")
        ways: dict[str, Callable[[Path], object]] = {"ours": service_map, "parse and normalise": least}
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(RUNS):
            for name, way in ways.items():
                start = time.perf_counter()
                way(path)
                times[name].append(time.perf_counter() - start)
        size = path.stat().st_size / 1e6
    ours, limit = (statistics.median(times[name]) for name in ways)
    print(f"{SERVICES:,} services ({size:.0f} MB): ours {ours:.2f} s, parse and normalise {limit:.2f} s, ", end="")
    print(f"{ours / limit:.1f} times")


if __name__ == "__main__":
    main()
