"""Synthetic people of the pilot: practitioners who answer questionnaires, young people who evaluate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from compendium.dictionary.schema import Dictionary
from compendium.dictionary.twin_draw import Draw
from compendium.dictionary.twin_parameters import Parameters

MEASURES, ITEMS = ("AIM", "IAM", "FIM"), (1, 2, 3, 4)
TURNED = ("CA2",)  # high means that it does not fit
Row = dict[str, Any]


def make_pilot_people(
    parameters: Parameters, dictionaries: Mapping[str, Dictionary], services: Mapping[str, str], draw: Draw
) -> dict[str, pd.DataFrame]:
    """Answers of practitioners, young evaluators and who was asked. `services` are codes with their pilot area."""
    homes = [home for home in services for _ in range(draw.whole(*parameters["pilot.respondents"]))]
    respondents = {f"Q-{number:03d}": home for number, home in enumerate(homes, 1)}
    evaluators = _evaluators(parameters, sorted(set(services.values())), draw)
    took_part = {
        "practitioners": [services[home] for home in homes],
        "young_evaluators": [str(row["pilot_area"]) for row in evaluators],
    }
    return {
        "acceptability": _acceptability(parameters, respondents, draw),
        "nomad": _nomad(parameters, dictionaries["nomad"], respondents, draw),
        "pilot_people": _people(parameters, took_part),
        "young_evaluators": pd.DataFrame(evaluators),
        "evaluator_codes": _codes(parameters, [str(row["evaluator_id"]) for row in evaluators], draw),
    }


def _acceptability(parameters: Parameters, respondents: Mapping[str, str], draw: Draw) -> pd.DataFrame:
    weights, rows = parameters["pilot.acceptability"], []
    for respondent, service in respondents.items():
        for measure in MEASURES:
            leaning = draw.choose(weights)
            for item in ITEMS:
                score = _answer(parameters, weights, leaning, draw)
                row = {"service_code": service, "respondent": respondent, "measure": measure, "item": item}
                rows.append({**row, "score": score})
    return pd.DataFrame(rows).astype({"score": "Int64"})


def _answer(parameters: Parameters, weights: Mapping[str, float], leaning: str, draw: Draw) -> int | None:
    """An answer that follows a person's leaning or is drawn anew: its distribution is the same either way."""
    score = leaning if draw.chance(parameters["pilot.leaning"]) else draw.choose(weights)
    return None if draw.chance(parameters["pilot.unanswered"]) else int(score)


def _nomad(parameters: Parameters, dictionary: Dictionary, respondents: Mapping[str, str], draw: Draw) -> pd.DataFrame:
    declared, rows = parameters["pilot.nomad"], []
    for respondent, service in respondents.items():
        leaning: dict[str, str] = {}
        for item in dictionary.field("item").codes:
            construct = item[0] if item.startswith("G") else item[:2]
            weights = declared["general" if construct == "G" else "constructs"]
            leaning.setdefault(construct, draw.choose(weights))
            irrelevant = construct != "G" and draw.chance(parameters["pilot.not_relevant"])
            score = None if irrelevant else _answer(parameters, weights, leaning[construct], draw)
            if score is not None and item in TURNED:
                score = 6 - score
            row = {"service_code": service, "respondent": respondent, "item": item, "score": score}
            rows.append({**row, "not_relevant": "yes" if irrelevant else "no"})
    return pd.DataFrame(rows).astype({"score": "Int64"})


def _evaluators(parameters: Parameters, areas: list[str], draw: Draw) -> list[Row]:
    declared, rows = parameters["pilot.evaluators"], list[Row]()
    for area in areas:
        odd = draw.shuffled(range(declared["each_area"]))
        left, unrecorded = odd[: declared["left"]], odd[-declared["payment_not_recorded"] :]
        for number in range(declared["each_area"]):
            rows.append(
                {
                    "evaluator_id": f"Y-{len(rows) + 1:03d}",
                    "pilot_area": area,
                    "consent": "yes",
                    "assent": "yes",
                    "withdrew": "yes" if number in left else "no",
                    "paid": "" if number in unrecorded else "yes",
                    "safeguarding_lead": "yes",
                    "uses_service": "no",
                }
            )
    return rows


def _people(parameters: Parameters, took_part: Mapping[str, list[str]]) -> pd.DataFrame:
    rows = [
        {"pilot_area": area, "who": who, "asked": round(parameters["pilot.people"][who] * number), "took_part": number}
        for who, areas in took_part.items()
        for area, number in sorted(pd.Series(areas, dtype=str).value_counts().items())
    ]
    return pd.DataFrame(rows)


def _codes(parameters: Parameters, evaluators: list[str], draw: Draw) -> pd.DataFrame:
    rows = [
        {"evaluator_id": evaluator, "code": code}
        for evaluator in evaluators
        for code, share in parameters["pilot.evaluator_codes"].items()
        if draw.chance(share)
    ]
    return pd.DataFrame(rows)
