"""How well the items of a scale hang together: McDonald's omega of one factor, Cronbach's alpha, with intervals.

A row is a respondent, a column an item. Respondents who left an item out are left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from compendium.analysis.estimate import Estimate, Undefined

FEWEST_RESPONDENTS = 10  # below it neither is given: the interval would say that nothing is known
FEWEST_ITEMS = 3  # one factor of two items is not identified
LEAST_UNIQUE = 0.005  # share of an item's variance that is its own, at least: below it the fit is a Heywood case
ROUNDS, CLOSE = 2000, 1e-10  # of one fit
QUICK, NEAR = 200, 1e-6  # of the fit of a resample
Matrix = NDArray[np.float64]
Scores = Sequence[Sequence[float | None]] | NDArray[Any]


def cronbach_alpha(scores: Scores, *, confidence: float = 0.95) -> Estimate:
    """Cronbach's alpha (raw, of covariances) with Feldt's exact interval.

    (1 - alpha) / (1 - estimate) is distributed as F with n - 1 and (n - 1)(k - 1) degrees of freedom. Feldt, Woodruff &
    Salih 1987, Appl Psychol Meas 11:93-103. Raises `Undefined`: too few, or items without variance.
    """
    complete = _complete(scores)
    people, items = complete.shape
    covariance = np.cov(complete, rowvar=False)
    alpha = items / (items - 1) * (1 - float(np.trace(covariance)) / float(covariance.sum()))
    low, high = feldt_interval(alpha, people, items, confidence=confidence)
    return Estimate(alpha, low, high)


def feldt_interval(alpha: float, people: int, items: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Feldt's exact interval of an alpha of `items` items that `people` answered."""
    tail, freedom = (1 - confidence) / 2, (people - 1, (people - 1) * (items - 1))
    low, high = (1 - (1 - alpha) * float(stats.f.ppf(share, *freedom)) for share in (1 - tail, tail))
    return low, high


def mcdonald_omega(scores: Scores, *, draws: int = 0, seed: int = 0) -> Estimate:
    """McDonald's omega (total) of one factor by maximum likelihood: the share of the sum's variance that it explains.

    Interval: 2.5th to 97.5th percentile over `draws` resamples of respondents. In these an item keeps at least half a
    percent of its variance as its own; resamples in which an item turns against the others are left out, and there is
    no interval when more than one in ten are. McDonald 1999, Test Theory; Dunn, Baguley & Brunsden 2014, Br J Psychol
    105:399-412. Raises `Undefined`: too few, items without variance, items that turn against the others, no fit.
    """
    complete = _complete(scores)
    loading, own = one_factor(np.cov(complete, rowvar=False))
    if (loading <= 0).any():
        raise Undefined("An item turns against the others: one factor does not carry them all.")
    omega = float(loading.sum()) ** 2 / (float(loading.sum()) ** 2 + float(own.sum()))
    if draws < 1:
        return Estimate(omega)
    drawn = complete[np.random.default_rng(seed).integers(0, len(complete), size=(draws, len(complete)))]
    apart = drawn - drawn.mean(axis=1, keepdims=True)
    found = _omegas(np.einsum("npi,npj->nij", apart, apart) / (len(complete) - 1))
    found = found[~np.isnan(found)]
    if len(found) < 0.9 * draws:
        return Estimate(omega)
    low, high = np.percentile(found, [2.5, 97.5])
    return Estimate(omega, float(low), float(high))


def one_factor(covariance: Matrix) -> tuple[Matrix, Matrix]:
    """Loadings and own variances of one factor by maximum likelihood, on the scale of the items.

    Raises `Undefined` when an item has no variance, or none of its own (a Heywood case).
    """
    spread = np.sqrt(np.diag(covariance))
    if not (spread > 0).all():
        raise Undefined("An item has the same answer throughout.")
    loading, own = _fit((covariance / np.outer(spread, spread))[None])
    if (own[0] <= LEAST_UNIQUE).any():
        raise Undefined("One factor does not fit: an item has no variance of its own (a Heywood case).")
    return loading[0] * spread, own[0] * spread**2


