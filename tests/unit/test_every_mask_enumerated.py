"""Every choice of hidden cells of small tables, judged by every whole-number table: none safe is cheaper or ruled out.

A table of two by two has nine cells and margins, so 512 masks. Each is judged by the rule of protection (DESIGN) with
the least and greatest count of each hidden cell over all tables of counts up to `MOST` that agree with what is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

import numpy as np
import pytest

from compendium.aggregate import TOTAL, Dimension
from compendium.disclosure.crossing import Shape, cross
from compendium.disclosure.intruder import Interval, Intruder
from compendium.disclosure.mask import Mask
from compendium.disclosure.optimal import Search
from compendium.disclosure.policy import Policy, policy
from compendium.disclosure.problem import Problem
from compendium.disclosure.settle import with_margins
from compendium.disclosure.suppression import Candidate, masks, problem_of, suppress

THREE = replace(policy("threshold-10"), threshold=3, group_disclosure="never")
ZEROS_SHOWN = replace(THREE, zeros="never")
MOST = 11  # of one cell: all of a column of the tables below, and enough for others to reach the threshold
ROWS = Dimension("r", "R", {"r0": "", "r1": ""}, sensitive=True)
COLUMNS = Dimension("c", "C", {"c0": "", "c1": ""})
LABELS = list(product(("r0", "r1", TOTAL), ("c0", "c1", TOTAL)))
INNER = np.array(list(product(range(MOST + 1), repeat=4)))
ADDED = np.array([[a in (r, TOTAL) and b in (c, TOTAL) for r in ("r0", "r1") for c in ("c0", "c1")] for a, b in LABELS])
EVERY = (INNER @ ADDED.T).astype(np.int8)  # tables x cells and margins


@dataclass(frozen=True)
class World:
    """One table: as a candidate, its counts in the order of `LABELS`, and which masks are safe."""

    candidate: Candidate
    problem: Problem
    counts: np.ndarray
    primary: np.ndarray
    safe: frozenset[tuple[bool, ...]]

    def mask(self, regions: object) -> tuple[bool, ...]:
        """Hidden regions, in the order of `LABELS`."""
        where = self.problem.crossing.where[0]
        return tuple(where[labels] in regions for labels in LABELS)  # type: ignore[operator]

    def regions(self, mask: tuple[bool, ...]) -> list[int]:
        where = self.problem.crossing.where[0]
        return [where[labels] for labels, held in zip(LABELS, mask, strict=True) if held]

    def cost(self, mask: tuple[bool, ...]) -> int:
        return int(self.problem.costs[self.regions(mask)].sum())


def is_safe(counts: np.ndarray, hidden: np.ndarray, threshold: int) -> bool:
    agreeing = EVERY[(EVERY[:, ~hidden] == counts[~hidden]).all(axis=1)][:, hidden]
    low, high = agreeing.min(axis=0), agreeing.max(axis=0)
    return bool((((low == 0) & (high >= threshold)) | ((low >= threshold) & (low < high))).all())


@cache
def world(numbers: tuple[int, ...], chosen: Policy = THREE, impossible: tuple[tuple[str, str], ...] = ()) -> World:
    shape = Shape("t", (ROWS, COLUMNS))
    counts = with_margins(np.array(numbers).reshape(2, 2), [("r0", "r1"), ("c0", "c1")])
    candidate = Candidate(shape, counts, chosen, frozenset(impossible))
    problem = problem_of(cross([shape]), [candidate], None)
    told = np.array([counts[labels] for labels in LABELS])
    primary = np.array(
        [
            (n < 3 if chosen is THREE else 0 < n < 3) and labels not in impossible
            for n, labels in zip(told, LABELS, strict=True)
        ]
    )
    safe = set()
    for mask in product((False, True), repeat=len(LABELS)):
        hidden = np.array(mask)
        shown_wrongly = (primary & ~hidden).any() or any(
            h and labels in impossible for h, labels in zip(mask, LABELS, strict=True)
        )
        if not shown_wrongly and is_safe(told, hidden, 3):
            safe.add(mask)
    return World(candidate, problem, told, primary, frozenset(safe))


TABLES: list[tuple[int, ...]] = [
    (1, 4, 4, 3), (0, 4, 3, 4), (2, 2, 4, 3), (1, 4, 4, 1), (1, 2, 1, 4), (3, 3, 1, 3), (0, 0, 4, 4), (1, 1, 1, 1),
    (2, 4, 4, 4), (0, 3, 3, 0), (4, 4, 4, 4), (2, 0, 0, 4), (0, 1, 0, 0),
    (1, 0, 4, 4), (3, 0, 0, 1), (0, 2, 2, 0), (1, 0, 3, 0), (4, 0, 0, 4), (1, 0, 0, 4), (2, 0, 4, 0), (1, 3, 0, 4),
]  # fmt: skip
WORLDS = [(numbers, chosen) for numbers in TABLES for chosen in (THREE, ZEROS_SHOWN) if chosen is THREE or 0 in numbers]


@pytest.mark.parametrize(("numbers", "chosen"), WORLDS)
def test_what_is_hidden_is_safe_and_no_safe_choice_loses_less_than_the_bound(
    numbers: tuple[int, ...], chosen: Policy
) -> None:
    here = world(numbers, chosen)
    found = suppress([here.candidate])
    mask = here.mask(found.hidden)
    least = min(map(here.cost, here.safe))
    assert mask in here.safe
    assert found.loss == here.cost(mask) == least
    assert found.bound <= least
    assert found.gap == pytest.approx(1 - found.bound / least if least else 0.0)
    assert found.primary == set(here.regions(tuple(here.primary)))
    assert {here.problem.crossing.where[0][labels]: n for labels, n in zip(LABELS, here.counts, strict=True)} == dict(
        enumerate(found.counts)
    )


@pytest.mark.parametrize(("numbers", "chosen"), WORLDS)
def test_every_safe_choice_meets_every_condition_of_the_search(numbers: tuple[int, ...], chosen: Policy) -> None:
    here = world(numbers, chosen)
    search = Search(here.problem)
    proposal = search.run(Mask(here.problem).unmet())
    conditions = [cut for cut in search.cuts.values() if cut.key not in search.asked]
    assert conditions or not here.primary.any() or here.mask(proposal.hidden) in here.safe
    for mask in here.safe:
        covered = np.zeros(len(LABELS))
        covered[here.regions(mask)] = 1.0
        assert all(cut.met_by(covered) >= -1e-9 for cut in conditions)
        for region in search.needed(here.regions(mask)):
            assert here.mask(set(here.regions(mask)) - {region}) not in here.safe
    if proposal.finished:
        assert here.mask({*proposal.hidden, *here.regions(tuple(here.primary))}) in here.safe


@pytest.mark.parametrize(("numbers", "chosen"), WORLDS)
def test_a_mask_that_was_grown_is_safe_and_gives_back_all_that_it_can(numbers: tuple[int, ...], chosen: Policy) -> None:
    """From nothing hidden, and from everything hidden."""
    here = world(numbers, chosen)
    for begin in ((), range(len(LABELS))):
        mask = Mask(here.problem)
        mask.hide(begin)
        mask.grow()
        assert here.mask(mask.hidden) in here.safe
        mask.give_back(lambda hidden: frozenset())
        assert here.mask(mask.hidden) in here.safe
        for region in mask.hidden:
            assert here.mask(set(mask.hidden) - {region}) not in here.safe


@pytest.mark.parametrize(("numbers", "chosen"), WORLDS)
def test_a_witness_stands_for_a_table_that_there_is(numbers: tuple[int, ...], chosen: Policy) -> None:
    """What is said to come to 0, or to the threshold, does so in some table that agrees with what is shown."""
    here = world(numbers, chosen)
    order = [here.problem.crossing.where[0][labels] for labels in LABELS]
    for hidden in list(here.safe)[::7]:
        mask = Mask(here.problem)
        mask.hide(here.regions(hidden))
        asked = mask.unmet()
        shown = ~np.array(hidden)
        agreeing = EVERY[(EVERY[:, shown] == here.counts[shown]).all(axis=1)]
        assert asked == []
        for (kind, region), moved in mask.reached.items():
            numbers_there = agreeing[:, order.index(region)]
            assert numbers_there.min() == 0 if kind == "zero" else numbers_there.max() >= 3
            assert not {int(r) for r in moved} - set(mask.hidden)


@pytest.mark.parametrize(("numbers", "chosen"), [*WORLDS[:2], *WORLDS[3:9], *WORLDS[-2:]])
def test_what_a_mask_still_lacks_is_what_its_small_cells_cannot_reach(numbers: tuple[int, ...], chosen: Policy) -> None:
    """With the small cells hidden and nothing else."""
    here = world(numbers, chosen)
    hidden = here.primary
    agreeing = EVERY[(EVERY[:, ~hidden] == here.counts[~hidden]).all(axis=1)]
    where = here.problem.crossing.where[0]
    wanted = set()
    for place in np.flatnonzero(hidden):
        region = where[LABELS[place]]
        if agreeing[:, place].min() > 0:
            wanted.add((region, 1.0, 0.0))
        if agreeing[:, place].max() < 3:
            wanted.add((region, -1.0, 3.0))
    found = Mask(here.problem).unmet()
    assert {(goal.region, goal.sign, goal.count) for goal in found} == wanted
    assert len(found) == len(wanted)


def test_a_cell_that_can_hold_nobody_is_never_hidden() -> None:
    here = world((0, 4, 4, 2), THREE, (("r0", "c0"),))
    found = suppress([here.candidate])
    mask = here.mask(found.hidden)
    assert mask in here.safe
    assert found.loss == min(map(here.cost, here.safe))
    assert not mask[LABELS.index(("r0", "c0"))]


# -- larger tables, judged by the attack ------------------------------------------------------------------------------

THIRD = Dimension("d", "D", {"d0": "", "d1": "", "d2": ""})
WIDE = Dimension("c", "C", {"c0": "", "c1": "", "c2": ""})
TALL = Dimension("r", "R", {"r0": "", "r1": "", "r2": ""})


def linked(seed: int) -> tuple[Problem, list[Candidate]]:
    """One to three tables of one crossing, with many zeros, which are shown unless another cell needs them hidden."""
    draw = np.random.default_rng(seed)
    whole = draw.poisson(draw.choice([1.0, 3.0, 6.0]), (3, 3, 3)) * (draw.random((3, 3, 3)) < 0.6)
    pairs = [((TALL, WIDE), 2), ((WIDE, THIRD), 0), ((TALL, THIRD), 1)][: 1 + seed % 3]
    candidates = [
        Candidate(
            Shape(f"t{left_out}", dimensions),
            with_margins(whole.sum(left_out), [list(d.categories) for d in dimensions]),
            ZEROS_SHOWN if seed % 2 else THREE,
        )
        for dimensions, left_out in pairs
    ]
    return problem_of(cross([c.shape for c in candidates]), candidates, None), candidates


def attacked(problem: Problem, hidden: Iterable[int]) -> dict[int, Interval]:
    hidden = sorted(hidden)
    shown = {region: int(count) for region, count in enumerate(problem.counts) if region not in hidden}
    return Intruder(problem.crossing, shown).certify(hidden, {r: int(problem.thresholds[r]) for r in hidden})


def protected(problem: Problem, hidden: Iterable[int]) -> bool:
    return all(interval.verdict == "protected" for interval in attacked(problem, hidden).values())


@pytest.mark.parametrize("seed", [*range(10), 11, 17])
def test_whatever_a_search_or_a_mask_hides_in_linked_tables_is_protected_and_all_of_it_is_needed(seed: int) -> None:
    problem, candidates = linked(seed)
    mask, search = Mask(problem), Search(problem)
    proposal = search.run(mask.unmet())
    primary = set(map(int, np.flatnonzero(problem.fixed)))
    for interval in attacked(problem, {*proposal.hidden, *primary}).values() if proposal.finished else ():
        assert interval.verdict == "protected" or (interval.verdict == "exact" and interval.lowest >= 3)
    mask.grow()
    assert primary <= set(mask.hidden)
    assert protected(problem, mask.hidden)
    mask.give_back(search.needed)
    assert protected(problem, mask.hidden)
    assert search.work > 0 or not primary  # what the search is stopped by when it takes too long
    loss = int(problem.costs[list(mask.hidden)].sum())
    found = suppress(candidates)
    assert proposal.bound <= found.bound <= found.loss <= loss
    if proposal.finished:  # what it hides for nothing is dropped, and not widened by hiding more
        assert found.loss <= int(problem.costs[list({*proposal.hidden, *primary})].sum())
    for hidden in (set(mask.hidden), set(found.hidden)):
        for region in hidden - primary:
            assert not protected(problem, hidden - {region})
        needed = search.needed(sorted(hidden))
        assert needed <= hidden


@pytest.mark.parametrize("seed", [1, 5, 17])
def test_masks_come_from_the_least_loss_to_the_safest_which_hides_all(seed: int) -> None:
    problem, candidates = linked(seed)
    found = [set(hidden) for hidden in masks(problem, candidates)]
    losses = [int(problem.costs[list(hidden)].sum()) for hidden in found]
    assert losses == sorted(losses)
    assert found[-1] == set(range(len(problem.counts)))
    assert all(set(np.flatnonzero(problem.fixed)) <= hidden for hidden in found)


def test_a_large_cell_that_was_hidden_for_nothing_is_shown_again_before_anything_else_is_hidden_for_it() -> None:
    """Four cells and a fifth alone in its row and column: hidden, it is still what its row says."""
    whole = np.array([[1, 4, 0], [4, 4, 0], [0, 0, 7]])
    dimensions = (TALL, WIDE)
    counts = with_margins(whole, [list(d.categories) for d in dimensions])
    here = Candidate(Shape("t", dimensions), counts, ZEROS_SHOWN)
    problem = problem_of(cross([here.shape]), [here], None)
    where = problem.crossing.where[0]
    corners = {where[r, c] for r in ("r0", "r1") for c in ("c0", "c1")}
    mask = Mask(problem)
    mask.hide([*corners, where["r2", "c2"]])
    mask.drop_idle()
    mask.grow()
    assert set(mask.hidden) == corners
    assert protected(problem, mask.hidden)


def test_large_cells_that_can_move_are_not_hidden_for_nothing() -> None:
    here = world((4, 4, 4, 4))
    corners = {here.problem.crossing.where[0][r, c] for r in ("r0", "r1") for c in ("c0", "c1")}
    mask = Mask(here.problem)
    mask.hide(corners)
    mask.drop_idle()
    assert set(mask.hidden) == corners
