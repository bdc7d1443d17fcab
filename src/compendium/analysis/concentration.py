"""How unevenly events lie over places, always beside what chance alone would give.

Measures: Gini, generalised Gini and Lorenz curve (Bernasco & Steenbeek 2017, J Quant Criminol 33:451-467), unbiased
Gini (times n / (n - 1)), share of the k places with most events (k of 5 or more on the pages), location quotient.
Chance: the same number of events dealt to the places in proportion to an exposure, such as resident children
(multinomial), many times over; the envelope holds 95 % of the draws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from compendium.aggregate import CheckedTable, Origin, Statistic
from compendium.analysis.estimate import Estimate, Undefined

Numbers = npt.NDArray[np.float64]
Values: TypeAlias = "Sequence[float] | npt.NDArray[Any] | pd.Series[Any]"
Measure = Callable[[npt.NDArray[Any]], Numbers]
TOP = 5  # places whose share is shown; fewer would be a ranking of single places
FEWEST_EVENTS = 10  # events that each step of a sensitive Lorenz curve rests on
CHANCE_COLUMNS = {
    "measure": "Measure",
    "observed": "Observed",
    "chance": "By chance",
    "low": "By chance, lowest 2.5%",
    "high": "By chance, highest 2.5%",
    "places": "Places",
    "events": "Events",
}
LORENZ_COLUMNS = {
    "quintile": "Fifth of places, fewest events first",
    "share_of_places": "Share of places",
    "share_of_events": "Share of events",
    "chance_low": "By chance, lowest 2.5%",
    "chance_high": "By chance, highest 2.5%",
}


def gini(counts: Values) -> Estimate:
    """Gini index of events over places: 0 when all places have as many, 1 - 1/n when one has them all.

    `counts`: events of every place, the places without any as 0. Raises `Undefined` without events or places.
    """
    return Estimate(float(_gini(_row(counts))[0]))


def gini_generalised(counts: Values) -> Estimate:
    """Gini measured from the most equal spread that c whole events over n places allow: max(n/c, 1) (G - 1) + 1.

    Differs from the Gini only where events are fewer than places. Source: Bernasco & Steenbeek 2017.
    """
    return Estimate(float(_gini_generalised(_row(counts))[0]))


def gini_unbiased(counts: Values) -> Estimate:
    """Gini times n / (n - 1), so that one place with everything gives 1. Undefined for a single place."""
    row = _row(counts)
    places = row.shape[1]
    if places < 2:
        raise Undefined("The unbiased Gini needs at least two places.")
    return Estimate(float(_gini(row)[0]) * places / (places - 1))


def top_share(counts: Values, k: int) -> Estimate:
    """Share (0 to 1) of all events that lie in the k places with most."""
    row = _row(counts)
    if not 1 <= k <= row.shape[1]:
        raise Undefined(f"There is no share of the highest {k} of {row.shape[1]} places.")
    return Estimate(float(_top_share(k)(row)[0]))


def lorenz(counts: Values) -> Numbers:
    """Cumulative share of events, place by place, from the place with fewest: n numbers, the last is 1."""
    curve: Numbers = _cumulative(_row(counts))[0]
    return curve


def location_quotient(
    events: Values,
    exposure: Values,
) -> Numbers:
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


def by_chance(
    events: int,
    exposure: Values,
    measure: Measure,
    *,
    seed: int,
    draws: int = 20_000,
) -> Estimate:
    """What `measure` would be were `events` dealt to places by exposure alone: median and 95 % envelope."""
    values = measure(_deal(events, exposure, seed, draws))
    low, middle, high = np.percentile(values, [2.5, 50, 97.5])
    return Estimate(float(middle), float(low), float(high))


def gini_by_chance(events: int, exposure: Values, *, seed: int) -> Estimate:
    """Gini that chance alone gives `events` over places of that exposure."""
    return by_chance(events, exposure, _gini, seed=seed)


def top_share_by_chance(events: int, exposure: Values, k: int, *, seed: int) -> Estimate:
    """Share of the k highest places that chance alone gives. The k are picked anew in each draw, as in the data."""
    return by_chance(events, exposure, _top_share(k), seed=seed)


@dataclass(frozen=True, repr=False)
class Places:
    """Events and exposure of every place; its repr shows no numbers."""

    events: npt.NDArray[np.int64]
    exposure: Numbers
    unit: str
    origin: Origin

    @property
    def enough(self) -> bool:
        """Whether there are events, and ten of them where the table is sensitive."""
        return self.events.sum() >= (FEWEST_EVENTS if self.origin.sensitivity == "sensitive" else 1)

    def __repr__(self) -> str:
        return f"<{len(self.events)} places, events counted as {self.unit}>"


def case_places(case_files: Any, areas: CheckedTable, population: CheckedTable, *, level: str) -> Places:
    """Cases of each area of `level`, with its resident children as exposure. Cases without an area are left out.

    `areas` says which area lies in which; `population` has `area_id`, `age_band`, `persons`.
    """
    cases = case_files["cases"]
    parents = area_parents(areas.frame, level)
    names = areas.frame.loc[areas.frame["level"] == level, "area_id"].tolist()
    events = cases.frame["zone"].map(parents).value_counts().reindex(names, fill_value=0)
    residents = population.frame.assign(place=population.frame["area_id"].map(parents))
    exposure = residents.groupby("place")["persons"].sum().reindex(names, fill_value=0)
    return Places(events.to_numpy("int64"), exposure.to_numpy("float64"), "case", cases.origin)


def area_parents(areas: pd.DataFrame, level: str) -> dict[str, str]:
    """Each area's ancestor (or itself) of that level; areas above it have none. `areas`: area_id, level, parent_id."""
    above = dict(zip(areas["area_id"], areas["parent_id"], strict=True))
    levels = dict(zip(areas["area_id"], areas["level"], strict=True))
    found: dict[str, str] = {}
    for area in above:
        here: str | None = area
        for _ in range(len(above)):
            if here is None or levels.get(here) in (None, level):
                break
            here = above.get(here)
        if here is not None and levels.get(here) == level:
            found[area] = here
    return found


