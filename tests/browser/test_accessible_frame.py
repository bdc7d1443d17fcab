"""The frame for readers who see little, use no mouse, enlarge, space out, choose their own colours or print."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.browser.accessible import of_site, violations
from tests.browser.test_site_in_a_browser import opened
from tests.browser.waiting import until

SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }"""  # WCAG 1.4.12
CUT = """() => [...document.querySelectorAll("body *")].filter(e => e.clientHeight && e.clientWidth > 1
  && /hidden|clip/.test(getComputedStyle(e).overflowY) && e.scrollHeight > e.clientHeight + 1).map(e => e.className)"""
SMALL = """() => [...document.querySelectorAll("a[href], button, summary, input, [role=tab]")].filter(e => {
  const b = e.getBoundingClientRect(), inline = getComputedStyle(e).display === "inline";
  return b.width > 1 && !inline && (b.width < 24 || b.height < 24) }).map(e => e.outerHTML.slice(0, 90))"""
COVERED = """() => { const e = document.activeElement, b = e.getBoundingClientRect();
  if (e === document.body || !b.width) return null;
  const at = document.elementFromPoint(b.x + b.width / 2, b.y + Math.min(b.height / 2, 10));
  return at && (e.contains(at) || at.contains(e)) ? null : e.outerHTML.slice(0, 90) }"""


@pytest.fixture(autouse=True)
def _closed_after(browser: Any) -> Iterator[None]:
    yield
    for context in browser.contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_with_everything_open(browser: Any, site: Path, scheme: str) -> None:
    assert of_site(browser, site, ["index.html", "more.html"], scheme) == {}


def test_axe_would_find_something(browser: Any, site: Path) -> None:
    page = opened(browser, site, name="more.html", bypass_csp=True)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x><a href=x></a>')")
    assert {one[0] for one in violations(page)} >= {"image-alt", "link-name"}


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_wider_spacing_and_larger_type_cut_nothing_off(browser: Any, site: Path, width: int) -> None:
    """1280 wide at 200 % is 640 wide, at 400 % it is 320: WCAG 1.4.10 and 1.4.12 together."""
    page = opened(browser, site, width=width, bypass_csp=True)
    page.add_style_tag(content=SPACED)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("width", [320, 1280])
def test_what_is_pressed_is_at_least_24_by_24(browser: Any, site: Path, width: int) -> None:
    page = opened(browser, site, width=width)
    page.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true })")
    assert page.evaluate(SMALL) == []


@pytest.mark.parametrize("width", [320, 1280])
def test_what_has_the_keyboard_is_never_behind_something(browser: Any, site: Path, width: int) -> None:
    page = opened(browser, site, width=width, reduced_motion="reduce")
    for press in ["Tab"] * 40 + ["Shift+Tab"] * 20:
        page.keyboard.press(press)
        assert page.evaluate(COVERED) is None


def test_on_a_narrow_screen_the_menu_is_folded_and_opens_by_keyboard(browser: Any, site: Path) -> None:
    page = opened(browser, site, width=320)
    entry = page.locator(".nav-lists > ul > li > a").first
    assert not entry.is_visible()
    page.locator(".nav-fold > summary").focus()
    page.keyboard.press("Enter")
    assert entry.is_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    entry.wait_for(state="visible")
    bare = opened(browser, site, width=320, java_script_enabled=False)
    assert bare.locator(".nav-lists > ul > li > a").first.is_visible(), "without scripts it is open"


def test_the_contents_tell_which_part_is_being_read(browser: Any, site: Path) -> None:
    page = opened(browser, site, width=1280)
    page.evaluate("document.getElementById('blocks').scrollIntoView()")
    until(page, "() => document.querySelector('.toc [aria-current]')?.hash === '#blocks'")


def test_who_wants_no_motion_gets_none(browser: Any, site: Path) -> None:
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    assert opened(browser, site, reduced_motion="reduce").evaluate(behaviour) == "auto"
    assert opened(browser, site, reduced_motion="no-preference").evaluate(behaviour) == "smooth"


def test_in_colours_of_the_readers_own_an_edge_says_what_a_shade_said(browser: Any, site: Path) -> None:
    page = opened(browser, site, forced_colors="active")
    width = "(e, side) => parseFloat(getComputedStyle(e).getPropertyValue(side))"
    assert page.locator(".provenance").evaluate(width, "border-top-width") >= 1
    assert page.locator(".callout").first.evaluate(width, "border-top-width") >= 1
    here = page.locator(".nav-lists > ul > li > [aria-current]").first
    assert here.evaluate(width, "border-bottom-width") >= 3


def test_every_sheet_says_the_place_and_the_kind_of_data_and_opens_what_is_closed(
    browser: Any, site: Path, tmp_path: Path
) -> None:
    page = opened(browser, site, java_script_enabled=False)
    page.emulate_media(media="print")
    assert page.locator(".running").is_visible()
    assert page.get_by_text("The body.").is_visible()
    assert "Alder" in page.locator(".running").inner_text()
    assert "Synthetic data" in page.locator(".running").inner_text()
    assert page.locator(".running").evaluate("e => getComputedStyle(e).display") == "table-header-group"
    for closed in (".toc", ".site-header", ".quick-exit"):
        assert not page.locator(closed).is_visible()


def test_headings_go_down_a_step_at_a_time(browser: Any, site: Path) -> None:
    page = opened(browser, site)
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
