"""Between-study variance, on scipy alone (docs/decisions/0002-tau2-on-scipy.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

Vector = NDArray[np.float64]


def cochran_q(yi: Vector, vi: Vector, tau2: float = 0.0) -> float:
    """Weighted squared distance of the studies from their mean, with weights 1 / (vi + tau2)."""
    weights = 1 / (vi + tau2)
    centre = np.sum(weights * yi) / np.sum(weights)
    return float(np.sum(weights * (yi - centre) ** 2))


def typical_variance(vi: Vector) -> float:
    """The within-study variance s2 that stands in I2 = tau2 / (tau2 + s2) (Higgins & Thompson 2002, eq. 9)."""
    weights = 1 / vi
    return float((len(vi) - 1) * weights.sum() / (weights.sum() ** 2 - (weights**2).sum()))


def dersimonian_laird(yi: Vector, vi: Vector) -> float:
    """Method of moments (DerSimonian & Laird 1986)."""
    weights = 1 / vi
    scale = weights.sum() - (weights**2).sum() / weights.sum()
    return max(0.0, (cochran_q(yi, vi) - (len(yi) - 1)) / float(scale))


def paule_mandel(yi: Vector, vi: Vector) -> float:
    """The tau2 at which the generalised Q equals its degrees of freedom (Paule & Mandel 1982), or 0."""

    def excess(tau2: float) -> float:
        return cochran_q(yi, vi, tau2) - (len(yi) - 1)

    if excess(0.0) <= 0:
        return 0.0
    return float(optimize.brentq(excess, 0.0, _upper_bound(yi), xtol=1e-14, rtol=1e-12))


def reml(yi: Vector, vi: Vector) -> float:
    """Restricted maximum likelihood (Viechtbauer 2005), never below 0."""

    def deviance(tau2: float) -> float:
        weights = 1 / (vi + tau2)
        return float(np.log(vi + tau2).sum() + np.log(weights.sum()) + cochran_q(yi, vi, tau2))

    return _least(deviance, _upper_bound(yi))


def _upper_bound(yi: Vector) -> float:
    """A variance that no estimator reaches: the sum of squares about the mean, and a little for equal studies."""
    return float(np.sum((yi - yi.mean()) ** 2)) * 2 + 1e-8


def _least(deviance: Callable[[float], float], upper: float) -> float:
    """The minimum on [0, upper]: a coarse grid first, since the likelihood may have more than one dip."""
    grid = np.concatenate([[0.0], np.geomspace(upper * 1e-8, upper, 60)])
    best = int(np.argmin([deviance(float(point)) for point in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found: Any = optimize.minimize_scalar(deviance, bounds=(low, high), method="bounded", options={"xatol": 1e-12})
    return 0.0 if deviance(0.0) <= found.fun else float(found.x)


ESTIMATORS: dict[str, Callable[[Vector, Vector], float]] = {
    "REML": reml,
    "DL": dersimonian_laird,
    "PM": paule_mandel,
}
