"""Which records of a search are one, and what is left to people."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium.analysis.deduplication import NEEDED, deduplicate, precision_and_recall
from compendium.errors import InputRefused


def records(*rows: dict[str, str]) -> pd.DataFrame:
    numbered = [{"record_id": f"R{number}", **row} for number, row in enumerate(rows, start=1)]
    return pd.DataFrame([{**dict.fromkeys(NEEDED, ""), **row} for row in numbered])


ONE = {"title": "Online abuse of children: a review", "authors": "Liu R.; Adler D.G.", "year": "2014"}


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"title": "Online abuse of children: a review.", "doi": "10.1/A"}, ""),
        (
            {"title": "ONLINE ABUSE OF CHILDREN - A REVIEW", "authors": "Liu, Roy", "year": "2015"},
            "title_year_author",
        ),
        (
            {"title": "Online abuse of children: a review", "authors": "Liu, R.", "year": "2014", "pages": "7-19"},
            "title_year_author",
        ),
    ],
)
def test_the_same_title_is_one_record_when_nothing_speaks_against_it(other: dict[str, str], rule: str) -> None:
    found = deduplicate(records(ONE, other))
    assert list(found.merges["rule"]) == ([rule] if rule else ["title_year_author"])


def test_titles_in_another_script_are_not_one_for_the_few_latin_letters_in_them() -> None:
    one = {"title": "COVID-19 и насилие над детьми в сети", "authors": "Иванова А.", "year": "2021"}
    two = {"title": "COVID-19 и школьное питание в городах", "authors": "Петров Б.", "year": "2021"}
    found = deduplicate(records(one, two, {**one, "title": one["title"].upper() + "."}))
    assert found.merges[["record_id", "same_as"]].to_numpy().tolist() == [["R3", "R1"]]
    assert found.questions.empty


def test_a_doi_is_the_same_in_any_case_and_with_its_address() -> None:
    one, two = (
        {"title": "A study of grooming", "doi": "10.1000/ABC"},
        {"title": "Study of grooming, a", "doi": "https://doi.org/10.1000/abc"},
    )
    assert list(deduplicate(records(one, two)).merges["rule"]) == ["doi"]


def test_a_doi_shared_by_unlike_titles_is_a_question() -> None:
    one = {"title": "Abstracts of the annual meeting", "doi": "10.1000/abc"}
    two = {"title": "Sextortion of boys in four countries", "doi": "10.1000/abc"}
    found = deduplicate(records(one, two))
    assert len(found.merges) == 0
    assert list(found.questions["rule"]) == ["same DOI, unlike titles"]


@pytest.mark.parametrize("dash", ["-", "‐", "–"])
def test_short_and_long_page_ranges_are_one_place(dash: str) -> None:
    one = {**ONE, "volume": "19", "pages": f"623{dash}31"}
    two = {**ONE, "volume": "19", "pages": "623-631", "authors": "", "title": "Online abuse of children: a revue"}
    assert list(deduplicate(records(one, two)).merges["rule"]) == ["title_year_page"]


@pytest.mark.parametrize(
    "other",
    [
        {**ONE, "title": "Online abuse of children: a review. Part 2"},
        {**ONE, "title": "Erratum: Online abuse of children: a review"},
        {**ONE, "title": "Online abuse of adults in the workplace"},
    ],
)
def test_a_part_two_and_an_erratum_are_other_records(other: dict[str, str]) -> None:
    found = deduplicate(records(ONE, other))
    assert (len(found.merges), len(found.kept)) == (0, 2)


def test_the_same_title_in_another_place_is_a_question() -> None:
    one, two = {**ONE, "volume": "1", "pages": "5-9"}, {**ONE, "volume": "44", "pages": "101-120"}
    assert list(deduplicate(records(one, two)).questions["rule"]) == ["title, author and year, but another place"]


def test_the_fullest_record_is_kept_and_the_list_says_why() -> None:
    found = deduplicate(records(ONE, {**ONE, "doi": "10.1000/abc", "volume": "3"}))
    assert found.merges.to_dict("records") == [
        {"record_id": "R1", "same_as": "R2", "rule": "title_year_author", "similarity": 1.0}
    ]
    assert list(found.kept["record_id"]) == ["R2"]
    assert len(found.records) == 2  # nothing is thrown away


def test_people_overrule_the_rules_both_ways() -> None:
    table = records(ONE, ONE, {"title": "Something else altogether", "year": "1999"})
    said = pd.DataFrame([("R1", "R2", "apart"), ("R3", "R1", "same")], columns=["record_id", "same_as", "decision"])
    found = deduplicate(table, said)
    assert [(row.record_id, row.same_as, row.rule) for row in found.merges.itertuples()] == [("R3", "R1", "by_hand")]


def test_records_said_to_be_apart_are_not_joined_by_way_of_a_third() -> None:
    found = deduplicate(
        records(ONE, ONE, ONE), pd.DataFrame([("R1", "R3", "apart")], columns=["record_id", "same_as", "decision"])
    )
    groups = [set(pair) for pair in zip(found.merges["record_id"], found.merges["same_as"], strict=True)]
    assert len(groups) == 1
    assert groups[0] != {"R1", "R3"}


def test_decisions_about_unknown_records_are_refused_all_at_once() -> None:
    said = pd.DataFrame([("R1", "R9", "maybe")], columns=["record_id", "same_as", "decision"])
    with pytest.raises(InputRefused) as refused:
        deduplicate(records(ONE, ONE), said)
    assert [(problem.row, problem.column) for problem in refused.value.problems] == [(2, "record_id"), (2, "decision")]


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(6)))
def test_the_groups_do_not_depend_on_the_order_of_the_rows(order: list[int]) -> None:
    rows = [
        {**ONE, "doi": "10.1000/abc"},
        {**ONE, "volume": "3"},
        {"title": "Sextortion of boys", "year": "2020", "authors": "Kim, A."},
        {"title": "Sextortion of boys", "year": "2021", "authors": "Kim A"},
        {"title": "Grooming online", "doi": "10.1000/xyz"},
        {"title": "Online grooming", "doi": "10.1000/XYZ"},
    ]
    table = records(*rows)
    groups = {
        frozenset(pair) for pair in zip(*(deduplicate(table).merges[c] for c in ("record_id", "same_as")), strict=True)
    }
    shuffled = deduplicate(table.iloc[order].reset_index(drop=True))
    again = {frozenset(pair) for pair in zip(*(shuffled.merges[c] for c in ("record_id", "same_as")), strict=True)}
    assert groups == again == {frozenset(("R1", "R2")), frozenset(("R3", "R4")), frozenset(("R5", "R6"))}


def test_precision_and_recall_by_hand() -> None:
    assert precision_and_recall(["a", "b", "c", "d"], ["b", "c", "e"]) == (0.5, 2 / 3)


def test_what_was_screened_before_stays_and_a_bridge_between_two_is_a_question() -> None:
    one = {**ONE, "doi": "10.1000/abc"}
    two = {"title": "A review of abuse", "year": "2014", "doi": "10.1000/xyz", "volume": "1"}
    bridge = {**ONE, "volume": "3", "issue": "1", "pages": "1-9"}
    found = deduplicate(records(one, two, bridge), settled={"R1", "R2"})
    assert list(found.merges["record_id"]) == ["R3"]
    assert list(found.merges["same_as"]) == ["R1"]
    decided = pd.DataFrame([("R2", "R3", "same")], columns=["record_id", "same_as", "decision"])
    joined = deduplicate(records(one, two, bridge), decided, settled={"R1", "R2"})
    assert list(joined.merges["record_id"]) == ["R3"]
    assert [rule for rule in joined.questions["rule"] if rule.startswith("screened as two before")]
