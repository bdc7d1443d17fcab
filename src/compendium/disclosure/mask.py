"""Which further cells to hide so that no hidden cell can be worked out: a heuristic that stays sound, then give back.

For a hidden cell that is too narrow, the cheapest change of published counts that lets it reach 0, or the threshold,
is a linear program (Castro 2012, EJOR 216:1; Fischetti & Salazar 2001, Management Science 47:1008); every published
cell that the change touches is hidden. The changed table is kept as *witness*: later steps only look again at cells
whose witness they break. Work is limited by the number of programs solved, never by the clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from compendium.disclosure.crossing import Crossing
from compendium.disclosure.linear import TOLERANCE, Optimum, Program

PROGRAMS = 4_000  # at most so many programs to give cells back
SLOPES = 2  # re-weighted solves of each change (slope scaling), the cheapest is taken


@dataclass(frozen=True)
class Problem:
    """What is to be protected: by region, the true counts, thresholds, costs, and what can't be hidden."""

    crossing: Crossing
    counts: np.ndarray
    thresholds: np.ndarray
    costs: np.ndarray  # whole numbers: what hiding the region loses
    primary: tuple[int, ...]
    locked: frozenset[int]  # structural zeros, numbers released earlier
    forced: tuple[int, ...] = ()  # hidden too, whatever they hold


