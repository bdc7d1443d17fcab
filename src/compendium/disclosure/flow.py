"""The cheapest change of published counts that lets a hidden region be 0, or its threshold: a flow through the tables.

A linear program (Castro 2012, EJOR 216:1; Fischetti & Salazar 2001, Management Science 47:1008): each region goes up or
down at its cost, hidden ones for nothing. What the change touches is to be hidden. Costs are for any change, however
large, so prices are scaled by the size of the last change and the program is solved again (slope scaling).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy import sparse

from compendium.disclosure.linear import TOLERANCE, Optimum, Program
from compendium.disclosure.problem import Problem

SLOPES = 2  # re-weighted solves of each change, the cheapest is taken


class Changes:
    """Columns: how far each region goes up, how far down, then the unknowns that are no region themselves."""

    def __init__(self, problem: Problem, hidden: Iterable[int]) -> None:
        self.problem, self.counts = problem, problem.counts.astype(float)
        self.hidden = hidden  # of the mask, which grows
        self.system = problem.system
        alone, rows = self.system.alone, self.system.rows
        n, width, height = len(self.counts), self.system.matrix.shape[1], self.system.matrix.shape[0]
        pick = sparse.csr_matrix((np.ones(len(alone)), (self.system.column[alone], alone)), shape=(width, n))
        itself = sparse.csr_matrix((np.ones(len(rows)), (np.arange(len(rows)), rows)), shape=(height, n))
        change = self.system.matrix @ pick - itself
        self.start = pick @ self.counts  # the unknowns that are regions; the others are 0
        value = itself @ self.counts - self.system.matrix @ self.start
        low, high = problem.reach
        self.up, self.down = problem.movable * (high - self.counts), problem.movable * (self.counts - low)
        cap = np.concatenate([self.up, self.down, np.full(len(self.system.free), problem.roof)])
        cost = np.concatenate([problem.costs, problem.costs, np.zeros(len(self.system.free))]).astype(float)
        matrix = sparse.hstack([change, -change, self.system.matrix[:, self.system.free]])
        self.program = Program(matrix, value, value, cap, cost)
        covered = np.fromiter(hidden, dtype=np.int64)
        self.price(covered, np.zeros(len(covered)))

    def price(self, regions: np.ndarray, costs: np.ndarray) -> None:
        for start in (0, len(self.counts)):
            self.program.set_costs(regions + start, costs)

    def cheapest(self, region: int, amount: float, *, down: bool) -> tuple[np.ndarray, np.ndarray] | None:
        """The published regions that the cheapest change touches, and the counts after it; None when there is none."""
        if amount > (self.down if down else self.up)[region]:
            return None
        n = len(self.counts)
        self.program.bound_column(region, 0.0 if down else amount, 0.0 if down else self.up[region])
        self.program.bound_column(n + region, amount if down else 0.0, amount if down else 0.0)
        kept = self._cheapest()
        self.program.bound_column(region, 0.0, self.up[region])
        self.program.bound_column(n + region, 0.0, self.down[region])
        if kept is None:
            return None
        unknowns, alone = self.start.copy(), self.system.alone
        unknowns[self.system.column[alone]] += kept.at[alone] - kept.at[n + alone]
        unknowns[self.system.free] = kept.at[2 * n :]
        return self._touched(kept.at)[0], self.system.sums @ unknowns

    def _cheapest(self) -> Optimum | None:
        best, loss = self.program.solve(), np.inf
        kept: Optimum | None = None
        scaled = np.zeros(0, dtype=np.int64)
        for _ in range(SLOPES):
            if not best.found:
                break
            touched, size = self._touched(best.at)
            here = float(self.problem.costs[touched].sum())
            if here < loss:
                kept, loss = best, here
            if len(touched) < 2:
                break
            self.price(scaled, self.problem.costs[scaled])
            self.price(touched, np.maximum(1, self.problem.costs[touched] // np.maximum(1, size)))
            scaled = touched
            best = self.program.solve()
        self.price(scaled, self.problem.costs[scaled])
        return kept

    def _touched(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The published regions that a change touches, and how far it moves them."""
        n = len(self.counts)
        size = np.abs(at[:n] - at[n : 2 * n])
        size[list(self.hidden)] = 0.0
        touched = np.flatnonzero(size > TOLERANCE)
        return touched, np.rint(size[touched]).astype(np.int64)
