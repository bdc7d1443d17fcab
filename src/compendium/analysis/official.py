"""Published figures over time and for other places, as listings: real, never joined to records of case files.

Each says of which table, period and area it is, and what it holds and leaves out. A month that was not published has no
number, which is not zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from compendium.aggregate import CheckedTable, Statistic
from compendium.analysis.recording import in_england_or_wales

ASB = "asb"  # anti-social behaviour, an incident and not a crime
OVER_TIME = "period"
INCIDENTS = {OVER_TIME: "Month", "crimes": "Crimes of every kind", "asb": "Anti-social behaviour (not a crime)"}
OUTCOMES = {
    OVER_TIME: "Financial year of the outcome",
    "charged": "Charged or summonsed (1), the force",
    "type_22": "Diversion (22), the force",
    "assigned": "All outcomes, the force",
    "type_22_all": "Diversion (22), all forces",
    "assigned_all": "All outcomes, all forces",
}
FIGURES = {
    "label": "What is counted",
    "area": "Where",
    "period": "When",
    "number": "Number",
    "of_number": "Of",
    "of_what": "Of what",
    "note": "What to know",
    "source": "Whose figure",
    "how_read": "How it was read",
}


def incidents_by_month(incidents: CheckedTable) -> Statistic:
    """Published crimes and anti-social behaviour month by month, from the first to the last (kind `listing`)."""
    rows = incidents.frame
    found = pd.DataFrame(columns=list(INCIDENTS))
    if len(rows):
        months = rows["month"].astype(str)
        asb = rows["incident_type"] == ASB
        every = pd.period_range(months.min(), months.max(), freq="M").strftime("%Y-%m")
        counted = {
            name: rows[kind].groupby(months[kind])["incidents"].sum() for name, kind in (("crimes", ~asb), ("asb", asb))
        }
        found = pd.DataFrame(
            {OVER_TIME: every, **{name: count.reindex(every).to_numpy() for name, count in counted.items()}}
        )
        found = found.astype({"crimes": "Int64", "asb": "Int64"})
    return Statistic("listing", found, INCIDENTS, "incident", 0, incidents.origin)


def outcomes_by_year(outcomes: CheckedTable, *, force: str) -> Statistic:
    """Charges, type 22 and all outcomes by year of the outcome, of one force and of all together (kind `listing`).

    All crimes, of victims of every age. A year that was not published for the force has no number.
    """
    rows = outcomes.frame
    closed = rows[rows["basis"] == "closed"].set_index("financial_year")
    code = closed["area_code"].fillna("")
    here, every = closed[code == force], closed[code == ""]
    years = sorted({*here.index, *every.index})
    found = pd.DataFrame(columns=list(OUTCOMES))
    if force and len(here):
        found = pd.DataFrame(
            {
                OVER_TIME: years,
                **{
                    name: here[column].reindex(years).to_numpy()
                    for name, column in (("charged", "t1"), ("type_22", "t22"), ("assigned", "assigned"))
                },
                **{
                    name: every[column].reindex(years).to_numpy()
                    for name, column in (("type_22_all", "t22"), ("assigned_all", "assigned"))
                },
            }
        ).astype(dict.fromkeys(list(OUTCOMES)[1:], "Int64"))
    return Statistic("listing", found, OUTCOMES, "outcome", 0, outcomes.origin)


def figures(published: CheckedTable, *, force: str, topics: Sequence[str] = ()) -> Statistic:
    """The published counts of the `topics` (empty: all), with their wholes and what to know (kind `listing`).

    None for a place outside England and Wales: these are figures of other laws.
    """
    rows = published.frame
    wanted = rows[rows["topic"].isin(topics)] if topics else rows
    found = pd.DataFrame(columns=["figure", "topic", "unit", *FIGURES])
    if in_england_or_wales(force) and len(wanted):
        read = dict(published.dimensions["read"].categories)
        found = wanted.assign(how_read=wanted["read"].map(read))[list(found.columns)].reset_index(drop=True)
        found = found.astype({"number": "Int64", "of_number": "Int64"})
    return Statistic("listing", found, FIGURES, published.unit, 0, published.origin)


def figures_by_year(published: CheckedTable, *, force: str, topics: Sequence[str]) -> Statistic:
    """The published counts of one force by financial year, a column a topic (kind `listing`); no number where none."""
    rows = published.frame
    rows = rows[
        (rows["area_code"] == force) & rows["topic"].isin(topics) & rows["period"].str.fullmatch(r"\d{4}/\d{2}")
    ]
    titles = dict(published.dimensions["topic"].categories) if "topic" in published.dimensions else {}
    columns = {OVER_TIME: "Financial year", **{topic: titles.get(topic, topic) for topic in topics}}
    found = pd.DataFrame(columns=list(columns))
    if len(rows):
        wide = rows.pivot(index="period", columns="topic", values="number").reindex(columns=list(topics))
        first, last = (int(year[:4]) for year in (wide.index.min(), wide.index.max()))
        years = [f"{year}/{(year + 1) % 100:02d}" for year in range(first, last + 1)]
        found = wide.reindex(years).astype("Int64").rename_axis(index=OVER_TIME, columns=None).reset_index()[list(columns)]
    return Statistic("listing", found, columns, "crime", 0, published.origin)
