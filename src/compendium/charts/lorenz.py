"""A Lorenz curve, at fifths of places or place by place, inside or outside the band that chance alone gives."""

from __future__ import annotations

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.axis import Scale, under, write_tick
from compendium.charts.frame import subtitle
from compendium.charts.sheet import Sheet
from compendium.charts.words import percent, plural

_SIDE = 250.0
_MOST_DOTS = 12  # a curve of more points is a line
_MARKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def draw(sheet: Sheet, released: Released) -> str:
    """Share of places, fewest first, against their share of events."""
    frame = released.frame.sort_values("share_of_places")
    unit = plural(released.unit)
    subtitle(
        sheet, str(released.options.get("subtitle") or f"Share of all {unit} in a share of places, fewest {unit} first")
    )
    left, top = sheet.left + 34, sheet.y + 6
    side = sheet.right - 12 - left if sheet.narrow else _SIDE
    across, up = Scale(0, 1, left, left + side), Scale(0, 1, top + side, top)
    sheet.plot_area(left, top, left + side, top + side)
    for mark in _MARKS:
        sheet.line([(left, up(mark)), (left + side, up(mark))], theme.GRID, layer=1)
        words = write_tick(mark, _MARKS, as_percent=True)
        sheet.text(left - 6, up(mark) + 3.4, words, size=theme.SMALL, align="right", colour=theme.QUIET)
    places = [float(value) for value in frame["share_of_places"]]
    low, high = ([float(value) for value in frame[name]] for name in ("chance_low", "chance_high"))
    events = [float(value) for value in frame["share_of_events"]]
    band = [(across(x), up(y)) for x, y in zip(places, high, strict=True)]
    band += [(across(x), up(y)) for x, y in reversed(list(zip(places, low, strict=True)))]
    sheet.polygon(band, theme.SOFT, theme.MAIN, line=0.8, layer=2)
    sheet.line([(across(0), up(0)), (across(1), up(1))], theme.AXIS, 1.2, dash=True, layer=2.2)
    curve = [(across(x), up(y)) for x, y in zip(places, events, strict=True)]
    sheet.line(curve, theme.ACCENT, 2.2, layer=3)
    for x, y in curve if len(curve) <= _MOST_DOTS else ():
        sheet.circle(x, y, 3.6, theme.ACCENT, theme.GROUND)
    sheet.y = top + side
    under(sheet, across, _MARKS, as_percent=True, title="Share of places")
    outside = [
        share for share, y, under_, over in zip(places, events, low, high, strict=True) if not under_ <= y <= over
    ]
    inside = sum(0 < share < 1 for share in places) - len(outside)
    told = "outside the band of chance" if not inside else "in part outside the band of chance"
    told = told if outside else "within what chance gives"
    below = sheet.y + theme.SMALL * 3.4
    if sheet.narrow:
        below = _notes(sheet, sheet.left, below, f"The curve is {told}.")
    else:
        _notes(sheet, left + side + 18, top + 6, f"The curve is {told}.")
    sheet.y = below + theme.GAP
    steps = [
        f"{percent(x)} of places hold {percent(y)} of {unit} (by chance {percent(a)} to {percent(b)})"
        for x, y, a, b in zip(places, events, low, high, strict=True)
        if 0 < x < 1
    ]
    few = steps if len(steps) < _MOST_DOTS else [steps[len(steps) // 2], steps[len(steps) * 9 // 10]]
    shown = "; ".join(few[-2:])
    return f"The curve lies {told}." + (f" With the fewest {unit} first, {shown}." if shown else "")


def _notes(sheet: Sheet, x: float, y: float, words: str) -> float:
    """Words beside or below the plot, each after a piece of what it explains; gives the y below them."""
    width = sheet.right - x - 26
    sheet.line([(x, y + 8), (x + 18, y + 8)], theme.ACCENT, 2.2, layer=3)
    sheet.circle(x + 9, y + 8, 3.6, theme.ACCENT, theme.GROUND)
    y = sheet.paragraph(x + 26, y, "Observed", width, bold=True, colour=theme.ACCENT) + 8
    sheet.rect(x, y + 1, 18, 13, theme.SOFT, edge=theme.MAIN, line=0.8)
    y = sheet.paragraph(x + 26, y, "What chance alone gives, 95% of the time", width, colour=theme.MAIN) + 8
    sheet.line([(x, y + 8), (x + 18, y + 8)], theme.AXIS, 1.2, dash=True)
    y = sheet.paragraph(x + 26, y, "Every place alike", width, colour=theme.QUIET) + 12
    return sheet.paragraph(x, y, words, width + 26, bold=True)
