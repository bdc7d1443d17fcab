"""The synthetic twin in the words of a place: its levels and codes of areas, its bands of age, its offence codes.

The twin is drawn in the codes of this project and then told in those of the locality (`dictionary.local`), so that a
town with other codes can work on invented records from its first day. Nothing is drawn anew.

- Areas keep their order and take the levels below the whole locality; their codes count on from the `example` of
  `area_id`, which must be a code that no real area has.
- A band of age holds the ages in its code (`0-11`, `under-18`, `18-plus`). Children are counted by single years, each
  band of this project spread evenly over its own.
- Any other code becomes one of the same category of a grouping that both have, such as `image` of `offence_group`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from compendium.dictionary.schema import Dictionary, Field
from compendium.dictionary.twin_draw import Draw, apportion
from compendium.errors import InputRefused, Problem

Tables = dict[str, pd.DataFrame]
OLDEST = 59  # of a recorded suspect whose band has no end
_BAND = re.compile(r"(?P<low>\d{1,2})-(?P<high>\d{1,2})|under-(?P<below>\d{1,2})|(?P<from>\d{1,2})(?:-plus|\+)")
_COUNTED = re.compile(r"(?P<head>.*?)(?P<number>\d+)")


def levels_of(dictionaries: Mapping[str, Dictionary]) -> tuple[str, ...]:
    """The levels of area of a place, from the whole of it down."""
    return dictionaries["areas"].field("level").codes


def drawn_level(id: str, area_level: str, ours: Mapping[str, Dictionary], theirs: Mapping[str, Dictionary]) -> str:
    """The level of this project's twin that stands for that of the place `id`: one step below the whole a district,
    else a zone.

    Raises `InputRefused` when the place has no such level, or counts by its whole.
    """
    levels = levels_of(theirs)
    if levels == levels_of(ours):
        return area_level
    if area_level not in levels[1:]:
        message = f"area_level: {area_level} is no level of areas below the whole locality."
        remedy = f"Write one of {', '.join(levels[1:])}."
        raise InputRefused(Problem(f"localities/{id}/locality.yml", message=message, remedy=remedy))
    return "district" if levels.index(area_level) == 1 else "zone"


def in_local_codes(
    tables: Tables, ours: Mapping[str, Dictionary], theirs: Mapping[str, Dictionary], area_level: str, draw: Draw
) -> Tables:
    """The tables of the twin in the codes of a locality; those whose dictionaries are the same stay as they are.

    `area_level` is that of the locality. Raises `InputRefused` when no code of an area can be made.
    """
    told = _areas(tables, ours, theirs, area_level)
    aged = told["victims"].dropna(subset="age")
    ages = {str(person): int(age) for person, age in zip(aged["person_id"], aged["age"], strict=True)}
    for name in told:
        for field in ours[name].fields:
            local = theirs[name].field(field.name)
            if not field.local_codes or name == "areas" or not field.codes or local.codes == field.codes:
                continue
            if _bands(local):
                told[name] = _in_bands(name, told[name], field, local, ages, draw)
            else:
                said = _same_category(field, local)
                told[name] = told[name].assign(
                    **{field.name: told[name][field.name].map(lambda c, s=said: s.get(c, c))}
                )
        told[name] = _once(told[name], ours[name])
    return told


def _once(table: pd.DataFrame, described: Dictionary) -> pd.DataFrame:
    """Rows that became the same in coarser codes, once."""
    return table.drop_duplicates(list(described.primary_key) or None, ignore_index=True)


# ---- areas


def _areas(tables: Tables, ours: Mapping[str, Dictionary], theirs: Mapping[str, Dictionary], area_level: str) -> Tables:
    local = theirs["areas"]
    if levels_of(theirs) == levels_of(ours) and local.field("area_id") == ours["areas"].field("area_id"):
        return dict(tables)
    levels = levels_of(theirs)
    at = levels.index(area_level)
    old = list(dict.fromkeys(tables["areas"]["level"]))  # locality, third, zone, sub_zone; or locality, district
    here = dict(zip(old, old, strict=True))
    if levels != levels_of(ours):
        above = [levels[0], levels[at - 1]] if len(old) > 2 else [levels[0]]
        here = dict(zip(old, [*above, area_level, *levels[at + 1 : at + 2]], strict=False))
    kept = tables["areas"][tables["areas"]["level"].isin(here)].reset_index(drop=True)
    codes = _area_codes(list(kept["area_id"]), local.field("area_id"))
    names = local.field("level")
    if levels != levels_of(ours):
        number = kept.groupby("level").cumcount() + 1
        kept = kept.assign(
            name=[
                names.label(here[level]) + (f" {place}" if level != old[0] else "")
                for level, place in zip(kept["level"], number, strict=True)
            ]
        )
    kept = kept.assign(level=kept["level"].map(here))
    placed = {**tables, "areas": kept}
    return {
        name: table.assign(**{column: table[column].map(lambda code: codes.get(code, code)) for column in columns})
        if (columns := list(_of_areas(ours[name])))
        else table
        for name, table in placed.items()
    }


def _of_areas(described: Dictionary) -> Iterable[str]:
    """The columns that hold the code of an area of the case files."""
    if described.name == "areas":
        yield "area_id"
    for key in described.foreign_keys:
        if key.reference.resource == "areas":
            yield from key.fields


def _area_codes(codes: list[str], field: Field) -> dict[str, str]:
    pattern = re.compile(field.constraints.pattern or ".+")
    if all(pattern.fullmatch(code) for code in codes):
        return {code: code for code in codes}
    found = _COUNTED.fullmatch(str(field.example))
    made = []
    if found:
        first, digits = int(found["number"]), len(found["number"])
        made = [f"{found['head']}{number:0{digits}}" for number in range(first, first + len(codes))]
    if not made or not all(pattern.fullmatch(code) for code in made):
        message = f"areas: the invented areas of the twin need {len(codes)} codes that fit the pattern of area_id."
        remedy = (
            "Give area_id an example that ends in digits, such as BU99990001: they count on from it. "
            "No real area may have one of them."
        )
        raise InputRefused(Problem(message=message, remedy=remedy))
    return dict(zip(codes, made, strict=True))


# ---- ages


def _bands(field: Field) -> dict[str, tuple[int, int]]:
    """First and last age of each band; none when a code that isn't missing says no ages."""
    found = {}
    for code in field.codes:
        if code in field.missing_codes:
            continue
        said = _BAND.fullmatch(code)
        if not said:
            return {}
        if said["below"]:
            found[code] = (0, int(said["below"]) - 1)
        else:
            found[code] = (int(said["low"] or said["from"]), int(said["high"] or OLDEST))
    return found


