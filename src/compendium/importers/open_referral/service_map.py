"""From the records of a feed to the tables of the service map: codes for ids, areas for points, no place that must stay
unknown.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from compendium.errors import Problem, errors_among
from compendium.importers.open_referral.checking import checked
from compendium.importers.open_referral.feed import Entry, read_feed
from compendium.importers.open_referral.specification import LEFT_OUT
from compendium.importers.reading import Imported, Reading, UnreadableError
from compendium.kept_secret import KEPT_SECRET

OLDEST = 25  # years: services for children and young people; an older upper age is cut to it
NOT_RECORDED = "not_recorded"
TABLES = {
    "organizations": ("id", "name", "kind"),
    "services": (
        *("id", "organization_id", "name", "status", "setting", "confidential"),
        *("assured_date", "age_min", "age_max", "description"),
    ),
    "locations": ("id", "location_type", "area_id"),
    "service_at_location": ("id", "service_id", "location_id"),
}
CLASSES = ("id", "setting", "kind", "confidential")  # columns of the file of classes; `id` as published
ADDRESS = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b\d+[a-z]? \w+ (street|road|lane|avenue|drive|close|way|place|terrace)\b",
    re.IGNORECASE,
)
AreaOf = Callable[[float, float], str]  # longitude, latitude -> code of the area, empty outside all


@dataclass(frozen=True, repr=False)
class ServiceMap:
    """`tables`: those of `TABLES`, all text. `ids`: code in the map -> id as published (private). `problems` and
    `left_out` as of every importer.
    """

    tables: Mapping[str, pd.DataFrame]
    ids: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def errors(self) -> list[Problem]:
        return errors_among(self.problems)


def open_referral(path: Path) -> Imported:
    """The table `services` of an Open Referral file; see `service_map` for the others."""
    found = service_map(path)
    return Imported(found.tables["services"], found.problems, found.left_out)


def service_map(
    path: Path,
    *,
    classes: pd.DataFrame | None = None,
    area_of: AreaOf | None = None,
    codes: Mapping[str, str] | None = None,
) -> ServiceMap:
    """Read, check and turn. With an error among `problems` every table is empty.

    `classes`: columns `CLASSES`, a row a service. `area_of`: the area in which a point lies. `codes`: codes that ids
    were given before; they keep them.
    """
    reading = Reading(path.name)
    tables = {name: pd.DataFrame(columns=list(columns), dtype=object) for name, columns in TABLES.items()}
    ids: dict[str, str] = {}
    left_out: dict[str, str] = {}
    try:
        feed = read_feed(reading, path)
        left_out = {f"{name} ({number:,})": LEFT_OUT[name] for name, number in sorted(feed.left_out.items())}
        records = checked(reading, feed)
        said = _classes(reading, classes, records["service"])
        made, ids = _turned(reading, records, said, area_of, codes or {})
        if not any(problem.level == "error" for problem in reading.problems):
            tables = made
    except UnreadableError:
        pass
    return ServiceMap(tables, ids, reading.problems, left_out)


def _turned(
    reading: Reading,
    records: Mapping[str, Mapping[str, Entry]],
    classes: Mapping[str, Mapping[str, str]],
    area_of: AreaOf | None,
    before: Mapping[str, str],
) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    codes = {
        table: _numbered(list(records[table]), letter, before)
        for table, letter in (("organization", "O"), ("service", "S"), ("location", "L"))
    }
    services = [_service(reading, entry, classes.get(name, {}), codes) for name, entry in records["service"].items()]
    secret = {row["id"] for row in services if row["confidential"] == "yes"}
    kinds = {
        str(records["service"][name].values.get("organization_id")): said.get("kind", "")
        for name, said in classes.items()
        if name in records["service"]
    }
    organizations = [
        {"id": codes["organization"][name], "name": _text(entry, "name"), "kind": kinds.get(name) or NOT_RECORDED}
        for name, entry in records["organization"].items()
    ]
    links = [
        (codes["service"].get(_text(entry, "service_id"), ""), _text(entry, "location_id"))
        for entry in records["service_at_location"].values()
    ]
    shown = list(dict.fromkeys((service, location) for service, location in links if service not in secret))
    open_to_all = {location for _, location in shown}
    places = [name for name in records["location"] if name in open_to_all]
    if hidden := len(records["location"]) - len(places):
        reading.remark(
            f"{hidden:,} of {len(records['location']):,} locations are not kept: only services whose place must not be "
            "known, or no service, is there."
        )
    locations = [_location(reading, records["location"][name], codes["location"][name], area_of) for name in places]
    at = [
        {"id": f"SL{number:03}", "service_id": service, "location_id": codes["location"].get(location, "")}
        for number, (service, location) in enumerate(shown, start=1)
    ]
    rows = {"organizations": organizations, "services": services, "locations": locations, "service_at_location": at}
    ids = {code: name for name, code in before.items()} | {
        code: name for table in codes.values() for name, code in table.items()
    }
    return {name: pd.DataFrame(rows[name], columns=list(TABLES[name]), dtype=object) for name in TABLES}, ids


def _numbered(names: list[str], letter: str, before: Mapping[str, str]) -> dict[str, str]:
    """A code for each id: the one it had, or the next that is free."""
    taken = [int(code.removeprefix(letter)) for code in before.values() if re.fullmatch(rf"{letter}\d+", code)]
    free = max(taken, default=0)
    codes = {}
    for name in names:
        if before.get(name, "").startswith(letter):
            codes[name] = before[name]
        else:
            free += 1
            codes[name] = f"{letter}{free:03}"
    return codes


def _classes(
    reading: Reading, classes: pd.DataFrame | None, services: Mapping[str, Entry]
) -> dict[str, dict[str, str]]:
    """What the file of classes says of each service; ids that nobody has are errors."""
    if classes is None:
        reading.remark(
            "No file of classes: settings are not recorded, and every place is taken to be one that must not be known.",
            remedy=f"Give one with the columns {', '.join(CLASSES)}.",
        )
        return {}
    absent = [column for column in CLASSES if column not in classes.columns]
    for column in absent:
        reading.refuse("The file of classes lacks the column.", column=column)
    if absent:
        return {}
    said = {
        row["id"]: {str(key): str(value) for key, value in row.items()} for row in classes.fillna("").to_dict("records")
    }
    for row, name in enumerate(classes["id"], start=2):
        if name not in services:
            reading.refuse("The file of classes names a service that is not in the export.", row=row, column="id")
    if missing := len(set(services) - set(said)):
        reading.remark(f"{missing:,} services have no classes: their places are taken to be unknown.", column="id")
    return said


def _service(
    reading: Reading, entry: Entry, classes: Mapping[str, str], codes: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    name, description = _text(entry, "name"), _text(entry, "description")
    secret = KEPT_SECRET.search(f"{name} {description}") is not None
    confidential = "yes" if secret else classes.get("confidential") or "yes"
    if secret and classes.get("confidential") == "no":
        message = "By its name or description this is a place that must not be known; its classes say it may be."
        reading.refuse(message, row=entry.row, column=entry.at("name"), remedy="Set confidential to yes.")
    if confidential == "yes" and ADDRESS.search(name):
        message = "The name of a service whose place must not be known holds an address."
        reading.refuse(message, row=entry.row, column=entry.at("name"), remedy="Take the address out of the name.")
    low, high = (_age(entry, field) for field in ("minimum_age", "maximum_age"))
    if high is not None and high > OLDEST:
        reading.remark(f"The upper age is cut to {OLDEST}.", row=entry.row, column=entry.at("maximum_age"))
    return {
        "id": codes["service"].get(_text(entry, "id"), ""),
        "organization_id": codes["organization"].get(_text(entry, "organization_id"), ""),
        "name": name,
        "status": _text(entry, "status"),
        "setting": classes.get("setting") or NOT_RECORDED,
        "confidential": confidential,
        "assured_date": _text(entry, "assured_date"),
        "age_min": "" if low is None else str(min(low, OLDEST)),
        "age_max": "" if high is None else str(min(high, OLDEST)),
        "description": description,
    }


def _location(reading: Reading, entry: Entry, code: str, area_of: AreaOf | None) -> dict[str, str]:
    kind = _text(entry, "location_type")
    area = "" if kind == "virtual" else _area(reading, entry, area_of)
    return {"id": code, "location_type": kind, "area_id": area}


def _area(reading: Reading, entry: Entry, area_of: AreaOf | None) -> str:
    """The area of a point; a point that is none is left out, and said so."""
    latitude, longitude = (_number(entry, name) for name in ("latitude", "longitude"))
    if latitude is None or longitude is None:
        return ""
    why = ""
    if abs(latitude) > 180 or abs(longitude) > 180:
        why = "The coordinates look like metres of a national grid, not degrees"
    elif abs(latitude) > 90:
        why = "The latitude is beyond a pole"
    elif area_of is not None:
        if area := area_of(longitude, latitude):
            return area
        swapped = bool(area_of(latitude, longitude))
        why = "Latitude and longitude are swapped" if swapped else "The point lies outside all areas"
    if why:
        remedy = "Mend the coordinates at the publisher, or enter the area by hand."
        reading.remark(f"{why}: the location has no area.", row=entry.row, column=entry.at("latitude"), remedy=remedy)
    return ""


def _text(entry: Entry, name: str) -> str:
    value = entry.values.get(name)
    return "" if value is None else " ".join(str(value).split())


def _number(entry: Entry, name: str) -> float | None:
    value: Any = entry.values.get(name)
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def _age(entry: Entry, name: str) -> int | None:
    found = _number(entry, name)
    return None if found is None or found < 0 else math.floor(found)
