"""Boxes from top to bottom, what leaves the flow beside them: a PRISMA diagram in text that people can read."""

from __future__ import annotations

from typing import NamedTuple

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.frame import nothing, subtitle
from compendium.charts.measure import wrap
from compendium.charts.sheet import Sheet
from compendium.charts.words import in_order, number, text

_PAD = 8.0
_ARROW = 18.0


class _Box(NamedTuple):
    label: str
    size: object
    column: str
    note: str

    @property
    def words(self) -> str:
        return f"{self.label}: {number(self.size)}"


def draw(sheet: Sheet, released: Released) -> str:
    """The first value of `column` is the main way; boxes of any other stand beside the main box before them."""
    rows = released.frame[["label", "count", "column", "note"]].itertuples(index=False, name=None)
    boxes = [_Box(text(label), count, text(column), text(note)) for label, count, column, note in rows]
    if not boxes:
        return nothing(sheet)
    if released.options.get("subtitle"):
        subtitle(sheet, str(released.options["subtitle"]))
    else:
        sheet.y += theme.GAP
    main = in_order(box.column for box in boxes)[0]
    steps: list[tuple[_Box, list[_Box]]] = []
    for box in boxes:
        if box.column == main:
            steps.append((box, []))
        else:
            steps[-1][1].append(box)
    beside = any(sides for _, sides in steps)
    span = sheet.right - sheet.left
    width = span * 0.54 if beside else min(span, 340.0)
    top = sheet.y
    for at, (box, sides) in enumerate(steps):
        if at:
            _down(sheet, sheet.left + width / 2, sheet.y)
            sheet.y += _ARROW
        low = _box(sheet, box, sheet.left, sheet.y, width, main=True)
        middle = (sheet.y + low) / 2
        y = sheet.y
        for side in sides:
            x = sheet.left + width + 30
            end = _box(sheet, side, x, y, sheet.right - x, main=False)
            if y == sheet.y:
                height = min(middle, (y + end) / 2)
                _arrow(sheet, [(sheet.left + width, height), (x, height)])
            y = end + 6
        sheet.y = max(low, y - 6)
        if sheet.y > low and at < len(steps) - 1:
            sheet.line([(sheet.left + width / 2, low), (sheet.left + width / 2, sheet.y)], theme.QUIET, 1.4)
    sheet.plot_area(sheet.left, top, sheet.right, sheet.y)
    sheet.y += theme.GAP
    left_out = [box.words for box in boxes if box.column != main]
    words = "; then ".join(box.words for box in boxes if box.column == main)
    return f"{words}." + (f" Beside it: {'; '.join(left_out)}." if left_out else "")


def _box(sheet: Sheet, box: _Box, x: float, y: float, width: float, *, main: bool) -> float:
    """Draws a box and gives its lower edge."""
    inner = width - 2 * _PAD
    size = theme.BODY if main else theme.SMALL
    height = 2 * _PAD + (1 + len(wrap(box.label, inner, size))) * size * theme.LEADING - 2
    if box.note:
        height += len(wrap(box.note, inner, theme.SMALL)) * theme.SMALL * theme.LEADING
    fill = theme.SOFT if main else "none"
    sheet.rect(x, y, width, height, fill, edge=theme.MAIN if main else theme.AXIS, line=1.2 if main else 1.0)
    inside = sheet.paragraph(x + _PAD, y + _PAD, number(box.size), inner, size=size, bold=True)
    inside = sheet.paragraph(x + _PAD, inside, box.label, inner, size=size)
    if box.note:
        sheet.paragraph(x + _PAD, inside, box.note, inner, size=theme.SMALL, colour=theme.QUIET)
    return y + height


def _down(sheet: Sheet, x: float, y: float) -> None:
    _arrow(sheet, [(x, y), (x, y + _ARROW)])


def _arrow(sheet: Sheet, points: list[tuple[float, float]]) -> None:
    (x0, y0), (x1, y1) = points
    sheet.line(points, theme.QUIET, 1.4)
    if x0 == x1:
        sheet.polygon([(x1 - 4, y1 - 6), (x1 + 4, y1 - 6), (x1, y1)], theme.QUIET)
    else:
        sheet.polygon([(x1 - 6, y0 - 4), (x1 - 6, y0 + 4), (x1, y1)], theme.QUIET)
