"""What two coders or screeners would notice about their agreement."""

from __future__ import annotations

import math

import pytest

from compendium.analysis import agreement
from compendium.analysis.estimate import Undefined
from compendium.errors import InputRefused, UnknownName


def test_two_screeners_who_agree_throughout_have_kappa_one() -> None:
    found = agreement.cohen_kappa(["in", "out", "out"], ["in", "out", "out"])
    assert (found.estimate, found.high, found.units) == (1.0, 1.0, 3)


def test_kappa_interval_follows_fleiss_cohen_and_everitt() -> None:
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: po 0.7, pe 0.5, kappa 0.4 (worked by hand)
    a = ["y"] * 25 + ["n"] * 25
    b = ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15
    found = agreement.cohen_kappa(a, b)
    assert (found.observed, found.by_chance, found.estimate) == pytest.approx((0.7, 0.5, 0.4))
    # a cell of row i and column j: its share, 1 on the diagonal, and p.i + pj. (column share of i, row share of j)
    cells = [(0.4, 1, 0.6 + 0.5), (0.1, 0, 0.6 + 0.5), (0.2, 0, 0.4 + 0.5), (0.3, 1, 0.4 + 0.5)]
    spread = sum(p * (w - total * 0.6) ** 2 for p, w, total in cells) - (0.4 - 0.5 * 0.6) ** 2
    assert found.se == pytest.approx(math.sqrt(spread / 50) / 0.5)


def test_weighted_kappa_forgives_a_neighbouring_level_more_than_a_distant_one() -> None:
    near = agreement.cohen_kappa([0, 1, 2, 3], [1, 1, 2, 3], weights="quadratic")
    far = agreement.cohen_kappa([0, 1, 2, 3], [3, 1, 2, 3], weights="quadratic")
    assert near.estimate > far.estimate


def test_units_that_one_rater_left_empty_are_left_out() -> None:
    assert agreement.cohen_kappa([1, 0, None, 1], [1, 0, 1, 0]).units == 3


def test_words_are_ratings_where_only_sameness_counts() -> None:
    assert agreement.gwet_ac1(["in", "out"], ["in", "out"]).estimate == 1
    assert agreement.krippendorff([["a", "b"], ["a", "b"]], "nominal").estimate == 1
    with pytest.raises(InputRefused, match="needs numbers"):
        agreement.krippendorff([["a", "b"], ["a", "b"]], "interval")


def test_the_bootstrap_gives_the_same_interval_for_the_same_seed() -> None:
    ratings = [[1, 2, 3, 3, 2, 1, 4, 1, 2], [1, 2, 3, 3, 2, 2, 4, 1, 2]]
    first, again = (agreement.krippendorff(ratings, "nominal", resamples=200, seed=7) for _ in range(2))
    assert first == again
    assert first.low < first.estimate <= first.high


def test_raters_who_never_met_cannot_agree() -> None:
    apart = [[1, None], [None, 2]]
    for coefficient in (lambda: agreement.krippendorff(apart, "nominal"), lambda: agreement.gwet_ac1(apart)):
        with pytest.raises(Undefined, match="two ratings"):
            coefficient()
    with pytest.raises(Undefined, match="rated by both"):
        agreement.cohen_kappa(*apart)


def test_an_unknown_level_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean nominal"):
        agreement.krippendorff([[1, 2], [1, 2]], "nominale")
