"""Which further cells to hide so that no hidden cell can be worked out: a mask that is always mended, then given back.

The tables that bring a hidden region to 0, or to its threshold, are kept as *witnesses*: later steps only look again
at regions whose witness they break. What no witness shows is asked of the attacker's program, and a region that is too
narrow gets the cheapest change of published counts that widens it (`flow.py`). Work is limited by the number of
programs solved, never by the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from compendium.disclosure.cuts import Goal
from compendium.disclosure.equations import Tables
from compendium.disclosure.flow import Changes
from compendium.disclosure.linear import TOLERANCE, Program
from compendium.disclosure.problem import Problem

PROGRAMS = 2_000  # at most so many programs to give cells back
MANY = 160  # broken witnesses from which sweeps are quicker than a warm program for each
SWEEPS = 8  # programs that look for tables which show many regions protected at once


class Mask:
    """The set of hidden regions, and for each of them the tables that show it is protected."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.counts = problem.counts.astype(float)
        self.system = problem.system
        self.hidden: dict[int, None] = {}
        self.reached: dict[tuple[str, int], np.ndarray] = {}  # requirement -> regions its witness moves
        self.tables = self._all_tables()
        self.lost: dict[int, int] = {}  # how often a region was what kept another from being published
        self.changes: Changes | None = None
        self.hide(np.flatnonzero(problem.fixed))

    def _all_tables(self) -> Program:
        """Every table that agrees with what is published; regions are opened and closed by their bounds."""
        system, number = self.system, self.system.matrix.shape
        value = np.zeros(number[0])
        value[: len(system.rows)] = self.counts[system.rows]
        floor, cap = np.zeros(number[1]), np.full(number[1], self.problem.roof)
        floor[system.column[system.alone]] = cap[system.column[system.alone]] = self.counts[system.alone]
        return Program(system.matrix, value, value, cap, floor=floor, only_costs_change=True)

    def _bound(self, region: int, *, published: bool) -> None:
        """Fix a region in the tables that agree with what is published, or let it go."""
        low, high = (bound[region] for bound in self.problem.reach)
        if published:
            low = high = self.counts[region]
        if self.system.column[region] >= 0:
            self.tables.bound_column(int(self.system.column[region]), low, high)
        else:
            self.tables.bound_row(int(self.system.row[region]), low, high)

    def hide(self, regions: Sequence[int] | np.ndarray) -> None:
        for region in map(int, regions):
            if region in self.hidden or not self.problem.movable[region]:
                continue
            self.hidden[region] = None
            self._bound(region, published=False)
            if self.changes is not None:
                self.changes.price(np.array([region]), np.zeros(1))
            least, most = (goal[region] for goal in self.problem.goals)
            if self.counts[region] == least:
                self.reached["zero", region] = np.zeros(0, dtype=np.int64)
            if self.counts[region] >= most:
                self.reached["reach", region] = np.zeros(0, dtype=np.int64)

    # -- growing -------------------------------------------------------------------------------------------------

    def unmet(self) -> list[Goal]:
        """What the small regions that are hidden in any case still lack under the present mask."""
        self.sweep()
        least, most = self.problem.goals
        return [
            Goal(region, 1.0, float(least[region])) if kind == "zero" else Goal(region, -1.0, float(most[region]))
            for region in self._small()
            for kind in ("zero", "reach")
            if self.problem.fixed[region] and not self._is_reached(kind, region)
        ]

    def drop_idle(self) -> None:
        """Publish again what is the same in every table: to hide it protects nothing, and to widen it hides more."""
        self.sweep()
        moving = {int(region) for moved in self.reached.values() for region in moved}
        for region in [r for r in self.hidden if not self.problem.fixed[r] and r not in moving]:
            count = self.counts[region]
            if self._extreme(region, 1.0) > count - TOLERANCE and self._extreme(region, -1.0) < count + TOLERANCE:
                self._publish(region)

    def _publish(self, region: int) -> None:
        del self.hidden[region]
        self._bound(region, published=True)
        for kind in ("zero", "reach", "far"):
            self.reached.pop((kind, region), None)

    def grow(self) -> None:
        """Hide until every hidden region is protected in real numbers."""
        self.sweep()
        for region in self._small():
            self._widen(region)
        while True:
            before = len(self.hidden)
            for region in list(self.hidden):
                small = self.counts[region] < self.problem.thresholds[region]
                if small or not (("zero", region) in self.reached or self._stays_far(region)):
                    self._widen(region)
            if len(self.hidden) == before:
                return

    def _small(self) -> list[int]:
        """Hidden regions under their threshold, those that lack most first."""
        thresholds = self.problem.thresholds
        return sorted(
            (r for r in self.hidden if self.counts[r] < thresholds[r]),
            key=lambda r: (self.counts[r] - thresholds[r], r),
        )

    def _widen(self, region: int) -> None:
        """Hide the cheapest published regions that let this one be 0, and reach its threshold."""
        for kind in ("zero", "reach"):
            if self._is_reached(kind, region):
                continue
            if self.changes is None:
                self.changes = Changes(self.problem, self.hidden)
            down = kind == "zero"
            amount = abs(float(self.problem.goals[0 if down else 1][region] - self.counts[region]))
            found = self.changes.cheapest(region, amount, down=down)
            if found is not None:  # else locked numbers forbid it: the audit that follows refuses
                touched, counts = found
                self.hide(touched)
                self._witness(counts)

    def sweep(self) -> None:
        """Look for tables that show many hidden regions at 0, or at their threshold, at once."""
        regions = np.array(self._small(), dtype=np.int64)
        thresholds = self.problem.thresholds.astype(float)
        for turn in range(SWEEPS):
            zero = np.array([("zero", int(r)) not in self.reached for r in regions], dtype=bool)
            rise = np.array([("reach", int(r)) not in self.reached for r in regions], dtype=bool)
            left = int(zero.sum() + rise.sum())
            if not left:
                return
            up = rise & (~zero | (np.arange(len(regions)) % 2 == turn % 2))
            weights = np.zeros(len(self.counts))
            weights[regions[zero & ~up]] = 1.0
            weights[regions[up]] = -1.0
            low, high = self.counts.copy(), self.counts.copy()
            hidden = list(self.hidden)
            low[hidden], high[hidden] = (bound[hidden] for bound in self.problem.reach)
            high[regions[up]] = np.minimum(high[regions[up]], thresholds[regions[up]])
            found = Tables(self.system, low, high, self.problem.roof).far(weights)
            if found is None:
                return
            known = len(self.reached)
            self._witness(found)
            if turn > 1 and 20 * (len(self.reached) - known) < left:
                return

    def _witness(self, counts: np.ndarray) -> None:
        """Note which hidden regions this table brings to 0 or to their threshold."""
        moved = np.flatnonzero(np.abs(counts - self.counts) > TOLERANCE)
        regions = np.fromiter(self.hidden, dtype=np.int64, count=len(self.hidden))
        least, most = self.problem.goals
        for kind, met in (
            ("zero", counts[regions] <= least[regions] + TOLERANCE),
            ("reach", counts[regions] >= most[regions] - TOLERANCE),
        ):
            for region in regions[met]:
                self.reached.setdefault((kind, int(region)), moved)

    # -- asking --------------------------------------------------------------------------------------------------

    def _is_reached(self, kind: str, region: int) -> bool:
        """Whether some table under the present mask brings the region to 0 (`zero`) or its threshold (`reach`)."""
        if (kind, region) not in self.reached:
            self._extreme(region, 1.0 if kind == "zero" else -1.0)
        return (kind, region) in self.reached

    def _extreme(self, region: int, cost: float) -> float:
        """The least (cost 1) or greatest (cost -1) count of a hidden region under the present mask."""
        self.tables.aim(self.system.unknowns_of(region), cost)
        best = self.tables.solve()
        if not best.found:
            return float("nan")
        counts = self.system.sums @ best.at
        self._witness(counts)
        self._last = np.flatnonzero(np.abs(counts - self.counts) > TOLERANCE)
        return float(counts[region])

    def _stays_far(self, region: int) -> bool:
        """Whether the region is at least its threshold in every table, and not the same in all."""
        low = self._extreme(region, 1.0)
        if not low >= self.problem.thresholds[region] - TOLERANCE:
            return False
        if low > self.counts[region] - 1 + TOLERANCE and not (
            self._extreme(region, -1.0) >= self.counts[region] + 1 - TOLERANCE
        ):
            return False
        self.reached["far", region] = self._last
        return True

    # -- giving back ---------------------------------------------------------------------------------------------

    def give_back(self, needed: Callable[[Sequence[int]], frozenset[int]], programs: int = PROGRAMS) -> None:
        """Publish again what need not be hidden, the dearest first, as long as everything stays protected.

        `needed` names regions of a mask that are known to be needed, so that nothing is solved for them.
        """
        costs = self.problem.costs
        order = sorted((r for r in self.hidden if not self.problem.fixed[r]), key=lambda r: (-int(costs[r]), r))
        until = self.tables.solved + programs
        for region in order:
            if self.tables.solved > until:
                return
            if region not in needed(list(self.hidden)):
                self._try_to_publish(region)

    def _try_to_publish(self, region: int) -> None:
        kept = dict(self.reached)
        self._publish(region)
        broken = [key for key, moved in self.reached.items() if _holds(moved, region)]
        for key in broken:
            del self.reached[key]
        asked = sorted({key[1] for key in broken}, key=lambda other: (-self.lost.get(other, 0), other))
        often = [other for other in asked if other in self.lost]  # what failed before fails soonest
        if self._all_protected(often):
            if len(broken) > MANY:
                self.sweep()
            if self._all_protected(asked[len(often) :]):
                return
        self.reached = kept
        self.hidden[region] = None
        self._bound(region, published=False)

    def _all_protected(self, regions: Sequence[int]) -> bool:
        for region in regions:
            if not self._protected(region):
                self.lost[region] = self.lost.get(region, 0) + 1
                return False
        return True

    def _protected(self, region: int) -> bool:
        if not self._is_reached("reach", region):
            return False
        if ("zero", region) in self.reached or ("far", region) in self.reached:
            return True
        if self.counts[region] >= self.problem.thresholds[region]:
            return self._stays_far(region) or ("zero", region) in self.reached
        return self._is_reached("zero", region)


def _holds(sorted_regions: np.ndarray, region: int) -> bool:
    at = int(np.searchsorted(sorted_regions, region))
    return at < len(sorted_regions) and int(sorted_regions[at]) == region
