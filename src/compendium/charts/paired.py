"""Before and after for each measure and area, and the shift between them with its interval."""

from __future__ import annotations

from typing import Any

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.axis import Scale, ticks, under
from compendium.charts.frame import nothing, subtitle
from compendium.charts.measure import wrap
from compendium.charts.sheet import Sheet
from compendium.charts.words import decimal, in_order, known, number, rows_of, text

_LABELS = 0.34


def draw(sheet: Sheet, released: Released) -> str:
    """A ring is before, a disc after; beside them the shift with its interval around no change."""
    rows = [row for row in rows_of(released) if known(row.before) and known(row.after)]
    if not rows:
        return nothing(sheet)
    subtitle(
        sheet,
        str(released.options.get("subtitle") or "Middle rating before and after, and the shift with its interval"),
    )
    span = sheet.right - sheet.left
    labels = span * _LABELS
    first = sheet.left + labels
    levels = Scale.over(
        [0.0, *(float(v) for row in rows for v in (row.before, row.after))], first + 8, first + span * 0.3
    )
    shifts = [float(v) for row in rows for v in (row.shift, row.low, row.high) if known(v)]
    change = Scale.over([0.0, *shifts], first + span * 0.36, sheet.right - 8, most=4) if shifts else None
    _key(sheet, levels, change)
    top = sheet.y
    for area in in_order(row.area for row in rows):
        sheet.y = sheet.paragraph(sheet.left, sheet.y + 4, area, span, bold=True) + 2
        for row in rows:
            if text(row.area) == area:
                _row(sheet, row, levels, change, labels)
    for scale in filter(None, (levels, change)):
        for mark in ticks(scale, most=4):
            sheet.line([(scale(mark), top), (scale(mark), sheet.y)], theme.GRID, layer=1)
        under(sheet, scale, ticks(scale, most=4))
    if change:
        sheet.line([(change(0), top), (change(0), sheet.y)], theme.INK, 1.2, layer=1.5)
    sheet.plot_area(first, top, sheet.right, sheet.y)
    sheet.y += theme.SMALL * 2 + theme.GAP
    said = [f"{text(row.area)}, {text(row.measure)}: {_shift(row)}" for row in rows]
    more = f" and {len(said) - 4} more" if len(said) > 4 else ""
    return f"Shift from before to after: {'; '.join(said[:4])}{more}."


def _shift(row: Any) -> str:
    low, high = row.low, row.high
    ends = f" ({decimal(low, 2)} to {decimal(high, 2)})" if known(low) and known(high) else ""
    return f"{_signed(row.shift)}{ends}, {number(row.pairs)} pairs"


def _signed(value: object) -> str:
    words = decimal(value, 2)
    return f"+{words}" if known(value) and float(value) > 0 else words  # type: ignore[arg-type]


def _key(sheet: Sheet, levels: Scale, change: Scale | None) -> None:
    y = sheet.y + 8
    sheet.mark(levels.start, y, "ring", theme.REST)
    sheet.text(levels.start + 9, y + 3.5, "before", size=theme.SMALL)
    sheet.mark(levels.start + 62, y, "disc", theme.MAIN)
    sheet.text(levels.start + 71, y + 3.5, "after", size=theme.SMALL)
    if change:
        sheet.text(change.start, y + 3.5, "shift; upright line: no change", size=theme.SMALL)
    sheet.y += 22


def _row(sheet: Sheet, row: Any, levels: Scale, change: Scale | None, labels: float) -> None:
    before, after = float(row.before), float(row.after)
    measure = text(row.measure)
    said = "; ".join(filter(None, [_shift(row), text(row.p_text).replace(" ", "\u00a0")]))
    lines = len(wrap(measure, labels - 12, most=3))
    small = len(wrap(said, labels - 12, theme.SMALL, most=3))
    height = lines * theme.BODY * theme.LEADING + small * theme.SMALL * theme.LEADING + 8
    y = sheet.paragraph(sheet.left, sheet.y, measure, labels - 12, most=3)
    sheet.paragraph(sheet.left, y, said, labels - 12, size=theme.SMALL, colour=theme.QUIET, most=3)
    middle = sheet.y + height / 2 - 3
    if before != after:
        sheet.line([(levels(before), middle), (levels(after), middle)], theme.MAIN, 2.2)
    sheet.mark(levels(before), middle, "ring", theme.REST, 5.6)
    sheet.mark(levels(after), middle, "disc", theme.MAIN, 4.2 if before == after else 5.2)
    shift, low, high = row.shift, row.low, row.high
    if change and known(shift):
        if known(low) and known(high):
            sheet.line([(change(float(low)), middle), (change(float(high)), middle)], theme.MAIN, 1.6, layer=3)
        sheet.mark(change(float(shift)), middle, "diamond", theme.MAIN)
    sheet.y += height
