"""What a table of one unit tells of another unit, where one follows from the other: units are attacked apart.

- Each dated step stands once for each case that came so far. All cases less those with a step are the cases without it,
  a category of a table of cases, and the total of all steps tells the same. So steps stay only where tables of cases
  hide no category of one variable, and where no step lacks for but a few cases.
- Each case of a series has a recorded suspect of another case. Where cases in series are hidden, so are these suspects.
- The number behind a median of cases, and numbers followed month by month, are parts of all cases in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pandas as pd

from compendium.aggregate import COUNT, TOTAL, Counts, Statistic
from compendium.disclosure.participants import LEAST_SIZE

Labels = tuple[str, ...]
STEP, WHOLE, PERSON = "event", "case", "suspect"
SERIES, AGAIN = "series", "seen_again"  # variables: cases that share a suspect, suspects of several cases
MONTH = "month"
FOLLOWED = {"competing", "survival"}  # kinds with a number at risk each month
SIZED = {"median"}  # kinds with a number of units beside each row


def in_order(unit: str) -> tuple[bool, str]:
    """Sorts units so that cases are protected before what follows from them."""
    return unit != WHOLE, unit


def told_elsewhere(
    counts: Counts, tables: Mapping[str, Counts], frames: Mapping[str, pd.DataFrame]
) -> frozenset[Labels]:
    """Cells that stay hidden, whatever they count, because of what `frames` (protected tables of cases) hide."""
    if counts.unit == STEP and (_hides(tables, frames) or _few_lack(counts)):
        return frozenset(product(*((*dimension.categories, TOTAL) for dimension in counts.dimensions)))
    variables = [dimension.variable for dimension in counts.dimensions]
    if counts.unit == PERSON and AGAIN in variables and _hides(tables, frames, SERIES):
        place = variables.index(AGAIN)
        every = product(*((*dimension.categories, TOTAL) for dimension in counts.dimensions))
        return frozenset(labels for labels in every if labels[place] != TOTAL)
    return frozenset()


def without_numbers_told(
    stat: Statistic, settled: pd.DataFrame, tables: Mapping[str, Counts], frames: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The settled statistic without numbers of cases that would tell what the tables of cases hide."""
    if stat.unit != WHOLE or stat.origin.sensitivity == "public" or settled.empty:
        return settled
    if stat.kind in FOLLOWED and _hides(tables, frames, MONTH):
        return settled.iloc[:0]  # cases join and leave by the month of their record
    if stat.kind in SIZED:
        size = pd.to_numeric(stat.frame["n"])
        every = max((int(c.frame[COUNT].sum()) for c in tables.values() if c.unit == WHOLE), default=0)
        telling = (every - size).between(1, LEAST_SIZE - 1) | _hides(tables, frames)
        return settled.assign(n=settled["n"].mask(telling.to_numpy()))
    return settled


def _few_lack(steps: Counts) -> bool:
    """Whether a step stands for nearly all cases: every case has the most frequent one, its record."""
    counted = pd.to_numeric(steps.frame[COUNT])
    return bool((counted.max() - counted).between(1, LEAST_SIZE - 1).any())


def _hides(tables: Mapping[str, Counts], frames: Mapping[str, pd.DataFrame], variable: str | None = None) -> bool:
    """Whether a table of cases hides its total, or a category (of this variable) by itself."""
    for name, frame in frames.items():
        table = tables[name]
        if table.unit != WHOLE or table.origin.sensitivity == "public" or frame.empty:
            continue
        for dimension in table.dimensions:
            others = [other.name for other in table.dimensions if other.name != dimension.name]
            alone = (frame[others] == TOTAL).all(axis=1)
            if variable in (None, dimension.variable) and frame.loc[alone, COUNT].isna().any():
                return True
    return False
