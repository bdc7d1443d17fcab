"""Charts of what nobody hopes to draw: one row, forty, long names, all hidden, zero, huge numbers, other scripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import pytest

from compendium.aggregate import Dimension, Released
from compendium.charts import draw
from compendium.charts.sheet import Sheet
from tests.unit.charts_samples import SAMPLES, counts
from tests.unit.drawn_text import off_the_sheet, on_one_another, words_in

LONG = "Sexual communication with a child, arranging or facilitating, and everything that was recorded with it before"
OTHER_SCRIPTS = (
    "مشاركة الصور دون موافقة",
    "שיתוף תמונות ללא הסכמה",
    "Спілкування з дитиною",
    "儿童网络安全与保护服务",
    "Trẻ em bị ảnh hưởng",
)
# the columns of a kind that hold words for a reader, and those that tell rows apart
NAMES: dict[str, tuple[str, ...]] = {
    "beside": ("group",),
    "bounds": ("label",),
    "concentration": ("measure",),
    "consensus": ("item_label", "group_label"),
    "coverage": ("form",),
    "flow": ("label",),
    "forest": ("label", "group"),
    "gap_map": ("form", "setting"),
    "missing": ("label",),
    "paired": ("measure", "area"),
    "prisma": ("label",),
    "progression": ("criterion", "measure"),
    "rates": ("label",),
    "scores": ("measure", "group"),
    "trace": ("from_label", "to_label"),
    "unevenness": ("group",),
}
COUNTED = ("areas", "bars", "months", "periods", "tile_grid")


@pytest.fixture(autouse=True)
def only_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The picture is drawn from the same sheet: no need to wait for it here."""
    monkeypatch.setattr(Sheet, "png", lambda sheet: b"")


def renamed(released: Released, name: Callable[[int, str], str]) -> Released:
    """The same release with other words: each text of a column becomes `name(its place, itself)`."""
    if released.dimensions:
        dimensions = tuple(
            one
            if one.name == "month"
            else replace(one, categories={c: name(at, w) for at, (c, w) in enumerate(one.categories.items())})
            for one in released.dimensions
        )
        return replace(released, dimensions=dimensions, title=name(0, released.title))
    frame = released.frame.copy()
    if released.chart == "case_flow":  # a part and where it came from are the same words
        parts = {word: name(at, word) if word else word for at, word in enumerate(dict.fromkeys(frame["part"]))}
        frame = frame.assign(part=frame["part"].map(parts), came_from=frame["came_from"].map(lambda w: parts.get(w, w)))
    for column in NAMES.get(released.chart or "", ()):
        words = {word: name(at, word) if word else "" for at, word in enumerate(dict.fromkeys(frame[column]))}
        frame[column] = frame[column].map(words)
    return replace(released, frame=frame, title=name(0, released.title))


def long_name(at: int, word: str) -> str:
    return f"{LONG} {at}"


def foreign_name(at: int, word: str) -> str:
    return f"{OTHER_SCRIPTS[at % len(OTHER_SCRIPTS)]} {at}"


def of_kind(kind: str) -> Released:
    return replace(SAMPLES[kind], chart=kind)


def many(kind: str, times: int) -> Released:
    """The rows of a sample again and again, each with a name of its own."""
    released = of_kind(kind)
    frames = []
    for turn in range(times):
        frame = released.frame.copy()
        for column in (NAMES[kind][0], "item"):
            if column in frame:
                frame[column] = [f"{word} {turn}" if word else "" for word in frame[column]]
        frames.append(frame)
    return replace(released, frame=pd.concat(frames, ignore_index=True))


def areas(numbers: range, **options: Any) -> Released:
    zones = Dimension("zone", "Zone", {f"Z{n}": f"Zone {n}" for n in numbers}, area=True)
    return counts([zones], [n * 977 for n in numbers], **options)


def sound(released: Released) -> str:
    """Draws at both widths, checks that words can be read, and gives all words of the wide drawing."""
    drawing = draw(released)
    for svg in (drawing.svg, drawing.narrow):
        assert not off_the_sheet(svg)
        assert not on_one_another(svg)
    assert drawing.alt.strip()
    return words_in(drawing.svg)


@pytest.mark.parametrize("kind", sorted({*NAMES, *COUNTED, "case_flow"} - {"months", "periods"}))
def test_long_names_wrap_and_stand_on_nothing(kind: str) -> None:
    sound(renamed(of_kind(kind), long_name))


@pytest.mark.parametrize("kind", ["bars", "forest", "case_flow", "consensus", "tile_grid", "trace", "gap_map"])
def test_names_in_other_scripts_are_drawn(kind: str) -> None:
    released = renamed(of_kind(kind), foreign_name)
    sound(released)


@pytest.mark.parametrize("kind", ["forest", "missing", "paired", "rates", "scores", "trace", "unevenness"])
def test_forty_rows_are_as_readable_as_two(kind: str) -> None:
    released = many(kind, -(-40 // len(SAMPLES[kind].frame)))
    sound(released)


@pytest.mark.parametrize("kind", sorted(NAMES))
def test_one_row_is_a_chart(kind: str) -> None:
    released = of_kind(kind)
    sound(replace(released, frame=released.frame.iloc[:1]))


@pytest.mark.parametrize("chart", ["bars", "areas", "tile_grid", "months"])
@pytest.mark.parametrize("value", [0, 1, 987_654_321])
def test_zero_and_huge_numbers_stand_beside_their_marks(chart: str, value: int) -> None:
    codes = [f"2022-{month:02d}" for month in range(1, 13)] if chart == "months" else [f"Z{n}" for n in range(12)]
    dimension = Dimension("time", "Month", dict(zip(codes, codes, strict=True)), ordered=True, area=chart != "months")
    words = sound(counts([dimension], [value] * 12, chart=chart))
    assert f"{value:,}" in words or chart == "months"


def test_zero_is_a_number_and_hidden_is_a_word() -> None:
    """A count of none and a hidden one don't look alike: no mark and a 0, a hatched mark and a word."""
    dimension = Dimension("form", "Form", {"none": "None", "few": "Few", "many": "Many"})
    svg = draw(counts([dimension], (0, 4, 40), hide=[("few",), ("Total",)])).svg
    assert {"0", "hidden", "40"} <= set(words_in(svg).split())
    assert svg.count(b'fill="url(#') == 1


@pytest.mark.parametrize("months", [1, 13, 60, 240])
def test_a_series_of_any_length_has_an_axis_that_can_be_read(months: int) -> None:
    codes = [f"{2000 + at // 12}-{at % 12 + 1:02d}" for at in range(months)]
    time = Dimension("month", "Month", dict(zip(codes, codes, strict=True)), ordered=True)
    marks = [{"at": codes[at], "label": LONG} for at in sorted({0, months // 2, months - 1})]
    sound(counts([time], range(months), chart="months", break_marks=marks))


def test_a_hundred_areas_are_tiles_that_name_themselves() -> None:
    words = sound(areas(range(100), chart="tile_grid"))
    assert all(f"Zone {n}" in words for n in (0, 50, 99))


def test_a_consensus_of_many_groups_with_long_names_is_readable() -> None:
    row = partial(dict, item="P1", item_label="One calm first response", n_text="", share_high=None, share_low=None)
    rows = [
        row(
            group=str(at),
            group_label=f"{LONG[:60]} {at}",
            median=float(1 + at % 9),
            verdict=("in", "out", "none")[at % 3],
        )
        for at in range(18)
    ]
    sound(replace(of_kind("consensus"), frame=pd.DataFrame(rows)))
