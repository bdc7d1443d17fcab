"""Need beside provision: for each group of areas a rate with its interval, and beside it what is offered."""

from __future__ import annotations

from typing import Any

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.axis import Scale, ticks, under
from compendium.charts.frame import nothing, subtitle
from compendium.charts.rows import Rows, label_width
from compendium.charts.sheet import Sheet
from compendium.charts.words import decimal, known, rows_of, text

_LABELS = 0.26
_ROW = 34.0
_NEED, _PROVISION = "Victims per 1,000 children", "Services per 1,000 children"


def draw(sheet: Sheet, released: Released) -> str:
    """A row a group in the order of the table; a disc with its interval, then a bar; none and hidden in one tint."""
    rows = rows_of(released)
    if not rows:
        return nothing(sheet)
    words = "Both for every 1,000 children who live there; a line is the 95% interval. Groups of areas, not places"
    subtitle(sheet, str(released.options.get("subtitle") or words))
    layout = Rows.on(sheet, label_width(sheet, (text(row.group) for row in rows), _LABELS))
    middle = layout.start + (layout.end - layout.start) / 2
    pad = 14.0 if sheet.narrow else 22.0
    need = Scale.over(
        [0.0, *(float(value) for row in rows for value in (row.need_rate, row.high) if known(value))],
        layout.start + 2,
        middle - pad,
        most=3,
    )
    provided = [float(row.provision_rate) for row in rows if known(row.provision_rate)]
    provision = Scale.over([0.0, *provided], middle + 8, layout.end - 30, most=3)
    below = [
        sheet.paragraph(scale.start, sheet.y, title, width, bold=True, size=theme.SMALL, most=6)
        for scale, title, width in (
            (need, _NEED, middle - need.start - 6),
            (provision, _PROVISION, sheet.right - middle - 8),
        )
    ]
    sheet.y = max(below) + 4
    top = sheet.y
    for row in rows:
        _row(layout, row, need, provision)
    for scale in (need, provision):
        for mark in ticks(scale, most=3):
            sheet.line([(scale(mark), top), (scale(mark), sheet.y)], theme.GRID, layer=1)
        under(sheet, scale, ticks(scale, most=3))
    sheet.plot_area(layout.start, top, sheet.right, sheet.y)
    sheet.y += theme.SMALL * 2 + theme.GAP
    return f"By group of areas: {'; '.join(map(_said, rows))}."


def _row(layout: Rows, row: Any, need: Scale, provision: Scale) -> None:
    sheet = layout.sheet
    middle = layout.row(text(row.group), least=_ROW)
    if known(row.need_rate) and float(row.need_rate) > 0:
        sheet.line([(need(float(row.low)), middle), (need(float(row.high)), middle)], theme.MAIN, 1.8, layer=3)
        sheet.mark(need(float(row.need_rate)), middle, "disc", theme.MAIN)
    else:
        _neutral(sheet, need.start, middle, text(row.need))
    if known(row.provision_rate) and float(row.provision_rate) > 0:
        x = provision(float(row.provision_rate))
        sheet.rect(provision.start, middle - theme.BAR / 2, x - provision.start, theme.BAR, theme.ACCENT)
        sheet.text(x + 5, middle + 4, decimal(row.provision_rate, 2), size=theme.SMALL)
    else:
        _neutral(sheet, provision.start, middle, text(row.provision))


def _neutral(sheet: Sheet, x: float, middle: float, words: str) -> None:
    sheet.hidden(x, middle - theme.BAR / 2)
    sheet.text(x + theme.SWATCH + 5, middle + 4, words, colour=theme.QUIET, size=theme.SMALL)


def _said(row: Any) -> str:
    low, high = decimal(row.low), decimal(row.high)
    need = f"{decimal(row.need_rate)} victims ({low} to {high})" if known(row.need_rate) else f"victims {row.need}"
    provided = (
        f"{decimal(row.provision_rate, 2)} services" if known(row.provision_rate) else f"services {row.provision}"
    )
    return f"{row.group}: {need} and {provided} per 1,000 children"
