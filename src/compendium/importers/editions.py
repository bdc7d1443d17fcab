"""A table made of several publications: which rows one of them brings, and what it would change.

`area_deprivation` holds the editions of 2019 and 2025, `area_incidents` a month a file. A new publication takes the
place of the rows of its own edition, never of another's, and not before somebody has seen what changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from compendium.csvfile import Row

# columns that say which publication a row came with; a table that isn't named here comes whole in one
EDITIONS: Mapping[str, tuple[str, ...]] = {
    "area_deprivation": ("edition",),
    "area_incidents": ("month",),
    "area_lookup": ("relation",),
    "area_outcomes": ("area_name",),
    "area_outcomes_by_group": ("area_code",),
    "area_outlines": ("level", "vintage"),
    "area_population_official": ("level", "vintage"),
}


@dataclass(frozen=True, repr=False)
class Merged:
    """The rows of a table after a publication came in, and how they differ from those before."""

    rows: list[Row]
    added: int = 0
    gone: int = 0
    changed: int = 0
    kept: int = 0  # rows of other editions
    editions: tuple[str, ...] = field(default=())  # of those that were there already and would become others

    @property
    def replaces(self) -> bool:
        """Whether rows of an edition that was there already would become others."""
        return bool(self.editions)


def merge(table: str, header: Row, key: Sequence[str], before: Sequence[Row], new: Sequence[Row]) -> Merged:
    """The rows of `before` with those of the editions in `new` replaced; in order of edition, then as published.

    `key` names the columns by which a row is known. The order in which publications come in makes no difference.
    """
    columns = tuple(name for name in EDITIONS.get(table, ()) if name in header)
    at = [header.index(name) for name in columns]
    by_key = [header.index(name) for name in key]

    def edition(row: Row) -> Row:
        return tuple(row[index] for index in at)

    coming = {edition(row) for row in new}
    stay = [row for row in before if edition(row) not in coming]
    old = {tuple(row[index] for index in by_key): row for row in before if edition(row) in coming}
    now = {tuple(row[index] for index in by_key): row for row in new}
    touched = {edition(row) for found, row in old.items() if now.get(found) != row}
    touched |= {edition(row) for found, row in now.items() if old and found not in old} & {
        edition(row) for row in old.values()
    }
    return Merged(
        rows=sorted([*stay, *new], key=edition),
        added=len(now.keys() - old.keys()),
        gone=len(old.keys() - now.keys()),
        changed=sum(old[found] != now[found] for found in old.keys() & now.keys()),
        kept=len(stay),
        editions=tuple(sorted(_named(columns, values) for values in touched)),
    )


def _named(columns: Sequence[str], values: Row) -> str:
    return ", ".join(f"{name} {value}" for name, value in zip(columns, values, strict=True)) or "the whole table"
