"""The conditions that every safe choice of hidden cells meets, worked out by hand from single sums of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from compendium.aggregate import TOTAL, Dimension
from compendium.disclosure.crossing import Crossing, Shape, cross
from compendium.disclosure.cuts import Cut, Goal, Ground
from compendium.disclosure.equations import equations

FORM = Dimension("form", "Form", dict.fromkeys("abc", ""))
BY_FORM = {("a",): 3, ("b",): 25, ("c",): 4, (TOTAL,): 32}
ZONE, AGE = Dimension("zone", "Zone", dict.fromkeys("AB", "")), Dimension("age", "Age", dict.fromkeys("xy", ""))
SQUARE = {
    ("A", "x"): 3, ("A", "y"): 25, ("A", TOTAL): 28,
    ("B", "x"): 31, ("B", "y"): 40, ("B", TOTAL): 71,
    (TOTAL, "x"): 34, (TOTAL, "y"): 65, (TOTAL, TOTAL): 99,
}  # fmt: skip


def ground(
    crossing: Crossing,
    counts: Mapping[tuple[str, ...], int],
    hidden: Sequence[tuple[str, ...]],
    shown: Sequence[tuple[str, ...]] = (),
) -> Ground:
    """`hidden` are hidden in any case, `shown` may not be hidden."""
    where = crossing.where[0]
    numbers = np.zeros(len(crossing.regions))
    movable, fixed = np.ones(len(numbers), dtype=bool), np.zeros(len(numbers), dtype=bool)
    for labels, region in where.items():
        numbers[region], movable[region], fixed[region] = counts[labels], labels not in shown, labels in hidden
    return Ground(equations(crossing), numbers, movable, fixed)


def said(cut: Cut, crossing: Crossing) -> tuple[dict[str, float], float]:
    names = {region: " ".join(labels) for labels, region in crossing.where[0].items()}
    return {names[r]: round(v, 6) for r, v in zip(cut.regions, cut.values, strict=True)}, cut.least


def of_form(
    sign: float, count: float, hidden: str, shown: Sequence[tuple[str, ...]] = ()
) -> list[tuple[dict[str, float], float]]:
    crossing = cross([Shape("t", (FORM,))])
    goal = Goal(crossing.where[0]["a",], sign, count)
    found = ground(crossing, BY_FORM, [(code,) for code in hidden], shown).of_lines([goal])
    return [said(cut, crossing) for cut in found]


def test_a_cell_can_be_zero_only_when_another_of_its_sum_is_hidden() -> None:
    assert of_form(1.0, 0.0, "a") == [({"b": 1.0, "c": 1.0, TOTAL: 1.0}, 1.0)]


def test_a_cell_can_reach_ten_only_when_what_it_gains_can_be_lost_elsewhere() -> None:
    """It gains 7. The 4 of c are 4 of these 7; b and the total can make up for all."""
    assert of_form(-1.0, 10.0, "a") == [({"b": 1.0, "c": round(4 / 7, 6), TOTAL: 1.0}, 1.0)]


def test_what_is_hidden_in_any_case_counts_at_once() -> None:
    """With c hidden, 3 of 7 are left to find; for a zero, c is enough and there is no condition."""
    assert of_form(-1.0, 10.0, "ac") == [({"b": 1.0, TOTAL: 1.0}, 1.0)]
    assert of_form(1.0, 0.0, "ac") == []


def test_what_is_known_elsewhere_is_no_part_of_a_condition() -> None:
    assert of_form(1.0, 0.0, "a", [(TOTAL,)]) == [({"b": 1.0, "c": 1.0}, 1.0)]
    assert of_form(-1.0, 10.0, "a", [("b",)]) == [({"c": round(4 / 7, 6), TOTAL: 1.0}, 1.0)]


def test_for_a_cell_that_may_be_shown_the_condition_holds_only_when_it_is_hidden() -> None:
    ((weights, least),) = of_form(1.0, 0.0, "")
    assert (weights, least) == ({"a": -1.0, "b": 1.0, "c": 1.0, TOTAL: 1.0}, 0.0)


def test_a_cell_has_a_condition_from_each_sum_that_holds_it_and_a_margin_has_none() -> None:
    crossing = cross([Shape("t", (ZONE, AGE))])
    where = crossing.where[0]
    looked = ground(crossing, SQUARE, [("A", "x")])
    goals = [Goal(where[TOTAL, "x"], 1.0, 0.0), Goal(where["A", "x"], 1.0, 0.0)]
    found = [said(cut, crossing) for cut in looked.of_lines(goals)]
    wanted = [{"A y", "A Total"}, {"B x", "Total x"}, {"A y", "B x", "B y", "Total Total"}]
    assert sorted(sorted(weights) for weights, _ in found) == sorted(map(sorted, wanted))
    assert all(set(weights.values()) == {1.0} and least == 1.0 for weights, least in found)


def test_a_sum_with_a_part_that_no_table_shows_gives_no_condition() -> None:
    """One table shows ab and c, the other a and bc: b is in no table, and every sum with a holds it."""
    one = Dimension("one", "One", {"ab": "", "c": ""}, variable="form", members={"ab": ("a", "b"), "c": ("c",)})
    two = Dimension("two", "Two", {"a": "", "bc": ""}, variable="form", members={"a": ("a",), "bc": ("b", "c")})
    crossing = cross([Shape("t", (two,)), Shape("u", (one,))])
    looked = Ground(
        equations(crossing),
        np.full(len(crossing.regions), 12.0),
        np.ones(len(crossing.regions), dtype=bool),
        np.zeros(len(crossing.regions), dtype=bool),
    )
    assert list(looked.of_lines([Goal(crossing.where[0]["a",], 1.0, 0.0)])) == []


@pytest.mark.parametrize(("hidden", "over"), [((0.0, 0.0), -1.0), ((1.0, 0.0), -0.5), ((1.0, 1.0), 0.25)])
def test_how_far_a_choice_meets_a_condition(hidden: tuple[float, float], over: float) -> None:
    cut = Cut(np.array([1, 3]), np.array([0.5, 0.75]), 1.0)
    assert cut.met_by(np.array([1.0, hidden[0], 1.0, hidden[1]])) == over


@pytest.mark.parametrize(
    ("sign", "count", "least", "met"),
    [(1.0, 0.0, 0.0, True), (1.0, 0.0, 1.0, False), (-1.0, 10.0, -10.0, True), (-1.0, 10.0, -9.0, False)],
)
def test_a_goal_is_met_by_a_table_that_has_its_count(sign: float, count: float, least: float, met: bool) -> None:
    assert Goal(0, sign, count).met(least) is met
    assert Goal(0, sign, count).met(None)
