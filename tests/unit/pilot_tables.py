"""Hand-made pilot records: services A01 to A08 in one area, B01 in another."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from compendium.aggregate import CheckedTable, Dimension, Origin, TableGroup
from compendium.declared import fingerprint

AREAS = {"Pilot area 1": "Pilot area 1", "Pilot area 2": "Pilot area 2"}
AREA = Dimension("pilot_area", "Pilot area", AREAS)
DELAY: dict[str, Any] = {"evaluated_on": "2025-01-31", "delay_months": 3}
ITEMS = {"general": ("G1",), "coherence": ("CO1", "CO2", "CO3", "CO4"), "collective_action": ("CA1", "CA2")}
DIMENSIONS: dict[str, tuple[Dimension, ...]] = {
    "pilot_services": (AREA,),
    "assessments": (
        Dimension(
            "standard",
            "Standard",
            {"S1": "1 Heard", "S2": "2 Believed"},
            "criterion_id",
            {"S1": ("1.1",), "S2": ("2.1",)},
        ),
        Dimension("form_version", "Version of the form", {"0.9": "Version 0.9", "1.0": "Version 1.0"}),
    ),
    "pilot_waves": (Dimension("wave", "Wave", {"before": "Before", "after": "After"}),),
    "progression_criteria": (
        Dimension("measure", "Measure", {"services_completed": "Share of services with both ratings"}),
    ),
    "nomad": (
        Dimension("item", "Item", {item: item for items in ITEMS.values() for item in items}),
        Dimension("construct", "Construct", {name: name.title() for name in ITEMS}, "item", ITEMS),
        Dimension("not_relevant", "Not relevant", {"yes": "Not relevant", "no": "Relevant"}),
    ),
    "costs": (
        Dimension("staff_role", "Kind of staff", {"manager": "Manager", "admin": "Administration"}),
        Dimension("wave", "Wave", {"before": "Before", "after": "After"}),
    ),
    "adaptations": (
        Dimension("kind", "Kind", {"wording": "Other words"}),
        Dimension("part", "Part", {"core": "Core part", "adaptable": "Adaptable part"}),
        Dimension("criterion_id", "Criterion", {"1.1": "1.1", "2.1": "2.1"}),
    ),
    "balancing": (
        Dimension("measure", "Measure", {"more_worried": "Children more worried"}),
        Dimension("wave", "Wave", {"before": "Before", "after": "After"}),
    ),
    "pilot_people": (Dimension("who", "Who", {"practitioners": "Practitioners"}),),
    "evaluator_codes": (Dimension("code", "Code", {"felt_safe": "Felt safe", "too_long": "Too long"}),),
}
COLUMNS: dict[str, str] = {
    "assessments": "service_code criterion_id wave rater raters level form_version",
    "pilot_waves": "pilot_area wave began_on ended_on",
    "progression_criteria": "criterion measure green amber declared_on owner remedy due_on",
    "pilot_protocol": "criterion declared_on fingerprint",
    "acceptability": "service_code respondent measure item score",
    "nomad": "service_code respondent item score not_relevant",
    "costs": "service_code wave staff_role staff_hours cost",
    "balancing": "service_code wave measure events out_of",
    "adaptations": "service_code criterion_id kind reason_code adapted_on decided_by part planned",
    "pilot_people": "pilot_area who asked took_part",
    "young_evaluators": "evaluator_id consent assent withdrew paid safeguarding_lead uses_service",
    "evaluator_codes": "evaluator_id code",
}
UNITS = {"pilot_people": "participants", "evaluator_codes": "participants", "young_evaluators": "participants"}


def rating(
    service: str, wave: str, level: int, rater: str = "self", raters: int = 1, form: str = "1.0", criterion: str = "1.1"
) -> dict[str, Any]:
    return {
        "service_code": service, "criterion_id": criterion, "wave": wave, "rater": rater, "raters": raters,
        "level": level, "form_version": form,
    }  # fmt: skip


def eight(change: list[int]) -> list[dict[str, Any]]:
    """Services A01 on, each at level 1 before and as judged afterwards, and at 1 + change after."""
    rows = []
    for number, rise in enumerate(change, start=1):
        code = f"A0{number}"
        rows += [rating(code, "before", 1), rating(code, "after", 1 + rise), rating(code, "then", 1)]
    return rows


def criterion(measure: str = "services_completed", **other: Any) -> dict[str, Any]:
    given = {"criterion": "Services stay", "measure": measure, "green": 0.8, "amber": 0.6}
    given |= {"declared_on": dt.date(2024, 4, 15), "due_on": dt.date(2025, 1, 31)}
    return {**given, "owner": "Pilot lead", "remedy": "Visit those that left", **other}


def declared(criteria: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"criterion": one["criterion"], "declared_on": one["declared_on"], "fingerprint": fingerprint(one)}
        for one in criteria
    ]


def waves() -> list[dict[str, Any]]:
    days = {
        "before": (dt.date(2024, 5, 13), dt.date(2024, 6, 7)),
        "after": (dt.date(2024, 9, 23), dt.date(2024, 10, 18)),
    }
    return [
        {"pilot_area": area, "wave": wave, "began_on": first, "ended_on": last}
        for area in AREAS
        for wave, (first, last) in days.items()
    ]


def records(tables: dict[str, list[dict[str, Any]]] | None = None, **status: str) -> TableGroup:
    """The tables given, the waves of 2024, criteria as declared; `status` as A02="dropped", "refused" or "declined"."""
    services = [
        {
            "service_code": code,
            "pilot_area": "Pilot area 1" if code.startswith("A") else "Pilot area 2",
            "joined": "no" if status.get(code) == "declined" else "yes",
            "consent": "no" if status.get(code) in ("refused", "declined") else "yes",
            "dropped_out": "yes" if status.get(code) == "dropped" else "no",
        }
        for code in [*(f"A0{n}" for n in range(1, 9)), "B01"]
    ]
    given = {"pilot_services": services, "pilot_waves": waves(), **(tables or {})}
    given.setdefault("pilot_protocol", declared(given.get("progression_criteria", [])))
    return TableGroup(
        "pilot_records", {name: _table(name, given.get(name, [])) for name in ("pilot_services", *COLUMNS)}
    )


def _table(name: str, rows: list[dict[str, Any]]) -> CheckedTable:
    origin = Origin(name, name, "sensitive", "synthetic", "services", "by hand", units=UNITS.get(name, "services"))
    columns = COLUMNS.get(name, "").split() or None
    dimensions = {dimension.name: dimension for dimension in DIMENSIONS.get(name, ())}
    return CheckedTable(origin, name, pd.DataFrame(rows, columns=columns), dimensions)
