"""An Open Referral export comes into a locality: four tables of the service map, and the ids as published beside them.

`planned` reads, turns and checks; `carry_out` writes everything or nothing. Codes of services stay the same from one
import to the next, because coverage and referrals of the map are entered by code.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import shapely

from compendium.dictionary import Dictionaries
from compendium.errors import InputRefused, Problem
from compendium.importers.carry_over import as_csv
from compendium.importers.open_referral.service_map import CLASSES, TABLES, AreaOf, service_map
from compendium.importers.together import refuse_what_breaks
from compendium.locality import FILE, Locality, Provenance
from compendium.locality.naming import with_sources
from compendium.together import write_together

NAME = "open-referral"
TITLE = "Services in the Human Services Data Specification 3.0 or Open Referral UK, as CSV or JSON"
EXAMPLE = "a folder or .zip of CSV tables, datapackage.json, or a list of services as JSON"
IDS = "service_ids.csv"  # code in the map, id as published: beside the tables, never released
FOLDER = "data/services"
REST = ("service_coverage", "referrals")  # tables of the map that no export holds: entered by hand


@dataclass(frozen=True, repr=False)
class Plan:
    """What an import of services would write, and what a person should know before."""

    files: Mapping[Path, str]  # empty when everything is there already
    provenance: Provenance
    counts: Mapping[str, int]
    left_out: Mapping[str, str]
    remarks: tuple[Problem, ...]
    to_enter: tuple[str, ...]  # tables that are still to be entered by hand
    room: Path  # the private folder of the locality


def planned(
    path: Path,
    locality: Locality,
    dictionaries: Dictionaries,
    *,
    classes: Path | None = None,
    provenance: Provenance = "real",
) -> Plan:
    """Read an export for a locality. Raises `InputRefused` with everything that is wrong with it or its classes."""
    home = _home(locality, provenance)
    found = service_map(
        path,
        classes=_classes(classes),
        area_of=area_finder(_outlines(locality, dictionaries)),
        codes=_codes(home / IDS),
    )
    if found.errors:
        raise InputRefused(found.errors)
    files = {home / f"{name}{_ending(provenance)}": as_csv(table) for name, table in found.tables.items()}
    refuse_what_breaks(dict(zip(TABLES, files.values(), strict=True)), locality, dictionaries)
    named = {
        name: ((home / f"{name}{_ending(provenance)}").relative_to(_root(locality, provenance)).as_posix(), provenance)
        for name in found.tables
    }
    files[home / IDS] = _ids_csv(found.ids)
    settings = locality.folder / FILE
    files[settings] = with_sources(settings.read_text(encoding="utf-8"), named)
    same = all(file.is_file() and file.read_bytes() == text.encode("utf-8") for file, text in files.items())
    counts = {name: len(table) for name, table in found.tables.items()}
    rest = tuple(name for name in REST if name not in locality.sources)
    return Plan({} if same else files, provenance, counts, found.left_out, tuple(found.problems), rest, locality.room)


def carry_out(plan: Plan) -> None:
    """Write tables, ids and the sources of `locality.yml`, all or nothing; real ones are for nobody else to read."""
    real = plan.provenance != "synthetic"
    write_together(plan.files, plan.room, private=[file for file in plan.files if real and file.name != FILE])


def area_finder(outlines: pd.DataFrame | None) -> AreaOf | None:
    """Which area a point (longitude, latitude in degrees) lies in, from rows of `area_id` and `geometry`."""
    if outlines is None or outlines.empty:
        return None
    tree = shapely.STRtree(list(outlines["geometry"]))
    codes = list(outlines["area_id"])

    def find(longitude: float, latitude: float) -> str:
        inside = sorted(
            codes[number] for number in tree.query(shapely.Point(longitude, latitude), predicate="intersects")
        )
        return inside[0] if inside else ""

    return find


def _root(locality: Locality, provenance: Provenance) -> Path:
    return locality.records if provenance == "real" and locality.records else locality.folder


def _home(locality: Locality, provenance: Provenance) -> Path:
    if provenance == "real":
        if locality.records is None:
            message = "Records of real services are kept outside the checkout, and the locality names no data_root."
            raise InputRefused(Problem(f"localities/{locality.id}/{FILE}", message=message, remedy="Set data_root."))
        return locality.records
    return locality.folder / FOLDER


def _ending(provenance: Provenance) -> str:
    return ".csv" if provenance == "real" else f".{provenance}.csv"


def _classes(path: Path | None) -> pd.DataFrame | None:
    if path is None:
        return None
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
        message = "The file of classes can't be read."
        remedy = f"Save it as CSV UTF-8 with the columns {', '.join(CLASSES)}."
        raise InputRefused(Problem(path.name, message=message, remedy=remedy)) from None


def _outlines(locality: Locality, dictionaries: Dictionaries) -> pd.DataFrame | None:
    """Outlines of the areas that the locality counts by, when it has any; invented areas have none."""
    areas, outlines = (locality.source(name, dictionaries) for name in ("areas", "area_outlines"))
    if areas is None or outlines is None or not (areas.path.is_file() and outlines.path.is_file()):
        return None
    known = set(pd.read_csv(areas.path, dtype=str)["area_id"])
    drawn = pd.read_csv(outlines.path, dtype=str).rename(columns={"area_code": "area_id"})
    drawn = drawn[drawn["area_id"].isin(known)]
    return drawn.assign(geometry=shapely.from_wkt(drawn["geometry"].to_numpy())) if len(drawn) else None


def _codes(path: Path) -> dict[str, str]:
    """Code by published id, from the last import."""
    if not path.is_file():
        return {}
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
    return {row["id"]: row["code"] for row in rows}


def _ids_csv(ids: Mapping[str, str]) -> str:
    return as_csv(pd.DataFrame(sorted(ids.items()), columns=["code", "id"]))
