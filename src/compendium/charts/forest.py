"""Estimates with their intervals; a pooled diamond and a prediction line, or a range where pooling isn't sound."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import sqrt
from typing import NamedTuple

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.axis import Scale, ticks, under
from compendium.charts.frame import nothing, subtitle
from compendium.charts.rows import Rows, label_width
from compendium.charts.sheet import Sheet
from compendium.charts.words import decimal, in_order, known, percent, rows_of, text

_LABELS = 0.36
_SUMMARY = {"pooled", "prediction", "range"}


_Write = Callable[[object], str]


class _Row(NamedTuple):
    label: str
    group: str
    k_or_n: str
    estimate: float
    low: float
    high: float
    weight: float
    role: str


def draw(sheet: Sheet, released: Released) -> str:
    """One row an estimate, by group. Options: `percent=False` for other than proportions, `reference` a line."""
    rows = [
        _Row(
            text(row.label), text(row.group), text(row.k_or_n),
            _float(row.estimate), _float(row.low), _float(row.high), _float(row.weight),
            text(row.role) or "study",
        )
        for row in rows_of(released)
    ]  # fmt: skip
    if not rows:
        return nothing(sheet)
    options = released.options
    as_percent = bool(options.get("percent", True))
    write: _Write = partial(percent, places=1) if as_percent else partial(decimal, places=2)
    plain = "Estimates and their 95% intervals; a larger square weighs more"
    subtitle(sheet, str(options.get("subtitle") or plain))
    ends = [value for row in rows for value in (row.estimate, row.low, row.high) if known(value)]
    if not ends:
        return nothing(sheet, "No estimate to show.")
    reference = options.get("reference")
    extra = [float(reference)] if reference is not None else [0.0] if as_percent else []
    labels = label_width(sheet, (row.label for row in rows), _LABELS, bold=True)
    layout = Rows.on(sheet, labels, [_figure(row, write) for row in rows])
    scale = Scale.over([*ends, *extra], layout.start, layout.end)
    marks = ticks(scale, most=5)
    top = sheet.y
    heaviest = max((row.weight for row in rows if known(row.weight) and row.role == "study"), default=0.0)
    for group in in_order(row.group for row in rows):
        if group:
            layout.heading(group)
        for row in rows:
            if row.group == group:
                _row(layout, row, scale, write, heaviest)
    for value in marks:
        sheet.line([(scale(value), top), (scale(value), sheet.y)], theme.GRID, layer=1)
    if reference is not None:
        sheet.line([(scale(float(reference)), top), (scale(float(reference)), sheet.y)], theme.AXIS, dash=True)
    under(sheet, scale, marks, as_percent=as_percent)
    sheet.plot_area(scale.start, top, scale.end, sheet.y)
    sheet.y += theme.BODY + theme.GAP
    return _alt(rows, write)


def _float(value: object) -> float:
    return float(value) if known(value) else float("nan")  # type: ignore[arg-type]


def _figure(row: _Row, write: _Write) -> str:
    """`12.5% (10.5–14.7)`."""
    low, high = write(row.low).removesuffix("%"), write(row.high).removesuffix("%")
    interval = f"({low} to {high})" if "−" in low else f"({low}–{high})"
    if not known(row.low) or not known(row.high):
        return write(row.estimate)
    if not known(row.estimate) or row.role in {"range", "prediction"}:
        return f"{low} to {write(row.high)}" if "−" in low else f"{low}–{write(row.high)}"
    return f"{write(row.estimate)} {interval}"


def _row(layout: Rows, row: _Row, scale: Scale, write: _Write, heaviest: float) -> None:
    summary = row.role in _SUMMARY and row.role != "prediction"
    middle = layout.row(row.label, row.k_or_n, _figure(row, write), bold=summary, strong=row.role == "pooled")
    _mark(layout.sheet, row, scale, middle, heaviest)


def _mark(sheet: Sheet, row: _Row, scale: Scale, y: float, heaviest: float) -> None:
    has_interval = known(row.low) and known(row.high)
    x0, x1 = (scale(row.low), scale(row.high)) if has_interval else (0.0, 0.0)
    if row.role == "range" and has_interval:
        sheet.rect(x0, y - 5, x1 - x0, 10, theme.SOFT, edge=theme.MAIN)
    elif row.role == "prediction" and has_interval:
        sheet.line([(x0, y), (x1, y)], theme.ACCENT, 1.8, dash=True, layer=3)
        for x in (x0, x1):
            sheet.line([(x, y - 4), (x, y + 4)], theme.ACCENT, 1.8, layer=3)
    elif row.role == "pooled" and has_interval and known(row.estimate):
        middle = scale(row.estimate)
        sheet.polygon([(x0, y), (middle, y - 6.5), (x1, y), (middle, y + 6.5)], theme.ACCENT)
    else:
        if has_interval:
            sheet.line([(x0, y), (x1, y)], theme.MAIN, 1.5, layer=3)
        if known(row.estimate):
            share = sqrt(row.weight / heaviest) if heaviest and known(row.weight) and row.weight > 0 else 0.6
            side = 4.0 + 7.0 * share
            x = scale(row.estimate)
            if has_interval:
                sheet.rect(x - side / 2, y - side / 2, side, side, theme.MAIN, layer=4)
            else:  # without an interval: hollow, as less is known
                sheet.mark(x, y, "ring", theme.MAIN)


def _alt(rows: list[_Row], write: _Write) -> str:
    pools = [row for row in rows if row.role == "pooled"]
    by_group = len({row.group for row in pools}) == len(pools)  # else the label tells them apart
    single = len({row.group for row in rows}) == 1

    def named(row: _Row, word: str) -> str:
        name = "" if single and by_group else (row.group if by_group else "") or row.label
        return f"{name}: {word} {_figure(row, write)}" if name else f"{word.capitalize()} {_figure(row, write)}"

    pooled = [named(row, "pooled") for row in pools]
    ranges = [named(row, "range") for row in rows if row.role == "range"]
    studies = [row for row in rows if row.role not in _SUMMARY and known(row.estimate)]
    parts = [f"{len(studies)} estimate{'' if len(studies) == 1 else 's'}"]
    if studies:
        values = sorted(row.estimate for row in studies)
        parts[0] += f" from {write(values[0])} to {write(values[-1])}" if len(values) > 1 else f", {write(values[0])}"
    summary = [*pooled, *ranges]
    more = f", and {len(summary) - 4} more summaries" if len(summary) > 4 else ""
    start = [f"{parts[0]}."] if studies else []
    return " ".join([*start, f"{'; '.join(summary[:4])}{more}."] if summary else start)
