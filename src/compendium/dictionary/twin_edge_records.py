"""Edge cases of areas, services, workshops and pilot: codes, boundaries, longest and least expected labels."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from compendium.declared import fingerprint
from compendium.dictionary.schema import Dictionary

Row = dict[str, Any]
Rows = dict[str, list[Row]]
FAR = "Łódź, Ñuñoa, Ελλάδα, Київ"  # letters of other alphabets
MARKS = "a | b * c_d `e` $f$ [g](h) <i> & \"j\" 'k'"  # what markdown, HTML and CSV read as their own

ABSENT = ("under_ten", "lgbtq", "fathers", "companies")  # groups that the usual twin does not name
LATER_ROUNDS: Mapping[int, Row] = {  # other scales than the usual one, and none declared
    3: {"rating": 7, "scale": "1-7"},
    4: {"rating": 5, "scale": "1-5"},
    5: {"rating": 9, "scale": None},
}
NOTHING_CODED: Row = {"segments": 0, "segments_with_below": 0}


def longest(length: int, begin: str = "Longest") -> str:
    """A label of exactly `length` characters, in words."""
    return (f"{begin} " + "invented label " * length)[: length - 1] + "x"


def longest_of(dictionaries: Mapping[str, Dictionary], table: str, column: str) -> str:
    """The longest label a column allows."""
    return longest(dictionaries[table].field(column).constraints.max_length or 200)


def _codes(dictionaries: Mapping[str, Dictionary], table: str, column: str) -> tuple[str, ...]:
    return dictionaries[table].field(column).codes


def areas(area_level: str) -> Rows:
    """An area of every level; one without children, one with a single child, one with the longest name."""
    levels = ("locality", "third", "district", "zone", "sub_zone")
    rows = [
        {"area_id": f"X{number}", "name": f"{FAR} {number}", "level": level, "invented": "yes"}
        for number, level in enumerate(levels)
    ]
    rows.append(
        {"area_id": "XLongestI", "name": longest(60), "level": area_level, "parent_id": "X0", "invented": "yes"}
    )
    counted = next(row["area_id"] for row in rows if row["level"] == area_level)
    persons = [(counted, 0), ("XLongestI", 1)]
    bands = ("0-9", "10-13", "14-15", "16-17")
    people = [{"area_id": area, "age_band": band, "persons": count} for area, count in persons for band in bands]
    groups = [
        {"area_id": row["area_id"], "deprivation_group": str(number % 4 + 1), "edition": "invented"}
        for number, row in enumerate(rows)
    ]
    return {"areas": rows, "area_population": people, "area_groups": groups}


def services(dictionaries: Mapping[str, Dictionary], counted: Sequence[str], last: dt.date) -> Rows:
    """Every kind, state, setting and place; ages from 0 to 25 and none; records never checked and checked too soon."""
    kinds, states, settings = (
        _codes(dictionaries, *of) for of in (("organizations", "kind"), ("services", "status"), ("services", "setting"))
    )
    names = (longest(200, "Service"), f"Service {FAR}", MARKS)  # unlike any label: they are searched for in what leaves
    made = [
        {
            "id": f"S9{number:02d}",
            "organization_id": f"O9{number % len(kinds):02d}",
            "name": names[number] if number < len(names) else f"Service S9{number:02d} (invented)",
            "status": states[number % len(states)],
            "setting": settings[number % len(settings)],
            "confidential": "yes" if number == 1 else "no",
            "assured_date": [None, last, last - dt.timedelta(days=183), last + dt.timedelta(days=1)][number % 4],
            "age_min": [0, None, 25, 0, 0][number % 5],
            "age_max": [25, None, 25, 0, None][number % 5],
            # no label is a description: descriptions are free text and are searched for in what leaves
            "description": [None, f"Described: {FAR}", longest(2_000, "Described"), f"Described: {MARKS}"][number % 4],
        }
        for number in range(12)
    ]
    every = itertools.product(
        *(_codes(dictionaries, "service_coverage", name) for name in ("form_group", "prevention_level", "age_band"))
    )
    places = [("physical", counted[0]), ("physical", None), ("postal", counted[-1]), ("virtual", None)]
    return {
        "organizations": [
            {
                "id": f"O9{number:02d}",
                "name": longest(200, "Organisation") if number == 0 else f"Organisation {FAR} {number}",
                "kind": kind,
            }
            for number, kind in enumerate(kinds)
        ],
        "services": made,
        "service_coverage": [
            {"service_id": "S900", "form_group": form, "prevention_level": level, "age_band": band}
            for form, level, band in every
        ],
        "locations": [
            {"id": f"L9{number:02d}", "location_type": kind, "area_id": area}
            for number, (kind, area) in enumerate(places)
        ],
        "service_at_location": [
            {"id": f"SL9{number:02d}", "service_id": "S900", "location_id": f"L9{number:02d}"}
            for number in range(len(places))
        ],
        "referrals": [
            {"from_service_id": one, "to_service_id": other}
            for one, other in (("S900", "S901"), ("S901", "S900"), ("S902", "S903"))
        ],
    }


def workshops(dictionaries: Mapping[str, Dictionary], last: dt.date) -> Rows:
    """A workshop nobody attended; a person who can score nothing, one who gives every rating; a priority of nobody."""
    groups = _codes(dictionaries, "ratings", "stakeholder_group")
    items = [f"P{number:02d}" for number in range(1, 12)]
    reasons, done = (_codes(dictionaries, "workshop_absences", name) for name in ("reason", "done"))
    return {
        "workshops": [
            {"workshop_id": f"W9{number}", "kind": kind, "held_on": last}
            for number, kind in enumerate(_codes(dictionaries, "workshops", "kind"))
        ],
        "workshop_groups": [
            {"workshop_id": "W90", "stakeholder_group": group, "attended": 0 if number else 9_999, **_asked(number)}
            for number, group in enumerate(groups)
        ],
        "workshop_plans": [
            {"workshop_id": f"W9{number}", "kind": kind, "planned_for": last, "aim": aim, **_plan(dictionaries, number)}
            for number, (kind, aim) in enumerate(
                zip(
                    _codes(dictionaries, "workshops", "kind"),
                    reversed(_codes(dictionaries, "workshop_plans", "aim")),
                    strict=False,
                )
            )
        ],
        "workshop_absences": [
            {"absent_group": group, "reason": reasons[at % len(reasons)], "done": done[at % len(done)]}
            for at, group in enumerate(ABSENT)
        ],
        "priorities": [
            {"priority_id": "P98", "title": longest_of(dictionaries, "priorities", "title"), "workshop_id": "W90"},
            {"priority_id": "P99", "title": FAR, "workshop_id": "W91"},
        ],
        "ratings": [
            *({**_rating(item, "T-998", groups[2], 1), "unable": "yes"} for item in items),
            *({**_rating(item, "T-999", groups[0], 2), "rating": min(at, 9)} for at, item in enumerate(items, 1)),
            {**_rating("P98", "T-999", groups[0], 1), "rating": 9},
            *({**_rating("P98", "T-997", groups[1], at), **said} for at, said in LATER_ROUNDS.items()),
        ],
        "votes": [
            {"voter_id": "T-999", "stakeholder_group": groups[0], "item_id": item, "points": points}
            for points, item in enumerate(items[:5], 1)
        ],
        "codes": [
            {"code_id": "K98", "label": longest_of(dictionaries, "codes", "label"), "coder": "A", "segments": 0},
            {"code_id": "K99", "label": FAR, "coder": "B", "segments": 999_999},
            *(
                {"code_id": "K97", "label": "Below", "parent_id": "K98", "coder": coder, **NOTHING_CODED}
                for coder in _codes(dictionaries, "codes", "coder")
            ),
        ],
        "code_links": [{"code_id": "K98", "priority_id": "P98"}],
        "coding_agreement": [
            {"unit_id": "U-9998", "coder": "A", "code_id": None},
            *(
                {"unit_id": "U-9999", "coder": coder, "code_id": "K99"}
                for coder in _codes(dictionaries, "coding_agreement", "coder")[1:]
            ),
        ],
        "suggestions": _suggestions(dictionaries, last),
        "fieldwork_sources": [
            {"source_id": "F-997", "source": "focus_group", "people": 2},
            {"source_id": "F-998", "source": "interview", "people": 99},
            {"source_id": "F-999", "source": "observation", "people": None},
        ],
    }


def _asked(number: int) -> Row:
    return {"invited": 0} if number == 1 else {}


def _plan(dictionaries: Mapping[str, Dictionary], number: int) -> Row:
    """Each yes or no of a plan: the last code in one workshop, the second in the other."""
    fields = [
        field for field in dictionaries["workshop_plans"].fields if field.codes and field.name not in ("kind", "aim")
    ]
    return {field.name: field.codes[-1 if number == 0 else 1] for field in fields}


def _rating(item: str, rater: str, group: str, number: int) -> Row:
    return {"rater_id": rater, "stakeholder_group": group, "round": number, "item_id": item, "unable": "no"}


def _suggestions(dictionaries: Mapping[str, Dictionary], last: dt.date) -> list[Row]:
    columns = ("stakeholder_group", "topic", "decision", "reason_code")
    codes = [_codes(dictionaries, "suggestions", column) for column in columns]
    return [
        {
            "suggestion_id": f"G-9{number:02d}",
            **{column: of[number % len(of)] for column, of in zip(columns, codes, strict=True)},
            "decided_on": None if number % 2 else last,
        }
        for number in range(max(len(of) for of in codes))
    ]


def pilot(dictionaries: Mapping[str, Dictionary], last: dt.date) -> Rows:
    """A service of each kind and area without any rating; one with one young rater; costs of nothing; limits at 0."""
    kinds, homes = _codes(dictionaries, "pilot_services", "kind"), _codes(dictionaries, "pilot_services", "pilot_area")
    criteria = _codes(dictionaries, "assessments", "criterion_id")
    made = [
        {
            "service_code": f"Z{number:02d}",
            "pilot_area": homes[number % 2],
            "kind": kind,
            "joined": "no" if number == 3 else "yes",
            "consent": "no" if number in (1, 3) else "yes",
            "dropped_out": "yes" if number == 2 else "no",
        }
        for number, kind in enumerate(kinds)
    ]
    waves = [(wave, rater) for wave in ("before", "after", "then") for rater in ("self", "youth")]
    limit = {
        "criterion": FAR,
        "measure": "staff_hours",
        "green": 0.0,
        "amber": 0.0,
        "declared_on": last,
        "owner": longest_of(dictionaries, "progression_criteria", "owner"),
        "remedy": longest_of(dictionaries, "progression_criteria", "remedy"),
        "due_on": last,
    }
    return {
        "pilot_services": made,
        "assessments": [
            {"service_code": "Z00", "criterion_id": criterion, "wave": wave, "rater": rater}
            | {"raters": 1, "level": 3 * (wave == "after"), "form_version": "0.9" if wave == "before" else "1.0"}
            for criterion in criteria
            for wave, rater in waves
        ],
        "acceptability": [
            {"service_code": "Z00", "respondent": "Q-999", "measure": measure, "item": item, "score": score}
            for measure in _codes(dictionaries, "acceptability", "measure")
            for item, score in ((1, None), (2, 1), (3, 5), (4, 5))
        ],
        "nomad": [  # no construct is relevant to this person
            {"service_code": "Z00", "respondent": "Q-999", "item": item, "score": {"G1": 0, "G2": 10}.get(item)}
            | {"not_relevant": "no" if item.startswith("G") else "yes"}
            for item in _codes(dictionaries, "nomad", "item")
        ],
        "young_evaluators": [
            {"evaluator_id": "Y-998", "pilot_area": homes[0], "uses_service": "no"},
            {"evaluator_id": "Y-999", "pilot_area": homes[0], "withdrew": "yes", "uses_service": "no"}
            | dict.fromkeys(("consent", "assent", "paid", "safeguarding_lead"), "no"),
        ],
        "costs": [
            {"service_code": "Z00", "wave": "before", "staff_role": "manager", "staff_hours": 0.0, "cost": 0.0},
            {"service_code": "Z00", "wave": "after", "staff_role": "admin"}
            | {"staff_hours": 10_000.25, "cost": 999_999.99},
        ],
        "adaptations": _adapted(dictionaries, criteria, last),
        "progression_criteria": [limit],
        "pilot_protocol": [{"criterion": FAR, "declared_on": last, "fingerprint": fingerprint(limit)}],
    }


def _adapted(dictionaries: Mapping[str, Dictionary], criteria: Sequence[str], last: dt.date) -> list[Row]:
    """Each kind with each reason, on each criterion in turn, each a core part, decided by each role in turn."""
    roles = _codes(dictionaries, "adaptations", "decided_by")
    both = itertools.product(*(_codes(dictionaries, "adaptations", name) for name in ("kind", "reason_code")))
    return [
        {"service_code": "Z00", "criterion_id": criteria[number % len(criteria)], "kind": kind, "reason_code": why}
        | {"adapted_on": last, "decided_by": roles[number % len(roles)], "part": "core", "planned": "no"}
        for number, (kind, why) in enumerate(both)
    ]
