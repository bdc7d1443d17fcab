"""When a search finds nothing better, all is hidden, or the release is refused with names; nothing is let through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from compendium.aggregate import Counts, Dimension, Origin
from compendium.disclosure import beside, intruder, linear, optimal, redesign, suppression
from compendium.disclosure.beside import _Attacked
from compendium.disclosure.crossing import cross
from compendium.disclosure.intruder import Interval, Intruder, adds_nothing, verdict
from compendium.disclosure.linear import Optimum, Program, whole_table
from compendium.disclosure.mask import PROGRAMS, Mask
from compendium.disclosure.passing import Way, ways_that_pass
from compendium.disclosure.policy import policy, policy_for
from compendium.disclosure.rounding import numerators_of, rounded_table
from compendium.disclosure.settle import _candidate, settle_counts
from compendium.disclosure.suppression import Candidate, masks, problem_of, suppress
from compendium.errors import DisclosureRefused
from tests.unit.test_disclosure_beside_known import FEBRUARY, MARCH, UP_TO_FEBRUARY, by_zone, february, known

CASES = Origin("cases", "Cases", "sensitive", "synthetic", "threshold-10", "invented")
ZONE = Dimension("zone", "Zone", {name: name for name in "ABC"})
FORM = Dimension("form", "Form", {"x": "x", "y": "y", "z": "z"})
SMALL = (3, 25, 31, 18, 40, 22, 19, 33, 4)


def table(numbers: Sequence[int] = SMALL, policy_name: str = "threshold-10") -> Candidate:
    cells = [(zone, form) for zone in ZONE.categories for form in FORM.categories]
    frame = pd.DataFrame(cells, columns=["zone", "form"]).assign(count=numbers)
    return _candidate("t", Counts(frame, "victim", (ZONE, FORM), CASES), policy(policy_name))


def everything(candidate: Candidate) -> set[int]:
    crossing = cross([candidate.shape])
    return set(range(len(crossing.regions)))


def test_a_table_that_gives_parts_away_round_after_round_is_hidden_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suppression, "given_away", lambda crossing, known, threshold: [crossing.regions[0]])
    assert set(suppress([table()]).hidden) == everything(table())


def test_a_table_that_no_mask_protects_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[tuple[int, ...]] = []

    def narrow(self: Intruder, hidden: Sequence[int], thresholds: Mapping[int, int]) -> dict[int, Interval]:
        tried.append(tuple(hidden))
        return {region: Interval(1, 2, "narrow") for region in hidden}

    monkeypatch.setattr(Intruder, "certify", narrow)
    with pytest.raises(DisclosureRefused, match="Tables t can't be protected together"):
        suppress([table()])
    assert set(tried[-1]) == everything(table())  # not before all was tried


def test_where_nothing_is_small_nothing_is_hidden() -> None:
    large = table([30] * 9)
    problem = problem_of(cross([large.shape]), [large], None)
    assert list(masks(problem, [large])) == [()]


def test_a_zero_among_categories_alone_tells_of_no_group() -> None:
    one = Dimension("form", "Form", {"x": "x", "y": "y"})
    frame = pd.DataFrame({"form": ["x", "y"], "count": [30, 0]})
    origin = replace(CASES, policy="sdap-10")
    settled = settle_counts({"t": Counts(frame, "case", (one,), origin)})
    assert set(settled.frames["t"]["status"]) == {"published"}


def fails(until: Callable[[Sequence[int]], bool], away: tuple[int, ...] = ()) -> Callable[..., _Attacked]:
    """An attack that finds something wrong with every mask until one satisfies `until`."""

    def attack(joint: Any, problem: Any, hidden: Sequence[int]) -> _Attacked:
        judged = "protected" if until(hidden) else "narrow"
        return _Attacked(tuple(hidden), dict.fromkeys(hidden, Interval(0, None, judged)), away, None)  # type: ignore[arg-type]

    return attack


def march() -> Any:
    numbers = list(UP_TO_FEBRUARY)
    numbers[6] += 1
    return settle_counts({"by_zone": by_zone(*numbers)}, period=MARCH, known=[february()])


def test_beside_an_earlier_release_all_that_is_new_is_hidden_before_it_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(beside, "masks", lambda problem, candidates: iter([(0,), (1,)]))
    monkeypatch.setattr(beside, "_attack", fails(lambda hidden: len(hidden) > 4))
    assert set(march().frames["by_zone"]["status"]) == {"hidden"}
    monkeypatch.setattr(beside, "_attack", fails(lambda hidden: False))
    with pytest.raises(DisclosureRefused, match="Tables by_zone, by_zone of 2026-02 can't be protected together"):
        march()


def test_parts_that_are_given_away_in_every_round_hide_all(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = iter(range(100))

    def attack(joint: Any, problem: Any, hidden: Sequence[int]) -> _Attacked:
        if len(hidden) > 4:
            return fails(lambda hidden: True)(joint, problem, hidden)
        return fails(lambda hidden: False, (joint.parts[next(rounds) % len(joint.parts)],))(joint, problem, hidden)

    monkeypatch.setattr(beside, "masks", lambda problem, candidates: iter([(0,)]))
    monkeypatch.setattr(beside, "ROUNDS", 2)
    monkeypatch.setattr(beside, "_attack", attack)
    assert set(march().frames["by_zone"]["status"]) == {"hidden"}


def test_when_no_whole_table_is_found_the_known_tables_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = february()
    monkeypatch.setattr(Intruder, "table", lambda self: None)
    with pytest.raises(DisclosureRefused, match=r"agrees with by_zone of 2026-02"):
        settle_counts({"by_zone": by_zone(*UP_TO_FEBRUARY)}, period=MARCH, known=[earlier])


def test_the_one_of_several_known_tables_that_contradicts_is_named() -> None:
    """The first says nothing of the cell, the second agrees, the third does not."""
    others = [known({("Z01",): (0, 900)}), known({("Z07",): (0, 40)}), known({("Z07",): (20, 30)})]
    others = [replace(one, name=name) for one, name in zip(others, ("Silent", "Agrees", "Differs"), strict=True)]
    with pytest.raises(DisclosureRefused, match="by_zone and Differs contradict"):
        settle_counts({"by_zone": by_zone(*UP_TO_FEBRUARY)}, period=MARCH, known=others)


def test_bounds_that_contradict_by_addition_are_named() -> None:
    """In January and February no fewer than 100 children of a zone, in three months 12 of them."""
    told = replace(known({("Z07",): (100, None)}, FEBRUARY), name="Report")
    silent = replace(known({("Z01",): (0, 900)}, FEBRUARY), name="Silent")
    with pytest.raises(DisclosureRefused, match="by_zone and Report contradict"):
        settle_counts({"by_zone": by_zone(*UP_TO_FEBRUARY)}, period=MARCH, known=[silent, told])


@pytest.mark.parametrize(
    ("lowest", "highest", "judged"),
    [(0, None, "protected"), (0, 10, "protected"), (0, 9, "narrow"), (10, 11, "protected"), (9, None, "narrow"),
     (4, 4, "exact"), (0, 0, "exact"), (30, 30, "exact")],
)  # fmt: skip
def test_the_rule_of_protection(lowest: int, highest: int | None, judged: str) -> None:
    assert verdict(lowest, highest, 10) == judged


@pytest.mark.parametrize(
    ("found", "before", "nothing"),
    [
        ((1, 9), (1, 9), True),  # as before
        ((2, 9), (1, 9), False),  # the least is known better
        ((1, 8), (1, 9), False),  # so is the most
        ((1, 12), (1, 15), True),  # beyond the threshold it does not matter
        ((1, None), (1, None), True),
        ((1, 9), (1, None), False),
        ((1, 10), (1, 9), False),  # not tighter, but of other tables: never the same
        ((1, None), (1, 9), False),
    ],
)
def test_what_adds_nothing_to_what_was_known(
    found: tuple[int, int | None], before: tuple[int, int | None], nothing: bool
) -> None:
    assert adds_nothing(Interval(*found, "narrow"), Interval(*before, "narrow"), 10) is nothing
    assert not adds_nothing(Interval(*found, "narrow"), Interval(*before, "protected"), 10)


def crossing_of(candidate: Candidate) -> Any:
    return cross([candidate.shape])


def no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Program, "solve", lambda self: Optimum(False, float("nan"), np.zeros(0)))


def test_counts_that_no_table_has_are_refused_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    crossing = crossing_of(table())
    attacker = Intruder(crossing, {})
    no_table(monkeypatch)
    assert not attacker.possible
    for asks in (attacker.table, lambda: attacker.certify([0], {0: 10})):
        with pytest.raises(DisclosureRefused, match="contradict each other"):
            asks()


def test_a_program_that_fails_half_way_is_a_contradiction_and_no_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    attacker = Intruder(crossing_of(table()), {})
    solves = iter([attacker.program.solve()])
    nothing = Optimum(False, float("nan"), np.zeros(0))
    monkeypatch.setattr(Program, "solve", lambda self: next(solves, nothing))
    with pytest.raises(DisclosureRefused, match="contradict each other"):
        attacker.certify([0], {0: 10})


def test_bounds_that_a_published_number_breaks_are_a_contradiction() -> None:
    crossing = crossing_of(table())
    cell = crossing.where[0][("A", "x")]
    with pytest.raises(DisclosureRefused, match="contradict each other"):
        Intruder(crossing, {cell: 3}, {cell: (5, 9)})


def test_a_margin_under_its_cell_is_a_contradiction() -> None:
    crossing = crossing_of(table())
    here = crossing.where[0]
    told = {here["A", "x"]: 9, here["A", "y"]: 9, here["A", "Total"]: 12}
    with pytest.raises(DisclosureRefused, match="contradict each other"):
        Intruder(crossing, told)


def test_more_girls_than_children_is_a_contradiction_between_two_tables() -> None:
    """By form 3 children of zone A in all, by sex 9 girls: then the boys would be fewer than none."""
    sex = Dimension("sex", "Sex", {"f": "Girl", "m": "Boy"})
    crossing = cross([table().shape, replace(table().shape, name="u", dimensions=(ZONE, sex))])
    forms, sexes = crossing.where
    by_form = {forms["A", form]: 1 for form in FORM.categories}
    Intruder(crossing, {**by_form, sexes["A", "f"]: 3})
    with pytest.raises(DisclosureRefused, match="contradict each other"):
        Intruder(crossing, {**by_form, sexes["A", "f"]: 9})


@pytest.mark.parametrize(
    ("lowest", "highest", "safe"), [(0, 4, True), (1, 12, True), (1, None, True), (1, 9, False), (3, 3, False)]
)
def test_a_part_between_unlike_groupings_may_be_few_as_long_as_it_may_be_nobody(
    lowest: int, highest: int | None, safe: bool
) -> None:
    """Nobody asked for the part: it is no cell of a table, so it need not reach the threshold to be open."""
    joint: Any = SimpleNamespace(odd=range(5, 6), new_regions=3)
    assert beside._safe(joint, 5, Interval(lowest, highest, "narrow"), 10) is safe


def test_halves_are_not_taken_for_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """A vertex that is not whole is followed by a search for a whole table; none found: None."""
    crossing = crossing_of(table())
    here = crossing.where[0]
    attacker = Intruder(crossing, {here["Total", "Total"]: 5, here["A", "Total"]: 3})
    monkeypatch.setattr(attacker, "_agrees", lambda at: False)
    found = attacker.table()
    assert found is not None and np.abs(found - np.rint(found)).max() == 0
    monkeypatch.setattr(intruder, "whole_table", lambda *_, **__: None)
    assert attacker.table() is None


def test_an_interval_without_two_whole_witnesses_is_not_called_protected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intruder.Witnesses, "add", lambda self, table: None)
    monkeypatch.setattr(intruder, "whole_table", lambda *_, **__: None)
    crossing = crossing_of(table())
    found = Intruder(crossing, {crossing.where[0]["Total", "Total"]: 50}).certify([0], {0: 10})
    assert {interval.verdict for interval in found.values()} == {"narrow"}


def test_a_whole_table_is_searched_for_from_nothing_when_none_is_near(monkeypatch: pytest.MonkeyPatch) -> None:
    """x + y = 3 and x - y = 1 from (0, 0): 2 and 1. Twice x is 3: none."""
    matrix = sparse.csr_matrix(np.array([[1.0, 1.0], [1.0, -1.0]]))
    one = np.array([3.0, 1.0])
    cap, cost = np.full(2, 10.0), np.zeros(2)
    monkeypatch.setattr(linear, "_nearest", lambda *_: None)
    found = whole_table(matrix, one, one, cap, cost, near=np.zeros(2))
    assert found is not None and found.tolist() == [2.0, 1.0]
    half = sparse.csr_matrix(np.array([[2.0, 0.0]]))
    assert whole_table(half, np.array([3.0]), np.array([3.0]), cap, cost) is None


def test_no_table_near_another_is_none() -> None:
    half, odd = sparse.csr_matrix(np.array([[2.0, 0.0]])), np.array([3.0])
    near = linear._nearest(half, odd, odd, np.full(2, 10.0), np.zeros(2))
    assert near is None  # in real numbers only
    beyond = linear._nearest(half, np.array([99.0]), np.array([99.0]), np.full(2, 10.0), np.zeros(2))
    assert beyond is None  # not at all


def test_policies_that_round_give_no_proof_and_none_are_looser_than_the_floor() -> None:
    with pytest.raises(DisclosureRefused, match="rounds counts"):
        policy_for("t", Counts(pd.DataFrame({"count": [3]}), "victim", (), replace(CASES, policy="opensafely")), None)


def test_every_numerator_of_a_percentage() -> None:
    """33.3 of 30 is 10 alone; 33 of 30 without decimals 10; 50 of 3 none."""
    assert numerators_of(33.3, 30, decimals=1) == [10]
    assert numerators_of(50.0, 3, decimals=1) == []


def test_zeros_are_printed_where_a_rounding_policy_shows_them() -> None:
    shown = rounded_table(table((0, 25, 31, 18, 40, 22, 19, 33, 12), "opensafely"))
    assert shown["A", "x"] in (0, None)


def test_a_design_that_cannot_be_protected_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: Any, **__: Any) -> Any:
        raise DisclosureRefused("no mask")

    monkeypatch.setattr(redesign, "suppress", refuses)
    assert redesign._design((), table(), None) is None


def test_a_table_left_out_is_a_way_to_pass() -> None:
    numbers = by_zone(40, 22, 3, 28, 31, 19, 12, 5)
    tables = {"bad": numbers, "good": by_zone(*UP_TO_FEBRUARY)}
    assert set(Way(("bad",), ()).applied(tables)) == {"good"}

    def settle(given: Mapping[str, Counts]) -> Any:
        return settle_counts(given)

    assert ways_that_pass({"good": tables["good"]}, settle) == {}


def test_the_search_stops_when_its_work_is_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search cut short still gives a mask that the attack finds safe."""
    monkeypatch.setattr(optimal, "WORK", 0)
    monkeypatch.setattr(optimal, "ROUNDS", 1)
    monkeypatch.setattr(optimal, "FOLLOWED", 1)
    found = suppress([table()])
    assert {interval.verdict for interval in found.certificate.values()} == {"protected"}


def given_back(programs: int = PROGRAMS) -> set[int]:
    """What stays hidden of a table that was hidden whole; all of it is protected from an intruder."""
    candidate = table()
    problem = problem_of(cross([candidate.shape]), [candidate], None)
    mask = Mask(problem)
    mask.hide(range(len(problem.counts)))
    mask.grow()
    mask.give_back(lambda hidden: frozenset(), programs)
    shown = {region: int(count) for region, count in enumerate(problem.counts) if region not in mask.hidden}
    found = Intruder(problem.crossing, shown).certify(list(mask.hidden), dict.fromkeys(mask.hidden, 10))
    assert {interval.verdict for interval in found.values()} == {"protected"}
    return set(mask.hidden)


def test_cells_that_no_work_was_left_for_stay_hidden_and_all_is_protected() -> None:
    assert 0 < len(given_back()) < len(given_back(programs=0)) < len(everything(table()))


def test_sweeping_after_every_broken_witness_hides_the_same_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep is the quicker way to look, not another answer."""
    one_by_one = given_back()
    monkeypatch.setattr("compendium.disclosure.mask.MANY", 0)
    assert given_back() == one_by_one
