"""Attacks on released statistics: what one record more, or a figure beside another, would tell."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from compendium.aggregate import Origin, Statistic
from compendium.analysis.concentration import gini, top_share
from compendium.disclosure import check_together, settle_statistic
from compendium.disclosure.rounding import midpoint_6
from compendium.errors import DisclosureRefused

CASES = Origin("cases", "Cases", "sensitive", "synthetic", "threshold-10", "invented")
WORKSHOPS = Origin("ratings", "Ratings", "sensitive", "synthetic", "participants", "invented", units="participants")


def statistic(kind: str, *rows: dict[str, object], contributors: int = 50, origin: Origin = CASES) -> Statistic:
    return Statistic(kind, pd.DataFrame(rows), {}, "case", contributors, origin)


def concentration(counts: np.ndarray, measure: str = "Gini") -> Statistic:
    observed = float(gini(counts)) if measure == "Gini" else float(top_share(counts, 5))
    total = int(counts.sum())
    row = {"measure": measure, "observed": observed, "chance": 0.3, "low": 0.25, "high": 0.35}
    return statistic("concentration", row | {"places": len(counts), "events": total}, contributors=total)


def released(stat: Statistic, column: str = "observed") -> float:
    return float(settle_statistic(stat)[column].iloc[0])


@pytest.mark.parametrize(("events", "places", "step"), [(185, 21, 0.01), (74, 6, 0.02), (30, 6, 0.05)])
def test_one_case_more_seldom_shows_in_a_gini_and_moves_it_by_a_step_at_most(
    events: int, places: int, step: float
) -> None:
    """For each place a case could be added to, brute force: in most the released Gini is the same as before."""
    counts = np.random.RandomState(7).multinomial(events, np.ones(places) / places)
    before = released(concentration(counts))
    after = [released(concentration(counts + (np.arange(places) == place))) for place in range(places)]
    moves = [abs(one - before) for one in after]
    assert max(moves) <= step + 1e-9
    assert np.mean([move > 1e-9 for move in moves]) <= 0.5
    assert before / step == pytest.approx(round(before / step))


def test_two_ginis_of_nearly_the_same_cases_are_refused_as_a_pair() -> None:
    everyone, few_less = concentration(np.array([40, 30, 20, 10])), concentration(np.array([40, 30, 20, 7]))
    with pytest.raises(DisclosureRefused, match="one and two rest on nearly the same records"):
        check_together({"one": everyone, "two": few_less})
    check_together({"one": everyone, "two": concentration(np.array([40, 30, 20, 0]))})  # ten: a number in itself
    check_together({"one": everyone, "two": concentration(np.array([40, 30, 20, 10]))})


def test_a_share_of_areas_whose_rest_is_a_few_cases_is_not_shown() -> None:
    """60 cases of which 55 lie in the five highest of twelve areas: the share would tell of the five others."""
    thin = np.array([11, 11, 11, 11, 11, 1, 1, 1, 1, 1, 0, 0])
    wide = np.array([9, 9, 9, 9, 9, 3, 3, 3, 3, 3, 0, 0])
    assert np.isnan(released(concentration(thin, "Share of the five highest areas")))
    assert released(concentration(wide, "Share of the five highest areas")) == 0.75  # 45 of 60, to 0.05


def test_a_share_of_raters_never_gives_their_number() -> None:
    """Every size from 10 to 120 and every number of high ratings: at least two numbers give the share released."""
    row = {"item": "P01", "item_label": "A", "group": "children", "group_label": "Children", "median": 7.0}
    for size in range(10, 121):
        rows = [
            row | {"n_text": str(size), "share_high": k / size, "share_low": 0.0, "verdict": "in"}
            for k in range(size + 1)
        ]
        shares = settle_statistic(statistic("consensus", *rows, contributors=size, origin=WORKSHOPS))["share_high"]
        assert shares.value_counts().min() >= 2, size


def test_a_verdict_is_a_word_of_four() -> None:
    row = {"item": "P01", "item_label": "A", "group": "g", "group_label": "G", "n_text": "20", "median": 7.0}
    with pytest.raises(DisclosureRefused, match="A verdict is one of") as refused:
        told = row | {"share_high": 0.7, "share_low": 0.1, "verdict": "one girl said no"}
        settle_statistic(statistic("consensus", told, origin=WORKSHOPS))
    assert "girl" not in str(refused.value)


def survival(events: list[int], *, start: int = 100, months: list[float] | None = None) -> Statistic:
    at_risk = [start - sum(events[:at]) for at in range(len(events))]
    table = zip(months or range(len(events)), at_risk, events, strict=True)
    rows = [{"group": "all", "month": month, "at_risk": r, "events": e, "survival": -1.0} for month, r, e in table]
    return statistic("survival", *rows, contributors=start)


def test_survival_is_made_anew_from_rounded_counts() -> None:
    """By hand: at risk 100, 96, 85 are 99, 93, 87; cumulative events 4, 15, 15 are 3, 15, 15, so 3, 12, 0."""
    settled = settle_statistic(survival([4, 11, 0]))
    assert settled["at_risk"].tolist() == [99, 93, 87]
    assert settled["events"].tolist() == [3, 12, 0]
    assert settled["survival"].tolist() == [round(x, 2) for x in (96 / 99, 96 / 99 * 81 / 93, 96 / 99 * 81 / 93)]


def test_one_event_more_moves_a_survival_curve_once_in_six() -> None:
    curves = [settle_statistic(survival([k]))["events"].tolist() for k in range(1, 61)]
    changed = sum(a != b for a, b in pairwise(curves))
    assert changed == 9  # 60 counts lie in ten classes of six


def test_survival_by_day_is_refused_and_months_with_few_at_risk_are_left_out() -> None:
    with pytest.raises(DisclosureRefused, match="the date of an event"):
        settle_statistic(survival([4, 3], months=[0.5, 1.25]))
    with pytest.raises(DisclosureRefused, match="the date of an event"):
        settle_statistic(survival([4, 3], months=[2, 1]))
    settled = settle_statistic(survival([40, 55, 2]))
    assert settled["survival"].isna().tolist() == [False, False, True]
    assert settled[["at_risk", "events"]].iloc[2].isna().all()


def test_medians_rest_on_ten_people_on_each_side() -> None:
    row = {"measure": "Days to charge", "group": "all", "median": 123.4, "low_quartile": 45.6, "high_quartile": 345.0}
    settled = settle_statistic(statistic("median", *[row | {"n": n} for n in (19, 20, 39, 40)]))
    assert settled["median"].isna().tolist() == [True, False, False, False]
    assert settled["high_quartile"].isna().tolist() == [True, True, True, False]
    assert settled.loc[3, ["median", "low_quartile", "n"]].tolist() == [120, 46, 39]


def test_regressions_have_ten_degrees_of_freedom_no_perfect_fit_and_no_intercept() -> None:
    row = {"term": "age", "estimate": 0.12345, "low": 0.1, "high": 0.2, "n": 50, "residual_df": 40}
    settled = settle_statistic(statistic("regression", row, row | {"term": "(Intercept)"}))
    assert settled.to_dict("records") == [{"term": "age", "estimate": 0.12, "low": 0.1, "high": 0.2, "n": 51}]
    with pytest.raises(DisclosureRefused, match="degrees of freedom"):
        settle_statistic(statistic("regression", row | {"residual_df": 9}))
    with pytest.raises(DisclosureRefused, match="fits perfectly"):
        settle_statistic(statistic("regression", row | {"low": 0.12345, "high": 0.12345}))


def test_correlations_of_few_or_of_everything_are_left_out() -> None:
    row = {"measure": "age and delay", "estimate": 0.456, "low": 0.2, "high": 0.6, "n": 50}
    rows = [row, row | {"n": 11}, row | {"estimate": 0.999}, row | {"estimate": -0.996}]
    settled = settle_statistic(statistic("correlation", *rows))
    assert settled["estimate"].isna().tolist() == [False, True, True, True]
    assert settled["estimate"].iloc[0] == 0.46


def test_means_of_persons_need_ten_and_have_one_decimal() -> None:
    row = {"measure": "Delay", "group": "all", "mean": 3.456, "low": 3.12, "high": 3.9}
    settled = settle_statistic(statistic("scores", row | {"n": 9}, row | {"n": 12}))
    assert settled["mean"].isna().tolist() == [True, False]
    assert settled["mean"].iloc[1] == 3.5


def test_midpoints_hold_what_they_promise() -> None:
    """A published x means x - 2 to x + 3."""
    for count, shown in zip(range(1, 200), midpoint_6(range(1, 200)), strict=True):
        assert shown - 2 <= count <= shown + 3
