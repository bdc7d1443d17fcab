"""A released table that says nothing about itself: what another tool published.

Long (a row a cell) or wide (a column a category). In a long table the column of counts is the one named, else `count`
or `n`, else the only one that holds numbers and marks; a table with several such columns and no label twice is wide.
A cell is hidden when it is empty, says `hidden` in a column `status`, or holds a mark such as `*`, `S`, `c` or `[x]`.
A mark such as `<10` bounds its count. Labels `Total`, `total`, `All` and the like are margins, as tools write them.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from compendium.aggregate import COUNT, STATUS, TOTAL, Dimension
from compendium.disclosure.attack import ReleasedTable, read_released
from compendium.disclosure.crossing import Shape
from compendium.disclosure.known import Bounds
from compendium.disclosure.percentages import bounds_from, is_percentage
from compendium.errors import InputRefused, Problem, nearest

MARGINS = ("total", "totals", "all", "sum", "grand total")
MARGIN = re.compile(
    r"(?:grand |over|all[ -]?)?totals?\b.*|(?:over)?all\b.*|.+ totals?|gesamt|insgesamt|together", re.IGNORECASE
)
OTHERS = re.compile(r"other|else|remain|sub-?total", re.IGNORECASE)
WORDS = "hidden|suppressed|redacted|confidential|low|masked|withheld|n/?a|nan|null|none"
MARK = re.compile(rf"\[?([*†‡.~–—#-]+|[a-z]|{WORDS})\]?", re.IGNORECASE)
BELOW = re.compile(r"\[?(?:<|less than|fewer than|under|below)\s*(\d+)\]?", re.IGNORECASE)
AT_MOST = re.compile(r"\[?(?:<=|≤|at most|up to)\s*(\d+)\]?", re.IGNORECASE)
BETWEEN = re.compile(r"\[?(\d+)\s*(?:-|–|to)\s*(\d+)\]?", re.IGNORECASE)
USUAL = (COUNT, "n", "counts", "freq", "frequency", "number", "value")
COLUMN = "column"  # the name of the dimension that a wide table writes across
REMEDY = "Leave the cell empty or write *, the same mark for every hidden count."


def read_foreign(name: str, frame: pd.DataFrame, count: str, threshold: int) -> ReleasedTable:
    """The table as its reader has it, from a frame of texts. Raises `InputRefused` with row and column."""
    shares = [c for c in map(str, frame.columns) if c != count and is_percentage(c, frame[c])]
    frame, printed = frame.drop(columns=shares), frame[shares]
    column = _count_column(name, frame, count)
    if not column:
        frame, column = _long(name, frame)
        printed = printed[[]]  # those of a wide table stand for a line, not for a cell
    labels = [str(each) for each in frame.columns if each not in (column, STATUS)]
    read = frame.assign(**{each: _margins_named(frame[each]) for each in labels})
    wrong = [
        Problem(name, row + 2, column, "This is neither a whole number nor a mark for a hidden count.", REMEDY)
        for row, cell in enumerate(read[column])
        if not (_is_number(cell) or _is_mark(cell) or range_of(cell))
    ]
    wrong += [
        Problem(name, row + 2, each, "The label is missing.")
        for each in labels
        for row, empty in enumerate(read[each].isna())
        if empty
    ]
    if wrong:
        raise InputRefused(wrong)
    read = _margins_added(read, labels, column)
    dimensions = tuple(Dimension(each, each, {v: v for v in sorted(set(read[each]) - {TOTAL})}) for each in labels)
    table = read_released(name, Shape(name, dimensions), read, column, threshold)
    keys = list(read[labels].itertuples(index=False, name=None))
    bounds: dict[tuple[str, ...], Bounds] = {
        key: found for key, cell in zip(keys, read[column], strict=True) if (found := range_of(cell))
    }
    for each in printed.columns:
        for key, found in bounds_from(table, dict(zip(keys, printed[each], strict=True))).items():
            before = bounds.get(key, (0, None))
            bounds[key] = max(before[0], found[0]), found[1] if before[1] is None else min(found[1], before[1])
    return replace(table, bounds=bounds)


def range_of(cell: object) -> Bounds | None:
    """The lowest and highest count that a mark names, such as <10, up to 4 or 1-9; None for other marks."""
    if not isinstance(cell, str):
        return None
    text = cell.strip()
    if found := BELOW.fullmatch(text):
        return 0, max(0, int(found[1]) - 1)
    if found := AT_MOST.fullmatch(text):
        return 0, int(found[1])
    if (found := BETWEEN.fullmatch(text)) and int(found[1]) <= int(found[2]):
        return int(found[1]), int(found[2])
    return None


def _count_column(name: str, frame: pd.DataFrame, named: str) -> str:
    """The column of counts of a long table; empty for a wide one."""
    columns = [str(column) for column in frame.columns if column != STATUS]
    if named:
        if named not in columns:
            raise InputRefused(
                Problem(name, 1, named, "The column of counts is missing.", nearest(named, columns) if columns else "")
            )
        return named
    fitting = [column for column in columns if _holds_counts(frame[column])]
    across = [column for column in fitting if column != columns[0]]
    if len(across) > 1 and STATUS not in frame and not _repeats(frame, [c for c in columns if c not in across]):
        return ""
    usual = [column for wanted in USUAL for column in columns if column.casefold() == wanted]
    marked = [column for column in fitting if any(_is_mark(cell) or range_of(cell) for cell in frame[column])]
    found = usual[:1] or (fitting if len(fitting) == 1 else marked)
    if len(found) != 1:
        said = f"Which column holds the counts can't be told ({', '.join(columns)})."
        raise InputRefused(Problem(name, 1, message=said, remedy="Name it with --count NAME."))
    return found[0]


def _repeats(frame: pd.DataFrame, labels: list[str]) -> bool:
    """Whether these columns don't tell the rows apart: then a column of numbers is one of labels."""
    return not labels or bool(frame[labels].duplicated().any())


