"""What is missing, and what it could change: bounds hold whatever the missing records were, and tell nothing hidden."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from compendium.aggregate import TOTAL, Counts, Dimension, Origin, Released
from compendium.charts import draw
from compendium.disclosure import settle_counts
from compendium.release import values
from compendium.release.derived.bounds import bounded, bounds
from compendium.release.derived.missing import missing

VICTIMS = Origin("victims", "Victims", "sensitive", "synthetic", "threshold-10", "invented", file="victims.csv")
FORM = Dimension("form", "Form", {"image": "Image", "other": "Other"})
RESPONSIBLE = Dimension(
    "responsible", "Person responsible", {"adult": "An adult", "child": "A child", "nk": "Not known"}, missing=("nk",)
)
SEX = Dimension("sex", "Sex", {"f": "Girl", "m": "Boy", "nr": "Not recorded"}, missing=("nr",))
SEX_TWO = Dimension(
    "sex_two", "Sex (in two)", {"f": "Girl", "rest": "Boy or not recorded"}, "sex", {"f": ("f",), "rest": ("m", "nr")}
)
ADULT = {"label": "An adult responsible", "table": "t", "variable": "responsible", "yes": ["adult"], "missing": ["nk"]}


def released(dimensions: tuple[Dimension, ...], counts: dict[tuple[str, ...], int | None], **more: object) -> Released:
    """Counts by cell and margin; those of None are hidden."""
    rows = [(*cell, pd.NA if n is None else n, "hidden" if n is None else "published") for cell, n in counts.items()]
    frame = pd.DataFrame(rows, columns=[*(d.name for d in dimensions), "count", "status"]).astype({"count": "Int64"})
    return Released("t", "T", "", frame, "victim", "counts", dimensions, {}, VICTIMS, "", **more)  # type: ignore[arg-type]


def one_way(dimension: Dimension, *counts: int | None, total: int | None, **more: object) -> Released:
    cells = {(code,): n for code, n in zip(dimension.categories, counts, strict=True)}
    return released((dimension,), {**cells, (TOTAL,): total}, **more)


def test_the_bounds_of_a_share_as_worked_out_by_hand() -> None:
    """78 of 203 by an adult, 58 by a child, 67 not known: at least 78/203, at most 145/203, and 78/136 of the known."""
    frame, columns = bounds([one_way(RESPONSIBLE, 78, 58, 67, total=203)], {"headlines": [ADULT]})
    row = frame.iloc[0]
    assert row["value"] == "between 38% and 72%"  # 38.4 and 71.4: rounded away from each other
    assert row["recorded"] == "57% of 136"
    assert row["left_out"] == "67"
    assert row["of"] == "203 victims"
    assert row["unit"] == "victim"
    assert list(columns) == ["label", "of", "recorded", "left_out", "value"]


def test_bounds_hold_for_every_way_the_missing_could_have_been() -> None:
    """Brute force over random tables: each missing record made a yes or a no, in every number."""
    random = np.random.RandomState(6)
    for _ in range(50):
        yes, no, blank = (int(n) for n in random.poisson(20, 3))
        found = bounded(one_way(RESPONSIBLE, yes, no, blank, total=yes + no + blank), "responsible", ["adult"], ["nk"])
        assert found is not None
        shares = [(yes + more) / (yes + no + blank) for more in range(blank + 1)]
        assert found.low <= min(shares) < found.low + 0.01
        assert found.high - 0.01 < max(shares) <= found.high


def test_bounds_over_protected_tables_hold_the_truth_and_whatever_else_could_be_hidden() -> None:
    """Random tables, protected: the truth and the published interval of every hidden total lie within the bounds."""
    random = np.random.RandomState(9)
    hidden = 0
    for _ in range(25):
        numbers = random.poisson(random.choice([3, 15, 40], (2, 3)))
        rows = [
            (a, b, int(numbers[i, j]))
            for (i, a), (j, b) in product(enumerate(FORM.categories), enumerate(RESPONSIBLE.categories))
        ]
        counts = Counts(
            pd.DataFrame(rows, columns=["form", "responsible", "count"]), "victim", (FORM, RESPONSIBLE), VICTIMS
        )
        protected = settle_counts({"t": counts})
        source = Released("t", "T", "", protected.frames["t"], "victim", "counts", (FORM, RESPONSIBLE), {}, VICTIMS, "")
        found = bounded(source, "responsible", ["adult"], ["nk"])
        if found is None:
            continue
        total = numbers.sum()
        adult, _, blank = numbers.sum(axis=0)
        assert found.low <= adult / total
        assert (adult + blank) / total <= found.high
        for cell in protected.certificate["tables"]["t"]["cells"]:
            if (cell["form"], cell["responsible"]) == (TOTAL, "adult"):
                hidden += 1
                assert found.known is None
                assert found.low <= cell["lowest"] / total
                assert cell["highest"] / total <= found.high  # the published interval lies within the bounds
    assert hidden >= 1


def test_a_hidden_number_counts_as_missing() -> None:
    """By hand: of 100, 60 are surely not by an adult; whatever is hidden among the other 40 may be."""
    found = bounded(one_way(RESPONSIBLE, None, 60, None, total=100), "responsible", ["adult"], ["nk"])
    assert found is not None
    assert (found.low, found.high, found.known) == (0, 0.4, None)


def test_a_category_merged_with_missing_ones_may_be_either() -> None:
    source = one_way(SEX_TWO, 155, 48, total=203)
    headline = {"label": "Girls", "table": "t", "variable": "sex", "yes": ["f"], "missing": ["nr"]}
    row = bounds([source], {"headlines": [headline]})[0].iloc[0]
    assert row["value"] == "between 76% and 100%"
    assert row["recorded"] == "not shown"
    assert row["left_out"] == "48 (some hidden, or merged with others)"


def test_a_share_without_missing_records_is_one_number() -> None:
    row = bounds([one_way(RESPONSIBLE, 30, 70, 0, total=100)], {"headlines": [ADULT]})[0].iloc[0]
    assert row["value"] == "30%"
    assert row["left_out"] == "0"


def test_a_share_of_a_variable_that_no_table_shows_is_said_not_to_be_shown() -> None:
    frame, _ = bounds([one_way(SEX, 10, 20, 30, total=60)], {"headlines": [ADULT]})
    assert "not shown" in frame["value"].iloc[0]
    hidden = bounds([one_way(RESPONSIBLE, None, None, None, total=None)], {"headlines": [ADULT]})[0]
    assert "not shown" in hidden["value"].iloc[0]


def test_files_that_are_not_supplied_make_no_row() -> None:
    source = one_way(RESPONSIBLE, 1, 1, 1, total=3)
    nobody = replace(source, frame=source.frame.iloc[:0])
    assert bounds([nobody], {"headlines": [ADULT]})[0].empty
    assert missing([nobody])[0].empty


def test_missing_fields_are_listed_once_with_the_most_missing_first() -> None:
    form = replace(FORM, missing=("other",), categories={"image": "Image", "other": "Not recorded"})
    cells = dict.fromkeys(product([*form.categories, TOTAL], [*RESPONSIBLE.categories, TOTAL]), 10)
    cells[TOTAL, TOTAL], cells[TOTAL, "nk"], cells["other", TOTAL] = 100, 33, 5
    other = replace(one_way(SEX, 40, 50, None, total=100), name="u")
    frame, _ = missing([released((form, RESPONSIBLE), cells), one_way(RESPONSIBLE, 40, 40, 20, total=100), other])
    assert frame[["label", "missing", "value"]].to_numpy().tolist() == [
        ["Person responsible", "33", "33%"],
        ["Form", "5", "5%"],
        ["Sex", "hidden", "hidden"],
    ]
    assert frame["says"].tolist() == ["Not known", "Not recorded", "Not recorded"]


def test_fields_that_are_always_known_or_not_shown_any_more_are_not_listed() -> None:
    """Every form is known; sex was in the finest design, and the one that is shown leaves it out."""
    table = released((FORM,), {("image",): 50, ("other",): 50, (TOTAL,): 100}, forms=((FORM, SEX), (FORM,)))
    assert missing([table])[0].empty
    assert list(missing([table, one_way(RESPONSIBLE, 40, 40, 20, total=100)])[0]["label"]) == ["Person responsible"]


def test_a_field_whose_missing_records_were_merged_says_so() -> None:
    frame, _ = missing([one_way(SEX_TWO, 155, 48, total=203, forms=((SEX,), (SEX_TWO,)))])
    assert frame[["label", "value"]].to_numpy().tolist() == [["Sex", "merged with others"]]


def test_prose_finds_what_is_missing_by_its_variable_whatever_the_words_of_the_place() -> None:
    dutch = replace(
        RESPONSIBLE,
        title="Verantwoordelijke",
        categories={"adult": "Een volwassene", "child": "Een kind", "not_known": "Niet bekend"},
        missing=("not_known",),
    )
    frame, columns = missing([one_way(dutch, 78, 58, 67, total=203), one_way(SEX, 40, 50, 113, total=203)])
    assert frame[["name", "recordable"]].to_numpy().tolist() == [["victim_sex", True], ["victim_responsible", False]]
    table = replace(
        one_way(SEX, 40, 50, 113, total=203), name="missing_fields", frame=frame, columns=columns, kind="missing"
    )
    assert {"missing_fields.victim_responsible", "missing_fields.victim_sex"} <= set(values.derive([table]))


@pytest.mark.parametrize("kind", ["bounds", "missing"])
def test_both_are_drawn_with_words_that_say_the_numbers(kind: str) -> None:
    source = one_way(RESPONSIBLE, 78, 58, 67, total=203)
    frame, columns = bounds([source], {"headlines": [ADULT]}) if kind == "bounds" else missing([source])
    drawing = draw(replace(source, frame=frame, columns=columns, kind=kind, chart=kind, dimensions=()))
    assert ("between 38% and 72%" if kind == "bounds" else "33%") in drawing.alt
    assert drawing.alt.endswith("Synthetic data.")
