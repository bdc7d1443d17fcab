"""The regions of a crossing as a linear system: one column an unknown, one row a region that is a sum of several."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from compendium.disclosure.crossing import Crossing
from compendium.disclosure.linear import TOLERANCE, Program


@dataclass(frozen=True)
class Equations:
    """`matrix @ unknowns` gives the counts of `rows`, then zeros (neighbouring cliques agree); shapes as named.

    A region that is a single unknown (`column[region] >= 0`) needs no row; `free` unknowns are no region themselves.
    """

    sums: sparse.csr_matrix  # regions x unknowns
    column: np.ndarray
    rows: np.ndarray
    row: np.ndarray
    free: np.ndarray
    matrix: sparse.csc_matrix

    @property
    def alone(self) -> np.ndarray:
        """The regions that are one unknown."""
        return np.flatnonzero(self.column >= 0)

    def unknowns_of(self, region: int) -> np.ndarray:
        return np.asarray(self.sums.indices[self.sums.indptr[region] : self.sums.indptr[region + 1]])


def equations(crossing: Crossing) -> Equations:
    """The system of all regions of a crossing."""
    number = len(crossing.regions)
    sums, consistency = crossing.sums(range(number)), crossing.consistency()
    alone = np.flatnonzero(np.diff(sums.indptr) == 1)
    column = np.full(number, -1)
    column[alone] = sums.indices[sums.indptr[alone]]
    rows = np.flatnonzero(column < 0)
    row = np.full(number, -1)
    row[rows] = np.arange(len(rows))
    free = np.setdiff1d(np.arange(sums.shape[1]), column[alone])
    return Equations(sums, column, rows, row, free, sparse.csc_matrix(sparse.vstack([sums[rows], consistency])))


class Tables:
    """All tables in real numbers whose regions lie between `low` and `high`.

    Regions that can't move are taken out of the program, so it has about as many columns as there are hidden cells.
    """

    def __init__(self, system: Equations, low: np.ndarray, high: np.ndarray, roof: float) -> None:
        self.system = system
        alone = system.alone
        moves = high[alone] > low[alone]
        still = alone[~moves]
        self.columns = np.concatenate([system.column[alone[moves]], system.free])
        self.place = np.full(system.matrix.shape[1], -1)
        self.place[self.columns] = np.arange(len(self.columns))
        self.given = np.zeros(system.matrix.shape[1])
        self.given[system.column[still]] = low[still]
        taken = system.matrix @ self.given
        zeros = np.zeros(system.matrix.shape[0] - len(system.rows))
        self.program = Program(
            system.matrix[:, self.columns],
            np.concatenate([low[system.rows], zeros]) - taken,
            np.concatenate([high[system.rows], zeros]) - taken,
            np.concatenate([high[alone[moves]], np.full(len(system.free), roof)]),
            floor=np.concatenate([low[alone[moves]], np.zeros(len(system.free))]),
            only_costs_change=True,
        )

    def least(self, region: int, sign: float) -> float | None:
        """The least of `sign` times the count of a region; None when no table is found."""
        unknowns = self.system.unknowns_of(region)
        places = self.place[unknowns]
        self.program.aim(places[places >= 0], sign)
        self.program.run()
        if not self.program.optimal:
            return None
        return self.program.value + sign * float(self.given[unknowns].sum())

    def far(self, weights: np.ndarray) -> np.ndarray | None:
        """The counts of all regions in a table that makes the sum of `weights` times counts least."""
        self.program.set_costs(np.arange(len(self.columns)), (self.system.sums.T @ weights)[self.columns])
        self.program.run()
        return self.counts() if self.program.optimal else None

    def counts(self) -> np.ndarray:
        """The counts of all regions in the last table found."""
        unknowns = self.given.copy()
        unknowns[self.columns] = self.program.at
        return np.asarray(self.system.sums @ unknowns)

    def prices(self, region: int, sign: float) -> np.ndarray:
        """By region, how much the last optimum of `least` gives when the region's bound is moved by one (duals)."""
        duals = self.program.duals
        aimed = np.zeros(self.system.matrix.shape[1])
        aimed[self.system.unknowns_of(region)] = sign
        reduced = aimed - self.system.matrix.T @ duals
        found = reduced[self.system.column]  # of regions that are one unknown; the others are rows
        found[self.system.rows] = duals[: len(self.system.rows)]
        found[np.abs(found) < TOLERANCE] = 0.0
        return found
