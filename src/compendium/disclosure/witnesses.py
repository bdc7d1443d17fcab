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
        self.zeros: list[np.ndarray] = []
        self.reaches: list[np.ndarray] = []
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
            self.zeros.append(counts == 0)
            self.reaches.append(counts >= self.thresholds)
        self.least = np.minimum(self.least, counts)
        self.most = np.maximum(self.most, counts)

    def pairs(self, wanted: Sequence[int]) -> dict[int, Pair]:
        """By hidden region, the two tables that show it protected; few tables in all. Regions without are left out."""
        found = {}
        shown = [i for i in wanted if self.zero_in[i] >= 0 and self.reached_in[i] >= 0]
        zero, reached = self._few(self.zero[:, shown]), self._few(self.reached[:, shown])
        for place, i in enumerate(shown):
            found[i] = (int(zero[place]), int(reached[place]))
        for i in wanted:
            if i not in found and self.other_in[i] >= 0:
                found[i] = (0, int(self.other_in[i]))
        return found

    @property
    def zero(self) -> np.ndarray:
        """Tables x hidden regions: where a table has 0."""
        return np.array(self.zeros, dtype=bool).reshape(len(self.tables), -1)

    @property
    def reached(self) -> np.ndarray:
        """Tables x hidden regions: where a table reaches the threshold."""
        return np.array(self.reaches, dtype=bool).reshape(len(self.tables), -1)

    @staticmethod
    def _few(shows: np.ndarray) -> np.ndarray:
        """By column, a row in which it holds: always the row that settles the most columns that are still open."""
        chosen = np.full(shows.shape[1], -1)
        gain = shows.sum(axis=1)  # open columns in which a row holds
        while gain.max(initial=0) > 0:
            row = int(np.argmax(gain))
            new = shows[row] & (chosen < 0)
            chosen[new] = row
            gain = gain - shows[:, new].sum(axis=1)
        return chosen


def proof(witnesses: Witnesses, fixed: np.ndarray, open_: np.ndarray, regions: Mapping[int, int]) -> Proof:
    """The tables that are needed, written as changes of the first. `regions`: region -> its place in `witnesses`."""
    by_place = witnesses.pairs(sorted(regions.values())) if witnesses.tables else {}
    pairs = {region: by_place[i] for region, i in regions.items() if i in by_place}
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
