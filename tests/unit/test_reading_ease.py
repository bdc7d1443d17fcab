"""Pages that many people read stay easy to read: a limit a page, and the measure is in the documentation."""

from __future__ import annotations

import re

import pytest

from tests.reading_age import prose, reading_age
from tests.shared import ROOT

LIMITS = {  # years of age; the page for young people has its own test (11.5, on the page as it is made)
    "index.qmd": 12.0,
    "report/about.qmd": 11.0,
    "report/privacy.qmd": 11.5,
    "report/glossary.qmd": 11.0,
    "report/_locality.md": 11.0,
    "report/_summary.md": 10.0,
    "report/_aim_identify.md": 11.0,
    "report/_aim_partners.md": 11.0,
    "report/_aim_standards.md": 11.0,
}
LONGEST = 32  # words in a sentence


def measured(page: str) -> float:
    return reading_age(prose((ROOT / page).read_text("utf-8")))


@pytest.mark.parametrize(("page", "limit"), LIMITS.items())
def test_a_page_can_be_read_at_the_age_that_is_promised(page: str, limit: float) -> None:
    assert measured(page) <= limit


@pytest.mark.parametrize("page", LIMITS)
def test_no_sentence_is_a_paragraph(page: str) -> None:
    text = prose((ROOT / page).read_text("utf-8"))
    sentences = [part for part in re.split(r"(?<=[.!?:;])\s+|\n", text) if part.strip()]
    assert [part for part in sentences if len(part.split()) > LONGEST] == []


def test_the_documentation_shows_the_measure_and_the_limit() -> None:
    """When this fails, write what is measured now into the table."""
    text = (ROOT / "docs" / "reference" / "reading-ease.md").read_text("utf-8")
    shown = {
        page: (float(now), float(most))
        for page, now, most in re.findall(r"^\| `([^`]+)` \| ([\d.]+) \| ([\d.]+) \|", text, re.M)
    }
    assert set(shown) == set(LIMITS)
    for page, (now, most) in shown.items():
        assert most == LIMITS[page] and now == pytest.approx(measured(page), abs=0.3)


def test_markup_is_not_read_and_a_number_is_a_word() -> None:
    lead = "::: {.lead}\nOf {{< meta values.a.b >}} [cases](x.qmd){.term} **two**\nlines.\n:::"
    source = f"---\ntitle: T\n---\n\n{lead}\n\n| a | b |\n\n- Item [@a2020]\n- Next\n"
    assert [line.strip() for line in prose(source).splitlines() if line.strip()] == [
        "Of ten cases two lines.",
        "- Item",
        "- Next",
    ]
