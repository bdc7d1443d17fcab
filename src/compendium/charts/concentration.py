"""Each measure of concentration beside the interval that chance alone gives."""

from __future__ import annotations

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.axis import Scale, ticks, under
from compendium.charts.frame import nothing, subtitle
from compendium.charts.sheet import Sheet
from compendium.charts.words import decimal, known, number, plural, rows_of, text

WITHIN = "within what chance gives"


def draw(sheet: Sheet, released: Released) -> str:
    """A dot is what was observed; the band is what 95% of chance spreads give."""
    rows = [row for row in rows_of(released) if known(row.observed)]
    if not rows:
        return nothing(sheet)
    subtitle(
        sheet,
        str(released.options.get("subtitle") or "The dot is what was observed, the band is what chance alone gives"),
    )
    scale = Scale.over(
        [0.0, *(float(value) for row in rows for value in (row.observed, row.low, row.high) if known(value))],
        sheet.left,
        sheet.right - 10,
    )
    top, words = sheet.y, []
    for row in rows:
        low, high, observed = float(row.low), float(row.high), float(row.observed)
        verdict = (
            WITHIN
            if low <= observed <= high
            else "more than chance gives"
            if observed > high
            else "less than chance gives"
        )
        span = sheet.right - sheet.left
        y = sheet.paragraph(sheet.left, sheet.y, text(row.measure), span, bold=True)
        said = f"{decimal(observed, 2)}, by chance {decimal(low, 2)} to {decimal(high, 2)}: {verdict}"
        y = sheet.paragraph(sheet.left, y, said, span, size=theme.SMALL, colour=theme.QUIET) + 13
        sheet.rect(scale(low), y - 7, scale(high) - scale(low), 14, theme.SOFT, edge=theme.MAIN, line=0.8)
        if known(row.chance):
            x = scale(float(row.chance))
            sheet.line([(x, y - 7), (x, y + 7)], theme.MAIN, 1.4, layer=3.2)
        sheet.circle(scale(observed), y, 5.2, theme.ACCENT, theme.GROUND)
        sheet.y = y + 19
        words.append(f"{text(row.measure)} {said}")
    marks = ticks(scale)
    for mark in marks:
        sheet.line([(scale(mark), top), (scale(mark), sheet.y)], theme.GRID, layer=1)
    sheet.plot_area(sheet.left, top, sheet.right, sheet.y)
    under(sheet, scale, marks)
    sheet.y += theme.SMALL * 2 + theme.GAP
    first = rows[0]
    count = (
        f"{number(first.events)} {plural(released.unit)} in {number(first.places)} places. "
        if known(first.events)
        else ""
    )
    return f"{count}{'. '.join(words)}."
