"""Words of the field are explained where a page first uses them, and in one way only."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from compendium.paths import Root
from compendium.report import glossary
from tests.shared import ROOT

KNOWN = glossary.words(Root(ROOT))
BY_HAND = ("index.qmd", "report/about.qmd", "report/privacy.qmd", "report/methods.qmd")
GINI = '[Gini coefficient](g.qmd#word-gini "How unevenly'


def linked(text: str) -> str:
    return glossary.linked(text, KNOWN, "g.qmd")


def test_the_first_use_is_linked_with_its_meaning_and_no_other() -> None:
    text = linked("The Gini coefficient.\n\nThe Gini coefficient again, and the Gini.")
    assert text.startswith(f"The {GINI}") and text.count("word-gini") == 1
    assert text.endswith("The Gini coefficient again, and the Gini.")


def test_headings_tables_code_links_and_pictures_are_left_alone() -> None:
    apart = "# Median\n\n| median | 1 |\n\n: Median table {#tbl-a}\n\n```\nmedian\n```"
    apart += "\n\n`median` [median](x.qmd) [@median]"
    apart += '\n\n![The median](a.svg){fig-alt="median"}\n\n::: {.table-note}\n*median*: a rule\n:::'
    assert linked(apart) == apart
    assert 'A [median](g.qmd#word-median "' in linked(f"{apart}\n\nA median.")


def test_front_matter_and_values_are_left_alone() -> None:
    text = "---\ntitle: hidden\n---\n\n{{< meta values.hidden.total >}}"
    assert linked(text) == text


def test_capitals_are_a_name_and_small_letters_a_word() -> None:
    assert "word-aim" not in linked("The aim of it.") and "word-aim" in linked("The scale AIM.")


def test_a_word_within_a_name_is_left_alone() -> None:
    text = "The Vulnerability & Policing Centre, *Resilience to Online Child Sexual Victimisation*."
    assert linked(text) == text


def test_linking_twice_changes_nothing() -> None:
    once = linked("Victims are hidden by chance, in the median case of the person responsible.")
    assert linked(once) == once and once.count("{.term}") == 5


def test_a_notebook_is_read_as_one_page() -> None:
    cells = [{"cell_type": kind, "source": "A median."} for kind in ("markdown", "code", "markdown")]
    found = [
        cell["source"]
        for cell in json.loads(glossary.linked_notebook(json.dumps({"cells": cells}), KNOWN, "g"))["cells"]
    ]
    assert "word-median" in found[0] and found[1:] == ["A median.", "A median."]


def test_no_word_is_explained_twice() -> None:
    forms = Counter(form.lower() for word in KNOWN for form in word.forms)
    assert [form for form, number in forms.items() if number > 1] == []
    text = (ROOT / glossary.FILE).read_text("utf-8")
    assert len(KNOWN) == text.count("{#word-") > 40  # none is overlooked for its shape


@pytest.mark.parametrize("page", BY_HAND)
def test_pages_written_by_hand_explain_words_where_they_first_use_them(page: str) -> None:
    """When this fails, put the link of the second text into the page."""
    text = (ROOT / page).read_text("utf-8")
    to = "report/glossary.qmd" if page == "index.qmd" else "glossary.qmd"
    assert text.splitlines() == glossary.linked(text, KNOWN, to).splitlines()


def test_the_contributors_glossary_says_the_same_of_words_that_both_explain() -> None:
    text = (ROOT / "docs" / "GLOSSARY.md").read_text("utf-8")
    meanings = {form.lower(): word.short.rstrip(".").lower() for word in KNOWN for form in word.forms}
    said = re.findall(r"^\| \*\*([^*]+)\*\*[^|]*\| ([^|]+)\|", text, re.M)
    both = [(term, meaning.strip().lower()) for term, meaning in said if term.lower() in meanings]
    assert len(both) >= 3
    assert [term for term, meaning in both if not meaning.startswith(meanings[term.lower()])] == []
