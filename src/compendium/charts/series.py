"""Counts over months or other periods in order: columns, or a line where there are many; breaks in recording marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from compendium.aggregate import Dimension, Released
from compendium.charts import theme
from compendium.charts.axis import Scale, ticks
from compendium.charts.frame import nothing, subtitle
from compendium.charts.measure import shorten, width_of, wrap
from compendium.charts.sheet import Sheet
from compendium.charts.words import chosen, how_many_hidden, margin, number, plural, total

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_COLUMNS = 24
_SWATCH = 13.0  # the height of a hidden period, the same wherever it stands


@dataclass(frozen=True)
class _Plot:
    """The time axis that panels share: `x(at)` is the left edge of a period."""

    codes: tuple[str, ...]
    start: float
    end: float

    @property
    def step(self) -> float:
        return (self.end - self.start) / len(self.codes)

    def x(self, at: int) -> float:
        return self.start + at * self.step


def draw(sheet: Sheet, released: Released) -> str:
    """Option `x` names the time dimension (else the first ordered one), `split` a panel each.

    `break_marks` is a list of `{"at": period code, "label": words}`.
    """
    time, split = _dimensions(released)
    values = margin(released, [time, split] if split else [time])
    codes = tuple(code for code in time.categories if any(key[0] == code for key in values))
    if not codes:
        return nothing(sheet)
    whole = total(released)
    word = time.title.lower().split()[0]
    every = word if word in {"month", "quarter", "year", "week", "day"} else "period"
    end = f", {number(whole)} in all" if whole is not None else ""
    subtitle(sheet, str(released.options.get("subtitle") or f"Number of {plural(released.unit)} each {every}{end}"))
    most = max([count for count in values.values() if count is not None], default=0)
    plot = _Plot(codes, sheet.left + width_of(number(most), theme.SMALL) + 8, sheet.right)
    top = sheet.y
    marks = [mark for mark in released.options.get("break_marks", ()) if mark.get("at") in codes]
    _mark_labels(sheet, plot, marks)
    below = sheet.y
    panels = [(split.categories[code], code) for code in split.categories] if split else [("", "")]
    for label, code in panels:
        counts = [values.get((period, code) if split else (period,)) for period in codes]
        _panel(sheet, plot, label, counts, most, tall=len(panels) == 1)
    for at, mark in enumerate(marks):
        x = plot.x(codes.index(mark["at"]))
        first = top + at * theme.SMALL * theme.LEADING + theme.SMALL
        sheet.line([(x, first), (x, sheet.y)], theme.ACCENT, 1.3, dash=True, layer=4)
    sheet.plot_area(plot.start, below, plot.end, sheet.y)
    _time_axis(sheet, plot, time)
    return _alt(released, time, codes, values, marks)


def _dimensions(released: Released) -> tuple[Dimension, Dimension | None]:
    """The time dimension and the one of the panels."""
    found = next((dimension for dimension in released.dimensions if dimension.ordered), released.dimensions[0])
    time = chosen(released, "x", most=1)[0] if released.options.get("x") else found
    if released.options.get("split"):
        return time, chosen(released, "split", most=1)[0]
    others = [dimension for dimension in released.dimensions if dimension.name != time.name]
    return time, others[0] if len(others) == 1 else None


def _mark_labels(sheet: Sheet, plot: _Plot, marks: Sequence[dict[str, str]]) -> None:
    for mark in marks:
        x = plot.x(plot.codes.index(mark["at"]))
        right = x > (plot.start + plot.end) / 2
        room = (x - plot.start if right else plot.end - x) - 6
        words = shorten(mark.get("label", ""), room, theme.SMALL)
        sheet.text(
            x - 4 if right else x + 4,
            sheet.y + theme.SMALL,
            words,
            size=theme.SMALL,
            align="right" if right else "left",
            colour=theme.ACCENT,
        )
        sheet.y += theme.SMALL * theme.LEADING
    sheet.y += 4 if marks else 0


def _panel(sheet: Sheet, plot: _Plot, label: str, counts: Sequence[int | None], most: int, *, tall: bool) -> None:
    if label:
        sheet.rect(plot.start, sheet.y - 1, width_of(label, bold=True) + 4, theme.BODY + 5, theme.GROUND, layer=4.5)
        sheet.text(plot.start, sheet.y + theme.BODY, label, bold=True)
        sheet.y += theme.BODY * theme.LEADING + 2
    height = 150.0 if tall else 72.0
    top, bottom = sheet.y + theme.SMALL + 3, sheet.y + theme.SMALL + 3 + height
    scale = Scale.over([0.0, float(max(most, 1))], bottom, top, most=4 if tall else 2)
    for value in ticks(scale, most=4 if tall else 2):
        sheet.line([(plot.start, scale(value)), (plot.end, scale(value))], theme.GRID, layer=1)
        sheet.text(
            plot.start - 5, scale(value) + 3.4, number(value), size=theme.SMALL, align="right", colour=theme.QUIET
        )
    if len(plot.codes) > _MOST_COLUMNS:
        _line(sheet, plot, counts, scale)
    else:
        _columns(sheet, plot, counts, scale)
    sheet.line([(plot.start, bottom), (plot.end, bottom)], theme.AXIS, 1.2, layer=3.5)
    sheet.y = bottom + (0 if tall else 8)


def _columns(sheet: Sheet, plot: _Plot, counts: Sequence[int | None], scale: Scale) -> None:
    bottom, width = scale.start, plot.step * 0.74
    widest = max((width_of(number(count), theme.SMALL) for count in counts if count is not None), default=0)
    for at, count in enumerate(counts):
        x = plot.x(at) + (plot.step - width) / 2
        if count is None:
            sheet.hidden(x, bottom - _SWATCH, width, _SWATCH)
            continue
        sheet.rect(x, scale(count), width, bottom - scale(count), theme.MAIN)
        if widest + 2 <= plot.step:
            middle = x + width / 2
            sheet.text(middle, scale(count) - 3, number(count), size=theme.SMALL, align="center", layer=6)


def _line(sheet: Sheet, plot: _Plot, counts: Sequence[int | None], scale: Scale) -> None:
    """A line that stops at hidden periods; a lone period is a dot."""
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
        if at < len(counts):
            sheet.hidden(plot.x(at), scale.start - _SWATCH, plot.step, _SWATCH)


def _time_axis(sheet: Sheet, plot: _Plot, time: Dimension) -> None:
    months = [_MONTH.fullmatch(code) for code in plot.codes]
    y = sheet.y + 5 + theme.SMALL
    lines = 1
    if all(months):
        lines = _month_labels(sheet, plot, [(int(found[1]), int(found[2])) for found in months if found], y)
    else:
        labels = [time.categories[code] for code in plot.codes]
        every = next(n for n in range(1, len(labels) + 1) if _fits(labels[::n], plot.step * n) or n == len(labels))
        for at in range(0, len(labels), every):
            middle = plot.x(at) + plot.step / 2
            pieces = wrap(labels[at], max(plot.step * every - 4, 40), theme.SMALL, most=3)
            lines = max(lines, len(pieces))
            for line, words in enumerate(pieces):
                height = y + line * theme.SMALL * theme.LEADING
                sheet.text(middle, height, words, size=theme.SMALL, align="center", colour=theme.QUIET)
    sheet.y = y + (lines - 1) * theme.SMALL * theme.LEADING + theme.GAP


def _fits(labels: Sequence[str], room: float) -> bool:
    longest = max((width_of(word, theme.SMALL) for label in labels for word in label.split()), default=0)
    return longest <= room - 4


def _month_labels(sheet: Sheet, plot: _Plot, months: Sequence[tuple[int, int]], y: float) -> int:
    """Month names where there is room, the year under its first month; years alone on long axes."""
    every = next(n for n in (1, 2, 3, 6, 12, 24, 60) if plot.step * n >= 27 or n == 60)
    for at, (year, month) in enumerate(months):
        middle = plot.x(at) + plot.step / 2
        if every < 12 and at % every == 0:
            sheet.text(middle, y, _NAMES[month - 1], size=theme.SMALL, align="center", colour=theme.QUIET)
        first_of_year = month == 1 or (at == 0 and (months[-1][0] == year or (13 - month) * plot.step > 30))
        if first_of_year:
            level = y + theme.SMALL * theme.LEADING if every < 12 else y
            sheet.text(middle, level, year, size=theme.SMALL, align="center", bold=every < 12, colour=theme.QUIET)
    return 2 if every < 12 else 1


def _name(time: Dimension, code: str) -> str:
    """`2022-05` as `May 2022`; other periods by their label."""
    month = _MONTH.fullmatch(time.categories[code])
    return f"{_NAMES[int(month[2]) - 1]} {month[1]}" if month else time.categories[code]


def _alt(
    released: Released,
    time: Dimension,
    codes: Sequence[str],
    values: dict[tuple[str, ...], int | None],
    marks: Sequence[dict[str, str]],
) -> str:
    whole = total(released)
    start = f"{number(whole)} {plural(released.unit)}" if whole is not None else plural(released.unit).capitalize()
    words = f"{start} from {_name(time, codes[0])} to {_name(time, codes[-1])}"
    single = [(count, key[0]) for key, count in values.items() if count is not None and len(key) == 1]
    if len(single) > 1 and all(count is not None for count in values.values()):
        high, low = max(single), min(single)
        words += f", between {number(low[0])} ({_name(time, low[1])}) and {number(high[0])} ({_name(time, high[1])})"
    hidden = sum(count is None for count in values.values())
    said = "".join(f" Marked at {_name(time, mark['at'])}: {mark.get('label', '')}." for mark in marks)
    return f"{words}.{how_many_hidden(hidden)}{said}"
