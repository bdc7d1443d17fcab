"""What chance alone gives: as many events dealt to the places by an exposure, such as resident children.

Multinomial draws, many times over, from a stated seed; the envelope holds 95 % of them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from compendium.aggregate import CheckedTable, Statistic
from compendium.analysis.concentration.measures import (
    Measure,
    Numbers,
    Values,
    ginis,
    top_shares,
)
from compendium.analysis.concentration.places import CHILDREN, residents
from compendium.analysis.estimate import Estimate, Undefined

MIDDLE = (2.5, 50, 97.5)
DRAWS = 20_000
PER = 1000
PUBLISHED_CASES = 185  # case files of the published study: Engelmann, Weirich & May-Chahal 2025
TOP = 5  # places whose share is shown; fewer would be a ranking of single places
ALONE = {
    "measure": "Measure",
    "estimate": "By chance",
    "low": "Lowest 2.5%",
    "high": "Highest 2.5%",
    "places": "Areas",
    "events": "Cases dealt out",
}


def deal(events: int, exposure: Values, seed: int, draws: int = DRAWS) -> Numbers:
    """`draws` rows of `events` dealt to places in proportion to exposure."""
    exposed = np.asarray(exposure, dtype=float)
    if events <= 0 or exposed.sum() <= 0:
        raise Undefined("Chance needs events to deal and an exposure to deal them by.")
    # The stream of a RandomState never changes; a Generator's did between the numpy of Python 3.11 and that of 3.12.
    dealt: Numbers = np.random.RandomState(seed).multinomial(events, exposed / exposed.sum(), size=draws).astype(float)
    return dealt


def by_chance(events: int, exposure: Values, measure: Measure, *, seed: int, draws: int = DRAWS) -> Estimate:
    """What `measure` would be were `events` dealt to places by exposure alone: median and 95 % envelope."""
    return envelope(measure(deal(events, exposure, seed, draws)))


def envelope(values: Numbers) -> Estimate:
    """Median and middle 95 % of the draws."""
    low, middle, high = np.percentile(values, MIDDLE)
    return Estimate(float(middle), float(low), float(high))


def gini_by_chance(events: int, exposure: Values, *, seed: int) -> Estimate:
    """Gini that chance alone gives `events` over places of that exposure."""
    return by_chance(events, exposure, ginis, seed=seed)


def rate_range_by_chance(events: int, exposure: Values, *, seed: int, per: float = PER) -> tuple[Estimate, Estimate]:
    """The lowest and the highest rate of all places that chance alone gives, for each `per` of exposure."""
    rates = deal(events, exposure, seed) / np.asarray(exposure, dtype=float) * per
    return envelope(rates.min(axis=1)), envelope(rates.max(axis=1))


def beyond_own_band(events: Values, exposure: Values) -> tuple[int, int]:
    """How many places have fewer, and how many more, than the middle 95 % of chance gives each (binomial, exact)."""
    happened, exposed = np.asarray(events, dtype=float), np.asarray(exposure, dtype=float)
    low, high = stats.binom.ppf([[0.025], [0.975]], int(happened.sum()), exposed / exposed.sum())
    return int((happened < low).sum()), int((happened > high).sum())


def chance_alone(
    population: CheckedTable,
    lookup: CheckedTable,
    *,
    seed: int,
    events: int = PUBLISHED_CASES,
    ages: tuple[int, int] = CHILDREN,
) -> Statistic:
    """What `events` cases over the children of real areas would look like by chance alone (kind `chance_alone`).

    Real residents of these ages, and no case: nobody's record goes in. `population`: `area_code`, `level`, `age`,
    `persons`; the small areas are those of level `lsoa`. `lookup` (`relation`, `from_code`, `to_code`) says in which
    ward each lies. A locality without official figures gives no row.
    """
    exposure = residents(population, ages)
    rows: list[tuple[object, ...]] = []
    if len(exposure) >= 2 * TOP:
        dealt = deal(events, exposure, seed)
        rows.append(("Gini over small areas", *_three(envelope(ginis(dealt))), len(exposure), events))
        share = envelope(top_shares(TOP)(dealt))
        rows.append(("Share of the five small areas with most", *_three(share), len(exposure), events))
        wards = by_ward(exposure, lookup)
        if len(wards) >= TOP:
            lowest, highest = rate_range_by_chance(events, wards, seed=seed)
            rows.append(("Lowest ward: cases per 1,000 children", *_three(lowest), len(wards), events))
            rows.append(("Highest ward: cases per 1,000 children", *_three(highest), len(wards), events))
    return Statistic("chance_alone", pd.DataFrame(rows, columns=list(ALONE)), ALONE, "case", 0, population.origin)


def by_ward(exposure: pd.Series, lookup: CheckedTable) -> pd.Series:
    """The exposure of small areas of 2011 added up to wards of 2024; empty where not every area finds its ward."""
    steps = dict(list(lookup.frame.groupby("relation")))
    if not {"lsoa11_lsoa21", "lsoa21_ward24"} <= set(steps):
        return exposure.iloc[:0]
    later, ward = (steps[name].set_index("from_code")["to_code"] for name in ("lsoa11_lsoa21", "lsoa21_ward24"))
    place = exposure.index.to_series().map(later[~later.index.duplicated(keep=False)]).map(ward)
    return exposure.iloc[:0] if place.isna().any() else exposure.groupby(place).sum()


def _three(found: Estimate) -> tuple[float, float, float]:
    return found.estimate, found.low, found.high
