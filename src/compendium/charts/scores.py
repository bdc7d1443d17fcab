"""Mean scores with their intervals, by measure and group."""

from __future__ import annotations

from typing import Any

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.axis import Scale, ticks, under
from compendium.charts.frame import nothing, subtitle
from compendium.charts.rows import Rows, label_width
from compendium.charts.sheet import Sheet
from compendium.charts.words import decimal, in_order, known, rows_of, text

_LABELS = 0.40
_MOST_TOLD = 6  # rows of which the words tell each


def draw(sheet: Sheet, released: Released) -> str:
    """A block a measure, a line a group. Option `limits` gives the ends of the scale, else 1 to 5 if that holds all."""
    rows = [row for row in rows_of(released) if known(row.mean)]
    if not rows:
        return nothing(sheet)
    ends = [float(value) for row in rows for value in (row.mean, row.low, row.high) if known(value)]
    places = 2 if any(round(end, 2) != round(end, 1) for end in ends) else 1  # no digit that was rounded away before
    limits = released.options.get("limits") or ((1.0, 5.0) if min(ends) >= 1 and max(ends) <= 5 else None)
    words = (
        f"Mean score and 95% interval, from {limits[0]:g} to {limits[1]:g}" if limits else "Mean score and 95% interval"
    )
    subtitle(sheet, str(released.options.get("subtitle") or words))
    single = len(in_order(row.group for row in rows)) == 1
    names = [_name(row, single=single) for row in rows]
    layout = Rows.on(sheet, label_width(sheet, names, _LABELS), [_figure(row, places) for row in rows])
    start, end = layout.start, layout.end
    scale = Scale(float(limits[0]), float(limits[1]), start, end) if limits else Scale.over(ends, start, end)
    top = sheet.y
    for measure in in_order(row.measure for row in rows):
        if not single:
            layout.heading(measure)
        for row in rows:
            if text(row.measure) == measure:
                _row(layout, row, scale, _name(row, single=single), _figure(row, places))
    for mark in ticks(scale):
        sheet.line([(scale(mark), top), (scale(mark), sheet.y)], theme.GRID, layer=1)
    if scale.low < 0 < scale.high:
        sheet.line([(scale(0), top), (scale(0), sheet.y)], theme.INK, 1.2, layer=1.2)
    under(sheet, scale, ticks(scale))
    sheet.plot_area(scale.start - 6, top, scale.end + 6, sheet.y)
    sheet.y += theme.SMALL * 2 + theme.GAP
    return _alt(rows, places, single=single)


def _alt(rows: list[Any], places: int, *, single: bool) -> str:
    """Every mean of a short chart; else how many, the lowest and the highest. Of differences, those off 0."""
    said = [
        f"{text(row.measure) if single else ', '.join(filter(None, [text(row.measure), text(row.group)]))}: "
        f"{_figure(row, places)}"
        for row in rows
    ]
    order = sorted(range(len(rows)), key=lambda at: float(rows[at].mean))
    words = f"Means with their 95% intervals. {'; '.join(said)}."
    if len(rows) > _MOST_TOLD:
        words = (
            f"{len(rows)} means with their 95% intervals. The lowest is {said[order[0]]}; "
            f"the highest is {said[order[-1]]}."
        )
    if any(float(row.mean) < 0 for row in rows):
        ends = [(float(row.low), float(row.high)) for row in rows if known(row.low) and known(row.high)]
        apart = sum(low > 0 or high < 0 for low, high in ends)
        words += f" {apart} of {len(ends)} have an interval wholly above or below 0."
    return words


def _figure(row: Any, places: int) -> str:
    mean, low, high = row.mean, row.low, row.high
    if not known(low) or not known(high):
        return decimal(mean, places)
    return f"{decimal(mean, places)} ({decimal(low, places)} to {decimal(high, places)})"


def _name(row: Any, *, single: bool) -> str:
    size = text(row.n)
    return text(row.measure if single else row.group) + (f", n\u00a0=\u00a0{size.removesuffix('.0')}" if size else "")


def _row(layout: Rows, row: Any, scale: Scale, name: str, figure: str) -> None:
    sheet, low, high = layout.sheet, row.low, row.high
    y = layout.row(name, figure=figure)
    if known(low) and known(high):
        sheet.line([(scale(float(low)), y), (scale(float(high)), y)], theme.MAIN, 1.8, layer=3)
    sheet.circle(scale(float(row.mean)), y, 4.8, theme.MAIN, theme.GROUND)
