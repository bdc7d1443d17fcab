"""Rates for every 1,000 children: a disc with its interval, the number and the children written beside it."""

from __future__ import annotations

from typing import Any

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.axis import Scale, ticks, under
from compendium.charts.frame import nothing, subtitle
from compendium.charts.rows import Rows, label_width
from compendium.charts.sheet import Sheet
from compendium.charts.words import decimal, known, rows_of, text

_LABELS = 0.46
_ROW = 40.0


def draw(sheet: Sheet, released: Released) -> str:
    """A row each, in the order of the table; none, hidden and fewer than ten in one neutral tint."""
    rows = rows_of(released)
    if not rows:
        return nothing(sheet)
    words = (
        "For every 1,000 children of the ages named; a line is the exact 95% interval. Each row names its own children"
    )
    subtitle(sheet, str(released.options.get("subtitle") or words))
    layout = Rows.on(sheet, label_width(sheet, (_beside(row) for row in rows), _LABELS), [_figure(row) for row in rows])
    ends = [float(value) for row in rows for value in (row.rate, row.high) if known(value)]
    scale = Scale.over([0.0, *ends, *([] if ends else [1.0])], layout.start, layout.end, most=4)
    top = sheet.y
    for row in rows:
        _row(layout, row, scale)
    for mark in ticks(scale, most=4):
        sheet.line([(scale(mark), top), (scale(mark), sheet.y)], theme.GRID, layer=1)
    under(sheet, scale, ticks(scale, most=4))
    sheet.plot_area(layout.start, top, sheet.right, sheet.y)
    sheet.y += theme.SMALL * 2 + theme.GAP
    return f"For every 1,000 children: {'; '.join(_said(row) for row in rows)}."


def _beside(row: Any) -> str:
    """The number and the children that a rate is made of."""
    return f"{text(row.numerator)} {text(row.counted)}; {text(row.denominator)} children {text(row.ages)}"


def _row(layout: Rows, row: Any, scale: Scale) -> None:
    sheet = layout.sheet
    middle = layout.row(text(row.label), _beside(row), _figure(row), least=_ROW)
    if known(row.rate):
        sheet.line([(scale(float(row.low)), middle), (scale(float(row.high)), middle)], theme.MAIN, 1.8, layer=3)
        sheet.mark(scale(float(row.rate)), middle, "disc", theme.MAIN)
    else:
        sheet.hidden(scale.start, middle - theme.BAR / 2)
        sheet.text(scale.start + theme.SWATCH + 5, middle + 4, "no rate", colour=theme.QUIET, size=theme.SMALL)


def _figure(row: Any) -> str:
    return f"{decimal(row.rate)} ({decimal(row.low)}–{decimal(row.high)})" if known(row.rate) else ""


def _said(row: Any) -> str:
    rate = f"{decimal(row.rate)} ({decimal(row.low)} to {decimal(row.high)})" if known(row.rate) else "no rate"
    ages = "" if "aged" in text(row.label) else f", {text(row.ages)}"
    return f"{text(row.label)}{ages}: {rate}"
