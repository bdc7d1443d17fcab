"""Colours that every reader can tell apart, and axes whose numbers are round."""

from __future__ import annotations

from itertools import combinations

import pytest

from compendium.charts import theme
from compendium.charts.axis import Scale, ticks, write_tick
from compendium.charts.measure import width_of, wrap
from compendium.charts.words import decimal, listed, number, percent, plural


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


@pytest.mark.parametrize("colour", [theme.INK, theme.QUIET, theme.ACCENT, theme.MAIN, theme.REST, theme.SERIES[1]])
def test_words_stand_out_from_the_ground(colour: str) -> None:
    assert contrast(colour, theme.GROUND) >= (4.5 if colour not in (theme.REST, theme.SERIES[1]) else 3)


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
