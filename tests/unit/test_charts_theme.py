"""Colours that every reader can tell apart, and axes whose numbers are round."""

from __future__ import annotations

import re
from functools import cache
from itertools import combinations, pairwise
from unittest.mock import patch

import pytest

from compendium.charts import draw, theme
from compendium.charts.axis import Scale, ticks, write_tick
from compendium.charts.measure import width_of, wrap
from compendium.charts.sheet import Sheet
from compendium.charts.words import decimal, listed, number, percent, plural
from compendium.site.shell import ASSETS
from tests.unit.charts_samples import SAMPLES
from tests.unit.drawn_text import fills, texts

SITE_CSS = (ASSETS / "site.css").read_text("utf-8")
# alike on grey paper, and told apart by more: parts of a flow each have their name beside them
TOLD_APART_OTHERWISE = {("#5b3a78", theme.END), (theme.END, theme.MAIN)}


@cache
def drawn(kind: str) -> bytes:
    """The drawing of a sample, without its picture."""
    with patch.object(Sheet, "png", return_value=b""):
        return draw(SAMPLES[kind]).svg


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    """Contrast ratio, WCAG 2.2. Black on white is 21."""
    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_of_contrast_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # WebAIM's example of a near miss


WRITTEN_IN = {
    theme.INK,
    theme.QUIET,
    theme.ACCENT,
    theme.END,
    *map(theme.words_in, (*theme.SERIES, theme.MAIN, *(colour for colour, _ in theme.VERDICTS.values()))),
}


@pytest.mark.parametrize("colour", sorted(WRITTEN_IN))
def test_words_stand_out_from_the_ground(colour: str) -> None:
    assert contrast(colour, theme.GROUND) >= 4.5


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_every_word_of_a_chart_is_in_a_colour_that_can_be_read(kind: str) -> None:
    """Words on a mark are in the ground's colour: each tint and disc under them is checked by itself."""
    for element in texts(drawn(kind)):
        if "rotate" not in element.get("transform", ""):
            assert element.get("fill", "#000000") in WRITTEN_IN | {theme.GROUND, theme.MAIN}


def test_charts_and_pages_have_the_same_colours_by_the_same_meaning() -> None:
    light = SITE_CSS.split(":root {", 1)[1].split("}", 1)[0]
    site = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", light))
    said = {
        "paper": theme.GROUND, "ink": theme.INK, "quiet": theme.QUIET, "link": theme.MAIN, "accent": theme.ACCENT,
        "rule": theme.GRID, "rule-strong": theme.AXIS,
    }  # fmt: skip
    assert {name: site[name] for name in said} == said


def test_a_chart_keeps_its_own_paper_on_a_dark_page() -> None:
    dark = SITE_CSS.split(':root[data-theme="dark"] {', 1)[1].split("}", 1)[0]
    assert "--paper" not in dark
    assert re.search(r"\.figure-scroll \{[^}]*background: var\(--paper\)", SITE_CSS)


@pytest.mark.parametrize(
    "colour",
    [*theme.SERIES, theme.MAIN, theme.ACCENT, theme.REST, theme.HIDDEN_EDGE, *[c for c, _ in theme.VERDICTS.values()]],
)
def test_marks_stand_out_from_the_ground(colour: str) -> None:
    assert contrast(colour, theme.GROUND) >= 3


def test_words_can_be_read_on_every_tint() -> None:
    for at, tint in enumerate(theme.TINTS):
        assert contrast(tint, theme.GROUND if at >= theme.TINTS_DARK else theme.INK) >= 4.5
    for before, after in zip(theme.TINTS, theme.TINTS[1:], strict=False):
        assert contrast(before, after) > 1.4  # apart in a grey print too


def test_words_can_be_read_over_the_texture() -> None:
    assert contrast(theme.TEXTURE, theme.QUIET) >= 4.5
    assert contrast(theme.TEXTURE, theme.GROUND) < 1.4


