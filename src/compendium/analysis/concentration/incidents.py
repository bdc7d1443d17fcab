"""Concentration of public figures: by kind of incident, month by month, and whether the same areas stay high.

For incidents that are published by small area and month. No area is named: what is told is how uneven the figures are,
beside what chance alone gives, and how far one year's pattern returns in the next.
"""

from __future__ import annotations

import pandas as pd
from scipy import stats

from compendium.aggregate import CheckedTable, Statistic
from compendium.analysis.concentration.chance import TOP, beyond_own_band, deal, envelope
from compendium.analysis.concentration.measures import generalised_ginis, ginis, one_row, top_shares
from compendium.analysis.concentration.places import incidents_by_area, residents

SPREAD_COLUMNS = {
    "group": "Group",
    "events": "Incidents",
    "gini": "Gini",
    "generalised": "Generalised Gini",
    "low": "Gini by chance, lowest 2.5%",
    "high": "Gini by chance, highest 2.5%",
    "top_five": "Share of the five highest areas",
}
YEAR_COLUMNS = {
    "measure": "Year",
    "months": "Months published",
    "events": "Incidents",
    "gini": "Gini",
    "low": "Gini by chance, lowest 2.5%",
    "high": "Gini by chance, highest 2.5%",
    "top_five": "Share of this year's five highest areas",
    "same_five": "Share of the five highest areas of the year before",
    "rank_correlation": "Rank correlation with the year before",
}
BAND_COLUMNS = {"measure": "Small areas that have", "value": "Areas", "share": "Share of all areas"}
NOT_PUBLISHED = "not published"
DRAWS = 2_000  # for each of many groups


def by_type(incidents: CheckedTable, population: CheckedTable, *, seed: int) -> Statistic:
    """A row a kind of incident, in the order of its dictionary: how uneven it is, beside chance (kind `unevenness`)."""
    labels = incidents.dimensions["incident_type"].categories if "incident_type" in incidents.dimensions else {}
    crossed = _crossed(incidents, "incident_type")
    exposure = _exposure(incidents, population)
    rows = [(labels.get(kind, kind), *_spread(crossed[kind], exposure, seed)) for kind in labels if kind in crossed]
    frame = pd.DataFrame(rows if len(exposure) else [], columns=list(SPREAD_COLUMNS))
    return Statistic(
        "unevenness", frame, SPREAD_COLUMNS | {"group": "Kind of incident"}, "incident", 0, incidents.origin
    )


def by_month(incidents: CheckedTable, population: CheckedTable, *, seed: int) -> Statistic:
    """A row a month from the first to the last published; a month that was not published has no numbers, not zeros."""
    crossed, exposure = _crossed(incidents, "month"), _exposure(incidents, population)
    months = _months(incidents.frame["month"]) if len(exposure) else []
    rows = [
        (month, *(_spread(crossed[month], exposure, seed) if month in crossed else (None,) * 6)) for month in months
    ]
    frame = pd.DataFrame(rows, columns=list(SPREAD_COLUMNS))
    titles = SPREAD_COLUMNS | {"group": "Month"}
    return Statistic("unevenness", frame, titles, "incident", 0, incidents.origin)


def by_year(incidents: CheckedTable, population: CheckedTable, *, seed: int) -> Statistic:
    """A row a calendar year with at least six months published (kind `listing`), with what returns in the next.

    The five highest areas of a year are high partly by chance. So their share is also taken in the year that follows,
    when chance has nothing to do with who they are.
    """
    exposure = _exposure(incidents, population)
    frame = incidents.frame.assign(year=incidents.frame["month"].astype(str).str[:4]) if len(exposure) else None
    rows: list[tuple[object, ...]] = []
    before: pd.Series | None = None
    for year, found in frame.groupby("year") if frame is not None else ():
        months = found["month"].nunique()
        if months < 6:
            continue
        counts = found.groupby("area_code")["incidents"].sum().reindex(exposure.index, fill_value=0)
        events, gini, _, low, high, top = _spread(counts, exposure, seed)
        same = rank = None
        if before is not None:
            same = float(counts[before.nlargest(TOP).index].sum() / counts.sum())
            rank = float(stats.spearmanr(before, counts).statistic)
        rows.append((year, months, events, gini, low, high, top, same, rank))
        before = counts
    table = pd.DataFrame(rows, columns=list(YEAR_COLUMNS))
    return Statistic("listing", table, YEAR_COLUMNS, "incident", 0, incidents.origin)


def beyond_chance(incidents: CheckedTable, population: CheckedTable, *, ages: tuple[int, int] = (0, 90)) -> Statistic:
    """How many small areas lie above, within and below what chance gives each (kind `listing`); none is named."""
    counted = incidents_by_area(incidents, population, ages)
    rows: list[tuple[object, ...]] = []
    if len(counted):
        fewer, more = beyond_own_band(counted["events"], counted["exposure"])
        within = len(counted) - fewer - more
        told = {"fewer than chance gives": fewer, "as many as chance gives": within, "more than chance gives": more}
        rows = [(words, number, number / len(counted)) for words, number in told.items()]
    frame = pd.DataFrame(rows, columns=list(BAND_COLUMNS))
    return Statistic("listing", frame, BAND_COLUMNS, "incident", 0, incidents.origin)


def _spread(counts: pd.Series, exposure: pd.Series, seed: int) -> tuple[object, ...]:
    """Events, Gini, generalised Gini, chance from and to, share of the five highest areas."""
    row = one_row(counts.reindex(exposure.index, fill_value=0))
    total = int(row.sum())
    chance = envelope(ginis(deal(total, exposure, seed, DRAWS)))
    figures = (float(ginis(row)[0]), float(generalised_ginis(row)[0]), chance.low, chance.high)
    return total, *figures, float(top_shares(TOP)(row)[0])


def _crossed(incidents: CheckedTable, by: str) -> pd.DataFrame:
    """A row a small area, a column a value of `by`; combinations without a row are 0."""
    return incidents.frame.pivot_table("incidents", "area_code", by, aggfunc="sum", fill_value=0)


def _exposure(incidents: CheckedTable, population: CheckedTable) -> pd.Series:
    living = residents(population)
    return living[living.index.isin(set(incidents.frame["area_code"]))]


def _months(published: pd.Series) -> list[str]:
    first, last = min(published.astype(str)), max(published.astype(str))
    return [str(month) for month in pd.period_range(first, last, freq="M")]
