"""Searching from a folder: by keyboard, read out, nothing loaded before it is asked for, not there without scripts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from compendium.site import search
from tests.browser.test_site_in_a_browser import _closed_after, opened  # noqa: F401 (closes what was opened)

WORDS = ("studies", "services", "Élèves", "abuse", "harass", "boxes", "skies", "gas", "Blackpool’s", "co-operation")


def asked_for(page: Any, words: str) -> None:
    page.locator("#search-words").focus()
    page.keyboard.type(words)
    page.locator(".search [role=status]:not(:empty)").wait_for()  # no function in the page: its policy forbids eval


def test_a_section_is_found_and_opened_by_keyboard_alone(browser: Any, site: Path) -> None:
    page = opened(browser, site, name="more.html")
    asked_for(page, "block")
    assert page.locator(".search [role=status]").inner_text() == "One section."
    assert page.locator(".search li").all_inner_texts() == ["Blocks\nEverything on one page"]
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent").startswith("Blocks")
    page.keyboard.press("Enter")
    page.wait_for_url("**/index.html#blocks")
    assert page.said == []


def test_nothing_is_loaded_before_somebody_searches_and_nothing_from_elsewhere_then(browser: Any, site: Path) -> None:
    page = opened(browser, site)
    assert not [url for url in page.asked if "search" in url]
    asked_for(page, "tab")
    assert [url.rpartition("/")[2] for url in page.asked if "search" in url] == ["search.js", "common.js"]
    assert all(url.startswith(("file://", "data:")) for url in page.asked)


def test_all_words_must_be_there_and_what_is_not_found_is_said(browser: Any, site: Path) -> None:
    page = opened(browser, site)
    asked_for(page, "zebra")
    assert page.locator(".search [role=status]").inner_text() == "Nothing found."
    page.keyboard.press("Escape")
    assert page.locator("#search-words").input_value() == ""
    assert not page.locator(".search-found").is_visible()
    asked_for(page, "label caption")
    assert page.locator(".search li").all_inner_texts() == ["Table\nEverything on one page"]


def test_a_page_that_is_searched_keeps_inside_a_narrow_screen(browser: Any, site: Path) -> None:
    page = opened(browser, site, width=320)
    page.locator(".nav-fold > summary").click()  # the search is in the folded menu
    asked_for(page, "words")
    box = page.locator(".search-found").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 320
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_without_scripts_no_search_is_offered(browser: Any, site: Path) -> None:
    assert not opened(browser, site, java_script_enabled=False).locator(".search").is_visible()


@pytest.mark.parametrize("word", WORDS)
def test_the_page_cuts_words_as_the_index_does(browser: Any, site: Path, word: str) -> None:
    script = (site / "site_libs/compendium/search.js").read_text("utf-8")
    functions = "".join(re.findall(r"^  function (?:stem|words)\(.*?^  }\n", script, re.M | re.S))
    context = browser.new_context()
    assert context.new_page().evaluate(f"word => {{ {functions} return words(word); }}", word) == search.words(word)