class Mask:
    """The set of hidden regions, and for each of them the tables that show it is protected."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.counts = problem.counts.astype(float)
        crossing, n = problem.crossing, len(problem.counts)
        self.sums = crossing.sums(range(n))
        consistency = crossing.consistency()
        self.roof = 2 * float(self.counts.sum()) + 1_000 * (1 + int(problem.thresholds.max(initial=0)))
        self.hidden: dict[int, None] = {}
        self.reached: dict[tuple[str, int], np.ndarray] = {}  # requirement -> published regions its witness moves
        self.changes = self._changes(consistency, n)
        self.tables = self._tables(consistency, n)
        for region in (*problem.primary, *problem.forced):
            self._hide(region)

    def _changes(self, consistency: sparse.csr_matrix, n: int) -> Program:
        """Columns: unknowns, then how far each published region goes up, then down."""
        one = sparse.identity(n)
        none = sparse.csr_matrix((consistency.shape[0], 2 * n))
        top = sparse.hstack([self.sums, -one, one])
        matrix = sparse.vstack([top, sparse.hstack([consistency, none])])
        value = np.concatenate([self.counts, np.zeros(consistency.shape[0])])
        movable = np.array([r not in self.problem.locked for r in range(n)], dtype=float)
        self.width = self.sums.shape[1]
        cap = np.concatenate([np.full(self.width, self.roof), movable * self.roof, movable * self.counts])
        self.movable = movable > 0
        cost = np.concatenate([np.zeros(self.width), self.problem.costs, self.problem.costs]).astype(float)
        return Program(matrix, value, value, cap, cost)

    def _tables(self, consistency: sparse.csr_matrix, n: int) -> Program:
        value = np.concatenate([self.counts, np.zeros(consistency.shape[0])])
        return Program(sparse.vstack([self.sums, consistency]), value, value, np.full(self.width, self.roof))

    # -- growing -------------------------------------------------------------------------------------------------

    def grow(self) -> None:
        """Hide until every hidden region is protected in real numbers."""
        for region in sorted(self.problem.primary, key=lambda r: (self.counts[r] - self.problem.thresholds[r], r)):
            self._reach_zero(region)
            self._reach_threshold(region)
        while True:
            before = len(self.hidden)
            for region in list(self.hidden):
                self._settle_secondary(region)
            if len(self.hidden) == before:
                return

    def _settle_secondary(self, region: int) -> None:
        """A region hidden for others: it may be 0, or is at least the threshold whatever happens."""
        if self.counts[region] < self.problem.thresholds[region]:
            self._reach_zero(region)
            self._reach_threshold(region)
        elif ("zero", region) not in self.reached and not self._stays_far(region):
            self._reach_zero(region)

    def _reach_zero(self, region: int) -> None:
        if ("zero", region) not in self.reached:
            self._change(region, 0.0, 0.0)

    def _reach_threshold(self, region: int) -> None:
        if ("reach", region) not in self.reached:
            self._change(region, float(self.problem.thresholds[region]), np.inf)

    def _change(self, region: int, low: float, high: float) -> None:
        """Find the cheapest change that brings the region between `low` and `high`, and hide what it touches."""
        self.changes.bound_row(region, low, high)
        best, loss = self.changes.solve(), np.inf
        kept: Optimum | None = None
        scaled = np.zeros(0, dtype=np.int64)
        for _ in range(SLOPES):
            if not best.found:
                break
            touched, size = self._touched(best.at)
            if self.problem.costs[touched].sum() < loss:
                kept, loss = best, float(self.problem.costs[touched].sum())
            if len(touched) < 2:
                break
            self._price(scaled, self.problem.costs[scaled])
            self._price(touched, np.maximum(1, self.problem.costs[touched] // np.maximum(1, size)))
            scaled = touched
            best = self.changes.solve()
        self._price(scaled, self.problem.costs[scaled])
        self.changes.bound_row(region, 0.0, np.inf)
        if kept is None:
            return  # locked numbers forbid it: the audit that follows refuses
        for other in self._touched(kept.at)[0]:
            self._hide(int(other))
        self._witness(self.sums @ kept.at[: self.width])

    def _price(self, regions: np.ndarray, costs: np.ndarray) -> None:
        n = len(self.counts)
        for start in (self.width, self.width + n):
            self.changes.set_costs(regions + start, costs)

    def _touched(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        n = len(self.counts)
        size = np.abs(at[self.width : self.width + n] - at[self.width + n :])
        touched = np.flatnonzero(size > TOLERANCE)
        return touched, np.rint(size[touched]).astype(np.int64)

    def _hide(self, region: int) -> None:
        if region in self.hidden or not self.movable[region]:
            return
        self.hidden[region] = None
        n = len(self.counts)
        self.changes.bound_column(self.width + region, 0.0, 0.0)
        self.changes.bound_column(self.width + n + region, 0.0, 0.0)
        self.changes.bound_row(region, 0.0, np.inf)
        self.tables.bound_row(region, 0.0, np.inf)
        if self.counts[region] == 0:
            self.reached["zero", region] = np.zeros(0, dtype=np.int64)
        if self.counts[region] >= self.problem.thresholds[region]:
            self.reached["reach", region] = np.zeros(0, dtype=np.int64)

    def _witness(self, counts: np.ndarray, *, renew: bool = False) -> None:
        """Note which hidden regions this table brings to 0 or to their threshold."""
        moved = np.flatnonzero(np.abs(counts - self.counts) > TOLERANCE)
        regions = np.fromiter(self.hidden, dtype=np.int64, count=len(self.hidden))
        for kind, met in (
            ("zero", counts[regions] <= TOLERANCE),
            ("reach", counts[regions] >= self.problem.thresholds[regions] - TOLERANCE),
        ):
            for region in regions[met]:
                if renew:
                    self.reached[kind, int(region)] = moved
                else:
                    self.reached.setdefault((kind, int(region)), moved)

    # -- asking --------------------------------------------------------------------------------------------------

    def _row(self, region: int) -> np.ndarray:
        return np.asarray(self.sums.indices[self.sums.indptr[region] : self.sums.indptr[region + 1]])

    def _extreme(self, region: int, cost: float) -> float:
        """The least (cost 1) or greatest (cost -1) count of a hidden region under the present mask."""
        self.tables.aim(self._row(region), cost)
        best = self.tables.solve()
        if not best.found:
            return float("nan")
        counts = self.sums @ best.at
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

    def give_back(self, programs: int = PROGRAMS) -> None:
        """Publish again what need not be hidden, the dearest first, as long as everything stays protected."""
        primary = {*self.problem.primary, *self.problem.forced}
        order = sorted((r for r in self.hidden if r not in primary), key=lambda r: (-int(self.problem.costs[r]), r))
        for region in order:
            if self.tables.solved > programs:
                return
            self._try_to_publish(region)

    def _try_to_publish(self, region: int) -> None:
        kept = dict(self.reached)
        del self.hidden[region]
        self.tables.bound_row(region, self.counts[region], self.counts[region])
        broken = [key for key, moved in kept.items() if key[1] != region and _holds(moved, region)]
        for key in broken:
            del self.reached[key]
        for kind in ("zero", "reach", "far"):
            self.reached.pop((kind, region), None)
        if all(self._protected(other) for other in dict.fromkeys(key[1] for key in broken)):
            return
        self.reached = kept
        self.hidden[region] = None
        self.tables.bound_row(region, 0.0, np.inf)

    def _protected(self, region: int) -> bool:
        threshold = self.problem.thresholds[region]
        if ("reach", region) not in self.reached and not self._extreme(region, -1.0) >= threshold - TOLERANCE:
            return False
        if ("zero", region) in self.reached or ("far", region) in self.reached:
            return True
        if self.counts[region] >= threshold:
            return self._stays_far(region) or ("zero", region) in self.reached
        return self._extreme(region, 1.0) <= TOLERANCE


def _holds(sorted_regions: np.ndarray, region: int) -> bool:
    at = int(np.searchsorted(sorted_regions, region))
    return at < len(sorted_regions) and int(sorted_regions[at]) == region


def costs(crossing: Crossing, counts: np.ndarray, seed: int | None = None) -> np.ndarray:
    """What hiding a region loses, in whole numbers: more for large counts, margins, and cells shown in many tables.

    With a (private) `seed`, near ties are broken by it instead of by cell order (METHODS, section 4: choice of mask).
    """
    found = np.zeros(len(counts), dtype=np.int64)
    for region, places in enumerate(crossing.shown):
        size = 20 + 2 * int(counts[region]).bit_length()
        found[region] = 100 * sum(size * 4 ** sum(label == "Total" for label in labels) for _, labels in places)
    if seed is not None:
        found += np.random.default_rng(seed).integers(0, found // 10 + 1)
    return found


def regions_of(crossing: Crossing, tables: Sequence[int]) -> list[int]:
    """Every region that one of these tables shows."""
    wanted = set(tables)
    return [region for region, places in enumerate(crossing.shown) if any(table in wanted for table, _ in places)]
