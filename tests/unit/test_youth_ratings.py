"""Services and young people: five raters, a delay that no clock decides, and agreement by hand and by R."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from compendium.analysis import conformance, paired, youth_ratings
from compendium.disclosure import settle_statistic
from compendium.errors import DisclosureRefused, InputRefused
from tests.unit.pilot_tables import DELAY, rating, records

Rows = list[dict[str, Any]]


def both(service: str, own: int, youth: int, raters: int = 5) -> Rows:
    return [rating(service, "after", own), rating(service, "after", youth, "youth", raters)]


def test_young_peoples_rating_counts_from_five_raters() -> None:
    tables = records({"assessments": [*both("A01", 3, 1), *both("A02", 3, 0, raters=4)]})
    found = youth_ratings.gap_by_criterion(tables, **DELAY).frame
    assert found[["n", "mean"]].values.tolist() == [[1, 2]]


def test_agreement_with_young_people_is_left_empty_when_all_ratings_are_alike() -> None:
    tables = records({"assessments": both("A01", 2, 2)})
    assert youth_ratings.agreement(tables, seed=1, **DELAY).frame.empty


@pytest.mark.parametrize(
    ("evaluated_on", "shown"),
    [("2025-01-17", False), ("2025-01-18", True), ("2024-10-19", False), ("2026-01-01", True)],
)
def test_ratings_are_shown_three_whole_months_after_the_wave_and_not_a_day_before(
    evaluated_on: str, shown: bool
) -> None:
    """The wave ended on 18 October 2024."""
    tables = records({"assessments": both("A01", 3, 1)})
    found = youth_ratings.gap_by_criterion(tables, evaluated_on=evaluated_on, delay_months=3).frame
    assert (len(found) == 1) is shown


def test_a_wave_that_nobody_dated_is_never_over() -> None:
    tables = records({"assessments": both("A01", 3, 1), "pilot_waves": []})
    assert youth_ratings.gap_by_criterion(tables, **DELAY).frame.empty


def test_self_ratings_are_shown_while_young_peoples_wait() -> None:
    rows = [row for number in range(1, 7) for row in both(f"A0{number}", 2, 1)]
    early = {"evaluated_on": "2024-11-01", "delay_months": 3}
    found = conformance.by_criterion(records({"assessments": rows}), **early)
    assert settle_statistic(found)["group"].tolist() == ["The service itself"]
    assert len(settle_statistic(conformance.by_criterion(records({"assessments": rows}), **DELAY))) == 2


def test_levels_are_those_of_the_form_in_use_which_is_the_last_declared() -> None:
    """A place that wrote standards of its own has other versions: what was asked before is not what is asked now."""
    older = [rating(f"A0{number}", "after", 3, form="0.9") for number in range(1, 7)]
    newer = [rating(f"A0{number}", "after", 1, form="1.0") for number in range(1, 6)]
    found = conformance.by_criterion(records({"assessments": [*older, *newer]}), **DELAY).frame
    assert found[["n", "mean"]].values.tolist() == [[5, 1.0]]
    found = conformance.by_criterion(records({"assessments": [*older, *newer]}), form="0.9", **DELAY).frame
    assert found[["n", "mean"]].values.tolist() == [[6, 3.0]]


def test_a_day_that_is_none_is_told() -> None:
    with pytest.raises(InputRefused, match="evaluated_on is no day"):
        youth_ratings.gap_by_criterion(records(), evaluated_on="spring", delay_months=3)


def test_months_between_two_days() -> None:
    day = dt.date
    for first, last, months in [
        (day(2024, 10, 18), day(2025, 1, 18), 3),
        (day(2024, 10, 18), day(2025, 1, 17), 2),
        (day(2024, 10, 31), day(2024, 11, 30), 0),
        (day(2025, 1, 1), day(2024, 12, 1), -1),
    ]:
        assert youth_ratings.months_between(first, last) == months


def test_each_area_has_its_mean_gap_by_service() -> None:
    tables = records({"assessments": [*both("A01", 3, 1), *both("A02", 1, 1), *both("B01", 0, 1)]})
    found = youth_ratings.gap_by_area(tables, **DELAY).frame
    assert found[["measure", "n", "mean"]].values.tolist() == [["Pilot area 1", 2, 1.0], ["Pilot area 2", 1, -1.0]]


def test_waves_say_from_which_month_they_are_shown() -> None:
    found = youth_ratings.waves(records(), evaluated_on="2024-12-01", delay_months=3).frame
    assert found[["ended", "shown_from", "shown"]].drop_duplicates().values.tolist() == [
        ["2024-06", "2024-09", "yes"],
        ["2024-10", "2025-01", "not yet"],
    ]


def test_settling_refuses_what_an_analysis_forgot() -> None:
    """Proofs are checked at the door: raters, delay and consent each by itself, and a table without proofs."""
    tables = records({"assessments": both("A01", 3, 1)})
    good = youth_ratings.gap_by_criterion(tables, **DELAY)
    assert list(settle_statistic(good).columns) == ["measure", "group", "n", "mean", "low", "high"]
    wrong = {
        "least_raters": (4, "fewer than 5"),
        "months_since": (2, "whole months"),
        "without_consent": (1, "consent"),
    }
    for column, (value, words) in wrong.items():
        bad = type(good)(good.kind, good.frame.assign(**{column: value}), good.columns, "service", 1, good.origin)
        with pytest.raises(DisclosureRefused, match=words):
            settle_statistic(bad)
        gone = type(good)(good.kind, good.frame.drop(columns=column), good.columns, "service", 1, good.origin)
        with pytest.raises(DisclosureRefused, match="proof is missing"):
            settle_statistic(gone)


def test_a_table_that_waits_has_no_columns_of_proofs_either() -> None:
    waits = youth_ratings.gap_by_criterion(records(), evaluated_on="2024-11-01", delay_months=3)
    assert list(settle_statistic(waits).columns) == ["measure", "group", "n", "mean", "low", "high"]


def by_definition(pairs: list[tuple[int, int]], power: int) -> float:
    """Cohen 1968: one minus weighted disagreement over that of every rating with every other."""
    observed = sum(abs(a - b) ** power for a, b in pairs) / len(pairs)
    chance = sum(abs(a - b) ** power for a, _ in pairs for _, b in pairs) / len(pairs) ** 2
    return 1 - observed / chance


@pytest.mark.parametrize(("weights", "power"), [("linear", 1), ("quadratic", 2)])
def test_weighted_kappa_is_what_cohen_defined(weights: paired.Weights, power: int) -> None:
    pairs = [(0, 1), (1, 1), (2, 3), (3, 3), (0, 0), (2, 1), (1, 2), (3, 1)]
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    found = paired.weighted_kappa(first, second, levels=4, weights=weights)
    assert float(found) == pytest.approx(by_definition(pairs, power))


def test_the_interval_of_kappa_resamples_services_by_brute_force() -> None:
    """Two ratings in each of six services: every resample worked out one by one gives the same percentiles."""
    import numpy as np

    services = [
        [(0, 1), (1, 1)],
        [(2, 2), (3, 3)],
        [(0, 0), (1, 2)],
        [(3, 2), (2, 3)],
        [(1, 0), (2, 1)],
        [(0, 0), (3, 3)],
    ]
    found = paired.kappa_by_cluster(services, levels=4, weights="quadratic", seed=4, draws=300)
    drawn = np.random.default_rng(4).integers(0, 6, size=(300, 6))
    kappas = [by_definition([pair for place in draw for pair in services[place]], 2) for draw in drawn]
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile(kappas, [2.5, 97.5])))


def test_fewer_than_six_services_have_a_kappa_without_interval() -> None:
    found = paired.kappa_by_cluster([[(0, 1), (2, 2)]] * 5, levels=4, weights="linear", seed=1)
    assert pd.isna(found.low)


def test_holm_as_r_prints_it() -> None:
    """p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") in R: 0.03 0.06 0.06 0.02."""
    assert paired.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_what_missing_pairs_could_do_by_trying_both() -> None:
    """Five rose, two fell, one stayed, two missing: both fell gives (5 - 4) / 10, both rose (7 - 2) / 10."""
    assert paired.what_if(5, 2, 8, 2) == pytest.approx((0.1, 0.5))
