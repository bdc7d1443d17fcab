"""Shares as ranges: from the least to the most that each can be; and shares of what is missing as bars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.axis import Scale, under
from compendium.charts.frame import nothing, subtitle
from compendium.charts.rows import Rows
from compendium.charts.sheet import Sheet
from compendium.charts.words import known, listed, percent, text

_LABELS = 176.0
_MARKS = (0.0, 0.25, 0.5, 0.75, 1.0)
Row = dict[Any, Any]
_Says = Callable[[Row], str]


def draw_bounds(sheet: Sheet, released: Released) -> str:
    """A band from low to high for each share; a disc at the share of those on record, where it is known."""
    rows = [row for row in released.frame.to_dict("records") if known(row["low"])]
    if not rows:
        return nothing(sheet, "No share can be bounded: see the table.")
    plain = "From the least to the most it can be, whatever the missing ones were; disc: of those on record"
    subtitle(sheet, str(released.options.get("subtitle") or plain))
    _rows(sheet, rows, _range, _range_words)
    found = [f"{row['label']}: between {percent(row['low'])} and {percent(row['high'])}" for row in rows]
    return f"Shares with their bounds. {'; '.join(found)}."


def draw_missing(sheet: Sheet, released: Released) -> str:
    """A bar a field; hidden where its number is, or where it is merged with others."""
    rows = released.frame.to_dict("records")
    if not rows:
        return nothing(sheet)
    subtitle(sheet, str(released.options.get("subtitle") or "Share of records that do not say"))
    _rows(sheet, rows, _bar, _bar_words)
    shown = [f"{row['label']} ({row['of']}) {percent(row['share'])}" for row in rows if known(row["share"])]
    rest = len(rows) - len(shown)
    words = f" {rest} more are hidden or merged with others." if rest else ""
    return f"Shares of records that do not say: {listed(shown)}.{words}"


def _rows(sheet: Sheet, rows: list[Row], mark: Callable[[Sheet, Scale, float, Row], None], says: _Says) -> None:
    layout = Rows.on(sheet, _LABELS, [says(row) for row in rows])
    across = Scale(0, 1, layout.start + 2, layout.end)
    top = sheet.y
    for row in rows:
        shown = known(row["share"] if "share" in row else row["low"])
        middle = layout.row(text(row["label"]), f"of {text(row['of'])}", says(row), strong=shown)
        mark(sheet, across, middle, row)
        sheet.y += 2
        sheet.line([(sheet.left, sheet.y - 1), (sheet.right, sheet.y - 1)], theme.GRID, 0.6, layer=1)
    for share in _MARKS:
        sheet.line([(across(share), top), (across(share), sheet.y)], theme.GRID, layer=1)
    sheet.plot_area(across.start, top, across.end, sheet.y)
    under(sheet, across, _MARKS, as_percent=True)
    sheet.y += theme.SMALL * 2.4 + theme.GAP


def _range(sheet: Sheet, across: Scale, middle: float, row: Row) -> None:
    low, high = across(float(row["low"])), across(float(row["high"]))
    sheet.rect(low, middle - 5, max(high - low, 1.2), 10, theme.SOFT, edge=theme.MAIN, line=1.0)
    for end in (low, high):
        sheet.line([(end, middle - 8), (end, middle + 8)], theme.MAIN, 1.8, layer=3.2)
    if known(row["known"]):
        sheet.circle(across(float(row["known"])), middle, 4.2, theme.ACCENT, theme.GROUND)


def _range_words(row: Row) -> str:
    same = percent(row["low"]) == percent(row["high"])
    return percent(row["low"]) if same else f"{percent(row['low'])} to {percent(row['high'])}"


def _bar(sheet: Sheet, across: Scale, middle: float, row: Row) -> None:
    if known(row["share"]):
        end = across(float(row["share"]))
        sheet.rect(across.start, middle - theme.BAR / 2, max(end - across.start, 1.2), theme.BAR, theme.REST)
    else:
        sheet.hidden(across.start, middle - theme.BAR / 2)


def _bar_words(row: Row) -> str:
    return percent(row["share"]) if known(row["share"]) else text(row["value"])
