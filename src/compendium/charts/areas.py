"""Real areas on their outlines: published figures, and counts of services. Persons and invented records never."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

import shapely

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.frame import nothing, subtitle
from compendium.charts.sheet import Sheet
from compendium.charts.tiles import NONE_SHOWN, Step, areas_of, draw_tiles, said_of_areas, steps, told
from compendium.charts.words import decimal, known, number, plural, text
from compendium.errors import DisclosureRefused, UnknownName

# Classes that several maps share, by the name an option may give; darkest first.
NAMED_CLASSES: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "tenths of deprivation": (
        {"label": "Tenth 1, the most deprived", "from": 1, "to": 1},
        {"label": "Tenths 2 and 3", "from": 2, "to": 3},
        {"label": "Tenths 4 and 5", "from": 4, "to": 5},
        {"label": "Tenths 6 to 10, less deprived", "from": 6, "to": 10},
    )
}
_TALLEST = 380.0
_LEGEND = 110.0  # narrow and close to the map: a telephone shows both
Ring = list[Sequence[float]]


@dataclass(frozen=True)
class _Class:
    """A tint of a map, what it stands for, and the values from `low` to `high` (inclusive) that have it."""

    label: str
    low: float
    high: float
    tint: str


def draw_map(sheet: Sheet, released: Released) -> str:
    """Real areas, for public and real figures only.

    A statistic with an `outline` for each row, as well-known text in degrees (holes are not cut out). Options:
    `value`, the column that is drawn; `value_title` words; `classes`, a list of `{"label", "from", "to"}` whose first
    has the darkest tint (without it: four equal steps, the lowest value lightest); `decimals` of those steps. The alt
    text counts areas by class and names none.
    """
    if released.origin.sensitivity != "public" or released.origin.provenance != "real":
        raise DisclosureRefused(
            f"{released.name}: only public, real figures are drawn on real outlines.", "Use the chart tile_grid."
        )
    values = _values(released)
    if not any(known(value) and rings for value, rings in values):
        return nothing(sheet)
    classes = _classes(released, [float(value) for value, _ in values if known(value)])
    title = str(released.options.get("value_title") or f"Number of {plural(released.unit)}")
    subtitle(sheet, str(released.options.get("subtitle") or title))
    drawn = [(_class_of(value, classes), rings) for value, rings in values]
    top = sheet.y
    tinted = [(found.tint if found else theme.GROUND, rings) for found, rings in drawn if rings]
    east, bottom = _draw_areas(sheet, tinted)
    counted = [(one.tint, one.label, sum(found is one for found, _ in drawn)) for one in classes]
    lacking = [
        (theme.GROUND, "No figure", sum(found is None for found, _ in drawn)),
        ("none", "No outline, not drawn", sum(not rings for _, rings in drawn)),
    ]
    counted += [entry for entry in lacking if entry[-1]]
    _beside(sheet, (east, bottom), top, counted)
    (_, first, count), *rest = counted
    words = [f"{first}: {count} of {len(values)} areas", *(f"{label}: {count}" for _, label, count in rest)]
    return f"{title}. {'. '.join(words)}."


def draw_counts(sheet: Sheet, released: Released) -> str:
    """Counts by area: on the outlines of real areas when they know them, on a grid of tiles otherwise.

    Only public figures and counts of real services stand on outlines; persons and invented records on tiles.
    """
    area, values = areas_of(released)
    real = released.origin.provenance == "real"
    if not values or not area.outlines or not real or _counts_persons(released):
        return draw_tiles(sheet, released)
    subtitle(sheet, told(released, f"Number of {plural(released.unit)} in each area"))
    classes = steps(values)
    shapes = {code: _rings(area.outlines[code]) for code in values}
    drawn = [(_tint(values[code], classes), rings) for code, rings in shapes.items() if rings]
    top = sheet.y
    east, bottom = _draw_areas(sheet, drawn)
    entries = [(step.tint, step.label, sum(step.holds(count) for count in values.values())) for step in classes[::-1]]
    entries.append((theme.HIDDEN, NONE_SHOWN, sum(not count for count in values.values())))
    _beside(sheet, (east, bottom), top, [entry for entry in entries if entry[-1]])
    return said_of_areas(released, values)


def _counts_persons(released: Released) -> bool:
    return released.origin.sensitivity != "public" and released.origin.units != "services"


def _tint(count: int | None, classes: Sequence[Step]) -> str:
    return next((step.tint for step in classes if step.holds(count)), theme.HIDDEN)


def _values(released: Released) -> list[tuple[Any, list[Ring]]]:
    """Each area's value and the outer rings of its outline; no rings where it has none."""
    value = str(released.options.get("value", "value"))
    if absent := {value, "outline"} - set(released.frame.columns):
        raise UnknownName(f"{released.name}: the map needs the columns {', '.join(sorted(absent))}.")
    rows = released.frame
    return [(found, _rings(text(outline))) for found, outline in zip(rows[value], rows["outline"], strict=True)]


