"""A figure as readers meet it: on a page, on a telephone, on a dark page, by keyboard, with files to take along."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compendium.charts import draw
from compendium.release import figure
from compendium.release.show import folded
from compendium.site import render
from tests.browser.waiting import until
from tests.unit.charts_samples import SAMPLES

CONFIG = """
project: {type: website, output-dir: out, render: [index.qmd]}
website: {title: Figures}
execute: {enabled: false}
"""
KINDS = ("bars", "trace")


@pytest.fixture(scope="module")
def page(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("figures")
    parts = ["---\ntitle: Figures\n---\n"]
    for kind in KINDS:
        drawing = draw(SAMPLES[kind])
        sizes = figure.write(drawing, folder / "figures", kind)
        drawn = {"svg": drawing.svg, "narrow.svg": drawing.narrow}
        links = {"drawing (SVG)": (f"figures/{kind}.svg", sizes["svg"])}
        parts += [
            figure.shown(f"About {kind}", f"fig-{kind}", drawing.alt, kind, drawn),
            folded("The numbers behind this figure", "| a | b |\n|---|---|\n| 1 | 2 |"),
            figure.downloads(f"About {kind}", links),
        ]
    (folder / "index.qmd").write_text("\n\n".join(parts), encoding="utf-8")
    (folder / "_quarto.yml").write_text(CONFIG, encoding="utf-8")
    yield (render(folder, engine="pandoc").output_dir / "index.html").as_uri()


def opened(browser: Any, page: str, width: int, scheme: str = "light") -> Any:
    tab = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    tab.goto(page)
    until(tab, "[...document.images].every(i => i.complete)")
    return tab


@pytest.mark.parametrize(("width", "drawing"), [(1280, "bars.svg"), (800, "bars.svg"), (400, "bars.narrow.svg")])
def test_the_width_of_the_window_chooses_the_drawing_and_its_letters_stay_readable(
    browser: Any, page: str, width: int, drawing: str
) -> None:
    """Both drawings hold letters of 14 pixels at least; none is shrunk below 12, and nothing scrolls sideways."""
    tab = opened(browser, page, width)
    shown = tab.locator("#fig-bars img")
    assert shown.evaluate("i => i.currentSrc").endswith(f"figures/{drawing}")
    natural = 360 if "narrow" in drawing else 672
    assert shown.bounding_box()["width"] / natural * 14 >= 12
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = tab.locator("#fig-bars .figure-scroll")
    assert box.evaluate("b => b.scrollWidth <= b.clientWidth + 1")
    tab.close()


def test_at_320_pixels_as_at_400_percent_nothing_scrolls_sideways(browser: Any, page: str) -> None:
    tab = opened(browser, page, 320)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.locator("#fig-trace img").evaluate("i => i.currentSrc").endswith("trace.narrow.svg")
    tab.close()


def test_on_a_dark_page_a_chart_keeps_its_light_paper(browser: Any, page: str) -> None:
    tab = opened(browser, page, 1280, "dark")
    ground, paper = (
        tab.evaluate(f"getComputedStyle(document.querySelector('{where}')).backgroundColor")
        for where in ("body", "#fig-bars .figure-scroll")
    )
    assert paper == "rgb(255, 253, 248)" and ground != paper
    tab.close()


def test_the_table_is_one_key_press_after_a_figure_and_then_its_files(browser: Any, page: str) -> None:
    """Between the table of one figure and that of the next there is only the link to its file."""
    tab = opened(browser, page, 1280)
    summaries = tab.locator("details.callout > summary")
    summaries.nth(0).focus()
    tab.keyboard.press("Enter")
    assert tab.locator("details.callout").nth(0).get_attribute("open") is not None
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    name = tab.evaluate("document.activeElement.getAttribute('aria-label')")
    assert name.startswith("drawing (SVG), ") and name.endswith(" kB: About bars")
    assert tab.evaluate("document.activeElement.textContent") in name
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement === document.querySelectorAll('details.callout > summary')[1]")
    tab.close()


def test_a_figure_says_what_it_shows_and_keeps_its_place_while_it_loads(browser: Any, page: str) -> None:
    tab = opened(browser, page, 1280)
    image = tab.locator("#fig-bars img")
    assert image.get_attribute("alt") == draw(SAMPLES["bars"]).alt
    width, height = int(image.get_attribute("width")), int(image.get_attribute("height"))
    assert image.evaluate("i => i.naturalWidth / i.naturalHeight") == pytest.approx(width / height, rel=0.01)
    tab.close()


def test_the_letters_of_a_drawing_are_its_own(browser: Any, page: str, tmp_path: Path) -> None:
    """Words drawn on a machine without the font are as wide as they were measured."""
    from compendium.charts.measure import width_of

    (tmp_path / "alone.svg").write_bytes(draw(SAMPLES["bars"]).svg)
    tab = browser.new_page()
    tab.goto((tmp_path / "alone.svg").as_uri())
    tab.evaluate("document.fonts.ready")
    drawn = tab.evaluate(
        "[...document.querySelectorAll('text')].filter(t => !t.getAttribute('transform'))"
        ".map(t => [t.textContent, t.getComputedTextLength(), parseFloat(t.getAttribute('font-size')),"
        " t.getAttribute('font-weight')])"
    )
    assert len(drawn) > 10
    for words, width, size, weight in drawn:
        assert width == pytest.approx(width_of(words, size, bold=weight == "700"), rel=0.04, abs=0.6), words
    tab.close()
