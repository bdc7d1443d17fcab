"""Statistics: a rule for each kind, and none without one."""

from __future__ import annotations

import pandas as pd
import pytest

from compendium.aggregate import Origin, Statistic
from compendium.disclosure import settle_statistic
from compendium.disclosure.statistics import RULES
from compendium.errors import DisclosureRefused

PUBLIC = Origin("studies", "Studies", "public", "real", "", "the register")
CASES = Origin("cases", "Cases", "sensitive", "synthetic", "threshold-10", "invented")
WORKSHOPS = Origin("ratings", "Ratings", "sensitive", "synthetic", "participants", "invented", units="participants")


def statistic(kind: str, rows: list[dict[str, object]], contributors: int = 50, origin: Origin = CASES) -> Statistic:
    return Statistic(kind, pd.DataFrame(rows), {}, "person", contributors, origin)


def concentration(measure: str, observed: float = 0.41234, places: int = 21, events: int = 187) -> dict[str, object]:
    return {
        "measure": measure,
        "observed": observed,
        "chance": 0.4,
        "low": 0.35,
        "high": 0.46,
        "places": places,
        "events": events,
    }


def consensus(group: str, n: str, item: str = "P01") -> dict[str, object]:
    return {
        "item": item,
        "item_label": "A priority",
        "group": group,
        "group_label": group,
        "n_text": n,
        "median": 8.0,
        "share_high": 0.7345,
        "share_low": 0.1,
        "verdict": "in",
    }


def test_a_kind_without_a_rule_is_refused_by_name() -> None:
    with pytest.raises(DisclosureRefused, match="'kaplan_meier'"):
        settle_statistic(statistic("kaplan_meier", [{"day": 1}]))


@pytest.mark.parametrize("kind", ["listing", "estimates", "gap_map", "flow"])
def test_kinds_for_public_tables_are_refused_for_others(kind: str) -> None:
    frame = [{"label": "a study"}]
    assert len(settle_statistic(statistic(kind, frame, origin=PUBLIC))) == 1
    with pytest.raises(DisclosureRefused, match="public tables only"):
        settle_statistic(statistic(kind, frame))


def test_concentration_needs_ten_contributors_and_is_rounded() -> None:
    settled = settle_statistic(statistic("concentration", [concentration("Gini")]))
    assert settled[["observed", "events"]].iloc[0].tolist() == [0.41, 185]
    with pytest.raises(DisclosureRefused, match="fewer than 10 persons"):
        settle_statistic(statistic("concentration", [concentration("Gini")], contributors=9))


@pytest.mark.parametrize(
    ("measure", "places", "shown"),
    [
        ("Share of the five highest areas", 21, True),
        ("Share of the five highest areas", 6, False),  # the rest is one area: its share is the minimum
        ("Share of the three highest areas", 21, False),
        ("Share of the highest area", 21, False),
        ("Top 1 share", 21, False),
        ("Maximum", 21, False),
    ],
)
def test_no_share_that_points_at_an_area(measure: str, places: int, shown: bool) -> None:
    settled = settle_statistic(statistic("concentration", [concentration(measure, places=places)]))
    assert settled["observed"].notna().tolist() == [shown]


@pytest.mark.parametrize(("places", "shown"), [(19, False), (20, True)])
def test_quartiles_of_areas_rest_on_five_areas_each(places: int, shown: bool) -> None:
    row = concentration("Location quotients: reach of the middle half", places=places)
    assert settle_statistic(statistic("concentration", [row]))["observed"].notna().tolist() == [shown]


def test_the_reach_of_quotients_is_rounded_so_that_one_case_is_not_seen() -> None:
    """21 areas, 187 cases: one case is a quotient of 21/187 = 0.11 in an area of average size; twice that, to 0.25."""
    row = concentration("Location quotients: reach of the middle half", observed=0.41)
    assert settle_statistic(statistic("concentration", [row]))["observed"].tolist() == [0.5]


@pytest.mark.parametrize("kind", ["unevenness", "lorenz_in_full", "chance_alone"])
def test_concentration_in_full_is_for_public_tables_only(kind: str) -> None:
    with pytest.raises(DisclosureRefused, match="public tables only"):
        settle_statistic(statistic(kind, [{"group": "January"}]))


def test_a_column_that_no_rule_covers_is_refused() -> None:
    with pytest.raises(DisclosureRefused, match="no rule covers"):
        settle_statistic(statistic("concentration", [concentration("Gini") | {"largest_area": "Zone 03"}]))


def test_groups_from_5_to_9_show_verdict_and_median_only() -> None:
    settled = settle_statistic(
        statistic("consensus", [consensus("police", "7"), consensus("children", "14")], 7, WORKSHOPS)
    )
    police, children = settled.to_dict("records")
    assert (police["n_text"], police["median"], police["verdict"]) == ("fewer than 10", 8.0, "in")
    assert pd.isna(police["share_high"]) and pd.isna(police["share_low"])
    assert (children["n_text"], children["share_high"]) == ("14", 0.8), (
        "fourteen people: two numbers fit a share of 0.8"
    )


