"""Tables that are published: each measure, and the Lorenz curve, observed and as chance alone would give it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from compendium.aggregate import Statistic
from compendium.analysis.concentration.chance import TOP, deal, envelope
from compendium.analysis.concentration.measures import (
    Measure,
    Numbers,
    curve_at,
    generalised_ginis,
    ginis,
    one_row,
    quotient_spreads,
    top_shares,
)
from compendium.analysis.concentration.places import FEWEST_EVENTS, Places

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
WHOLE_COLUMNS = {"place": "Places, fewest events first", **{k: v for k, v in LORENZ_COLUMNS.items() if k != "quintile"}}
QUOTIENTS = "Location quotients: reach of the middle half"
FOR_QUARTILES = 4 * TOP  # places, so that no quartile of them rests on fewer than five


def beside_chance(places: Places, *, seed: int) -> Statistic:
    """Each measure observed and as chance alone would give it (kind `concentration`).

    The share of the five highest areas is left out where there are fewer than ten, the quartiles of location quotients
    where there are fewer than twenty: they would be about single areas. Fewer than ten events of a sensitive table give
    no row.
    """
    measures: dict[str, Measure] = {"Gini": ginis, "Generalised Gini": generalised_ginis}
    if len(places.events) >= 2 * TOP:
        measures["Share of the five highest areas"] = top_shares(TOP)
    if len(places.events) >= FOR_QUARTILES and (places.exposure > 0).all():
        measures[QUOTIENTS] = quotient_spreads(places.exposure)
    total = int(places.events.sum())
    rows: list[tuple[Any, ...]] = []
    if places.enough:
        observed, dealt = one_row(places.events), deal(total, places.exposure, seed)
        for name, measure in measures.items():
            chance = envelope(measure(dealt))
            figures = float(measure(observed)[0]), chance.estimate, chance.low, chance.high
            rows.append((name, *figures, len(places.events), total))
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
    shares = np.linspace(0, 1, (min(5, len(places.events) // 2) or 1) + 1)
    observed = curve_at(shares, one_row(places.events))[0]
    kept = list(range(len(shares)))
    if places.origin.sensitivity == "sensitive":
        kept = _steps_resting_on(observed * total, FEWEST_EVENTS)
    least = int(np.diff((observed * total)[kept]).min()) if len(kept) > 1 else total
    frame = _curve(places, shares[kept], "quintile", kept, seed, draws)
    return Statistic("lorenz", frame, LORENZ_COLUMNS, places.unit, least, places.origin)


def lorenz_in_full(places: Places, *, seed: int, draws: int = 4000) -> Statistic:
    """Lorenz curve of public figures, place by place (kind `lorenz_in_full`, for public tables only)."""
    many = len(places.events) if places.enough else 0
    points = list(range(many + 1)) if many else []
    frame = _curve(places, np.array(points) / max(many, 1), "place", points, seed, draws)
    return Statistic("lorenz_in_full", frame, WHOLE_COLUMNS, places.unit, int(places.events.sum()), places.origin)


def _curve(places: Places, shares: Numbers, key: str, points: list[int], seed: int, draws: int) -> pd.DataFrame:
    columns = [key, "share_of_places", "share_of_events", "chance_low", "chance_high"]
    if not points:
        return pd.DataFrame(columns=columns)
    dealt = curve_at(shares, deal(int(places.events.sum()), places.exposure, seed, draws))
    low, high = np.percentile(dealt, [2.5, 97.5], axis=0)
    observed = curve_at(shares, one_row(places.events))[0]
    return pd.DataFrame(dict(zip(columns, (points, shares, observed, low, high), strict=True)))


def _steps_resting_on(cumulative: Numbers, least: int) -> list[int]:
    """Points of the curve to keep, from the top down, so that each step between kept points holds `least` events."""
    kept = [len(cumulative) - 1]
    for point in range(len(cumulative) - 2, 0, -1):
        if cumulative[kept[-1]] - cumulative[point] >= least and cumulative[point] >= least:
            kept.append(point)
    return [0, *reversed(kept)]
