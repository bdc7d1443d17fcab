"""The pages for the board and for young people say what the released tables say, in words that their readers know."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from compendium.framework.local import framework_of
from compendium.locality import load_locality
from compendium.paths import Root
from compendium.report import board, young_people
from compendium.report.place import Place
from tests.reading_age import reading_age
from tests.shared import ROOT

Rows = Sequence[Mapping[str, Any]]


def place(folder: Path, tables: Mapping[str, Rows], dimensions: Mapping[str, Any] | None = None) -> Place:
    """A place whose outputs are these tables."""
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        record = {"name": name, "title": name, "rows": list(rows), "provenance": "synthetic", "dimensions": []}
        record["dimensions"] = (dimensions or {}).get(name, [])
        (folder / "tables" / f"{name}.synthetic.json").write_text(json.dumps(record), "utf-8")
    return Place(load_locality(Root(ROOT), "blackpool"), folder, {}, ())


def rated(item: str, label: str, group: str, verdict: str) -> dict[str, Any]:
    return {"item": item, "item_label": label, "group": group, "verdict": verdict}


def ideas(taken: int | None, every: int) -> tuple[Rows, list[dict[str, Any]]]:
    """Suggestions taken up (None: hidden) and all of them."""
    rest = None if taken is None else every - taken
    counted = {"taken": taken, "not_taken": rest, "Total": every}
    rows: list[dict[str, Any]] = [
        {"decision_two": code, "count": count, "status": "published" if count is not None else "hidden"}
        for code, count in counted.items()
    ]
    categories = {"not_taken": "Not taken up", "taken": "Taken up, wholly or in part"}  # sorted by code, as stored
    return rows, [{"name": "decision_two", "categories": categories}]


def of_young_people(folder: Path, taken: int | None = 36) -> str:
    counts, dimensions = ideas(taken, 48)
    tables: dict[str, Rows] = {
        "consensus_by_group": [
            rated("P01", "Children help decide how services work", "children", "in"),
            rated("P03", "The first adult a child tells stays calm and believes the child", "children", "in"),
            rated("P05", "Help begins within days", "children", "no consensus"),
            rated("P05", "Help begins within days", "all", "in"),
        ],
        "consensus_splits": [rated("P01", "Children help decide how services work", "children", "in")] * 2,
        "suggestions_taken_up": counts,
        "suggestions_answered": [
            {
                "topic": "waiting",
                "topic_label": "Waiting for help",
                "answer": "Some taken up, some not",
                "reasons": "It needs money that is not there; The law does not allow it",
            }
        ],
        "self_youth_gap": [
            {"measure": "Criterion 1.1", "group": "Gap", "n": 11, "mean": 0.6, "low": 0.2, "high": 1.0},
            {"measure": "Criterion 1.2", "group": "Gap", "n": 11, "mean": -0.1, "low": -0.5, "high": 0.3},
            {"measure": "Criterion 2.1", "group": "Gap", "n": 11, "mean": -0.6, "low": -0.9, "high": -0.3},
        ],
    }
    here = place(folder, tables, {"suggestions_taken_up": dimensions})
    return read_out(young_people.page(here, framework_of(Root(ROOT), here.locality).framework))


def test_what_children_wanted_stands_with_what_came_of_it(tmp_path: Path) -> None:
    page = of_young_people(tmp_path)
    wanted = [line for line in page.splitlines() if line.startswith("| Children help decide")]
    assert len(wanted) == 1 and "Heard, and shown what changed" in wanted[0]
    assert "| Help begins within days" not in page  # everyone wanted it, children did not agree on it


def test_where_grown_ups_did_not_agree_is_said_once(tmp_path: Path) -> None:
    assert of_young_people(tmp_path).count("\n- Children help decide how services work\n") == 1


def test_ideas_are_counted_and_answered_with_reasons(tmp_path: Path) -> None:
    page = of_young_people(tmp_path)
    assert "**48 ideas**" in page and "**36** of them were taken up" in page
    (answer,) = [line for line in page.splitlines() if line.startswith("| Waiting for help")]
    assert "Some taken up, some not" in answer
    assert "It needs money that is not there. The law does not allow it." in answer


def test_a_hidden_number_of_ideas_is_said_to_be_hidden(tmp_path: Path) -> None:
    page = of_young_people(tmp_path, taken=None)
    assert "**48 ideas**" in page and "We may not show how many were taken up" in page


def test_who_saw_a_service_better_follows_from_the_interval(tmp_path: Path) -> None:
    found = re.findall(r"\*\*(The services saw|Both saw|Young people saw|We may not)", of_young_people(tmp_path))
    assert found == ["The services saw", "Both saw", "Young people saw", "We may not"]


def test_what_is_the_same_for_all_rules_is_said_once(tmp_path: Path) -> None:
    gaps = [{"measure": f"Criterion {n}.{m}", "mean": 0, "low": -1, "high": 1} for n in range(1, 7) for m in (1, 2)]
    here = place(tmp_path, {"self_youth_gap": gaps})
    page = young_people.page(here, framework_of(Root(ROOT), here.locality).framework)
    assert page.count("Both saw about the same") == 1 and "the same for all the rules" in page


def test_a_child_of_eleven_can_read_it(tmp_path: Path) -> None:
    text = re.sub(r"(?s)^---.*?---\n", "", of_young_people(tmp_path))
    text = re.sub(r"\{#[^}]*\}|\]\([^)]*\)|[*|:{}\[\]#]|^-+$|tbl-\S+|https?://\S+", " ", text.replace("|", ".\n"))
    assert reading_age(text) < 11.5


def test_it_says_that_it_is_made_up_names_help_and_offers_a_way_out(tmp_path: Path) -> None:
    page = of_young_people(tmp_path)
    assert "did not happen" in page and "synthetic" in page and "0800 1111" in page and "quick-exit: true" in page


def test_without_workshops_the_page_still_stands(tmp_path: Path) -> None:
    here = place(tmp_path, {})
    page = young_people.page(here, framework_of(Root(ROOT), here.locality).framework)
    assert "nothing to show here yet" in page and "did not happen" not in page


def read_out(page: str) -> str:
    """A page as a reader hears it: a number that is a link is the number."""
    return re.sub(r"\[([^\]]+)\]\(numbers\.qmd#[\w-]+\)\{\.number\}", r"\1", page)


def of_the_board(folder: Path, **more: Rows) -> str:
    return read_out(board_in_markdown(folder, **more))


def board_in_markdown(folder: Path, **more: Rows) -> str:
    shown = {"count": 185, "status": "published"}
    gaps = [
        {"label": "Platform", "of": "220 crimes", "missing": "150", "value": "68%", "share": 0.68},
        {"label": "Person", "of": "198 victims", "says": "Not known", "missing": "60", "value": "30%", "share": 0.3},
        {"label": "Relationship", "of": "198 victims", "missing": "40", "value": "20%", "share": 0.2},
        {"label": "Age", "of": "198 victims", "missing": "12", "value": "6%", "share": 0.06},
        {"label": "Sex", "of": "198 victims", "missing": "hidden", "value": "hidden", "share": None},
    ]
    gaps = [{"says": "Not recorded", **gap} for gap in gaps]
    bounds = [
        {
            "label": "An adult was responsible",
            "of": "198 victims",
            "recorded": "55% of 140",
            "left_out": "58",
            "value": "between 39% and 68%",
        },
        {
            "label": "Girls",
            "of": "198 victims",
            "recorded": "71% of 198",
            "left_out": "0",
            "value": "71%",
        },
        {"label": "Charged", "of": "", "recorded": "", "left_out": "", "value": "not shown in the tables of this page"},
    ]
    tables: dict[str, Rows] = {
        "case_flow": [shown],
        "victims_by_form": [{"count": 198, "status": "published"}, {"count": None, "status": "hidden"}],
        "headline_bounds": bounds,
        "missing_fields": gaps,
        "case_concentration": [{"measure": "Gini", "observed": 0.29, "low": 0.17, "high": 0.3}],
        **more,
    }
    return board.page(place(folder, tables))


def test_each_headline_stands_with_what_it_could_be(tmp_path: Path) -> None:
    page = of_the_board(tmp_path)
    assert (
        "**An adult was responsible**: 55% of 140 on record." in page and "between 39% and 68% of 198 victims" in page
    )
    assert "- **Girls**: 71% of 198." in page
    assert "- **Charged**: not shown in the tables of this page." in page


def test_what_is_missing_most_is_to_be_recorded_first(tmp_path: Path) -> None:
    page = of_the_board(tmp_path)
    assert "1. **Platform**: from 68% not recorded to 10% at most." in page and "2. **Relationship**" in page
    assert "**Age** is not on file for 6%" in page and ". **Age**: from" not in page  # six in a hundred is good enough
    assert "**Person** is not on file for 30%" in page and "**Person**: from" not in page  # nobody knows
    assert "Sex" not in page  # hidden: nothing may be said of it


def test_each_number_of_the_board_leads_to_where_it_comes_from(tmp_path: Path) -> None:
    page = board_in_markdown(tmp_path)
    assert "[185 cases](numbers.qmd#from-case-flow){.number}" in page
    assert "[between 39% and 68%](numbers.qmd#from-headline-bounds){.number}" in page
    assert "[68%](numbers.qmd#from-missing-fields){.number} of [220 crimes]" in page
    said = re.sub(r"\[[^\]]+\]\([^)]*\)", "", page.partition("## What is known")[2])
    assert re.findall(r"\d+(?:\.\d+)?%?", said) == ["0", "1", "1", "10%", "2", "10%", "10%", "6.1"]  # a scale, a goal


def test_chance_and_hidden_numbers_are_told(tmp_path: Path) -> None:
    page = of_the_board(tmp_path)
    assert "is within what chance alone gives (0.29 on a scale from 0 to 1; by chance 0.17 to 0.30)" in page
    assert "they can't show one part of the area to differ from another" in page
    assert "1 of 3 numbers are hidden" in page


def test_the_board_is_not_told_that_nothing_shows_where_more_than_chance_does(tmp_path: Path) -> None:
    found: Rows = [{"measure": "Gini", "observed": 0.45, "low": 0.17, "high": 0.3}]
    page = of_the_board(tmp_path, case_concentration=found)
    assert "is outside what chance alone gives (0.45 on a scale" in page
    assert "one part of the area" not in page and "points at no area" in page


@pytest.mark.parametrize("rows", [[], [{"count": None, "status": "hidden"}]])
def test_without_case_files_the_board_is_told_so(tmp_path: Path, rows: Rows) -> None:
    assert "No case files" in of_the_board(tmp_path, case_flow=rows)
