"""Counts over time with the changes in recording marked: released counts beside a released list of changes.

Each change stands in the row of the period in which it began, with its letter, so that nobody reads it as a rise or a
fall of what is counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from compendium.aggregate import Dimension, Released
from compendium.errors import CompendiumError
from compendium.marks import MONTHS, NEEDED, PERIOD, TITLES, began_in, is_month
from compendium.release.tables import count_text


def marked_series(sources: Sequence[Released], options: Mapping[str, Any]) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """Two tables: counts by months or periods of them (and one dimension more at most), then the list of changes.

    A row a period: a column for each category of the other dimension, the total, and the marks. Option `about`: the
    kinds of change that bear on these counts (else all).
    """
    if len(sources) != 2 or sources[0].kind != "counts" or not set(sources[1].frame.columns) >= NEEDED:
        raise CompendiumError("A marked series takes counts, then a list of changes in recording.", "Name them in of.")
    counts, changes = sources
    time, other = _dimensions(counts)
    titles = [*(other.categories.values() if other else ()), "Total"]
    columns = {PERIOD: time.title, **{f"n{at}": title for at, title in enumerate(titles, start=1)}, **TITLES}
    about = set(options.get("about") or changes.frame["series"])
    marks = changes.frame[changes.frame["series"].isin(about)]
    rows: list[tuple[str, ...]] = []
    for code in time.categories if len(counts.frame) else ():
        months = (min(time.members[code]), max(time.members[code]))
        cells = [{other.name: category} for category in other.categories] if other else []
        numbers = [count_text(counts.count(**{time.name: code}, **cell)) for cell in (*cells, {})]
        rows.append((time.categories[code], *numbers, *began_in(marks, months, earliest=not rows), *months))
    return pd.DataFrame(rows, columns=[*columns, *MONTHS]), columns


def _dimensions(counts: Released) -> tuple[Dimension, Dimension | None]:
    """The dimension of time and the other, if there is one."""
    time = next((one for one in counts.dimensions if one.ordered), None)
    if time is None or not all(is_month(month) for members in time.members.values() for month in members):
        raise CompendiumError(f"{counts.name} is not by months or periods of them.", "Count by month or quarter.")
    others = [one for one in counts.dimensions if one.name != time.name]
    if len(others) > 1:
        raise CompendiumError(f"{counts.name} has more than one dimension beside time.", "Name a smaller table.")
    return time, others[0] if others else None
