"""Measures of how unevenly events lie over places; each also for many rows of counts at once.

Gini, generalised Gini and Lorenz curve: Bernasco & Steenbeek 2017, J Quant Criminol 33:451-467.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from compendium.analysis.estimate import Estimate, Undefined

Numbers = npt.NDArray[np.float64]
Values: TypeAlias = "Sequence[float] | npt.NDArray[Any] | pd.Series[Any]"
Measure = Callable[[npt.NDArray[Any]], Numbers]  # a row of counts, one a place -> a number a row
QUARTERS = (25, 75)


def gini(counts: Values) -> Estimate:
    """Gini index of events over places: 0 when all places have as many, 1 - 1/n when one has them all.

    `counts`: events of every place, the places without any as 0. Raises `Undefined` without events or places.
    """
    return Estimate(float(ginis(one_row(counts))[0]))


def gini_generalised(counts: Values) -> Estimate:
    """Gini measured from the most equal spread that c whole events over n places allow: max(n/c, 1) (G - 1) + 1.

    Differs from the Gini only where events are fewer than places. Source: Bernasco & Steenbeek 2017.
    """
    return Estimate(float(generalised_ginis(one_row(counts))[0]))


def gini_unbiased(counts: Values) -> Estimate:
    """Gini times n / (n - 1), so that one place with everything gives 1. Undefined for a single place."""
    row = one_row(counts)
    places = row.shape[1]
    if places < 2:
        raise Undefined("The unbiased Gini needs at least two places.")
    return Estimate(float(ginis(row)[0]) * places / (places - 1))


def top_share(counts: Values, k: int) -> Estimate:
    """Share (0 to 1) of all events that lie in the k places with most."""
    row = one_row(counts)
    if not 1 <= k <= row.shape[1]:
        raise Undefined(f"There is no share of the highest {k} of {row.shape[1]} places.")
    return Estimate(float(top_shares(k)(row)[0]))


def lorenz(counts: Values) -> Numbers:
    """Cumulative share of events, place by place, from the place with fewest: n numbers, the last is 1."""
    curve: Numbers = cumulative(one_row(counts))[0]
    return curve


def location_quotient(events: Values, exposure: Values) -> Numbers:
    """Each place's share of events over its share of exposure: 1 is as many as exposure alone would give.

    Raises `Undefined` when nothing happened or a place has no exposure.
    """
    happened, exposed = np.asarray(events, dtype=float), np.asarray(exposure, dtype=float)
    if happened.shape != exposed.shape:
        raise ValueError("events and exposure must list the same places")
    if happened.sum() == 0 or (exposed <= 0).any():
        raise Undefined("A location quotient needs events, and exposure in every place.")
    quotient: Numbers = (happened / happened.sum()) / (exposed / exposed.sum())
    return quotient


def one_row(counts: Values) -> Numbers:
    """The counts as one row; refuses what has no concentration."""
    row = np.asarray(counts, dtype=float).reshape(1, -1)
    if np.isnan(row).any() or (row < 0).any():
        raise ValueError("counts must be known and not negative")
    if row.sum() == 0:
        raise Undefined("Nothing happened in these places: there is nothing to concentrate.")
    return row


def ginis(rows: npt.NDArray[Any]) -> Numbers:
    """The Gini index of each row."""
    places = rows.shape[1]
    ranks = np.arange(1, places + 1)
    weighted = 2 * (np.sort(rows, axis=1) * ranks).sum(axis=1) / (places * rows.sum(axis=1))
    index: Numbers = weighted - (places + 1) / places
    return index


def generalised_ginis(rows: npt.NDArray[Any]) -> Numbers:
    """The generalised Gini of each row."""
    fewer = np.maximum(rows.shape[1] / rows.sum(axis=1), 1)
    generalised: Numbers = fewer * (ginis(rows) - 1) + 1
    return generalised


def top_shares(k: int) -> Measure:
    """The share of the k highest places of each row; the k are picked anew in each."""

    def share(rows: npt.NDArray[Any]) -> Numbers:
        highest: Numbers = np.sort(rows, axis=1)[:, -k:].sum(axis=1) / rows.sum(axis=1)
        return highest

    return share


def quotient_spreads(exposure: Values) -> Measure:
    """How far the middle half of the location quotients reaches: third quartile less first, a number a row."""
    exposed = np.asarray(exposure, dtype=float)

    def spread(rows: npt.NDArray[Any]) -> Numbers:
        quotients = rows / rows.sum(axis=1, keepdims=True) / (exposed / exposed.sum())
        low, high = np.percentile(quotients, QUARTERS, axis=1)
        reach: Numbers = high - low
        return reach

    return spread


def cumulative(rows: npt.NDArray[Any]) -> Numbers:
    """Of each row the shares of its sum, from the smallest count on, added up."""
    shares: Numbers = np.sort(rows, axis=1).cumsum(axis=1) / rows.sum(axis=1, keepdims=True)
    return shares


def curve_at(shares: Numbers, rows: npt.NDArray[Any]) -> Numbers:
    """The Lorenz curve of each row at these shares of places, straight lines between places."""
    curve = np.concatenate([np.zeros((len(rows), 1)), cumulative(rows)], axis=1)
    position = shares * rows.shape[1]
    before = np.minimum(position.astype(int), rows.shape[1] - 1)
    part = position - before
    points: Numbers = curve[:, before] * (1 - part) + curve[:, before + 1] * part
    return points
