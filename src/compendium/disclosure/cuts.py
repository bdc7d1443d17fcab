"""Linear conditions that every safe mask meets: what the attacker's program proves when it fails.

Let y be 1 for a hidden region and 0 for a published one. When no table that agrees with the published counts takes a
small cell to 0, or to the threshold, the dual prices d of the attacker's program prove it: any table obeys
`goal >= sum of d x count`. A hidden region may fall by its count and rise without bound, so a mask under which the cell
gets there meets `sum of c y >= need` with c = d x count where d > 0 and c = need where d < 0 (Fischetti & Salazar 2001,
Management Science 47:1008, section 4; coefficients over `need` are cut down to it, since y is whole).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from compendium.disclosure.equations import Equations, Tables
from compendium.disclosure.linear import TOLERANCE

LONGEST = 5_000  # cells of a line of which a condition is made before anything is solved


@dataclass(frozen=True)
class Cut:
    """`values @ y[regions] >= least`."""

    regions: np.ndarray
    values: np.ndarray
    least: float

    @property
    def key(self) -> tuple[bytes, bytes]:
        return self.regions.tobytes(), np.round(self.values, 6).tobytes()

    def met_by(self, hidden: np.ndarray) -> float:
        """How far a mask (0 to 1, by region) is over the condition; negative: how far it fails."""
        return float(self.values @ hidden[self.regions]) - self.least


@dataclass(frozen=True)
class Goal:
    """A count that some table must have: 0 (`sign` 1: as little as) or the threshold (`sign` -1: as much as)."""

    region: int
    sign: float
    count: float

    def met(self, least: float | None) -> bool:
        """Whether a table with this least value of `sign` times the count has it; without a table nothing is said."""
        return least is None or least <= self.sign * self.count + TOLERANCE


@dataclass(frozen=True)
class Ground:
    """What conditions are made from: true counts, which regions may be hidden, and which are hidden in any case."""

    system: Equations
    counts: np.ndarray
    movable: np.ndarray
    fixed: np.ndarray

    def condition(self, goal: Goal, prices: np.ndarray) -> Cut | None:
        """The condition that these prices prove for a goal; None when they prove nothing.

        For a region that need not be hidden, it holds only while the region is hidden.
        """
        need = float(prices @ self.counts) - goal.sign * goal.count
        weight = np.where(prices > 0, prices * self.counts, np.where(prices < 0, need, 0.0)) * self.movable
        weight[goal.region] = 0.0
        rest = need - float(np.minimum(weight[self.fixed], need).sum())
        if need < TOLERANCE or rest < TOLERANCE * max(1.0, need):
            return None
        weight[self.fixed] = 0.0
        weight = np.minimum(weight / rest, 1.0)
        weight[weight < TOLERANCE] = 0.0
        least = 1.0
        if not self.fixed[goal.region]:
            weight[goal.region] -= 1.0
            least = 0.0
        regions = np.flatnonzero(weight)
        return Cut(regions, weight[regions], least)

    def of_lines(self, goals: list[Goal]) -> Iterator[Cut]:
        """Conditions from single sums (a row of a table and its margin), without solving anything."""
        system = self.system
        by_row, by_column = sparse.csr_matrix(system.matrix), system.matrix
        region_of = np.full(system.matrix.shape[1], -1)
        region_of[system.column[system.alone]] = system.alone
        for goal in goals:
            column = system.column[goal.region]
            if column < 0:
                continue
            for row in by_column.indices[by_column.indptr[column] : by_column.indptr[column + 1]]:
                cells = region_of[by_row.indices[by_row.indptr[row] : by_row.indptr[row + 1]]]
                if row >= len(system.rows) or len(cells) > LONGEST or (cells < 0).any():
                    continue
                prices = np.zeros(len(self.counts))
                prices[cells], prices[goal.region], prices[system.rows[row]] = -goal.sign, 0.0, goal.sign
                found = self.condition(goal, prices)
                if found is not None:
                    yield found


def out_of_reach(tables: Tables, goals: Sequence[Goal]) -> Iterator[Goal]:
    """The goals that none of these tables has; when one is given, `tables` stands at its optimum."""
    regions = np.array([goal.region for goal in goals], dtype=np.int64)
    signs = np.array([goal.sign for goal in goals])
    limits = signs * np.array([goal.count for goal in goals]) + TOLERANCE
    unmet = np.ones(len(goals), dtype=bool)
    for number, goal in enumerate(goals):
        if not unmet[number]:
            continue
        found = tables.least(goal.region, goal.sign)
        if found is None or found > limits[number]:
            yield goal
        if found is not None:  # the same table may show other goals
            unmet &= signs * tables.counts()[regions] > limits
