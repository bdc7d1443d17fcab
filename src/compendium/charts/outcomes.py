"""What had come of cases by each month: bands that step up and fill the whole, and how many were still followed."""

from __future__ import annotations

from dataclasses import dataclass

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.axis import Scale, under
from compendium.charts.frame import nothing, subtitle
from compendium.charts.measure import wrap
from compendium.charts.sheet import Sheet
from compendium.charts.svg import Point
from compendium.charts.words import listed, number, percent, plural

NONE = "none"  # the code of those without an outcome so far
_HEIGHT = 220.0
_LABELS, _NARROW_LABELS = 158.0, 92.0  # to the right of the plot
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
_TOLD = (3, 6, 12)  # months that the words speak of


@dataclass(frozen=True)
class _Band:
    """An outcome: its share by each month (from month 0), as the table gives it."""

    label: str
    shares: tuple[float, ...]
    colour: str


def draw(sheet: Sheet, released: Released) -> str:
    """Bands from the ground up in the order of the table; those without outcome are what is left above them."""
    frame = released.frame
    if frame.empty:
        return nothing(sheet)
    months = sorted({int(month) for month in frame["month"]})
    followed = {int(month): int(n) for month, n in zip(frame["month"], frame["at_risk"], strict=True)}
    bands = _bands(released, months)
    unit = plural(released.unit)
    plain = f"Share of {unit} by what had come of them, whole months after the record"
    subtitle(sheet, str(released.options.get("subtitle") or plain))
    left, top = sheet.left + 40, sheet.y + 4
    across = Scale(0, months[-1], left, sheet.right - (_NARROW_LABELS if sheet.narrow else _LABELS))
    up = Scale(0, 1, top + _HEIGHT, top)
    sheet.plot_area(across.start, top, across.end, top + _HEIGHT)
    for share in _SHARES:
        sheet.line([(left, up(share)), (across.end, up(share))], theme.GRID, layer=1)
        sheet.text(left - 6, up(share) + 3.4, percent(share), size=theme.SMALL, align="right", colour=theme.QUIET)
    edge = tuple(0.0 for _ in (0, *months))
    ends = []
    for band in bands:
        over = tuple(a + b for a, b in zip(edge, band.shares, strict=True))
        outline = [*_steps(over, across, up), *reversed(_steps(edge, across, up))]
        sheet.polygon(outline, band.colour, theme.GROUND, line=0.8, layer=2)
        ends.append((band, (edge[-1] + over[-1]) / 2))
        edge = over
    rest = 1 - edge[-1]
    _name(sheet, across.end + 8, [(up(at), percent(b.shares[-1]), b.label, b.colour) for b, at in ends], up, rest)
    sheet.y = top + _HEIGHT
    marks = [mark for mark in range(0, months[-1] + 1) if mark % 3 == 0]
    under(sheet, across, [float(mark) for mark in marks], title="Months since the record")
    sheet.y += theme.SMALL * 3.6
    _still_followed(sheet, across, [mark for mark in marks if mark in followed] or months[:1], followed)
    return _words(unit, months, bands, followed)


def _bands(released: Released, months: list[int]) -> list[_Band]:
    frame, bands = released.frame, []
    colours = iter(theme.SERIES)
    for code in dict.fromkeys(frame["outcome"]):
        if code == NONE:
            continue
        rows = frame[frame["outcome"] == code]
        by_month = dict(zip(rows["month"], rows["incidence"], strict=True))
        shares = (0.0, *(float(by_month[month]) for month in months))
        bands.append(_Band(str(rows["outcome_label"].iloc[0]), shares, next(colours, theme.MAIN)))
    return bands


def _steps(shares: tuple[float, ...], across: Scale, up: Scale) -> list[Point]:
    """The corners of a curve that stays level until the month is over."""
    corners: list[Point] = [(across(0), up(shares[0]))]
    for month, share in enumerate(shares[1:], 1):
        corners += [(across(month), corners[-1][1]), (across(month), up(share))]
    return corners


def _name(sheet: Sheet, x: float, ends: list[tuple[float, str, str, str]], up: Scale, rest: float) -> None:
    """Labels beside the ends of the bands, moved apart where they would meet; the last is what is left."""
    labels = [*ends, (up(1 - rest / 2), percent(rest), "No outcome (open, or record withdrawn)", theme.QUIET)]
    width, line = sheet.right - x, theme.SMALL * theme.LEADING
    blocks = [(y, wrap(f"{share} {label}", width, theme.SMALL, most=6), colour) for y, share, label, colour in labels]
    floor = up(0) + 4  # the lowest that a block may end
    placed = []
    for y, lines, colour in blocks:
        height = len(lines) * line
        start = min(y - height / 2, floor - height)
        placed.append((start, lines, colour))
        floor = start - 3
    overflow = max(0.0, up(1) - 4 - placed[-1][0]) if placed else 0.0
    for start, lines, colour in placed:
        sheet.paragraph(
            x, start + overflow, " ".join(lines), width, size=theme.SMALL, colour=theme.words_in(colour), most=6
        )
    sheet.y = max(sheet.y, up(0) + overflow)


def _still_followed(sheet: Sheet, across: Scale, marks: list[int], followed: dict[int, int]) -> None:
    """The row under the axis: how many the shares of a month rest on."""
    words = "Without outcome and followed until then (about):"
    below = sheet.paragraph(sheet.left, sheet.y, words, sheet.right - sheet.left, size=theme.SMALL, colour=theme.QUIET)
    y = below + theme.SMALL
    for month in marks:
        sheet.text(across(month), y, number(followed[month]), size=theme.SMALL, align="center", bold=True)
    sheet.y = y + theme.GAP


def _words(unit: str, months: list[int], bands: list[_Band], followed: dict[int, int]) -> str:
    def any_outcome(month: int) -> str:
        return percent(sum(band.shares[months.index(month) + 1] for band in bands))

    told = [f"{any_outcome(month)} within {month} months" for month in _TOLD if month in months]
    last = months[-1]
    ends = "; ".join(f"{percent(band.shares[-1])} {band.label}" for band in bands)
    return (
        f"About {number(followed[months[0]])} {unit} were followed. With an outcome: {listed(told)}. "
        f"By month {last}: {ends}; {percent(1 - sum(band.shares[-1] for band in bands))} no outcome."
    )
