"""A time axis and the panels over it: columns, or a line where there are many; hidden and unpublished periods apart."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from compendium.charts import theme
from compendium.charts.axis import Scale, ticks
from compendium.charts.measure import width_of, wrap
from compendium.charts.sheet import Sheet
from compendium.charts.words import number

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_COLUMNS = 24
_SWATCH = 13.0  # the height of a hidden period, the same wherever it stands


@dataclass(frozen=True)
class Plot:
    """The time axis that panels share: `x(at)` is the left edge of a period."""

    codes: tuple[str, ...]
    start: float
    end: float

    @property
    def step(self) -> float:
        return (self.end - self.start) / len(self.codes)

    def x(self, at: int) -> float:
        return self.start + at * self.step


def panel(
    sheet: Sheet,
    plot: Plot,
    label: str,
    counts: Sequence[int | None],
    most: int,
    *,
    tall: bool,
    gaps: Container[int] = frozenset(),
) -> None:
    """One series under its label. A count of None is hidden; at the positions of `gaps` nothing was published."""
    if label:
        lines = wrap(label, plot.end - plot.start, bold=True)
        width = max(width_of(line, bold=True) for line in lines) + 4
        below = sheet.paragraph(plot.start, sheet.y, label, plot.end - plot.start, bold=True) + 2
        sheet.rect(plot.start, sheet.y - 1, width, below - sheet.y, theme.GROUND, layer=4.5)
        sheet.y = below
    height = 150.0 if tall else 72.0
    top, bottom = sheet.y + theme.SMALL + 3, sheet.y + theme.SMALL + 3 + height
    scale = Scale.over([0.0, float(max(most, 1))], bottom, top, most=4 if tall else 2)
    for value in ticks(scale, most=4 if tall else 2):
        sheet.line([(plot.start, scale(value)), (plot.end, scale(value))], theme.GRID, layer=1)
        sheet.text(
            plot.start - 5, scale(value) + 3.4, number(value), size=theme.SMALL, align="right", colour=theme.QUIET
        )
    if len(plot.codes) > _MOST_COLUMNS:
        _line(sheet, plot, counts, scale, gaps)
    else:
        _columns(sheet, plot, counts, scale, gaps)
    sheet.line([(plot.start, bottom), (plot.end, bottom)], theme.AXIS, 1.2, layer=3.5)
    sheet.y = bottom + (0 if tall else 8)


def _columns(sheet: Sheet, plot: Plot, counts: Sequence[int | None], scale: Scale, gaps: Container[int]) -> None:
    bottom, width = scale.start, plot.step * 0.74
    widest = max((width_of(number(count), theme.SMALL) for count in counts if count is not None), default=0)
    for at, count in enumerate(counts):
        x = plot.x(at) + (plot.step - width) / 2
        if at in gaps:
            sheet.text(
                plot.x(at) + plot.step / 2, bottom - 3, "–", size=theme.SMALL, align="center", colour=theme.QUIET
            )
            continue
        if count is None:
            sheet.hidden(x, bottom - _SWATCH, width, _SWATCH)
            continue
        sheet.rect(x, scale(count), width, bottom - scale(count), theme.MAIN)
        if widest + 2 <= plot.step:
            middle = x + width / 2
            sheet.text(middle, scale(count) - 3, number(count), size=theme.SMALL, align="center", layer=6)


def _line(sheet: Sheet, plot: Plot, counts: Sequence[int | None], scale: Scale, gaps: Container[int]) -> None:
    """A line that stops at hidden periods and at gaps; a lone period is a dot."""
    run: list[tuple[float, float]] = []
    for at, count in enumerate([*counts, None]):
        if count is not None:
            run.append((plot.x(at) + plot.step / 2, scale(count)))
            continue
        if len(run) > 1:
            sheet.line(run, theme.MAIN, 2.0, layer=3)
        elif run:
            sheet.circle(*run[0], 2.4, theme.MAIN)
        run = []
        if at < len(counts) and at not in gaps:
            sheet.hidden(plot.x(at), scale.start - _SWATCH, plot.step, _SWATCH)


def time_axis(sheet: Sheet, plot: Plot, labels: Sequence[str]) -> None:
    """The periods under the panels: months by their codes such as `2022-05`, other periods by their labels."""
    months = [_MONTH.fullmatch(code) for code in plot.codes]
    y = sheet.y + 5 + theme.SMALL
    lines = 1
    if all(months):
        lines = _month_labels(sheet, plot, [(int(found[1]), int(found[2])) for found in months if found], y)
    else:
        every = next(n for n in range(1, len(labels) + 1) if _fits(labels[::n], plot.step * n) or n == len(labels))
        for at in range(0, len(labels), every):
            middle = plot.x(at) + plot.step / 2
            pieces = wrap(labels[at], max(plot.step * every - 4, 40), theme.SMALL, most=6)
            lines = max(lines, len(pieces))
            for line, words in enumerate(pieces):
                height = y + line * theme.SMALL * theme.LEADING
                sheet.text(middle, height, words, size=theme.SMALL, align="center", colour=theme.QUIET)
    sheet.y = y + (lines - 1) * theme.SMALL * theme.LEADING + theme.GAP


def _fits(labels: Sequence[str], room: float) -> bool:
    longest = max((width_of(word, theme.SMALL) for label in labels for word in label.split()), default=0)
    return longest <= room - 4


def _month_labels(sheet: Sheet, plot: Plot, months: Sequence[tuple[int, int]], y: float) -> int:
    """Month names where there is room, the year under its first month; years alone on long axes, not all of them."""
    every = next((n for n in (1, 2, 3, 6, 12, 24, 60, 120) if plot.step * n >= 27), 240)
    for at, (year, month) in enumerate(months):
        middle = plot.x(at) + plot.step / 2
        if every < 12 and at % every == 0:
            sheet.text(middle, y, _NAMES[month - 1], size=theme.SMALL, align="center", colour=theme.QUIET)
        whole = month == 1 and (every <= 12 or year % (every // 12) == 0)
        # the first year is named before its January when the next name leaves room for it
        first = at == 0 and every <= 12 and (months[-1][0] == year or (13 - month) * plot.step > 30)
        if whole or first:
            level = y + theme.SMALL * theme.LEADING if every < 12 else y
            sheet.text(middle, level, year, size=theme.SMALL, align="center", bold=every < 12, colour=theme.QUIET)
    return 2 if every < 12 else 1


def name_of(label: str) -> str:
    """`2022-05` as `May 2022`; other periods as they are."""
    month = _MONTH.fullmatch(label)
    return f"{_NAMES[int(month[2]) - 1]} {month[1]}" if month else label
