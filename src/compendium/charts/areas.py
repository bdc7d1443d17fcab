"""Counts by area: real outlines for public figures only, tiles for invented areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, cos, radians, sqrt
from typing import Any

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.frame import nothing, subtitle
from compendium.charts.sheet import Sheet
from compendium.charts.words import decimal, how_many_hidden, known, margin, number, plural, text, total
from compendium.errors import DisclosureRefused, UnknownName

_TALLEST = 380.0
_TILE = 74.0


def draw_tiles(sheet: Sheet, released: Released) -> str:
    """A tile an area in the order of its categories; option `columns` says how many stand side by side."""
    areas = [dimension for dimension in released.dimensions if dimension.area] or list(released.dimensions)
    values = {key[0]: count for key, count in margin(released, areas[:1]).items()}
    codes = [code for code in areas[0].categories if code in values] if areas else []
    if not codes:
        return nothing(sheet)
    whole = total(released)
    end = f", {number(whole)} in all" if whole is not None else ""
    words = f"Number of {plural(released.unit)} in each area{end}. Tiles are not a map"
    subtitle(sheet, str(released.options.get("subtitle") or words))
    across = int(released.options.get("columns") or min(6, ceil(sqrt(len(codes)))))
    size = min(_TILE, (sheet.right - sheet.left) / across)
    top, most = sheet.y, max([count for count in values.values() if count is not None], default=0)
    for at, code in enumerate(codes):
        x, y = sheet.left + (at % across) * size, top + (at // across) * size * 0.72
        _tile(sheet, x, y, size, (areas[0].categories[code], values[code], most))
    sheet.y = top + ceil(len(codes) / across) * size * 0.72
    sheet.plot_area(sheet.left, top, sheet.right, sheet.y)
    sheet.y += theme.GAP
    return _alt_tiles(released, codes, values)


def _tile(sheet: Sheet, x: float, y: float, size: float, content: tuple[str, int | None, int]) -> None:
    label, count, most = content
    width, height = size - 4, size * 0.72 - 4
    if count is None:
        sheet.hidden(x, y, width, height)
        sheet.rect(x + 3, y + 4, width - 6, height - 8, theme.HIDDEN, layer=4)
    else:
        sheet.rect(x, y, width, height, theme.TINTS[_class(count, most)], edge=theme.MAIN, line=0.8)
    dark = count is not None and _class(count, most) >= theme.TINTS_DARK
    ink = theme.GROUND if dark else theme.INK
    middle = x + width / 2
    sheet.centred(middle, y + height * 0.3, label, width - 8, align="center", size=theme.SMALL, colour=ink, most=1)
    sheet.text(middle, y + height * 0.78, number(count), align="center", bold=count is not None, colour=ink)


def _class(count: float, most: float) -> int:
    return min(len(theme.TINTS) - 1, int(count / most * len(theme.TINTS))) if most > 0 else 0


def _alt_tiles(released: Released, codes: Sequence[str], values: Mapping[str, int | None]) -> str:
    """No ranking of areas: how many there are and how many show a number."""
    shown = [code for code in codes if values[code] is not None]
    whole = total(released)
    start = f"{number(whole)} {plural(released.unit)} in all; " if whole is not None else ""
    hidden = how_many_hidden(len(codes) - len(shown), "area")
    return f"{start}{len(shown)} of {len(codes)} areas show a number.{hidden}"


def draw_map(sheet: Sheet, released: Released) -> str:
    """Real areas, for public and real figures only.

    Options: `outlines`, a list of `{"id", "label", "rings": [[[lon, lat], …], …]}` (holes as further rings are not
    cut out); `area` and `value`, the columns of a statistic; `value_title` words; `decimals` of the values.
    """
    if released.origin.sensitivity != "public" or released.origin.provenance != "real":
        raise DisclosureRefused(
            f"{released.name}: only public, real figures are drawn on real outlines.", "Use the chart tile_grid."
        )
    outlines = released.options.get("outlines") or []
    values = _values(released)
    if not outlines or not values:
        return nothing(sheet)
    title = str(released.options.get("value_title") or f"Number of {plural(released.unit)}")
    subtitle(sheet, str(released.options.get("subtitle") or title))
    found = [float(value) for value in values.values() if known(value)]
    low, high = min(found), max(found)
    place = _projection(sheet, outlines)
    top = sheet.y
    for outline in outlines:
        value = values.get(str(outline["id"]))
        fill = theme.TINTS[_class(float(value) - low, high - low)] if known(value) else theme.HIDDEN  # type: ignore[arg-type]
        for ring in outline["rings"]:
            sheet.polygon([place(point) for point in ring], fill, theme.GROUND, line=0.7)
    bottom = max(place(point)[1] for outline in outlines for ring in outline["rings"] for point in ring)
    places = int(released.options.get("decimals", 0))
    east = max(place(point)[0] for outline in outlines for ring in outline["rings"] for point in ring)
    _classes(sheet, (east + 30, top), (low, high), places)
    sheet.y = max(bottom, top + 120) + theme.GAP
    words = f"{len(outlines)} areas, from {decimal(low, places)} to {decimal(high, places)}."
    missing = sum(not known(values.get(str(outline["id"]))) for outline in outlines)
    return f"{title}: {words}" + (f" Without a figure: {missing}." if missing else "")


def _values(released: Released) -> dict[str, Any]:
    if released.kind == "counts":
        areas = [dimension for dimension in released.dimensions if dimension.area] or list(released.dimensions)
        return {key[0]: count for key, count in margin(released, areas[:1]).items()}
    area, value = str(released.options.get("area", "area_code")), str(released.options.get("value", "value"))
    if not {area, value} <= set(released.frame.columns):
        raise UnknownName(f"{released.name}: the map needs the columns {area} and {value}.")
    return {text(code): number_ for code, number_ in zip(released.frame[area], released.frame[value], strict=True)}


class _Projection:
    """Longitude and latitude to points: a district is small enough for one scale each way."""

    def __init__(self, points: Sequence[Sequence[float]], corner: tuple[float, float], width: float) -> None:
        xs, ys = [point[0] for point in points], [point[1] for point in points]
        self.west, self.north = min(xs), max(ys)
        self.squeeze = cos(radians((min(ys) + max(ys)) / 2))
        tall, wide = max(ys) - min(ys), (max(xs) - min(xs)) * self.squeeze
        self.scale = min(width / wide, _TALLEST / tall)
        self.corner = corner

    def __call__(self, point: Sequence[float]) -> tuple[float, float]:
        x = self.corner[0] + (point[0] - self.west) * self.squeeze * self.scale
        return x, self.corner[1] + (self.north - point[1]) * self.scale


def _projection(sheet: Sheet, outlines: Sequence[Mapping[str, Any]]) -> _Projection:
    points = [point for outline in outlines for ring in outline["rings"] for point in ring]
    return _Projection(points, (sheet.left, sheet.y), (sheet.right - sheet.left) * 0.66)


def _classes(sheet: Sheet, corner: tuple[float, float], ends_of: tuple[float, float], places: int) -> None:
    """What each tint stands for, as words beside a swatch."""
    (x, y), (low, high) = corner, ends_of
    y += 4
    step = (high - low) / len(theme.TINTS)
    for at, tint in enumerate(theme.TINTS):
        sheet.rect(x, y, 20, 14, tint, edge=theme.MAIN, line=0.8)
        ends = f"{decimal(low + at * step, places)} to {decimal(low + (at + 1) * step, places)}"
        sheet.text(x + 27, y + 11, ends)
        y += 21
    sheet.rect(x, y, 20, 14, theme.HIDDEN, edge=theme.HIDDEN_EDGE, line=0.8)
    sheet.text(x + 27, y + 11, "no figure")
