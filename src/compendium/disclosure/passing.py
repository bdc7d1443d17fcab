"""Which declared change would let tables pass that can't be settled as they are. Each is tried before it is named.

Tables of different units are attacked apart, so each unit is tried by itself: first one change in one table, then the
same grouping in every table that shows the variable, last a table left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from math import prod

import pandas as pd

from compendium.aggregate import COUNT, STATUS, TOTAL, Counts, Dimension
from compendium.disclosure.advice import with_groupings
from compendium.disclosure.redesign import Change, plans
from compendium.disclosure.settle import Protected
from compendium.errors import DisclosureRefused

TRIED = 60  # ways that are tried for a unit at most, a settling each
CELLS = 20_000  # cells and margins of all that is tried for a unit
LEAST = 8  # ways that are tried however large its tables are
NAMED = 3

Tables = Mapping[str, Counts]
Settle = Callable[[Tables], Protected]


@dataclass(frozen=True)
class Way:
    """A change of some tables (`changes` empty: they are left out) with which all tables of their unit pass."""

    tables: tuple[str, ...]
    changes: tuple[Change, ...]

    def __str__(self) -> str:
        names = ", ".join(self.tables)
        return f"{names}: {' and '.join(map(str, self.changes))}" if self.changes else f"without the table {names}"

    def applied(self, tables: Tables) -> dict[str, Counts]:
        """The tables after the change."""
        if not self.changes:
            return {name: counts for name, counts in tables.items() if name not in self.tables}
        return {
            name: with_changes(counts, self.changes) if name in self.tables else counts
            for name, counts in tables.items()
        }


def ways_that_pass(tables: Tables, settle: Settle) -> dict[str, tuple[Way, ...]]:
    """By unit that `settle` refuses, up to three ways with which it passes and the changed tables show something."""
    found = {}
    for unit in sorted({counts.unit for counts in tables.values() if counts.origin.sensitivity != "public"}):
        own = {n: c for n, c in tables.items() if c.unit == unit or c.origin.sensitivity == "public"}
        if not _passes(own, settle, ()):
            tried = islice(_ways(own), max(LEAST, min(TRIED, CELLS // _cells(own))))
            passing = (way for way in tried if _passes(way.applied(own), settle, way.tables))
            found[unit] = tuple(islice(passing, NAMED))
    return found


def with_changes(counts: Counts, changes: Sequence[Change]) -> Counts:
    """The table with some dimensions grouped or left out. A cell is impossible when all that it holds are."""
    into = {change.dimension.name: change.into for change in changes}
    after = [into.get(dimension.name, dimension) for dimension in counts.dimensions]
    places = [_place(old, new) for old, new in zip(counts.dimensions, after, strict=True)]
    kept = tuple(dimension for dimension in after if dimension is not None)

    def moved(labels: Sequence[str]) -> tuple[str, ...]:
        return tuple(place[label] for place, label in zip(places, labels, strict=True) if place is not None)

    sums: Counter[tuple[str, ...]] = Counter()
    for *labels, count in counts.frame[[*(d.name for d in counts.dimensions), COUNT]].itertuples(index=False):
        sums[moved(labels)] += int(count)
    possible = {
        moved(labels)
        for labels in product(*(d.categories for d in counts.dimensions))
        if labels not in counts.structural_zeros
    }
    cells = list(product(*(d.categories for d in kept)))
    rows = [(*labels, sums[labels]) for labels in cells]
    frame = pd.DataFrame(rows, columns=[*(d.name for d in kept), COUNT])
    impossible = frozenset(labels for labels in cells if labels not in possible)
    return replace(counts, frame=frame, dimensions=kept, structural_zeros=impossible)


def shows_cells(frame: pd.DataFrame) -> bool:
    """Whether a settled table publishes any cell that is not a margin; a single number is a cell."""
    names = list(frame.columns[: list(frame.columns).index(COUNT)])
    inner = (frame[names] != TOTAL).all(axis=1)
    return frame.empty or bool((frame.loc[inner, STATUS] == "published").any())


def _passes(tables: Tables, settle: Settle, changed: Sequence[str]) -> bool:
    try:
        frames = settle(tables).frames
    except DisclosureRefused:
        return False
    return all(shows_cells(frames[name]) for name in changed if name in frames)


def _ways(tables: Tables) -> Iterator[Way]:
    own = {name: counts for name, counts in tables.items() if counts.origin.sensitivity != "public"}
    others = [dimension for counts in own.values() for dimension in counts.dimensions]
    designs: list[Way] = []
    groupings: dict[tuple[str, str], tuple[Change, list[str]]] = {}
    for name, counts in own.items():
        dimensions = [with_groupings(dimension, others) for dimension in counts.dimensions]
        designs += [Way((name,), changes) for changes in plans(dimensions)]
        for dimension in dimensions:
            for into in dimension.coarser:
                key = (dimension.name, into.name)
                groupings.setdefault(key, (Change(dimension, into), []))[1].append(name)
    yield from (way for way in designs if len(way.changes) == 1 and way.changes[0].into is not None)
    yield from (Way(tuple(names), (change,)) for change, names in groupings.values() if len(names) > 1)
    yield from (way for way in designs if len(way.changes) == 1 and way.changes[0].into is None)
    yield from (Way((name,), ()) for name in own if len(own) > 1)
    yield from sorted((way for way in designs if len(way.changes) > 1), key=lambda way: len(way.changes))


def _cells(tables: Tables) -> int:
    return sum(prod(len(d.categories) + 1 for d in counts.dimensions) for counts in tables.values())


def _place(old: Dimension, new: Dimension | None) -> Mapping[str, str] | None:
    """The new category of each category; None when the variable is left out."""
    if new is None:
        return None
    home = {code: label for label, members in new.members.items() for code in members}
    return {label: home[members[0]] for label, members in old.members.items()}
