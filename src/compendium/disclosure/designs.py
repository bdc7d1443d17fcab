"""Which of a table's declared designs is shown: the finest that keeps what must be hidden within a limit.

Redesign comes before hiding. A table is proposed in its finest sensible form with a ladder of coarser designs
(variables grouped, or left out). All tables of a unit are linked, so the choice is made for them together:

1. Each table by itself: the finest rung within the limit, else the last.
2. All together. Tables that are over the limit now go down a rung each, until none is, or none can.
3. Back up: a table takes a finer rung again, never above that of step 1, where all then are within the limit.

The choice is a function of true counts, so it tells something (docs/explanation/disclosure.md). It is kept small: few
rungs, one limit for all, nothing random, and a design that was approved once is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from compendium.aggregate import STATUS, Counts, Dimension
from compendium.disclosure.passing import Settle, with_changes
from compendium.disclosure.redesign import Change
from compendium.errors import CompendiumError, DisclosureRefused, nearest

MOST_HIDDEN = Fraction(1, 3)  # of the cells and totals of a table; this project's own
TRIALS = 60  # settlings a unit at most; then the coarsest designs stand

Ladder = Sequence[Counts]  # a table in each of its designs, the finest first
Picks = Mapping[str, int]  # by table: the place of a design in its ladder


def ladder(counts: Counts, designs: Sequence[Sequence[str]]) -> tuple[Counts, ...]:
    """The table as it is, then in each of `designs`: names of its dimensions, or of declared groupings of them.

    A design names at most one grouping of each dimension, in the order of the table; dimensions that it does not name
    are left out. Raises `CompendiumError` for a design that is no coarser form of the table.
    """
    if counts.frame.empty:  # not supplied: there is nothing to choose
        return (counts,)
    return (counts, *(_rung(counts, design) for design in designs))


def pick(ladders: Mapping[str, Ladder], settle: Settle, kept: Picks | None = None) -> dict[str, int]:
    """The rung of every table. `kept`: those that stay where they are, such as designs that were approved before.

    `settle` protects tables as they will be protected. Tables of different units are protected apart, so each unit is
    chosen by itself, beside public figures.
    """
    fixed = dict(kept or {})
    public = {name: rungs[0] for name, rungs in ladders.items() if rungs[0].origin.sensitivity == "public"}
    found = {name: fixed.get(name, 0) for name in ladders}
    for unit in sorted({rungs[0].unit for name, rungs in ladders.items() if name not in public}):
        own = {name: rungs for name, rungs in ladders.items() if name not in public and rungs[0].unit == unit}
        if any(len(rungs) > 1 and name not in fixed for name, rungs in own.items()):
            found |= _Unit(own, public, settle, fixed).pick()
    return found


class _Unit:
    """The choice for the tables of one unit. Settlings are counted, and none is done twice."""

    def __init__(
        self, ladders: Mapping[str, Ladder], public: Mapping[str, Counts], settle: Settle, kept: Picks
    ) -> None:
        self.ladders, self.public, self.settle = ladders, public, settle
        self.at = {name: kept.get(name, 0) for name in ladders}
        self.free = sorted(name for name, rungs in ladders.items() if len(rungs) > 1 and name not in kept)
        self.known: dict[tuple[tuple[str, int], ...], dict[str, Fraction] | None] = {}
        self.left = TRIALS
        # one trial for each table and rung by itself, before they are tried together
        self.left += sum(len(self.ladders[name]) for name in self.free)

    def pick(self) -> dict[str, int]:
        start = {name: self._alone(name) for name in self.free}
        self.at |= start
        while self.left > 0 and (wrong := self._too_fine()):
            self.at |= {name: self.at[name] + 1 for name in wrong}
        if self.left <= 0:
            return self.at | {name: self._last(name) for name in self.free}
        while finer := self._finer(start):
            self.at = finer
        return self.at

    def _alone(self, name: str) -> int:
        for rung in range(self._last(name)):
            shares = self._shares({name: rung})
            if shares is not None and shares[name] <= MOST_HIDDEN:
                return rung
        return self._last(name)

    def _too_fine(self) -> list[str]:
        """Tables that are over the limit, or, where nothing can be settled, all: those of them with a coarser rung."""
        shares = self._shares(self.at)
        if shares is None:
            return [name for name in self.free if self.at[name] < self._last(name)]
        return self._above(shares, self.at)

    def _above(self, shares: Mapping[str, Fraction], at: Picks) -> list[str]:
        """Tables over the limit that have a coarser rung; one on its last rung stays, however much is hidden."""
        return [name for name in self.free if shares[name] > MOST_HIDDEN and at[name] < self._last(name)]

    def _finer(self, start: Picks) -> dict[str, int]:
        """The same choice with one table finer, when nothing else then has to give; empty when there is none."""
        for name in self.free:
            for rung in range(start[name], self.at[name]):
                shares = self._shares({**self.at, name: rung}) if self.left > 0 else None
                finer = {**self.at, name: rung}
                if shares is not None and not self._above(shares, finer):
                    return finer
        return {}

    def _shares(self, at: Picks) -> dict[str, Fraction] | None:
        """Which share of each table would be hidden; None when these designs can't be settled together."""
        key = tuple(sorted(at.items()))
        if key not in self.known:
            self.left -= 1
            tables = {name: self.ladders[name][rung] for name, rung in at.items()}
            self.known[key] = hidden_shares({**self.public, **tables}, self.settle)
        return self.known[key]

    def _last(self, name: str) -> int:
        return len(self.ladders[name]) - 1


def hidden_shares(tables: Mapping[str, Counts], settle: Settle) -> dict[str, Fraction] | None:
    """By table, the share of cells and totals that is hidden; None when the tables can't be settled together."""
    try:
        frames = settle(tables).frames
    except DisclosureRefused:
        return None
    return {
        name: Fraction(int((frame[STATUS] == "hidden").sum()), len(frame)) if len(frame) else Fraction(0)
        for name, frame in frames.items()
    }


def _rung(counts: Counts, design: Sequence[str]) -> Counts:
    into: list[Dimension | None] = []
    left = list(design)
    for dimension in counts.dimensions:
        forms = {form.name: form for form in (dimension, *dimension.coarser)}
        into.append(forms[left.pop(0)] if left and left[0] in forms else None)
    if left or not design:
        known = [form.name for dimension in counts.dimensions for form in (dimension, *dimension.coarser)]
        wrong = left[0] if left else "a design of nothing"
        raise CompendiumError(
            f"{wrong} is no declared grouping of this table, or stands out of its order.", nearest(wrong, known)
        )
    changes = [
        Change(dimension, form)
        for dimension, form in zip(counts.dimensions, into, strict=True)
        if form is None or form.name != dimension.name
    ]
    return with_changes(counts, changes) if changes else counts
