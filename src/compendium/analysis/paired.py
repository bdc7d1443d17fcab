"""Before and after of the same services: exact test, shift and dominance, for few pairs with ties and zeros."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from compendium.analysis.estimate import Estimate, Undefined

Weights = Literal["linear", "quadratic"]
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


def what_if(rose: int, fell: int, pairs: int, missing: int) -> tuple[float, float]:
    """Share that rose minus share that fell among all, had every missing pair fallen, and had every one risen.

    The bounds of Manski (1990, Am Econ Rev 80:319-323): nothing is assumed about those who are missing.
    """
    if not pairs + missing:
        raise Undefined("There are no pairs.")
    return (rose - fell - missing) / (pairs + missing), (rose - fell + missing) / (pairs + missing)


def holm(p_values: Sequence[float]) -> list[float]:
    """p values of one family of tests, adjusted by Holm's step-down rule (1979, Scand J Stat 6:65-70)."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    adjusted, highest = [1.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted


def weighted_kappa(
    first: Sequence[int], second: Sequence[int], *, levels: int, weights: Weights = "quadratic"
) -> Estimate:
    """Cohen's weighted kappa of two ratings 0 to `levels` - 1 of the same things.

    Disagreement counts as its distance (`linear`) or the square of it (`quadratic`). Cohen 1968, Psychol Bull
    70:213-220. Undefined when chance alone would agree fully (all ratings the same). Interval: `kappa_by_cluster`.
    """
    left, right = np.asarray(first, dtype=int), np.asarray(second, dtype=int)
    if left.shape != right.shape or not len(left):
        raise Undefined("Weighted kappa needs pairs of ratings.")
    observed = np.zeros((levels, levels))
    np.add.at(observed, (left, right), 1)
    observed /= observed.sum()
    distance = np.abs(np.subtract.outer(np.arange(levels), np.arange(levels))) ** (2 if weights == "quadratic" else 1)
    by_chance = float((distance * np.outer(observed.sum(axis=1), observed.sum(axis=0))).sum())
    if by_chance == 0:
        raise Undefined("All ratings are the same: chance agrees fully.")
    return Estimate(1 - float((distance * observed).sum()) / by_chance)


def kappa_by_cluster(
    pairs: Sequence[Sequence[tuple[int, int]]], *, levels: int, weights: Weights, seed: int, draws: int = 2000
) -> Estimate:
    """Weighted kappa over all pairs, with the percentile bootstrap interval over clusters (a service and its ratings).

    Ratings of one service hang together, so services are resampled, not ratings. No interval for fewer than six.
    """
    whole = weighted_kappa(*_split([pair for cluster in pairs for pair in cluster]), levels=levels, weights=weights)
    if len(pairs) < FEWEST_PAIRS:
        return whole
    tables = np.zeros((len(pairs), levels, levels))
    for place, cluster in enumerate(pairs):
        np.add.at(tables[place], tuple(np.array(cluster).T), 1)
    drawn = np.random.default_rng(seed).integers(0, len(pairs), size=(draws, len(pairs)))
    kappas = _kappas(tables[drawn].sum(axis=1), weights)
    if np.isnan(kappas).any():  # a draw in which all ratings are alike has no kappa
        return whole
    low, high = np.percentile(kappas, [2.5, 97.5])
    return Estimate(whole.estimate, float(low), float(high))


def _kappas(tables: npt.NDArray[np.float64], weights: Weights) -> npt.NDArray[np.float64]:
    """Weighted kappa of each table of counts; nan where chance agrees fully."""
    places = np.arange(tables.shape[-1])
    distance = np.abs(np.subtract.outer(places, places)) ** (2 if weights == "quadratic" else 1)
    shares = tables / tables.sum(axis=(1, 2), keepdims=True)
    by_chance = np.einsum("ij,ni,nj->n", distance, shares.sum(axis=2), shares.sum(axis=1))
    found = 1 - np.einsum("ij,nij->n", distance, shares) / np.where(by_chance > 0, by_chance, np.nan)
    return np.asarray(found)


def _split(pairs: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [first for first, _ in pairs], [second for _, second in pairs]


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
