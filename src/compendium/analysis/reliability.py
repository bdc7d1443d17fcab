"""How well the items of a scale hang together: McDonald's omega of one factor, Cronbach's alpha, with intervals.

A row is a respondent, a column an item. Respondents who left an item out are left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from compendium.analysis.estimate import Estimate, Undefined

FEWEST_RESPONDENTS = 10  # below it neither is given: the interval would say that nothing is known
FEWEST_ITEMS = 3  # one factor of two items is not identified
LEAST_UNIQUE = 0.005  # share of an item's variance that is its own, at least: below it the fit is a Heywood case
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

    Interval: 2.5th to 97.5th percentile over `draws` resamples of respondents; resamples without a fit are left out, and
    there is none when more than one in ten are. McDonald 1999, Test Theory; Dunn, Baguley & Brunsden 2014, Br J Psychol
    105:399-412. Raises `Undefined`: too few, items without variance, items that turn against the others, no fit.
    """
    complete = _complete(scores)
    omega = _omega(complete)
    if draws < 1:
        return Estimate(omega)
    generator = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        try:
            found.append(_omega(complete[generator.integers(0, len(complete), len(complete))]))
        except Undefined:
            continue
    if len(found) < 0.9 * draws:
        return Estimate(omega)
    low, high = np.percentile(found, [2.5, 97.5])
    return Estimate(omega, float(low), float(high))


def one_factor(covariance: Matrix) -> tuple[Matrix, Matrix]:
    """Loadings and own variances of one factor by maximum likelihood, on the scale of the items.

    Own variances v minimise log|S| - log|Σ| in the concentrated form of Jöreskog 1967 (Psychometrika 32:443-482): with e
    the largest eigenvalue of v^-½ R v^-½, the discrepancy is the sum over all others of (eigenvalue - log eigenvalue - 1).
    Raises `Undefined` when the fit ends at an item without variance of its own.
    """
    spread = np.sqrt(np.diag(covariance))
    if not (spread > 0).all():
        raise Undefined("An item has the same answer throughout.")
    correlation = covariance / np.outer(spread, spread)
    start = 1 / np.diag(np.linalg.pinv(correlation))
    bounds = [(LEAST_UNIQUE, 1.0)] * len(spread)
    fit = optimize.minimize(
        _discrepancy, np.clip(start / 2, LEAST_UNIQUE, 1), (correlation,), "L-BFGS-B", jac=True, bounds=bounds,
        options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 1000},
    )  # fmt: skip
    own = np.asarray(fit.x)
    if (own <= LEAST_UNIQUE * 1.0001).any():
        raise Undefined("One factor does not fit: an item has no variance of its own (a Heywood case).")
    values, vectors = np.linalg.eigh(correlation / np.sqrt(np.outer(own, own)))
    loading = np.sqrt(own) * vectors[:, -1] * math.sqrt(max(0.0, float(values[-1]) - 1))
    loading = loading if loading.sum() >= 0 else -loading
    return loading * spread, own * spread**2


def _discrepancy(own: Matrix, correlation: Matrix) -> tuple[float, Matrix]:
    values, vectors = np.linalg.eigh(correlation / np.sqrt(np.outer(own, own)))
    rest = np.maximum(values[:-1], 1e-12)
    loading = np.sqrt(own) * vectors[:, -1] * math.sqrt(max(0.0, float(values[-1]) - 1))
    gradient = (loading**2 + own - np.diag(correlation)) / own**2
    return float((rest - np.log(rest) - 1).sum()), gradient


def _omega(complete: Matrix) -> float:
    loading, own = one_factor(np.cov(complete, rowvar=False))
    if (loading <= 0).any():
        raise Undefined("An item turns against the others: one factor does not carry them all.")
    common = float(loading.sum()) ** 2
    return common / (common + float(own.sum()))


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
