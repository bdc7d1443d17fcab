"""What a person meets in a browser: any width, by keyboard, without scripts, in the dark, opened from a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CONTRAST = """
() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const lum = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const low = [];
  for (const e of document.querySelectorAll("body *")) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || !e.getClientRects().length) continue;
    const [a, b] = [lum(parse(getComputedStyle(e).color)), lum(ground(e))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) low.push([e.tagName, e.textContent.trim().slice(0, 30), ratio.toFixed(2)]);
  }
  return low;
}
"""


@pytest.fixture(autouse=True)
def _closed_after(browser: Any) -> Iterator[None]:
    yield
    for context in browser.contexts:
        context.close()


def opened(browser: Any, site: Path, *, name: str = "index.html", width: int = 1400, **options: Any) -> Any:
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    page = context.new_page()
    page.said, page.asked = [], []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto((site / name).as_uri())
    return page


def test_nothing_is_fetched_from_elsewhere_and_nothing_goes_wrong(browser: Any, site: Path) -> None:
    for name in ("index.html", "more.html"):
        page = opened(browser, site, name=name)
        page.wait_for_load_state("networkidle")
        assert page.said == []
        assert page.asked and all(url.startswith(("file://", "data:")) for url in page.asked)


def test_the_shipped_fonts_are_in_use(browser: Any, site: Path) -> None:
    page = opened(browser, site)
    page.evaluate("document.fonts.ready")
    assert page.evaluate(
        "document.fonts.check('16px \"Source Sans 3\"') && document.fonts.check('600 16px \"Source Serif 4\"')"
    )


@pytest.mark.parametrize("width", [320, 400, 640, 768, 1104, 1400, 2560])
def test_a_page_never_scrolls_sideways(browser: Any, site: Path, width: int) -> None:
    page = opened(browser, site, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if page.locator(".nav-fold > summary").is_visible():
        page.locator(".nav-fold > summary").click()
    for menu in page.locator("details.menu > summary").all():
        menu.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "an open menu"
        page.keyboard.press("Escape")


def test_a_wide_table_scrolls_inside_itself_while_its_caption_stays(browser: Any, site: Path) -> None:
    page = opened(browser, site, width=320)
    box = page.locator(".table-scroll").first
    assert box.evaluate("e => e.scrollWidth > e.clientWidth")
    box.evaluate("e => { e.scrollLeft = 200 }")
    caption = page.locator("caption").bounding_box()
    assert caption["x"] >= 0
    assert caption["x"] + caption["width"] <= 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_keeps_its_contrast(browser: Any, site: Path, scheme: str) -> None:
    page = opened(browser, site, color_scheme=scheme)
    page.locator("details.callout > summary").click()
    assert page.evaluate(CONTRAST) == []


def test_the_first_key_press_reaches_the_way_out_the_second_the_text(browser: Any, site: Path) -> None:
    page = opened(browser, site)
    page.keyboard.press("Tab")
    assert "bbc.co.uk/weather" in page.evaluate("document.activeElement.href")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_way_out_leaves_no_page_to_go_back_to_and_tells_the_next_site_nothing(browser: Any, site: Path) -> None:
    page = opened(browser, site)
    asked: list[dict[str, str]] = []

    def answer(route: Any) -> None:
        asked.append(route.request.headers)
        route.fulfill(body="<title>Weather</title>", content_type="text/html")

    page.route("https://www.bbc.co.uk/**", answer)
    before = page.evaluate("history.length")
    page.locator(".quick-exit a").click()
    page.wait_for_url("https://www.bbc.co.uk/weather")
    assert page.evaluate("history.length") == before
    assert "referer" not in asked[0]


def test_menus_open_and_close_by_keyboard(browser: Any, site: Path) -> None:
    page = opened(browser, site)
    menu = page.locator("details.menu").first
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    assert menu.get_attribute("open") is not None
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "More"
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_everything_that_can_be_pressed_shows_when_it_has_the_keyboard(browser: Any, site: Path) -> None:
    page = opened(browser, site)
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        where = page.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e), drawn = s.outlineStyle !== 'none';"
            " return [e.outerHTML.slice(0, 90), e === document.body || (drawn && parseFloat(s.outlineWidth) >= 2)] }"
        )
        assert where[1], where[0]
        seen.add(where[0])
    assert len(seen) > 10


def test_tabs_turn_with_the_arrow_keys(browser: Any, site: Path) -> None:
    page = opened(browser, site)
    first, second = page.locator('[role="tab"]').all()
    assert not page.get_by_text("Words of the second.").is_visible()
    first.focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_text("Words of the second.").is_visible()
    assert (first.get_attribute("aria-selected"), second.get_attribute("aria-selected")) == ("false", "true")


def test_without_scripts_every_word_can_be_read(browser: Any, site: Path) -> None:
    page = opened(browser, site, java_script_enabled=False)
    for words in ("Words of the first.", "Words of the second.", "First words"):
        assert page.get_by_text(words).is_visible()
    page.locator("details.callout > summary").click()
    assert page.get_by_text("The body.").is_visible()
    assert not page.locator(".theme-toggle").is_visible()


def test_the_chosen_colours_stay_on_the_next_page(browser: Any, site: Path) -> None:
    page = opened(browser, site, color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.locator(".theme-toggle").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.goto((site / "more.html").as_uri())
    assert page.evaluate(ground) == dark


def test_on_paper_there_is_text_and_no_menu(browser: Any, site: Path) -> None:
    page = opened(browser, site)
    page.emulate_media(media="print")
    assert not page.locator(".site-header").is_visible()
    assert page.get_by_text("Words of the second.").is_visible()


def test_a_page_has_one_of_each_landmark_and_one_title(browser: Any, site: Path) -> None:
    page = opened(browser, site)
    for selector in ("main", "h1", "body > header", "body > footer", "nav[aria-label='Site']"):
        assert page.locator(selector).count() == 1, selector
    assert page.locator("img:not([alt])").count() == 0
    assert page.locator("th:not([scope])").count() == 0
