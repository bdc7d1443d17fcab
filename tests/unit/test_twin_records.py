"""Synthetic services, workshops and pilot: gaps, small groups and leavers that the methods must cope with."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.unit.test_twin import LOCALITIES, twin_of


@pytest.fixture(params=LOCALITIES)
def tables(request: pytest.FixtureRequest) -> dict[str, pd.DataFrame]:
    return twin_of(request.param)


def test_every_service_and_organisation_says_that_it_is_invented(tables: dict[str, pd.DataFrame]) -> None:
    for name in ("services", "organizations"):
        assert tables[name]["name"].str.endswith("(invented)").all()


def test_a_confidential_service_has_no_location(tables: dict[str, pd.DataFrame]) -> None:
    hidden = set(tables["services"].query("confidential == 'yes'")["id"])
    assert len(hidden) == 2
    assert not hidden & set(tables["service_at_location"]["service_id"])


def test_the_map_has_gaps_duplication_stale_records_and_services_that_ended(tables: dict[str, pd.DataFrame]) -> None:
    services = tables["services"]
    running = set(services.query("status == 'active'")["id"])
    coverage = tables["service_coverage"][tables["service_coverage"]["service_id"].isin(running)]
    covered = coverage.groupby(["form_group", "prevention_level", "age_band"]).size()
    assert len(covered) < 3 * 3 * 4
    assert covered.max() >= 3
    assert ("other", "tertiary", "14-15") not in covered.index
    assert set(services["status"]) == {"active", "inactive", "defunct", "temporarily closed"}
    assert services["assured_date"].isna().any()


def test_one_running_service_refers_to_nobody_and_is_referred_to_by_nobody(tables: dict[str, pd.DataFrame]) -> None:
    routes = tables["referrals"]
    running = set(tables["services"].query("status == 'active'")["id"])
    linked = set(routes["from_service_id"]) | set(routes["to_service_id"])
    assert len(running - linked) == 1
    assert linked <= running


def test_people_leave_before_the_second_round_and_some_cannot_score(tables: dict[str, pd.DataFrame]) -> None:
    raters = tables["ratings"].groupby("round")["rater_id"].nunique()
    assert raters[1] == 75
    assert raters[2] < raters[1]
    assert (tables["ratings"]["unable"] == "yes").any()
    assert tables["ratings"].groupby("stakeholder_group")["rater_id"].nunique()["victims_survivors"] == 4


def test_children_and_professionals_differ_on_being_told_what_changed(tables: dict[str, pd.DataFrame]) -> None:
    last = tables["ratings"].query("round == 2 and item_id == 'P02' and unable == 'no'")
    high = last["rating"].ge(7).groupby(last["stakeholder_group"].eq("children")).mean()
    assert high[True] >= 0.7
    professionals = last[~last["stakeholder_group"].isin(["children", "parents", "victims_survivors"])]
    assert professionals["rating"].ge(7).mean() < 0.5


def test_everybody_gives_five_votes(tables: dict[str, pd.DataFrame]) -> None:
    assert (tables["votes"].groupby("voter_id")["points"].sum() == 15).all()


def test_one_code_leads_to_no_priority_and_every_priority_comes_from_a_code(tables: dict[str, pd.DataFrame]) -> None:
    links = tables["code_links"]
    assert set(tables["codes"]["code_id"]) - set(links["code_id"]) == {"K11"}
    assert set(links["priority_id"]) == set(tables["priorities"]["priority_id"])
    assert len(tables["priorities"]) == 11  # published number of priorities


def test_one_pilot_service_drops_out_and_one_used_an_older_form(tables: dict[str, pd.DataFrame]) -> None:
    gone = set(tables["pilot_services"].query("dropped_out == 'yes'")["service_code"])
    ratings = tables["assessments"]
    assert len(gone) == 1
    assert set(ratings.loc[ratings["service_code"].isin(gone), "wave"]) == {"before"}
    assert ratings.loc[ratings["form_version"] == "0.9", "service_code"].nunique() == 1


def test_some_services_have_fewer_than_the_five_young_raters_that_are_needed(tables: dict[str, pd.DataFrame]) -> None:
    raters = tables["assessments"].query("rater == 'youth'").groupby("service_code")["raters"].first()
    assert raters.between(3, 9).all()
    assert 0 < (raters < 5).sum() < len(raters)


def test_progression_was_declared_before_the_pilot(tables: dict[str, pd.DataFrame]) -> None:
    assert (tables["progression_criteria"]["declared_on"].astype(str) < "2024-05-01").all()  # phase 3: May 2024 on
