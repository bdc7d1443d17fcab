"""A released table that says nothing about itself: `protected.csv`, or what another tool published.

Its column of counts is the one named, else `count` or `n`, else the only one that holds numbers and marks. A cell is
hidden when it is empty, says `hidden` in a column `status`, or holds a mark such as `*`, `c` or `[x]`. Labels `Total`,
`total`, `All` and the like are margins, as tools write them.
"""

from __future__ import annotations

import re

import pandas as pd

from compendium.aggregate import COUNT, TOTAL, Dimension
from compendium.disclosure.attack import ReleasedTable, read_released
from compendium.disclosure.crossing import Shape
from compendium.disclosure.settle import STATUS
from compendium.errors import InputRefused, Problem, nearest

MARGINS = ("total", "totals", "all", "sum", "grand total")
MARK = re.compile(r"[*†‡.~–—-]+|\[?[a-z]\]?|hidden|suppressed|redacted|confidential|n/?a|nan|null|none", re.IGNORECASE)
PLAIN_MARK = "Leave the cell empty or write *; a mark such as <10 narrows the count by itself."
USUAL = (COUNT, "n", "counts", "freq", "frequency", "number", "value")


def read_foreign(name: str, frame: pd.DataFrame, count: str, threshold: int) -> ReleasedTable:
    """The table as its reader has it, from a frame of texts. Raises `InputRefused` with row and column."""
    column = _count_column(name, frame, count)
    labels = [each for each in frame.columns if each not in (column, STATUS)]
    read = frame.assign(**{each: _margins_named(frame[each]) for each in labels})
    wrong = [
        Problem(name, row + 2, column, "This is neither a whole number nor a mark for a hidden count.", PLAIN_MARK)
        for row, cell in enumerate(read[column])
        if not (_is_number(cell) or _is_mark(cell))
    ]
    wrong += [
        Problem(name, row + 2, each, "The label is missing.")
        for each in labels
        for row, empty in enumerate(read[each].isna())
        if empty
    ]
    if wrong:
        raise InputRefused(wrong)
    dimensions = tuple(Dimension(each, each, {v: v for v in sorted(set(read[each]) - {TOTAL})}) for each in labels)
    return read_released(name, Shape(name, dimensions), read, column, threshold)


def _count_column(name: str, frame: pd.DataFrame, named: str) -> str:
    columns = [str(column) for column in frame.columns if column != STATUS]
    if named:
        if named not in columns:
            raise InputRefused(
                Problem(name, 1, named, "The column of counts is missing.", nearest(named, columns) if columns else "")
            )
        return named
    usual = [column for wanted in USUAL for column in columns if column.casefold() == wanted]
    fitting = [column for column in columns if _holds_counts(frame[column])]
    marked = [column for column in fitting if any(_is_mark(cell) for cell in frame[column])]
    found = usual[:1] or (fitting if len(fitting) == 1 else marked)
    if len(found) != 1:
        said = f"Which column holds the counts can't be told ({', '.join(columns)})."
        raise InputRefused(Problem(name, 1, message=said, remedy="Name it with --count NAME."))
    return found[0]


def _holds_counts(cells: pd.Series) -> bool:
    return any(_is_number(cell) for cell in cells) and all(_is_number(cell) or _is_mark(cell) for cell in cells)


def _is_number(cell: object) -> bool:
    return isinstance(cell, str) and re.fullmatch(r"\s*\d+(\.0*)?\s*", cell) is not None


def _is_mark(cell: object) -> bool:
    """Empty, or a sign that stands for a hidden count and tells nothing about it."""
    return not isinstance(cell, str) or MARK.fullmatch(cell.strip()) is not None


def _margins_named(labels: pd.Series) -> pd.Series:
    return labels.map(lambda label: TOTAL if isinstance(label, str) and label.strip().casefold() in MARGINS else label)
