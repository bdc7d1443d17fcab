"""Omega and alpha: against what R prints for its own data sets, closed forms, and models whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from compendium.analysis import reliability
from compendium.analysis.estimate import Undefined

# R's data set `attitude` (Chatterjee & Price 1977): 30 departments, 7 questions
ATTITUDE = """
43 51 30 39 61 92 45  63 64 51 54 63 73 47  71 70 68 69 76 86 48  61 63 45 47 54 84 35  81 78 56 66 71 83 47
43 55 49 44 54 49 34  58 67 42 56 66 68 35  71 75 50 55 70 66 41  72 82 72 67 71 83 31  67 61 45 47 62 80 41
64 53 53 58 58 67 34  67 60 47 39 59 74 41  69 62 57 42 55 63 25  68 83 83 45 59 77 35  77 77 54 72 79 77 46
81 90 50 72 60 54 36  74 85 64 69 79 79 63  65 60 65 75 55 80 60  65 70 46 57 75 85 46  50 58 68 54 64 78 52
50 40 33 34 43 64 33  64 61 52 62 66 80 41  53 66 52 50 63 80 37  40 37 42 58 50 57 49  63 54 42 48 66 75 33
66 77 66 63 88 76 72  78 75 58 74 80 78 49  48 57 44 45 51 83 38  85 85 71 71 77 74 55  82 82 39 59 64 78 39
"""
# R's data set `ability.cov` (Smith & Stanley 1983): 112 people, 6 tests
ABILITY = [
    [24.641, 5.991, 33.52, 6.023, 20.755, 29.701],
    [5.991, 6.7, 18.137, 1.782, 4.936, 7.204],
    [33.52, 18.137, 149.831, 19.424, 31.43, 50.753],
    [6.023, 1.782, 19.424, 12.711, 4.757, 9.075],
    [20.755, 4.936, 31.43, 4.757, 52.604, 66.762],
    [29.701, 7.204, 50.753, 9.075, 66.762, 135.292],
]


def attitude() -> np.ndarray:
    return np.array(ATTITUDE.split(), dtype=float).reshape(30, 7)


def test_alpha_is_what_the_psych_package_prints_for_its_own_example() -> None:
    """`psych::alpha(attitude)`: raw_alpha 0.843, and 0.864 without the question `critical`."""
    assert float(reliability.cronbach_alpha(attitude())) == pytest.approx(0.843, abs=5e-4)
    assert float(reliability.cronbach_alpha(np.delete(attitude(), 5, axis=1))) == pytest.approx(0.864, abs=5e-4)


def test_feldts_interval_holds_what_f_says() -> None:
    """At each end of the interval, (1 - end) / (1 - alpha) is the 97.5 % or 2.5 % quantile of F (Feldt et al. 1987)."""
    low, high = reliability.feldt_interval(0.8, 30, 5)
    assert stats.f.cdf((1 - low) / (1 - 0.8), 29, 29 * 4) == pytest.approx(0.975)
    assert stats.f.cdf((1 - high) / (1 - 0.8), 29, 29 * 4) == pytest.approx(0.025)


def test_feldts_interval_covers_the_true_alpha_of_parallel_items() -> None:
    """2,000 samples of 25 people and 4 items with correlation 0.5 (alpha 0.8): 95 % of intervals hold it."""
    draw = np.random.default_rng(3)
    common, own = draw.normal(size=(2000, 25, 1)), draw.normal(size=(2000, 25, 4))
    held = 0
    for sample in math.sqrt(0.5) * common + math.sqrt(0.5) * own:
        found = reliability.cronbach_alpha(sample)
        held += found.low <= 0.8 <= found.high
    assert abs(held / 2000 - 0.95) < 0.015


def test_one_factor_is_what_r_prints_for_its_own_example() -> None:
    """`factanal(factors = 1, covmat = ability.cov)`: uniquenesses from .535 to .280, loadings from .682 to .849."""
    covariance = np.array(ABILITY)
    loading, own = reliability.one_factor(covariance)
    spread = np.sqrt(np.diag(covariance))
    assert own / spread**2 == pytest.approx([0.535, 0.853, 0.748, 0.910, 0.232, 0.280], abs=6e-4)
    assert loading / spread == pytest.approx([0.682, 0.384, 0.502, 0.300, 0.877, 0.849], abs=6e-4)


def test_three_items_have_a_closed_form() -> None:
    """One factor of three items is exact: the first loading squared is s12 s13 / s23."""
    covariance = np.array([[2.0, 0.9, 0.8], [0.9, 1.5, 0.6], [0.8, 0.6, 1.8]])
    loading, own = reliability.one_factor(covariance)
    expected = np.sqrt([0.9 * 0.8 / 0.6, 0.9 * 0.6 / 0.8, 0.8 * 0.6 / 0.9])
    assert loading == pytest.approx(expected, abs=1e-6)
    assert own == pytest.approx(np.diag(covariance) - expected**2, abs=1e-6)


def exactly(covariance: np.ndarray, people: int = 40) -> np.ndarray:
    """Scores whose covariance is exactly this one."""
    raw = np.random.default_rng(1).normal(size=(people, len(covariance)))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw, rowvar=False))).T
    return white @ np.linalg.cholesky(covariance).T


def test_omega_of_a_known_model_is_found_again() -> None:
    """Loadings .9 .7 .5 .3, own variances .4 .5 .6 .7: omega is 2.4² / (2.4² + 2.2)."""
    loading, own = np.array([0.9, 0.7, 0.5, 0.3]), np.array([0.4, 0.5, 0.6, 0.7])
    scores = exactly(np.outer(loading, loading) + np.diag(own))
    assert float(reliability.mcdonald_omega(scores)) == pytest.approx(2.4**2 / (2.4**2 + 2.2), abs=1e-6)


def test_omega_equals_alpha_when_every_item_measures_alike_and_is_above_it_otherwise() -> None:
    alike = exactly(np.full((4, 4), 0.5) + np.diag([0.3, 0.6, 0.9, 1.2]))
    assert float(reliability.mcdonald_omega(alike)) == pytest.approx(float(reliability.cronbach_alpha(alike)), abs=1e-6)
    loading = np.array([0.9, 0.7, 0.5, 0.3])
    other = exactly(np.outer(loading, loading) + np.diag(1 - loading**2))
    assert float(reliability.mcdonald_omega(other)) > float(reliability.cronbach_alpha(other))


def test_the_interval_of_omega_holds_it_and_is_the_same_each_time() -> None:
    found = reliability.mcdonald_omega(attitude()[:, :5], draws=200, seed=5)
    assert found.low < found.estimate < found.high
    assert found == reliability.mcdonald_omega(attitude()[:, :5], draws=200, seed=5)


def test_people_who_left_an_item_out_are_left_out() -> None:
    gap: list[list[float | None]] = [*attitude().tolist(), [None, 1, 2, 3, 4, 5, 6]]
    assert reliability.cronbach_alpha(gap) == reliability.cronbach_alpha(attitude())


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        (attitude()[:9], "Fewer than 10 people"),
        (attitude()[:, :2], "3 items or more"),
        (np.ones((12, 4)), "the same for everybody"),
    ],
)
def test_too_little_to_say_is_said(scores: np.ndarray, words: str) -> None:
    for coefficient in (reliability.cronbach_alpha, reliability.mcdonald_omega):
        with pytest.raises(Undefined, match=words):
            coefficient(scores)


def test_an_item_that_turns_against_the_others_has_no_omega() -> None:
    turned = exactly(np.full((4, 4), 0.5) + 0.5 * np.eye(4)) * [1, 1, 1, -1]
    with pytest.raises(Undefined, match="turns against"):
        reliability.mcdonald_omega(turned)
