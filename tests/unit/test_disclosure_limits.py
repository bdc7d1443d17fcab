"""Tables that are too large, or whose counts are, are refused at once instead of filling the memory."""

from __future__ import annotations

import pandas as pd
import pytest

from compendium.disclosure import attack, protect
from compendium.errors import DisclosureRefused, InputRefused


def test_six_columns_of_a_thousand_labels_are_refused_before_they_are_laid_out() -> None:
    names = [f"c{n}" for n in range(6)]
    frame = pd.DataFrame({name: [str(row) for row in range(1_000)] for name in names} | {"n": 20})
    with pytest.raises(DisclosureRefused, match="cells and margins; at most"):
        protect(frame, rows=names[:5], columns=names[5:], count="n")


def test_seventeen_columns_of_two_labels_are_refused_for_their_margins() -> None:
    names = [f"c{n}" for n in range(17)]
    frame = pd.DataFrame({name: ["yes", "no"] for name in names} | {"n": [20, 3]})
    with pytest.raises(DisclosureRefused, match="129,140,163 cells"):  # 3 to the 17th
        protect(frame, rows=names[:16], columns=names[16:], count="n")


@pytest.mark.parametrize("count", ["1e308", "1e20", str(2**63), str(2**53 + 1)])
def test_counts_that_no_program_can_tell_apart_are_refused(count: str) -> None:
    frame = pd.DataFrame({"a": ["x", "y"], "b": ["u", "u"], "n": ["3", count]})
    with pytest.raises(InputRefused, match="row 3, column n"):
        protect(frame, rows="a", columns="b", count="n")
    with pytest.raises(InputRefused, match="row 3, column n"):
        attack(frame, count="n", threshold=10)
