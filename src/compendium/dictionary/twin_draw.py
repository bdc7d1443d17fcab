"""Chance for the synthetic twin: one seeded stream a block of tables, and the few ways in which values are drawn."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


class Draw:
    """A stream of chance that depends on its names only: the same names give the same draws on every machine.

    Uses only whole numbers and uniform doubles of PCG64, whose streams NumPy keeps stable.
    """

    def __init__(self, *names: object) -> None:
        text = "/".join(str(name) for name in names)
        seed = int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:16], "big")
        self._random = np.random.Generator(np.random.PCG64(seed))

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        return low + (high - low) * float(self._random.random())

    def chance(self, share: float) -> bool:
        return self.uniform() < share

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.uniform() * (high - low + 1))

    def days(self, mean: float, longest: int = 3650) -> dt.timedelta:
        """An exponential delay in whole days, cut off at `longest`."""
        return dt.timedelta(days=min(int(-mean * math.log1p(-self.uniform())), longest))

    def choose(self, weights: Mapping[str, float]) -> str:
        """One of the keys, by weight."""
        left = self.uniform() * sum(weights.values())
        for key, weight in weights.items():
            left -= weight
            if left < 0:
                return key
        return [key for key, weight in weights.items() if weight > 0][-1]  # rounding used the last of it up

    def shuffled(self, values: Sequence[Any]) -> list[Any]:
        found = list(values)
        for last in range(len(found) - 1, 0, -1):
            other = self.whole(0, last)
            found[last], found[other] = found[other], found[last]
        return found

    def spread(self, weights: Mapping[str, float], number: int) -> list[str]:
        """`number` keys in their shares to the nearest whole, in random order."""
        shares = apportion(weights, number)
        return self.shuffled([key for key, count in shares.items() for _ in range(count)])


def apportion(weights: Mapping[str, float], number: int) -> dict[str, int]:
    """Share `number` out by weight: largest remainders first, ties in the order given. Adds up to `number`."""
    total = sum(weights.values())
    exact = {key: number * weight / total for key, weight in weights.items()}
    found = {key: int(value + 1e-9) for key, value in exact.items()}
    order = sorted(exact, key=lambda key: found[key] - exact[key])
    for key in order[: number - sum(found.values())]:
        found[key] += 1
    return found


def month_days(first: str, last: str) -> tuple[dt.date, dt.date]:
    """First and last day of a period of whole months (`2022-05`, `2023-04`)."""
    year, month = (int(part) for part in last.split("-"))
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return dt.date.fromisoformat(f"{first}-01"), following - dt.timedelta(days=1)