def test_neighbours_among_the_series_differ_in_lightness() -> None:
    for before, after in zip(theme.SERIES[:3], theme.SERIES[1:4], strict=True):
        assert contrast(before, after) > 1.5


def gray(colour: str) -> float:
    """Lightness on a grey print, 0 to 100 (CIE L*)."""
    light = luminance(colour)
    return 116 * light ** (1 / 3) - 16 if light > 0.008856 else 903.3 * light


def test_on_a_grey_print_hidden_is_told_from_every_mark_and_tint_by_its_hatching() -> None:
    """A hatched mark is never told by its colour alone; and its ground is lighter than each mark."""
    assert all(gray(theme.HIDDEN) - gray(colour) > 20 for colour in (*theme.SERIES, theme.MAIN, theme.ACCENT))
    for kind in ("areas", "bars", "case_flow", "months", "missing", "tile_grid", "rates", "timeline"):
        svg = drawn(kind).decode()
        assert 'fill="url(#' in svg
        assert not re.search(rf'fill="{theme.HIDDEN}"[^>]*stroke="none"', svg)


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_a_grey_print_loses_nothing(kind: str) -> None:
    """Colours that a chart fills marks with differ on grey paper, or belong to words that say which is which."""
    svg = drawn(kind)
    marks = sorted(fills(svg) - {theme.GROUND, theme.INK, theme.HIDDEN, theme.HIDDEN_EDGE, theme.TEXTURE}, key=gray)
    alike = {(a, b) for a, b in pairwise(marks) if gray(b) - gray(a) < 5}
    assert alike <= TOLD_APART_OTHERWISE, "give it a label, a shape or another lightness"


def test_verdicts_differ_in_shape_where_they_are_shown_together() -> None:
    for together in (("in", "out", "none"), ("go", "amend", "stop")):
        assert all(theme.VERDICTS[a][1] != theme.VERDICTS[b][1] for a, b in combinations(together, 2))


@pytest.mark.parametrize(
    ("values", "expected"),
    [((0, 0.36), [0, 0.1, 0.2, 0.3, 0.4]), ((0, 22), [0, 5, 10, 15, 20, 25]), ((-0.6, 0.5), [-1, -0.5, 0, 0.5])],
)
def test_ticks_are_round_and_hold_every_value(values: tuple[float, float], expected: list[float]) -> None:
    scale = Scale.over(values, 0, 100)
    assert ticks(scale) == pytest.approx(expected)
    assert scale(expected[0]) == pytest.approx(0) and scale(expected[-1]) == pytest.approx(100)


def test_ticks_are_written_with_the_decimals_that_tell_them_apart() -> None:
    assert [write_tick(value, (0, 0.05, 0.1)) for value in (0, 0.05, 0.1)] == ["0.00", "0.05", "0.10"]
    assert [write_tick(value, (0, 0.1, 0.2), as_percent=True) for value in (0, 0.1)] == ["0%", "10%"]


def test_lines_break_between_words_and_never_grow_wider_than_asked() -> None:
    lines = wrap("Sexual communication with a child, and an extraordinarily-long-compound-word-without-a-break", 120)
    assert " ".join(lines).startswith("Sexual communication with a child")
    assert all(width_of(line) <= 120 for line in lines)
    assert wrap("one two three four five six", 60, most=2)[-1].endswith("…")


def test_numbers_are_written_as_people_write_them() -> None:
    assert (number(12004), number(None), decimal(-0.5, 2), decimal(-0.001, 2)) == ("12,004", "hidden", "−0.50", "0.00")
    assert (percent(0.125, 1), percent(float("nan"))) == ("12.5%", "–")
    assert [plural(word) for word in ("victim", "child", "study", "survey", "crime")] == [
        "victims", "children", "studies", "surveys", "crimes",
    ]  # fmt: skip
    assert listed(["a", "b", "c"]) == "a, b and c"