def _fit(correlations: Matrix, rounds: int = ROUNDS, close: float = CLOSE) -> tuple[Matrix, Matrix]:
    """One factor for each of several correlation matrices (n x k x k): loadings and own variances.

    The two equations of the maximum (Lawley 1940; Jöreskog 1967, Psychometrika 32:443-482) are met in turn, which comes
    close ever more slowly: so each two turns are prolonged as far as they point (SQUAREM; Varadhan & Roland 2008, Scand
    J Stat 35:335-353, scheme S3). A matrix is done when its own variances move by less than `close`.
    """
    own = np.full(correlations.shape[:2], 0.5)
    loading = np.zeros_like(own)
    moving = np.arange(len(correlations))
    for _ in range(rounds):
        before = own[moving]
        loading[moving], once = _turn(correlations[moving], before)
        own[moving] = once
        moved = once - before
        far = np.abs(moved).max(axis=1) >= close
        moving, before, once, moved = moving[far], before[far], once[far], moved[far]
        if not len(moving):
            break
        _, twice = _turn(correlations[moving], once)
        bent = twice - once - moved
        length = np.sqrt((moved**2).sum(axis=1) / np.maximum((bent**2).sum(axis=1), 1e-30))
        length = np.maximum(length, 1.0)[:, None]  # 1: no farther than the two turns went
        own[moving] = np.clip(before + 2 * length * moved + length**2 * bent, LEAST_UNIQUE, 1.0)
    loading = loading * np.where(loading.sum(axis=1) >= 0, 1.0, -1.0)[:, None]
    return loading, own


def _turn(correlations: Matrix, own: Matrix) -> tuple[Matrix, Matrix]:
    """Loadings given own variances v, v^½ u (e - 1)^½ with e and u the largest eigenvalue and its vector of
    v^-½ R v^-½; and the own variances that these loadings leave of 1."""
    root = np.sqrt(own)
    values, vectors = np.linalg.eigh(correlations / (root[:, :, None] * root[:, None, :]))
    loading = root * vectors[:, :, -1] * np.sqrt(np.maximum(values[:, -1] - 1, 0))[:, None]
    return loading, np.clip(1 - loading**2, LEAST_UNIQUE, 1.0)


def _omegas(covariances: Matrix) -> Matrix:
    """Omega of each covariance matrix (n x k x k); nan where one factor does not carry every item."""
    spread = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    varied = (spread > 0).all(axis=1)
    found = np.full(len(covariances), math.nan)
    if varied.any():
        scale = spread[varied]
        loading, own = _fit(covariances[varied] / (scale[:, :, None] * scale[:, None, :]), QUICK, NEAR)
        common, rest = (loading * scale).sum(axis=1) ** 2, (own * scale**2).sum(axis=1)
        found[varied] = np.where((loading > 0).all(axis=1), common / (common + rest), math.nan)
    return found


def _complete(scores: Scores) -> Matrix:
    """Rows without a gap. Raises `Undefined` for too few respondents or items."""
    numbers = np.array([[math.nan if value is None else float(value) for value in row] for row in scores], dtype=float)
    complete = numbers[~np.isnan(numbers).any(axis=1)] if numbers.size else numbers.reshape(0, 0)
    if len(complete) < FEWEST_RESPONDENTS:
        raise Undefined(f"Fewer than {FEWEST_RESPONDENTS} people answered every item.")
    if complete.shape[1] < FEWEST_ITEMS:
        raise Undefined(f"Reliability needs {FEWEST_ITEMS} items or more.")
    if float(np.cov(complete, rowvar=False).sum()) <= 1e-12:
        raise Undefined("The sum of the items is the same for everybody.")
    return complete
