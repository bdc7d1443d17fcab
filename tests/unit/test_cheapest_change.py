"""The cheapest change of published counts, against every change there is of a small table."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from compendium.aggregate import Counts, Dimension, Origin
from compendium.disclosure.crossing import cross
from compendium.disclosure.flow import Changes
from compendium.disclosure.policy import policy
from compendium.disclosure.settle import _candidate
from compendium.disclosure.suppression import problem_of

CASES = Origin("cases", "Cases", "sensitive", "synthetic", "threshold-10", "invented")
ZONE = Dimension("zone", "Zone", dict.fromkeys("AB", ""))
FORM = Dimension("form", "Form", dict.fromkeys("xy", ""))


def changes(numbers: tuple[int, ...], hidden: tuple[int, ...] = ()) -> Changes:
    cells = [(zone, form) for zone in ZONE.categories for form in FORM.categories]
    frame = pd.DataFrame(cells, columns=["zone", "form"]).assign(count=numbers)
    candidate = _candidate("t", Counts(frame, "victim", (ZONE, FORM), CASES), policy("threshold-10"))
    return Changes(problem_of(cross([candidate.shape]), [candidate], None), hidden)


@pytest.mark.parametrize("numbers", [(3, 25, 31, 18), (400, 12, 15, 3), (12, 13, 14, 1_500)])
@pytest.mark.parametrize("down", [True, False])
def test_the_cheapest_change_of_a_cell_costs_no_more_than_any_other(numbers: tuple[int, ...], down: bool) -> None:
    """Brute force: every change of the four cells by up to three; all nine cells and margins that it touches cost."""
    looked = changes(numbers)
    costs, counts = looked.problem.costs, looked.counts
    where = looked.problem.crossing.where[0]
    inner = list(product("AB", "xy"))
    for cell in inner:
        amount = min(3, counts[where[cell]]) if down else 3
        found = looked.cheapest(where[cell], amount, down=down)
        assert found is not None
        touched, after = found
        assert after[where[cell]] == counts[where[cell]] + (-amount if down else amount)
        assert sorted(touched) == sorted(np.flatnonzero(after != counts))
        least = np.inf
        for moves in product(range(-3, 4), repeat=4):
            move = dict(zip(inner, moves, strict=True))
            if move[cell] != (-amount if down else amount) or any(counts[where[c]] + m < 0 for c, m in move.items()):
                continue
            changed = {
                labels: sum(
                    m for c, m in move.items() if all(a in ("Total", b) for a, b in zip(labels, c, strict=True))
                )
                for labels in where
            }
            least = min(least, sum(costs[where[labels]] for labels, m in changed.items() if m))
        assert costs[touched].sum() == least


def test_what_is_hidden_changes_for_nothing_and_is_not_counted() -> None:
    looked = changes((30, 25, 31, 18))
    where = looked.problem.crossing.where[0]
    square = tuple(where[cell] for cell in product("AB", "xy"))
    touched, after = changes((30, 25, 31, 18), square).cheapest(where["A", "x"], 18, down=True) or ([], [])
    assert list(touched) == []
    assert [after[where[cell]] for cell in product("AB", "xy")] == [12, 43, 49, 0]
