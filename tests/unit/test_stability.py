"""Ratings of two rounds, worked by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from compendium.aggregate import CheckedTable
from compendium.analysis import consensus, stability
from compendium.analysis.estimate import Undefined
from compendium.disclosure import settle_statistic
from compendium.errors import DisclosureRefused
from tests.unit.case_files import table
from tests.unit.workshop_records import MERGED, SIDE, priorities

Pairs = list[tuple[int | None, int | None]]


def rounds(**groups: Pairs) -> CheckedTable:
    """Each person a pair: the rating of the first and of the second round; None is a round they did not rate in."""
    rows = [
        {"rater_id": f"{group}-{at}", "stakeholder_group": group, "round": number, "item_id": "P01", "rating": rating}
        for group, pairs in groups.items()
        for at, pair in enumerate(pairs)
        for number, rating in enumerate(pair, start=1)
        if rating is not None
    ]
    return table("ratings", "rating", rows, MERGED, SIDE)


def found(**groups: Pairs) -> pd.DataFrame:
    return stability.between_rounds(rounds(**groups), priorities("P01")).frame.set_index("group")


def test_the_change_of_a_group_as_a_whole_is_half_the_changes_of_its_shares() -> None:
    """Before 7 7 8 9, after 7 8 8 9: a quarter moved from 7 to 8, so the shares change by 1/4 + 1/4, half of it 1/4."""
    assert stability.distribution_shift([7, 7, 8, 9], [7, 8, 8, 9]) == pytest.approx(0.25)
    assert stability.distribution_shift([7, 8], [8, 7]) == 0  # people moved, the group did not
    assert stability.distribution_shift([1], [9]) == 1
    with pytest.raises(Undefined):
        stability.distribution_shift([], [1])


def test_people_who_move_between_low_middle_and_high_are_counted() -> None:
    assert stability.moved_share([7, 6, 3, 5], [8, 7, 4, 4], (7, 9), (1, 3)) == 0.5
    with pytest.raises(Undefined):
        stability.moved_share([], [], (7, 9), (1, 3))


def test_two_rounds_side_by_side() -> None:
    """Ten children: nine keep their rating of 8, one goes from 6 to 7. Of ten, one tenth moved."""
    rows = found(children=[(8, 8)] * 9 + [(6, 7)], police=[(7, 7)] * 10)
    children = rows.loc["children"]
    assert (children["median_before"], children["median_after"]) == (8, 8)
    assert (children["moved"], children["shift"], children["stable"]) == (pytest.approx(0.1), pytest.approx(0.1), "yes")
    assert pd.isna(rows.loc["police", "agreement"])  # everybody gave one rating twice: kappa is 0 / 0


def test_only_people_of_both_rounds_are_compared() -> None:
    rows = found(children=[(8, 8)] * 10 + [(1, None)] * 5 + [(None, 1)] * 5)
    assert rows.loc["children", "median_before"] == 8
    assert rows.loc["all", "shift"] == 0


def test_a_group_of_five_to_nine_shows_medians_and_verdicts_only() -> None:
    rows = found(children=[(8, 3)] * 12, police=[(7, 8)] * 6, health=[(7, 8)] * 5)
    assert rows.loc["police", ["moved", "shift", "agreement"]].isna().all()
    assert rows.loc["police", ["verdict_before", "verdict_after", "stable"]].tolist() == ["in", "in", ""]
    assert rows.loc["children", "stable"] == "no"


def test_settled_rows_never_tell_how_many_rated_twice() -> None:
    proposed = stability.between_rounds(rounds(children=[(8, 8)] * 12, police=[(7, 8)] * 6), priorities("P01"))
    settled = settle_statistic(proposed).set_index("group")
    assert settled["n_text"].to_dict() == {"children": "10 or more", "police": "fewer than 10", "all": "10 or more"}
    assert settled.loc["all", ["moved", "shift"]].isna().all()  # six police officers by subtraction


def test_a_group_under_five_is_refused_when_it_was_not_merged() -> None:
    proposed = stability.between_rounds(rounds(children=[(8, 8)] * 12, police=[(7, 8)] * 10), priorities("P01"))
    proposed.frame.loc[0, "n_text"] = "4"
    with pytest.raises(DisclosureRefused):
        settle_statistic(proposed)


def test_one_round_gives_empty_tables() -> None:
    one = rounds(children=[(8, None)] * 12)
    assert stability.between_rounds(one, priorities("P01")).frame.empty
    assert stability.attendance(one).frame.empty
    assert stability.leavers(one, priorities("P01")).frame.empty


def test_leavers_are_counted_and_set_beside_those_who_stayed() -> None:
    both = rounds(children=[(8, 8)] * 12 + [(2, None)] * 6, police=[(7, None)] * 5)
    assert stability.attendance(both).frame["count"].tolist() == [12, 11, 0]
    rows = stability.leavers(both, priorities("P01")).frame.set_index("group")
    assert rows["median"].to_dict() == {"stayed": 8, "left": 2}
    assert settle_statistic(stability.leavers(both, priorities("P01"))).shape[0] == 2


def test_leavers_who_are_all_victims_and_survivors_or_too_few_are_not_shown() -> None:
    few = rounds(children=[(8, 8)] * 12 + [(2, None)] * 4)
    alone = rounds(children=[(8, 8)] * 12, victims_survivors=[(2, None)] * 6)
    for given in (few, alone):
        assert stability.leavers(given, priorities("P01")).frame.empty


def test_ratings_of_1_to_7_are_judged_by_the_ends_of_their_own_scale() -> None:
    """On 1 to 7 the high end is 5 to 7: twelve ratings of 6 are in; on 1 to 9 they are no consensus."""
    given = rounds(children=[(6, 6)] * 12, police=[(6, 6)] * 12)
    seven = CheckedTable(**{**vars(given), "frame": given.frame.assign(scale="1-7")})
    verdicts = consensus.by_group(seven, priorities("P01")).frame["verdict"]
    assert set(verdicts) == {"in"}
    assert set(consensus.by_group(given, priorities("P01")).frame["verdict"]) == {"no consensus"}
    assert consensus.by_group(seven, priorities("P01")).columns["share_high"] == "Rated 5 to 7"
    assert consensus.spread(seven, priorities("P01")).frame["disagreement_index"].isna().all()


def test_spread_shows_quartiles_and_disagreement_of_ten_or_more() -> None:
    """Twelve children, half 1 and half 9: P30 = 1, P70 = 9, centre 5, so 8 / 2.35 = 3.40: disagreement."""
    split: Pairs = [(None, 1)] * 6 + [(None, 9)] * 6
    given = rounds(children=split, police=[(None, 7)] * 6, health=[(None, 7)] * 6)
    rows = settle_statistic(consensus.spread(given, priorities("P01"))).set_index("group")
    assert rows.loc["children", "disagreement_index"] == pytest.approx(3.40)
    assert rows.loc["children", "disagreement"] == "yes"
    assert (rows.loc["children", "low_quartile"], rows.loc["children", "high_quartile"]) == (1, 9)
    assert rows.loc["police", ["low_quartile", "high_quartile", "disagreement_index"]].isna().all()
    assert rows.loc["police", "disagreement"] == ""


def test_rounds_of_a_single_person_give_empty_tables() -> None:
    one = rounds(children=[(8, 8)])
    for made in (stability.between_rounds, stability.leavers):
        assert made(one, priorities("P01")).frame.empty
    assert consensus.spread(one, priorities("P01")).frame.empty
