"""Ranking and trace of the workshops, worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from compendium.aggregate import TableGroup
from compendium.analysis import ranking, workshops
from tests.unit.case_files import table
from tests.unit.workshop_records import priorities, votes

COLUMNS = ["from_id", "from_kind", "from_label", "to_id", "to_kind", "to_label"]


def records(**tables: Any) -> TableGroup:
    return TableGroup("workshop_records", tables)


def test_borda_gives_items_that_nobody_chose_the_places_that_are_left() -> None:
    """One voter, five items, A over B chosen: A 4, B 3, the other three share 2 + 1 + 0."""
    ballots = votes({"T-1": {"A": 5, "B": 4}}).frame
    assert ranking.borda(ballots, ["A", "B", "C", "D", "E"]) == {"A": 4, "B": 3, "C": 1, "D": 1, "E": 1}


def test_points_and_borda_can_differ_and_both_are_shown() -> None:
    """Six voters put A first and do not choose B; eight put B third. Points: A 30, B 24."""
    ballots = {f"T-{n}": {"A": 5, "C": 4, "D": 3} for n in range(6)}
    ballots |= {f"U-{n}": {"C": 5, "D": 4, "B": 3} for n in range(8)}
    items = priorities("A", "B", "C", "D", "E", "F")
    found = ranking.ranking(records(votes=votes(ballots), priorities=items)).frame.set_index("item")
    assert found.loc["A", "points"] == 30
    assert found.loc["B", "points"] == 24
    # by hand: unchosen items share (2 + 1 + 0) / 3 = 1; A 6 * 5 + 8 * 1 = 38, B 8 * 3 + 6 * 1 = 30
    assert found.loc[["A", "B"], "borda"].tolist() == [38, 30]
    assert set(found["group"]) == {"Everyone together"}


def test_ties_keep_the_same_rank() -> None:
    ballots = {f"T-{n}": {"A": 5, "B": 4} for n in range(6)} | {f"U-{n}": {"B": 5, "A": 4} for n in range(6)}
    found = ranking.ranking(records(votes=votes(ballots), priorities=priorities("A", "B", "C"))).frame
    assert found["points_rank"].tolist() == [1, 1, 3]


@pytest.mark.parametrize("voters", [9, 3])
def test_fewer_than_ten_voters_give_no_ranking(voters: int) -> None:
    ballots = {f"T-{n}": {"A": 5} for n in range(voters)}
    assert ranking.ranking(records(votes=votes(ballots), priorities=priorities("A", "B"))).frame.empty


def test_children_are_ranked_apart_only_when_the_others_are_ten_as_well() -> None:
    few = votes({f"T-{n}": {"A": 5} for n in range(12)}, group="children")
    found = ranking.ranking(records(votes=few, priorities=priorities("A", "B"))).frame
    assert set(found["group"]) == {"Everyone together"}


@pytest.mark.parametrize(("segments", "rows"), [(9, 0), (10, 2)])
def test_fewer_than_ten_segments_of_two_coders_give_no_agreement_and_no_refusal(segments: int, rows: int) -> None:
    coded = [
        {"unit_id": f"U{at}", "coder": coder, "code_id": "K1" if at % 2 else "K2"}
        for at in range(segments)
        for coder in ("a", "b")
    ]
    alone = [{"unit_id": f"V{at}", "coder": "a", "code_id": "K1"} for at in range(5)]
    found = workshops.coder_agreement(table("coding_agreement", "coded unit", [*coded, *alone]), seed=1).frame
    assert len(found) == rows


def test_a_theme_that_nothing_takes_up_stays_in_the_trace() -> None:
    made = records(
        codes=table("codes", "code", [{"code_id": "K1", "label": "Waiting"}, {"code_id": "K2", "label": "Companies"}]),
        code_links=table("code_links", "link", [{"code_id": "K1", "priority_id": "P01"}]),
        priorities=priorities("P01", "P02"),
    )
    links = [
        ("P01", "priority", "P01", "S1", "standard", "Help"),
        ("who", "evidence", "Who", "S1", "standard", "Help"),
        ("S1", "standard", "Help", "1.1", "criterion", "Contact"),
    ]
    framework = table("framework_links", "link", [dict(zip(COLUMNS, row, strict=True)) for row in links])
    found = workshops.trace(made, framework).frame
    assert found[["from_id", "to_id"]].values.tolist() == [
        ["K1", "P01"],
        ["P01", "S1"],
        ["S1", "1.1"],
        ["K2", ""],
        ["P02", ""],
    ]
    assert found.loc[1, "from_label"] == "Title of P01"
    assert workshops.orphans(made, framework).frame["from_id"].tolist() == ["K2", "P02"]