def _long(name: str, frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """A wide table as a long one; the first column holds labels whatever it looks like (years, codes)."""
    columns = [str(column) for column in frame.columns]
    across = [column for column in columns[1:] if _holds_counts(frame[column])]
    labels = [column for column in columns if column not in across]
    if {COLUMN, COUNT} & set(labels):
        said = f"Which column holds the counts can't be told ({', '.join(columns)})."
        raise InputRefused(Problem(name, 1, message=said, remedy="Name it with --count NAME."))
    return frame[columns].melt(labels, across, var_name=COLUMN, value_name=COUNT), COUNT


def _holds_counts(cells: pd.Series) -> bool:
    return any(_is_number(cell) for cell in cells) and all(
        _is_number(cell) or _is_mark(cell) or range_of(cell) for cell in cells
    )


def _is_number(cell: object) -> bool:
    return isinstance(cell, str) and re.fullmatch(r"\s*\d+(\.0*)?\s*", cell) is not None


def _is_mark(cell: object) -> bool:
    """Empty, or a sign that stands for a hidden count and tells nothing about it."""
    return not isinstance(cell, str) or MARK.fullmatch(cell.strip()) is not None


def _margins_named(labels: pd.Series) -> pd.Series:
    """The labels with those of margins called Total: by the usual words, else by others that mean the same."""
    texts = {label for label in labels if isinstance(label, str)}
    found = {text for text in texts if text.strip().casefold() in MARGINS}
    if not found:
        alike = {text for text in texts if MARGIN.fullmatch(text.strip()) and not OTHERS.search(text)}
        found = alike if len(alike) == 1 else set()
    return labels.map(lambda label: TOTAL if label in found else label)


def _margins_added(read: pd.DataFrame, labels: list[str], column: str) -> pd.DataFrame:
    """The table with a label called Total that is, in every whole line and in two at least, the sum of all others."""
    for each in labels:
        others = [other for other in labels if other != each]
        if not others or (read[each] == TOTAL).any():
            continue
        lines = [
            {label: int(float(cell)) for label, cell in zip(part[each], part[column], strict=True)}
            for _, part in read.groupby(others, dropna=False)
            if len(part) > 2 and part[column].map(_is_number).all() and not part[each].duplicated().any()
        ]
        lines = [line for line in lines if any(line.values())]
        sums = [{label for label, count in line.items() if 2 * count == sum(line.values())} for line in lines]
        margin = set.intersection(*sums) if len(sums) > 1 else set()
        if len(margin) == 1:
            read = read.assign(**{each: read[each].replace(margin.pop(), TOTAL)})
    return read
