"""What a reader of a pooled estimate would notice."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from compendium.analysis import binomial_normal, meta
from compendium.analysis.estimate import Undefined
from compendium.errors import InputRefused, UnknownName


def test_two_equal_studies_pool_to_their_common_value() -> None:
    pooled = meta.pool([1.0, 1.0], [0.5, 0.5], interval="wald")
    assert (pooled.estimate, pooled.tau2, pooled.i2, pooled.q) == pytest.approx((1, 0, 0, 0), abs=1e-9)
    assert pooled.se == pytest.approx(0.5)  # sqrt(1 / (2 + 2))
    assert math.isnan(pooled.prediction_low)


def test_equal_variances_make_reml_the_sample_variance_less_the_within_variance() -> None:
    effects = [0.0, 1.0, 2.0, 5.0]
    expected = np.var(effects, ddof=1) - 0.3  # closed form when every vi is 0.3
    for estimator in ("REML", "DL", "PM"):
        assert meta.pool(effects, [0.3] * 4, tau2=estimator).tau2 == pytest.approx(expected, abs=1e-6)


def test_the_modified_interval_is_never_narrower_than_the_conventional_standard_error_allows() -> None:
    alike = ([0.10, 0.11, 0.09, 0.10], [0.04, 0.05, 0.06, 0.05])
    wald, plain = meta.pool(*alike, interval="wald"), meta.pool(*alike, interval="hksj")
    modified = meta.pool(*alike)
    assert plain.se < wald.se == modified.se
    assert plain.high < wald.high < modified.high


def test_effects_multiplied_by_a_constant_multiply_the_answer() -> None:
    yi, vi = np.array([0.2, 0.5, 0.9, -0.3]), np.array([0.01, 0.04, 0.02, 0.09])
    small, large = meta.pool(yi, vi), meta.pool(1000 * yi, 1e6 * vi)
    assert large.estimate == pytest.approx(1000 * small.estimate, rel=1e-6)
    assert large.tau2 == pytest.approx(1e6 * small.tau2, rel=1e-4)


def test_the_quadrature_of_the_binomial_normal_model_agrees_with_plain_integration() -> None:
    events, totals, mu, tau = np.array([3.0, 0.0, 900.0]), np.array([10.0, 7.0, 6000.0]), -1.5, 0.6
    by_hand = 0.0
    for x, n in zip(events, totals, strict=True):

        def integrand(u: float, x: float = x, n: float = n) -> float:
            share = 1 / (1 + math.exp(-(mu + tau * u)))
            scaled = x * math.log(share / (x / n or 1)) + (n - x) * math.log((1 - share) / (1 - x / n))
            return math.exp(scaled) * stats.norm.pdf(u)

        area = integrate.quad(integrand, -8, 8, points=np.linspace(-3, 3, 61), limit=500)[0]
        by_hand += math.log(area) + x * math.log(x / n or 1) + (n - x) * math.log(1 - x / n)
    assert binomial_normal.log_likelihood(events, totals, mu, tau) == pytest.approx(by_hand, abs=1e-6)


def test_a_design_effect_widens_the_interval() -> None:
    plain = meta.pool_proportions([10, 20, 30], [100, 150, 400])
    clustered = meta.pool_proportions([10, 20, 30], [100, 150, 400], design_effect=2)
    assert clustered.high - clustered.low > plain.high - plain.low


def test_leave_one_out_has_one_pool_a_study() -> None:
    pools = meta.leave_one_out([10, 20, 30], [100, 150, 400])
    assert [pooled.k for pooled in pools] == [2, 2, 2]
    assert pools[0].estimate == pytest.approx(meta.pool_proportions([20, 30], [150, 400]).estimate)


def test_one_study_is_not_pooled() -> None:
    with pytest.raises(Undefined, match="can't be pooled"):
        meta.pool([0.3], [0.1])
    with pytest.raises(Undefined):
        meta.pool_proportions([3], [10])


def test_every_impossible_row_is_named() -> None:
    with pytest.raises(InputRefused) as refused:
        meta.pool([0.1, math.nan, 0.3], [0.1, 0.2, 0.0])
    assert [problem.row for problem in refused.value.problems] == [2, 3]
    with pytest.raises(InputRefused) as refused:
        meta.pool_proportions([11, 2, 1.5], [10, 5, 9])
    assert [problem.row for problem in refused.value.problems] == [1, 3]


def test_an_unknown_estimator_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean REML"):
        meta.pool([0.1, 0.2], [0.1, 0.1], tau2="RELM")
    with pytest.raises(UnknownName, match="Did you mean logit"):
        meta.pool_proportions([1, 2], [9, 9], method="logits")


def test_no_events_anywhere_has_no_finite_log_odds() -> None:
    with pytest.raises(Undefined):
        meta.pool_proportions([0, 0, 0], [10, 20, 30], method="glmm")
