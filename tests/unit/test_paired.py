"""Before and after: against enumeration of every sign, scipy without ties, and numbers worked by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.stats import rankdata, wilcoxon

from compendium.analysis import paired
from compendium.analysis.estimate import Undefined

TIED = [
    ([0, 0, 1, 1, 2, 2], [1, 1, 2, 1, 3, 3]),
    ([0, 1, 1, 1, 2, 2, 3], [1, 1, 0, 3, 2, 3, 2]),
    ([1.0, 1.2, 0.8, 2.0, 1.5, 1.5, 0.5, 2.5], [1.5, 1.2, 0.8, 1.5, 2.5, 2.0, 1.5, 2.4]),
]


def by_brute_force(before: list[float], after: list[float]) -> tuple[float, float]:
    """Every way to give the non-zero differences a sign; zeros are ranked first and then left out (Pratt)."""
    difference = np.round(np.array(after, dtype=float) - np.array(before, dtype=float), 9)
    ranks = rankdata(np.abs(difference))[difference != 0]
    observed = ranks[difference[difference != 0] > 0].sum()
    sums = [
        sum(r for r, up in zip(ranks, signs, strict=True) if up)
        for signs in itertools.product((0, 1), repeat=len(ranks))
    ]
    lower = sum(total <= observed + 1e-9 for total in sums) / len(sums)
    upper = sum(total >= observed - 1e-9 for total in sums) / len(sums)
    return float(observed), min(1.0, 2 * min(lower, upper))


@pytest.mark.parametrize(("before", "after"), TIED)
def test_the_exact_test_agrees_with_every_way_to_give_signs(before: list[float], after: list[float]) -> None:
    found = paired.signed_rank(before, after)
    assert (found.statistic, found.p) == pytest.approx(by_brute_force(before, after), abs=1e-12)


def test_random_small_tables_agree_with_brute_force() -> None:
    draw = np.random.default_rng(7)
    for _ in range(40):
        before, after = draw.integers(0, 4, 8).tolist(), draw.integers(0, 4, 8).tolist()
        if before != after:
            found = paired.signed_rank(before, after)
            assert (found.statistic, found.p) == pytest.approx(by_brute_force(before, after), abs=1e-12)


def test_without_ties_and_zeros_it_is_scipys_exact_test() -> None:
    before, after = [0.0] * 9, [1.1, -0.4, 2.3, 0.7, 3.1, -1.9, 0.2, 4.4, 5.0]
    assert paired.signed_rank(before, after).p == pytest.approx(
        wilcoxon(after, before, method="exact").pvalue, abs=1e-12
    )


def test_six_pairs_that_all_rose_give_the_smallest_possible_p() -> None:
    assert paired.signed_rank([0] * 6, [1, 2, 3, 4, 5, 6]).p == pytest.approx(2 / 2**6)


@pytest.mark.parametrize(("before", "after"), [([0] * 5, [1] * 5), ([1] * 6, [1] * 6)])
def test_no_p_value_for_fewer_than_six_pairs_or_when_nothing_changed(before: list[float], after: list[float]) -> None:
    with pytest.raises(Undefined):
        paired.signed_rank(before, after)


def test_hodges_lehmann_shift_of_six_pairs_by_hand() -> None:
    """Differences 1..6: Walsh averages are symmetric about 3.5; with six pairs the interval is their full range."""
    shift = paired.hodges_lehmann([0] * 6, [1, 2, 3, 4, 5, 6])
    assert (shift.estimate, shift.low, shift.high) == (3.5, 1, 6)


def test_hodges_lehmann_interval_uses_the_published_critical_values() -> None:
    """n = 10: the 5 % critical value of the signed-rank sum is 8, so 8 Walsh averages fall away at each end."""
    difference = [3.0, -1.0, 4.5, 1.7, -0.9, 2.6, 5.3, -5.8, 9.7, 9.3]
    walsh = sorted((difference[i] + difference[j]) / 2 for i in range(10) for j in range(i, 10))
    shift = paired.hodges_lehmann([0.0] * 10, difference)
    assert (shift.low, shift.high) == pytest.approx((walsh[8], walsh[55 - 9]))


def test_five_pairs_have_a_shift_but_no_interval() -> None:
    shift = paired.hodges_lehmann([0] * 5, [1, 2, 3, 4, 5])
    assert shift.estimate == 3
    assert math.isnan(shift.low)


def test_dominance_is_the_share_that_rose_minus_the_share_that_fell() -> None:
    rose = paired.dominance([0] * 10, [1, 1, 1, 1, 1, 1, 0, 0, -1, -1], seed=1)
    assert rose.estimate == pytest.approx(0.4)
    assert rose.low < 0.4 < rose.high
    assert rose == paired.dominance([0] * 10, [1, 1, 1, 1, 1, 1, 0, 0, -1, -1], seed=1)


def test_weighted_kappa_by_hand() -> None:
    """Two by two by hand: ratings (0,0) (0,1) (2,2) (2,2). Weighted disagreement 1/4; by chance 1.75."""
    assert float(paired.weighted_kappa([0, 0, 2, 2], [0, 1, 2, 2], levels=3)) == pytest.approx(1 - 0.25 / 1.75)


def test_weighted_kappa_is_undefined_when_all_ratings_are_the_same() -> None:
    with pytest.raises(Undefined):
        paired.weighted_kappa([1, 1], [1, 1], levels=4)
