"""Before and after of the same services: exact test, shift and dominance, for few pairs with ties and zeros."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from compendium.analysis.estimate import Estimate, Undefined

FEWEST_PAIRS = 6  # below it the smallest two-sided p an exact test can give is above 0.05


@dataclass(frozen=True)
class SignedRank:
    """Exact Wilcoxon signed-rank test: sum of the ranks of pairs that rose, and the two-sided p."""

    statistic: float
    p: float
    pairs: int
    zeros: int

    def __float__(self) -> float:
        return self.p


def signed_rank(before: Sequence[float], after: Sequence[float]) -> SignedRank:
    """Exact two-sided Wilcoxon signed-rank test with Pratt's zeros: ranked with the rest, then left out.

    The distribution is that of all ways to give the observed midranks a sign, so ties need no correction. Raises
    `Undefined` for fewer than six pairs, or when nothing changed. Pratt 1959, J Am Stat Assoc 54:655-667.
    """
    difference = _differences(before, after)
    if len(difference) < FEWEST_PAIRS:
        raise Undefined(f"No p value is given for fewer than {FEWEST_PAIRS} pairs.")
    if not difference.any():
        raise Undefined("No pair changed.")
    ranks = rankdata(np.abs(difference))
    moved = difference != 0
    doubled = np.rint(2 * ranks[moved]).astype(int)  # midranks are halves
    observed = int(doubled[difference[moved] > 0].sum())
    ways = _sums(doubled)
    total = float(ways.sum())
    lower, upper = float(ways[: observed + 1].sum()) / total, float(ways[observed:].sum()) / total
    return SignedRank(observed / 2, min(1.0, 2 * min(lower, upper)), len(difference), int((~moved).sum()))


def hodges_lehmann(before: Sequence[float], after: Sequence[float], *, confidence: float = 0.95) -> Estimate:
    """Hodges-Lehmann shift: median of the means of all pairs of differences, with its distribution-free interval.

    The interval has at least the stated confidence without ties. With fewer than six pairs none reaches 95 %, and low
    and high are nan. Hollander, Wolfe & Chicken 2014, section 3.3.
    """
    difference = _differences(before, after)
    pairs = len(difference)
    if not pairs:
        raise Undefined("There are no pairs.")
    first, second = np.triu_indices(pairs)
    walsh = np.sort((difference[first] + difference[second]) / 2)
    below = np.cumsum(_sums(np.arange(1, pairs + 1))) / 2.0**pairs
    cut = int((below <= (1 - confidence) / 2 + 1e-12).sum())  # order statistics to leave out on each side
    if cut == 0:
        return Estimate(float(np.median(walsh)), math.nan, math.nan)
    return Estimate(float(np.median(walsh)), float(walsh[cut - 1]), float(walsh[len(walsh) - cut]))


def dominance(before: Sequence[float], after: Sequence[float], *, seed: int, draws: int = 4000) -> Estimate:
    """Paired dominance: share of pairs that rose minus share that fell (-1 to 1), with a percentile bootstrap interval.

    Cliff 1993, Psychol Bull 114:494-509 (within-pair d). Resamples pairs; no interval for fewer than six.
    """
    direction = np.sign(_differences(before, after))
    if not len(direction):
        raise Undefined("There are no pairs.")
    if len(direction) < FEWEST_PAIRS:
        return Estimate(float(direction.mean()), math.nan, math.nan)
    drawn = np.random.default_rng(seed).integers(0, len(direction), size=(draws, len(direction)))
    low, high = np.percentile(direction[drawn].mean(axis=1), [2.5, 97.5])
    return Estimate(float(direction.mean()), float(low), float(high))


def weighted_kappa(first: Sequence[int], second: Sequence[int], *, levels: int) -> Estimate:
    """Cohen's kappa with quadratic weights of two ratings 0 to `levels` - 1 of the same things.

    Disagreement counts as the square of its distance. Cohen 1968, Psychol Bull 70:213-220. Undefined when chance alone
    would agree fully (all ratings the same). No interval: the ratings of one service are not independent.
    """
    left, right = np.asarray(first, dtype=int), np.asarray(second, dtype=int)
    if left.shape != right.shape or not len(left):
        raise Undefined("Weighted kappa needs pairs of ratings.")
    observed = np.zeros((levels, levels))
    np.add.at(observed, (left, right), 1)
    observed /= observed.sum()
    distance = np.subtract.outer(np.arange(levels), np.arange(levels)) ** 2
    by_chance = float((distance * np.outer(observed.sum(axis=1), observed.sum(axis=0))).sum())
    if by_chance == 0:
        raise Undefined("All ratings are the same: chance agrees fully.")
    return Estimate(1 - float((distance * observed).sum()) / by_chance)


def _differences(before: Sequence[float], after: Sequence[float]) -> npt.NDArray[np.float64]:
    """After minus before, rounded where means of whole levels differ only by floating point, so that ties are ties."""
    start, end = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if start.shape != end.shape:
        raise ValueError("before and after must list the same pairs")
    return np.asarray(np.round(end - start, 9))


def _sums(ranks: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """How many subsets of the ranks have each sum, from 0 to their total."""
    ways = np.zeros(int(ranks.sum()) + 1)
    ways[0] = 1
    for rank in ranks:
        shifted = np.zeros_like(ways)
        shifted[rank:] = ways[: len(ways) - rank]
        ways += shifted
    return ways
