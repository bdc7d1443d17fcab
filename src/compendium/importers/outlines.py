"""Outlines of areas: GeoJSON of official boundaries, checked, simplified and written small.

An outline is for drawing published figures of official areas. It is not a survey: neighbours may gap or overlap by
some metres.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import shapely
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.polygon import orient

from compendium.importers.reading import Reading, importer, text_of

# (key of the code, key of the name, level, vintage), by what ONS and those who pass its files on call them
KEYS = (
    ("lsoa11_code", "lsoa11_name", "lsoa", 2011),
    ("WD13CD", "WD13NM", "ward", 2013),
    ("ons_code", "name", "ward", 2024),
    ("pfa20_code", "pfa20_name", "force", 2020),
)
GRID = 1e-5  # degrees, about a metre: coordinates are rounded to it
MOST_POINTS = 5_000  # above it the outlines are simplified
TOLERANCE = 5e-3  # degrees, about 400 m: for outlines of whole police forces
WEST, SOUTH, EAST, NORTH = -9.0, 49.0, 3.0, 61.5  # around Great Britain and Northern Ireland
LONGITUDE_FIRST = ("CRS84", "4326")
COLUMNS = ["area_code", "area_name", "level", "vintage", "geometry"]


@importer
def area_outlines(reading: Reading, path: Path) -> pd.DataFrame:
    """Boundaries in longitude and latitude as outlines: a row a feature.

    Columns: `area_code`, `area_name`, `level`, `vintage`, `geometry` (a valid MultiPolygon in degrees, longitude
    first). Refused, with the number of the feature as row: other kinds of geometry, lines that cross themselves,
    latitude first, points outside the United Kingdom, other coordinate systems, codes missing or twice.
    """
    features = _features(reading, path)
    keys = _keys(reading, features)
    records: list[tuple[object, ...]] = []
    seen: set[str] = set()
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict) or not properties.get(keys[0]):
            reading.refuse("The feature has no code.", row=number, column=keys[0])
            continue
        code = str(properties[keys[0]])
        if code in seen:
            reading.refuse(f"{code[:20]} stands in the file more than once.", row=number, column=keys[0])
        seen.add(code)
        outline = _outline(reading, number, feature.get("geometry"))
        if outline is not None:
            records.append((code, str(properties.get(keys[1]) or ""), keys[2], keys[3], outline))
    table = pd.DataFrame(records, columns=COLUMNS).sort_values("area_code", ignore_index=True)
    return _simplified(table)


def _features(reading: Reading, path: Path) -> list[Any]:
    try:
        data = json.loads(text_of(reading, path))
    except json.JSONDecodeError as error:
        raise reading.stop(f"This is not JSON: {error.msg}.", "Fetch the file again.", row=error.lineno) from error
    except RecursionError as error:
        raise reading.stop("The JSON is nested too deeply.", "Is this a GeoJSON file?") from error
    if (
        not isinstance(data, dict)
        or data.get("type") != "FeatureCollection"
        or not isinstance(data.get("features"), list)
    ):
        raise reading.stop("This is not a GeoJSON FeatureCollection.", "Fetch the boundaries as GeoJSON.")
    system = json.dumps(data.get("crs", "CRS84"))
    if not any(known in system for known in LONGITUDE_FIRST):
        raise reading.stop("The coordinates are not longitude and latitude.", "Fetch them in WGS 84.", column="crs")
    if not data["features"]:
        raise reading.stop("The file has no features.", "Fetch it again.")
    return data["features"]


def _keys(reading: Reading, features: list[Any]) -> tuple[str, str, str, int]:
    first = features[0].get("properties") if isinstance(features[0], dict) else None
    for keys in KEYS:
        if isinstance(first, dict) and keys[0] in first:
            return keys
    raise reading.stop(f"The first feature has none of the codes {', '.join(keys[0] for keys in KEYS)}.", row=1)


def _outline(reading: Reading, number: int, geometry: Any) -> MultiPolygon | None:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        reading.refuse(f"The geometry is {kind or 'missing'}, not a polygon.", row=number, column="geometry")
        return None
    try:
        found = shape(geometry)
    except (ValueError, TypeError, IndexError, shapely.errors.ShapelyError):
        reading.refuse("The coordinates can't be read as a polygon.", row=number, column="geometry")
        return None
    if found.is_empty or not shapely.is_valid(found):
        reading.refuse(f"{shapely.is_valid_reason(found)[:60]}.", row=number, column="geometry")
        return None
    west, south, east, north = found.bounds
    if not (WEST <= west <= east <= EAST and SOUTH <= south <= north <= NORTH):
        swapped = WEST <= south <= EAST and SOUTH <= west <= NORTH
        hint = (
            "Latitude seems to stand first; longitude must." if swapped else "A point lies outside the United Kingdom."
        )
        reading.refuse(hint, row=number, column="geometry")
        return None
    return _rounded(found)


def _rounded(outline: Polygon | MultiPolygon) -> MultiPolygon:
    snapped = shapely.set_precision(outline, GRID)
    parts = snapped.geoms if isinstance(snapped, MultiPolygon) else [snapped]
    return MultiPolygon([orient(part) for part in parts])


def _simplified(table: pd.DataFrame) -> pd.DataFrame:
    """Fewer points where there are many; an outline that would vanish or cross itself is left as it is."""
    if sum(shapely.get_num_coordinates(outline) for outline in table["geometry"]) <= MOST_POINTS:
        return table
    simpler = []
    for outline in table["geometry"]:
        candidate = outline.simplify(TOLERANCE, preserve_topology=True)
        usable = not candidate.is_empty and candidate.is_valid
        simpler.append(_rounded(candidate) if usable else outline)
    return table.assign(geometry=simpler)


def as_text(outlines: pd.DataFrame) -> pd.DataFrame:
    """The outlines with `geometry` as well-known text (OGC 06-103r4): MULTIPOLYGON in degrees, longitude first."""
    return outlines.assign(geometry=[shapely.to_wkt(outline, rounding_precision=5) for outline in outlines["geometry"]])
