"""Exact intervals that analyses and derived tables share."""

from __future__ import annotations

from math import sqrt

from scipy.special import gammaincinv, ndtri  # the quantiles of scipy.stats, without half a second of imports


def poisson(events: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Lowest and highest mean for which this many events are not unusual: Garwood 1936 (Biometrika 28:437-442).

    By the quantiles of the gamma distribution, half those of chi-square; for no events the lower end is 0.
    """
    tail = (1 - confidence) / 2
    low = 0.0 if events == 0 else float(gammaincinv(events, tail))
    return low, float(gammaincinv(events + 1, 1 - tail))


def wilson(number: int, whole: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Lowest and highest proportion by the score interval of Wilson 1927 (JASA 22:209-212), without correction."""
    z = float(ndtri(1 - (1 - confidence) / 2))
    centre = (number + z * z / 2) / (whole + z * z)
    half = z / (whole + z * z) * sqrt(number * (whole - number) / whole + z * z / 4)
    return max(0.0, centre - half), min(1.0, centre + half)
