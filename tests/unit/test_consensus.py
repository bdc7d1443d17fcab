"""Consensus by group: what small groups may show, and what a joint verdict may not hide."""

from __future__ import annotations

from typing import Any

import pandas as pd

from compendium.analysis import consensus
from compendium.disclosure import settle_statistic
from tests.unit.workshop_records import priorities, ratings


def shown(**groups: list[Any]) -> pd.DataFrame:
    return consensus.by_group(ratings(**groups), priorities("P01")).frame.set_index("group")


def test_victims_and_survivors_stand_with_parents_also_when_they_are_many() -> None:
    found = shown(children=[8] * 12, parents=[7] * 12, victims_survivors=[9] * 12)
    assert list(found.index) == ["children", "families_survivors", "all"]
    assert found.loc["families_survivors", "n_text"] == "24"


def test_a_group_of_five_to_nine_shows_verdict_and_median_only() -> None:
    found = shown(children=[8] * 12, police=[7] * 6, health=[8] * 6)
    assert found.loc["police", ["n_text", "verdict"]].tolist() == ["fewer than 10", "in"]
    assert found.loc["police", ["share_high", "share_low"]].isna().all()
    assert found.loc["police", "median"] == 7


def test_a_group_under_five_takes_its_siblings_along() -> None:
    found = shown(children=[8] * 12, police=[7] * 4, health=[8] * 11)
    assert list(found.index) == ["children", "professionals", "all"]


def test_a_group_that_is_small_at_every_step_is_seen_only_with_everybody() -> None:
    found = shown(children=[8] * 3, police=[7] * 10, health=[8] * 11)
    assert list(found.index) == ["police", "health", "all"]


def test_people_who_could_be_had_by_subtraction_shorten_the_joint_row() -> None:
    found = shown(children=[8] * 3, police=[7] * 10, health=[8] * 11)
    assert found.loc["all", "n_text"] == "10 or more"
    assert found.loc["all", ["share_high", "share_low"]].isna().all()


def test_two_small_groups_that_are_ten_together_leave_the_joint_row_whole() -> None:
    found = shown(children=[8] * 12, police=[7] * 6, health=[8] * 6)
    assert found.loc["all", "n_text"] == "24"
    assert found.loc["all", "share_high"] == 1


def test_the_size_of_a_group_is_who_scored_not_who_was_there() -> None:
    found = shown(children=[8] * 9 + [None] * 5, police=[7] * 10, health=[8] * 11)
    assert found.loc["children", "n_text"] == "fewer than 10"


def test_where_children_and_professionals_disagree_all_three_verdicts_are_shown() -> None:
    given = ratings(children=[8] * 10, police=[3] * 10, health=[4] * 10)
    found = consensus.splits(given, priorities("P01")).frame.set_index("group")["verdict"]
    assert found.to_dict() == {"children": "in", "professionals": "no consensus", "all": "no consensus"}


def test_where_they_agree_nothing_is_listed() -> None:
    given = ratings(children=[8] * 10, police=[8] * 10, health=[9] * 10)
    assert consensus.splits(given, priorities("P01")).frame.empty


def test_too_few_children_are_never_set_against_professionals() -> None:
    given = ratings(children=[8] * 4, police=[3] * 10, health=[4] * 10)
    assert consensus.splits(given, priorities("P01")).frame.empty


def test_what_is_proposed_passes_the_rule_of_disclosure_control_unchanged() -> None:
    given = ratings(children=[8] * 3, parents=[8] * 6, victims_survivors=[7] * 2, police=[7] * 10, health=[8] * 11)
    proposed = consensus.by_group(given, priorities("P01"))
    settled = settle_statistic(proposed)
    assert settled["n_text"].tolist() == proposed.frame["n_text"].tolist()


def test_the_last_round_counts() -> None:
    both = ratings(children=[8] * 10)
    earlier = both.frame.assign(round=1, rating=1)
    given = type(both)(both.origin, both.unit, pd.concat([earlier, both.frame]), both.dimensions)
    assert consensus.by_group(given, priorities("P01")).frame.set_index("group").loc["children", "median"] == 8
    first = consensus.by_group(given, priorities("P01"), round_=1).frame.set_index("group")
    assert first.loc["children", "median"] == 1
