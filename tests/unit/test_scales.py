"""Scales of practitioners: what is in a mean, what leaves it, and that nobody gets one number for NoMAD."""

from __future__ import annotations

from typing import Any

from compendium.analysis import scales
from compendium.disclosure import settle_statistic
from tests.unit.pilot_tables import records

Rows = list[dict[str, Any]]


def aim(person: str, *scores: int | None, service: str = "A01") -> Rows:
    return [
        {"service_code": service, "respondent": person, "measure": "AIM", "item": item, "score": score}
        for item, score in enumerate(scores, 1)
    ]


def nomad(person: str, service: str = "A01", **scores: int | None) -> Rows:
    """Answers by item; None: not relevant."""
    return [
        {"service_code": service, "respondent": person, "item": item, "score": score}
        | {"not_relevant": "yes" if score is None else "no"}
        for item, score in scores.items()
    ]


def means(found: Any) -> dict[str, tuple[int, float]]:
    return {row["measure"]: (row["n"], row["mean"]) for row in found.frame.to_dict("records")}


def test_a_scale_that_is_not_complete_is_left_out() -> None:
    tables = records({"acceptability": [*aim("Q-001", 5, 5, 4, 4), *aim("Q-002", 1, 1, 1, None)]})
    assert means(scales.acceptability(tables)) == {"Acceptability (AIM)": (1, 4.5)}


def test_a_practitioner_of_a_service_without_consent_is_left_out() -> None:
    rows = [*aim("Q-001", 5, 5, 4, 4), *aim("Q-002", 1, 1, 1, 1, service="A02")]
    tables = records({"acceptability": rows}, A02="refused")
    assert means(scales.acceptability(tables)) == {"Acceptability (AIM)": (1, 4.5)}


def test_areas_have_rows_of_their_own() -> None:
    rows = [*aim("Q-001", 5, 5, 4, 4), *aim("Q-002", 1, 1, 1, 1, service="B01")]
    found = scales.acceptability(records({"acceptability": rows}), "area").frame
    assert found[["group", "mean"]].values.tolist() == [["Pilot area 1", 4.5], ["Pilot area 2", 1.0]]


def test_an_item_that_is_not_relevant_leaves_the_denominator() -> None:
    tables = records({"nomad": nomad("Q-001", CO1=5, CO2=4, CO3=None, CO4=3)})
    assert means(scales.nomad(tables)) == {"Coherence": (1, 4.0)}


def test_fewer_than_half_of_a_constructs_items_are_no_mean() -> None:
    tables = records({"nomad": nomad("Q-001", CO1=5, CO2=None, CO3=None, CO4=None)})
    assert "Coherence" not in means(scales.nomad(tables))


def test_the_turned_item_is_turned() -> None:
    """CA2 says that it strains work with others: a 1 is as good as a 5 elsewhere."""
    tables = records({"nomad": nomad("Q-001", CA1=5, CA2=1)})
    assert means(scales.nomad(tables))["Collective_Action"] == (1, 5.0)


def test_general_items_stand_apart_and_there_is_no_mean_of_everything() -> None:
    tables = records({"nomad": nomad("Q-001", G1=9, CO1=1, CO2=1, CO3=1, CO4=1)})
    assert means(scales.nomad(tables)) == {"Coherence": (1, 1.0)}
    assert means(scales.nomad_general(tables)) == {"G1": (1, 9.0)}


def test_under_ten_practitioners_no_coefficient_is_given_and_no_size_released() -> None:
    rows = [row for number in range(9) for row in aim(f"Q-00{number}", 1 + number % 5, 2, 3, 1 + number % 4)]
    found = scales.scale_reliability(records({"acceptability": rows}), seed=1)
    assert found.frame["estimate"].isna().all()
    assert found.frame["said"].str.startswith("Fewer than 10").all()
    assert settle_statistic(found)["people"].isna().all()


def test_relevance_counts_answers_by_construct() -> None:
    found = scales.relevance(records({"nomad": nomad("Q-001", CO1=5, CO2=None, CA1=4)})).frame
    counts = found.set_index(["construct", "not_relevant"])["count"]
    assert (counts["coherence", "yes"], counts["coherence", "no"], counts["collective_action", "no"]) == (1, 1, 1)
