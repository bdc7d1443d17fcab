"""A handful of hand-made case files: five cases, small enough to count by eye."""

from __future__ import annotations

from typing import Any

import pandas as pd

from compendium.aggregate import CheckedTable, Dimension, Origin, TableGroup

PERIOD = ("2022-05", "2023-04")
RESPONSIBLE = Dimension(
    "responsible",
    "Person responsible",
    {"adult": "An adult", "child": "A child", "not_known": "Not known"},
    missing=("not_known",),
)
FORMS = {"sexual_communication": "Communication", "image_not_known": "Image", "exposure": "Exposure"}
FORM = Dimension("form", "Form", FORMS)
FORM_GROUP = Dimension(
    "form_group",
    "Form (grouped)",
    {"communication": "Communication", "other": "Image and exposure"},
    "form",
    {"communication": ("sexual_communication",), "other": ("image_not_known", "exposure")},
)
STAGE = Dimension(
    "stage", "Stage", {"open": "Open", "outcome": "Outcome", "cancelled": "Cancelled", "reclassified": "Reclassified"}
)
OUTCOME_GROUP = Dimension(
    "outcome_group",
    "Outcome",
    {"charged": "Charged", "evidential": "Evidential", "public_interest_21": "21", "diversion_22": "22"},
    "outcome_type",
    {"charged": ("1",), "evidential": ("14", "15", "16", "18"), "public_interest_21": ("21",), "diversion_22": ("22",)},
)
OUTCOME_TYPE = Dimension("outcome_type", "Outcome", {code: code for code in ("1", "14", "15", "16", "18", "21", "22")})
OUTCOME_THREE = Dimension(
    "outcome_three",
    "Outcome (in three)",
    {"charged": "Charged", "evidential": "Evidential", "other_outcome": "Another decision"},
    "outcome_type",
    {"charged": ("1",), "evidential": ("14", "15", "16", "18"), "other_outcome": ("21", "22")},
)
OUTCOME_FOUR = Dimension(
    "outcome_four",
    "Outcome (in four)",
    {
        "charged": "Charged",
        "evidential": "Evidential",
        "public_interest_21": "21",
        "other_decision": "Another decision",
    },
    "outcome_type",
    {
        "charged": ("1",),
        "evidential": ("14", "15", "16", "18"),
        "public_interest_21": ("21",),
        "other_decision": ("22",),
    },
)
OFFENCE = Dimension("offence_code", "Offence", {"88A": "Sexual communication", "86/2": "Images", "88E": "Exposure"})
AGE = Dimension(
    "age_band",
    "Age",
    {"10-13": "10 to 13", "14-15": "14 or 15", "not_recorded": "Not recorded"},
    missing=("not_recorded",),
)


def table(name: str, unit: str, rows: list[dict[str, Any]], *dimensions: Dimension, **more: Any) -> CheckedTable:
    origin = Origin(name, name, more.pop("sensitivity", "sensitive"), "synthetic", "threshold-10", "made by hand")
    return CheckedTable(
        origin, unit, pd.DataFrame(rows, **more), {dimension.name: dimension for dimension in dimensions}
    )


def case_files() -> TableGroup:
    cases = [
        ("C-00001", "2022-05-03", "sexual_communication", "adult", "Z01a", "outcome"),
        ("C-00002", "2022-07-31", "sexual_communication", "not_known", "Z02", "open"),
        ("C-00003", "2022-08-01", "image_not_known", "child", "Z02", "outcome"),
        ("C-00004", "2023-02-28", "image_not_known", "child", "Z03", "outcome"),
        ("C-00005", "2023-04-30", "exposure", "adult", "Z03", "cancelled"),
    ]
    crimes = [
        ("C-00001", True, "1"),
        ("C-00001", False, ""),
        ("C-00001", False, "16"),
        ("C-00002", True, ""),
        ("C-00003", True, "21"),
        ("C-00004", True, "22"),
        ("C-00005", True, ""),
    ]
    victims = [
        ("P-00001", "C-00001", "10-13"),
        ("P-00002", "C-00001", "14-15"),
        ("P-00001", "C-00002", "14-15"),
        ("P-00003", "C-00003", "14-15"),
        ("P-00004", "C-00004", ""),
        ("P-00005", "C-00005", "10-13"),
    ]
    suspects = [("P-00009", "C-00001", "not_recorded"), ("P-00003", "C-00004", "14-15")]
    case_columns = ["case_id", "recorded_on", "form", "responsible", "zone", "stage"]
    offences = {"C-00001": "88A", "C-00002": "88A", "C-00003": "86/2", "C-00004": "86/2", "C-00005": "88E"}
    offence_days = {  # first and last day
        "C-00001": ("2022-04-20", "2022-05-01"),
        "C-00002": ("2022-07-01", None),
        "C-00003": ("2022-03-01", "2022-03-01"),
        "C-00004": ("2020-01-01", "2021-01-01"),
        "C-00005": (None, None),
    }
    crime_columns = ["case_id", "principal", "outcome_type"]
    crime_rows = [
        {
            **dict(zip(crime_columns, row, strict=True)),
            **dict(zip(["offence_from", "offence_to"], offence_days[row[0]], strict=True)),
            "crime_id": f"R-{n:05}",
            "offence_code": offences[row[0]],
        }
        for n, row in enumerate(crimes)
    ]
    person = ["person_id", "case_id", "age_band"]
    unknown = {"P-00005"}
    return TableGroup(
        "case_files",
        {
            "cases": table(
                "cases",
                "case",
                [dict(zip(case_columns, row, strict=True)) for row in cases],
                RESPONSIBLE,
                FORM,
                FORM_GROUP,
                STAGE,
            ),
            "crimes": table(
                "crimes", "crime", crime_rows, OUTCOME_GROUP, OUTCOME_THREE, OUTCOME_FOUR, OUTCOME_TYPE, OFFENCE
            ),
            "victims": table(
                "victims",
                "victim",
                [
                    {**dict(zip(person, row, strict=True)), "identified": "no" if row[0] in unknown else "yes"}
                    for row in victims
                ],
                AGE,
            ),
            "suspects": table("suspects", "suspect", [dict(zip(person, row, strict=True)) for row in suspects], AGE),
            "case_events": table("case_events", "event", [], columns=["event_id", "case_id", "event", "on"]),
        },
    )


def areas() -> CheckedTable:
    rows = [
        ("A", "locality", ""),
        ("T1", "third", "A"),
        ("T2", "third", "A"),
        ("Z01", "zone", "T1"),
        ("Z01a", "sub_zone", "Z01"),
        ("Z02", "zone", "T1"),
        ("Z03", "zone", "T2"),
    ]
    records = [
        {"area_id": area, "name": f"Area {area}", "level": level, "parent_id": parent} for area, level, parent in rows
    ]
    return table("areas", "area", records, sensitivity="public")


def population() -> CheckedTable:
    rows = [
        {"area_id": zone, "age_band": "10-13", "persons": persons}
        for zone, persons in (("Z01", 100), ("Z02", 300), ("Z03", 600))
    ]
    return table("area_population", "area", rows, sensitivity="public")
