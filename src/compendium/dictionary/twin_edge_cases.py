"""Edge cases of case files: legal rows that a method, a count or a release may trip over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from compendium.dictionary.schema import Dictionary

Row = dict[str, Any]
SHAPES = 24  # cases; more than any column of `cases` has codes
LARGEST = 10**15 - 1  # an identifier ends in up to fifteen digits
BANDS = {**dict.fromkeys(range(10), "0-9"), **dict.fromkeys(range(10, 14), "10-13"), 14: "14-15", 15: "14-15"}
SUSPECT_BANDS = {"adult": ("18-24", "25-plus"), "child": ("10-13", "14-17"), "not_known": ("not_recorded",)}
FLAGS = ("flag_send", "flag_care", "flag_missing")
LONG_AGO, LEAP_DAY = dt.date(1901, 1, 1), dt.date(2020, 2, 29)


def edge_case_files(
    dictionaries: Mapping[str, Dictionary], areas: Sequence[str], first: dt.date, last: dt.date
) -> dict[str, list[Row]]:
    """Rows for `cases`, `crimes`, `victims`, `suspects` and `case_events`; `areas` are the counted ones."""
    cases = _cases(dictionaries["cases"], areas, first, last)
    return {
        "cases": cases,
        "crimes": _numbered("crime_id", "R", _crimes(dictionaries["crimes"], cases, last)),
        "victims": _numbered("victim_row", "V", _victims(dictionaries["victims"], cases)),
        "suspects": _numbered("suspect_row", "S", _suspects(dictionaries["suspects"], cases)),
        "case_events": _numbered("event_id", "E", _events(dictionaries["case_events"], cases, first, last)),
    }


def _numbered(column: str, letter: str, rows: Sequence[Row]) -> list[Row]:
    return [{column: f"{letter}-{LARGEST - number}", **row} for number, row in enumerate(rows)]


def _person(number: int) -> str:
    return f"P-{LARGEST - number}"


def _coded(dictionary: Dictionary, number: int) -> Row:
    """Each coded field of a table with the code that stands at `number` in its list, round and round."""
    coded = (field for field in dictionary.fields if field.constraints.enum)
    return {field.name: field.codes[number % len(field.codes)] for field in coded}


def _cases(dictionary: Dictionary, areas: Sequence[str], first: dt.date, last: dt.date) -> list[Row]:
    """A case of each code, recorded on the days where a year, a month or the period begins and ends."""
    days = [first, last, dt.date(first.year, 12, 31), dt.date(last.year, 1, 1), dt.date(last.year, 2, 28)]
    days = [day for day in days if first <= day <= last]
    return [
        {
            "case_id": f"C-{LARGEST - number}",
            "recorded_on": days[number % len(days)],
            "zone": areas[-1] if number % 2 else areas[0],
            **_coded(dictionary, number),
        }
        for number in range(SHAPES)
    ]


def _crimes(dictionary: Dictionary, cases: Sequence[Row], last: dt.date) -> list[Row]:
    """A principal crime a case, but for the last case, which has none; and one case with a crime of each outcome."""
    rows = []
    for number, case in enumerate(cases[:-1]):
        recorded = case["recorded_on"]
        spans = [
            (None, None),
            (recorded, None),
            (None, recorded),
            (recorded, recorded),
            (dt.date(recorded.year - 1, 12, 31), dt.date(recorded.year, 1, 1)),
            (LEAP_DAY, LEAP_DAY),
            (LONG_AGO, recorded),
        ]
        begins, ends = spans[number % len(spans)]
        ended = case["stage"] == "outcome"
        rows.append(
            {
                **_coded(dictionary, number),
                "case_id": case["case_id"],
                "principal": True,
                "offence_from": begins,
                "offence_to": ends,
                "recorded_on": recorded,
                "outcome_type": "18" if ended else None,
                "outcome_on": recorded if ended else None,
            }
        )
    several = cases[0]
    for number, outcome in enumerate(dictionary.field("outcome_type").codes):
        further = {"principal": False, "recorded_on": last, "outcome_type": outcome, "outcome_on": last}
        rows.append({**_coded(dictionary, number), "case_id": several["case_id"], **further})
    return rows


def _victims(dictionary: Dictionary, cases: Sequence[Row]) -> list[Row]:
    """Every age; a child harmed in three cases; four siblings in one; no victim in the last two cases.

    One child is not identified, one is identified and has no zone of home and no age.
    """
    rows = []
    for age in range(18):
        case = cases[age % (len(cases) - 2)]
        rows.append(_victim(dictionary, case, _person(age), age, number=age))
    for case in cases[1:3]:
        rows.append({**_victim(dictionary, case, _person(0), 0, number=0), "home_zone": rows[0]["home_zone"]})
    for sibling, age in enumerate((0, 9, 10, 13)):
        rows.append(
            {**_victim(dictionary, cases[4], _person(100 + sibling), age, number=age), "home_zone": cases[4]["zone"]}
        )
    rows.append(_victim(dictionary, cases[18], _person(200), None, number=3) | {"identified": "no", "home_zone": None})
    rows.append(_victim(dictionary, cases[19], _person(201), None, number=3) | {"identified": "yes", "home_zone": None})
    return rows


def _victim(dictionary: Dictionary, case: Row, person: str, age: int | None, *, number: int) -> Row:
    return {
        **_coded(dictionary, number),
        "person_id": person,
        "case_id": case["case_id"],
        "age": age,
        "age_band": "not_recorded" if age is None else BANDS.get(age, "16-17"),
        "identified": "yes",
        "home_zone": case["zone"],
    }


def _suspects(dictionary: Dictionary, cases: Sequence[Row]) -> list[Row]:
    """A suspect where one is identified; one person in six cases; a child who is victim and suspect of one case.

    The first principal crime is 88A: its recorded suspect is 14 to 17 years old, which is a warning and no error.
    """
    rows: list[Row] = []
    for number, case in enumerate(cases):
        if case["suspect_identified"] == "yes":
            bands = SUSPECT_BANDS[case["responsible"]]
            band = bands[number // 3 % len(bands)]
            rows.append(
                {**_coded(dictionary, number), "person_id": _person(300 + number), "age_band": band}
                | {"case_id": case["case_id"]}
            )
    series = [case for case in cases if case["suspect_identified"] != "yes"][:6]
    for case in series:
        rows.append(
            {**_coded(dictionary, 3), "person_id": _person(400), "age_band": "25-plus"} | {"case_id": case["case_id"]}
        )
    both = {"age_band": "14-17", "person_id": _person(14), "case_id": cases[14]["case_id"]}
    twice = {"age_band": "14-17", "person_id": _person(15), "case_id": cases[0]["case_id"]}
    return [*rows, {**_coded(dictionary, 0), **both}, {**_coded(dictionary, 1), **twice}]


def _events(dictionary: Dictionary, cases: Sequence[Row], first: dt.date, last: dt.date) -> list[Row]:
    """All events of a case on one day; events before and long after the period; none for the other cases."""
    kinds = dictionary.field("event").codes
    rows = [{"case_id": cases[0]["case_id"], "event": kind, "on": cases[0]["recorded_on"]} for kind in kinds]
    rows.append({"case_id": cases[1]["case_id"], "event": "reported", "on": first - dt.timedelta(days=366)})
    rows.append({"case_id": cases[1]["case_id"], "event": "outcome", "on": last + dt.timedelta(days=366)})
    return rows
