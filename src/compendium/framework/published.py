"""Items of published frameworks that standards stand beside: the evidence register, and what was read later.

`framework/published.csv` adds items with where each was read. Names are shortened; items that were not read have no
row, so that a gap is never an item nobody looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from compendium.framework.reading import read_rows

REGISTER = "quality_standards.csv"
ADDED = "published.csv"


@dataclass(frozen=True)
class Item:
    """One item of a published framework that a standard may cite, such as `WHO2015:8`."""

    key: str
    framework: str
    number: str
    name: str
    read_at: str = ""
    part: str = ""


def published(sources: Mapping[str, str], framework: Path, evidence: Path) -> dict[str, Item]:
    """Items by key, framework by framework in the order of `sources` (short name -> name in the register)."""
    register, added = read_rows(evidence / REGISTER), read_rows(framework / ADDED)
    found = {}
    for short, name in sources.items():
        rows = [
            *(
                (row["item_no"], row["item_name"], row["source_locator"], "")
                for row in register
                if row["framework"] == name
            ),
            *(
                (row["item_no"], row["item_name"], row["source_locator"], row["part"])
                for row in added
                if row["source"] == short
            ),
        ]
        for number, title, read_at, part in rows:
            key = f"{short}:{number}"
            found[key] = Item(key, name, number, title, read_at, part)
    return found
