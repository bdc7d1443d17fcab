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
        self.roof = 2 * float(self.counts.sum()) + 1_000 * (1 + int(problem.thresholds.max(initial=0)))
        self.movable = np.array([r not in problem.locked for r in range(n)], dtype=bool)
        self.hidden: dict[int, None] = {}
        self.reached: dict[tuple[str, int], np.ndarray] = {}  # requirement -> published regions its witness moves
        alone = np.flatnonzero(np.diff(self.sums.indptr) == 1)  # regions that are one unknown: no row is needed
        self.column = np.full(n, -1)
        self.column[alone] = self.sums.indices[self.sums.indptr[alone]]
        self.rows = np.flatnonzero(self.column < 0)
        self.row = np.full(n, -1)
        self.row[self.rows] = np.arange(len(self.rows))
        consistency = crossing.consistency()
        self.changes = self._changes(consistency, alone)
        self.tables = self._tables(consistency, alone)
        for region in (*problem.primary, *problem.forced):
            self._hide(region)

    def _changes(self, consistency: sparse.csr_matrix, alone: np.ndarray) -> Program:
        """Columns: how far each region goes up, how far down, then the unknowns that are no region themselves."""
        n, width = len(self.counts), self.sums.shape[1]
        self.free = np.setdiff1d(np.arange(width), self.column[alone])
        pick = sparse.csr_matrix((np.ones(len(alone)), (self.column[alone], alone)), shape=(width, n))
        itself = sparse.csr_matrix(
            (np.ones(len(self.rows)), (np.arange(len(self.rows)), self.rows)), shape=(len(self.rows), n)
        )
        above, below = self.sums[self.rows], consistency
        change = sparse.vstack([above @ pick - itself, below @ pick])
        rest = sparse.vstack([above[:, self.free], below[:, self.free]])
        given = pick @ self.counts
        value = np.concatenate([self.counts[self.rows] - above @ given, -(below @ given)])
        up, down = self.movable * self.roof, self.movable * self.counts
        cap = np.concatenate([up, down, np.full(len(self.free), self.roof)])
        cost = np.concatenate([self.problem.costs, self.problem.costs, np.zeros(len(self.free))]).astype(float)
        self.start = given  # the unknowns that are regions; the others are 0
        return Program(sparse.hstack([change, -change, rest]), value, value, cap, cost)

    def _tables(self, consistency: sparse.csr_matrix, alone: np.ndarray) -> Program:
        value = np.concatenate([self.counts[self.rows], np.zeros(consistency.shape[0])])
        matrix = sparse.vstack([self.sums[self.rows], consistency])
        cap = np.full(self.sums.shape[1], self.roof)
        program = Program(matrix, value, value, cap, only_costs_change=True)
        for region in alone:
            program.bound_column(int(self.column[region]), self.counts[region], self.counts[region])
        return program

    def _bound(self, region: int, *, published: bool) -> None:
        """Fix a region in the tables that agree with what is published, or let it go."""
        low, high = (self.counts[region], self.counts[region]) if published else (0.0, self.roof)
        if self.column[region] >= 0:
            self.tables.bound_column(int(self.column[region]), low, high)
        else:
            self.tables.bound_row(int(self.row[region]), low, high)

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
            self._change(region, up=(0.0, 0.0), down=(self.counts[region], self.counts[region]))

    def _reach_threshold(self, region: int) -> None:
        if ("reach", region) not in self.reached:
            missing = float(self.problem.thresholds[region]) - self.counts[region]
            self._change(region, up=(missing, self.roof), down=(0.0, 0.0))

    def _change(self, region: int, *, up: tuple[float, float], down: tuple[float, float]) -> None:
        """Find the cheapest change that takes the region up and down as far as asked, and hide what it touches."""
        n = len(self.counts)
        self.changes.bound_column(region, *up)
        self.changes.bound_column(n + region, *down)
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
        self.changes.bound_column(region, 0.0, self.roof)
        self.changes.bound_column(n + region, 0.0, self.counts[region])
        if kept is None:
            return  # locked numbers forbid it: the audit that follows refuses
        for other in self._touched(kept.at)[0]:
            self._hide(int(other))
        unknowns = self.start.copy()
        alone = np.flatnonzero(self.column >= 0)
        unknowns[self.column[alone]] += kept.at[alone] - kept.at[n + alone]
        unknowns[self.free] = kept.at[2 * n :]
        self._witness(self.sums @ unknowns)

    def _price(self, regions: np.ndarray, costs: np.ndarray) -> None:
        for start in (0, len(self.counts)):
            self.changes.set_costs(regions + start, costs)

    def _touched(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The published regions that a change touches, and how far it moves them."""
        n = len(self.counts)
        size = np.abs(at[:n] - at[n : 2 * n])
        size[list(self.hidden)] = 0.0
        touched = np.flatnonzero(size > TOLERANCE)
        return touched, np.rint(size[touched]).astype(np.int64)

    def _hide(self, region: int) -> None:
        if region in self.hidden or not self.movable[region]:
            return
        self.hidden[region] = None
        self._price(np.array([region]), np.zeros(1))
        self._bound(region, published=False)
        if self.counts[region] == 0:
            self.reached["zero", region] = np.zeros(0, dtype=np.int64)
        if self.counts[region] >= self.problem.thresholds[region]:
            self.reached["reach", region] = np.zeros(0, dtype=np.int64)

    def _witness(self, counts: np.ndarray) -> None:
        """Note which hidden regions this table brings to 0 or to their threshold."""
        moved = np.flatnonzero(np.abs(counts - self.counts) > TOLERANCE)
        regions = np.fromiter(self.hidden, dtype=np.int64, count=len(self.hidden))
        for kind, met in (
            ("zero", counts[regions] <= TOLERANCE),
            ("reach", counts[regions] >= self.problem.thresholds[regions] - TOLERANCE),
        ):
            for region in regions[met]:
                self.reached.setdefault((kind, int(region)), moved)

    # -- asking --------------------------------------------------------------------------------------------------

    def _unknowns(self, region: int) -> np.ndarray:
        return np.asarray(self.sums.indices[self.sums.indptr[region] : self.sums.indptr[region + 1]])

    def _extreme(self, region: int, cost: float) -> float:
        """The least (cost 1) or greatest (cost -1) count of a hidden region under the present mask."""
        self.tables.aim(self._unknowns(region), cost)
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
        self._bound(region, published=True)
        broken = [key for key, moved in kept.items() if key[1] != region and _holds(moved, region)]
        for key in broken:
            del self.reached[key]
        for kind in ("zero", "reach", "far"):
            self.reached.pop((kind, region), None)
        if all(self._protected(other) for other in dict.fromkeys(key[1] for key in broken)):
            return
        self.reached = kept
        self.hidden[region] = None
        self._bound(region, published=False)

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

    With a (private) `seed`, near ties are broken by it instead of by cell order.
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
