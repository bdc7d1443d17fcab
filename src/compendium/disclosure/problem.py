"""What is to be protected: counts, thresholds, what hiding costs, what can't be hidden or has to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from compendium.disclosure.crossing import Crossing
from compendium.disclosure.equations import Equations, equations

ROUNDS = 20


@dataclass(frozen=True)
class Problem:
    """What is to be protected: by region, the true counts, thresholds, costs, and what can't be hidden.

    `low`, `high`: how far a hidden region can move for somebody who knows more than these tables (0, no bound).
    `rounds`: masks of least loss that are tried against the attacker.
    """

    crossing: Crossing
    counts: np.ndarray
    thresholds: np.ndarray
    costs: np.ndarray  # whole numbers: what hiding the region loses
    primary: tuple[int, ...]
    locked: frozenset[int]  # structural zeros, numbers released earlier
    forced: tuple[int, ...] = ()  # hidden too, whatever they hold
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    rounds: int = ROUNDS

    @cached_property
    def system(self) -> Equations:
        return equations(self.crossing)

    @cached_property
    def movable(self) -> np.ndarray:
        return np.array([region not in self.locked for region in range(len(self.counts))], dtype=bool)

    @cached_property
    def fixed(self) -> np.ndarray:
        """Hidden in any mask."""
        found = np.zeros(len(self.counts), dtype=bool)
        found[[*self.primary, *self.forced]] = True
        return found & self.movable

    @property
    def roof(self) -> float:
        """More than any count that an argument about protection needs."""
        return 2 * float(self.counts.sum()) + 1_000 * (1 + int(self.thresholds.max(initial=0)))

    @cached_property
    def reach(self) -> tuple[np.ndarray, np.ndarray]:
        """By region, the least and the greatest count when it is hidden."""
        low = np.zeros(len(self.counts)) if self.low is None else self.low.astype(float)
        high = np.full(len(self.counts), self.roof) if self.high is None else np.minimum(self.high, self.roof)
        return low, high

    @cached_property
    def goals(self) -> tuple[np.ndarray, np.ndarray]:
        """By region, what some tables must have when it is hidden: 0, and its threshold, as far as they are possible.

        Where more is known from elsewhere, to leave it as open as it was is all that hiding can do.
        """
        low, high = self.reach
        return np.where(low < self.thresholds, low, 0.0), np.minimum(self.thresholds, high)


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
