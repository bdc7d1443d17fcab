"""One visual language: the frame, the blocks of pages and Quarto's layer share their tokens, and all can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import compendium.site
from tests.shared import ROOT

FRAME = (Path(compendium.site.__file__).parent / "assets" / "site.css").read_text("utf-8")
BLOCKS = (ROOT / "styles.css").read_text("utf-8")
TEXT = ("ink", "quiet", "link", "link-hover", "accent")
TONES = ("note", "tip", "warning", "caution", "important", "synthetic", "real", "illustrative")


def tokens(css: str, selector: str) -> dict[str, str]:
    """The custom properties of the first rule with this selector."""
    rule = re.search(re.escape(selector) + r" *\{([^}]*)\}", css)
    assert rule, selector
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", rule[1]))


LIGHT = tokens(FRAME, ":root")
DARK = {**LIGHT, **tokens(FRAME, ':root[data-theme="dark"]')}


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_dark_theme_is_the_same_chosen_by_the_reader_or_by_the_system() -> None:
    assert tokens(FRAME, ':root:not([data-theme="light"])') == tokens(FRAME, ':root[data-theme="dark"]')


@pytest.mark.parametrize(("selector", "theme"), [(":root", LIGHT), (".quarto-dark", DARK)])
def test_under_quarto_the_blocks_of_pages_have_the_values_of_the_frame(selector: str, theme: dict[str, str]) -> None:
    own = tokens(BLOCKS, selector)
    assert len(own) > 8
    own.pop("serif", None)  # Quarto has no fonts of ours
    assert own == {name: theme[name] for name in own}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_keep_their_contrast_on_every_ground_they_stand_on(theme: dict[str, str]) -> None:
    pairs = [(name, ground) for name in TEXT for ground in ("ground", "surface", "sunken")]
    pairs.remove(("accent", "sunken"))  # no words of that colour stand there
    pairs += [(tone, f"{tone}-ground") for tone in TONES] + [("ink", f"{tone}-ground") for tone in TONES]
    pairs += [("synthetic", "synthetic-stripe"), ("quiet", "ground")]
    low = {pair: round(contrast(theme[pair[0]], theme[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in low.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_what_has_the_keyboard_and_edges_with_a_meaning_stand_out(theme: dict[str, str]) -> None:
    grounds = [theme[name] for name in ("ground", "surface", "sunken")]
    assert min(contrast(theme["focus"], ground) for ground in grounds) >= 3
    assert min(contrast(theme["rule-strong"], ground) for ground in grounds) >= 3
    assert min(contrast(theme["accent"], ground) for ground in grounds) >= 3


@pytest.mark.parametrize("css", [FRAME, BLOCKS], ids=["site.css", "styles.css"])
def test_sizes_of_type_come_from_the_scale_and_colours_from_the_tokens(css: str) -> None:
    screen = re.sub(r"/\*.*?\*/", "", css, flags=re.S).split("@media print")[0]
    rules = re.sub(r"--[\w-]+:[^;]*;", "", screen)
    sizes = re.findall(r"font(?:-size)?:\s*[^;}]*?([\d.]+rem)", rules.split("html { font-size")[-1].split("}", 1)[-1])
    assert sizes == []
    assert re.findall(r"#[0-9a-f]{3,6}\b", re.sub(r"@page[^}]*\}[^}]*\}", "", rules)) == []


def test_every_token_that_is_used_is_declared() -> None:
    declared = set(re.findall(r"--([\w-]+):", FRAME + BLOCKS))
    assert set(re.findall(r"var\(--([\w-]+)", FRAME)) <= declared
    assert set(re.findall(r"var\(--([\w-]+)", BLOCKS)) <= set(tokens(BLOCKS, ":root"))
