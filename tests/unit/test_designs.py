"""The step that picks a design: known picks by hand, every combination by brute force, and what it may not do."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import permutations, product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from compendium.aggregate import Counts, Dimension, Origin, with_coarser
from compendium.disclosure import MOST_HIDDEN, ladder, pick, settle_counts
from compendium.disclosure.designs import hidden_shares
from compendium.errors import CompendiumError, DisclosureRefused

FORMS = with_coarser(
    {
        "form": Dimension("form", "Form", dict.fromkeys("abcd", "")),
        "form_three": Dimension(
            "form_three", "Form in three", dict.fromkeys("abx", ""), "form", {"a": ("a",), "b": ("b",), "x": ("c", "d")}
        ),
        "form_two": Dimension(
            "form_two", "Form in two", dict.fromkeys("xy", ""), "form", {"x": ("a", "b"), "y": ("c", "d")}
        ),
    }
)
FORM = FORMS["form"]
WHO = Dimension("who", "Responsible", {"adult": "Adult", "child": "Child"})
SEX = Dimension("sex", "Sex", {"girl": "Girl", "boy": "Boy"})
VICTIMS = Origin("victims", "Victims", "sensitive", "synthetic", "threshold-10", "invented")
LADDER = [["form_three", "who"], ["form_two", "who"], ["form_two"]]


def table(inner: list[list[int]], second: Dimension = WHO) -> Counts:
    rows = [
        (form, other, inner[i][j])
        for i, form in enumerate(FORM.categories)
        for j, other in enumerate(second.categories)
    ]
    return Counts(pd.DataFrame(rows, columns=["form", second.name, "count"]), "victim", (FORM, second), VICTIMS)


def picked(**tables: Counts) -> dict[str, int]:
    ladders = {
        name: ladder(counts, [[*design[:1], *(counts.dimensions[1].name for _ in design[1:])] for design in LADDER])
        for name, counts in tables.items()
    }
    return pick(ladders, settle_counts)


def test_where_no_number_is_small_nothing_is_given_up() -> None:
    assert picked(t=table([[120, 30], [20, 110], [40, 15], [16, 30]])) == {"t": 0}


def test_a_table_may_hide_a_third_of_its_numbers_and_no_more() -> None:
    """By hand: a and c have a small cell each, in unlike columns, so their two rows are hidden: 4 of 15 numbers."""
    assert picked(t=table([[30, 4], [20, 21], [4, 30], [16, 30]])) == {"t": 0}


def test_categories_are_merged_before_the_split_is_left_out() -> None:
    """By hand: b, c and d have a small cell each, in one column: three rows are hidden, 6 of 15 numbers.

    With c and d merged (10 together) only b's is small, and one more row is hidden for it: 4 of 12, a third.
    """
    counts = table([[40, 30], [30, 5], [30, 5], [30, 5]])
    shares = [hidden_shares({"t": rung}, settle_counts) for rung in ladder(counts, LADDER)]
    assert [share and share["t"] for share in shares[:2]] == [Fraction(6, 15), Fraction(4, 12)]
    assert picked(t=counts) == {"t": 1}


def test_the_split_is_left_out_where_no_merge_is_enough() -> None:
    """By hand: each row has a small cell. All rows are hidden in four groups, in three and in two."""
    counts = table([[40, 4], [30, 4], [30, 4], [30, 4]])
    shares = [hidden_shares({"t": rung}, settle_counts) for rung in ladder(counts, LADDER)]
    assert [share and share["t"] for share in shares] == [Fraction(8, 15), Fraction(6, 12), Fraction(4, 9), 0]
    assert picked(t=counts) == {"t": 3}


def test_tables_that_count_nothing_small_are_not_made_coarser_by_one_that_does() -> None:
    large = table([[120, 30], [20, 110], [40, 15], [16, 30]])
    small = table([[100, 50], [65, 65], [50, 5], [45, 1]], SEX)
    found = picked(large=large, small=small)
    assert found["large"] == 0 and found["small"] > 0


@pytest.mark.parametrize("seed", range(5))
def test_no_other_choice_of_designs_shows_more_within_the_limit(seed: int) -> None:
    """Every combination of designs of two linked tables is settled: none that is finer everywhere is in the limit."""
    draw = np.random.default_rng(seed)
    sizes = draw.integers(12, 60, size=4)
    tables = {}
    for name, second in (("one", WHO), ("two", SEX)):
        adults = [int(draw.integers(0, size + 1)) for size in sizes]
        tables[name] = table([[a, int(size) - a] for a, size in zip(adults, sizes, strict=True)], second)
    ladders = {
        name: ladder(counts, [[*d[:1], *(counts.dimensions[1].name for _ in d[1:])] for d in LADDER])
        for name, counts in tables.items()
    }
    within = [
        at
        for at in product(range(4), repeat=2)
        if all(share <= MOST_HIDDEN for share in _shares(ladders, dict(zip(ladders, at, strict=True))).values())
    ]
    found = tuple(pick(ladders, settle_counts).values())
    assert found in within or not within
    assert not [at for at in within if at != found and all(a <= b for a, b in zip(at, found, strict=True))]


def _shares(ladders: Mapping[str, tuple[Counts, ...]], at: Mapping[str, int]) -> Mapping[str, float]:
    shares = hidden_shares({name: ladders[name][rung] for name, rung in at.items()}, settle_counts)
    return dict.fromkeys(at, 1.0) if shares is None else {name: float(share) for name, share in shares.items()}


def test_the_order_in_which_tables_are_proposed_does_not_matter() -> None:
    tables = {
        "one": table([[40, 30], [20, 6], [40, 4], [16, 4]]),
        "two": table([[35, 35], [20, 6], [40, 4], [10, 10]], SEX),
        "three": table([[40, 30], [20, 6], [40, 4], [16, 4]]),
    }
    found = {tuple(sorted(picked(**dict(order)).items())) for order in permutations(tables.items())}
    assert len(found) == 1


def test_an_approved_design_is_kept_though_another_would_be_picked() -> None:
    rungs = {"t": ladder(table([[40, 4], [30, 4], [30, 4], [30, 4]]), LADDER)}
    assert pick(rungs, settle_counts, {"t": 1}) == {"t": 1}
    assert pick({"t": ladder(table([[120, 30], [20, 110], [40, 15], [16, 30]]), LADDER)}, settle_counts, {"t": 3}) == {
        "t": 3
    }


def test_where_nothing_can_be_settled_the_coarsest_designs_are_left_for_the_refusal() -> None:
    def refuses(_: Mapping[str, Counts]) -> None:
        raise DisclosureRefused("Too large.")

    assert pick({"t": ladder(table([[1, 2], [3, 4], [5, 6], [7, 8]]), LADDER)}, refuses) == {"t": 3}  # type: ignore[arg-type]


def test_work_is_limited_and_what_is_not_decided_is_coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compendium.disclosure.designs.TRIALS", -10)
    assert picked(t=table([[40, 30], [20, 6], [40, 4], [16, 4]])) == {"t": 3}


@pytest.mark.parametrize(
    ("design", "said"),
    [(["form_tree"], "form_tree is no declared grouping"), (["who", "form"], "form is no declared"), ([], "nothing")],
)
def test_a_design_that_is_no_coarser_form_is_refused(design: list[str], said: str) -> None:
    with pytest.raises(CompendiumError, match=said):
        ladder(table([[1, 2], [3, 4], [5, 6], [7, 8]]), [design])


def test_a_design_that_is_refused_is_named_with_the_nearest_that_is_declared() -> None:
    counts = table([[1, 2], [3, 4], [5, 6], [7, 8]])
    said = "is no declared grouping of this table, or stands out of its order."
    for design, name, nearest in ((["form_tree"], "form_tree", "form_three"), ([], "a design of nothing", "")):
        with pytest.raises(CompendiumError) as refused:
            ladder(counts, [design])
        (problem,) = refused.value.problems
        assert problem.message == f"{name} {said}"
        assert nearest in problem.remedy


def test_a_table_without_other_designs_is_settled_beside_those_that_have_some() -> None:
    """It is settled with them whatever they are."""
    alone = Counts(pd.DataFrame({"sex": ["girl", "boy"], "count": [240, 161]}), "victim", (SEX,), VICTIMS)
    fine = table([[120, 30], [20, 110], [40, 15], [36, 30]])
    ladders = {"alone": (alone,), "fine": ladder(fine, LADDER)}
    assert pick(ladders, settle_counts) == {"alone": 0, "fine": 0}


def test_a_table_of_which_most_is_hidden_in_every_design_stays_in_its_coarsest() -> None:
    """8 records in all: nothing may be shown."""
    assert picked(t=table([[1, 1]] * 4)) == {"t": 3}
    assert picked(t=table([[1, 1]] * 4), u=table([[1, 1]] * 4, SEX)) == {"t": 3, "u": 3}


@pytest.mark.parametrize(("trials", "settled"), [(60, 2 + 3 + 4), (0, 6), (-4, 2)])
def test_no_more_choices_are_settled_than_were_allowed(
    trials: int, settled: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two tables of three designs, each within the limit alone in any of them, together in the coarsest only.

    Alone 2 settlings, together 3 down the rungs, then back up 2 for each table. Allowed: `TRIALS` and one a rung.
    """
    ladders = {name: ladder(table([[30, 30]] * 4), LADDER[:2]) for name in ("one", "two")}
    place = {id(rung): at for rungs in ladders.values() for at, rung in enumerate(rungs)}
    asked: list[Mapping[str, int]] = []

    def settle(tables: Mapping[str, Counts]) -> SimpleNamespace:
        asked.append({name: place[id(counts)] for name, counts in tables.items()})
        status = "published" if len(tables) == 1 or set(asked[-1].values()) == {2} else "hidden"
        return SimpleNamespace(frames={name: pd.DataFrame({"status": [status] * 3}) for name in tables})

    monkeypatch.setattr("compendium.disclosure.designs.TRIALS", trials)
    assert pick(ladders, settle) == {"one": 2, "two": 2}  # type: ignore[arg-type]
    assert len(asked) == settled


def test_a_table_that_is_not_supplied_hides_nothing_and_has_nothing_to_choose() -> None:
    empty = Counts(pd.DataFrame(columns=["form", "who", "count"]), "victim", (FORM, WHO), VICTIMS)
    assert len(ladder(empty, LADDER)) == 1
    assert hidden_shares({"t": empty}, settle_counts) == {"t": 0}
