"""Synthetic pilot records. Null scenario: before, after and "then" ratings have one centre."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from compendium.declared import fingerprint
from compendium.dictionary.schema import Dictionary
from compendium.dictionary.twin_draw import Draw
from compendium.dictionary.twin_parameters import Parameters
from compendium.dictionary.twin_pilot_people import make_pilot_people

AREAS = {"Pilot area 1": "A", "Pilot area 2": "B"}
LEFT, NO_CONSENT, OLDER_FORM = "B06", "A07", "A03"
DECLARED_ON = dt.date(2024, 4, 15)  # before phase 3 of the study, May to October 2024 (project page); invented
RATINGS = (("before", "self"), ("before", "youth"), ("after", "self"), ("after", "youth"), ("then", "self"))
Row = dict[str, Any]


def make_pilot(parameters: Parameters, dictionaries: Mapping[str, Dictionary], draw: Draw) -> dict[str, pd.DataFrame]:
    """The tables of the pilot records: eight services in each of two areas, of which one leaves, and some that never
    began.
    """
    services = _services(parameters)
    codes = [str(service["service_code"]) for service in services if service["joined"] == "yes"]
    stayed = [code for code in codes if code != LEFT]
    criteria = dictionaries["assessments"].field("criterion_id").codes
    limits = _progression(parameters)
    return {
        "pilot_services": pd.DataFrame(services),
        "pilot_waves": _waves(parameters),
        "assessments": _assessments(parameters, codes, criteria, draw),
        "costs": _costs(parameters, codes, draw),
        "balancing": _balancing(parameters, codes, draw),
        "adaptations": _adaptations(parameters, dictionaries["adaptations"], stayed, draw),
        "pilot_barriers": _barriers(parameters, dictionaries["pilot_barriers"], stayed, draw),
        "progression_criteria": pd.DataFrame(limits),
        "pilot_protocol": pd.DataFrame([_declaration(limit) for limit in limits]),
        **make_pilot_people(parameters, dictionaries, {code: _area(code) for code in stayed}, draw),
    }


def _area(code: str) -> str:
    return next(area for area, letter in AREAS.items() if code.startswith(letter))


def _services(parameters: Parameters) -> list[Row]:
    began, declined = ([*_listed(parameters[name])] for name in ("pilot.services", "pilot.declined"))
    return [
        _service(f"{letter}{number:02d}", area, kind, joined=number <= len(began))
        for area, letter in AREAS.items()
        for number, kind in enumerate([*began, *declined], 1)
    ]


def _listed(numbers: Mapping[str, int]) -> list[str]:
    return [kind for kind, number in numbers.items() for _ in range(number)]


def _service(code: str, area: str, kind: str, *, joined: bool) -> Row:
    return {
        "service_code": code,
        "pilot_area": area,
        "kind": kind,
        "joined": "yes" if joined else "no",
        "consent": "yes" if joined and code != NO_CONSENT else "no",
        "dropped_out": "yes" if code == LEFT else "no",
    }


def _waves(parameters: Parameters) -> pd.DataFrame:
    rows = [
        {"pilot_area": area, "wave": wave, "began_on": _day(began), "ended_on": _day(ended)}
        for area in AREAS
        for wave, (began, ended) in parameters["pilot.waves"].items()
    ]
    return pd.DataFrame(rows)


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _assessments(parameters: Parameters, services: Sequence[str], criteria: Sequence[str], draw: Draw) -> pd.DataFrame:
    noise = parameters["pilot.noise"]
    shares = {"-1": noise, "0": 1 - 2 * noise, "1": noise}
    # as many steps up as down in every wave: a difference between waves comes from the ends of the scale only
    steps = {rating: draw.spread(shares, len(services) * len(criteria)) for rating in RATINGS}
    rows = []
    for service in services:
        youth = draw.whole(*parameters["pilot.youth_raters"])
        for criterion in criteria:
            centre = int(draw.choose(parameters["pilot.levels"]))
            for wave, rater in RATINGS:
                level = min(3, max(0, centre + int(steps[wave, rater].pop())))
                if service == LEFT and wave != "before":
                    continue
                rows.append(
                    {
                        "service_code": service,
                        "criterion_id": criterion,
                        "wave": wave,
                        "rater": rater,
                        "raters": youth if rater == "youth" else 1,
                        "level": level,
                        "form_version": "0.9" if service == OLDER_FORM and wave == "before" else "1.0",
                    }
                )
    return pd.DataFrame(rows)


def _two_waves(services: Sequence[str]) -> list[tuple[str, str]]:
    return [(code, wave) for code in services for wave in ("before", "after") if wave == "before" or code != LEFT]


def _costs(parameters: Parameters, services: Sequence[str], draw: Draw) -> pd.DataFrame:
    rows = []
    for service, wave in _two_waves(services):
        for role, declared in parameters["pilot.hours"].items():
            hours = draw.whole(math.ceil(2 * declared["least"]), int(2 * declared["most"])) / 2
            cost = round(hours * declared["cost_per_hour"], 2)
            row = {"service_code": service, "wave": wave, "staff_role": role}
            rows.append({**row, "staff_hours": hours, "cost": cost})
    return pd.DataFrame(rows)


def _balancing(parameters: Parameters, services: Sequence[str], draw: Draw) -> pd.DataFrame:
    rows = []
    for service, wave in _two_waves(services):
        for measure, declared in parameters["pilot.balancing"].items():
            out_of = draw.whole(declared["least"], declared["most"])
            events = sum(draw.chance(declared["share"]) for _ in range(out_of))
            row = {"service_code": service, "wave": wave, "measure": measure}
            rows.append({**row, "events": events, "out_of": out_of})
    return pd.DataFrame(rows)


def _adaptations(parameters: Parameters, dictionary: Dictionary, services: Sequence[str], draw: Draw) -> pd.DataFrame:
    declared, waves = parameters["pilot.adaptations"], parameters["pilot.waves"]
    first, last = _day(waves["before"][1]), _day(waves["after"][0])
    kinds, reasons, criteria, roles = (
        dictionary.field(name).codes for name in ("kind", "reason_code", "criterion_id", "decided_by")
    )
    every = [(service, criterion, kind) for service in services for criterion in criteria for kind in kinds]
    chosen = sorted(draw.shuffled(every)[: declared["each"] * len(services)])
    rows = [
        {
            **dict(zip(("service_code", "criterion_id", "kind"), entry, strict=True)),
            "reason_code": draw.choose(dict.fromkeys(reasons, 1.0)),
            "adapted_on": first + dt.timedelta(days=draw.whole(1, (last - first).days - 1)),
            "decided_by": draw.choose(dict.fromkeys(roles, 1.0)),
            "part": "core" if draw.chance(declared["core"]) else "adaptable",
            "planned": "yes" if draw.chance(declared["planned"]) else "no",
        }
        for entry in chosen
    ]
    return pd.DataFrame(rows)


def _barriers(parameters: Parameters, dictionary: Dictionary, services: Sequence[str], draw: Draw) -> pd.DataFrame:
    declared = parameters["pilot.barriers"]
    rows = [
        {
            "service_code": service,
            "domain": domain,
            "direction": direction,
            "segments": draw.whole(declared["least"], declared["most"]),
        }
        for service in services
        for domain in dictionary.field("domain").codes
        for direction in dictionary.field("direction").codes
        if draw.chance(declared["noted"])
    ]
    return pd.DataFrame(rows)


def _progression(parameters: Parameters) -> list[Row]:
    return [
        {
            "criterion": name,
            "measure": entry["measure"],
            "green": float(entry["green"]),
            "amber": float(entry["amber"]),
            "declared_on": DECLARED_ON,
            "owner": entry["owner"],
            "remedy": entry["remedy"],
            "due_on": _day(entry["due_on"]),
        }
        for name, entry in parameters["pilot.progression"].items()
    ]


def _declaration(limit: Row) -> Row:
    return {"criterion": limit["criterion"], "declared_on": DECLARED_ON, "fingerprint": fingerprint(limit)}
