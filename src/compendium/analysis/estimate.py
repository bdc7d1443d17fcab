"""What an analysis answers: a number with its interval, or the statement that there is no such number."""

from __future__ import annotations

import math
from dataclasses import dataclass

from compendium.errors import CompendiumError


class Undefined(CompendiumError, ValueError):
    """The question has no answer for these data (nothing to concentrate, nobody who scored, one rater)."""


@dataclass(frozen=True)
class Estimate:
    """A number and its interval; `low` and `high` are nan where the method gives none."""

    estimate: float
    low: float = math.nan
    high: float = math.nan

    def __float__(self) -> float:
        return float(self.estimate)
