"""Every kind of chart: what is drawn, what is said, and that it fits."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from xml.etree.ElementTree import fromstring

import pandas as pd
import pytest

from compendium.aggregate import Dimension, Provenance, Released
from compendium.charts import KINDS, TABLE_ONLY, Drawing, chart_of, draw, theme
from compendium.errors import DisclosureRefused, UnknownName
from tests.unit.charts_gallery import FOR, PAGE, PICTURES
from tests.unit.charts_samples import EAST, FORM, RESPONSIBLE, SAMPLES, TWO_WAY, WEST, counts, origin
from tests.unit.drawn_text import SVG, level, off_the_sheet, on_one_another, size, texts, words_in

KIND_NAMES = sorted(KINDS)


@cache
def drawn(kind: str) -> Drawing:
    return draw(SAMPLES[kind])


def test_there_is_a_sample_of_every_kind_and_a_picture_in_the_gallery() -> None:
    assert set(SAMPLES) == set(KINDS) == set(FOR)
    page = PAGE.read_text("utf-8")
    assert all(f"images/charts/{kind}.svg" in page and (PICTURES / f"{kind}.svg").is_file() for kind in KINDS)


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_a_drawing_is_an_image_with_a_name_and_a_description(kind: str) -> None:
    drawing = drawn(kind)
    root = fromstring(drawing.svg)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and description is not None
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert description.text == drawing.alt
    assert drawing.png.startswith(b"\x89PNG")
    assert int.from_bytes(drawing.png[16:20], "big") == 1120  # 7 inches at 160 dots


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_a_drawing_asks_for_nothing_from_elsewhere(kind: str) -> None:
    """Its one style sheet holds the letters it is written with, as data; a page that forbids it has that font."""
    for svg in (drawn(kind).svg, drawn(kind).narrow):
        root = fromstring(svg)
        assert not [element for element in root.iter() if element.get("style") or element.tag.endswith("script")]
        assert not [value for element in root.iter() for value in element.attrib.values() if "http" in value]
        rules = root.findtext(f"{SVG}style") or ""
        letters = r'@font-face\{font-family:"Source Sans 3";font-weight:[47]00;src:url\(data:font/woff;base64,[^)]+\)\}'
        assert re.fullmatch(f"({letters})+", rules)
        assert len(rules) < 25_000


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_there_is_a_drawing_for_telephones_in_letters_as_large(kind: str) -> None:
    wide, narrow = drawn(kind).svg, drawn(kind).narrow
    assert (size(wide)[0], size(narrow)[0]) == (504, 270)  # 672 and 360 pixels of a screen
    assert fromstring(narrow).findtext(f"{SVG}desc") == drawn(kind).alt
    for svg in (wide, narrow):
        assert min(float(element.attrib["font-size"].removesuffix("px")) for element in texts(svg)) >= 10.5  # 14 pixels


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_no_words_leave_the_sheet_or_stand_on_other_words(kind: str) -> None:
    for svg in (drawn(kind).svg, drawn(kind).narrow):
        assert not off_the_sheet(svg)
        assert not on_one_another(svg)


@pytest.mark.parametrize(
    ("kind", "provenance"),
    [(kind, "synthetic") for kind in KIND_NAMES if kind != "map"]
    + [("trace", "illustrative"), ("bars", "illustrative")],
)
def test_what_is_not_real_says_so_in_title_plot_footer_and_alt_text(kind: str, provenance: Provenance) -> None:
    asked = replace(SAMPLES[kind], origin=origin(provenance))
    drawing = drawn(kind) if asked.origin == SAMPLES[kind].origin else draw(asked)
    root = fromstring(drawing.svg)
    assert provenance in (root.findtext(f"{SVG}title") or "")
    assert drawing.alt.lower().endswith((f"{provenance}.", f"{provenance} data."))
    turned = [element for element in texts(drawing.svg) if "rotate(-19.8" in element.get("transform", "")]
    assert turned and all(element.text == provenance for element in turned)
    footer = [words for *_, words in level(drawing.svg) if words.startswith(provenance.capitalize())]
    assert footer


def test_real_figures_carry_their_source_and_no_texture() -> None:
    drawing = draw(replace(SAMPLES["forest"], origin=origin("real", "public")))
    assert "Source: Case files of the tests." in words_in(drawing.svg)
    assert "synthetic" not in drawing.svg.decode().lower()
    assert "illustrative" not in drawing.svg.decode().lower()


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_a_table_that_was_not_supplied_gives_a_drawing_that_says_so(kind: str) -> None:
    drawing = draw(replace(SAMPLES[kind], frame=SAMPLES[kind].frame.iloc[:0]))
    assert "not supplied for this locality" in words_in(drawing.svg)
    assert "not supplied for this locality" in drawing.alt


@pytest.mark.parametrize(
    "label", ["R&D <b>bold</b>", "$x_1$ and $y$", "Zoë, Łódź – “quoted”", "{{< env HOME >}}", "a_b^c"]
)
def test_signs_in_labels_stand_as_they_are(label: str) -> None:
    dimension = replace(RESPONSIBLE, categories={"adult": label, "child": "Child", "nk": "Not known"})
    drawing = draw(counts([dimension], (20, 30, 15), title=label))
    assert label in [words for *_, words in level(drawing.svg)]
    assert label in drawing.alt
    assert label in (fromstring(drawing.svg).findtext(f"{SVG}title") or "")


def test_control_characters_in_a_label_do_not_break_the_drawing() -> None:
    dimension = replace(RESPONSIBLE, categories={"adult": "A\x00dult\n\x1b", "child": "Child", "nk": "Not known"})
    assert "A dult" in words_in(draw(counts([dimension], (20, 30, 15), title="One\ntwo\x07")).svg)


def test_very_long_words_are_shortened_rather_than_drawn_over_others() -> None:
    dimension = replace(RESPONSIBLE, categories={"adult": "W" * 300, "child": "Child", "nk": "Not known"})
    svg = draw(counts([dimension], (20, 30, 15))).svg
    assert not off_the_sheet(svg)
    assert "…" in words_in(svg)


def test_no_chart_is_drawn_when_only_the_table_is_wanted() -> None:
    assert not draw(counts([FORM, RESPONSIBLE], TWO_WAY, chart=TABLE_ONLY))
    assert chart_of(counts([FORM, RESPONSIBLE], TWO_WAY, chart="")) == TABLE_ONLY
    assert chart_of(SAMPLES["forest"]) == "forest"


def test_a_misspelt_chart_or_dimension_is_named_with_the_nearest_known_one() -> None:
    with pytest.raises(UnknownName, match="Did you mean bars"):
        draw(counts([FORM, RESPONSIBLE], TWO_WAY, chart="barz"))
    with pytest.raises(UnknownName, match="Did you mean form"):
        draw(counts([FORM, RESPONSIBLE], TWO_WAY, y="from"))


def test_invented_records_are_never_drawn_on_real_outlines() -> None:
    with pytest.raises(DisclosureRefused, match="tile_grid"):
        draw(replace(SAMPLES["map"], origin=origin("synthetic", "public")))
    with pytest.raises(DisclosureRefused, match="tile_grid"):
        draw(replace(SAMPLES["map"], origin=origin("real", "sensitive")))


TENTHS = [
    {"label": "Tenth 1, the most deprived", "from": 1, "to": 1},
    {"label": "Tenths 2 to 10", "from": 2, "to": 10},
]


def tenths(*rows: tuple[str, int | None, str], classes: list[dict[str, object]]) -> Released:
    frame = pd.DataFrame(rows, columns=["area", "tenth", "outline"])
    return replace(SAMPLES["map"], frame=frame, options={"value": "tenth", "value_title": "Tenth", "classes": classes})


def test_the_most_deprived_tenth_is_darkest_and_counted_and_no_area_is_named() -> None:
    drawing = draw(tenths(("West", 1, WEST), ("East", 2, EAST), classes=TENTHS))
    assert drawing.alt == "Tenth. Tenth 1, the most deprived: 1 of 2 areas. Tenths 2 to 10: 1."
    assert "West" not in words_in(drawing.svg) + drawing.alt
    fills = re.findall(rf'fill="(#\w+)" stroke="{theme.GROUND}" stroke-width="0.7"', drawing.svg.decode())
    assert fills == [theme.TINTS[-1], theme.TINTS[-2]]  # West, then East


def test_a_map_says_which_areas_have_no_figure_and_which_no_outline() -> None:
    drawing = draw(tenths(("West", None, WEST), ("East", 2, EAST), ("New", 1, ""), classes=TENTHS))
    assert drawing.alt.endswith("1 of 3 areas. Tenths 2 to 10: 1. No figure: 1. No outline, not drawn: 1.")
    assert "No outline, not drawn" in words_in(drawing.svg)


def test_classes_of_a_map_leave_no_value_out() -> None:
    with pytest.raises(UnknownName, match="1 values lie in no class"):
        draw(tenths(("West", 1, WEST), ("East", 2, EAST), classes=TENTHS[:1]))
    with pytest.raises(UnknownName, match="at most 4 classes"):
        draw(tenths(("West", 1, WEST), classes=TENTHS * 3))
    with pytest.raises(UnknownName, match="needs the columns outline"):
        draw(replace(SAMPLES["map"], frame=SAMPLES["map"].frame.drop(columns="outline")))


def test_a_criterion_is_told_by_word_and_shape_as_well_as_by_colour() -> None:
    svg = draw(SAMPLES["progression"]).svg
    assert {"Go", "Amend", "Stop"} <= {words for *_, words in level(svg)}
    assert "To do: Longer window, Lead, June" in words_in(svg)


def test_a_group_that_differs_from_the_others_is_named() -> None:
    drawing = draw(SAMPLES["consensus"])
    assert "Police: 5" in words_in(drawing.svg)
    assert "“One calm first response” (otherwise: Police)" in drawing.alt


def test_what_nobody_took_up_is_marked_in_words() -> None:
    drawing = draw(SAMPLES["trace"])
    assert "not taken up" in words_in(drawing.svg)
    assert "Not taken up: Adults who search." in drawing.alt


def test_concentration_says_whether_chance_gives_as_much() -> None:
    alt = draw(SAMPLES["concentration"]).alt
    assert "Gini 0.41, by chance 0.35 to 0.46: within what chance gives" in alt
    assert "areas 0.20, by chance 0.12 to 0.18: more than chance gives" in alt


def test_ids_of_two_drawings_on_one_page_do_not_collide() -> None:
    first = draw(SAMPLES["bars"]).svg.decode()
    second = draw(replace(SAMPLES["bars"], name="other")).svg.decode()
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in (first, second)]
    assert ids[0] and not ids[0] & ids[1]


def test_names_and_sizes_of_scores_are_read_in_full_and_without_digits_rounded_away() -> None:
    names = ("Cognitive participation: people commit to it", "General, part of work later, as they see it")
    frame = pd.DataFrame(
        [{"measure": name, "group": "", "n": 48, "mean": 3.8, "low": 3.6, "high": 4.0} for name in names]
    )
    drawing = draw(replace(SAMPLES["scores"], frame=frame))
    words = words_in(drawing.svg)
    assert "…" not in words and words.count("n\u00a0=\u00a048") == 2
    assert "3.8 (3.6 to 4.0)" in words


def test_words_for_those_who_do_not_see_it_tell_what_a_chart_says() -> None:
    """Short charts number by number, in their order; long ones what stands out; each number before its name."""
    few = Dimension("age", "Age", {"a": "10 to 13", "b": "14 to 17", "c": "Not recorded"}, missing=("c",))
    said = draw(counts([few], (23, 47, 12))).alt
    assert said == "82 victims in all: 23 (10 to 13), 47 (14 to 17) and 12 (Not recorded). Synthetic data."
    said = draw(SAMPLES["case_flow"]).alt
    assert "48 from “Sexual communication with a child” to “Adult”" in said
    said = draw(replace(SAMPLES["scores"], frame=GAPS)).alt
    assert said.startswith("7 means with their 95% intervals. The lowest is C0: −0.30 (−0.50 to −0.10); the highest")
    assert "1 of 7 have an interval wholly above or below 0." in said


GAPS = pd.DataFrame(
    [(f"C{n}", "Gap", 11, -0.3 + n / 10, -0.5 + n / 10, -0.1 + n / 10) for n in range(7) if n not in (4, 5, 6)]
    + [(f"C{n}", "Gap", 11, 0.05, -0.1, 0.2) for n in (4, 5, 6)],
    columns=["measure", "group", "n", "mean", "low", "high"],
)
