"""Before and after for each measure and area, and the shift between them with its interval."""

from __future__ import annotations

from typing import Any

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.axis import Scale, ticks, under
from compendium.charts.frame import nothing, subtitle
from compendium.charts.measure import wrap
from compendium.charts.rows import Rows
from compendium.charts.sheet import Sheet
from compendium.charts.words import decimal, in_order, known, number, rows_of, text

_LABELS = 0.34
_MOST_TOLD = 6  # rows of which the words tell each


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
    layout = Rows.on(sheet, span * _LABELS)
    first = layout.start
    middle = first + (sheet.right - first) * 0.46
    levels = Scale.over([0.0, *(float(v) for row in rows for v in (row.before, row.after))], first, middle - 14, most=4)
    shifts = [float(v) for row in rows for v in (row.shift, row.low, row.high) if known(v)]
    change = Scale.over([0.0, *shifts], middle + 14, sheet.right - 8, most=3) if shifts else None
    _key(sheet, levels, change)
    top = sheet.y
    for area in in_order(row.area for row in rows):
        layout.heading(area)
        for row in rows:
            if text(row.area) == area:
                _row(layout, row, levels, change)
    for scale in filter(None, (levels, change)):
        for mark in ticks(scale, most=3):
            sheet.line([(scale(mark), top), (scale(mark), sheet.y)], theme.GRID, layer=1)
        under(sheet, scale, ticks(scale, most=3))
    if change:
        sheet.line([(change(0), top), (change(0), sheet.y)], theme.INK, 1.2, layer=1.2)
    sheet.plot_area(first, top, sheet.right, sheet.y)
    sheet.y += theme.SMALL * 2 + theme.GAP
    columns = [name for name in ("area", "measure") if len({text(getattr(row, name)) for row in rows}) > 1]
    said = [f"{', '.join(text(getattr(row, name)) for name in columns or ['measure'])}: {_shift(row)}" for row in rows]
    more = f"; and {len(said) - _MOST_TOLD} more" if len(said) > _MOST_TOLD else ""
    ends = [(float(row.low), float(row.high)) for row in rows if known(row.low) and known(row.high)]
    changed = sum(low > 0 or high < 0 for low, high in ends)
    told = f" {changed} of {len(ends)} shifts have an interval wholly above or below 0." if ends else ""
    return f"Shift from before to after, with its interval. {'; '.join(said[:_MOST_TOLD])}{more}.{told}"


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
    sheet.mark(levels.start + 54, y, "disc", theme.MAIN)
    sheet.text(levels.start + 63, y + 3.5, "after", size=theme.SMALL)
    lines = wrap("shift; upright line: no change", sheet.right - change.start, theme.SMALL, most=2) if change else []
    for at, words in enumerate(lines):
        sheet.text(change.start if change else 0, y + 3.5 + at * theme.SMALL * theme.LEADING, words, size=theme.SMALL)
    sheet.y += 22 + max(0, len(lines) - 1) * theme.SMALL * theme.LEADING


def _row(layout: Rows, row: Any, levels: Scale, change: Scale | None) -> None:
    sheet, before, after = layout.sheet, float(row.before), float(row.after)
    said = "; ".join(filter(None, [_shift(row), text(row.p_text).replace(" ", "\u00a0")]))
    middle = layout.row(text(row.measure), said)
    if before != after:
        sheet.line([(levels(before), middle), (levels(after), middle)], theme.MAIN, 2.2)
    sheet.mark(levels(before), middle, "ring", theme.REST, 5.6)
    sheet.mark(levels(after), middle, "disc", theme.MAIN, 4.2 if before == after else 5.2)
    shift, low, high = row.shift, row.low, row.high
    if change and known(shift):
        if known(low) and known(high):
            sheet.line([(change(float(low)), middle), (change(float(high)), middle)], theme.MAIN, 1.6, layer=3)
        sheet.mark(change(float(shift)), middle, "diamond", theme.MAIN)
