"""One locality's release as it is laid together with others: which place and months, and its tables of counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from compendium.aggregate import COUNT, TOTAL, Dimension
from compendium.disclosure.known import Bounds

Labels = tuple[str, ...]
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """A released table of counts: every cell and margin with its count, None where it is hidden.

    `bounds`: what anybody can work out about hidden cells, as far as an attack found them protected.
    """

    name: str
    title: str
    unit: str
    policy: str
    provenance: str
    sensitivity: str
    dimensions: tuple[Dimension, ...]
    cells: Mapping[Labels, int | None]
    bounds: Mapping[Labels, Bounds] = field(default_factory=dict)

    @property
    def hidden(self) -> tuple[Labels, ...]:
        return tuple(labels for labels, count in self.cells.items() if count is None)

    @property
    def total(self) -> int | None:
        """The count of all; None where it is hidden."""
        return self.cells.get((TOTAL,) * len(self.dimensions))

    def margin(self, dimension: Dimension, code: str) -> Labels:
        """The labels of the cell that counts a category over all other dimensions."""
        return tuple(code if each is dimension else TOTAL for each in self.dimensions)

    def every_cell(self) -> Iterator[Labels]:
        """The labels of every cell and margin that the dimensions have."""
        return product(*((*dimension.categories, TOTAL) for dimension in self.dimensions))


@dataclass(frozen=True)
class Part:
    """What one locality shows. `brought`: it was gathered from another team; `link`: where that team shows it."""

    id: str
    name: str
    period: tuple[str, str]
    tables: Mapping[str, Table]
    area: str = ""  # code of an official list
    level: str = ""
    force: str = ""  # code of the area of its police force
    release: str = ""  # the hash of all that was released; empty for a candidate
    number: int = 0
    date: str = ""
    brought: bool = False
    link: str = ""

    @property
    def short(self) -> str:
        """The name without what stands in brackets."""
        return self.name.split(" (", maxsplit=1)[0]

    @property
    def months(self) -> int:
        """How many months the records are from."""
        (first_year, first), (last_year, last) = (map(int, month.split("-")) for month in self.period)
        return 12 * (last_year - first_year) + last - first + 1

    @property
    def kinds(self) -> set[str]:
        """Where its records come from, of all tables that aren't public figures."""
        return {table.provenance for table in self.tables.values() if table.sensitivity == "sensitive"}


def table_of(record: Record, judged: Record | None = None) -> Table:
    """A table of counts from the JSON beside it; `judged`: what the certificate of its release says of it."""
    dimensions = tuple(_in_order(dimension_of(said), record["rows"]) for said in record["dimensions"])
    names = [dimension.name for dimension in dimensions]
    return Table(
        name=str(record["name"]),
        title=str(record["title"]),
        unit=str(record["unit"]),
        policy=str(record["policy"]),
        provenance=str(record["provenance"]),
        sensitivity=str(record["sensitivity"]),
        dimensions=dimensions,
        cells={
            tuple(str(row[name]) for name in names): None if row.get(COUNT) is None else int(row[COUNT])
            for row in record["rows"]
        },
        bounds=dict(_bounds((judged or {}).get("cells", ()), names)),
    )


def dimension_of(said: Record) -> Dimension:
    """A dimension as the JSON beside a released table says it."""
    return Dimension(
        str(said["name"]),
        str(said["title"]),
        dict(said["categories"]),
        variable=str(said.get("variable", "")),
        members={code: tuple(members) for code, members in (said.get("members") or {}).items()},
        missing=tuple(said.get("missing", ())),
        sensitive=bool(said.get("sensitive", False)),
        area=bool(said.get("area", False)),
        ordered=bool(said.get("ordered", False)),
    )


def _in_order(dimension: Dimension, rows: Iterable[Record]) -> Dimension:
    """Its categories in the order of the rows: the JSON of a released table keeps no other."""
    codes = dict.fromkeys(str(row[dimension.name]) for row in rows)
    known = [code for code in codes if code in dimension.categories]
    order = [*known, *(code for code in dimension.categories if code not in codes)]
    return replace(dimension, categories={code: dimension.categories[code] for code in order})


def tables_of(records: Iterable[Record], certificate: Record) -> dict[str, Table]:
    """The tables of counts of a release, by name, each with the bounds that its certificate states."""
    judged = certificate.get("tables", {})
    counts = (record for record in records if record["kind"] == "counts" and record["rows"])
    return {str(record["name"]): table_of(record, judged.get(record["name"])) for record in counts}


def _bounds(cells: Iterable[Record], names: list[str]) -> Iterator[tuple[Labels, Bounds]]:
    """Of protected cells alone: what an attack narrowed down further is not said once more."""
    for cell in cells:
        if cell["verdict"] == "protected":
            yield tuple(str(cell[name]) for name in names), (int(cell["lowest"]), cell["highest"])


def record_of(table: Table) -> dict[str, Any]:
    """The table as the JSON beside a released one says it, as far as comparisons of localities read it."""
    names = [dimension.name for dimension in table.dimensions]
    return {
        "name": table.name,
        "title": table.title,
        "unit": table.unit,
        "kind": "counts",
        "provenance": table.provenance,
        "dimensions": [{"name": d.name, "title": d.title, "categories": dict(d.categories)} for d in table.dimensions],
        "rows": [{**dict(zip(names, labels, strict=True)), COUNT: count} for labels, count in table.cells.items()],
    }


def _same_numbers(one: Part, other: Part) -> bool:
    both = [name for name in one.tables if name in other.tables and one.tables[name].sensitivity == "sensitive"]
    return bool(both) and all(one.tables[name].cells == other.tables[name].cells for name in both)


def same_place(one: Part, other: Part) -> bool:
    """Whether two localities may count the same records: one is the other, or lies in it, by their official codes.

    Places without codes are the same when they show the same numbers throughout.
    """
    if one.id == other.id or (one.area and one.area == other.area) or _same_numbers(one, other):
        return True
    if (one.area and one.area == other.force) or (other.area and other.area == one.force):
        return True
    return bool(one.force and one.force == other.force and not (one.area and other.area))
