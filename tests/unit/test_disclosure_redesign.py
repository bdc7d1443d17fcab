"""Redesign before hiding: merged tables, what their readers learn, the budget, and the words of the advice."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from compendium import proposals
from compendium.aggregate import Counts, Dimension, Origin, with_coarser
from compendium.disclosure import advise, explain_csv
from compendium.disclosure.crossing import Shape
from compendium.disclosure.policy import policy
from compendium.disclosure.redesign import Change, budget, information, merged, plans, redesigns
from compendium.disclosure.settle import with_margins
from compendium.disclosure.suppression import Candidate
from compendium.errors import InputRefused, UnknownName

FORMS = with_coarser(
    {
        "form": Dimension("form", "Form", dict.fromkeys("abcd", ""), sensitive=True),
        "form_group": Dimension(
            "form_group", "Form in groups", {"x": "", "y": ""}, "form", {"x": ("a", "b"), "y": ("c", "d")}
        ),
    }
)
FORM, WHO = FORMS["form"], Dimension("who", "Responsible", {"adult": "Adult", "child": "Child"})
CASES = Origin("cases", "Cases", "sensitive", "synthetic", "threshold-10", "invented")
SMALL = np.array([[12, 3], [20, 11], [4, 15], [16, 30]])  # form x who


def candidate(inner: np.ndarray = SMALL) -> Candidate:
    codes = [list(FORM.categories), list(WHO.categories)]
    return Candidate(Shape("t", (FORM, WHO)), with_margins(inner, codes), policy("threshold-10"))


def counts() -> Counts:
    rows = [(f, w, int(SMALL[i, j])) for (i, f), (j, w) in product(enumerate("abcd"), enumerate(WHO.categories))]
    return Counts(pd.DataFrame(rows, columns=["form", "who", "count"]), "case", (FORM, WHO), CASES)


def test_a_dimension_knows_the_declared_groupings_that_merge_it() -> None:
    assert [grouping.name for grouping in FORM.coarser] == ["form_group"]
    assert FORMS["form_group"].coarser == ()


def test_merging_adds_up_the_counts_and_leaving_out_gives_the_margin() -> None:
    grouped = merged(candidate(), [Change(FORM, FORM.coarser[0])])
    assert grouped.counts["x", "adult"] == 32 and grouped.counts["y", "Total"] == 65
    alone = merged(candidate(), [Change(FORM, None)])
    assert alone.counts == {("adult",): 52, ("child",): 59, ("Total",): 111}


def test_a_merged_cell_is_impossible_only_when_all_it_holds_are() -> None:
    inner = SMALL.copy()
    inner[:2, 1], inner[2, 1] = 0, 0
    plain = candidate(inner)
    zeros = frozenset({("a", "child"), ("b", "child"), ("c", "child")})
    given = Candidate(plain.shape, plain.counts, plain.policy, zeros)
    assert merged(given, [Change(FORM, FORM.coarser[0])]).structural == frozenset({("x", "child")})


def test_a_variable_left_out_beside_one_of_a_single_category_keeps_what_is_impossible() -> None:
    only = Dimension("only", "Only", {"all": "All"})
    counts = with_margins(np.array([[0, 40]]), [["all"], list(WHO.categories)])
    here = Candidate(Shape("t", (only, WHO)), counts, policy("threshold-10"), frozenset({("all", "adult")}))
    left = merged(here, [Change(only, None)])
    assert left.counts == {("adult",): 0, ("child",): 40, ("Total",): 40}
    assert left.structural == {("adult",)}
    assert merged(here, [Change(WHO, None)]).structural == frozenset()
    assert merged(here, [Change(WHO, None)]).counts == {("all",): 40, ("Total",): 40}
    nobody = replace(here, structural=frozenset({("all", "adult"), ("all", "child")}))
    assert merged(nobody, [Change(WHO, None)]).structural == {("all",)}


def test_every_design_is_tried_once_with_the_fewest_changes_first_and_groupings_before_omissions() -> None:
    """Of ages in three or two groups (two of which are the same) and a split: eight designs, by hand."""
    ages = ("0-4", "5-9", "10-13", "14-17")
    three = Dimension("three", "T", dict.fromkeys("abc", ""), "age", {"a": ages[:1], "b": ages[1:2], "c": ages[2:]})
    two = Dimension("two", "T", dict.fromkeys("xy", ""), "age", {"x": ages[:2], "y": ages[2:]})
    twin = Dimension("twin", "T", dict.fromkeys("vw", ""), "age", {"v": ages[:2], "w": ages[2:]})
    one = Dimension("one", "O", {"all": ""}, "age", {"all": ages})
    age = Dimension("age", "Age", dict.fromkeys(ages, ""), coarser=(one, two, three, twin))
    names = [tuple(change.into.name if change.into else f"no {change.dimension.name}" for change in plan)
             for plan in plans((age, WHO))]  # fmt: skip
    assert names == [
        ("three",), ("two",), ("no who",), ("no age",),
        ("three", "no who"), ("two", "no who"),
    ]  # fmt: skip
    assert list(plans((WHO,))) == []  # nothing would be left


def test_what_tells_nothing_tells_nought_bits() -> None:
    """All records in one group, or none at all: 0, and not minus 0, which a sentence would print."""
    alone = candidate(np.array([[12, 0], [0, 0], [0, 0], [0, 0]]))
    assert f"{information(alone, frozenset()):.2f}" == "0.00"
    assert f"{information(candidate(np.zeros((4, 2), dtype=int)), frozenset()):.2f}" == "0.00"


def test_information_is_the_entropy_of_what_can_be_told_apart() -> None:
    """By hand: four cells of a quarter each are 2 bits; two of them hidden are one group of a half: 1.5 bits."""
    even = candidate(np.array([[25, 0], [25, 0], [25, 0], [25, 0]]))
    assert information(even, frozenset()) == pytest.approx(2.0)
    assert information(even, frozenset({("a", "adult"), ("b", "adult")})) == pytest.approx(1.5)


def test_the_advice_names_the_merge_that_needs_no_hiding_and_what_it_saves() -> None:
    found = redesigns(candidate())
    assert found.as_it_is is not None and found.as_it_is.hidden > 0
    assert "Form in 2 groups (form_group)" in found.best[0].name
    said = found.words[0]
    assert said.startswith("Form in 2 groups (form_group): 0 of 9 cells and margins are hidden instead of ")
    assert f"{found.as_it_is.hidden} of 15" in said


def test_a_table_of_which_nothing_may_be_shown_gets_the_design_that_passes() -> None:
    few = redesigns(candidate(np.array([[6, 5], [7, 4], [5, 8], [9, 4]])))
    assert few.as_it_is is not None and few.as_it_is.kept == 0
    assert few.passing is not None and few.passing.name == "without Responsible"


def test_a_table_that_hides_nothing_gets_no_advice() -> None:
    assert redesigns(candidate(SMALL + 20)).best == ()


def test_185_cases_carry_12_tables() -> None:
    assert (budget(185), budget(14), budget(0), budget(2_000)) == (12, 1, 1, 133)


def test_advice_for_a_locality_counts_its_tables_and_takes_groupings_from_other_tables() -> None:
    plain = Dimension("form", "Form", dict.fromkeys("abcd", ""), sensitive=True)
    fine = Counts(counts().frame, "case", (plain, WHO), CASES)
    grouped_frame = pd.DataFrame([("x", 46), ("y", 65)], columns=["form_group", "count"])
    tables = {f"t{i}": fine for i in range(8)} | {
        "groups": Counts(grouped_frame, "case", (FORMS["form_group"],), CASES)
    }
    found = advise(tables)
    assert "form_group" in found.words("t0")[0]
    assert found.words("groups") == ()
    assert str(found.budgets[0]) == (
        "9 tables count 111 records by case; they carry about 7: leave some out or merge them."
    )
    assert "tells which counts are small" in found.markdown


def test_groupings_survive_being_proposed(tmp_path: Path) -> None:
    proposals.write(tmp_path / "n", proposals.Proposal("by_form", "n", "T", counts()))
    (read,) = proposals.read_all(tmp_path)
    assert isinstance(read.aggregate, Counts)
    assert [grouping.name for grouping in read.aggregate.dimensions[0].coarser] == ["form_group"]


def table(tmp_path: Path) -> Path:
    counts().frame.to_csv(tmp_path / "counts.csv", index=False)
    return tmp_path / "counts.csv"


def test_explain_says_what_is_hidden_why_and_what_would_show_more(tmp_path: Path) -> None:
    groups = tmp_path / "groups.csv"
    groups.write_text("child,parent\na,x\nb,x\nc,y\nd,y\n")
    said = explain_csv(
        table(tmp_path), rows="form", columns="who", count="count", policy_name="threshold-10", merges={"form": groups}
    )
    assert "form a, who child: primary" in said
    assert "secondary" in said
    assert "1. Form in 2 groups (groups): 0 of 9" in said or "1. form in 2 groups" in said.lower()


def test_groupings_that_leave_a_label_out_are_refused_with_all_their_faults(tmp_path: Path) -> None:
    groups = tmp_path / "groups.csv"
    groups.write_text("child,parent\na,x\na,y\nb,Total\n")
    arguments = {"rows": "form", "columns": "who", "count": "count", "policy_name": "threshold-10"}
    with pytest.raises(InputRefused) as refused:
        explain_csv(table(tmp_path), **arguments, merges={"form": groups})
    assert len(refused.value.problems) == 4  # a twice, b in Total, c and d without a group
    with pytest.raises(UnknownName, match="form"):
        explain_csv(table(tmp_path), **arguments, merges={"fom": groups})