def test_a_group_under_5_is_refused_and_the_merge_is_named() -> None:
    with pytest.raises(DisclosureRefused, match=r"Group police has fewer than 5 people\. Merge it upward"):
        settle_statistic(statistic("consensus", [consensus("police", "4")], 4, WORKSHOPS))
    with pytest.raises(DisclosureRefused, match="fewer than 5"):
        settle_statistic(statistic("consensus", [consensus("police", "fewer than 10")], 3, WORKSHOPS))


def test_victims_and_survivors_are_never_shown_alone() -> None:
    with pytest.raises(DisclosureRefused, match="never shown alone"):
        settle_statistic(statistic("consensus", [consensus("victims_survivors", "12")], 12, WORKSHOPS))


def test_everybody_together_less_the_groups_does_not_give_a_small_group_away() -> None:
    rows = [consensus("police", "7"), consensus("children", "14"), consensus("all", "21")]
    settled = settle_statistic(statistic("consensus", rows, 7, WORKSHOPS)).set_index("group")
    assert settled.loc["all", "n_text"] == "10 or more"
    assert pd.isna(settled.loc["all", "share_high"])


def test_no_mean_of_fewer_than_5_people_and_no_small_sizes() -> None:
    def row(n: int) -> dict[str, object]:
        return {
            "measure": "AIM",
            "group": "Pilot area 1",
            "n": n,
            "mean": 4.1234,
            "low": 3.9,
            "high": 4.4,
            "without_consent": 0,
        }

    services = Origin("acceptability", "A", "sensitive", "synthetic", "services", "invented", units="services")
    settled = settle_statistic(statistic("scores", [row(3), row(7), row(12)], 3, services))
    assert settled["mean"].isna().tolist() == [True, False, False]
    assert settled["n"].isna().tolist() == [True, True, False]


def test_under_6_pairs_there_is_no_p_value() -> None:
    pair = {
        "area": "Pilot area 1",
        "measure": "AIM",
        "before": 1,
        "after": 2,
        "shift": 1,
        "low": 0,
        "high": 2,
        "p_text": "0.03",
        "p_holm": "p = 0.060",
    }
    settled = settle_statistic(statistic("paired", [pair | {"pairs": 5}, pair | {"pairs": 6}]))
    assert settled["p_text"].tolist() == ["", "0.03"]
    assert settled["p_holm"].tolist() == ["", "p = 0.060"]
    said = settle_statistic(statistic("paired", [pair | {"pairs": 5, "p_text": "fewer than six pairs"}]))
    assert said["p_text"].tolist() == ["fewer than six pairs"]


def test_services_are_given_by_codes() -> None:
    row = {"degree_in": 1, "degree_out": 2, "betweenness": 0.12345, "isolated": False}
    assert settle_statistic(statistic("network", [row | {"service_code": "S01"}]))["betweenness"].tolist() == [0.12]
    with pytest.raises(DisclosureRefused, match="not given by a code"):
        settle_statistic(statistic("network", [row | {"service_code": "Harbour House"}]))


def test_a_lorenz_curve_has_five_steps_at_most() -> None:
    row = {"share_of_places": 0.2, "share_of_events": 0.1, "chance_low": 0.05, "chance_high": 0.15}
    with pytest.raises(DisclosureRefused, match="quintiles"):
        settle_statistic(statistic("lorenz", [row | {"quintile": 7}]))


def test_every_rule_says_whose_it_is_how_it_rounds_and_what_it_leaves_out() -> None:
    for rule in RULES.values():
        assert rule.title and rule.sources and rule.left_out and (rule.rounding or rule.public_only), rule.kind
        assert set(rule.decimals) <= set(rule.columns)


def test_votes_of_a_group_are_not_shown_when_they_leave_a_few_voters() -> None:
    row = {"item": "P01", "item_label": "A", "points": 30, "points_rank": 1, "borda": 12.5}
    row |= {"borda_rank": 1, "schulze_rank": 1, "differ": ""}
    both = [row | {"group": "Everyone", "voters": 40}, row | {"group": "Children", "voters": 12}]
    assert len(settle_statistic(statistic("ranking", both, 12, WORKSHOPS))) == 2
    with pytest.raises(DisclosureRefused, match="fewer than 10 voters"):
        settle_statistic(statistic("ranking", [both[0] | {"voters": 15}, both[1]], 12, WORKSHOPS))


def test_means_over_services_stay_because_services_gave_consent() -> None:
    services = Origin("costs", "Costs", "sensitive", "synthetic", "services", "invented", units="services")
    row = {"measure": "Staff hours", "group": "Pilot area 1", "n": 3, "mean": 4.1234, "low": None, "high": None}
    row["without_consent"] = 0
    found = settle_statistic(Statistic("scores", pd.DataFrame([row]), {}, "service", 3, services))
    assert found[["n", "mean"]].iloc[0].tolist() == [3, 4.12]
