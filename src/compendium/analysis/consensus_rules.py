"""Rules of consensus on one list of ratings: 70/15, shares of all answers, and RAND/UCLA disagreement.

Each is declared before anybody rates. None is a law: they are conventions, and differ in what they do with people who
could not score.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from compendium.analysis.estimate import Undefined

Band = tuple[int, int]
USUAL = "1-9"
HIGH: dict[str, Band] = {"1-9": (7, 9), "1-7": (5, 7), "1-5": (4, 5)}  # of each scale; 1-7 as ENLIGHT (2023)
LOW: dict[str, Band] = {"1-9": (1, 3), "1-7": (1, 3), "1-5": (1, 2)}


@dataclass(frozen=True)
class Comet:
    """The 70/15 rule applied to one item: whole numbers and `in`, `out`, `no consensus` or `undefined`."""

    scored: int
    not_scored: int
    rated_7_9: int
    rated_1_3: int

    @property
    def verdict(self) -> str:
        """`in`: at least 70 % rate 7-9 and fewer than 15 % rate 1-3; `out`: the reverse. In whole numbers."""
        if self.scored == 0:
            return "undefined"
        for high, low, word in ((self.rated_7_9, self.rated_1_3, "in"), (self.rated_1_3, self.rated_7_9, "out")):
            if 100 * high >= 70 * self.scored and 100 * low < 15 * self.scored:
                return word
        return "no consensus"


def comet(ratings: Iterable[Any], *, scale: str = USUAL) -> Comet:
    """Count ratings for the 70/15 rule (Williamson et al. 2017, Trials 18(Suppl 3):280; not a law).

    Answers that are not numbers ("unable to score", missing) leave the denominator. On another scale than 1 to 9 its
    `HIGH` and `LOW` ends take the place of 7-9 and 1-3.
    """
    given = ratings if isinstance(ratings, np.ndarray) else list(ratings)
    scores = scored(given)
    high, low = (int(((scores >= first) & (scores <= last)).sum()) for first, last in (HIGH[scale], LOW[scale]))
    return Comet(len(scores), len(given) - len(scores), high, low)


@dataclass(frozen=True)
class Shares:
    """Shares (0 to 1) of all answers given, "cannot say" included in the denominator."""

    high: float
    low_or_unable: float
    unable: float


def shares_of_all_answers(
    answers: Iterable[Any], *, high: tuple[int, int] = (5, 7), low: tuple[int, int] = (1, 3)
) -> Shares:
    """Inclusion shares as the ENLIGHT consensus counts them (Spitschan et al. 2023): the opposite of `comet`.

    An answer that is not a number stays in the denominator and is counted with exclusion; a blank is no answer.
    """
    given = [answer for answer in answers if not _blank(answer)]
    if not given:
        raise Undefined("Nobody answered this item.")
    scores = scored(given)
    total, unable = len(given), len(given) - len(scores)
    highs = int(((scores >= high[0]) & (scores <= high[1])).sum())
    lows = int(((scores >= low[0]) & (scores <= low[1])).sum())
    return Shares(highs / total, (lows + unable) / total, unable / total)


@dataclass(frozen=True)
class RandUcla:
    """Spread of ratings against the spread that disagreement would have. Fitch et al. 2001, RAND/UCLA user's manual."""

    p30: float
    p70: float
    median: float

    @property
    def ipr(self) -> float:
        """Interpercentile range, 30th to 70th."""
        return self.p70 - self.p30

    @property
    def iprcp(self) -> float:
        """Central point of that range."""
        return (self.p30 + self.p70) / 2

    @property
    def ipras(self) -> float:
        """Interpercentile range adjusted for symmetry: 2.35 + 1.5 |5 - central point|."""
        return 2.35 + 1.5 * abs(5 - self.iprcp)

    @property
    def disagreement_index(self) -> float:
        return self.ipr / self.ipras

    @property
    def disagreement(self) -> bool:
        return self.ipr > self.ipras

    def __float__(self) -> float:
        return self.disagreement_index


def rand_ucla(
    ratings: Iterable[Any] | None = None,
    *,
    p30: float | None = None,
    p70: float | None = None,
    median: float | None = None,
) -> RandUcla:
    """RAND/UCLA disagreement from ratings of 1 to 9, or from percentiles already published.

    Percentiles by linear interpolation between order statistics. Answers that are not numbers are left out. Published
    check: BMJ Open 2012;2:e001431, table 1 (which misprints 2.5 for 2.35). Raises `Undefined` when nobody scored.
    """
    if ratings is None:
        if p30 is None or p70 is None:
            raise ValueError("give ratings, or p30 and p70")
        return RandUcla(p30, p70, float("nan") if median is None else median)
    scores = scored(ratings)
    if not len(scores):
        raise Undefined("Nobody scored this item.")
    thirty, middle, seventy = np.percentile(scores, [30, 50, 70])
    return RandUcla(float(thirty), float(seventy), float(middle))


def scored(answers: Iterable[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The answers that are numbers."""
    if isinstance(answers, np.ndarray) and answers.dtype == np.float64:
        return answers[~np.isnan(answers)]
    numbers = pd.to_numeric(pd.Series(list(answers), dtype="object"), errors="coerce")
    return numbers.dropna().to_numpy("float64")


def _blank(answer: Any) -> bool:
    return answer is None or (isinstance(answer, float) and np.isnan(answer)) or answer == ""
