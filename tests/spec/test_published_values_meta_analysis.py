"""Published results of random-effects meta-analysis, to the digits printed (`cases/meta_analysis.json`)."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from compendium.analysis import meta
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared


def case(name: str) -> dict[str, Any]:
    cases = json.loads((SHARED / "cases" / "meta_analysis.json").read_text())["cases"]
    return next(entry for entry in cases if entry["id"] == name)


def agrees(found: dict[str, float], name: str) -> None:
    """Every number of the case within its tolerance."""
    entry = case(name)
    for key, value in found.items():
        tolerance = entry["tolerance"].get(key, entry["tolerance"]["abs"])
        assert np.allclose(value, entry["expected"][key], rtol=0, atol=tolerance), (key, value, entry["expected"][key])


def results(pooled: meta.Pooled, *names: str) -> dict[str, float]:
    return {name: getattr(pooled, name) for name in names}


@pytest.fixture
def bcg() -> tuple[np.ndarray, np.ndarray]:
    trials = pd.read_csv(SHARED / case("bcg_log_rr_reml")["input"]["file"])
    treated, control = trials.tpos + trials.tneg, trials.cpos + trials.cneg
    effects = np.log((trials.tpos / treated) / (trials.cpos / control))
    return effects.to_numpy(), (1 / trials.tpos - 1 / treated + 1 / trials.cpos - 1 / control).to_numpy()


def test_thirteen_vaccine_trials_by_reml(bcg: tuple[np.ndarray, np.ndarray]) -> None:
    pooled = meta.pool(*bcg, tau2="REML", interval="wald")
    agrees({"yi": bcg[0], "vi": bcg[1]}, "bcg_log_rr_reml")
    agrees(results(pooled, "k", "tau2", "i2", "h2", "q", "q_df", "estimate", "se", "low", "high"), "bcg_log_rr_reml")
    agrees(
        {"rr": math.exp(pooled.estimate), "rr_low": math.exp(pooled.low), "rr_high": math.exp(pooled.high)},
        "bcg_log_rr_reml",
    )


def test_the_prediction_interval_takes_t_on_two_degrees_less_than_studies(bcg: tuple[np.ndarray, np.ndarray]) -> None:
    pooled = meta.pool(*bcg, interval="wald")
    # the notes of the case: t on 11 degrees of freedom
    assert pooled.prediction_low == pytest.approx(-2.0084, abs=1e-4)
    assert pooled.prediction_high == pytest.approx(0.5793, abs=1e-4)
    # the printed one has the normal quantile on the same spread
    reach = stats.norm.ppf(0.975) * math.sqrt(pooled.se**2 + pooled.tau2)
    printed = {
        "prediction_low_rr": math.exp(pooled.estimate - reach),
        "prediction_high_rr": math.exp(pooled.estimate + reach),
    }
    entry = case("bcg_log_rr_reml")
    assert printed["prediction_low_rr"] == pytest.approx(entry["expected"]["prediction_low_rr"], abs=1e-4)
    assert printed["prediction_high_rr"] == pytest.approx(entry["expected"]["prediction_high_rr"], abs=1e-4)


def test_the_same_trials_with_the_interval_of_hartung_and_knapp(bcg: tuple[np.ndarray, np.ndarray]) -> None:
    pooled = meta.pool(*bcg, interval="hksj")
    agrees(results(pooled, "estimate", "se", "low", "high"), "bcg_log_rr_reml_hksj")
    agrees({"q_multiplier": pooled.multiplier}, "bcg_log_rr_reml_hksj")


def test_the_same_trials_by_dersimonian_and_laird_and_by_paule_and_mandel(bcg: tuple[np.ndarray, np.ndarray]) -> None:
    agrees(results(meta.pool(*bcg, tau2="DL", interval="wald"), "tau2", "estimate", "se"), "bcg_log_rr_dl")
    assert meta.pool(*bcg, tau2="PM").tau2 == pytest.approx(0.3181, abs=1e-4)  # the notes of that case


def proportions(name: str) -> tuple[list[int], list[int]]:
    return case(name)["input"]["events"], case(name)["input"]["totals"]


def test_fourteen_proportions_on_the_logit_scale() -> None:
    pooled = meta.pool_proportions(*proportions("pritz1997_logit"), method="logit", interval="wald")
    agrees(results(pooled, "k", "tau2", "q", "i2", "se", "estimate", "low", "high"), "pritz1997_logit")
    reach = stats.norm.ppf(0.975) * math.sqrt(pooled.se**2 + pooled.tau2)  # the printed one has the normal quantile
    centre = math.log(pooled.estimate / (1 - pooled.estimate))
    assert 1 / (1 + math.exp(reach - centre)) == pytest.approx(0.4661, abs=1e-4)
    assert 1 / (1 + math.exp(-reach - centre)) == pytest.approx(0.9179, abs=1e-4)
    knapp = meta.pool_proportions(*proportions("pritz1997_logit"), interval="hksj")
    assert (knapp.low, knapp.high) == pytest.approx((0.6481, 0.8412), abs=1e-4)


def test_fourteen_proportions_by_the_binomial_normal_model() -> None:
    pooled = meta.pool_proportions(*proportions("pritz1997_glmm"), method="glmm", tau2="ML", interval="wald")
    agrees(results(pooled, "estimate", "low", "high", "tau2", "se"), "pritz1997_glmm")


def test_the_double_arcsine_agrees_and_warns() -> None:
    with pytest.warns(meta.BackTransformWarning, match=r"12\.6"):
        pooled = meta.pool_proportions(
            *proportions("pritz1997_double_arcsine"), method="double_arcsine", interval="wald"
        )
    agrees(results(pooled, "estimate", "low", "high", "tau2", "q", "i2"), "pritz1997_double_arcsine")
    totals = np.array(proportions("pritz1997_double_arcsine")[1], dtype=float)
    agrees({"harmonic_mean_n": meta.harmonic_mean(totals)}, "pritz1997_double_arcsine")


def test_four_studies_transformed_and_back_as_miller_prints_them() -> None:
    events, totals = (np.array(values, dtype=float) for values in proportions("miller1978_back_transform"))
    yi, vi = meta.double_arcsine_effects(events, totals)
    each = [meta.double_arcsine_back(value, n) for value, n in zip(yi, totals, strict=True)]
    middle, weighted = float(yi.mean()), meta.pool(yi, vi, tau2=0).estimate
    typical = meta.harmonic_mean(totals)
    agrees(
        {
            "two_yi": 2 * yi,
            "four_vi": 4 * vi,
            "each_back": each,
            "harmonic_mean_n": typical,
            "unweighted_two_y": 2 * middle,
            "unweighted_back": meta.double_arcsine_back(middle, typical),
            "weighted_two_y": 2 * weighted,
            "weighted_back": meta.double_arcsine_back(weighted, typical),
        },
        "miller1978_back_transform",
    )


@pytest.mark.filterwarnings("ignore::compendium.analysis.meta.BackTransformWarning")
def test_none_of_n_and_all_of_n_come_back_as_zero_and_one() -> None:
    events, totals = (np.array(values, dtype=float) for values in proportions("freeman_tukey_zero_and_full"))
    yi, _ = meta.double_arcsine_effects(events, totals)
    each = [meta.double_arcsine_back(value, n) for value, n in zip(yi, totals, strict=True)]
    pooled = meta.pool_proportions(events, totals, method="double_arcsine", tau2=0, interval="wald")
    agrees({"each_back": each, **results(pooled, "estimate", "low", "high")}, "freeman_tukey_zero_and_full")


def test_the_ten_solicitation_rows_load_as_they_were_checked() -> None:
    pooled = meta.pool_proportions(*proportions("solicitation_set_1_loading"), tau2="DL", interval="wald")
    agrees(results(pooled, "k", "estimate", "low", "high", "tau2", "q"), "solicitation_set_1_loading")
    agrees({"i2_from_q": 100 * (pooled.q - pooled.q_df) / pooled.q}, "solicitation_set_1_loading")
