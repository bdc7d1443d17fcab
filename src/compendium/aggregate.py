"""Checked tables on the way in, `Counts` and `Statistic` on the way out, and what they become when released.

`Counts` and `Statistic` are the only things that a notebook can propose; `Released` is the only thing that a chart,
a page or a number in prose may be made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pandas as pd

Provenance = Literal["real", "synthetic", "illustrative"]
Sensitivity = Literal["public", "sensitive"]
COUNT = "count"
STATUS = "status"  # of a released cell: published or hidden
TOTAL = "Total"
RESERVED = frozenset({COUNT, STATUS, "unit", "provenance"})


@dataclass(frozen=True)
class Dimension:
    """A variable by which units are counted.

    `categories` maps each code to its label, in the order of publication. When the dimension merges codes of a finer
    `variable`, `members` maps each category to the codes of that variable it holds.
    """

    name: str
    title: str
    categories: Mapping[str, str]
    variable: str = ""
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()  # categories that mean "not recorded", "not known", "not applicable"
    sensitive: bool = False
    area: bool = False
    ordered: bool = False
    coarser: tuple[Dimension, ...] = ()  # declared groupings of the same variable: what a redesign may merge into
    outlines: Mapping[str, str] = field(default_factory=dict)  # of real areas, as well-known text in degrees

    def __post_init__(self) -> None:
        object.__setattr__(self, "variable", self.variable or self.name)
        object.__setattr__(self, "members", dict(self.members) or {code: (code,) for code in self.categories})

    def merges_into(self, other: Dimension) -> bool:
        """Whether every category of this dimension lies within one of another grouping of the same variable.

        A place whose codes are as coarse as a grouping already has the grouping all the same: it merges nothing there.
        """
        if self.name == other.name or self.variable != other.variable:
            return False
        if len(other.categories) > len(self.categories):
            return False
        place = {code: label for label, members in other.members.items() for code in members}
        places = [{place.get(code) for code in members} for members in self.members.values()]
        return all(len(held) == 1 and None not in held for held in places)


def with_coarser(dimensions: Mapping[str, Dimension]) -> dict[str, Dimension]:
    """The dimensions, each knowing which of the others merge its categories."""
    plain = [replace(dimension, coarser=()) for dimension in dimensions.values()]
    return {
        name: replace(dimension, coarser=tuple(other for other in plain if dimension.merges_into(other)))
        for name, dimension in dimensions.items()
    }


@dataclass(frozen=True)
class Origin:
    """Where a table comes from: travels with it to the footer of the last figure."""

    table: str  # name of its dictionary
    title: str
    sensitivity: Sensitivity
    provenance: Provenance
    policy: str  # the floor of its dictionary: a policy's name
    source: str  # whose figures these are, as a reader should see it
    licence: str = ""
    file: str = ""
    units: str = "persons"  # which floors count: persons, participants or services


def least_real(kinds: Iterable[str]) -> Provenance:
    """Where a table comes from that is made of several: as invented as any of them."""
    held = set(kinds)
    return "synthetic" if "synthetic" in held else "illustrative" if "illustrative" in held else "real"


@dataclass(frozen=True, repr=False)
class CheckedTable:
    """A table that agrees with its dictionary. Its repr shows no rows."""

    origin: Origin
    unit: str  # what one row is
    frame: pd.DataFrame
    dimensions: Mapping[str, Dimension] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)  # column -> title
    supplied: bool = True  # False: this locality has no such file; the frame has the columns and no rows

    @property
    def name(self) -> str:
        return self.origin.table

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        kind = "rows are not shown" if self.origin.sensitivity == "sensitive" else "public"
        size = f"{len(self)} rows ({self.unit}), {self.frame.shape[1]} columns"
        return f"<{self.name}: {size}, {self.origin.provenance}, {kind}>"


@dataclass(frozen=True, repr=False)
class TableGroup:
    """Tables that belong together, by name, such as the five tables of the case files."""

    name: str
    tables: Mapping[str, CheckedTable]
    memo: dict[Any, Any] = field(default_factory=dict, compare=False)  # what analyses worked out of the tables once

    def __getitem__(self, table: str) -> CheckedTable:
        return self.tables[table]

    def __repr__(self) -> str:
        return f"<{self.name}: {', '.join(repr(table) for table in self.tables.values())}>"


@dataclass(frozen=True)
class Counts:
    """How many units there are in each combination of categories: every combination has a row, zeros included.

    `frame` has one column a dimension (codes, as text) and the column `count` (whole numbers).
    """

    frame: pd.DataFrame
    unit: str  # singular: "victim"
    dimensions: tuple[Dimension, ...]
    origin: Origin
    structural_zeros: frozenset[tuple[str, ...]] = frozenset()

    def __post_init__(self) -> None:
        for dimension in self.dimensions:
            if dimension.name in RESERVED:
                raise ValueError(
                    f"A dimension can't be called {dimension.name}: released tables have a column of that name."
                )


@dataclass(frozen=True)
class Statistic:
    """Numbers that are not functions of released counts. Each `kind` has a rule of its own in `disclosure`.

    `frame` has a row a result; `columns` gives titles; `contributors` is the least number of units a row rests on.
    """

    kind: str
    frame: pd.DataFrame
    columns: Mapping[str, str]
    unit: str
    contributors: int
    origin: Origin


@dataclass(frozen=True)
class Released:
    """What may be shown. For counts: every cell and margin, `count` empty where `status` is `hidden`.

    Counts: columns are the dimensions (codes; `Total` for a margin), `count`, `status` (`published` | `hidden`).
    Statistics: the columns of the statistic.
    """

    name: str
    title: str
    caption: str
    frame: pd.DataFrame
    unit: str
    kind: str  # "counts" or the kind of statistic
    dimensions: tuple[Dimension, ...]
    columns: Mapping[str, str]
    origin: Origin
    policy: str
    chart: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    forms: tuple[tuple[Dimension, ...], ...] = ()  # of a table with other declared designs: as asked, and in each

    @property
    def synthetic(self) -> bool:
        return self.origin.provenance == "synthetic"

    def cells(self) -> pd.DataFrame:
        """The inner cells: no margins."""
        names = [dimension.name for dimension in self.dimensions]
        return self.frame[(self.frame[names] != TOTAL).all(axis=1)].reset_index(drop=True)

    def count(self, **categories: str) -> int | None:
        """The released count of a cell or margin (dimensions left out mean their total); None when hidden."""
        rows = self.frame
        for dimension in self.dimensions:
            rows = rows[rows[dimension.name] == categories.get(dimension.name, TOTAL)]
        value = rows[COUNT].iloc[0] if len(rows) else pd.NA
        return None if pd.isna(value) else int(value)
