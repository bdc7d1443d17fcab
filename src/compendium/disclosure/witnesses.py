"""Whole-number tables that show hidden cells protected: found by the attack, written down, checked by addition alone.

A protected cell has two tables that agree with all that is published: in one it is 0, in the other it reaches the
threshold; a cell that is never below the threshold has two in which it differs. A table stands for all linked tables
of a unit at once: one part for each clique of variables. Parts that agree on what neighbouring cliques share belong
to one whole table, in whole numbers too (Dobra & Fienberg 2000, PNAS 97:11885).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

Pair = tuple[int, int]


@dataclass(frozen=True)
class Proof:
    """`base`: the first table, all unknowns of the cliques. `changes`: by further table (1, 2, …) where it differs.

    `pairs`: region -> the two tables that show it protected (0: `base`).
    """

    base: np.ndarray
    changes: tuple[tuple[np.ndarray, np.ndarray], ...]  # places among the unknowns, counts there
    pairs: Mapping[int, Pair]


class Witnesses:
    """The least and the greatest count of each hidden region in the whole-number tables met so far.

    Tables that are the first to show something are kept.
    """

    def __init__(self, base: np.ndarray, free: sparse.csr_matrix, thresholds: Sequence[int]) -> None:
        self.base, self.free, self.thresholds = base, free, np.array(thresholds, dtype=float)
        self.least = np.full(len(base), np.inf)
        self.most = np.full(len(base), -np.inf)
        self.tables: list[np.ndarray] = []  # open unknowns
        self.zero_in = np.full(len(base), -1)
        self.reached_in = np.full(len(base), -1)
        self.other_in = np.full(len(base), -1)  # differs there from the first table
        self.first = np.zeros(0)

    def add(self, table: np.ndarray) -> None:
        counts = np.rint(self.base + self.free @ table)
        if not self.tables:
            self.first = counts
        new = [
            (self.zero_in, (counts == 0) & (self.zero_in < 0)),
            (self.reached_in, (counts >= self.thresholds) & (self.reached_in < 0)),
            (self.other_in, (counts != self.first) & (self.other_in < 0)),
        ]
        if not self.tables or any(met.any() for _, met in new):
            for place, met in new:
                place[met] = len(self.tables)
            self.tables.append(table.astype(np.int64))
        self.least = np.minimum(self.least, counts)
        self.most = np.maximum(self.most, counts)

    def pair(self, i: int) -> Pair | None:
        """The two tables that show the hidden region protected; None when they were not met."""
        if self.zero_in[i] >= 0 and self.reached_in[i] >= 0:
            return int(self.zero_in[i]), int(self.reached_in[i])
        return (0, int(self.other_in[i])) if self.other_in[i] >= 0 else None


def proof(witnesses: Witnesses, fixed: np.ndarray, open_: np.ndarray, regions: Mapping[int, int]) -> Proof:
    """The tables that are needed, written as changes of the first. `regions`: region -> its place in `witnesses`."""
    pairs = {region: pair for region, i in regions.items() if (pair := witnesses.pair(i)) is not None}
    needed = sorted({number for pair in pairs.values() for number in pair} - {0})
    renumbered = {0: 0, **{number: place for place, number in enumerate(needed, 1)}}
    base = np.rint(fixed).astype(np.int64)
    if witnesses.tables:
        base[open_] = witnesses.tables[0]
    changes = []
    for number in needed:
        moved = np.flatnonzero(witnesses.tables[number] != witnesses.tables[0])
        changes.append((open_[moved], witnesses.tables[number][moved]))
    return Proof(base, tuple(changes), {region: (renumbered[a], renumbered[b]) for region, (a, b) in pairs.items()})
