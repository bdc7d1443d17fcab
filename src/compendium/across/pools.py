"""Meta-analysis over localities: a share or a rate of each, from released cells, and what they come to together.

Random effects (`analysis.meta`): shares on the logit scale, rates on the log scale, REML, Hartung-Knapp with a
multiplier of 1 or more. Each locality is one study. Fewer than three are never pooled, and no prediction is made from
fewer than five, as in the evidence review. Hidden numbers are small ones, so that leaving their places out would push
a pool up: it is made with every number that they could be, in every combination, or not at all. (Their two ends would
not do: a place without an event weighs less than one with a single event, so the widest pool may lie between.)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from compendium.across.part import Part
from compendium.across.sums import Line, Number, Together
from compendium.analysis import meta
from compendium.analysis.heterogeneity import Vector
from compendium.analysis.pools import LEAST_FOR_PREDICTION, LEAST_STUDIES
from compendium.intervals import poisson, wilson

__all__ = ["FEW", "LEAST_STUDIES", "PER", "Place", "Pool", "Span", "rate", "share"]
MOST_HIDDEN = 0.2  # of the places: with more of them hidden, bounds say little
MOST_WORLDS = 150  # combinations of what hidden numbers could be: a pool is made of each
PER = 1_000  # children
FEW = f"fewer than {LEAST_STUDIES} places: how much places differ can't be told from so few"
Span = tuple[float, float]


@dataclass(frozen=True)
class Place:
    """One locality's share or rate with its interval; the numbers behind it. `estimate` NaN: hidden, or no whole."""

    part: Part
    events: Number
    of: float  # units, or thousands of children and years; NaN where it is hidden
    estimate: float = math.nan
    low: float = math.nan
    high: float = math.nan

    @property
    def shown(self) -> bool:
        return not math.isnan(self.estimate)


@dataclass(frozen=True)
class Pool:
    """What the localities come to together. `why` says why there is no pool; empty when there is one.

    `span`: the interval of the pool; where numbers are hidden, from the lowest to the highest end that any combination
    of what they could be gives, and then there is no single `pooled`.
    """

    places: tuple[Place, ...]
    pooled: meta.Pooled | None = None
    span: Span | None = None
    prediction: Span | None = None
    why: str = ""

    @property
    def hidden(self) -> int:
        return sum(not place.shown for place in self.places)

    @property
    def range(self) -> Span | None:
        """The lowest and the highest share or rate that is shown."""
        shown = [place.estimate for place in self.places if place.shown]
        return (min(shown), max(shown)) if shown else None


def share(one: Together, line: Line) -> Pool:
    """The share of a category in each locality, and pooled."""
    places = [
        _place(
            part,
            _at_most(events, whole),
            float(whole.low) if whole.count else math.nan,
            lambda n, of: wilson(n, round(of)),
        )
        for part, events, whole in zip(one.parts, line.parts, one.whole.parts, strict=True)
    ]
    return _pooled(places, meta.pool_proportions)


def rate(one: Together, children: Sequence[int | None]) -> Pool:
    """Events for every 1,000 children and year, of the whole of a sum. `children`: of each locality, None: not known.

    A year of the records' own months; intervals of one locality are exact (Garwood 1936).
    """
    places = []
    for part, events, number in zip(one.parts, one.whole.parts, children, strict=True):
        exposure = number * part.months / 12 / PER if number else math.nan
        places.append(_place(part, events, exposure, _exact))
    return _pooled(places, _pool_rates)


def _at_most(events: Number, whole: Number) -> Number:
    """A part of a whole that is known is no more than it."""
    if events.high is None or whole.count is None:
        return events
    return Number(events.low, min(events.high, whole.count), events.hidden)


def _exact(events: int, of: float) -> Span:
    low, high = poisson(events)
    return low / of, high / of


def _place(part: Part, events: Number, of: float, interval: Callable[[int, float], Span]) -> Place:
    if events.count is None or math.isnan(of):
        return Place(part, events, of)
    return Place(part, events, of, events.count / of, *interval(events.count, of))


_Fit = Callable[[Vector, Vector], meta.Pooled]


def _pooled(places: Sequence[Place], fit: _Fit) -> Pool:
    why = _why_not(places)
    if why:
        return Pool(tuple(places), why=why)
    totals = np.array([place.of for place in places])
    could = [range(place.events.low, (place.events.high or 0) + 1) for place in places]
    fits = [fit(np.array(events, dtype=float), totals) for events in product(*could)]
    span = min(one.low for one in fits), max(one.high for one in fits)
    ahead = None
    if len(places) >= LEAST_FOR_PREDICTION:
        ahead = min(one.prediction_low for one in fits), max(one.prediction_high for one in fits)
    return Pool(tuple(places), fits[0] if len(fits) == 1 else None, span, ahead)


def _why_not(places: Sequence[Place]) -> str:
    if len(places) < LEAST_STUDIES:
        return FEW
    if any(math.isnan(place.of) for place in places):
        return "the whole is hidden, or not known, in a place"
    hidden = [place for place in places if not place.shown]
    worlds = math.prod(_width(place.events) for place in hidden)
    if len(hidden) > MOST_HIDDEN * len(places) or worlds > MOST_WORLDS:
        return f"hidden in {len(hidden)} of {len(places)} places, where it is small: the others would give too much"
    return ""


def _width(number: Number) -> int:
    """How many numbers it could be."""
    return MOST_WORLDS + 1 if number.high is None else number.high - number.low + 1


def _pool_rates(events: Vector, exposures: Vector) -> meta.Pooled:
    """On the log scale, with variance 1 / events; half an event is added in every place when one has none."""
    counts = events + 0.5 if (events == 0).any() else events
    return meta.back_transformed(meta.pool(np.log(counts / exposures), 1 / counts), math.exp)
