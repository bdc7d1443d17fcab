"""From report to outcome: every step holds all cases, and the links of a step add up to them, whatever is hidden."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest

from compendium.aggregate import Counts, Dimension, Origin, Released
from compendium.charts import draw
from compendium.disclosure import settle_counts
from compendium.errors import CompendiumError
from compendium.release.derived.case_flow import EVERYTHING, HIDDEN_LINKS, case_flow

CASES = Origin("cases", "Cases", "sensitive", "synthetic", "threshold-10", "invented", file="cases.csv")
SUSPECT = Dimension("suspect_known", "Suspect identified", {"yes": "Yes", "no": "No"}, "suspect_identified")
RESPONSIBLE = Dimension(
    "responsible", "Person responsible", {"adult": "An adult", "child": "A child", "nk": "Not known"}, missing=("nk",)
)
END = Dimension(
    "end_flow", "Outcome so far", {"charged": "Charged", "evidential": "Not enough evidence", "open": "Open"}, "end"
)
STAGES = {"stages": ["suspect_identified", "responsible", "end"]}


def settled(*tables: tuple[tuple[Dimension, ...], np.ndarray]) -> list[Released]:
    """Tables of the same cases, protected together."""
    counts = {}
    for number, (dimensions, numbers) in enumerate(tables):
        cells = product(*(dimension.categories for dimension in dimensions))
        rows = [(*cell, int(n)) for cell, n in zip(cells, numbers.ravel(), strict=True)]
        frame = pd.DataFrame(rows, columns=[*(dimension.name for dimension in dimensions), "count"])
        counts[f"table_{number}"] = Counts(frame, "case", dimensions, CASES)
    frames = settle_counts(counts).frames
    return [released(name, one.dimensions, frames[name]) for name, one in counts.items()]


def released(name: str, dimensions: tuple[Dimension, ...], frame: pd.DataFrame) -> Released:
    return Released(name, name, "", frame, "case", "counts", dimensions, {}, CASES, CASES.policy)


def two_tables(cube: np.ndarray) -> list[Released]:
    """Suspect x responsible and responsible x outcome, of one cube of cases."""
    return settled(((SUSPECT, RESPONSIBLE), cube.sum(axis=2)), ((RESPONSIBLE, END), cube.sum(axis=0)))


def adds_up(table: pd.DataFrame) -> int:
    """Checks every sum a reader can do; gives how many cases go by hidden links."""
    whole = int(table["count"].iloc[0])
    hidden = 0
    stages = list(dict.fromkeys(table["step"]))[1:]
    parts = {stage: table[(table["step"] == stage) & (table["came_from"] == EVERYTHING)] for stage in stages}
    for stage, rows in parts.items():
        assert rows["count"].sum() == whole, stage
    for before, stage in pairwise(stages):
        links = table[(table["step"] == stage) & (table["came_from"] != EVERYTHING)]
        assert links["count"].sum() == whole, stage
        rest = links.loc[links["kind"] == "hidden links", "count"].sum()
        shown = links[links["kind"] == "link"]
        out = parts[before]["count"].sum() - shown["count"].sum()
        into = parts[stage]["count"].sum() - shown["count"].sum()
        assert out == into == rest
        for side, column in ((before, "came_from"), (stage, "part")):
            total = parts[side].set_index("part")["count"]
            used = shown.groupby(column)["count"].sum()
            assert (used <= total.reindex(used.index)).all()  # no part gives or takes more than it holds
        hidden += int(rest)
    return hidden


def test_parts_add_up_over_random_protected_tables() -> None:
    random = np.random.RandomState(4)
    some_hidden = none_hidden = 0
    for size in (3, 8, 20, 60) * 5:
        cube = random.poisson(size * random.choice([0.1, 1, 3], (2, 3, 3)))
        if cube.sum() < 10:
            continue
        sources = two_tables(cube)
        table, _ = case_flow(sources, STAGES)
        if table["count"].isna().any():
            assert any(source.count() is None for source in sources)
            continue
        assert table["count"].iloc[0] == cube.sum()
        hidden = adds_up(table)
        some_hidden += hidden > 0
        none_hidden += hidden == 0
    assert some_hidden >= 5
    assert none_hidden >= 2


def test_the_flow_of_known_numbers_as_counted_by_hand() -> None:
    """100 cases: a suspect in 60 (40 adults, 20 children); without one, 40 whose responsible is not known."""
    cube = np.zeros((2, 3, 3), dtype=int)
    cube[0, 0] = [15, 25, 0]
    cube[0, 1] = [0, 20, 0]
    cube[1, 2] = [0, 15, 25]
    table, _ = case_flow(two_tables(cube), STAGES)
    assert adds_up(table) == 0
    links = table[table["kind"] == "link"].set_index(["came_from", "part"])["count"].to_dict()
    assert links == {
        ("Yes", "An adult"): 40,
        ("Yes", "A child"): 20,
        ("No", "Not known"): 40,
        ("An adult", "Charged"): 15,
        ("An adult", "Not enough evidence"): 25,
        ("A child", "Not enough evidence"): 20,
        ("Not known", "Not enough evidence"): 15,
        ("Not known", "Open"): 25,
    }
    assert table["share"].iloc[0] == "100%"


def test_steps_without_a_table_of_both_go_by_hidden_links() -> None:
    cube = np.full((2, 3, 3), 12)
    apart = settled(((RESPONSIBLE, SUSPECT), cube.sum(axis=2).T), ((END,), cube.sum(axis=(0, 1))))
    table, _ = case_flow(apart, {"stages": ["responsible", "suspect_identified", "end"]})
    links = table[table["step"] == END.title]
    assert links[links["came_from"] != EVERYTHING][["part", "count"]].to_numpy().tolist() == [[HIDDEN_LINKS, 216]]
    adds_up(table)


def test_a_first_step_none_of_whose_links_is_shown_is_left_out() -> None:
    cube = np.full((2, 3, 3), 12)
    apart = settled(((SUSPECT,), cube.sum(axis=(1, 2))), ((RESPONSIBLE, END), cube.sum(axis=0)))
    table, _ = case_flow(apart, STAGES)
    assert list(dict.fromkeys(table["step"])) == ["All recorded", RESPONSIBLE.title, END.title]
    assert adds_up(table) == 0


def test_a_step_that_the_released_design_gave_up_is_left_out() -> None:
    cube = np.full((2, 3, 3), 12)
    suspect, ends = settled(((SUSPECT,), cube.sum(axis=(1, 2))), ((SUSPECT, END), cube.sum(axis=1)))
    asked = replace(suspect, forms=((SUSPECT, RESPONSIBLE), (SUSPECT,)))
    table, _ = case_flow([ends, asked], STAGES)
    assert list(dict.fromkeys(table["step"])) == ["All recorded", SUSPECT.title, END.title]
    assert adds_up(table) == 0


def test_totals_that_are_hidden_stand_as_one_part() -> None:
    cube = np.zeros((2, 3, 3), dtype=int)
    cube[0] = [[30, 30, 4], [30, 30, 3], [30, 30, 0]]
    cube[1] = [[0, 20, 0], [0, 20, 0], [0, 20, 0]]
    table, _ = case_flow(two_tables(cube), STAGES)
    adds_up(table)
    hidden = table[table["kind"] == "hidden part"]
    assert hidden["part"].str.startswith("Hidden: ").all()
    assert len(hidden) == 1


def test_one_hidden_band_is_as_wide_in_the_drawing_as_in_the_table() -> None:
    random = np.random.RandomState(2)
    table, columns = case_flow(two_tables(random.poisson(8, (2, 3, 3))), STAGES)
    drawing = draw(replace(_drawn(table), columns=columns))
    for count in table.loc[table["kind"] == "hidden links", "count"]:
        assert f"{count} run through links that are hidden" in drawing.alt
        assert f"{count} go by hidden links".encode() in drawing.svg


def test_a_total_that_is_hidden_leaves_no_flow_and_nothing_supplied_no_row() -> None:
    source = two_tables(np.full((2, 3, 3), 12))[0]
    unseen = replace(source, frame=source.frame.assign(count=pd.array([pd.NA] * len(source.frame), dtype="Int64")))
    nobody = replace(source, frame=source.frame.iloc[:0])
    two = {"stages": ["suspect_identified", "responsible"]}
    assert case_flow([nobody], two)[0].empty
    alone = case_flow([unseen], two)[0]
    assert len(alone) == 1
    assert alone["count"].isna().all()
    assert "see the table" in draw(_drawn(alone)).alt


def test_tables_of_other_cases_are_refused() -> None:
    one, other = two_tables(np.full((2, 3, 3), 12)), two_tables(np.full((2, 3, 3), 13))
    with pytest.raises(CompendiumError, match="different totals"):
        case_flow([one[0], other[1]], STAGES)
    with pytest.raises(CompendiumError, match="No table of the flow is by age"):
        case_flow(one, {"stages": ["age"]})


def _drawn(table: pd.DataFrame) -> Released:
    return Released("flow", "Flow", "", table, "case", "case_flow", (), {}, CASES, "", "case_flow")
