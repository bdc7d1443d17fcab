"""Need beside provision: for each group of areas a rate with its interval, and beside it what is offered."""

from __future__ import annotations

from typing import Any

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.axis import Scale, ticks, under
from compendium.charts.frame import nothing, subtitle
from compendium.charts.measure import wrap
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
    span = sheet.right - sheet.left
    first = sheet.left + span * _LABELS
    middle = first + (sheet.right - first) / 2
    need = Scale.over(
        [0.0, *(float(value) for row in rows for value in (row.need_rate, row.high) if known(value))],
        first + 8,
        middle - 22,
        most=4,
    )
    provided = [float(row.provision_rate) for row in rows if known(row.provision_rate)]
    provision = Scale.over([0.0, *provided], middle + 8, sheet.right - 34, most=4)
    below = [
        sheet.paragraph(scale.start, sheet.y, title, scale.end - scale.start + 30, bold=True, size=theme.SMALL, most=2)
        for scale, title in ((need, _NEED), (provision, _PROVISION))
    ]
    sheet.y = max(below) + 4
    top = sheet.y
    for row in rows:
        _row(sheet, row, need, provision)
    for scale in (need, provision):
        for mark in ticks(scale, most=4):
            sheet.line([(scale(mark), top), (scale(mark), sheet.y)], theme.GRID, layer=1)
        under(sheet, scale, ticks(scale, most=4))
    sheet.plot_area(first, top, sheet.right, sheet.y)
    sheet.y += theme.SMALL * 2 + theme.GAP
    return f"By group of areas: {'; '.join(map(_said, rows))}."


def _row(sheet: Sheet, row: Any, need: Scale, provision: Scale) -> None:
    labels = need.start - sheet.left - 16
    lines = len(wrap(row.group, labels, most=3))
    height = max(_ROW, lines * theme.BODY * theme.LEADING + 6)
    middle = sheet.y + height / 2
    sheet.centred(sheet.left, middle, row.group, labels, most=3)
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
    sheet.y += height


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
