"""A linear scale in points, its round ticks, and the axis under a plot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10

from compendium.charts import theme
from compendium.charts.sheet import Sheet
from compendium.charts.words import decimal


@dataclass(frozen=True)
class Scale:
    """From values (`low` to `high`) to points (`start` to `end`)."""

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def over(cls, values: Iterable[float], start: float, end: float, *, most: int = 5) -> Scale:
        """A scale whose ends are round numbers around the values."""
        known = list(values)
        low, high = min(known), max(known)
        if low == high:
            low, high = min(low, 0.0), max(high, 0.0) or 1.0
        step = _step(high - low, most)
        return cls(floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step, start, end)

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def _step(span: float, most: int) -> float:
    """The smallest of 1, 2, 5 x 10^n that needs at most `most` steps."""
    power: float = 10.0 ** floor(log10(span / most))
    return next(power * times for times in (1, 2, 5, 10) if power * times * most >= span * (1 - 1e-9))


def ticks(scale: Scale, *, most: int = 5) -> list[float]:
    """Round values along the scale."""
    step = _step(scale.high - scale.low, most)
    first = ceil(scale.low / step - 1e-9)
    last = floor(scale.high / step + 1e-9)
    return [round(at * step, 10) for at in range(first, last + 1)]


def write_tick(value: float, marks: Sequence[float], *, as_percent: bool = False) -> str:
    """As many decimals as the steps between the marks need."""
    factor = 100 if as_percent else 1
    step = min((b - a for a, b in pairwise(marks)), default=1.0) * factor
    places = max(0, -floor(log10(step) + 1e-9))
    return decimal(value * factor, places) + ("%" if as_percent else "")


def under(sheet: Sheet, scale: Scale, marks: Sequence[float], *, as_percent: bool = False, title: str = "") -> None:
    """The line under a plot, its ticks and numbers; leaves `sheet.y` on the line."""
    y = sheet.y
    sheet.line([(scale.start, y), (scale.end, y)], theme.AXIS, layer=3)
    for value in marks:
        sheet.line([(scale(value), y), (scale(value), y + 4)], theme.AXIS)
        words = write_tick(value, marks, as_percent=as_percent)
        sheet.text(scale(value), y + 5 + theme.SMALL, words, size=theme.SMALL, align="center", colour=theme.QUIET)
    if title:
        x = (scale.start + scale.end) / 2
        sheet.text(x, y + 7 + theme.SMALL * 2.3, title, size=theme.SMALL, align="center", colour=theme.QUIET)
