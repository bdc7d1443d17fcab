"""The pilot: who is left out, what is compared with what, and when to go on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from compendium.analysis import pilot, progression
from compendium.analysis.estimate import Undefined
from compendium.disclosure import settle_statistic
from compendium.errors import InputRefused
from tests.unit.pilot_tables import criterion, declared, eight, rating, records


def before_after(rows: list[dict[str, Any]], by: pilot.By = "all", **status: str) -> list[dict[Any, Any]]:
    return pilot.before_after(records({"assessments": rows}, **status), by).frame.to_dict("records")


def test_services_that_left_refused_or_never_began_are_counted_and_not_forgotten() -> None:
    found = pilot.services(records(A02="dropped", A03="refused", A04="declined")).frame
    counts = found.set_index(["pilot_area", "part"])["count"]["Pilot area 1"].to_dict()
    assert counts == {"assessed": 5, "dropped_out": 1, "no_consent": 1, "declined": 1}


def test_before_and_after_are_paired_by_service() -> None:
    """All eight rose by one level: shift 1, exact p 2 / 2**8."""
    found = before_after(eight([1] * 8))[0]
    assert (found["area"], found["pairs"], found["before"], found["after"], found["shift"]) == (
        "All services",
        8,
        1,
        2,
        1,
    )
    assert found["p_text"] == "p = 0.008"


def test_two_tests_of_a_table_are_corrected_together() -> None:
    """Holm: the smaller of two p values is doubled; both are 2 / 2**8 here, so both become 4 / 2**8."""
    assert [row["p_holm"] for row in before_after(eight([1] * 8))] == ["p = 0.016", "p = 0.016"]


def test_an_area_has_rows_of_its_own_in_the_order_of_names() -> None:
    rows = [*eight([1] * 6), rating("B01", "before", 0), rating("B01", "after", 1)]
    assert [(row["area"], row["pairs"]) for row in before_after(rows, "area")] == [
        ("Pilot area 1", 6),
        ("Pilot area 1", 6),
        ("Pilot area 2", 1),
    ]


def test_each_standard_has_a_row_over_its_own_criteria() -> None:
    more = [rating("A01", "before", 0, criterion="2.1"), rating("A01", "after", 3, criterion="2.1")]
    found = before_after([*eight([1] * 6), *more], "standard")
    assert [(row["area"], row["pairs"], row["shift"]) for row in found] == [("1 Heard", 6, 1), ("2 Believed", 1, 3)]


def test_a_service_without_consent_is_in_no_comparison() -> None:
    assert before_after(eight([1] * 8), A08="refused")[0]["pairs"] == 7


def test_fewer_than_six_pairs_have_no_p_value() -> None:
    found = before_after(eight([1] * 5))[0]
    assert found["p_text"].startswith("No p value")
    assert found["p_holm"] == ""


def test_ratings_on_an_older_form_are_not_compared_with_the_newer_one() -> None:
    rows = [*eight([1] * 7), rating("A08", "before", 0, form="0.9"), rating("A08", "after", 3)]
    assert before_after(rows)[0]["pairs"] == 7


def test_missing_services_widen_what_could_have_been() -> None:
    """Six of nine services: four rose, two fell. Missing three: from (4 - 2 - 3) / 9 to (4 - 2 + 3) / 9."""
    found = pilot.missing_services(records({"assessments": eight([1, 1, 1, 1, -1, -1])})).frame.iloc[0]
    assert (found["pairs"], found["missing"]) == (6, 3)
    assert (found["lowest"], found["value"], found["highest"]) == pytest.approx((-1 / 9, 2 / 6, 5 / 9))


def test_a_service_that_never_began_is_not_missing() -> None:
    rows = {"assessments": eight([1] * 6)}
    assert pilot.missing_services(records(rows, A07="declined", A08="declined")).frame.iloc[0]["missing"] == 1


def test_all_comparisons_pass_settling_and_show_no_proof() -> None:
    tables = records({"assessments": eight([1] * 8)})
    for found in (pilot.before_after(tables), pilot.dominance(tables, seed=1), pilot.missing_services(tables)):
        assert "without_consent" not in settle_statistic(found).columns


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


def judged(limits: dict[str, Any], **tables: Any) -> dict[Any, Any]:
    given = {"assessments": eight([0] * 6), "progression_criteria": [limits], **tables}
    return progression.progression(records(given)).frame.to_dict("records")[0]


def test_amend_names_what_is_done_by_whom_and_by_when_in_words() -> None:
    """Six of nine services with consent rated themselves twice: 67%."""
    found = judged(criterion())
    assert (found["value_text"], found["verdict"], found["light"]) == ("67%", "amend", "amber")
    assert (found["remedy"], found["owner"], found["due"]) == ("Visit those that left", "Pilot lead", "2025-01-31")


def test_a_criterion_that_is_met_asks_for_nothing() -> None:
    found = judged(criterion(green=0.6, amber=0.5))
    assert (found["verdict"], found["light"], found["remedy"], found["due"]) == ("go", "green", "", "")


def test_a_limit_that_was_moved_after_the_first_rating_stops_the_run_and_is_named() -> None:
    with pytest.raises(InputRefused, match="Services stay: this criterion was changed after it was declared"):
        judged(criterion(green=0.65), pilot_protocol=declared([criterion()]))


def test_a_criterion_declared_when_ratings_had_begun_stops_the_run() -> None:
    late = criterion(declared_on=dt.date(2024, 5, 13))
    with pytest.raises(InputRefused, match="when ratings began on 2024-05-13"):
        judged(late)


def test_a_measure_nobody_can_compute_is_an_error_and_never_a_go() -> None:
    with pytest.raises(Undefined, match="not known"):
        judged(criterion("service_completed"))
