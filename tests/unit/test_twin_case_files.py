"""Synthetic case files hold what real ones hold: several victims, both roles, gaps, and codes that the law allows."""

from __future__ import annotations

import csv
from collections import Counter

import pandas as pd
import pytest

from compendium.dictionary import load
from tests.unit.test_twin import LOCALITIES, ROOT, twin_of


@pytest.fixture(params=LOCALITIES)
def tables(request: pytest.FixtureRequest) -> dict[str, pd.DataFrame]:
    return twin_of(request.param)


def test_an_offence_that_needs_an_adult_never_has_a_child_responsible(tables: dict[str, pd.DataFrame]) -> None:
    grooming = set(tables["crimes"].query("offence_code == '88A'")["case_id"])
    cases, suspects = tables["cases"], tables["suspects"]
    assert grooming
    assert not (cases.loc[cases["case_id"].isin(grooming), "responsible"] == "child").any()
    assert not suspects.loc[suspects["case_id"].isin(grooming), "age_band"].isin(["10-13", "14-17"]).any()


def test_victims_of_88a_are_under_sixteen_and_of_21_under_thirteen(tables: dict[str, pd.DataFrame]) -> None:
    victims, crimes = tables["victims"], tables["crimes"]
    under_16 = victims[victims["case_id"].isin(crimes.query("offence_code in ['88A', '22B']")["case_id"])]
    assert under_16["age"].max() <= 15
    under_13 = victims[victims["case_id"].isin(crimes.query("offence_code == '21'")["case_id"])]
    assert (under_13.groupby("case_id")["age"].min() < 13).all()


def test_adults_and_children_recorded_as_suspects_fit_the_person_responsible(tables: dict[str, pd.DataFrame]) -> None:
    suspects = tables["suspects"].merge(tables["cases"], on="case_id")
    children = suspects["age_band"].isin(["10-13", "14-17"])
    assert (suspects.loc[children, "responsible"] == "child").all()
    assert not suspects.loc[~children, "responsible"].eq("child").any()


def test_a_suspect_is_recorded_exactly_where_one_was_identified(tables: dict[str, pd.DataFrame]) -> None:
    identified = tables["cases"].query("suspect_identified == 'yes'")["case_id"]
    assert set(tables["suspects"]["case_id"]) == set(identified)
    named = tables["crimes"].query("outcome_type in ['1', '15', '16']")["case_id"]
    assert set(named) <= set(identified)


def test_some_children_are_victim_and_recorded_suspect_of_one_case(tables: dict[str, pd.DataFrame]) -> None:
    both = tables["victims"].merge(tables["suspects"], on=["person_id", "case_id"], suffixes=("_victim", ""))
    assert len(both) >= 5
    assert set(both["age_band"]) <= {"10-13", "14-17"}
    bands = {"10-13": {"10-13"}, "14-17": {"14-15", "16-17"}}
    assert all(row.age_band_victim in bands[row.age_band] for row in both.itertuples())


def test_a_person_has_one_sex_wherever_the_person_occurs(tables: dict[str, pd.DataFrame]) -> None:
    seen = pd.concat([tables["victims"], tables["suspects"]])[["person_id", "sex"]].drop_duplicates()
    assert seen["person_id"].is_unique


def test_some_children_and_some_suspects_occur_in_two_cases(tables: dict[str, pd.DataFrame]) -> None:
    assert tables["victims"]["person_id"].duplicated().any()
    assert tables["suspects"]["person_id"].duplicated().any()


def test_every_awkward_thing_is_there(tables: dict[str, pd.DataFrame]) -> None:
    cases, crimes, victims = tables["cases"], tables["crimes"], tables["victims"]
    assert Counter(crimes.groupby("case_id").size())[3] == 1
    assert victims.groupby("case_id").size().max() >= 3
    assert (victims["identified"] == "no").any()
    assert (victims.loc[victims["identified"] == "no", "home_zone"] == "").all()
    assert tables["suspects"]["from_force_area"].isin(["no"]).any()
    assert set(cases["stage"]) == {"open", "outcome", "cancelled", "reclassified"}
    assert (cases["non_recent"] == "yes").any()
    assert 0.18 <= (cases["stage"] == "open").mean() <= 0.26  # about 22 %
    assert 0.60 <= (crimes["platform"] == "not_recorded").mean() <= 0.75


def test_a_case_flow_adds_up(tables: dict[str, pd.DataFrame]) -> None:
    """Cases with an outcome are those whose principal crime has one; open, cancelled and reclassified have none."""
    principal = tables["crimes"].query("principal").set_index("case_id")["outcome_type"] != ""
    stage = tables["cases"].set_index("case_id")["stage"]
    assert (principal.reindex(stage.index) == (stage == "outcome")).all()
    outcomes = tables["case_events"].query("event == 'outcome'")
    assert set(outcomes["case_id"]) == set(stage[stage == "outcome"].index)


def test_events_come_in_the_order_of_a_case(tables: dict[str, pd.DataFrame]) -> None:
    days = tables["case_events"].pivot(index="case_id", columns="event", values="on")
    recorded = days["recorded"]
    for before, after in ((days["reported"], recorded), (recorded, days["outcome"]), (recorded, days["safeguarding"])):
        given = before.notna() & after.notna()
        assert (before[given] <= after[given]).all()


def test_a_non_recent_case_ended_more_than_a_year_before_it_was_recorded(tables: dict[str, pd.DataFrame]) -> None:
    crimes = tables["crimes"].query("principal").merge(tables["cases"], on="case_id").dropna(subset=["offence_to"])
    gap = (pd.to_datetime(crimes["recorded_on_x"]) - pd.to_datetime(crimes["offence_to"])).dt.days
    assert ((gap > 365) == (crimes["non_recent"] == "yes")).all()


def test_outcome_21_on_images_is_nearly_always_given_to_children(tables: dict[str, pd.DataFrame]) -> None:
    """West Yorkshire Police FOI 1711564/23: 540 of 553, 629 of 653 and 600 of 673, so 89 to 98 %."""
    images = tables["crimes"].query("offence_code in ['86/2', '86/10'] and outcome_type == '21'")
    who = images.merge(tables["cases"], on="case_id")["responsible"]
    assert (who == "child").mean() >= 0.8


@pytest.mark.parametrize(
    ("lookup", "field", "hierarchy"),
    [("outcomes", "outcome_type", "outcome_group"), ("offence_codes", "offence_code", "")],
)
def test_codes_of_the_crimes_are_those_of_the_lookup(lookup: str, field: str, hierarchy: str) -> None:
    dictionaries = load(ROOT.dictionaries)
    with (ROOT.path / dictionaries[lookup].default_file).open(encoding="utf-8", newline="") as stream:
        rows = {row["code"]: row for row in csv.DictReader(stream)}
    assert set(dictionaries["crimes"].field(field).codes) == set(rows)
    if hierarchy:
        members = dictionaries["crimes"].dimension(hierarchy).members
        assert {code: group for group, codes in members.items() for code in codes} == {
            code: row["group"] for code, row in rows.items()
        }