def _rings(outline: str) -> list[Ring]:
    parts = shapely.get_parts(shapely.from_wkt(outline, on_invalid="ignore")) if outline else ()
    return [list(part.exterior.coords) for part in parts]


def _classes(released: Released, found: Sequence[float]) -> list[_Class]:
    """The declared classes, dark to light, or equal steps between the lowest and the highest value, light to dark."""
    declared = released.options.get("classes") or []
    declared = NAMED_CLASSES[declared] if isinstance(declared, str) else declared
    if len(declared) > len(theme.TINTS):
        raise UnknownName(f"{released.name}: a map has at most {len(theme.TINTS)} classes, not {len(declared)}.")
    if declared:
        tints = theme.TINTS[::-1]
        classes = [
            _Class(str(one["label"]), float(one["from"]), float(one["to"]), tints[at])
            for at, one in enumerate(declared)
        ]
        if without := sum(_class_of(value, classes) is None for value in found):
            raise UnknownName(f"{released.name}: {without} values lie in no class of the map.")
        return classes
    low, places = min(found), int(released.options.get("decimals", 0))
    step = (max(found) - low) / len(theme.TINTS)
    ends = [(low + at * step, low + (at + 1) * step) for at in range(len(theme.TINTS))]
    return [
        _Class(f"{decimal(first, places)} to {decimal(last, places)}", first, last, tint)
        for (first, last), tint in zip(ends, theme.TINTS, strict=True)
    ]


def _class_of(value: object, classes: Sequence[_Class]) -> _Class | None:
    if not known(value):
        return None
    return next((one for one in classes if one.low <= float(value) <= one.high + 1e-9), None)  # type: ignore[arg-type]


def _draw_areas(sheet: Sheet, drawn: Sequence[tuple[str, list[Ring]]]) -> tuple[float, float]:
    """Every area in its tint, inside a dark line that shows the coast beside a light tint; gives east and bottom."""
    place = _Projection([point for _, rings in drawn for ring in rings for point in ring], sheet)
    east = bottom = 0.0
    for tint, rings in drawn:
        for ring in rings:
            points = [place(point) for point in ring]
            sheet.polygon(points, theme.MAIN, theme.MAIN, line=1.8, layer=3)
            sheet.polygon(points, tint, theme.GROUND, line=0.7)
            east, bottom = max(east, *(x for x, _ in points)), max(bottom, *(y for _, y in points))
    return east, bottom


class _Projection:
    """Longitude and latitude to points: a district is small enough for one scale each way."""

    def __init__(self, points: Sequence[Sequence[float]], sheet: Sheet) -> None:
        xs, ys = [point[0] for point in points], [point[1] for point in points]
        self.west, self.north = min(xs), max(ys)
        self.squeeze = cos(radians((min(ys) + max(ys)) / 2))
        tall, wide = max(ys) - min(ys), (max(xs) - min(xs)) * self.squeeze
        share = 1.0 if sheet.narrow else 0.6
        self.scale = min((sheet.right - sheet.left) * share / wide, _TALLEST / tall)
        self.corner = (sheet.left, sheet.y)

    def __call__(self, point: Sequence[float]) -> tuple[float, float]:
        x = self.corner[0] + (point[0] - self.west) * self.squeeze * self.scale
        return x, self.corner[1] + (self.north - point[1]) * self.scale


def _beside(sheet: Sheet, corner: tuple[float, float], top: float, entries: Sequence[tuple[str, str, int]]) -> None:
    """The legend to the right of a map, or below it where that leaves too little room for words."""
    east, bottom = corner
    if sheet.narrow:
        sheet.y = _legend(sheet, (sheet.left, bottom + 14), entries) + theme.GAP
    else:
        sheet.y = max(bottom, _legend(sheet, (east + 16, top), entries)) + theme.GAP


def _legend(sheet: Sheet, corner: tuple[float, float], entries: Sequence[tuple[str, str, int]]) -> float:
    """What each tint stands for and how many areas have it, in words beside a swatch; gives the height below."""
    x, y = corner
    left, width = x + 30, sheet.right - x - 30 if sheet.narrow else min(_LEGEND, sheet.right - x - 30)
    for tint, label, count in entries:
        if tint != "none":
            sheet.rect(x, y, 22, 22, tint, edge=theme.MAIN, line=0.8)
        areas = "1 area" if count == 1 else f"{number(count)} areas"
        below = sheet.paragraph(left, y - 2, label, width, most=3)
        y = sheet.paragraph(left, below, areas, width, size=theme.SMALL, colour=theme.QUIET) + 8
    return y
