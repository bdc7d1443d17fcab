"""The same margin of several localities added up: a number where every part is published, else bounds.

A category is added up only from released cells. Where one of them is hidden, the sum is shown as the lowest and the
highest that follow from the bounds that the parts' own certificates state: what can be worked out anyway. So a sum is a
function of what is public, and whoever has the parts learns nothing from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from compendium.across.part import Part, Table, same_place
from compendium.aggregate import TOTAL, Dimension
from compendium.disclosure.known import Bounds

LEAST = 2  # localities
UNKNOWN: Bounds = (0, None)


@dataclass(frozen=True)
class Number:
    """A count, of one locality or of all together: `low` and `high` are equal where it is known.

    `hidden`: how many released cells behind it are hidden. `high` None: no bound follows.
    """

    low: int
    high: int | None
    hidden: int = 0

    @property
    def count(self) -> int | None:
        """The number where all behind it is published; never one that bounds happen to pin down."""
        return self.low if not self.hidden else None

    def __add__(self, other: Number) -> Number:
        high = None if self.high is None or other.high is None else self.high + other.high
        return Number(self.low + other.low, high, self.hidden + other.hidden)


@dataclass(frozen=True)
class Line:
    """A category: its number in each locality, in the order of `Together.parts`, and all together."""

    code: str
    label: str
    parts: tuple[Number, ...]

    @property
    def together(self) -> Number:
        return sum(self.parts, Number(0, 0))


@dataclass(frozen=True)
class Together:
    """One way of counting that localities share: the categories of a dimension, and the whole.

    `tables`: the released table of each locality, as they were added up.
    """

    name: str
    title: str
    unit: str
    dimension: Dimension
    provenance: str
    parts: tuple[Part, ...]
    tables: tuple[Table, ...]
    lines: tuple[Line, ...]
    whole: Line

    @property
    def lacking(self) -> int:
        """How many of the numbers behind it are hidden."""
        return sum(number.hidden for line in (*self.lines, self.whole) for number in line.parts)

    def repeats(self, other: Together) -> bool:
        """Whether it says again what another says: the same margin stands in several tables."""
        return (self.unit, self.dimension.variable, self.parts, self.lines, self.whole) == (
            other.unit,
            other.dimension.variable,
            other.parts,
            other.lines,
            other.whole,
        )


@dataclass(frozen=True)
class Apart:
    """A table or a locality that isn't added up, and why. `title`: what readers call it."""

    what: str
    why: str
    title: str = ""


def add_up(parts: Sequence[Part], table: str = "") -> tuple[list[Together], list[Apart]]:
    """Every margin that two localities or more counted alike, by table; and what isn't added up.

    Synthetic and real numbers are never added to each other. With `table` only that one. Public figures are left out:
    those who publish them publish their sums.
    """
    chosen, apart = without_doubles(parts)
    found: list[Together] = []
    for name in sorted({name for part in chosen for name in part.tables}):
        if table and name != table:
            continue
        holding = [part for part in chosen if name in part.tables and part.tables[name].sensitivity == "sensitive"]
        if not holding:
            continue
        margins = []
        for kind, number in sorted(Counter(part.tables[name].provenance for part in holding).items()):
            if number >= LEAST:
                margins += list(_margins(name, [part for part in holding if part.tables[name].provenance == kind]))
        found += [one for one in margins if table or not any(one.repeats(other) for other in found)]
        if not margins:
            apart.append(Apart(name, _why_not(name, holding), holding[0].tables[name].title))
    return found, apart


def without_doubles(parts: Sequence[Part]) -> tuple[list[Part], list[Apart]]:
    """The localities that count no record twice, and those left out: one's own before those brought from elsewhere."""
    kept: list[Part] = []
    apart = []
    for part in sorted(parts, key=lambda part: part.brought):
        double = next((other for other in kept if same_place(part, other)), None)
        if double is None:
            kept.append(part)
        else:
            name = part.short if part.short != double.short else f"{part.short} ({part.id})"
            apart.append(Apart(name, f"it may count the same records as {double.short}"))
    return [part for part in parts if part in kept], apart


def _margins(name: str, parts: Sequence[Part]) -> Iterator[Together]:
    """A sum for each variable that all of them count by, in the coarsest of their groupings."""
    tables = [part.tables[name] for part in parts]
    if len({table.unit for table in tables}) > 1:
        return
    for variable in [dimension.variable for dimension in tables[0].dimensions]:
        held = [next((d for d in table.dimensions if d.variable == variable), None) for table in tables]
        dimensions = [dimension for dimension in held if dimension is not None]
        common = _coarsest(dimensions) if len(dimensions) == len(tables) else None
        if common is None or common.area:
            continue
        found = [_parts_of(dimension, common) or {} for dimension in dimensions]
        lines = [
            Line(
                code,
                label,
                tuple(_number(t, d, held[code]) for t, d, held in zip(tables, dimensions, found, strict=True)),
            )
            for code, label in common.categories.items()
        ]
        whole = Line(TOTAL, "All", tuple(_cell(table, (TOTAL,) * len(table.dimensions)) for table in tables))
        first = tables[0]
        yield Together(
            name, first.title, first.unit, common, first.provenance, tuple(parts), tuple(tables), tuple(lines), whole
        )


def _number(table: Table, dimension: Dimension, codes: Iterable[str]) -> Number:
    """A category as a locality shows it, from its own finer ones."""
    return sum((_cell(table, table.margin(dimension, code)) for code in codes), Number(0, 0))


def _cell(table: Table, labels: tuple[str, ...]) -> Number:
    count = table.cells.get(labels)
    if count is not None:
        return Number(count, count)
    low, high = table.bounds.get(labels, UNKNOWN)
    return Number(low, high, hidden=1)


def _coarsest(dimensions: Sequence[Dimension]) -> Dimension | None:
    """The grouping into which all others merge; None when there is none, or its labels mean different things."""
    for one in sorted(dimensions, key=lambda dimension: len(dimension.categories)):
        if all(_parts_of(other, one) is not None for other in dimensions):
            return one
    return None


def _parts_of(fine: Dimension, coarse: Dimension) -> dict[str, tuple[str, ...]] | None:
    """The categories of `fine` that make up each of `coarse`; None when they don't, or one has another label there."""
    place = {member: code for code, members in coarse.members.items() for member in members}
    found: dict[str, list[str]] = {code: [] for code in coarse.categories}
    for code, members in fine.members.items():
        places = {place.get(member) for member in members}
        at = places.pop()
        if places or at is None:
            return None
        found[at].append(code)
        alike = set(members) == set(coarse.members[at])
        if alike and fine.categories[code] != coarse.categories[at]:
            return None
    held = {member for members in fine.members.values() for member in members}
    return {code: tuple(codes) for code, codes in found.items()} if held == set(place) else None


def _why_not(name: str, holding: Sequence[Part]) -> str:
    kinds = Counter(part.tables[name].provenance for part in holding)
    if len(holding) < LEAST:
        return f"only {holding[0].short} released it"
    if max(kinds.values()) < LEAST:
        return "real and invented numbers are never added up"
    return "counted in categories that don't fit into each other"