def incident_places(incidents: CheckedTable, population: CheckedTable) -> Places:
    """All published incidents of each small area (`area_code`, `incidents`), with all residents as exposure."""
    residents = population.frame
    if residents.empty or incidents.frame.empty:
        nothing = np.array([], dtype="int64")
        return Places(nothing, nothing.astype("float64"), "incident", incidents.origin)
    exposure = (
        residents[residents["area_code"].isin(incidents.frame["area_code"])].groupby("area_code")["persons"].sum()
    )
    events = incidents.frame.groupby("area_code")["incidents"].sum().reindex(exposure.index, fill_value=0)
    return Places(events.to_numpy("int64"), exposure.to_numpy("float64"), "incident", incidents.origin)


def beside_chance(places: Places, *, seed: int) -> Statistic:
    """Each measure observed and as chance alone would give it (kind `concentration`).

    The share of the five highest areas is left out where there are fewer than ten: it would be about single areas.
    Fewer than ten events of a sensitive table give no row.
    """
    measures: dict[str, Measure] = {"Gini": _gini, "Generalised Gini": _gini_generalised}
    if len(places.events) >= 2 * TOP:
        measures["Share of the five highest areas"] = _top_share(TOP)
    total = int(places.events.sum())
    rows = [_compare(name, measure, places, seed) for name, measure in measures.items()] if places.enough else []
    frame = pd.DataFrame(rows, columns=list(CHANCE_COLUMNS))
    return Statistic("concentration", frame, CHANCE_COLUMNS, places.unit, total, places.origin)


