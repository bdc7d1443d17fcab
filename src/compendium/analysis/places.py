"""Where services are given, by area and by group of areas, without any that must not be found.

Refuges and other confidential services, children's homes and special schools have no place here: they are left out
before anything is counted, also when a file wrongly gives one a location (which `check` refuses).
"""

from __future__ import annotations

import re

import pandas as pd

from compendium.aggregate import CheckedTable, Counts, Dimension, TableGroup
from compendium.analysis.concentration import area_parents
from compendium.analysis.counting import categories, crossing
from compendium.analysis.services import RUNNING
from compendium.kept_secret import KEPT_SECRET

UNIT = "service at a location"
NO_AREA = "no_area"
ELSEWHERE = "Online, by phone or by post, or area not recorded"
PLACE = "physical"  # the kind of location that one can go to
KNOWN = "no"  # what `confidential` says of a service whose place may be known


def by_area(
    service_map: TableGroup, areas: CheckedTable, *, level: str, outlines: CheckedTable | None = None
) -> Counts:
    """Running services at the places where they are given, by area of `level`, in the order of their codes.

    A service at two places counts at each. What has no place to go to, or none within one area of that level, is
    counted apart (`no_area`). With `outlines` (`area_code`, `geometry`) real areas know their shape; invented ones
    never do.
    """
    places = service_map["service_at_location"]
    area = area_dimension(areas, level, outlines)
    if not (places.supplied and areas.supplied):
        return Counts(pd.DataFrame(columns=["area", "count"]), UNIT, (area,), places.origin)
    coded = pd.DataFrame({"area": categories(open_places(service_map, area), area)})
    return Counts(crossing(coded, (area,)), UNIT, (area,), places.origin)


def area_dimension(areas: CheckedTable, level: str, outlines: CheckedTable | None = None) -> Dimension:
    """The areas of one level, each holding those within it, and `no_area` for what lies in none of them."""
    rows = areas.frame
    here = rows[rows["level"] == level].sort_values("area_id", key=lambda codes: codes.map(_natural))
    labels = {str(area): str(name) for area, name in zip(here["area_id"], here["name"], strict=True)}
    parents = area_parents(rows, level)
    members = {area: tuple(part for part, above in parents.items() if above == area) for area in labels}
    return Dimension(
        "area",
        "Area",
        {**labels, NO_AREA: ELSEWHERE},
        "place",
        {**members, NO_AREA: (NO_AREA,)},
        missing=(NO_AREA,),
        area=True,
        outlines=_shapes(here, outlines),
    )


def _natural(code: str) -> tuple[tuple[int, str], ...]:
    """Z2 before Z10: areas stand in the order of their codes, whatever that of the table."""
    return tuple((int(part), "") if part.isdigit() else (-1, part.lower()) for part in re.split(r"(\d+)", code))


def _shapes(here: pd.DataFrame, outlines: CheckedTable | None) -> dict[str, str]:
    """The outline of every area, or none at all: half a map would pass for the whole."""
    if outlines is None or not outlines.supplied or (here["invented"] == "yes").any():
        return {}
    known = dict(zip(outlines.frame["area_code"], outlines.frame["geometry"], strict=True))
    codes = [str(code) for code in here["area_id"]]
    return {code: str(known[code]) for code in codes} if set(codes) <= set(known) else {}


def open_places(service_map: TableGroup, area: Dimension) -> pd.DataFrame:
    """A row a place at which a running service is given that may be found; `place` is an area's code or `no_area`."""
    services = service_map["services"].frame
    words = services["name"].fillna("") + " " + services["description"].fillna("")
    known = (services["confidential"] == KNOWN) & ~words.map(lambda said: bool(KEPT_SECRET.search(said)))
    shown = services.loc[(services["status"] == RUNNING) & known, "id"]
    places = service_map["service_at_location"].frame
    rows = places[places["service_id"].isin(shown)].merge(
        service_map["locations"].frame, left_on="location_id", right_on="id", how="left", suffixes=("", "_of_location")
    )
    within = {code for members in area.members.values() for code in members}
    found = (rows["location_type"] == PLACE) & rows["area_id"].isin(within)
    return rows.assign(place=rows["area_id"].where(found, NO_AREA))