def _band_of(age: int, bands: Mapping[str, tuple[int, int]], field: Field) -> str:
    inside = [code for code, (low, high) in bands.items() if low <= age <= high]
    return inside[0] if inside else _missing(field)


def _missing(field: Field) -> str:
    return field.missing_codes[0] if field.missing_codes else field.codes[-1]


def _in_bands(
    name: str, table: pd.DataFrame, field: Field, local: Field, ages: Mapping[str, int], draw: Draw
) -> pd.DataFrame:
    drawn, bands = _bands(field), _bands(local)
    if name == "area_population":
        return _population(table, drawn, bands)
    if name == "service_coverage":
        reached = {
            code: [own for own, (low, high) in bands.items() if low <= last and first <= high]
            for code, (first, last) in drawn.items()
        }
        return table.assign(**{field.name: table[field.name].map(reached)}).explode(field.name, ignore_index=True)
    years: dict[str, int] = dict(ages)

    def band(code: str, person: str) -> str:
        if code not in drawn:
            return _missing(local)
        first, last = drawn[code]
        if not first <= years.get(person, -1) <= last:
            years[person] = draw.whole(first, last)
        return _band_of(years[person], bands, local)

    told = [band(code, person) for code, person in zip(table[field.name], table["person_id"], strict=True)]
    return table.assign(**{field.name: told})


def _population(
    table: pd.DataFrame, drawn: Mapping[str, tuple[int, int]], bands: Mapping[str, tuple[int, int]]
) -> pd.DataFrame:
    """Children of each area by the bands of the place: those of one of our bands spread evenly over its years."""
    counted: dict[tuple[str, str], int] = {(area, band): 0 for area in table["area_id"].unique() for band in bands}
    for row in table.itertuples():
        first, last = drawn[str(row.age_band)]
        years = {str(age): 1.0 for age in range(first, last + 1)}
        for age, persons in apportion(years, int(str(row.persons))).items():
            for band, (low, high) in bands.items():
                if low <= int(age) <= high:
                    counted[str(row.area_id), band] += persons
    rows = [{"area_id": area, "age_band": band, "persons": persons} for (area, band), persons in counted.items()]
    return pd.DataFrame(rows)


# ---- other codes


def _same_category(field: Field, local: Field) -> dict[str, str]:
    """For each code of ours one of the place's: the same, or one of the same category, finest grouping first."""
    known = set(local.codes)
    rest = [code for code in local.codes if code not in local.missing_codes]
    groupings = sorted(field.hierarchies, key=lambda name: -len(field.hierarchies[name].categories))
    said: dict[str, str] = {}
    for at, code in enumerate(field.codes):
        if code in known:
            said[code] = code
        elif code in field.missing_codes:
            said[code] = _missing(local)
        else:
            members = next(filter(None, map(_sharing(code, field, local), groupings)), ())
            there = [member for member in members if member not in local.missing_codes] or rest
            said[code] = there[at % len(there)]
    return said


def _sharing(code: str, field: Field, local: Field) -> Callable[[str], tuple[str, ...]]:
    """The place's codes in the category of a grouping that holds `code`; none when it has no such category."""

    def members(grouping: str) -> tuple[str, ...]:
        ours, theirs = field.hierarchies[grouping].categories, local.hierarchies[grouping].categories
        held = next(name for name, category in ours.items() if code in category.members)  # every code is in one
        return theirs[held].members if held in theirs else ()

    return members
