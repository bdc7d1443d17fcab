"""Settled tables, and new ones beside known ones, in cases small enough to be worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from compendium.aggregate import TOTAL, Counts, Dimension, Origin
from compendium.disclosure import KnownTable, beside, settle_counts
from compendium.disclosure.beside import _extended, _of_new, _safe, _whole_table
from compendium.disclosure.crossing import Shape, cross, refuse_if_wide
from compendium.disclosure.equations import equations
from compendium.disclosure.intruder import Interval, verdict
from compendium.disclosure.joint import join, linked_to
from compendium.disclosure.known import known_rows, months, public_figures
from compendium.disclosure.mask import Mask
from compendium.disclosure.policy import policy
from compendium.disclosure.problem import Problem
from compendium.disclosure.settle import with_margins
from compendium.disclosure.suppression import Candidate, problem_of
from compendium.errors import DisclosureRefused, InputRefused

CASES = Origin("cases", "Cases", "sensitive", "synthetic", "threshold-10", "invented")
OFFICIAL = replace(CASES, table="official", sensitivity="public", policy="")
FORM = Dimension("form", "Form", {"image": "Image", "talk": "Talk", "other": "Other"}, sensitive=True)
WHO = Dimension("who", "Who", {"adult": "Adult", "child": "Child"})
RULE = (
    "A hidden cell is protected when its interval includes 0 and reaches the threshold, "
    "or when its lowest possible value is at least the threshold and it is not exact."
)


def by_form(*numbers: int, unit: str = "victim", origin: Origin = CASES) -> Counts:
    frame = pd.DataFrame({"form": list(FORM.categories)[: len(numbers)], "count": numbers})
    return Counts(frame, unit, (FORM,), origin)


def rows(frame: pd.DataFrame) -> list[list[Any]]:
    return [[None if pd.isna(value) else value for value in row] for row in frame.to_numpy().tolist()]


def test_a_table_is_settled_as_by_hand() -> None:
    """4 is small; hiding 30 with it loses least, and both may then be anything from 0 to 34.

    A cell costs 100 for 20 and twice the binary digits of its count: 26 for 4, 30 for 30 (four times for a margin).
    """
    settled = settle_counts({
        "forms": by_form(30, 4, 40), "official": by_form(3, 1, 2, origin=OFFICIAL), "later": by_form(),
        "cases": by_form(12, 11, 10, unit="case"),
    })  # fmt: skip
    assert list(settled.frames) == ["forms", "official", "later", "cases"]
    assert rows(settled.frames["forms"]) == [
        ["image", None, "hidden"], ["talk", None, "hidden"], ["other", 40, "published"], ["Total", 74, "published"],
    ]  # fmt: skip
    assert rows(settled.frames["official"]) == [
        ["image", 3, "published"], ["talk", 1, "published"], ["other", 2, "published"], ["Total", 6, "published"],
    ]  # fmt: skip
    assert {str(frame["count"].dtype) for frame in settled.frames.values()} == {"Int64"}
    assert settled.frames["later"].columns.tolist() == ["form", "count", "status"]
    cell = {"lowest": 0, "highest": 34, "verdict": "protected"}
    told = {"unit": "victim", "policy": "threshold-10", "threshold": 10, "cells": []}
    assert settled.certificate == {
        "rule": RULE,
        "known": [],
        "tables": {
            "forms": told | {"cells": [{"form": "image"} | cell, {"form": "talk"} | cell]},
            "official": told | {"policy": "public", "threshold": policy("public").threshold},
            "later": told,
            "cases": told | {"unit": "case"},
        },
    }
    assert settled.reasons == {
        "forms": [{"form": "image", "reason": "secondary"}, {"form": "talk", "reason": "primary"}],
        "official": [], "later": [], "cases": [],
    }  # fmt: skip
    assert settled.masks == {
        "victim": {"tables": ["forms"], "loss": 2600 + 3000, "bound": 2600 + 3000, "gap": 0.0},
        "case": {"tables": ["cases"], "loss": 0, "bound": 0, "gap": 0.0},
    }
    assert list(settled.certificate["tables"]) == ["forms", "official", "later", "cases"]


def test_a_stricter_policy_is_named_and_what_was_hidden_before_stays_hidden() -> None:
    tables = {"forms": by_form(30, 14, 40)}
    assert set(settle_counts(tables).frames["forms"]["status"]) == {"published"}
    strict = settle_counts(tables, policy="sdap-10")
    assert strict.certificate["tables"]["forms"]["policy"] == "sdap-10"
    before = settle_counts(tables, hide={"forms": [("other",)], "elsewhere": [("image",)]})
    assert before.reasons["forms"] == [{"form": "talk", "reason": "secondary"}, {"form": "other", "reason": "primary"}]


def test_a_private_seed_decides_which_of_two_equal_cells_is_hidden_and_always_the_same() -> None:
    chosen = []
    for seed in (*range(8), *range(8)):
        reasons = settle_counts({"forms": by_form(20, 4, 20)}, seed=seed).reasons["forms"]
        chosen += [row["form"] for row in reasons if row["reason"] == "secondary"]
    assert chosen[:8] == chosen[8:]
    assert set(chosen) == {"image", "other"}


def test_everything_wrong_with_a_table_of_counts_is_said_in_words() -> None:
    frame = pd.DataFrame([("image", -1), ("talk", 2.5), ("talk", 3), ("else", 10**13)], columns=["form", "count"])
    with pytest.raises(InputRefused) as refused:
        settle_counts({"t": Counts(frame, "victim", (FORM,), CASES)})
    assert [(p.file, p.row, p.column, p.message) for p in refused.value.problems] == [
        ("t", 5, "form", "The code is not one of the dimension's."),
        ("t", 2, "count", "A count must be a whole number, 0 or more."),
        ("t", 3, "count", "A count must be a whole number, 0 or more."),
        ("t", 5, "count", "A count is at most 1,000,000,000,000."),
        ("t", 4, "form", "The cell stands in the table twice."),
    ]


def test_margins_are_added_up_along_every_dimension() -> None:
    counts = with_margins(np.arange(8).reshape(2, 2, 2), [("a", "b"), ("c", "d"), ("e", "f")])
    assert len(counts) == 27
    assert counts["b", "d", "f"] == 7
    assert counts["b", TOTAL, "f"] == 5 + 7
    assert counts[TOTAL, "c", TOTAL] == 0 + 1 + 4 + 5
    assert counts[TOTAL, TOTAL, TOTAL] == 28


def test_a_table_as_wide_as_the_limit_is_laid_out_and_a_wider_one_refused() -> None:
    refuse_if_wide("the table", [199, 999])  # 200 x 1000 with margins
    with pytest.raises(DisclosureRefused) as refused:
        refuse_if_wide("the table", [200, 999])
    (problem,) = refused.value.problems
    assert problem.message == "The table would have 201,000 cells and margins; at most 200,000 can be protected."
    assert problem.remedy == "Leave a column of labels out, or merge categories."


def test_a_cycle_of_tables_is_attacked_up_to_the_limit_and_named_beyond_it() -> None:
    third = Dimension("third", "T", dict.fromkeys("xyz", ""))
    other = Dimension("other", "O", dict.fromkeys("uv", ""))
    pairs = [("one", (FORM, WHO)), ("two", (WHO, third)), ("three", (third, FORM)), ("apart", (other, FORM))]
    shapes = [Shape(name, dimensions) for name, dimensions in pairs]
    assert cross(shapes, limit=3 * 2 * 3).unknowns
    with pytest.raises(DisclosureRefused) as refused:
        cross(shapes, limit=17)
    (problem,) = refused.value.problems
    assert problem.message == (
        "Tables one, two, three link form, third, who in a cycle of 18 cells; at most 17 can be attacked exactly."
    )
    assert problem.remedy == "Leave one of these tables out, or merge categories in one of them."


def test_a_dimension_that_leaves_codes_out_is_named_with_them() -> None:
    part = Dimension("part", "P", {"image": ""}, "form", {"image": ("image",)})
    twice = Dimension("twice", "T", {"a": "", "b": ""}, "form", {"a": ("image", "talk"), "b": ("talk", "other")})
    with pytest.raises(DisclosureRefused) as refused:
        cross([Shape("whole", (FORM,)), Shape("some", (part,)), Shape("both", (twice,))])
    said = "linked tables must cover the same records."
    assert [(p.file, p.column, p.message) for p in refused.value.problems] == [
        ("some", "part", f"of 'form' leaves out talk, other; {said}"),
        ("both", "twice", f"of 'form' holds a category twice or names unlike ones; {said}"),
    ]
    assert {p.remedy for p in refused.value.problems} == {
        "Give every category of the variable a place in the dimension."
    }
    assert cross([Shape("whole", (FORM,)), Shape("some", (part,), partial=True)]).sizes == (3,)


# -- beside what is known -------------------------------------------------------------------------------------------

MARCH, FEBRUARY = ("2026-01", "2026-03"), ("2026-01", "2026-02")


def told(
    cells: dict[tuple[str, ...], tuple[int, int | None]], period: tuple[str, str] = MARCH, name: str = "FOI 123"
) -> KnownTable:
    return KnownTable(name, "outside knowledge: a reply", "victim", (FORM,), period, cells)


def joint_of(*linked: KnownTable) -> Any:
    return join([Shape("forms", (FORM,))], MARCH, linked)


def candidate(*numbers: int) -> Candidate:
    return Candidate(
        Shape("forms", (FORM,)), with_margins(np.array(numbers), [FORM.categories]), policy("threshold-10")
    )


def test_the_choice_of_cells_knows_how_far_each_hidden_one_can_move() -> None:
    """Of the first form 20 to 50 are known, of the second at least 5, of the third exactly 40."""
    joint = joint_of(told({("image",): (20, 50), ("talk",): (5, None), ("other",): (40, 40)}))
    problem = problem_of(_of_new(joint), [candidate(30, 12, 40)], None)
    table = _whole_table(joint, [candidate(30, 12, 40)], problem)
    extended, numbers = _extended(problem, joint, table, ())
    at = {labels[0]: numbers.index(region) for labels, region in joint.crossing.where[0].items()}
    assert extended.low is not None and extended.high is not None
    assert [extended.low[at[form]] for form in FORM.categories] == [20, 5, 0]
    assert [extended.high[at[form]] for form in FORM.categories] == [50, np.inf, np.inf]
    assert extended.locked == {at["other"]}
    assert extended.counts.tolist() == [30, 12, 40, 82]


def test_the_new_part_of_a_joint_crossing_holds_new_tables_only() -> None:
    joint = joint_of(told({("image",): (20, 50)}, FEBRUARY))
    new = _of_new(joint)
    assert len(new.where) == joint.new == 1
    assert len(new.regions) == len(new.shown) == joint.new_regions == 4
    assert {table for places in new.shown for table, _ in places} == {0}


@pytest.mark.parametrize(("kind", "lowest", "highest", "safe"), [
    ("new", 0, 10, True), ("new", 10, 11, True), ("new", 10, 10, False), ("new", 0, 9, False), ("new", 0, 0, False),
    ("part", 0, 10, True), ("part", 10, 10, True), ("part", 9, 9, False), ("part", 0, 0, True), ("part", 0, 9, False),
    ("part", 1, None, False), ("part", 9, 30, False), ("part", 30, 30, True),
    ("odd", 0, 9, True), ("odd", 1, 9, False), ("odd", 1, 10, True), ("odd", 1, None, True), ("odd", 5, 5, False),
])  # fmt: skip
def test_what_may_be_known_of_a_new_cell_of_a_difference_and_of_what_unlike_groupings_leave(
    kind: str, lowest: int, highest: int | None, safe: bool
) -> None:
    """Regions 0 to 3 are new cells, 4 and 5 differences of periods, 6 a part of unlike groupings; threshold 10."""
    joint = SimpleNamespace(new_regions=4, odd=range(6, 7))
    for region in {"new": (0, 3), "part": (4, 5), "odd": (6,)}[kind]:
        found = Interval(lowest, highest, verdict(lowest, highest, 10))
        assert _safe(joint, region, found, 10) is safe  # type: ignore[arg-type]


def test_when_no_mask_stands_all_that_is_new_is_hidden_and_attacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "masks", lambda problem, candidates: iter(()))
    settled = settle_counts({"forms": by_form(30, 12, 40)}, period=MARCH, known=[told({("other",): (35, 45)})])
    assert set(settled.frames["forms"]["status"]) == {"hidden"}
    assert {cell["verdict"] for cell in settled.certificate["tables"]["forms"]["cells"]} == {"protected"}
    assert settled.certificate["known"] == known_rows([told({("other",): (35, 45)})])
    row = {"name": "FOI 123", "source": "outside knowledge: a reply", "unit": "victim", "cells": 1}
    assert settled.certificate["known"] == [row | {"from": "2026-01", "to": "2026-03"}]


def test_a_known_table_that_cannot_be_true_says_what_is_wrong_with_it() -> None:
    with pytest.raises(InputRefused) as refused:
        told({("image", "talk"): (3, 5), ("talk",): (5, 3), ("other",): (-1, None)}, ("2026-02", "2026-01"), "Reply")
    assert [(p.file, p.message) for p in refused.value.problems] == [
        ("Reply", "A period is a first and a last whole month, as 2026-03."),
        ("Reply", "A cell needs one label for each dimension."),
        ("Reply", "Bounds of a count must be 0 or more, the lowest first."),
        ("Reply", "Bounds of a count must be 0 or more, the lowest first."),
    ]
    assert told({("image",): (0, 0)}, ("2026-01", "2026-01")).outside
    assert not replace(told({}), source="earlier release").outside


def test_the_months_of_a_period_go_over_the_turn_of_a_year() -> None:
    assert months(("2025-11", "2026-02")) == ("2025-11", "2025-12", "2026-01", "2026-02")
    assert months(("2026-01", "2026-01")) == ("2026-01",)


def test_known_tables_are_linked_by_a_month_in_common_and_stay_in_their_order() -> None:
    far, touching, before = (
        told({}, period, name)
        for period, name in (
            (("2026-05", "2026-06"), "far"),
            (("2026-03", "2026-05"), "touching"),
            (FEBRUARY, "before"),
        )
    )
    assert [table.name for table in linked_to(("2026-03", "2026-04"), [far, touching, before])] == ["far", "touching"]
    assert linked_to(("2026-04", "2026-04"), [far, before]) == ()
    assert [table.name for table in linked_to(("2026-02", "2026-02"), [before])] == ["before"]
    assert linked_to(None, []) == ()


def test_only_public_figures_of_the_same_records_are_known_to_everybody() -> None:
    own, official = by_form(30, 12, 40), by_form(3, 1, 2, origin=OFFICIAL)
    tables = {"own": own, "official": official}
    (found,) = public_figures(tables, "victim", MARCH)
    assert (found.name, found.source, found.unit, found.period) == ("official", "public figures", "victim", MARCH)
    assert found.cells == {("image",): (3, 3), ("talk",): (1, 1), ("other",): (2, 2)}
    assert public_figures(tables, "case", MARCH) == []
    assert public_figures(tables, "victim", None) == []
    assert public_figures({"official": official}, "victim", MARCH) == []
    assert public_figures({**tables, "own": by_form(30, 12, 40, unit="case")}, "victim", MARCH) == []
    assert public_figures({**tables, "official": by_form(origin=OFFICIAL)}, "victim", MARCH) == []
    other = by_form(3, 1, 2, origin=replace(OFFICIAL, provenance="real"))
    assert public_figures({**tables, "official": other}, "victim", MARCH) == []


def test_the_refusal_of_what_is_known_says_what_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    joint = joint_of(told({("image",): (20, 50)}))
    problem = problem_of(_of_new(joint), [candidate(30, 12, 40)], None)
    monkeypatch.setattr("compendium.disclosure.intruder.Intruder.table", lambda self: None)
    with pytest.raises(DisclosureRefused) as refused:
        _whole_table(joint, [candidate(30, 12, 40)], problem)
    (said,) = refused.value.problems
    assert said.message == "No whole-number table was found that agrees with FOI 123."
    assert said.remedy == "Check the counts and bounds that are known from elsewhere."


@pytest.mark.parametrize(("low", "high", "far"), [
    (5, 6, True), (4, 5, True), (5, 5, False), (2, 5, False), (3, 5, True), (3, 9, True), (0, 9, False),
])  # fmt: skip
def test_a_large_cell_stays_far_when_it_is_over_the_threshold_in_every_table_and_not_always_the_same(
    low: int, high: int, far: bool
) -> None:
    """Four cells of 5 each, hidden, with their margins shown; one of them is known to lie between two bounds."""
    square = Dimension("r", "R", {"r0": "", "r1": ""})
    crossing = cross([Shape("t", (square, WHO))])
    counts = with_margins(np.full((2, 2), 5), [square.categories, WHO.categories])
    where = crossing.where[0]
    told = np.array([counts[next(labels for labels, r in where.items() if r == n)] for n in range(9)])
    inner = [where[a, b] for a in square.categories for b in WHO.categories]
    lowest, highest = np.zeros(9), np.full(9, np.inf)
    lowest[inner[0]], highest[inner[0]] = low, high
    nothing = np.zeros(9, dtype=np.int64)
    mask = Mask(Problem(crossing, told, np.full(9, 3), nothing + 1, (), frozenset(), tuple(inner), lowest, highest))
    assert set(mask.hidden) == set(inner)
    assert mask._stays_far(inner[0]) is far
    assert (("far", inner[0]) in mask.reached) is far


def test_a_crossing_knows_its_rows_by_region() -> None:
    """Regions that are one unknown have a column, the others a row; no region has both."""
    system = equations(cross([Shape("t", (FORM, WHO))]))
    assert ((system.column >= 0) != (system.row >= 0)).all()
    assert system.rows[system.row[system.row >= 0]].tolist() == np.flatnonzero(system.row >= 0).tolist()
    assert len(system.alone) == 6 and not len(system.free)
