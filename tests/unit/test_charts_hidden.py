"""Charts show nothing of what is hidden: not by length, place, scale, words or bytes."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from compendium.aggregate import TOTAL, Dimension
from compendium.charts import draw
from tests.unit.charts_samples import FORM, HIDDEN_CELLS, RESPONSIBLE, SAMPLES, TWO_WAY, ZONE, counts, flow

HIDING = ["areas", "bars", "months", "tile_grid"]


@pytest.mark.parametrize("kind", HIDING)
def test_a_true_count_left_in_a_hidden_cell_changes_no_byte(kind: str) -> None:
    released = SAMPLES[kind]
    hidden = released.frame["status"] == "hidden"
    assert hidden.any()
    drawings = []
    for truth in (1, 9, 4000):
        frame = released.frame.assign(count=released.frame["count"].mask(hidden, truth))
        drawings.append(draw(replace(released, frame=frame)))
    assert all(drawing == draw(released) for drawing in drawings)


@pytest.mark.parametrize("kind", HIDING)
def test_words_hold_no_number_that_was_not_released(kind: str) -> None:
    released = SAMPLES[kind]
    known = {int(count) for count in released.frame["count"].dropna()}
    hidden = int(released.frame["count"].isna().sum())
    areas = {len(ZONE.categories), len(ZONE.categories) - hidden}
    years = {2022}
    flow_rest = {3 + 4 + 5 + 5}  # what is left of the released totals after the released links
    said = {int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", draw(released).alt)}
    assert said <= known | {hidden} | areas | years | flow_rest


def test_hidden_marks_have_one_size_wherever_they_stand() -> None:
    drawn = draw(SAMPLES["bars"]).svg.decode()
    marks = re.findall(r'<path d="M([\d.]+) [\d.]+L([\d.]+) [^"]*"[^>]*stroke="#8a8375" stroke-width="0.8"', drawn)
    assert len(marks) == len(HIDDEN_CELLS)
    assert {round(float(right) - float(left), 1) for left, right in marks} == {30.0}


def test_the_scale_comes_from_released_cells_alone() -> None:
    """The longest bar is that of the largest released cell, also when a hidden one would be longer."""
    shown = counts([RESPONSIBLE], (20, 40, 30), hide=[("nk",), (TOTAL,)])
    other = counts([RESPONSIBLE], (20, 40, 9000), hide=[("nk",), (TOTAL,)])
    assert draw(shown) == draw(other)


def test_what_is_hidden_is_said_in_words_and_may_be_zero() -> None:
    drawing = draw(SAMPLES["bars"])
    assert drawing.svg.count(b">hidden</text>") == len(HIDDEN_CELLS)
    assert b"A hidden number may be zero." in drawing.svg
    assert "4 numbers are hidden." in drawing.alt


def test_nothing_is_said_of_hiding_where_nothing_is_hidden() -> None:
    drawing = draw(counts([FORM, RESPONSIBLE], TWO_WAY))
    assert not re.search(rb">[^<]*[Hh]idden", drawing.svg)


def test_a_flow_adds_up_with_what_is_hidden_as_one_part() -> None:
    """By hand: forms 56, 77, 21, 36; adults 95, children 59, not known 36; the four hidden links hold 17 together."""
    drawing = draw(SAMPLES["case_flow"])
    for number in (56, 77, 21, 36, 95, 59):
        assert f">{number}</text>".encode() in drawing.svg
    assert "17 run through links that are hidden." in drawing.alt
    assert b"17 go by hidden links" in drawing.svg


def test_categories_whose_totals_are_hidden_stand_as_one_part_of_a_flow() -> None:
    hide = [*HIDDEN_CELLS, ("communication", TOTAL), ("other", TOTAL)]
    drawing = draw(flow(counts([FORM, RESPONSIBLE], TWO_WAY, hide=hide)))
    assert b">77</text>" in drawing.svg
    assert b">56</text>" not in drawing.svg and b">21</text>" not in drawing.svg


def test_a_flow_without_a_released_total_is_not_drawn() -> None:
    hide = [(TOTAL, TOTAL), ("image", TOTAL), ("other", TOTAL)]
    drawing = draw(flow(counts([FORM, RESPONSIBLE], TWO_WAY, hide=hide)))
    assert "see the table" in drawing.alt


@pytest.mark.parametrize("kind", HIDING)
def test_a_release_in_which_everything_is_hidden_still_draws(kind: str) -> None:
    frame = SAMPLES[kind].frame.assign(
        count=pd.array([pd.NA] * len(SAMPLES[kind].frame), dtype="Int64"), status="hidden"
    )
    drawing = draw(replace(SAMPLES[kind], frame=frame))
    assert "hidden" in drawing.alt
    assert (
        not re.findall(r">\d[\d,]*</text>", drawing.svg.decode().replace(">2022</text>", "").replace(">0</text>", ""))
        or kind == "months"
    )


def test_a_series_does_not_join_what_stands_on_both_sides_of_a_hidden_month() -> None:
    codes = [f"{year}-{month:02d}" for year in (2020, 2021, 2022) for month in range(1, 13)]
    months = Dimension("month", "Month", dict(zip(codes, codes, strict=True)), ordered=True)
    drawing = draw(counts([months], range(20, 56), hide=[("2021-06",), (TOTAL,)], chart="months"))
    lines = re.findall(r'<path d="([^"]+)"[^>]*stroke-width="2"', drawing.svg.decode())
    assert [path.count("L") + 1 for path in lines] == [17, 18]
