"""What one table minus another leaves, in words: why a number that is large enough by itself may not be shown.

The proof is the attack of `settle_counts` with everything known; here the plain cases are found that a person can
follow: two tables of one unit, over the same categories, where the months of one lie within those of the other.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from compendium.aggregate import COUNT, TOTAL, Counts, Dimension
from compendium.disclosure.known import Bounds, KnownTable, Labels, Period


@dataclass(frozen=True)
class Numbers:
    """A new table with the counts that it shows, or those it would show; cells without a count are left out."""

    name: str
    unit: str
    dimensions: tuple[Dimension, ...]
    period: Period
    counts: Mapping[Labels, int]
    threshold: int


@dataclass(frozen=True)
class Difference:
    """One cell of a new table beside the same cell of an earlier one."""

    table: str
    earlier: str
    labels: Labels  # of the new table
    new: int
    old: int
    said: str  # where, in words
    pair: str  # the two tables in words, the longer period first

    @property
    def left(self) -> int:
        """How many units one table counts and the other does not."""
        return abs(self.new - self.old)

    def __str__(self) -> str:
        """`a of March 2026 minus b of February 2026 leaves 1 in Zone 07`: private unless both numbers are public."""
        return f"{self.pair} leaves {self.left} in {self.said}"


def small_differences(new: Numbers, known: Iterable[KnownTable]) -> list[Difference]:
    """Cells where the months that only one of two tables counts hold from 1 to under the threshold."""
    return [
        difference
        for table in known
        if _nested(new.period, table.period) and new.period != table.period
        for difference in _differences(new, table)
        if 0 < difference.left < new.threshold and _grows(difference, table.period, new.period)
    ]


def contradictions(new: Numbers, known: Iterable[KnownTable]) -> list[Difference]:
    """Cells that can't both be right: other counts of the same months, or fewer in more months."""
    found = []
    for table in known:
        longer_now, shorter_now = _within(table.period, new.period), _within(new.period, table.period)  # same: both
        for difference in _differences(new, table):
            if (longer_now and difference.new < difference.old) or (shorter_now and difference.new > difference.old):
                found.append(difference)
    return found


def small_changes(new: Numbers, known: Iterable[KnownTable]) -> list[Difference]:
    """Cells that differ from an earlier count of the same or of nested months by 1 to under the threshold."""
    tables = (table for table in known if _nested(new.period, table.period))
    return [found for table in tables for found in _differences(new, table) if 0 < found.left < new.threshold]


def true_counts(counts: Counts) -> dict[Labels, int]:
    """Every cell and margin of an unprotected table."""
    names = [dimension.name for dimension in counts.dimensions]
    sums: Counter[Labels] = Counter()
    for *codes, count in counts.frame[[*names, COUNT]].itertuples(index=False, name=None):
        for margin in product(*((code, TOTAL) for code in codes)):
            sums[margin] += int(count)
    return dict(sums)


def months_in_words(period: Period) -> str:
    """`May 2022 to March 2023`, or `March 2023`."""
    first, last = (f"{calendar.month_name[int(month[5:])]} {month[:4]}" for month in period)
    return first if first == last else f"{first} to {last}"


def _grows(difference: Difference, earlier: Period, new: Period) -> bool:
    """A longer period counts more: the other way round it is a contradiction, not a disclosure."""
    return (difference.new > difference.old) == _within(earlier, new)


def _differences(new: Numbers, table: KnownTable) -> Iterator[Difference]:
    if new.unit != table.unit:
        return
    shared = [d for d in new.dimensions if any(_alike(d, other) for other in table.dimensions)]
    pair = _pair(new, table)
    for codes in product(*([*d.categories, TOTAL] for d in shared)):
        at = dict(zip([_key(d) for d in shared], codes, strict=True))
        here = tuple(at.get(_key(d), TOTAL) for d in new.dimensions)
        there = tuple(at.get(_key(d), TOTAL) for d in table.dimensions)
        old = _exact(table.cells.get(there))
        if old is not None and here in new.counts:
            where = _said(shared, codes)
            yield Difference(new.name, table.name, here, new.counts[here], old, where, pair)


def _pair(new: Numbers, table: KnownTable) -> str:
    ours, theirs = f"{new.name} of {months_in_words(new.period)}", f"{table.name} of {months_in_words(table.period)}"
    longer_now = _within(table.period, new.period)
    return f"{ours} minus {theirs}" if longer_now else f"{theirs} minus {ours}"


def _said(dimensions: Sequence[Dimension], codes: Sequence[str]) -> str:
    named = [d.categories[code] for d, code in zip(dimensions, codes, strict=True) if code != TOTAL]
    return ", ".join(named) or "the total"


def _exact(bounds: Bounds | None) -> int | None:
    return bounds[0] if bounds is not None and bounds[0] == bounds[1] else None


def _key(dimension: Dimension) -> tuple[str, tuple[tuple[str, frozenset[str]], ...]]:
    """What makes two dimensions the same: the variable, and which of its codes each category holds."""
    return dimension.variable, tuple(sorted((code, frozenset(held)) for code, held in dimension.members.items()))


def _alike(a: Dimension, b: Dimension) -> bool:
    return _key(a) == _key(b)


def _within(inner: Period, outer: Period) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _nested(a: Period, b: Period) -> bool:
    return _within(a, b) or _within(b, a)
