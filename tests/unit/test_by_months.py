"""Shares after some months, read off released curves."""

from __future__ import annotations

import pytest

from compendium.errors import CompendiumError
from compendium.release.derived.by_months import by_months
from tests.unit.charts_samples import SAMPLES

CURVES = SAMPLES["competing"]  # months 1 to 3


def test_shares_are_those_of_the_curves_and_add_up_in_each_month() -> None:
    frame, columns = by_months([CURVES], {"months": [1, 3]})
    assert list(columns) == ["label", "within_1", "within_3"]
    assert frame["within_1"].tolist() == ["3%", "20%", "77%"]
    assert frame["within_3"].tolist() == ["6%", "41%", "53%"]
    assert frame["value"].tolist() == frame["within_3"].tolist()  # what prose takes


def test_a_month_beyond_the_curves_says_so() -> None:
    frame, _ = by_months([CURVES], {"months": [2, 12]})
    assert frame["within_12"].tolist() == ["too few followed"] * 3


def test_only_curves_are_taken() -> None:
    with pytest.raises(CompendiumError, match="take one table of outcomes over time"):
        by_months([SAMPLES["bars"]], {})
