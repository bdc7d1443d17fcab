"""Floors of statistics at their edges: whole tables worked out by hand, one size below and one at each floor."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from compendium.aggregate import Origin, Statistic
from compendium.disclosure import check_together, settle_statistic
from compendium.errors import DisclosureRefused
from tests.unit.statistics_by_hand import refused, settled, table

CASES = Origin("cases", "Cases", "sensitive", "synthetic", "threshold-10", "invented")
SERVICES = Origin("hours", "Hours", "sensitive", "synthetic", "services", "invented", units="services")
PUBLIC = Origin("areas", "Areas", "public", "real", "", "the register")
NOTHING = None


def statistic(kind: str, frame: pd.DataFrame, origin: Origin = CASES, *, people: int = 50, unit: str = "case") -> Any:
    return Statistic(kind, frame, {}, unit, people, origin)


CONCENTRATION = "measure observed chance low high places events"
NUMBERS = "observed chance low high"


def test_figures_of_concentration_are_rounded_to_steps_that_hide_one_event() -> None:
    """(1 + 0.41) / 187 is under 0.01; (1 + 0.53) / 10 is 0.153, so steps of 0.2; the step of quotients, 2 x 20 / 187,
    is 0.21, so 0.25, and that of 25 events in 21 places, 1.68, is more than the largest, 1."""
    rows = [
        ("Gini", 0.41234, 0.4012, 0.3549, 0.4651, 21, 187),
        ("Gini", 0.53, 0.41, 0.31, 0.71, 21, 10),
        ("Gini", 0.53, 0.41, 0.31, 0.71, 21, 9),
        ("Location quotients: middle half", 0.41, 0.12, 0.13, 1.1, 20, 187),
        ("LOCATION QUOTIENTS: middle half", 0.41, 0.12, 0.13, 1.1, 19, 187),
        ("Location quotients: middle half", 1.4, 0.6, 0.4, 1.6, 21, 25),
    ]
    assert settled(statistic("concentration", table(CONCENTRATION, rows)), f"{NUMBERS} events") == [
        [0.41, 0.40, 0.35, 0.47, 185],
        [0.6, 0.4, 0.4, 0.8, 10],
        [NOTHING, NOTHING, NOTHING, NOTHING, NOTHING],
        [0.5, 0.0, 0.25, 1.0, 185],
        [NOTHING, NOTHING, NOTHING, NOTHING, 185],
        [1.0, 1.0, 0.0, 2.0, 25],
    ]


@pytest.mark.parametrize(
    ("measure", "observed", "places", "shown"),
    [
        ("Share of the five highest areas", 10 / 80, 21, True),
        ("Share of the five highest areas", 9 / 80, 21, False),  # fewer than ten events in these areas
        ("Share of the five highest areas", 70 / 80, 21, True),
        ("Share of the five highest areas", 71 / 80, 21, False),  # fewer than ten in all others
        ("TOP 5 areas", 71 / 80, 21, False),
        ("Highest 5 areas", 0.5, 21, True),
        ("Top 5 areas", 0.5, 10, True),
        ("Top 5 areas", 0.5, 9, False),  # the others are four areas
        ("Top 4 areas", 0.5, 21, False),
        ("Top 5 of the top 10 areas", 0.5, 15, True),
        ("Top 5 of the top 10 areas", 0.5, 14, False),
        ("Top 3 of the top 10 areas", 0.5, 21, False),
        ("Top areas", 0.5, 21, False),  # of how many it does not say
        ("Top nine areas", 0.5, 21, True),
        ("Top six, seven, eight or ten areas", 0.5, 21, True),
        ("Top two areas", 0.5, 21, False),
        ("Top four areas", 0.5, 21, False),
        ("Minimum", 0.5, 21, False),
        ("maximum", 0.5, 21, False),
        ("Least of all", 0.5, 21, False),
        ("Greatest", 0.5, 21, False),
        ("The largest area", 0.5, 21, False),
        ("Lowest", 0.5, 21, False),
        ("Minimum of the top 5 areas", 0.5, 21, False),
        ("Leastways even", 0.5, 21, True),  # no word of its own
        ("Theil", 71 / 80, 4, True),
    ],
)
def test_a_share_of_areas_is_shown_when_neither_it_nor_the_rest_points_at_a_few(
    measure: str, observed: float, places: int, shown: bool
) -> None:
    frame = table(CONCENTRATION, [(measure, observed, 0.4, 0.4, 0.4, places, 80)])
    found = settled(statistic("concentration", frame), NUMBERS)[0]
    assert [number is not NOTHING for number in found] == [shown] * 4


def test_points_of_a_lorenz_curve_are_quintiles_and_nothing_between() -> None:
    columns = "quintile share_of_places share_of_events chance_low chance_high"
    frame = table(columns, [(point, point / 5, 0.123, 0.111, 0.139) for point in range(6)])
    assert settled(statistic("lorenz", frame), "share_of_events chance_low chance_high") == [[0.12, 0.11, 0.14]] * 6
    for point in (6, -1, 2.5):
        assert refused(statistic("lorenz", frame.assign(quintile=[0, 1, 2, 3, 4, point])))[0].remedy


def test_means_of_persons_of_practitioners_and_of_services_have_floors_of_their_own() -> None:
    rows = [("Delay", "all", n, 3.456, 3.123, -0.04) for n in (4, 5, 9, 10)] + [("Delay", "all", "few", 3.4, 3, 4)]
    frame = table("measure group n mean low high", rows)
    blank, shown = [NOTHING] * 3, [3.5, 3.1, 0.0]
    persons = settled(statistic("scores", frame), "n mean low high")
    assert persons == [[NOTHING, *blank]] * 3 + [[10, *shown], [NOTHING, *blank]]
    assert "-0.0" not in settle_statistic(statistic("scores", frame)).to_csv()
    proved = frame.assign(without_consent=0)
    practitioners = settled(statistic("scores", proved, SERVICES), "n mean low high")
    assert practitioners == [[NOTHING, *blank], *[[NOTHING, *shown]] * 2, [10, *shown], [NOTHING, *blank]]
    services = settled(statistic("scores", proved[:4], SERVICES, unit="service"), "n mean low high")
    assert services == [[n, 3.46, 3.12, -0.04] for n in (4, 5, 9, 10)]
    alike = settled(statistic("scores", frame[:4], unit="service"), "n mean low high")  # by name only: persons
    assert alike == persons[:4]


def test_medians_and_quartiles_have_two_digits_and_ten_people_on_each_side() -> None:
    """Sizes by midpoint 6: 19 to 24 are 21, 37 to 42 are 39."""
    frame = table(
        "measure group n median low_quartile high_quartile",
        [("Days", "a", n, 123, 0.456, 3450) for n in (19, 20, 39, 40)],
    )
    assert settled(statistic("median", frame), "n median low_quartile high_quartile") == [
        [21, NOTHING, NOTHING, NOTHING],
        [21, 120, NOTHING, NOTHING],
        [39, 120, NOTHING, NOTHING],
        [39, 120, 0.46, 3400],  # halves to the even digit
    ]


@pytest.mark.parametrize("name", ["Intercept", "(intercept)", "[CONST]", "constant ", "_cons", " (Constant) "])
def test_an_intercept_is_left_out_whatever_the_tool_calls_it(name: str) -> None:
    rows = [("age", 0.123, 0.1, 0.2, 50, 10), (name, 2.5, 2.1, 2.9, 50, 10), ("constancy", 1, 0.9, 1.1, 50, 10)]
    frame = table("term estimate low high n residual_df", rows)
    found = settle_statistic(statistic("regression", frame))
    assert found.to_dict("records") == [
        {"term": "age", "estimate": 0.12, "low": 0.1, "high": 0.2, "n": 51},
        {"term": "constancy", "estimate": 1.0, "low": 0.9, "high": 1.1, "n": 51},
    ]
    assert list(found.index) == [0, 1]


def test_a_regression_with_one_bad_term_is_refused() -> None:
    good = ("age", 0.123, 0.1, 0.2, 50, 10)
    for bad in (("sex", 0.1, 0.0, 0.2, 50, 9), ("sex", 0.1, 0.1, 0.1, 50, 10), ("sex", 0.1, 0.1, 0.1 + 5e-10, 50, 10)):
        (problem,) = refused(statistic("regression", table("term estimate low high n residual_df", [good, bad])))
        assert problem.remedy
    near = ("sex", 0.1, 0.0, 3e-9, 50, 10)  # nearly perfect: a perfect fit leaves less than a billionth
    assert (
        len(settle_statistic(statistic("regression", table("term estimate low high n residual_df", [good, near])))) == 2
    )


def test_correlations_need_twelve_and_less_than_one() -> None:
    rows = [(11, 0.4), (12, 0.4), (12, 0.995), (12, 0.994), (12, -0.995), (12, -0.994)]
    frame = table("measure estimate low high n", [("a, b", value, 0.111, 0.999, n) for n, value in rows])
    blank = [NOTHING] * 3
    assert settled(statistic("correlation", frame), "n estimate low high") == [
        [9, *blank],
        [9, 0.4, 0.11, 1.0],
        [9, *blank],
        [9, 0.99, 0.11, 1.0],
        [9, *blank],
        [9, -0.99, 0.11, 1.0],
    ]


SURVIVAL = "group month at_risk events survival"


def test_the_curves_of_two_groups_are_made_anew_each_by_itself() -> None:
    """By midpoint 6: at risk 100, 96, 13, 12 are 99, 93, 15, 9; events 4, 87, 88 in all are 3, 87, 87.

    The other group: at risk 60 and 45 are 57 and 45, events 15 and 45 in all are 15 and 45; all of the 30 events would
    leave 15 of 45.
    """
    rows = [("a", 0, 100, 4, -1), ("a", 1, 96, 83, -1), ("a", 3, 13, 1, -1), ("a", 4, 12, 0, -1)]
    rows += [("b", 0, 60, 15, -1), ("b", 1, 45, 30, -1)]
    one = 96 / 99
    two = one * (1 - 84 / 93)
    assert settled(statistic("survival", table(SURVIVAL, rows)), "group month at_risk events survival") == [
        ["a", 0, 99, 3, round(one, 2)],
        ["a", 1, 93, 84, round(two, 2)],
        ["a", 3, 15, 0, round(two, 2)],
        ["a", 4, NOTHING, NOTHING, NOTHING],
        ["b", 0, 57, 15, round(42 / 57, 2)],
        ["b", 1, 45, 30, round(42 / 57 * 15 / 45, 2)],
    ]


def test_rounding_never_takes_a_survival_curve_below_nobody() -> None:
    """Cumulative events 6 and 19 are 3 and 21, so 18 of 15 at risk (13 as they are): nobody is left, not fewer."""
    rows = [("a", 1, 24, 6, -1), ("a", 2, 13, 13, -1), ("a", 3, 0, 0, -1)]
    found = settled(statistic("survival", table(SURVIVAL, rows)), "at_risk events survival")
    assert found == [[21, 3, round(18 / 21, 2)], [15, 18, 0.0], [NOTHING, NOTHING, NOTHING]]


@pytest.mark.parametrize("months", [[1, 1], [2, 1], [1, 1.5], [0.5, 1.5]])
def test_a_survival_curve_goes_by_whole_months_in_order(months: list[float]) -> None:
    frame = table(SURVIVAL, [("a", month, 50, 3, -1) for month in months])
    (problem,) = refused(statistic("survival", frame))
    assert "of cases" in problem.message and problem.remedy


def test_votes_leave_nobody_or_ten_others() -> None:
    columns = "item item_label group voters points points_rank borda borda_rank schulze_rank differ"
    for others, passes in ((0, True), (1, False), (9, False), (10, True)):
        rows = [("P01", "A", group, n, 30, 1, 12.34, 1, 1, "") for group, n in (("All", 40), ("Children", 40 - others))]
        stat = statistic("ranking", table(columns, rows))
        if passes:
            assert settled(stat, "voters borda") == [[40, 12.3], [40 - others, 12.3]]
        else:
            assert refused(stat)[0].remedy


def test_p_values_of_fewer_than_six_pairs_go_and_words_stay() -> None:
    columns = "area measure pairs before after shift low high p_text p_holm"
    texts = ["p = 0.03", "p < 0.001", "0.03", ".03", "too few pairs", "privately"]
    rows = [("A", "AIM", n, 1, 2, 1, 0, 2, text, text) for n in (5, 6) for text in texts]
    kept = ["", "", "", "", "too few pairs", "privately"]
    found = settled(statistic("paired", table(columns, rows)), "p_text p_holm")
    assert found == [[text, text] for text in (*kept, *texts)]


def test_services_are_named_by_codes_alone() -> None:
    columns = "service_code degree_in degree_out betweenness isolated"
    codes = ["S01", "7", "svc-12", "A_3"]
    frame = table(columns, [(code, 1, 2, 0.126, False) for code in codes])
    assert settled(statistic("network", frame), "service_code betweenness") == [[code, 0.13] for code in codes]
    for named in ("Harbour House", "S01 North", "S", "12-Main", ""):
        (problem,) = refused(statistic("network", frame.assign(service_code=["S01", named, "Else", "S04"])))
        assert problem.message.startswith("2 services") and problem.remedy
    kept = table("service_code status checked months to_do", [("Harbour House", "open", "2026-01", 3, "")])
    assert refused(statistic("upkeep", kept))


def test_a_statistic_says_everything_that_is_wrong_with_its_columns_at_once() -> None:
    frame = table("measure estimate low high n", [("a, b", 0.4, 0.1, 0.6, 50)])
    found = refused(statistic("correlation", frame.drop(columns="low").assign(seen=1), people=11))
    assert [(problem.file, problem.column) for problem in found] == [
        ("correlation", "seen"),
        ("correlation", "low"),
        ("correlation", ""),
    ]
    assert "11" not in str(found[2]) and "fewer than 12 cases" in found[2].message
    assert found[0].remedy and found[2].remedy
    assert settled(statistic("correlation", frame, people=12), "n") == [[51]]


def test_a_public_statistic_and_an_empty_one_stay_as_they_are_but_for_proofs() -> None:
    rows = [("Delay", "all", 3, 3.456, 3.123, 4.0, 1)]
    frame = table("measure group n mean low high without_consent", rows)
    assert settled(statistic("scores", frame, PUBLIC, people=3), "n mean") == [[3, 3.456]]
    assert "without_consent" not in settle_statistic(statistic("scores", frame, PUBLIC))
    assert list(settle_statistic(statistic("scores", frame[:0]))) == ["measure", "group", "n", "mean", "low", "high"]


def test_settling_leaves_the_proposed_numbers_alone() -> None:
    frame = table(CONCENTRATION, [("Maximum", 0.41234, 0.4, 0.3, 0.5, 21, 187)])
    before = frame.copy()
    settle_statistic(statistic("concentration", frame))
    pd.testing.assert_frame_equal(frame, before)


def sized(events: int, kind: str = "concentration", origin: Origin = CASES, unit: str = "case") -> Statistic:
    column = "events" if kind == "concentration" else "n"
    stat: Statistic = statistic(kind, pd.DataFrame({column: [events]}), origin, unit=unit)
    return stat


def test_two_statistics_may_not_differ_by_a_few_records_and_every_such_pair_is_named() -> None:
    for near in (41, 49, 39, 31):
        with pytest.raises(DisclosureRefused, match=r"^concentration: a and b rest on nearly the same records") as told:
            check_together({"a": sized(40), "b": sized(near)})
        assert told.value.problems[0].remedy
    for far in (40, 50, 30):
        check_together({"a": sized(40), "b": sized(far)})
    with pytest.raises(DisclosureRefused) as told:
        check_together({"a": sized(40), "other": sized(41, "median"), "b": sized(45), "c": sized(48)})
    assert len(told.value.problems) == 3


def test_statistics_of_other_kinds_tables_or_units_are_not_compared() -> None:
    elsewhere = Origin("events", "Events", "sensitive", "synthetic", "threshold-10", "invented")
    empty = statistic("concentration", pd.DataFrame({"events": [41]}).iloc[:0])
    for other in (
        sized(41, "median"),
        sized(41, origin=elsewhere),
        sized(41, origin=PUBLIC),
        sized(41, origin=SERVICES),
        sized(41, unit="victim"),
        statistic("unheard_of", pd.DataFrame({"events": [41]})),
        empty,
    ):
        check_together({"a": sized(40), "b": other})
        check_together({"b": other, "a": sized(40)})
    check_together({"a": sized(40, origin=SERVICES), "b": sized(41, origin=SERVICES)})
    check_together({"a": sized(40, origin=PUBLIC), "b": sized(41, origin=PUBLIC)})


def test_a_kind_that_needs_no_step_of_its_own_is_rounded_and_shown() -> None:
    frame = table("measure estimate low high units raters", [("alpha", 0.126, 0.1, 0.2, 12, 2)])
    assert settled(statistic("agreement", frame, people=10), "measure estimate units raters") == [
        ["alpha", 0.13, 12, 2]
    ]
    assert refused(statistic("agreement", frame, people=9))
    (problem,) = refused(statistic("listing", frame))
    assert "'cases' is not public" in problem.message and problem.remedy
