"""What else a file records of a child: three flags told together, so that no table gives another away."""

from __future__ import annotations

from itertools import product

import pandas as pd

from compendium.analysis.known_before import CODES, FLAGS, NONE, NOT_ALL, codes, dimensions

ANSWERS = ("yes", "no", "not_recorded")
EVERY = pd.DataFrame(list(product(ANSWERS, repeat=3)), columns=list(FLAGS))


def grouped(name: str) -> pd.Series:
    dimension = dimensions()[name]
    place = {code: category for category, members in dimension.members.items() for code in members}
    return codes(EVERY).map(place)


def test_every_combination_has_one_place_in_every_grouping() -> None:
    for name, dimension in dimensions().items():
        held = [code for members in dimension.members.values() for code in members]
        assert sorted(held) == sorted(CODES), name
        assert dimension.sensitive, name
        assert dimension.variable == "known_before"


def test_groups_by_number_of_flags_as_counted_one_by_one() -> None:
    """Brute force over all 27 combinations."""
    for answers, number in zip(EVERY.to_numpy().tolist(), grouped("known_before_number"), strict=True):
        yes, blank = answers.count("yes"), answers.count("not_recorded")
        assert number == ("two_or_more" if yes > 1 else "one" if yes else "not_recorded" if blank else "none")


def test_a_flag_alone_says_which_and_keeps_its_unrecorded_others() -> None:
    for answers, place in zip(EVERY.to_numpy().tolist(), grouped("known_before"), strict=True):
        if answers.count("yes") == 1:
            assert place == list(FLAGS)[answers.index("yes")]


def test_a_child_without_a_recorded_flag_is_not_said_to_have_none() -> None:
    labels = dimensions()["known_before"].categories
    places = dict(zip(map(tuple, EVERY.to_numpy()), grouped("known_before"), strict=True))
    assert labels[places["no", "no", "no"]] == NONE
    assert labels[places["no", "not_recorded", "no"]] == NOT_ALL
    assert dimensions()["known_before"].missing == ("not_recorded",)


def test_each_flag_by_itself_is_a_grouping_of_the_same_combinations() -> None:
    """So that disclosure control sees that the three flags and their number give those with all three."""
    for at, flag in enumerate(FLAGS):
        assert grouped(flag).tolist() == [row[at] for row in EVERY.to_numpy().tolist()]


def test_coarser_groupings_are_declared_for_the_choice_of_a_design() -> None:
    assert [d.name for d in dimensions()["known_before"].coarser] == ["known_before_number", "known_before_any"]


def test_files_without_such_columns_are_all_not_recorded() -> None:
    assert codes(pd.DataFrame({"age": [12, 13]})).tolist() == ["---", "---"]
