"""The PRISMA 2020 flow of a search: databases and registers beside other sources, stage by stage, in readable text.

What leaves stands below the box it leaves from, indented, so that two columns fit a page without small print.
An update adds the studies of earlier rounds below.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.frame import nothing, subtitle
from compendium.charts.measure import wrap
from compendium.charts.sheet import Sheet
from compendium.charts.words import number, text

_PAD = 7.0
_GAP = 18.0  # between columns
_INDENT = 34.0
_ARROW = 16.0
_HEADS = {"main": "Databases and registers", "other": "Other sources"}
_STAGES = {  # box -> stage, so that both columns keep step
    "identified": 0,
    "other_identified": 0,
    "records_screened": 1,
    "dbr_sought_reports": 2,
    "other_sought_reports": 2,
    "dbr_assessed": 3,
    "other_assessed": 3,
}
_COLUMN = re.compile(r" \((?:other sources|databases and registers)\)")  # said by the heading already
_END = ("previous", "included", "total")


class _Box(NamedTuple):
    box: str
    label: str
    size: str
    column: str
    note: str


class _Step(NamedTuple):
    box: _Box
    out: list[_Box]


def draw(sheet: Sheet, released: Released) -> str:
    """Rows in the order of the diagram; `column` is `main` or `other`, each with `_out`, or one of the last row."""
    rows = released.frame[["box", "label", "count", "column", "note"]].itertuples(index=False, name=None)
    boxes = [
        _Box(text(box), _COLUMN.sub("", text(label)), number(count), text(column), text(note))
        for box, label, count, column, note in rows
    ]
    if not boxes:
        return nothing(sheet)
    subtitle(sheet, str(released.options.get("subtitle") or "Numbers of records, then of reports, then of studies"))
    columns = {name: _steps(boxes, name) for name in _HEADS}
    shown = [name for name, steps in columns.items() if steps]
    if not shown:
        return nothing(sheet, "No search is told of: see the table.")
    top = sheet.y
    bands = [[name] for name in shown] if sheet.narrow else [shown]  # on a narrow sheet one below the other
    for band in bands:
        width = (sheet.right - sheet.left - _GAP * (len(band) - 1)) / len(band)
        corners = {name: sheet.left + at * (width + _GAP) for at, name in enumerate(band)}
        if len(shown) > 1:
            sheet.y = max(sheet.paragraph(corners[name], sheet.y, _HEADS[name], width, bold=True) for name in band) + 4
        ends = _columns(sheet, {name: columns[name] for name in band}, corners, width)
    _last(sheet, boxes, [corners[name] + 16 for name in ends], ends)
    sheet.plot_area(sheet.left, top, sheet.right, sheet.y)
    sheet.y += theme.GAP
    return _alt(boxes, shown)


def _steps(boxes: list[_Box], column: str) -> list[_Step]:
    steps: list[_Step] = []
    for box in boxes:
        if box.column == column:
            steps.append(_Step(box, []))
        elif box.column == f"{column}_out" and steps:
            steps[-1].out.append(box)
    return steps


def _columns(
    sheet: Sheet, columns: dict[str, list[_Step]], corners: dict[str, float], width: float
) -> dict[str, float]:
    """Draws the stages side by side; gives where each column ends."""
    ends: dict[str, float] = {}
    for stage in range(4):
        lows = []
        for name, steps in columns.items():
            step = next((step for step in steps if _STAGES.get(step.box.box) == stage), None)
            if step is None:
                continue
            x = corners[name]
            if name in ends:
                _down(sheet, x + 16, ends[name], sheet.y)
            low = _paper(sheet, [step.box], x, sheet.y, width, main=True)
            ends[name] = low
            if step.out:
                high = low + 8
                bottom = _paper(sheet, step.out, x + _INDENT, high, width - _INDENT, main=False)
                middle = (high + bottom) / 2
                sheet.line([(x + 16, low), (x + 16, middle), (x + _INDENT, middle)], theme.QUIET, 1.4)
                _tip(sheet, x + _INDENT, middle)
                lows.append(bottom)
            lows.append(low)
        sheet.y = max(lows, default=sheet.y) + _ARROW
    return ends


def _last(sheet: Sheet, boxes: list[_Box], from_x: list[float], ends: dict[str, float]) -> None:
    """The studies: of earlier rounds and of this one, and of both together."""
    groups = {name: [box for box in boxes if box.column == name] for name in _END}
    shown = [name for name in _END if groups[name]]
    if not shown:
        return
    for x, low in zip(from_x, ends.values(), strict=True):
        _down(sheet, x, low, sheet.y)
    sheet.y = _paper(sheet, groups["included"], sheet.left, sheet.y, sheet.right - sheet.left, main=True)
    if "previous" in shown:
        half = (sheet.right - sheet.left - 36) / 2
        top = sheet.y + _ARROW
        _down(sheet, sheet.right - half / 2, sheet.y, top)
        left = _paper(sheet, groups["previous"], sheet.left, top, half, main=False)
        right = _paper(sheet, groups["total"], sheet.right - half, top, half, main=True)
        middle = top + (min(left, right) - top) / 2
        sheet.line([(sheet.left + half, middle), (sheet.right - half, middle)], theme.QUIET, 1.4)
        _tip(sheet, sheet.right - half, middle)
        sheet.y = max(left, right)


def _paper(sheet: Sheet, boxes: list[_Box], x: float, y: float, width: float, *, main: bool) -> float:
    """One box with a line for each of `boxes`; gives its lower edge."""
    size = theme.BODY if main else theme.SMALL
    inner = width - 2 * _PAD
    lines = [(_words(box), 10.0 if box.note == "of these" else 0.0) for box in boxes]
    notes = [box.note for box in boxes if box.note and box.note != "of these"]
    height = 2 * _PAD - 2 + sum(len(wrap(words, inner - shift, size)) for words, shift in lines) * size * theme.LEADING
    height += sum(len(wrap(note, inner, theme.SMALL)) for note in notes) * theme.SMALL * theme.LEADING
    fill, edge = (theme.SOFT, theme.MAIN) if main else (theme.GROUND, theme.AXIS)
    sheet.rect(x, y, width, height, fill, edge=edge, line=1.2 if main else 1.0)
    at = y + _PAD
    for words, shift in lines:
        at = sheet.paragraph(x + _PAD + shift, at, words, inner - shift, size=size)
    for note in notes:
        at = sheet.paragraph(x + _PAD, at, note, inner, size=theme.SMALL, colour=theme.QUIET)
    return y + height


def _words(box: _Box) -> str:
    return f"{box.label}: {box.size}"


def _down(sheet: Sheet, x: float, y0: float, y1: float) -> None:
    sheet.line([(x, y0), (x, y1)], theme.QUIET, 1.4)
    sheet.polygon([(x - 4, y1 - 6), (x + 4, y1 - 6), (x, y1)], theme.QUIET)


def _tip(sheet: Sheet, x: float, y: float) -> None:
    sheet.polygon([(x - 6, y - 4), (x - 6, y + 4), (x, y)], theme.QUIET)


def _alt(boxes: list[_Box], shown: list[str]) -> str:
    """The flow in words, column by column."""
    parts = [
        f"{_HEADS[name]}: {'; '.join(_words(box) for box in boxes if box.column.removesuffix('_out') == name)}."
        for name in shown
    ]
    last = "; ".join(_words(box) for name in ("included", "previous", "total") for box in boxes if box.column == name)
    return f"{' '.join(parts)} {last}."
