"""Search in the page: what the index holds, and what it never holds."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from compendium.site import render, search
from tests.unit.test_site_render import CONFIG, code_cell, notebook, page, project

HIDDEN = {
    "index.qmd": page("Shown words. <!-- canarycomment -->", more="private: canaryfront\n"),
    "places/a/_metadata.yml": "locality: Alder\nvalues: {unused: canaryvalue, used: shownvalue}\n",
    "places/a/index.qmd": page(
        "## Wards {#sec-wards}\n\n{{< meta values.used >}}: *Enquiries* about 4711 cases"
        "\n\n::: {.box}\n### Aid {#sec-aid}\n\nLanterns\n:::\n",
        "A",
    ),
    "_variables.yml": "unused: canaryvariable",
    "_draft.qmd": page("canarydraft"),
    "notes.txt": "canaryfile",
    "stored.ipynb": notebook(
        code_cell("#| echo: false\ncanarycode = 1", {"text/plain": "shownoutput"}),
        code_cell("#| include: false\n1", {"text/plain": "canaryoutput"}),
        code_cell("shown_code = canaryfolded", {"application/json": "canaryother", "text/plain": "2"}),
    ),
    ".private/reasons.json": "canaryreason",
}


def indexes(folder: Path) -> dict[str, dict[str, Any]]:
    found = {}
    for path in sorted((folder / "out/site_libs/compendium/search").glob("*.js")):
        call = re.fullmatch(r"compendiumSearch\((.*)\);\n", path.read_text("utf-8"), re.S)
        assert call is not None
        found[path.stem] = json.loads(call[1])
    return found


def words_of(index: dict[str, Any]) -> dict[str, list[int]]:
    """Each word with the numbers of its sections, read as the script reads them."""
    found = {}
    for line in index["words"].splitlines():
        word, *steps = line.split()
        at, numbers = 0, []
        for step in steps:
            at += int(step, 36)
            numbers.append(at)
        found[word] = numbers
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = project(tmp_path_factory.mktemp("search"), HIDDEN)
    render(folder, engine="pandoc")
    return folder


def test_nothing_that_no_page_shows_is_in_an_index(made: Path) -> None:
    text = "".join(path.read_text("utf-8") for path in (made / "out/site_libs/compendium/search").iterdir())
    assert "canary" not in text
    for word in ("shown", "shownvalue", "enquiry"):
        assert word in text, "the test would notice"


def test_a_section_in_a_box_is_found_under_its_own_heading(made: Path) -> None:
    index = indexes(made)["places-a"]
    (number,) = words_of(index)["lantern"]
    assert index["sections"][number][1:] == ["sec-aid", "Aid"]
    assert not set(words_of(index)["enquiry"]) & {number}


def test_every_word_of_an_index_stands_on_a_page_in_its_section(made: Path) -> None:
    for index in indexes(made).values():
        for word, numbers in words_of(index).items():
            for number in numbers:
                name = index["pages"][index["sections"][number][0]][0]
                html = (made / "out" / name).read_text("utf-8").split("<main")[1].split("</main>")[0]
                shown = search.words(unescape(re.sub(r"<pre.*?</pre>|<[^>]*>", " ", html, flags=re.S)))
                assert word in shown, (word, name)


def test_a_section_is_found_by_its_heading_and_a_locality_has_an_index_of_its_own(made: Path) -> None:
    found = indexes(made)
    assert set(found) == {"common", "places-a"}
    assert found["common"]["others"] == {"places-a": "Alder"}
    place = found["places-a"]
    assert [place["sections"][at] for at in words_of(place)["ward"]] == [[0, "sec-wards", "Wards"]]
    assert place["pages"] == [["places/a/index.html", "A", "Alder"]]
    assert "4711" not in words_of(place), "numbers are not searched"


def test_a_page_may_stay_out_of_the_search(tmp_path: Path) -> None:
    folder = project(tmp_path, {"index.qmd": page("Words.", more="search: false\n")}, CONFIG)
    render(folder, engine="pandoc")
    assert words_of(indexes(folder)["common"]) == {}


@pytest.mark.parametrize(
    ("word", "stem"),
    [("studies", "study"), ("services", "service"), ("cases", "case"), ("police", "police"), ("abuses", "abuse"),
     ("harass", "harass"), ("census", "census"), ("skies", "sky"), ("gas", "gas"), ("Élèves", "eleve")],
)  # fmt: skip
def test_plurals_are_cut_as_harman_cut_them(word: str, stem: str) -> None:
    assert search.words(word) == [stem]
