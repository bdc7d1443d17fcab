"""Localities side by side from their released tables: what both counted alike, without a test and without a ranking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compendium.across import registry
from compendium.across.part import Part, record_of
from compendium.aggregate import TOTAL
from compendium.errors import CompendiumError, UnknownName, nearest
from compendium.intervals import wilson
from compendium.paths import Root
from compendium.report import read
from compendium.report.shown import shown, withheld

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """A released count of one locality, of all it counted there. None: hidden, or its whole is."""

    count: int | None
    of: int | None

    @property
    def share(self) -> tuple[float, float, float] | None:
        """The share with its interval (Wilson 1927); None where a number is hidden or there is nothing to divide by."""
        if self.count is None or not self.of:
            return None
        return self.count / self.of, *wilson(self.count, self.of)


@dataclass(frozen=True)
class Row:
    """A category, and its count in each locality."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Compared:
    """One way of counting that the localities share: the categories of a dimension, a cell each locality."""

    table: str
    title: str
    unit: str
    by: str
    rows: tuple[Row, ...]
    provenance: tuple[str, ...]

    def repeats(self, other: Compared) -> bool:
        """Whether it says again what another table says: the same margin stands in several."""
        return (self.unit, self.by, self.rows) == (other.unit, other.by, other.rows)


@dataclass(frozen=True)
class Apart:
    """A table that can't stand side by side, and why."""

    table: str
    why: str


def compare(root: Root, ids: Sequence[str], table: str = "") -> tuple[list[Compared], list[Apart]]:
    """What the localities' released tables of counts say beside each other, in the order of `ids`.

    A release that was gathered from another team stands beside them by its id. With `table` only that one. Only what
    the site may show is read: of a locality with real records, the approved release. Raises `CompendiumError` when one
    of them has nothing to show, `UnknownName` for a table nobody released.
    """
    gathered = {part.id: part for part in registry.brought(root)}
    tables = [_brought(gathered[id]) if id in gathered else _own(root, id) for id in ids]
    known = sorted({name for own in tables for name in own})
    if table and table not in known:
        raise UnknownName(f"No table is called {table[:60]}.", nearest(table, known))
    found, apart = list[Compared](), list[Apart]()
    for name in [table] if table else known:
        lacking = [id for id, own in zip(ids, tables, strict=True) if name not in own]
        records = [own[name] for own in tables if name in own]
        if lacking:
            apart.append(Apart(name, f"{' and '.join(lacking)} released no such table"))
        elif any(record["kind"] != "counts" for record in records):
            apart.extend([Apart(name, "it holds no counts: read it on the pages of each")] if table else [])
        elif alike := list(_alike(name, records)):
            found += [one for one in alike if table or not any(one.repeats(other) for other in found)]
        else:
            apart.append(Apart(name, _differently(ids, records)))
    return found, apart


def _own(root: Root, id: str) -> dict[str, Record]:
    return {str(record["name"]): record for record in read.every(_folder(root, id) / "tables")}


def _brought(part: Part) -> dict[str, Record]:
    return {name: record_of(table) for name, table in part.tables.items()}


def _folder(root: Root, id: str) -> Path:
    if id in withheld(root):
        raise CompendiumError(f"{id} rests on real records that nobody approved: nothing of it may be shown.")
    for each in shown(root):
        if each.locality == id:
            return each.folder
    raise CompendiumError(f"{id} has nothing settled to compare.", f"Run `compendium run {id}` first.")


def _alike(name: str, records: Sequence[Record]) -> Iterator[Compared]:
    """A comparison for each dimension that has the same categories everywhere, over all of the other dimensions."""
    first = records[0]
    for dimension in first["dimensions"]:
        if all(_same(dimension, record) for record in records):
            by, labels = dimension["name"], {**dimension["categories"], TOTAL: "All"}
            codes = dict.fromkeys(str(row[by]) for row in first["rows"])  # in the order of the table
            rows = tuple(Row(labels[code], tuple(_cell(record, by, code) for record in records)) for code in codes)
            provenance = tuple(str(record["provenance"]) for record in records)
            yield Compared(name, first["title"], first["unit"], dimension["title"], rows, provenance)


def _same(dimension: Record, record: Record) -> bool:
    return any(
        other["name"] == dimension["name"] and other["categories"] == dimension["categories"]
        for other in record["dimensions"]
    )


def _cell(record: Record, dimension: str, code: str) -> Cell:
    names = [each["name"] for each in record["dimensions"]]
    counts = {tuple(row[name] for name in names): row["count"] for row in record["rows"]}

    def count(at: str) -> int | None:
        number = counts.get(tuple(at if name == dimension else TOTAL for name in names))
        return None if number is None else int(number)

    return Cell(count(code), count(TOTAL))


def _differently(ids: Sequence[str], records: Sequence[Record]) -> str:
    said = [" and ".join(each["title"].lower() for each in record["dimensions"]) for record in records]
    if len(set(said)) == 1:
        return f"by {said[0]}, with other categories in each"
    return "counted differently: " + "; ".join(f"{id} by {words}" for id, words in zip(ids, said, strict=True))
