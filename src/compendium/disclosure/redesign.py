"""Other designs of a table that hide less: merge categories by declared groupings, or leave a variable out.

Redesign comes before hiding (Hundepool et al. 2012, Statistical Disclosure Control, ch. 5; METHODS of this project).
Each design is protected like the table itself, and what its reader still learns is measured as the entropy of the
groups of records that can be told apart: every shown inner cell is a group, all hidden ones together are one
(entropy as measure of information: Willenborg & De Waal 2001, Elements of Statistical Disclosure Control; counting the
hidden cells as one group is this project's own simplification). What advice says is private: it tells true counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

import numpy as np

from compendium.aggregate import TOTAL, Dimension
from compendium.disclosure.crossing import Shape
from compendium.disclosure.settle import with_margins
from compendium.disclosure.suppression import Candidate, Protection, suppress
from compendium.errors import DisclosureRefused

DESIGNS = 40  # at most so many are protected, those with the fewest changes first
BEST = 3
ROUNDS = 4  # of the search for each design: its mask may hide a cell or two more than the one that would be released
RECORDS_A_TABLE = 15  # this project's own: METHODS asks for about 12 tables from 185 cases


@dataclass(frozen=True)
class Change:
    """What a design does to one variable: `into` groups it, or leaves it out (None)."""

    dimension: Dimension
    into: Dimension | None

    def __str__(self) -> str:
        if self.into is None:
            return f"without {self.dimension.title}"
        return f"{self.dimension.title} in {len(self.into.categories)} groups ({self.into.name})"


@dataclass(frozen=True)
class Design:
    """A table as it could be, after protection. `kept`: bits that its reader learns about a record's cell."""

    changes: tuple[Change, ...]
    cells: int  # with margins
    hidden: int
    kept: float

    @property
    def name(self) -> str:
        return " and ".join(map(str, self.changes)) or "as it is"

    def saves(self, other: Design) -> str:
        """What this design saves against another, in words."""
        words = f"{self.name[0].upper()}{self.name[1:]}: "
        words += (
            f"{self.hidden} of {self.cells} cells and margins are hidden instead of {other.hidden} of {other.cells}"
        )
        return f"{words}; the table tells {self.kept:.2f} bits of a record instead of {other.kept:.2f}."


