"""Synthetic pilot records. Null scenario: before, after and "then" ratings have one centre."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from compendium.dictionary.schema import Dictionary
from compendium.dictionary.twin_draw import Draw
from compendium.dictionary.twin_parameters import Parameters

AREAS = {"Pilot area 1": "A", "Pilot area 2": "B"}
LEFT, NO_CONSENT, OLDER_FORM = "B06", "A07", "A03"
DECLARED_ON = dt.date(2024, 4, 15)  # before phase 3 of the study, May to October 2024 (project page); invented
RATINGS = (("before", "self"), ("before", "youth"), ("after", "self"), ("after", "youth"), ("then", "self"))
MEASURES, ITEMS = ("AIM", "IAM", "FIM"), (1, 2, 3, 4)
Row = dict[str, Any]


def make_pilot(parameters: Parameters, dictionaries: Mapping[str, Dictionary], draw: Draw) -> dict[str, pd.DataFrame]:
    """The tables of the pilot records: eight services in each of two areas, of which one leaves."""
    services = _services(parameters)
    codes = [service["service_code"] for service in services]
    criteria = dictionaries["assessments"].field("criterion_id").codes
    adapted = dictionaries["adaptations"]
    return {
        "pilot_services": pd.DataFrame(services),
        "assessments": _assessments(parameters, codes, criteria, draw),
        "acceptability": _acceptability(parameters, [code for code in codes if code != LEFT], draw),
        "costs": _costs(parameters, codes, draw),
        "adaptations": _adaptations(adapted, [code for code in codes if code != LEFT], draw),
        "progression_criteria": _progression(parameters),
    }


def _services(parameters: Parameters) -> list[Row]:
    kinds = [kind for kind, number in parameters["pilot.services"].items() for _ in range(number)]
    return [
        {
            "service_code": f"{letter}{number:02d}",
            "pilot_area": area,
            "kind": kind,
            "consent": "no" if f"{letter}{number:02d}" == NO_CONSENT else "yes",
            "dropped_out": "yes" if f"{letter}{number:02d}" == LEFT else "no",
        }
        for area, letter in AREAS.items()
        for number, kind in enumerate(kinds, 1)
    ]


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


def _acceptability(parameters: Parameters, services: Sequence[str], draw: Draw) -> pd.DataFrame:
    rows: list[Row] = []
    respondent = 0
    for service in services:
        for _ in range(draw.whole(3, 6)):
            respondent += 1
            rows += [
                {
                    "service_code": service,
                    "respondent": f"Q-{respondent:03d}",
                    "measure": measure,
                    "item": item,
                    "score": int(draw.choose(parameters["pilot.acceptability"])),
                }
                for measure in MEASURES
                for item in ITEMS
            ]
    return pd.DataFrame(rows)


def _costs(parameters: Parameters, services: Sequence[str], draw: Draw) -> pd.DataFrame:
    declared = parameters["pilot.hours"]
    rows = []
    for service in services:
        for wave in ("before", "after"):
            hours = draw.whole(2 * declared["least"], 2 * declared["most"]) / 2
            if wave == "before" or service != LEFT:
                cost = round(hours * declared["cost_per_hour"], 2)
                rows.append({"service_code": service, "wave": wave, "staff_hours": hours, "cost_gbp": cost})
    return pd.DataFrame(rows)


def _adaptations(dictionary: Dictionary, services: Sequence[str], draw: Draw) -> pd.DataFrame:
    kinds, reasons, criteria = (dictionary.field(name).codes for name in ("kind", "reason_code", "criterion_id"))
    every = [(service, criterion, kind) for service in services for criterion in criteria for kind in kinds]
    chosen = sorted(draw.shuffled(every)[: 2 * len(services)])
    rows = [(*entry, draw.choose(dict.fromkeys(reasons, 1.0))) for entry in chosen]
    return pd.DataFrame(rows, columns=["service_code", "criterion_id", "kind", "reason_code"])


def _progression(parameters: Parameters) -> pd.DataFrame:
    rows = [
        {
            "criterion": name,
            "measure": entry["measure"],
            "green": float(entry["green"]),
            "amber": float(entry["amber"]),
            "declared_on": DECLARED_ON,
            "owner": entry["owner"],
            "remedy": entry["remedy"],
        }
        for name, entry in parameters["pilot.progression"].items()
    ]
    return pd.DataFrame(rows)
