"""A page for each aim: built from what a locality released, and standing with next to nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compendium.framework.local import framework_of
from compendium.paths import Root
from compendium.release import words
from compendium.report import aims, filled, helping, numbers
from compendium.report.aims import AIMS, Aim
from tests.shared import ROOT
from tests.unit.test_plain_pages import LINES, Rows, place

WORDS = ("_summary", "_locality", *(aim.words for aim in AIMS))
PUBLISHED = re.compile(r"(?:publish|derive)\(\s*[\"']([a-z0-9_]+)[\"']")


def page(folder: Path, aim: Aim, tables: Mapping[str, Rows], values: Mapping[str, Any] | None = None) -> str:
    here = replace(place(folder, tables), values=dict(values or {}))
    return aims.page(aim, here, Root(ROOT), framework_of(Root(ROOT), here.locality).framework, {}, LINES)


def value(text: str, table: str) -> dict[str, Any]:
    return {"text": text, "value": 1, "table": table}


@pytest.mark.parametrize("aim", AIMS, ids=lambda aim: aim.page)
def test_a_place_with_nothing_still_has_the_page_and_it_says_so(tmp_path: Path, aim: Aim) -> None:
    text = page(tmp_path, aim, {})
    assert filled.GONE in text and "meta values" not in text and "numbers.qmd" not in text
    assert "## For whom it matters" in text and "[@engelmann2025]" in text
    assert "quick-exit: true" in text and ".content-note" in text and "0800 1111" in text


def test_two_tables_give_their_sentences_and_no_other(tmp_path: Path) -> None:
    told = {
        f"victims_by_route.route_group.{code}_percent": value("9%", "victims_by_route")
        for code in ("told", "professional")
    }
    told["victims_by_route.route_group.industry_or_device_percent"] = {
        **value("hidden", "victims_by_route"),
        "value": None,
    }
    text = page(tmp_path, AIMS[0], {}, {**told, "case_concentration.gini_verdict": value("x", "case_concentration")})
    assert "**A child or a family told**" in text and "How unevenly the cases lie" in text
    assert "a device was searched" not in text and filled.SOME_GONE in text


def counted(code: str, number: int) -> dict[str, Any]:
    return {"code": code, "count": number, "status": "published"}


def test_the_themes_that_most_was_said_about_are_named_with_their_numbers(tmp_path: Path) -> None:
    labels = {"peers": "Harm by peers", "blame": "Fear of blame", "waiting": "Waiting", "abroad": "Abroad"}
    rows = [
        counted("peers", 12),
        counted("blame", 30),
        counted("waiting", 20),
        counted("abroad", 11),
        counted("Total", 73),
    ]
    here = place(
        tmp_path, {"fieldwork_by_theme": rows}, {"fieldwork_by_theme": [{"name": "code", "categories": labels}]}
    )
    found = aims._themes(here)
    assert re.findall(r"\*([^*]+)\*", found) == ["Fear of blame", "Waiting", "Harm by peers"]
    assert "[30](numbers.qmd#from-fieldwork-by-theme)" in found and "73" not in found


def need(first: tuple[float, float, float], last: tuple[float, float, float]) -> list[dict[str, Any]]:
    names = ("Most deprived areas", "Least deprived areas")
    return [
        {"group": name, "need_rate": rate, "low": low, "high": high}
        for name, (rate, low, high) in zip(names, (first, last), strict=True)
    ]


def test_rates_whose_ranges_overlap_are_told_as_what_chance_may_explain(tmp_path: Path) -> None:
    alike = aims._need(place(tmp_path / "a", {"need_beside_provision": need((7.6, 6.0, 9.4), (6.2, 4.6, 8.2))}))
    apart = aims._need(place(tmp_path / "b", {"need_beside_provision": need((9.0, 8.0, 9.9), (3.0, 2.0, 4.0))}))
    assert "chance may explain it" in alike and "7.6 (6.0 to 9.4)" in alike.replace("\\", "")
    assert "more than chance alone explains" in apart


def rated(item: str, group: str, verdict: str) -> dict[str, Any]:
    return {"item": item, "item_label": f"Priority {item}", "group": group, "verdict": verdict}


def test_where_police_and_charities_agree_and_differ_follows_from_their_verdicts(tmp_path: Path) -> None:
    rows = [
        *(rated("P1", group, "in") for group in ("police", "charities", "children", "all")),
        *(
            rated("P2", group, "in" if group == "police" else "no consensus")
            for group in ("police", "charities", "all")
        ),
        rated("P3", "police", "in"),
    ]
    text = page(tmp_path, AIMS[1], {"consensus_by_group": rows})
    both, differ = text.split("On these they reached different verdicts:")
    assert "- Priority P1" in both and "- Priority P2" in differ and "Priority P3" not in text
    lead = page(tmp_path, AIMS[2], {"consensus_by_group": rows}).split("## What was found")[0]
    assert "Children agree on [1 of 3]" in lead and "services that were asked" not in lead


def test_progression_is_told_by_how_many_say_what(tmp_path: Path) -> None:
    rows = [{"verdict": verdict} for verdict in ("go", "amend", "go")]
    text = page(tmp_path, AIMS[2], {"pilot_progression": rows})
    assert re.search(r"\[2\]\S+ say \*go on\* and \[1\]\S+ say \*amend\*", text)


@pytest.mark.parametrize("name", WORDS)
def test_words_ask_only_for_tables_that_a_notebook_publishes(name: str) -> None:
    sources = "".join(
        "".join(cell["source"])
        for path in (ROOT / "notebooks").glob("*.ipynb")
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        if cell["cell_type"] == "code"
    )
    text = (ROOT / "report" / f"{name}.md").read_text("utf-8")
    asked = {name.partition(".")[0] for name in numbers.asked(text)} | set(re.findall(r'figure\("(\w+)"\)', text))
    assert asked - set(PUBLISHED.findall(sources)) == set()


@pytest.mark.parametrize("name", WORDS)
def test_words_about_children_are_those_of_the_guidelines_and_every_study_is_on_the_register(name: str) -> None:
    text = (ROOT / "report" / f"{name}.md").read_text("utf-8")
    assert list(words.refused(text)) == []
    known = (ROOT / "evidence" / "references.bib").read_text("utf-8")
    for cited in re.findall(r"@(\w+)", text):
        assert f"{{{cited}," in known


def test_the_note_says_where_help_stands() -> None:
    assert helping.noted("Words.").startswith("::: {.content-note}") and "(#sec-help)" in helping.noted("Words.")
