"""Outlines of areas: GeoJSON of official boundaries, checked, simplified and written small.

An outline is for drawing published figures of official areas. It is not a survey: neighbours may gap or overlap by
some metres.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import shapely
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.polygon import orient

from compendium.importers.files import json_of
from compendium.importers.reading import Reading, importer

# what ONS (`WD13CD`, `PFA20NM`) and those who pass its files on (`pfa20_code`) call code and name of an area
CODE_KEYS = re.compile(r"(?P<kind>LSOA|MSOA|WD|LAD|LTLA|CSP|PFA)(?P<year>\d\d)(?P<end>CD|_code)", re.IGNORECASE)
LEVELS = {"lsoa": "lsoa", "msoa": "msoa", "wd": "ward", "lad": "district", "ltla": "district", "csp": "csp"}
NAMED = {"ons_code": ("ons_code", "name", "ward", 2024)}  # a council's site, which passes the wards of 2024 on
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
    data = json_of(reading, path)
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
    """The properties that hold code and name, and the level and year which the code's property names."""
    first = features[0].get("properties") if isinstance(features[0], dict) else None
    properties = [str(key) for key in first] if isinstance(first, dict) else []
    found: list[tuple[str, str, str, int]] = [NAMED[key] for key in properties if key in NAMED]
    for key in properties:
        if parts := CODE_KEYS.fullmatch(key):
            name = key[: -len(parts["end"])] + {"CD": "NM", "cd": "nm"}.get(parts["end"], "_name")
            kind = parts["kind"].lower()
            found.append((key, name, LEVELS.get(kind, "force"), 2000 + int(parts["year"])))
    if not found:
        raise reading.stop("The first feature has no property with a code, such as LSOA11CD or pfa20_code.", row=1)
    for key in properties:
        if key not in found[0][:2]:
            reading.left_out[key] = "a property besides code and name"
    return found[0]


def _outline(reading: Reading, number: int, geometry: Any) -> MultiPolygon | None:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        reading.refuse(f"The geometry is {kind or 'missing'}, not a polygon.", row=number, column="geometry")
        return None
    try:
        found = shape(geometry)
    except (ValueError, TypeError, LookupError, shapely.errors.ShapelyError):
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
