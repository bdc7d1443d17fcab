"""Corners that an ordinary table never visits: unlike units, outcomes, witnesses, findings, searches cut short."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from compendium.aggregate import Counts, Dimension, Origin, Statistic
from compendium.disclosure import audit_dir, settle_counts, without_numbers_told
from compendium.disclosure.addition import _hang_together, check
from compendium.disclosure.attack import ReleasedTable
from compendium.disclosure.between_units import STEP, WHOLE, told_elsewhere
from compendium.disclosure.competing import OTHERS, _grouping, _of_dimension, beside_counts
from compendium.disclosure.crossing import Shape, cross
from compendium.disclosure.cuts import out_of_reach
from compendium.disclosure.designs import MOST_HIDDEN, _Unit
from compendium.disclosure.differences import with_differences
from compendium.disclosure.findings import left_standing, look_at
from compendium.disclosure.floors import FLOORS, _tells_nothing
from compendium.disclosure.folder import Together, in_steps, load, read_csv
from compendium.disclosure.intruder import Intruder
from compendium.disclosure.known import KnownTable
from compendium.disclosure.mask import Mask
from compendium.disclosure.optimal import Search
from compendium.disclosure.participants import LEAST_SIZE
from compendium.disclosure.percentages import bounds_from
from compendium.disclosure.redesign import Design, Redesigns
from compendium.disclosure.statistics import check_together
from compendium.errors import DisclosureRefused, InputRefused

CASES = Origin("cases", "Cases", "sensitive", "synthetic", "threshold-10", "invented")
PUBLIC = replace(CASES, sensitivity="public")
OUTCOME = Dimension("outcome", "Outcome", {name: name for name in ("charged", "dropped", "open", "other")})


def curve(*codes: str, origin: Origin = CASES, unit: str = "case") -> Statistic:
    rows = [
        {"group": "all", "month": 1, "at_risk": 90, "events": 30, "incidence": 0.3, "outcome": c, "outcome_label": c}
        for c in codes
    ]
    return Statistic("competing", pd.DataFrame(rows), {}, unit, 90, origin)


def outcomes(origin: Origin = CASES, unit: str = "case") -> Counts:
    frame = pd.DataFrame({"outcome": list(OUTCOME.categories), "count": [40, 30, 20, 0]})
    return Counts(frame, unit, (OUTCOME,), origin)


def test_a_public_curve_stays_as_it_is() -> None:
    public = curve("charged", origin=PUBLIC)
    assert beside_counts(public, {}, {}) is public


def test_tables_of_other_records_or_variables_say_nothing_of_a_curve() -> None:
    stat, frames = curve("charged"), {"t": pd.DataFrame()}
    assert _grouping("t", ["charged"], stat, {"t": outcomes(unit="victim")}, frames) is None
    assert _grouping("t", ["charged"], stat, {"t": outcomes(replace(CASES, table="others"))}, frames) is None
    assert _grouping("t", ["expired"], stat, {"t": outcomes()}, frames) is None


def test_a_category_of_outcomes_and_others_gives_no_curve() -> None:
    assert _of_dimension(OUTCOME, {"charged"}, {"Total": 90, "charged": 40, "dropped": None, "open": 1}) is None
    mixed = Dimension("o", "O", {"a": "a", "b": "b"}, "outcome", {"a": ("charged", "open"), "b": ("dropped",)})
    assert _of_dimension(mixed, {"charged", "dropped"}, {"Total": 90, "a": 50, "b": 40}) is None


def test_small_outcomes_stand_with_the_least_of_the_others_or_there_is_no_curve() -> None:
    """dropped is 4: with charged, the lesser of the rest; where all are small, fewer than 10 together tell too much."""
    shown = {"Total": 94, "charged": 40, "dropped": None, "open": 50, "other": 0}
    found = _of_dimension(OUTCOME, {"charged", "dropped", "open"}, shown)
    assert found is not None and {code for code, (curve, _) in found.items() if curve == OTHERS} == {
        "charged",
        "dropped",
    }
    few = {"Total": 4, "charged": None, "dropped": None, "open": None, "other": 0}
    assert _of_dimension(OUTCOME, {"charged", "dropped", "open"}, few) is None


def steps(*counts: int, origin: Origin = CASES) -> Counts:
    step = Dimension("event", "Step", {f"s{n}": f"s{n}" for n in range(len(counts))})
    return Counts(pd.DataFrame({"event": list(step.categories), "count": counts}), STEP, (step,), origin)


def test_statistics_of_other_units_and_public_ones_keep_their_numbers_of_cases() -> None:
    frame = pd.DataFrame({"n": [30]})
    for stat in (
        Statistic("median", frame, {}, "victim", 30, CASES),
        Statistic("median", frame, {}, WHOLE, 30, PUBLIC),
        Statistic("another", frame, {}, WHOLE, 30, CASES),
    ):
        assert without_numbers_told(stat, frame, {}, {}) is frame


def test_public_tables_and_tables_of_other_units_hide_nothing_of_cases() -> None:
    frame = pd.DataFrame({"outcome": ["charged", "Total"], "count": [None, None]})
    for table in (outcomes(PUBLIC), outcomes(unit="victim")):
        assert told_elsewhere(steps(90, 30), {"t": table}, {"t": frame}) == frozenset()
    assert told_elsewhere(steps(90, 30), {"t": outcomes()}, {"t": frame.iloc[:0]}) == frozenset()
    assert told_elsewhere(steps(90, 30), {"t": outcomes()}, {"t": frame}) != frozenset()


def test_a_step_that_nearly_all_cases_have_is_found_standing() -> None:
    shape = Shape("steps", steps(90, 85).dimensions)
    counts = {("s0",): 90, ("s1",): 85, ("Total",): 175}
    left = left_standing({STEP: [ReleasedTable(shape, counts, frozenset(), 10)]})
    assert left == ["steps: cases less a step are fewer than 10"]


def witness(**changes: Any) -> dict[str, Any]:
    said = {
        "unit": "victim",
        "variables": {"form": [["image"], ["talk"]]},
        "within": {},
        "cliques": [["form"]],
        "first": [0, 40],
        "changes": [[], [[0, 20], [1, 20]]],
        "cells": [["t", "image", 0, 2], ["t", "talk", 1, 2]],
    }
    return {**said, **changes}


def hidden_table(members: Mapping[str, tuple[str, ...]] | None = None) -> ReleasedTable:
    form = Dimension("form", "Form", {"image": "i", "talk": "t"}, "form", members or {})
    return ReleasedTable(Shape("t", (form,)), {("Total",): 40}, frozenset({("image",), ("talk",)}), 10)


def test_a_witness_that_changes_nothing_is_the_first_again() -> None:
    assert check(witness(), [hidden_table()]).wrong == ()
    assert check(witness(), [hidden_table()]).cells == 2


def test_a_hidden_cell_that_the_proof_leaves_out_is_not_proved() -> None:
    found = check(witness(cells=[["t", "talk", 1, 2]]), [hidden_table()])
    assert (found.cells, found.wrong) == (1, ())


def test_categories_that_overlap_prove_nothing() -> None:
    said = witness(variables={"form": [["image", "both"], ["talk", "both"]]})
    with pytest.raises(InputRefused, match="damaged"):
        check(said, [hidden_table()])
    both = {"image": ("image", "both"), "talk": ("talk",)}
    wrong = check(witness(variables={"form": [["image"], ["image", "talk"]]}, cells=[]), []).wrong
    assert wrong == ("a category stands twice among those of its variable",)
    assert both and _hang_together([])


def test_cells_of_interest_alone_are_laid_out_whatever_the_table_is_large() -> None:
    wide = tuple(Dimension(f"d{n}", "D", {str(k): str(k) for k in range(40)}) for n in range(2))
    shape = Shape("t", wide, cells=(("1", "Total"), ("Total", "Total")))
    crossing = cross([shape])
    assert list(crossing.where[0]) == list(shape.labels()) == [("1", "Total"), ("Total", "Total")]


def test_groupings_that_exclude_each_other_leave_no_parts() -> None:
    young = Dimension("young", "Y", {"a": "a", "bc": "bc"}, "age", {"a": ("a",), "bc": ("b", "c")})
    old = Dimension("old", "O", {"ab": "ab", "c": "c"}, "age", {"ab": ("a", "b"), "c": ("c",)})
    crossing, new = with_differences(cross([Shape("t", (young, old))]))
    assert {crossing.regions[n] for n in new} == {((0, 1 << atom),) for atom in crossing.odd_atoms[0]} - set(
        cross([Shape("t", (young, old))]).regions
    )


def test_a_goal_that_no_program_answers_is_out_of_reach() -> None:
    asked: list[int] = []
    tables = SimpleNamespace(least=lambda region, sign: asked.append(region))
    goals = [SimpleNamespace(region=n, sign=1.0, count=0.0) for n in (3, 5)]
    assert [goal.region for goal in out_of_reach(tables, goals)] == [3, 5]  # type: ignore[arg-type, misc]
    assert asked == [3, 5]


def picker(shares: Mapping[tuple[int, ...], Mapping[str, Fraction] | None]) -> _Unit:
    """A choice among three rungs of two tables, whose shares are given."""
    made = _Unit({"a": [None] * 3, "b": [None] * 3}, {}, None, {})  # type: ignore[dict-item, arg-type, list-item]
    made._shares = lambda at: shares.get(  # type: ignore[method-assign, assignment]
        tuple(at.get(name, -1) for name in "ab"), dict.fromkeys(at, Fraction(0))
    )
    return made


def test_a_table_made_coarser_for_another_goes_back_when_it_need_not_be() -> None:
    """Together nothing can be settled: both step down. Then the first alone may be fine again."""
    assert picker({(0, 0): None}).pick() == {"a": 0, "b": 1}


def test_a_table_over_the_limit_steps_down_until_it_is_not() -> None:
    much = {"a": MOST_HIDDEN + 1, "b": Fraction(0)}
    assert picker({(0, 0): much, (1, 0): much}).pick() == {"a": 2, "b": 0}


def test_when_too_much_was_tried_every_table_is_at_its_coarsest() -> None:
    spent = picker({(0, 0): None})
    spent.left = 0
    assert spent.pick() == {"a": 2, "b": 2}


def bare(counts: Mapping[tuple[str, ...], int], threshold: int = 10) -> Together:
    zone = Dimension("zone", "Zone", {"A": "A", "B": "B"})
    return Together("", (ReleasedTable(Shape("t", (zone,)), dict(counts), frozenset(), threshold),))


def test_a_bare_table_that_adds_up_under_no_rounding_is_a_fault() -> None:
    """10 and 20 make 90: multiples of 5 and 10, and not even as intervals of either."""
    found = look_at(bare({("A",): 10, ("B",): 20, ("Total",): 90}))
    assert found.cells == () and "contradict" in found.faults[-1]


def test_groups_that_follow_by_subtraction_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compendium.disclosure.findings.subtracted", lambda tables: 2)
    found = look_at(bare({("A",): 30, ("B",): 20, ("Total",): 50}))
    assert any("2 groups under the threshold" in fault for fault in found.faults)


@pytest.mark.parametrize(
    ("measure", "tells_nothing"), [("share of the top 10 zones", True), ("the largest zone", False), ("share", True)]
)
def test_a_measure_that_points_at_one_place_tells_too_much(measure: str, tells_nothing: bool) -> None:
    assert _tells_nothing(measure, 100) is tells_nothing


def test_victims_and_survivors_are_never_shown_alone() -> None:
    from compendium.disclosure.workshop_floors import NEVER_ALONE

    alone = Statistic("presence", pd.DataFrame({"group": [NEVER_ALONE]}), {}, "group", 1, CASES)
    with pytest.raises(DisclosureRefused, match="never shown alone"):
        FLOORS["presence"](alone, alone.frame)
    together = replace(alone, frame=pd.DataFrame({"group": ["parents"]}))
    assert FLOORS["presence"](together, together.frame) is together.frame


def test_a_curve_of_concentration_at_quintiles_stays() -> None:
    curve = Statistic("lorenz", pd.DataFrame({"quintile": [0, 5]}), {}, "area", 30, CASES)
    assert FLOORS["lorenz"](curve, curve.frame) is curve.frame


def test_two_statistics_of_nearly_the_same_records_are_refused_and_of_other_kinds_not() -> None:
    def sized(kind: str, n: int) -> Statistic:
        return Statistic(kind, pd.DataFrame({"n": [n]}), {}, "case", n, CASES)

    with pytest.raises(DisclosureRefused, match="nearly the same records"):
        check_together({"one": sized("median", 100), "two": sized("median", 100 + LEAST_SIZE - 1)})
    check_together({"one": sized("median", 100), "two": replace(sized("median", 101), unit="victim")})


def test_a_missing_label_of_another_tool_is_named_by_row(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("zone,form,n\nA,x,12\n,y,30\n", "utf-8")
    with pytest.raises(InputRefused, match=r"row 3, column zone: The label is missing"):
        audit_dir(tmp_path)


def test_a_wide_table_that_is_none_asks_for_its_counts(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("zone,note,x,y\nA,a,12,13\nA,a,30,31\n", "utf-8")
    with pytest.raises(InputRefused, match="can't be told"):
        audit_dir(tmp_path)


def test_percentages_that_fit_no_total_bound_nothing() -> None:
    zone = Dimension("zone", "Zone", {"A": "A", "B": "B"})
    table = ReleasedTable(Shape("t", (zone,)), {("A",): 30, ("Total",): 60}, frozenset({("B",)}), 10)
    assert bounds_from(table, {("A",): "10.0", ("B",): "90.0"}) == {}


def test_designs_are_told_without_a_design_to_compare_with() -> None:
    design = Design((), 12, 4, 0.5)
    assert Redesigns("t", None, (design,)).words == (f"With {design.name}, 4 of 12 cells and margins are hidden.",)


def test_a_program_without_answer_leaves_a_mask_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    from compendium.disclosure.linear import Optimum, Program
    from compendium.disclosure.suppression import problem_of
    from tests.unit.test_disclosure_last_resorts import table

    candidate = table()
    mask = Mask(problem_of(cross([candidate.shape]), [candidate], None))
    monkeypatch.setattr(Program, "solve", lambda self: Optimum(False, float("nan"), np.zeros(0)))
    region = next(iter(mask.hidden))
    assert np.isnan(mask._extreme(region, 1.0))
    before, shown = dict(mask.hidden), dict(mask.reached)
    monkeypatch.setattr("compendium.disclosure.mask.Tables.far", lambda self, weights: None)
    mask.sweep()
    assert (mask.hidden, mask.reached) == (before, shown)


def test_settled_designs_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mask that is swept after many witnesses broke at once is safe all the same."""
    monkeypatch.setattr("compendium.disclosure.mask.MANY", 0)
    frame = pd.DataFrame({"outcome": list(OUTCOME.categories), "count": [3, 4, 50, 60]})
    found = settle_counts({"t": Counts(frame, "case", (OUTCOME,), CASES)})
    assert {cell["verdict"] for cell in found.certificate["tables"]["t"]["cells"]} == {"protected"}


