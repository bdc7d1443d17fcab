"""What the page on privacy says of the attack, from the certificates of what the site shows; and the policies."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from compendium.disclosure import WITNESSES
from compendium.disclosure.policy import policies
from compendium.markdown import escape, pipe_table
from compendium.report import read
from compendium.report.place import Place

UNITS = {
    "persons": "persons",
    "participants": "people in workshops",
    "services": "services",
    "none": "published figures",
}
HOW = {
    "suppress": "small counts hidden, with proof",
    "round": "small counts redacted, others rounded",
    "midpoint": "all counts rounded",
    "none": "nothing hidden",
}


def attacked(places: Sequence[Place]) -> str:
    """What was attacked in each locality, and what came of it."""
    rows = [_row(place) for place in places]
    header = ["Locality", "Tables", "Numbers shown", "Hidden", "Protected", "With witnesses", "Known tables used"]
    caption = "What was attacked: tables of counts with a floor, their cells and totals"
    table = pipe_table(header, rows, right=[1, 2, 3, 4, 5, 6], caption=caption, anchor="tbl-attacked")
    return "\n".join([table, "", *_beside(places)])


def _row(place: Place) -> list[str]:
    certificate = _read(place.outputs / "certificate.json")
    judged = {name: table for name, table in certificate.get("tables", {}).items() if table["threshold"] > 0}
    shown = sum(_published(place, name) for name in judged)
    verdicts = Counter(cell["verdict"] for table in judged.values() for cell in table["cells"])
    proofs = _read(place.outputs / WITNESSES).get("units", [])
    numbers = [
        len(judged),
        shown,
        sum(verdicts.values()),
        verdicts["protected"],
        sum(len(unit["cells"]) for unit in proofs),
        len(certificate.get("known", [])),
    ]
    return [escape(place.locality.name), *(f"{number:,}" for number in numbers)]


def _published(place: Place, name: str) -> int:
    """How many cells and totals of a table are shown."""
    return sum(row.get("status") == "published" for row in read.rows(place, name))


def _beside(places: Sequence[Place]) -> list[str]:
    """The known tables that took part, each once."""
    lines = []
    for place in places:
        known = _read(place.outputs / "certificate.json").get("known", [])
        said = "; ".join(f"{escape(t['name'])} ({escape(t['source'])}, {t['from']} to {t['to']})" for t in known)
        if said:
            lines.append(f"- {escape(place.locality.name)}: attacked together with {said}.")
    return (
        [*lines, ""] if lines else ["No earlier release and no number from outside took part: there is none yet.", ""]
    )


def floors() -> str:
    """Every policy, with its source, its version and the day it was read."""
    rows = [
        [
            f"`{chosen.name}`",
            escape(chosen.title),
            UNITS[chosen.units],
            HOW[chosen.method],
            escape(f"{chosen.source}; {chosen.version}, {chosen.date}"),
        ]
        for chosen in policies().values()
    ]
    header = ["Policy", "In words", "For", "How", "Source"]
    return pipe_table(header, rows, caption="Policies", anchor="tbl-policies") + "\n"


def _read(path: Path) -> dict[str, Any]:
    """A JSON object; nothing when there is no such file."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found
