"""Published figures over time and for other places, as listings: real, never joined to records of case files.

Each says of which table, period and area it is, and what it holds and leaves out. A month that was not published has no
number, which is not zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from compendium.aggregate import CheckedTable, Origin, Statistic
from compendium.analysis.recording import in_england_or_wales
from compendium.marks import MONTHS, PERIOD, TITLES, began_in, months_of, written

NOT_PUBLISHED = "not published"
OUTCOMES = {
    "charged": "Charged or summonsed (1), the force",
    "type_22": "Diversion (22), the force",
    "assigned": "All outcomes, the force",
    "type_22_all": "Diversion (22), all forces",
    "assigned_all": "All outcomes, all forces",
}
FIGURES = {
    "label": "What is counted",
    "place": "Where and when",
    "number": "Number",
    "whole": "Of",
    "note": "What to know before comparing",
    "stated": "Whose figure, and how it was read",
}
FIGURE_PARTS = ("figure", "topic", "unit", "area", "period", "of_number", "of_what", "source", "how_read")
FINANCIAL_YEAR = r"\d{4}/\d{2}"


def outcomes_by_year(outcomes: CheckedTable, changes: Statistic, *, force: str, about: Sequence[str]) -> Statistic:
    """Charges, type 22 and all outcomes by year of the outcome, of one force and of all together, with marks.

    All crimes, of victims of every age. A year that was not published for the force has no number.
    """
    rows = outcomes.frame
    closed = rows[rows["basis"] == "closed"].set_index("financial_year")
    code = closed["area_code"].fillna("")
    here, every = closed[code == force], closed[code == ""]
    years = sorted({*here.index, *every.index}) if force and len(here) else []
    numbers = pd.DataFrame(
        {
            "charged": here["t1"].reindex(years),
            "type_22": here["t22"].reindex(years),
            "assigned": here["assigned"].reindex(years),
            "type_22_all": every["t22"].reindex(years),
            "assigned_all": every["assigned"].reindex(years),
        }
    )
    titles = {PERIOD: "Financial year of the outcome", **OUTCOMES}
    return _over_time(numbers, titles, changes, about, "outcome", outcomes.origin)


def figures_by_year(
    published: CheckedTable, changes: Statistic, *, force: str, topics: Sequence[str], about: Sequence[str]
) -> Statistic:
    """The published counts of one force by financial year, a column a topic, with marks; no number where none."""
    rows = published.frame
    yearly = rows["period"].str.fullmatch(FINANCIAL_YEAR)
    rows = rows[(rows["area_code"] == force) & rows["topic"].isin(topics) & yearly]
    starts = [int(year[:4]) for year in rows["period"]]
    years = [f"{year}/{(year + 1) % 100:02d}" for year in range(min(starts), max(starts) + 1)] if starts else []
    numbers = rows.pivot(index="period", columns="topic", values="number").reindex(index=years, columns=list(topics))
    labels = dict(published.dimensions["topic"].categories) if "topic" in published.dimensions else {}
    titles = {PERIOD: "Financial year", **{topic: labels.get(topic, topic) for topic in topics}}
    return _over_time(numbers, titles, changes, about, "crime", published.origin)


def figures(published: CheckedTable, *, force: str, topics: Sequence[str] = ()) -> Statistic:
    """The published counts of the `topics` (empty: all), with their wholes and what to know (kind `listing`).

    None for a place outside England and Wales: these are figures of other laws.
    """
    rows = published.frame
    wanted = rows[rows["topic"].isin(topics)] if topics else rows
    found = pd.DataFrame(columns=[*FIGURE_PARTS, *FIGURES])
    if in_england_or_wales(force) and len(wanted):
        read = dict(published.dimensions["read"].categories)
        how_read, of = wanted["read"].map(read), wanted["of_number"].astype("Int64")
        made = wanted.assign(
            how_read=how_read,
            place=wanted["area"] + ", " + wanted["period"],
            whole=[
                "" if pd.isna(number) else f"{number:,} {what}"
                for number, what in zip(of, wanted["of_what"], strict=True)
            ],
            stated=wanted["source"] + ". " + how_read,
        )
        found = made[list(found.columns)].reset_index(drop=True)
        found = found.astype({"number": "Int64", "of_number": "Int64"})
    return Statistic("listing", found, FIGURES, published.unit, 0, published.origin)


def _over_time(
    numbers: pd.DataFrame,
    titles: Mapping[str, str],
    changes: Statistic,
    about: Sequence[str],
    unit: str,
    origin: Origin,
) -> Statistic:
    """A row a period of `numbers` (its index: months or financial years), with the marks of the changes `about` it."""
    marks = changes.frame[changes.frame["series"].isin(about)]
    rows: list[tuple[str, ...]] = []
    for period, row in numbers.iterrows():
        months = months_of(str(period))
        printed = [NOT_PUBLISHED if pd.isna(row[name]) else f"{int(row[name]):,}" for name in list(titles)[1:]]
        rows.append((written(str(period)), *printed, *began_in(marks, months, earliest=not rows), *months))
    columns = {**titles, **TITLES}
    return Statistic("listing", pd.DataFrame(rows, columns=[*columns, *MONTHS]), columns, unit, 0, origin)