def test_bytes_that_no_table_has_are_refused(tmp_path: Path) -> None:
    for name, text in {"nul": "a,n\n\0,3\n", "wide": "x," * 9_000 + "n\n", "ragged": 'a,n\n"x,3\n'}.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
        with pytest.raises(InputRefused):
            read_csv(tmp_path / f"{name}.csv")
    (tmp_path / "list.json").write_text("[1]", "utf-8")
    with pytest.raises(InputRefused, match="not JSON"):
        load(tmp_path / "list.json")


def test_zeros_of_a_rounded_table_stay_exact() -> None:
    zone = Dimension("zone", "Zone", {"A": "A", "B": "B"})
    table = ReleasedTable(Shape("t", (zone,)), {("A",): 0, ("B",): 10, ("Total",): 10}, frozenset(), 10)
    read = in_steps(table, 5)
    assert read.counts == {("A",): 0} and read.bounds[("B",)] == (8, 12)


def test_a_wide_table_whose_lines_stand_twice_asks_for_its_counts(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("zone,x,y\nA,12,13\nA,30,31\n", "utf-8")
    with pytest.raises(InputRefused, match="can't be told"):
        audit_dir(tmp_path)


def search() -> Search:
    from compendium.disclosure.suppression import problem_of
    from tests.unit.test_disclosure_last_resorts import table

    candidate = table()
    return Search(problem_of(cross([candidate.shape]), [candidate], None))


def test_a_condition_is_met_by_the_regions_that_count_in_it() -> None:
    mask = np.zeros(3)
    cut = SimpleNamespace(
        regions=np.array([0, 1, 2]), values=np.array([0.0, 1.0, 1.0]), met_by=lambda mask: mask[1] - 1.0
    )
    search()._mend(mask, cut)  # type: ignore[arg-type]
    assert mask.tolist() == [0.0, 1.0, 0.0]
    unmet = SimpleNamespace(regions=np.array([0, 1]), values=np.array([0.0, 0.0]), met_by=lambda mask: -1.0)
    search()._mend(mask, unmet)  # type: ignore[arg-type]
    assert mask.tolist() == [0.0, 1.0, 0.0]


@pytest.mark.parametrize("limit", ["ROUNDS", "SMALL", "FOLLOWED"])
def test_a_shorter_search_still_ends_in_a_safe_mask(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from compendium.disclosure.suppression import suppress
    from tests.unit.test_disclosure_last_resorts import table

    monkeypatch.setattr(f"compendium.disclosure.optimal.{limit}", 0 if limit == "SMALL" else 1)
    found = suppress([table()])
    assert {interval.verdict for interval in found.certificate.values()} == {"protected"}


def test_a_search_without_conditions_ends_in_a_safe_mask(monkeypatch: pytest.MonkeyPatch) -> None:
    from compendium.disclosure.suppression import suppress
    from tests.unit.test_disclosure_last_resorts import table

    monkeypatch.setattr("compendium.disclosure.cuts.Ground.condition", lambda *_: None)
    found = suppress([table()])
    assert {interval.verdict for interval in found.certificate.values()} == {"protected"}


def test_a_locked_cell_is_left_to_the_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    from compendium.disclosure.suppression import suppress
    from tests.unit.test_disclosure_last_resorts import table

    monkeypatch.setattr("compendium.disclosure.mask.Changes.cheapest", lambda *_, **__: None)
    monkeypatch.setattr("compendium.disclosure.mask.SWEEPS", 1)
    found = suppress([table()])
    assert {interval.verdict for interval in found.certificate.values()} == {"protected"}


def test_two_tables_that_stand_far_enough_apart_are_searched_for() -> None:
    """Everything is at least 30 here and more than one number is possible: 30 is not told as exact."""
    from tests.unit.test_disclosure_last_resorts import table

    crossing = cross([table([50] * 9).shape])
    here = crossing.where[0]
    attacker = Intruder(crossing, {here["A", "Total"]: 150}, {here["A", "x"]: (30, 60)})
    found = attacker.certify([here["A", "x"]], {here["A", "x"]: 10})
    assert found[here["A", "x"]].verdict == "protected"
    witness = SimpleNamespace(most=[40], least=[40])
    asked: list[tuple[float, float]] = []

    def searched(i: int, low: float, high: float, *_: Any) -> bool:
        asked.append((low, high))
        return False

    attacker._search = searched  # type: ignore[method-assign, assignment]
    assert not attacker._shown(0, 30, 10, None, witness)  # type: ignore[arg-type]
    assert asked == [(41, np.inf), (0.0, 39)]


def test_a_number_under_zero_that_follows_is_a_contradiction() -> None:
    """form_a + form_b = 4 in one table; in another of the same variable a alone is 9."""
    halves = Dimension("halves", "H", {"ab": "ab", "c": "c"}, "form", {"ab": ("a", "b"), "c": ("c",)})
    third = Dimension("third", "T", {"a": "a", "bc": "bc"}, "form", {"a": ("a",), "bc": ("b", "c")})
    crossing = cross([Shape("one", (halves,)), Shape("two", (third,))])
    one, two = crossing.where
    with pytest.raises(DisclosureRefused, match="contradict each other"):
        Intruder(crossing, {one["ab",]: 4, two["a",]: 9, one["c",]: 2})


def test_groupings_that_exclude_each_other_are_no_part_of_a_period() -> None:
    young = Dimension("young", "Y", {"a": "a", "bc": "bc"}, "age", {"a": ("a",), "bc": ("b", "c")})
    old = Dimension("old", "O", {"ab": "ab", "c": "c"}, "age", {"ab": ("a", "b"), "c": ("c",)})
    rows = [("a", "ab", 30), ("a", "c", 0), ("bc", "ab", 40), ("bc", "c", 50)]
    counts = Counts(pd.DataFrame(rows, columns=["young", "old", "count"]), "case", (young, old), CASES)
    told = KnownTable("earlier", "earlier release", "case", (young,), ("2026-01", "2026-02"), {("a",): (20, 20)})
    settled = settle_counts({"t": counts}, period=("2026-01", "2026-03"), known=[told])
    assert set(settled.frames["t"]["status"]) <= {"published", "hidden"}
    assert [row["name"] for row in settled.certificate["known"]] == ["earlier"]
