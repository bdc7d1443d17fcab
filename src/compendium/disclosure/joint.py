"""New tables and all that is known beside them, as one system: the same cells, the months in common, the differences.

Time is one more variable: tables of unlike periods count the records of their months, and months that all of them
treat alike are one category of it. A table of a longer period is then the sum over its parts, so what March less
February leaves is a cell like any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from compendium.disclosure.crossing import NOTHING, Crossing, Region, Shape, cross
from compendium.disclosure.differences import with_differences
from compendium.disclosure.known import Bounds, KnownTable, Period, months
from compendium.errors import DisclosureRefused

MONTH = "month"  # the variable of months of recording; dimensions of it have codes such as 2026-03


@dataclass(frozen=True)
class Joint:
    """A crossing of new tables (the first `new` of it) and known ones, and by region what is known of it.

    The first `new_regions` regions are those of new tables. `parts` are regions that nobody shows and that must not
    follow either: cells that known tables leave out or hide, and what is left when one period is taken from another.
    `odd` are parts that unlike groupings leave.
    """

    crossing: Crossing
    new: int
    new_regions: int
    bounds: Mapping[int, Bounds]
    parts: tuple[int, ...]
    odd: range
    known: tuple[KnownTable, ...]
    within: Mapping[str, tuple[str, ...]]  # what all records of the new tables have, in this crossing

    @property
    def outside(self) -> bool:
        """Whether some of it is known from outside: by some people, but not from what the publisher shows."""
        return any(table.outside for table in self.known)

    def without_outside(self) -> dict[int, Bounds]:
        """What earlier releases and public figures say alone."""
        return _bounds(self.crossing, [(n, t) for n, t in enumerate(self.known, self.new) if not t.outside])

    @property
    def exact(self) -> dict[int, int]:
        """The regions whose count is known."""
        return {region: low for region, (low, high) in self.bounds.items() if low == high}

    @property
    def open(self) -> dict[int, Bounds]:
        """The regions of which only bounds are known."""
        return {region: bounds for region, bounds in self.bounds.items() if bounds[0] != bounds[1]}


def join(shapes: Sequence[Shape], period: Period | None, linked: tuple[KnownTable, ...]) -> Joint:
    """The system of new tables of one unit, all of `period`, and known tables that have to do with it (`linked_to`).

    Raises `DisclosureRefused` when known tables give one cell two counts, or close too large a cycle.
    """
    periods = dict.fromkeys([*([period] if period else []), *(table.period for table in linked)])
    together = [*shapes, *(Shape(t.name, t.dimensions, partial=True) for t in linked)]
    if len(periods) > 1 and period:
        spans = [period] * len(shapes) + [table.period for table in linked]
        together = [
            replace(shape, within={**shape.within, MONTH: months(span)})
            for shape, span in zip(together, spans, strict=True)
        ]
    crossing = cross(together)
    first = 1 + max((region for here in crossing.where[: len(shapes)] for region in here.values()), default=-1)
    bounds = _bounds(crossing, list(enumerate(linked, len(shapes))))
    between = _between_periods(crossing) if len(periods) > 1 else ()
    unlike, numbers = with_differences(crossing)
    seen = set(between)
    odd = tuple(region for region in (unlike.regions[n] for n in numbers) if region not in seen)
    start, middle = len(crossing.regions), len(crossing.regions) + len(between)
    more = (*between, *odd)
    crossing = replace(
        crossing, regions=(*crossing.regions, *more), shown=(*crossing.shown, *(() for _ in more)), _cache={}
    )
    left_out = (r for r in range(first, start) if r not in bounds and crossing.regions[r] != NOTHING)
    parts = (*left_out, *range(start, middle))
    return Joint(
        crossing, len(shapes), first, bounds, parts, range(middle, middle + len(odd)), linked, together[0].within
    )


def linked_to(period: Period | None, known: Sequence[KnownTable]) -> tuple[KnownTable, ...]:
    """The known tables whose periods overlap with `period`, or with one that does."""
    if known and period is None:
        raise DisclosureRefused(
            f"Numbers known from elsewhere ({known[0].name}) were given without the period of the new tables.",
            "Say which months the new tables count.",
        )
    linked: dict[int, KnownTable] = {}
    reached = [period]
    for span in reached:
        for number, table in enumerate(known):
            if span and number not in linked and _overlap(span, table.period):
                linked[number] = table
                reached.append(table.period)
    return tuple(linked[number] for number in sorted(linked))


def _overlap(one: Period, other: Period) -> bool:
    return max(one[0], other[0]) <= min(one[1], other[1])


def _bounds(crossing: Crossing, linked: Sequence[tuple[int, KnownTable]]) -> dict[int, Bounds]:
    """By region, what the known tables (each with its place in the crossing) say together."""
    found: dict[int, Bounds] = {}
    by: dict[int, str] = {}
    for number, table in linked:
        for labels, (low, high) in table.cells.items():
            region = crossing.where[number][labels]
            before = found.get(region, (0, None))
            lowest = max(low, before[0])
            tops = [top for top in (high, before[1]) if top is not None]
            highest = min(tops, default=None)
            if (highest is not None and highest < lowest) or (crossing.regions[region] == NOTHING and lowest > 0):
                raise contradiction(by.get(region, table.name), table.name)
            if (lowest, highest) != before:
                by[region] = table.name
            found[region] = (lowest, highest)
    return found


def contradiction(*names: str) -> DisclosureRefused:
    """Tables that can't all be true of the same records, named."""
    return DisclosureRefused(
        f"{' and '.join(dict.fromkeys(names))} contradict each other: they can't both count the same records.",
        "Correct the records or the period; withdrawing a release does not make its numbers unknown.",
    )


def _between_periods(crossing: Crossing) -> tuple[Region, ...]:
    """What is left of a region when its period is taken from another: the common months, and those of one alone."""
    month = crossing.variables.index(MONTH)
    whole = (1 << crossing.sizes[month]) - 1
    spans = sorted({dict(region).get(month, whole) for region in crossing.regions if region != NOTHING})
    known = set(crossing.regions)
    found: dict[Region, None] = {}
    for region in crossing.regions:
        if region == NOTHING:
            continue
        span = dict(region).get(month, whole)
        rest = tuple(pair for pair in region if pair[0] != month)
        for other in spans:
            for part in (span & ~other, other & ~span, span & other):
                if part:
                    found.setdefault(tuple(sorted((*rest, *(((month, part),) if part != whole else ())))))
    return tuple(region for region in found if region not in known)
