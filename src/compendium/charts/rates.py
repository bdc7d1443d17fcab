"""Rates for every 1,000 children: a disc with its interval, the number and the children written beside it."""

from __future__ import annotations

from typing import Any

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.axis import Scale, ticks, under
from compendium.charts.frame import nothing, subtitle
from compendium.charts.measure import width_of, wrap
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
    first = sheet.left + (sheet.right - sheet.left) * _LABELS
    room = max(width_of(_figure(row), theme.SMALL) for row in rows) + 10
    ends = [float(value) for row in rows for value in (row.rate, row.high) if known(value)]
    scale = Scale.over([0.0, *ends, *([] if ends else [1.0])], first + 4, sheet.right - room, most=4)
    top = sheet.y
    for row in rows:
        _row(sheet, row, scale)
    for mark in ticks(scale, most=4):
        sheet.line([(scale(mark), top), (scale(mark), sheet.y)], theme.GRID, layer=1)
    under(sheet, scale, ticks(scale, most=4))
    sheet.plot_area(first, top, sheet.right, sheet.y)
    sheet.y += theme.SMALL * 2 + theme.GAP
    return f"For every 1,000 children: {'; '.join(_said(row) for row in rows)}."


def _row(sheet: Sheet, row: Any, scale: Scale) -> None:
    labels = scale.start - sheet.left - 14
    named = wrap(text(row.label), labels, most=3)
    beside = f"{text(row.numerator)} {text(row.counted)}; {text(row.denominator)} children {text(row.ages)}"
    small = wrap(beside, labels, theme.SMALL, most=3)
    height = max(_ROW, len(named) * theme.BODY * theme.LEADING + len(small) * theme.SMALL * theme.LEADING + 8)
    y = sheet.paragraph(sheet.left, sheet.y + 3, row.label, labels, most=3)
    sheet.paragraph(sheet.left, y, beside, labels, size=theme.SMALL, colour=theme.QUIET, most=3)
    middle = sheet.y + height / 2
    if known(row.rate):
        sheet.line([(scale(float(row.low)), middle), (scale(float(row.high)), middle)], theme.MAIN, 1.8, layer=3)
        sheet.mark(scale(float(row.rate)), middle, "disc", theme.MAIN)
        sheet.text(sheet.right, middle + 3.4, _figure(row), size=theme.SMALL, align="right")
    else:
        sheet.hidden(scale.start, middle - theme.BAR / 2)
        sheet.text(scale.start + theme.SWATCH + 5, middle + 4, "no rate", colour=theme.QUIET, size=theme.SMALL)
    sheet.y += height


def _figure(row: Any) -> str:
    return f"{decimal(row.rate)} ({decimal(row.low)}–{decimal(row.high)})" if known(row.rate) else ""


def _said(row: Any) -> str:
    rate = f"{decimal(row.rate)} ({decimal(row.low)} to {decimal(row.high)})" if known(row.rate) else "no rate"
    return f"{text(row.label)}, {text(row.ages)}: {rate}"
