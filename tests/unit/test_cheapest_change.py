"""The cheapest change of published counts, against every change there is of a small table."""

from __future__ import annotations

from dataclasses import replace
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


@pytest.mark.parametrize("down", [True, False])
@pytest.mark.parametrize("cell", list(product("AB", "xy")))
def test_a_change_goes_as_far_as_what_is_known_from_elsewhere_and_no_further(cell: tuple[str, str], down: bool) -> None:
    """Of one cell it is known that it is at least 20, of another that it is at most 35."""
    looked = changes((30, 25, 31, 18))
    where, counts = looked.problem.crossing.where[0], looked.counts
    low, high = np.zeros(9), np.full(9, np.inf)
    low[where["A", "y"]], high[where["A", "x"]] = 20, 35
    region = where[cell]
    known = Changes(replace(looked.problem, low=low, high=high), tuple(range(9)))
    furthest = counts[region] - low[region] if down else min(high[region], 100.0) - counts[region]
    found = known.cheapest(region, furthest, down=down)
    assert found is not None
    after = found[1]
    assert after[region] == pytest.approx(counts[region] + (-furthest if down else furthest))
    assert (after >= low - 1e-6).all() and (after <= high + 1e-6).all()
    if down or np.isfinite(high[region]):
        assert known.cheapest(region, furthest + 1, down=down) is None


def test_a_change_that_would_take_another_cell_beyond_what_is_known_of_it_touches_others() -> None:
    """18 falls to 8. With its square hidden the two beside it rise by ten: one may not, so margins are touched."""
    looked = changes((30, 25, 31, 18))
    where = looked.problem.crossing.where[0]
    square = tuple(where[each] for each in product("AB", "xy"))
    high = np.full(9, np.inf)
    high[where["A", "y"]] = 26
    touched, after = Changes(replace(looked.problem, high=high), square).cheapest(where["B", "y"], 10, down=True) or (
        [],
        looked.counts,
    )
    assert len(touched) and not {*touched} & {*square}
    assert after[where["A", "y"]] <= 26 + 1e-6
    assert after[where["B", "y"]] == pytest.approx(8)


def test_a_hidden_cell_rises_for_nothing_and_the_cheapest_published_cells_make_up_for_it() -> None:
    """By hand: y rises by three within B. B x and the total of x fall for it: cheaper than two margins of all."""
    numbers = (400, 20, 400, 400)
    where = changes(numbers).problem.crossing.where[0]
    looked = changes(numbers, (where["B", "y"], where["Total", "y"]))
    touched, after = looked.cheapest(where["Total", "y"], 3, down=False) or ([], [])
    assert sorted(touched) == sorted((where["B", "x"], where["Total", "x"]))
    assert after[where["B", "y"]] == 403
    assert after[where["B", "x"]] == 397
    margins = [where["B", "Total"], where["Total", "Total"]]
    assert looked.problem.costs[touched].sum() < looked.problem.costs[margins].sum()
