"""The mask of least loss by cutting planes, with the attacker in the loop, and a bound on what any mask must lose.

A master program chooses the cheapest regions to hide under the conditions known so far (`cuts.py`); the attacker looks
for a hidden region that is not protected and gives the next condition (Fischetti & Salazar 2001). First the master is
solved in real numbers, then in whole ones. A loop stopped by its limit may leave regions unprotected: what it gives is
a proposal, which `mask.py` mends and the audit checks. Its bound holds in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from compendium.disclosure.cuts import Cut, Goal, Ground, out_of_reach
from compendium.disclosure.equations import Tables
from compendium.disclosure.linear import TOLERANCE, Optimum, Program
from compendium.disclosure.problem import Problem

ROUNDS = 12  # masters in real numbers
NODES = 400  # branch-and-bound nodes of one master
BRANCHED = 100_000  # entries of the largest master that is solved in whole numbers
BRANCHING = 5e8  # entries x pivots of all masters in whole numbers
BRANCHING_WIDE = 3e7  # the same with a table of three dimensions or more, whose masters are far harder
GAP = 0.002  # a master is left when so near its bound
VIOLATED = 1e-4
FOLLOWED = 20  # attacks on the mended mask of one master
SMALL = 300  # regions up to which every condition is made twice
CORE = 0.02  # share of every region that is open when a condition is made to rest on few regions
WORK = 1.5e8  # columns x pivots of the attacker's programs: about a quarter of a minute of one core


@dataclass(frozen=True)
class Proposal:
    """Regions to hide, beside those that must be; `bound`: no safe mask loses less (whole numbers, all regions)."""

    hidden: tuple[int, ...]
    bound: int
    finished: bool  # the attacker found nothing more: in real numbers protected, or large and hidden for nothing


class Search:
    """One search for the mask of least loss."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.costs, self.thresholds = problem, problem.costs, problem.thresholds
        self.ground = Ground(problem.system, problem.counts.astype(float), problem.movable, problem.fixed)
        self.cuts: dict[tuple[bytes, bytes], Cut] = {}
        self.asked: set[tuple[bytes, bytes]] = set()  # those that are not necessary, only sufficient
        self.must = int(self.costs[problem.fixed].sum())
        self.work = 0.0
        self.branched = 0.0
        widest = max((len(labels) for shown in problem.crossing.shown for _, labels in shown), default=0)
        self.branching = BRANCHING if widest <= 2 else BRANCHING_WIDE

    def run(self, goals: list[Goal]) -> Proposal:
        """Search for the cheapest mask that reaches all `goals` (of regions that are hidden in any case)."""
        for cut in self.ground.of_lines(goals):
            self._add(cut)
        for _ in range(ROUNDS):
            hidden, _ = self._master(whole=False)
            if not self._separate(hidden, goals) or self.work > WORK:
                break
        bound, finished, proves = 0.0, False, True
        for _ in range(self.problem.rounds):
            hidden, least = self._master(whole=True)
            if proves:
                bound = max(bound, least)
            hidden = np.rint(hidden)
            if not self._follow(hidden, goals):
                finished = not self._narrow(hidden)
                if finished:
                    break
                proves = False
            if self.work > WORK or self.branched > self.branching:
                break
        regions = tuple(int(r) for r in np.flatnonzero(hidden > 0.5))
        return Proposal(regions, self.must + int(np.ceil(bound - 1e-3)), finished)

    def needed(self, hidden: Sequence[int]) -> frozenset[int]:
        """Regions of a mask that no safe mask may publish while the rest stays as it is: a condition would fail."""
        covered = np.zeros(len(self.costs))
        covered[list(hidden)] = 1.0
        found: set[int] = set()
        for cut in self.cuts.values():
            if cut.key not in self.asked:
                spare = cut.met_by(covered)
                found.update(map(int, cut.regions[(cut.values > spare + VIOLATED) & (covered[cut.regions] > 0)]))
        return frozenset(found)

    def _add(self, cut: Cut) -> bool:
        if cut.key in self.cuts:
            return False
        self.cuts[cut.key] = cut
        return True

    def _master(self, *, whole: bool) -> tuple[np.ndarray, float]:
        """The cheapest mask under the conditions, 0 to 1 by region, and a bound on the loss beyond what is fixed."""
        hidden = self.ground.fixed.astype(float)
        cuts = list(self.cuts.values())
        if not cuts:
            return hidden, 0.0
        places = np.concatenate([cut.regions for cut in cuts])
        regions, columns = np.unique(places, return_inverse=True)
        rows = np.repeat(np.arange(len(cuts)), [len(cut.regions) for cut in cuts])
        values = np.concatenate([cut.values for cut in cuts])
        matrix = sparse.csc_matrix((values, (rows, columns)), shape=(len(cuts), len(regions)))
        least = np.array([cut.least for cut in cuts])
        program, best = self._solved(matrix, least, regions, whole=False)
        whole = whole and matrix.nnz <= BRANCHED
        if whole and best.found and (np.abs(best.at - np.rint(best.at)) > TOLERANCE).any():
            program, best = self._solved(matrix, least, regions, whole=True)
            self.branched += matrix.nnz * float(program.pivots)
            bound = float(program.highs.getInfo().mip_dual_bound)
        else:
            bound = best.value
        if not best.found:
            return self.problem.movable.astype(float), 0.0
        hidden[regions] = best.at
        hidden[hidden < TOLERANCE] = 0.0
        return hidden, bound

    def _solved(
        self, matrix: sparse.csc_matrix, least: np.ndarray, regions: np.ndarray, *, whole: bool
    ) -> tuple[Program, Optimum]:
        program = Program(
            matrix,
            least,
            np.full(len(least), np.inf),
            np.ones(len(regions)),
            self.costs[regions].astype(float),
            whole=np.ones(len(regions), dtype=bool) if whole else None,
            options={"presolve": "on", "mip_max_nodes": NODES, "mip_rel_gap": GAP, "mip_max_improving_sols": 2**31 - 1},
        )
        return program, program.solve()

    def _tables(self, hidden: np.ndarray, reach: float | None) -> Tables:
        """All tables under a mask; under a fractional one, a region moves by its share of `reach`."""
        counts, (least, most) = self.ground.counts, self.problem.reach
        share = hidden * self.problem.movable
        if reach is None:
            low, high = np.where(share > 0, least, counts), np.where(share > 0, most, counts)
        else:
            low = counts - np.minimum(counts - least, reach) * share
            high = counts + np.minimum(most - counts, reach) * share
        return Tables(self.problem.system, low, high, self.problem.roof)

    def _follow(self, hidden: np.ndarray, goals: list[Goal]) -> bool:
        """Add the conditions that a mask fails, mend it by the cheapest regions, and so on until it fails none.

        One master is dear and one attack is cheap, so much is learnt from each mask. Whether there were any.
        """
        mask, learnt = hidden, False
        for _ in range(FOLLOWED):
            known = len(self.cuts)
            if not self._separate(mask, goals):
                break
            learnt, mask = True, mask.copy()
            for cut in list(self.cuts.values())[known:]:
                self._mend(mask, cut)
        return learnt

    def _mend(self, mask: np.ndarray, cut: Cut) -> None:
        """Hide the regions that meet a condition most cheaply, one after another."""
        order = np.argsort(self.costs[cut.regions] / np.maximum(cut.values, TOLERANCE), kind="stable")
        for place in order:
            if cut.met_by(mask) >= -VIOLATED:
                return
            if cut.values[place] > 0:
                mask[cut.regions[place]] = 1.0

    def _separate(self, hidden: np.ndarray, goals: list[Goal]) -> bool:
        """Add the conditions that this mask fails, for all goals; whether there were any."""
        fractional = bool(((hidden > TOLERANCE) & (hidden < 1 - TOLERANCE)).any())
        tables = self._tables(hidden, float(self.thresholds.max()) if fractional else None)
        found = False
        others = [  # zeros that the policy shows: other small regions are hidden in any case
            Goal(int(r), -1.0, float(self.problem.goals[1][r]))
            for r in np.flatnonzero((hidden > 0.5) & ~self.ground.fixed & (self.ground.counts < self.thresholds))
        ]
        core = None
        if len(hidden) <= SMALL:
            core = self._tables(np.maximum(hidden, CORE * self.problem.movable), float(self.thresholds.max()))
        for goal in out_of_reach(tables, [*goals, *others]):
            prices = [tables.prices(goal.region, goal.sign)]
            if core is not None and not goal.met(core.least(goal.region, goal.sign)):
                prices.append(core.prices(goal.region, goal.sign))
            for dual in prices:
                cut = self.ground.condition(goal, dual)
                if cut is not None and cut.met_by(hidden) < -VIOLATED:
                    found |= self._add(cut)
        self._count(tables)
        return found

    def _narrow(self, hidden: np.ndarray) -> bool:
        """Ask that large regions which can fall under their threshold, and yet not to 0, reach 0 when they are hidden.

        Others could be published instead so that they stay above it: a mask of less loss may be missed.
        """
        tables = self._tables(hidden, None)
        found = False
        large = (hidden > 0.5) & ~self.ground.fixed & (self.ground.counts >= self.thresholds)
        for region in np.flatnonzero(large):
            low = tables.least(int(region), 1.0)
            least = float(self.problem.goals[0][region])
            if low is None or low < least + TOLERANCE or low > self.thresholds[region] - TOLERANCE:
                continue
            goal = Goal(int(region), 1.0, least)
            cut = self.ground.condition(goal, tables.prices(goal.region, goal.sign))
            if cut is not None and self._add(cut):
                self.asked.add(cut.key)
                found = True
        self._count(tables)
        return found

    def _count(self, tables: Tables) -> None:
        pivots = tables.program.pivots
        self.work += pivots * float(len(tables.columns))
