"""The binomial-normal model: log odds vary normally between studies, events are binomial within (Stijnen 2010)."""

from __future__ import annotations

import numpy as np
from scipy import optimize, special

from compendium.analysis.estimate import Undefined
from compendium.analysis.heterogeneity import Vector

POINTS = 31
NODES, WEIGHTS = np.polynomial.hermite.hermgauss(POINTS)


def fit_binomial_normal(events: Vector, totals: Vector) -> tuple[float, float, float]:
    """Mean log odds, between-study variance and the standard error of the mean, by maximum likelihood.

    The standard error comes from the observed information of mean and spread together.
    """
    if events.sum() == 0 or events.sum() == totals.sum():
        raise Undefined("No study has both events and non-events: the log odds have no finite mean.")
    start = special.logit((events.sum() + 0.5) / (totals.sum() + 1))

    def loss(point: Vector) -> float:
        return -log_likelihood(events, totals, float(point[0]), abs(float(point[1])))

    best = optimize.minimize(
        loss, np.array([start, 0.5]), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11, "maxiter": 4000}
    )
    mu, tau = float(best.x[0]), abs(float(best.x[1]))
    information = _curvature(loss, np.array([mu, tau]))
    return mu, tau**2, float(np.sqrt(np.linalg.inv(information)[0, 0]))


def log_likelihood(events: Vector, totals: Vector, mu: float, tau: float) -> float:
    """Sum over studies of the log of the integral over the random effect, by adaptive Gauss-Hermite quadrature.

    Adaptive, because a study of many thousands has an integrand far narrower than the normal it is weighed with.
    """
    mode = _modes(events, totals, mu, tau)
    shares = special.expit(mu + tau * mode)
    width = 1 / np.sqrt(totals * shares * (1 - shares) * tau**2 + 1)
    points = mode[:, None] + np.sqrt(2) * width[:, None] * NODES[None, :]
    odds = mu + tau * points
    logs = events[:, None] * odds - totals[:, None] * np.logaddexp(0, odds) - points**2 / 2 + NODES[None, :] ** 2
    integrals = special.logsumexp(logs, b=WEIGHTS[None, :], axis=1) + np.log(width) - 0.5 * np.log(np.pi)
    return float(integrals.sum())


def _modes(events: Vector, totals: Vector, mu: float, tau: float) -> Vector:
    """Where each study's integrand is highest, by Newton steps that are never longer than 2."""
    mode = np.zeros_like(events)
    for _ in range(60):
        shares = special.expit(mu + tau * mode)
        slope = tau * (events - totals * shares) - mode
        step = slope / (tau**2 * totals * shares * (1 - shares) + 1)
        mode = mode + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-11:
            break
    return mode


def _curvature(loss: object, point: Vector, step: float = 1e-3) -> Vector:
    """Second derivatives by central differences."""
    assert callable(loss)
    size = len(point)
    result = np.empty((size, size))
    for row in range(size):
        for column in range(size):
            first, second = np.eye(size)[row] * step, np.eye(size)[column] * step
            around = loss(point + first + second) - loss(point + first - second)
            around -= loss(point - first + second) - loss(point - first - second)
            result[row, column] = around / (4 * step**2)
    return result
