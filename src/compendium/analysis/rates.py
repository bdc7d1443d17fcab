"""Rates with exact intervals: events are counted, so they vary like a Poisson number."""

from __future__ import annotations

from scipy.stats import chi2

from compendium.analysis.estimate import Estimate, Undefined


def poisson_rate(events: int, exposure: float, *, per: float = 1000, confidence: float = 0.95) -> Estimate:
    """Events for each `per` of exposure with the exact interval of Garwood 1936 (Biometrika 28:437-442).

    The interval uses the chi-square quantiles; for no events its lower end is 0. Undefined without exposure.
    """
    if exposure <= 0:
        raise Undefined("A rate needs an exposure above 0.")
    tail = (1 - confidence) / 2
    low = 0.0 if events == 0 else float(chi2.ppf(tail, 2 * events)) / 2
    high = float(chi2.ppf(1 - tail, 2 * events + 2)) / 2
    return Estimate(events / exposure * per, low / exposure * per, high / exposure * per)
