"""Numbers over time with the changes in recording marked: a released series beside a released list of changes.

Each change stands in the row of the period in which it began, with its letter, so that nobody reads it as a rise or a
fall of what is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from compendium.aggregate import TOTAL, Dimension, Released
from compendium.errors import CompendiumError
from compendium.release.tables import count_text

MONTH = re.compile(r"\d{4}-\d{2}")
YEAR = re.compile(r"(\d{4})/(\d{2})")
PERIOD, MARK, CHANGED = "period", "mark", "changed"
NOT_PUBLISHED = "not published"
MONTHS = ("from_month", "to_month")  # for charts and for whoever takes the table along
ENDS = {MARK: "Mark", CHANGED: "What changed in recording"}
Row = tuple[str, tuple[str, str], list[str]]  # label, first and last month, numbers as they are printed


def marked_series(sources: Sequence[Released], options: Mapping[str, Any]) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """Two tables: a series (counts by an ordered dimension of months, or a listing with `period`) and the changes.

    Options: `about`, the kinds of change that bear on the series (else all); `columns`, those of a listing to show.
    """
    if len(sources) != 2 or not {"mark", "first", "last", "what"} <= set(sources[1].frame.columns):
        raise CompendiumError(
            "A marked series takes a series, then a list of changes in recording.", "Name them in of."
        )
    series, changes = sources
    titles, rows = _of_counts(series) if series.kind == "counts" else _of_listing(series, options.get("columns"))
    columns = {PERIOD: titles[0], **{f"n{at}": title for at, title in enumerate(titles[1:], start=1)}, **ENDS}
    about = set(options.get("about") or changes.frame["series"])
    marks = changes.frame[changes.frame["series"].isin(about)]
    found = [
        (label, *numbers, *_within(marks, months, at == 0), *months) for at, (label, months, numbers) in enumerate(rows)
    ]
    return pd.DataFrame(found, columns=[*columns, *MONTHS]), columns


def _within(changes: pd.DataFrame, months: tuple[str, str], earliest: bool) -> tuple[str, str]:
    """Letters and words of the changes that began in these months; in the earliest, also of those still under way."""
    began = changes["first"].between(*months)
    if earliest:
        began |= (changes["first"] < months[0]) & (changes["last"] >= months[0])
    here = changes[began]
    words = [f"{row.mark} ({row.when}): {row.what}" for row in here.itertuples(index=False)]
    return ", ".join(here["mark"]), "; ".join(words)


def _of_counts(series: Released) -> tuple[list[str], list[Row]]:
    """A row a period; a column for each category of the other dimension, if there is one, and the total."""
    time = next((one for one in series.dimensions if one.ordered), None)
    if time is None or not all(MONTH.fullmatch(code) for members in time.members.values() for code in members):
        raise CompendiumError(f"{series.name} is not by months or periods of them.", "Count by month or quarter.")
    others = [one for one in series.dimensions if one.name != time.name]
    if len(others) > 1:
        raise CompendiumError(f"{series.name} has more than one dimension beside time.", "Name a smaller table.")
    other = others[0] if others else None
    titles = [time.title, *(other.categories.values() if other else ()), "Total"]
    if series.frame.empty:
        return titles, []
    rows = []
    for code, members in time.members.items():
        cells = [{other.name: category} for category in other.categories] if other else []
        counts = [series.count(**{time.name: code}, **cell) for cell in (*cells, {})]
        rows.append((_label(time, code), (min(members), max(members)), list(map(count_text, counts))))
    return titles, rows


def _label(time: Dimension, code: str) -> str:
    return time.categories[code] if code != TOTAL else TOTAL


def _of_listing(series: Released, wanted: Sequence[str] | None) -> tuple[list[str], list[Row]]:
    """The rows of a listing; a period without a number was not published."""
    names = list(wanted or [name for name in series.columns if name != PERIOD])
    titles = [series.columns[name] for name in (PERIOD, *names)]
    rows = [
        (_written(str(row[PERIOD])), _months(str(row[PERIOD])), list(_printed(row[name] for name in names)))
        for _, row in series.frame.iterrows()
    ]
    return titles, rows


def _printed(values: Iterator[Any]) -> Iterator[str]:
    for value in values:
        yield NOT_PUBLISHED if value is None or pd.isna(value) else count_text(int(value))


def _months(period: str) -> tuple[str, str]:
    """First and last month of `2020-03` or of the financial year `2019/20`."""
    if MONTH.fullmatch(period):
        return period, period
    if found := YEAR.fullmatch(period):
        return f"{found[1]}-04", f"{int(found[1]) + 1}-03"
    raise CompendiumError(f"{period} is no month and no financial year.", "Write 2020-03 or 2019/20.")


def _written(period: str) -> str:
    return pd.Period(period, "M").strftime("%B %Y") if MONTH.fullmatch(period) else period
