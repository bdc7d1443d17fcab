"""Which cells are hidden for their own sake, and what makes them so: rules by hand, and by lists of all lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from compendium.aggregate import TOTAL, Dimension
from compendium.disclosure.crossing import Shape, cross
from compendium.disclosure.differences import given_away, touching, with_differences
from compendium.disclosure.policy import Policy, policy
from compendium.disclosure.settle import with_margins
from compendium.disclosure.suppression import Candidate, problem_of, suppress
from compendium.errors import DisclosureRefused

TEN = policy("threshold-10")
GROUPS = replace(TEN, zeros="never", group_disclosure="always")


def axis(name: str, size: int, *, sensitive: bool = False) -> Dimension:
    return Dimension(name, name, {f"{name}{i}": "" for i in range(size)}, sensitive=sensitive)


def candidate(
    numbers: np.ndarray,
    chosen: Policy = GROUPS,
    *,
    name: str = "t",
    impossible: frozenset[tuple[str, ...]] = frozenset(),
) -> Candidate:
    dimensions = tuple(axis("abc"[i], size) for i, size in enumerate(numbers.shape))
    counts = with_margins(numbers, [list(d.categories) for d in dimensions])
    return Candidate(Shape(name, dimensions), counts, chosen, impossible)


def group_zeros(numbers: np.ndarray) -> set[tuple[str, ...]]:
    """The zeros that tell that all of a group (of 1 or more, and not everybody) are in one category."""
    found = set()
    places = list(product(*(range(size + 1) for size in numbers.shape)))  # the last place: Total
    full = numbers
    for along in range(numbers.ndim):
        full = np.concatenate([full, full.sum(axis=along, keepdims=True)], axis=along)
    for place in places:
        for along in range(numbers.ndim):
            group = [p for i, p in enumerate(place) if i != along]
            everybody = all(p == numbers.shape[i] for i, p in enumerate(place) if i != along)
            if place[along] == numbers.shape[along] or not group or everybody or full[place]:
                continue
            line = [full[(*place[:along], code, *place[along + 1 :])] for code in range(numbers.shape[along])]
            if len([count for count in line if count]) == 1:
                found.add(tuple(TOTAL if p == numbers.shape[i] else f"{'abc'[i]}{p}" for i, p in enumerate(place)))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_a_zero_is_hidden_exactly_where_it_tells_that_all_of_a_group_are_alike(seed: int) -> None:
    draw = np.random.default_rng(seed)
    shape = [(3, 3), (2, 4), (2, 2, 3), (5,)][seed % 4]
    numbers = draw.integers(10, 60, shape) * (draw.random(shape) < 0.45)
    here = candidate(numbers)
    zeros = [labels for labels, count in here.counts.items() if count == 0]
    assert {labels for labels in zeros if here.completes_a_group(labels)} == group_zeros(numbers)
    assert {labels for labels in here.counts if here.hides(labels)} == group_zeros(numbers)
    assert not any(
        candidate(numbers, replace(GROUPS, group_disclosure="never")).hides(labels) for labels in here.counts
    )


def test_a_category_that_can_hold_nobody_is_no_choice_that_a_group_made() -> None:
    numbers = np.array([[40, 0], [20, 30]])
    assert candidate(numbers).completes_a_group(("a0", "b1"))
    assert not candidate(numbers, impossible=frozenset({("a0", "b1")})).completes_a_group(("a0", "b1"))


def test_a_margin_is_impossible_when_every_cell_in_it_is() -> None:
    row = frozenset({("a0", "b0"), ("a0", "b1")})
    here = candidate(np.array([[0, 0], [20, 30]]), impossible=row)
    told = {labels for labels in here.counts if here.is_structural(labels)}
    assert told == {*row, ("a0", TOTAL)}
    part = candidate(np.array([[0, 12], [20, 30]]), impossible=frozenset({("a0", "b0")}))
    assert {labels for labels in part.counts if part.is_structural(labels)} == {("a0", "b0")}
    assert not any(map(candidate(np.array([[0, 0], [20, 30]])).is_structural, here.counts))


@pytest.mark.parametrize(("zeros", "sensitive", "hidden"), [
    ("never", True, set()), ("when_sensitive", False, set()), ("when_sensitive", True, {0}), ("always", False, {0}),
])  # fmt: skip
def test_counts_under_the_threshold_are_hidden_and_zeros_as_the_policy_says(
    zeros: str, sensitive: bool, hidden: set[int]
) -> None:
    by = axis("a", 5, sensitive=sensitive)
    counts = with_margins(np.array([0, 1, 9, 10, 11]), [list(by.categories)])
    chosen = replace(TEN, zeros=zeros, group_disclosure="never")
    here = Candidate(Shape("t", (by,)), counts, chosen)
    assert {counts[labels] for labels in counts if here.hides(labels)} == {1, 9} | hidden
    before = replace(here, concealed=frozenset({("a4",)}))
    assert {counts[labels] for labels in counts if before.hides(labels)} == {1, 9, 11} | hidden


def test_a_cell_in_two_tables_is_held_to_the_stricter_of_their_policies() -> None:
    numbers = np.array([7, 30, 12])
    one, other = candidate(numbers, replace(GROUPS, threshold=5)), candidate(numbers, GROUPS, name="u")
    for pair in ([one, other], [other, one]):
        problem = problem_of(cross([c.shape for c in pair]), pair, None)
        assert problem.thresholds.tolist() == [10] * 4
        assert problem.counts.tolist() == [7, 30, 12, 49]
        assert problem.primary == (0,)
        assert problem.locked == frozenset()
        found = suppress(pair)
        assert 0 in found.hidden and len(found.hidden) > 1
        assert {found.reason(region) for region in found.hidden} == {"primary", "secondary"}
        assert found.reason(0) == "primary"


def test_a_cell_that_can_hold_nobody_stays_shown_beside_a_table_that_would_hide_it() -> None:
    """Said impossible by one table, it is known to everybody in both."""
    numbers = np.array([0, 30, 12])
    strict = replace(TEN, zeros="always")
    one = candidate(numbers, strict, impossible=frozenset({("a0",)}))
    problem = problem_of(cross([one.shape] * 2), [one, candidate(numbers, strict, name="u")], None)
    assert problem.locked == {0}
    assert problem.primary == ()
    with pytest.raises(DisclosureRefused, match=r"Table t: a cell declared impossible holds records \(a1\)"):
        suppress([candidate(numbers, impossible=frozenset({("a1",)}))])


def test_tables_that_count_differently_are_refused_by_both_their_names() -> None:
    one, other = candidate(np.array([20, 30])), candidate(np.array([20, 31]), name="u")
    with pytest.raises(DisclosureRefused, match="Tables t and u give different counts"):
        suppress([other, one])


def ages(**numbers: int) -> tuple[Candidate, Candidate]:
    """Children by two unlike groupings of age: 0-9 and 10-17, 0-13 and 14-17. Ages 10-13 stand in no table."""
    codes = ("0-9", "10-13", "14-17")
    early = Dimension("early", "E", {"0-9": "", "10-17": ""}, "age", {"0-9": codes[:1], "10-17": codes[1:]})
    late = Dimension("late", "L", {"0-13": "", "14-17": ""}, "age", {"0-13": codes[:2], "14-17": codes[2:]})
    young, middle, old = (numbers[key] for key in ("young", "middle", "old"))
    first = with_margins(np.array([young, middle + old]), [list(early.categories)])
    second = with_margins(np.array([young + middle, old]), [list(late.categories)])
    return Candidate(Shape("first", (early,)), first, GROUPS), Candidate(Shape("second", (late,)), second, GROUPS)


def shown(pair: tuple[Candidate, ...], without: set[tuple[str, ...]]) -> Mapping[int, int]:
    crossing = cross([c.shape for c in pair])
    return {
        region: c.counts[labels]
        for n, c in enumerate(pair)
        for labels, region in crossing.where[n].items()
        if labels not in without
    }


@pytest.mark.parametrize(("middle", "told"), [(0, False), (1, True), (9, True), (10, False), (30, False)])
def test_a_group_that_no_table_shows_is_given_away_when_some_are_in_it_and_few(middle: int, told: bool) -> None:
    pair = ages(young=40, middle=middle, old=50)
    crossing = cross([c.shape for c in pair])
    found = given_away(crossing, shown(pair, set()), 10)
    assert len(found) == told
    assert given_away(crossing, shown(pair, {("0-9",), ("10-17",)}), 10) == []
    found_safe = suppress(pair)
    hidden = found_safe.hidden
    assert bool(hidden) == told
    assert found_safe.bound == 0  # no count is small: that a part has to be covered is not in the bound
    left = {region: count for region, count in shown(pair, set()).items() if region not in hidden}
    assert given_away(crossing, left, 10) == []


def test_the_part_that_no_table_shows_and_the_cells_it_is_in() -> None:
    pair = ages(young=40, middle=3, old=50)
    crossing = cross([c.shape for c in pair])
    wider, new = with_differences(crossing)
    assert len(new) == 1 and new == [len(crossing.regions)]
    assert wider.regions[: len(crossing.regions)] == crossing.regions
    ((variable, mask),) = part = wider.regions[new[0]]
    atoms = crossing.codes[variable]
    assert mask == 1 << atoms["10-13"]
    first, second = crossing.where
    assert set(touching(crossing, part)) == {first["10-17",], second["0-13",]}  # not the total: it holds everybody


@pytest.mark.parametrize("name", ["a", "zone"])  # before and after the variable age
def test_a_part_within_a_zone_is_in_the_cells_of_that_zone_and_of_all_zones(name: str) -> None:
    """A part of all zones is in the cells of each: they add up to it."""
    zone = axis(name, 2)
    pair = ages(young=40, middle=3, old=50)
    crossing = cross([Shape("u", (zone, pair[0].shape.dimensions[0])), Shape("v", (zone, pair[1].shape.dimensions[0]))])
    wider, new = with_differences(crossing)
    at = crossing.variables.index(name)
    assert sorted(dict(wider.regions[n]).get(at, 0) for n in new) == [0, 1, 2]  # all zones, each of them
    for n in new:
        mask = dict(wider.regions[n]).get(at)
        zones = (f"{name}0", f"{name}1", TOTAL) if mask is None else (f"{name}{mask - 1}", TOTAL)
        wanted = {
            region
            for here, age in zip(crossing.where, ("10-17", "0-13"), strict=True)
            for labels, region in here.items()
            if labels[0] in zones and labels[1] in (age, TOTAL) and labels != (TOTAL, TOTAL)
        }
        assert set(touching(crossing, wider.regions[n])) == wanted