def lorenz_beside_chance(places: Places, *, seed: int, draws: int = 4000) -> Statistic:
    """Lorenz curve at fifths of places at most, with the envelope of chance (kind `lorenz`).

    Each step covers at least two places and, unless the table is public, at least ten events: steps with fewer are
    merged into the next, so no step describes a place. Fewer than ten events of a sensitive table give no row.
    """
    total = int(places.events.sum())
    if not places.enough:
        nothing = pd.DataFrame(columns=list(LORENZ_COLUMNS))
        return Statistic("lorenz", nothing, LORENZ_COLUMNS, places.unit, 0, places.origin)
    steps = min(5, len(places.events) // 2) or 1
    shares = np.linspace(0, 1, steps + 1)
    observed = _at(shares, _row(places.events))[0]
    envelope = np.percentile(_at(shares, _deal(total, places.exposure, seed, draws)), [2.5, 97.5], axis=0)
    kept = list(range(steps + 1))
    if places.origin.sensitivity == "sensitive":
        kept = _steps_resting_on(observed * total, FEWEST_EVENTS)
    least = int(np.diff((observed * total)[kept]).min()) if len(kept) > 1 else total
    frame = pd.DataFrame(
        {
            "quintile": kept,
            "share_of_places": shares[kept],
            "share_of_events": observed[kept],
            "chance_low": envelope[0][kept],
            "chance_high": envelope[1][kept],
        }
    )
    return Statistic("lorenz", frame, LORENZ_COLUMNS, places.unit, least, places.origin)


def _compare(name: str, measure: Measure, places: Places, seed: int) -> tuple[Any, ...]:
    total = int(places.events.sum())
    chance = by_chance(total, places.exposure, measure, seed=seed)
    observed = float(measure(_row(places.events))[0])
    return name, observed, chance.estimate, chance.low, chance.high, len(places.events), total


def _row(counts: Values) -> Numbers:
    """The counts as one row; refuses what has no concentration."""
    row = np.asarray(counts, dtype=float).reshape(1, -1)
    if np.isnan(row).any() or (row < 0).any():
        raise ValueError("counts must be known and not negative")
    if row.sum() == 0:
        raise Undefined("Nothing happened in these places: there is nothing to concentrate.")
    return row


def _deal(events: int, exposure: Values, seed: int, draws: int) -> Numbers:
    """`draws` rows of `events` dealt to places in proportion to exposure."""
    exposed = np.asarray(exposure, dtype=float)
    if events <= 0 or exposed.sum() <= 0:
        raise Undefined("Chance needs events to deal and an exposure to deal them by.")
    # The stream of a RandomState never changes; a Generator's did between the numpy of Python 3.11 and that of 3.12.
    dealt: Numbers = np.random.RandomState(seed).multinomial(events, exposed / exposed.sum(), size=draws).astype(float)
    return dealt


def _gini(rows: npt.NDArray[Any]) -> Numbers:
    places = rows.shape[1]
    ranks = np.arange(1, places + 1)
    weighted = 2 * (np.sort(rows, axis=1) * ranks).sum(axis=1) / (places * rows.sum(axis=1))
    index: Numbers = weighted - (places + 1) / places
    return index


def _gini_generalised(rows: npt.NDArray[Any]) -> Numbers:
    fewer = np.maximum(rows.shape[1] / rows.sum(axis=1), 1)
    generalised: Numbers = fewer * (_gini(rows) - 1) + 1
    return generalised


def _top_share(k: int) -> Measure:
    def share(rows: npt.NDArray[Any]) -> Numbers:
        highest: Numbers = np.sort(rows, axis=1)[:, -k:].sum(axis=1) / rows.sum(axis=1)
        return highest

    return share


def _cumulative(rows: npt.NDArray[Any]) -> Numbers:
    shares: Numbers = np.sort(rows, axis=1).cumsum(axis=1) / rows.sum(axis=1, keepdims=True)
    return shares


def _at(shares: Numbers, rows: npt.NDArray[Any]) -> Numbers:
    """The Lorenz curve of each row at these shares of places, straight lines between places."""
    curve = np.concatenate([np.zeros((len(rows), 1)), _cumulative(rows)], axis=1)
    position = shares * rows.shape[1]
    before = np.minimum(position.astype(int), rows.shape[1] - 1)
    part = position - before
    points: Numbers = curve[:, before] * (1 - part) + curve[:, before + 1] * part
    return points


def _steps_resting_on(cumulative: Numbers, least: int) -> list[int]:
    """Points of the curve to keep, from the top down, so that each step between kept points holds `least` events."""
    kept = [len(cumulative) - 1]
    for point in range(len(cumulative) - 2, 0, -1):
        if cumulative[kept[-1]] - cumulative[point] >= least and cumulative[point] >= least:
            kept.append(point)
    return [0, *reversed(kept)]
