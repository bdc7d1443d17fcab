"""How services are joined by referrals: links in and out, how often a service lies between others, and who has none."""

from __future__ import annotations

from typing import Any

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.axis import Scale, ticks, under
from compendium.charts.frame import nothing, subtitle
from compendium.charts.measure import width_of
from compendium.charts.sheet import Sheet
from compendium.charts.words import decimal, known, listed, rows_of, text

_ROW = 17.0


def draw(sheet: Sheet, released: Released) -> str:
    """One row a service: a ring for links in, a disc for links out; beside them betweenness."""
    rows = sorted(
        rows_of(released),
        key=lambda row: (
            -_number(row.betweenness),
            -_number(row.degree_in) - _number(row.degree_out),
            text(row.service_code),
        ),
    )
    if not rows:
        return nothing(sheet)
    subtitle(
        sheet,
        str(released.options.get("subtitle") or "Referral links of each service, and how often it lies between others"),
    )
    names = [text(row.service_code) for row in rows]
    labels = min(max(width_of(name, theme.SMALL) for name in names) + 14, 150.0)
    half = (sheet.right - sheet.left - labels) / 2
    first = sheet.left + labels
    degrees = [_number(value) for row in rows for value in (row.degree_in, row.degree_out)]
    links = Scale.over([0.0, *degrees], first + 6, first + half - 16)
    between = Scale.over([0.0, *(_number(row.betweenness) for row in rows)], first + half + 10, sheet.right - 8, most=4)
    y = sheet.y + 7
    sheet.mark(links.start, y, "ring", theme.ACCENT)
    sheet.text(links.start + 9, y + 3.5, "links in", size=theme.SMALL)
    sheet.mark(links.start + 50, y, "disc", theme.MAIN)
    sheet.text(links.start + 59, y + 3.5, "links out", size=theme.SMALL)
    sheet.text(between.start, y + 3.5, "between others", size=theme.SMALL)
    sheet.y += 22
    top = sheet.y
    for row, name in zip(rows, names, strict=True):
        _row(sheet, row, name, links, between)
    for scale in (links, between):
        for mark in ticks(scale, most=4):
            sheet.line([(scale(mark), top), (scale(mark), sheet.y)], theme.GRID, layer=1)
        under(sheet, scale, ticks(scale, most=4))
    sheet.plot_area(first, top, sheet.right, sheet.y)
    sheet.y += theme.SMALL * 2 + theme.GAP
    alone = [name for row, name in zip(rows, names, strict=True) if _isolated(row)]
    central = [
        f"{name} ({decimal(row.betweenness, 2)})"
        for row, name in zip(rows, names, strict=True)
        if _number(row.betweenness)
    ]
    words = f"{len(rows)} services." + (f" Most often between others: {listed(central[:3])}." if central else "")
    return words + (f" Without any link: {listed(alone)}." if alone else " None is without a link.")


def _number(value: object) -> float:
    return float(value) if known(value) else 0.0  # type: ignore[arg-type]


def _isolated(row: Any) -> bool:
    return _number(row.degree_in) + _number(row.degree_out) == 0


def _row(sheet: Sheet, row: Any, name: str, links: Scale, between: Scale) -> None:
    y = sheet.y + _ROW / 2
    sheet.text(sheet.left, y + 3.5, name, size=theme.SMALL)
    if _isolated(row):
        sheet.text(links.start, y + 3.5, "no links", size=theme.SMALL, bold=True, colour=theme.ACCENT)
    else:
        into, out = links(_number(row.degree_in)), links(_number(row.degree_out))
        sheet.line([(into, y), (out, y)], theme.AXIS, 1.4)
        sheet.mark(into, y, "ring", theme.ACCENT, 5.4)
        sheet.mark(out, y, "disc", theme.MAIN, 3.6 if into == out else 4.6)
        betweenness = between(_number(row.betweenness))
        sheet.line([(between.start, y), (betweenness, y)], theme.AXIS, 1.4)
        sheet.circle(betweenness, y, 4.2, theme.MAIN)
    sheet.y += _ROW
