"""The Gini of many groups, each beside the band that chance alone gives: a row a group, or a line over months."""

from __future__ import annotations

from typing import Any

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.axis import Scale, ticks, under
from compendium.charts.frame import nothing, subtitle
from compendium.charts.rows import Rows, label_width
from compendium.charts.sheet import Sheet
from compendium.charts.words import decimal, known, number, rows_of, text

_LABELS, _ROW, _HEIGHT = 0.42, 25.0, 150.0
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SAID = "Gini over small areas: the dot is what was published, the band is what chance alone gives 95% of the time"
_SAID_MONTHS = (
    "Gini over small areas, month by month: the line is what was published, the band is what chance alone gives"
)


def draw(sheet: Sheet, released: Released) -> str:
    """A row a group, in the order of the table."""
    rows = [row for row in rows_of(released) if known(row.gini)]
    if not rows:
        return nothing(sheet)
    subtitle(sheet, str(released.options.get("subtitle") or _SAID))
    names = [f"{text(row.group)}, {number(row.events)}" for row in rows]
    layout = Rows.on(sheet, label_width(sheet, names, _LABELS), end=28.0)
    left = layout.start
    scale = Scale.over([0.0, *(float(v) for row in rows for v in (row.gini, row.high))], left, layout.end)
    top = sheet.y
    for row, name in zip(rows, names, strict=True):
        middle = layout.row(name, least=_ROW)
        low, high, gini = (scale(float(value)) for value in (row.low, row.high, row.gini))
        sheet.rect(low, middle - 5, high - low, 10, theme.SOFT, edge=theme.MAIN, line=0.8)
        sheet.circle(gini, middle, 4.6, theme.ACCENT, theme.GROUND)
        sheet.text(gini + 9, middle + 3.4, decimal(row.gini, 2), size=theme.SMALL)
    marks = ticks(scale)
    for mark in marks:
        sheet.line([(scale(mark), top), (scale(mark), sheet.y)], theme.GRID, layer=1)
    sheet.plot_area(left, top, sheet.right, sheet.y)
    under(sheet, scale, marks)
    sheet.y += theme.SMALL * 2 + theme.GAP
    return f"Gini over small areas. {'; '.join(_words(row) for row in rows)}."


def draw_months(sheet: Sheet, released: Released) -> str:
    """A line over months; it stops where a month was not published."""
    rows = rows_of(released)
    found = [row for row in rows if known(row.gini)]
    if not found:
        return nothing(sheet)
    said = _SAID_MONTHS if len(found) == len(rows) else f"{_SAID_MONTHS}; hatched: not published"
    subtitle(sheet, str(released.options.get("subtitle") or said))
    left, top = sheet.left + 34, sheet.y + 4
    up = Scale.over([0.0, *(float(value) for row in found for value in (row.gini, row.high))], top + _HEIGHT, top)
    step = (sheet.right - left) / len(rows)
    for mark in ticks(up):
        sheet.line([(left, up(mark)), (sheet.right, up(mark))], theme.GRID, layer=1)
        sheet.text(left - 6, up(mark) + 3.4, decimal(mark, 1), size=theme.SMALL, align="right", colour=theme.QUIET)
    for run in _runs(rows):
        xs = [left + (at + 0.5) * step for at in run]
        band = [(x, up(float(rows[at].high))) for x, at in zip(xs, run, strict=True)]
        band += [(x, up(float(rows[at].low))) for x, at in reversed(list(zip(xs, run, strict=True)))]
        line = [(x, up(float(rows[at].gini))) for x, at in zip(xs, run, strict=True)]
        if len(run) > 1:
            sheet.polygon(band, theme.SOFT, theme.MAIN, line=0.8, layer=2)
            sheet.line(line, theme.ACCENT, 2.2, layer=3)
        for x, y in line:
            sheet.circle(x, y, 2.4, theme.ACCENT)
            if len(run) == 1:
                sheet.line([(x, band[0][1]), (x, band[1][1])], theme.MAIN, 3.0)
    absent = [at for at, row in enumerate(rows) if not known(row.gini)]
    for at in absent:
        sheet.hidden(left + at * step, top + _HEIGHT - theme.BAR, step, theme.BAR)
    sheet.line([(left, top + _HEIGHT), (sheet.right, top + _HEIGHT)], theme.AXIS, 1.2, layer=3.5)
    sheet.plot_area(left, top, sheet.right, top + _HEIGHT)
    _months(sheet, [text(row.group) for row in rows], left, step, top + _HEIGHT + 5 + theme.SMALL)
    ends = f"from {_named(found[0].group)} to {_named(found[-1].group)}"
    ginis = [float(row.gini) for row in found]
    missing = f" Not published: {', '.join(_named(rows[at].group) for at in absent)}." if absent else ""
    return (
        f"Gini over small areas {ends}: between {decimal(min(ginis), 2)} and {decimal(max(ginis), 2)}; the band of "
        f"chance alone reaches no higher than {decimal(max(float(row.high) for row in found), 2)}.{missing}"
    )


def _runs(rows: list[Any]) -> list[list[int]]:
    """Stretches of months that were published, each without a gap."""
    runs: list[list[int]] = [[]]
    for at, row in enumerate(rows):
        if known(row.gini):
            runs[-1].append(at)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _months(sheet: Sheet, codes: list[str], left: float, step: float, y: float) -> None:
    """Every third month by name, the year under its January and under the first month."""
    for at, code in enumerate(codes):
        year, _, month = code.partition("-")
        x = left + (at + 0.5) * step
        if int(month) % 3 == 1:
            sheet.text(x, y, _NAMES[int(month) - 1], size=theme.SMALL, align="center", colour=theme.QUIET)
        if month == "01" or (at == 0 and int(month) < 10):
            sheet.text(
                x,
                y + theme.SMALL * theme.LEADING,
                year,
                size=theme.SMALL,
                align="center",
                bold=True,
                colour=theme.QUIET,
            )
    sheet.y = y + theme.SMALL * theme.LEADING + theme.GAP


def _named(code: object) -> str:
    year, _, month = text(code).partition("-")
    return f"{_NAMES[int(month) - 1]} {year}"


def _words(row: Any) -> str:
    chance = f"by chance {decimal(row.low, 2)} to {decimal(row.high, 2)}"
    return f"{text(row.group)}: {decimal(row.gini, 2)}, {chance}"
