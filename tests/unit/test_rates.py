"""Rates: the printed table of exact Poisson limits."""

from __future__ import annotations

import pytest

from compendium.analysis.estimate import Undefined
from compendium.analysis.rates import poisson_rate


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [(0, 0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390), (20, 12.217, 30.888)],
)
def test_the_exact_limits_of_garwood(events: int, low: float, high: float) -> None:
    """95 % limits of a Poisson mean as printed in Garwood's table and its many reprints."""
    rate = poisson_rate(events, 1, per=1)
    assert (rate.low, rate.high) == pytest.approx((low, high), abs=0.001)


def test_a_rate_is_for_each_thousand() -> None:
    assert float(poisson_rate(20, 10_000)) == 2


def test_a_rate_without_anybody_exposed_is_undefined() -> None:
    with pytest.raises(Undefined):
        poisson_rate(1, 0)
