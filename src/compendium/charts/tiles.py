"""Counts by area on a grid of tiles: for invented areas, and where nothing may stand on a real map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from compendium.aggregate import Dimension, Released
from compendium.charts import theme
from compendium.charts.frame import nothing, subtitle
from compendium.charts.measure import width_of
from compendium.charts.sheet import Sheet
from compendium.charts.words import how_many_hidden, margin, number, plural, total

_TILE = 80.0
_FLAT, _NARROW_FLAT = 0.72, 0.9  # height of a tile, of its width
NONE_SHOWN = "None, or hidden"


@dataclass(frozen=True)
class Step:
    """A tint and the counts from `low` to `high` that have it."""

    low: int
    high: int
    tint: str

    @property
    def label(self) -> str:
        return number(self.low) if self.low == self.high else f"{number(self.low)} to {number(self.high)}"

    def holds(self, count: int | None) -> bool:
        return count is not None and self.low <= count <= self.high


def areas_of(released: Released) -> tuple[Dimension, dict[str, int | None]]:
    """The dimension of areas, and the released count of each in the order of its categories; missing ones left out."""
    area = next((one for one in released.dimensions if one.area), released.dimensions[0])
    counts = {key[0]: count for key, count in margin(released, [area]).items()}
    return area, {code: counts[code] for code in area.categories if code in counts and code not in area.missing}


def steps(values: Mapping[str, int | None]) -> list[Step]:
    """At most four classes of equal width from one to the largest count that is shown, light to dark; none for zero."""
    most = max([count for count in values.values() if count], default=0)
    width = max(1, ceil(most / len(theme.TINTS)))
    lows = range(1, most + 1, width)
    return [Step(low, min(low + width - 1, most), tint) for low, tint in zip(lows, theme.TINTS, strict=False)]


def told(released: Released, words: str) -> str:
    """The line under the title: what is counted, how many in all, and how many lie in no area."""
    area, _ = areas_of(released)
    whole = total(released)
    end = f", {number(whole)} in all" if whole is not None else ""
    lost = [f"{area.categories[code]}: {number(released.count(**{area.name: code}))}." for code in area.missing]
    return str(released.options.get("subtitle") or " ".join([f"{words}{end}.", *lost]))


def _across(areas: int, *, narrow: bool) -> int:
    """Four to seven tiles side by side, three to five on a narrow sheet: as leaves the fewest places empty."""
    return areas if areas <= 3 else min(range(5, 2, -1) if narrow else range(7, 3, -1), key=lambda n: -areas % n)


def draw_tiles(sheet: Sheet, released: Released) -> str:
    """A tile an area in the order of its categories; option `columns` says how many stand side by side."""
    if not released.dimensions:
        return nothing(sheet)
    area, values = areas_of(released)
    if not values:
        return nothing(sheet)
    subtitle(sheet, told(released, f"Tiles, not a map: number of {plural(released.unit)} in each area"))
    across = int(released.options.get("columns") or _across(len(values), narrow=sheet.narrow))
    widest = max(width_of(number(count), bold=True) for count in values.values()) + 12
    across = max(1, min(across, 5 if sheet.narrow else across, int((sheet.right - sheet.left) / widest)))
    size = min(max(_TILE, widest), (sheet.right - sheet.left) / across)
    tall = size * (_NARROW_FLAT if sheet.narrow else _FLAT)
    top, classes = sheet.y, steps(values)
    for at, (code, count) in enumerate(values.items()):
        corner = (sheet.left + (at % across) * size, top + (at // across) * tall)
        step = next((step for step in classes if step.holds(count)), None)
        _tile(sheet, corner, (size - 4, tall - 4), (area.categories[code], count, step))
    sheet.y = top + ceil(len(values) / across) * tall
    sheet.plot_area(sheet.left, top, sheet.right, sheet.y)
    sheet.y += theme.GAP
    _legend(sheet, classes, neutral=any(not count for count in values.values()))
    return said_of_areas(released, values)


def said_of_areas(released: Released, values: Mapping[str, int | None]) -> str:
    """No ranking of areas: how many there are, how many show a number, how many have none."""
    shown = [count for count in values.values() if count is not None]
    whole = total(released)
    start = f"{number(whole)} {plural(released.unit)} in all; " if whole is not None else ""
    empty = shown.count(0)
    none = f" In {empty} of them there is none." if empty else ""
    hidden = how_many_hidden(len(values) - len(shown), "area")
    return f"{start}{len(shown)} of {len(values)} areas show a number.{none}{hidden}"


def _tile(
    sheet: Sheet,
    corner: tuple[float, float],
    size: tuple[float, float],
    content: tuple[str, int | None, Step | None],
) -> None:
    (x, y), (width, height), (label, count, step) = corner, size, content
    if count is None:
        sheet.hidden(x, y, width, height)
        sheet.rect(x + 3, y + 4, width - 6, height - 8, theme.HIDDEN, layer=4)
    elif step is None:
        sheet.rect(x, y, width, height, theme.HIDDEN, edge=theme.HIDDEN_EDGE, line=0.8)
    else:
        sheet.rect(x, y, width, height, step.tint, edge=theme.MAIN, line=0.8)
    ink = theme.GROUND if step and step.tint in theme.TINTS[theme.TINTS_DARK :] else theme.INK
    middle = x + width / 2
    sheet.centred(middle, y + height * 0.32, label, width - 6, align="center", size=theme.SMALL, colour=ink, most=2)
    sheet.text(middle, y + height - 7, number(count), align="center", bold=count is not None, colour=ink)


def _legend(sheet: Sheet, classes: list[Step], *, neutral: bool) -> None:
    """What each tint stands for, from none to most, in a line that wraps."""
    entries = [(theme.HIDDEN, theme.HIDDEN_EDGE, NONE_SHOWN)] if neutral else []
    entries += [(step.tint, theme.MAIN, step.label) for step in classes]
    x = sheet.left
    for tint, edge, label in entries:
        wide = 24 + width_of(label, theme.SMALL) + 18
        if x + wide > sheet.right and x > sheet.left:
            x, sheet.y = sheet.left, sheet.y + theme.ROW
        sheet.rect(x, sheet.y, 18, 13, tint, edge=edge, line=0.8)
        sheet.text(x + 24, sheet.y + 10, label, size=theme.SMALL)
        x += wide
    sheet.y += theme.ROW
