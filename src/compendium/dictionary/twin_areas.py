"""Invented areas and the children in them. No code, name, number or shape of a real place."""

from __future__ import annotations

import pandas as pd

from compendium.dictionary.twin_draw import Draw, apportion
from compendium.dictionary.twin_parameters import Parameters
from compendium.errors import UnknownName, nearest

THIRDS = {"T1": "North third", "T2": "Central third", "T3": "South third"}
ZONES_A_THIRD, PARTS_IN_ALL = 7, 94
DISTRICTS = 6
WHOLE = "A00"
LEVELS = ("zone", "district")


def make_areas(locality_id: str, parameters: Parameters, area_level: str, draw: Draw) -> dict[str, pd.DataFrame]:
    """`areas` and `area_population`: 21 zones in three thirds, or six districts. Raises `UnknownName`."""
    if area_level not in LEVELS:
        raise UnknownName(f"The twin has no invented areas of level {area_level}.", nearest(area_level, LEVELS))
    areas = _zones() if area_level == "zone" else _districts()
    counted = [area["area_id"] for area in areas if area["level"] == area_level]
    return {"areas": pd.DataFrame(areas), "area_population": _population(locality_id, parameters, counted, draw)}


def make_area_groups(parameters: Parameters, counted: list[str], draw: Draw) -> pd.DataFrame:
    """`area_groups`: the counted areas dealt out by chance to groups of equal size, in the order of their codes."""
    number = int(parameters["areas.deprivation_groups"])
    sizes = apportion({str(group): 1.0 for group in range(1, number + 1)}, len(counted))
    groups = draw.shuffled([group for group, size in sizes.items() for _ in range(size)])
    rows = zip(sorted(counted), groups, strict=True)
    return pd.DataFrame([{"area_id": area, "deprivation_group": group, "edition": "invented"} for area, group in rows])


def _row(area_id: str, name: str, level: str, parent_id: str) -> dict[str, str]:
    return {"area_id": area_id, "name": name, "level": level, "parent_id": parent_id, "invented": "yes"}


def _zones() -> list[dict[str, str]]:
    rows = [_row(WHOLE, "Whole locality", "locality", "")]
    rows += [_row(code, name, "third", WHOLE) for code, name in THIRDS.items()]
    zones = [(f"Z{number:02d}", list(THIRDS)[(number - 1) // ZONES_A_THIRD]) for number in range(1, 22)]
    rows += [_row(code, f"Zone {code[1:]}", "zone", third) for code, third in zones]
    parts = apportion({code: 1.0 for code, _ in zones}, PARTS_IN_ALL)
    for code, _ in zones:
        letters = "abcdefg"[: parts[code]]
        rows += [_row(f"{code}{letter}", f"Zone {code[1:]}{letter}", "sub_zone", code) for letter in letters]
    return rows


def _districts() -> list[dict[str, str]]:
    rows = [_row(WHOLE, "Whole locality", "locality", "")]
    numbers = range(1, DISTRICTS + 1)
    return rows + [_row(f"B{number:02d}", f"District {number}", "district", WHOLE) for number in numbers]


def _population(locality_id: str, parameters: Parameters, counted: list[str], draw: Draw) -> pd.DataFrame:
    """Children by area and age band: sizes of areas vary; each band adds up to its total."""
    low, high = parameters["areas.size_range"]
    sizes = {area: draw.uniform(low, high) for area in counted}
    bands = parameters["areas.children"]
    elsewhere = parameters["areas.children_elsewhere"].get(locality_id)
    totals = apportion(bands, elsewhere) if elsewhere else bands
    shares = {band: apportion(sizes, number) for band, number in totals.items()}
    rows = [{"area_id": area, "age_band": band, "persons": shares[band][area]} for area in counted for band in totals]
    return pd.DataFrame(rows)
