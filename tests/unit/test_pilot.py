"""The pilot: who is left out, what is compared with what, and when to go on."""

from __future__ import annotations

from typing import Any

import pytest

from compendium.aggregate import Dimension, TableGroup
from compendium.analysis import pilot, progression
from compendium.analysis.estimate import Undefined
from tests.unit.case_files import table

AREA = Dimension("pilot_area", "Pilot area", {"Pilot area 1": "Pilot area 1", "Pilot area 2": "Pilot area 2"})
MEASURE = Dimension("measure", "Measure", {"services_completed": "Share of services with both ratings"})


def rating(
    service: str, wave: str, level: int, rater: str = "self", raters: int = 1, form: str = "1.0"
) -> dict[str, Any]:
    return {
        "service_code": service, "criterion_id": "1.1", "wave": wave, "rater": rater, "raters": raters,
        "level": level, "form_version": form,
    }  # fmt: skip


def records(
    assessments: list[dict[str, Any]], criteria: list[dict[str, Any]] | None = None, **status: str
) -> TableGroup:
    """Services A01 to A08 in area 1, B01 in area 2; `status` as A02="dropped" or "refused"."""
    services = [
        {
            "service_code": code,
            "pilot_area": "Pilot area 1" if code.startswith("A") else "Pilot area 2",
            "consent": "no" if status.get(code) == "refused" else "yes",
            "dropped_out": "yes" if status.get(code) == "dropped" else "no",
        }
        for code in [*(f"A0{n}" for n in range(1, 9)), "B01"]
    ]
    return TableGroup(
        "pilot_records",
        {
            "pilot_services": table("pilot_services", "service", services, AREA),
            "assessments": table("assessments", "rating", assessments),
            "progression_criteria": table("progression_criteria", "criterion", criteria or [], MEASURE),
        },
    )


def eight(change: list[int]) -> list[dict[str, Any]]:
    rows = []
    for number, rise in enumerate(change, start=1):
        rows += [
            rating(f"A0{number}", "before", 1),
            rating(f"A0{number}", "after", 1 + rise),
            rating(f"A0{number}", "then", 1),
        ]
    return rows


def test_services_that_left_or_refused_are_counted_and_not_forgotten() -> None:
    found = pilot.services(records([], A02="dropped", A03="refused")).frame.set_index(["pilot_area", "part"])["count"]
    assert found["Pilot area 1"].to_dict() == {"assessed": 6, "dropped_out": 1, "no_consent": 1}


def test_before_and_after_are_paired_by_service() -> None:
    """All eight rose by one level: shift 1, exact p 2 / 2**8."""
    found = pilot.before_after(records(eight([1] * 8))).frame.iloc[0]
    assert (found["pairs"], found["before"], found["after"], found["shift"]) == (8, 1, 2, 1)
    assert found["p_text"] == "p = 0.008"


def test_a_service_without_consent_is_in_no_comparison() -> None:
    assert pilot.before_after(records(eight([1] * 8), A08="refused")).frame.iloc[0]["pairs"] == 7


def test_fewer_than_six_pairs_have_no_p_value() -> None:
    assert pilot.before_after(records(eight([1] * 5))).frame.iloc[0]["p_text"].startswith("No p value")


def test_ratings_on_an_older_form_are_not_compared_with_the_newer_one() -> None:
    rows = [*eight([1] * 7), rating("A08", "before", 0, form="0.9"), rating("A08", "after", 3)]
    assert pilot.before_after(records(rows)).frame.iloc[0]["pairs"] == 7


def test_young_peoples_rating_counts_from_five_raters() -> None:
    rows = [rating("A01", "after", 3), rating("A01", "after", 1, "youth", 5)]
    rows += [rating("A02", "after", 3), rating("A02", "after", 0, "youth", 4)]
    found = pilot.gap_by_criterion(records(rows)).frame
    assert found[["n", "mean"]].values.tolist() == [[1, 2]]


def test_agreement_with_young_people_is_left_empty_when_all_ratings_are_alike() -> None:
    rows = [rating("A01", "after", 2), rating("A01", "after", 2, "youth", 5)]
    assert pilot.self_youth_agreement(records(rows)).frame.empty


@pytest.mark.parametrize(
    ("value", "green", "amber", "word"),
    [
        (0.8, 0.8, 0.6, "go"),
        (0.79, 0.8, 0.6, "amend"),
        (0.59, 0.8, 0.6, "stop"),
        (10, 10, 16, "go"),
        (17, 10, 16, "stop"),
    ],
)
def test_progression_at_its_limits_in_either_direction(value: float, green: float, amber: float, word: str) -> None:
    assert progression.verdict(value, green, amber) == word


def criterion(measure: str) -> dict[str, Any]:
    given = {"criterion": "Services stay", "measure": measure, "green": 0.8, "amber": 0.6, "declared_on": "2024-04-15"}
    return {**given, "owner": "Pilot lead", "remedy": "Visit those that left"}


def test_amend_names_what_is_done_and_by_whom() -> None:
    """Six of nine services with consent rated themselves twice: 67%."""
    found = progression.progression(records(eight([0] * 6), [criterion("services_completed")])).frame.iloc[0]
    assert (found["value_text"], found["verdict"]) == ("67%", "amend")
    assert (found["remedy"], found["owner"]) == ("Visit those that left", "Pilot lead")


def test_a_measure_nobody_can_compute_is_an_error_and_never_a_go() -> None:
    with pytest.raises(Undefined, match="not known"):
        progression.progression(records([], [criterion("service_completed")]))