@dataclass(frozen=True)
class Redesigns:
    """A table as it is (None: it can't be protected at all) and its best other designs, the best first."""

    table: str
    as_it_is: Design | None
    best: tuple[Design, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """One sentence a design."""
        if self.as_it_is is None:
            return tuple(f"With {d.name}, {d.hidden} of {d.cells} cells and margins are hidden." for d in self.best)
        return tuple(design.saves(self.as_it_is) for design in self.best)

    @property
    def passing(self) -> Design | None:
        """The best design that shows inner cells, when the table as it is can't be released or shows none."""
        lost = self.as_it_is is None or self.as_it_is.kept == 0
        return next((design for design in self.best if design.kept > 0), None) if lost else None


def redesigns(candidate: Candidate, *, seed: int | None = None, limit: int = DESIGNS) -> Redesigns:
    """Protect a table in every declared design (at most `limit`) and rank them by what their readers learn.

    A design is worth naming when it hides a smaller share than the table as it is. Of equal ones, the one that hides
    fewer cells, then the one with fewer changes.
    """
    as_it_is = _design((), candidate, seed)
    found: list[Design] = []
    whole = as_it_is is not None and as_it_is.hidden == 0
    for changes in () if whole else islice(plans(candidate.shape.dimensions), limit):
        design = _design(changes, merged(candidate, changes), seed)
        if design is not None and (as_it_is is None or _share(design) < _share(as_it_is)):
            found.append(design)
    found.sort(key=lambda d: (-round(d.kept, 6), d.hidden, len(d.changes), d.name))
    return Redesigns(candidate.shape.name, as_it_is, tuple(_undominated(found)[:BEST]))


def budget(records: int) -> int:
    """How many tables so many records can carry: one for every 15, at least one (this project's own rule).

    Each table is one more equation about the same few people: 185 cases carry 12.
    """
    return max(1, records // RECORDS_A_TABLE)


def merged(candidate: Candidate, changes: Sequence[Change]) -> Candidate:
    """The table with some variables grouped or left out: counts added up, impossible cells where all were."""
    names = [dimension.name for dimension in candidate.shape.dimensions]
    inner, impossible = _inner(candidate)
    kept = list(candidate.shape.dimensions)
    for change in changes:
        axis = names.index(change.dimension.name)
        into = _groups(change)
        inner = np.stack([inner.take(group, axis).sum(axis) for group in into], axis)
        impossible = np.stack([impossible.take(group, axis).all(axis) for group in into], axis)
        kept[axis] = change.into or change.dimension
    gone = tuple(names.index(change.dimension.name) for change in changes if change.into is None)
    inner, impossible = inner.squeeze(gone), impossible.squeeze(gone)
    dimensions = tuple(dimension for axis, dimension in enumerate(kept) if axis not in gone)
    codes = [list(dimension.categories) for dimension in dimensions]
    structural = frozenset(
        tuple(codes[axis][at] for axis, at in enumerate(place)) for place in np.argwhere(impossible).tolist()
    )
    return Candidate(Shape(candidate.shape.name, dimensions), with_margins(inner, codes), candidate.policy, structural)


def information(candidate: Candidate, hidden: frozenset[tuple[str, ...]]) -> float:
    """Entropy, in bits, of the inner cells that a reader tells apart; hidden ones are one group."""
    shown, pooled = [], 0
    for labels, count in candidate.counts.items():
        if TOTAL in labels:
            continue
        if labels in hidden:
            pooled += count
        else:
            shown.append(count)
    sizes = np.array([size for size in (*shown, pooled) if size > 0])
    shares = sizes / sizes.sum() if len(sizes) else sizes
    return float(-(shares * np.log2(shares)).sum()) + 0.0


def _design(changes: tuple[Change, ...], candidate: Candidate, seed: int | None) -> Design | None:
    try:
        found = suppress([candidate], seed=seed, rounds=ROUNDS)
    except DisclosureRefused:
        return None
    hidden = _hidden(found)
    return Design(changes, len(candidate.counts), len(hidden), information(candidate, hidden))


def _hidden(found: Protection) -> frozenset[tuple[str, ...]]:
    covered = set(found.hidden)
    return frozenset(labels for labels, region in found.crossing.where[0].items() if region in covered)


def plans(dimensions: Sequence[Dimension]) -> Iterator[tuple[Change, ...]]:
    """Every declared design but the table itself: those with the fewest changes first, groupings before omissions."""
    options: list[list[Change | None]] = []
    for dimension in dimensions:
        fewer = [g for g in dimension.coarser if 1 < len(g.categories) < len(dimension.categories)]
        groupings = {_partition(g): g for g in reversed(fewer)}
        merges = sorted(groupings.values(), key=lambda g: (-len(g.categories), g.name))
        drop = [Change(dimension, None)] if len(dimensions) > 1 else []
        options.append([None, *(Change(dimension, grouping) for grouping in merges), *drop])
    found = [tuple(change for change in plan if change is not None) for plan in product(*options)]
    found = [plan for plan in found if plan and sum(c.into is None for c in plan) < len(dimensions)]
    yield from sorted(found, key=lambda plan: (len(plan), sum(change.into is None for change in plan)))


def _partition(dimension: Dimension) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(members) for members in dimension.members.values())


def _groups(change: Change) -> list[list[int]]:
    """The places of the categories that each new category holds; one group of all when the variable is left out."""
    fine = list(change.dimension.members.values())
    if change.into is None:
        return [list(range(len(fine)))]
    return [[i for i, members in enumerate(fine) if set(members) <= set(held)] for held in change.into.members.values()]


def _inner(candidate: Candidate) -> tuple[np.ndarray, np.ndarray]:
    """The inner cells as an array, an axis a dimension, and which of them are impossible."""
    codes = [list(dimension.categories) for dimension in candidate.shape.dimensions]
    labels = list(product(*codes))
    shape = [len(axis) for axis in codes]
    counts = np.array([candidate.counts[key] for key in labels], dtype=np.int64).reshape(shape)
    return counts, np.array([key in candidate.structural for key in labels], dtype=bool).reshape(shape)


def _share(design: Design) -> float:
    return design.hidden / max(1, design.cells)


def _undominated(designs: Sequence[Design]) -> list[Design]:
    """Designs of which none, higher in the list, does the same with some of its changes."""
    kept: list[Design] = []
    for design in designs:
        if not any(set(map(str, other.changes)) < set(map(str, design.changes)) for other in kept):
            kept.append(design)
    return kept
