"""The summary and the page for young people say what the released tables say, in words that their readers know."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from compendium.framework.local import framework_of
from compendium.locality import load_locality
from compendium.paths import Root
from compendium.report import filled, helping, summary, young_people
from compendium.report.place import Place
from tests.reading_age import reading_age
from tests.shared import ROOT

Rows = Sequence[Mapping[str, Any]]
LINES = helping.load(Root(ROOT))


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
    return read_out(young_people.page(here, framework_of(Root(ROOT), here.locality).framework, LINES))


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
    page = young_people.page(here, framework_of(Root(ROOT), here.locality).framework, LINES)
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
    page = young_people.page(here, framework_of(Root(ROOT), here.locality).framework, LINES)
    assert "nothing to show here yet" in page and "did not happen" not in page


def read_out(page: str) -> str:
    """A page as a reader hears it: a number that is a link is the number."""
    return re.sub(r"\[([^\]]+)\]\(numbers\.qmd#[\w-]+\)\{\.number\}", r"\1", page)


def value(text: str, table: str, number: object = 1) -> dict[str, Any]:
    return {"text": text, "value": number, "table": table}


def in_short(folder: Path, values: Mapping[str, dict[str, Any]] | None = None, **more: Rows) -> str:
    """The summary of a place with case files, and with what else is given."""
    gaps = [
        {"label": "Platform", "of": "220 crimes", "missing": "150", "value": "68%", "share": 0.68},
        {"label": "Person", "of": "198 victims", "recordable": False, "missing": "60", "value": "30%", "share": 0.3},
        {"label": "Relationship", "of": "198 victims", "missing": "40", "value": "20%", "share": 0.2},
        {"label": "Age", "of": "198 victims", "missing": "12", "value": "6%", "share": 0.06},
        {"label": "Sex", "of": "198 victims", "missing": "hidden", "value": "hidden", "share": None},
    ]
    tables: dict[str, Rows] = {
        "case_flow": [{"count": 185, "status": "published"}],
        "victims_by_form": [{"count": 198, "status": "published"}, {"count": None, "status": "hidden"}],
        "missing_fields": [{"recordable": True, **gap} for gap in gaps],
        **more,
    }
    told = {
        "case_flow.total": value("185", "case_flow"),
        "victims_by_form.total": value("198", "victims_by_form"),
        "headline_bounds.an_adult_was_responsible": value("between 39% and 68%", "headline_bounds"),
        "headline_bounds.another_child_was_responsible": value("between 20% and 50%", "headline_bounds"),
        "headline_bounds.a_child_or_family_told": value("not shown", "headline_bounds", None),
        **(values or {}),
    }
    here = replace(place(folder, tables), values=told)
    return summary.page(
        here, Root(ROOT), {"fig-headline-bounds": "![Shares](a.svg){#fig-headline-bounds}\n\nmore"}, LINES
    )


def test_a_headline_stands_with_its_range_and_one_that_is_not_shown_is_left_out(tmp_path: Path) -> None:
    page = in_short(tmp_path)
    assert "An adult, for {{< meta values.headline_bounds.an_adult_was_responsible >}}" in page
    assert "How it came to light" not in page and filled.SOME_GONE in page


def test_the_summary_has_one_figure_and_the_numbers_behind_it_on_the_screen_only(tmp_path: Path) -> None:
    page = in_short(tmp_path)
    assert page.count("![") == 1
    assert "\n\n:::: {.screen-only}\nmore\n::::\n" in page.split("![")[1]


def test_what_is_missing_most_is_to_be_recorded_first(tmp_path: Path) -> None:
    page = in_short(tmp_path)
    (ask,) = [line for line in page.splitlines() if "Record better" in line]
    assert "platform (now [68%]" in ask and "relationship (now [20%]" in ask
    assert "age" not in ask  # six in a hundred is good enough
    assert "person" not in ask and "**Person** is not on file for [30% of 198 victims]" in page  # nobody knows
    assert "Sex" not in page  # hidden: nothing may be said of it


def test_nothing_missing_is_to_be_kept_so(tmp_path: Path) -> None:
    few = [{"label": "Age", "of": "198 victims", "recordable": True, "value": "6%", "share": 0.06}]
    assert "Who sees to it that it stays so?" in in_short(tmp_path, missing_fields=few)


def test_hidden_numbers_are_told(tmp_path: Path) -> None:
    assert "- [1 of 3](numbers.qmd#from-case-flow){.number} numbers of the main tables are hidden" in in_short(tmp_path)


def test_without_records_the_summary_says_so_and_still_stands(tmp_path: Path) -> None:
    here = place(tmp_path, {})
    page = summary.page(here, Root(ROOT), {}, LINES)
    assert filled.GONE in page and "meta values" not in page and "0800 1111" in page


def test_a_councillor_reads_the_summary_in_two_minutes() -> None:
    """450 words at the pace of a reader who takes things in, about 230 a minute; numbers count as a word."""
    text = (ROOT / "report" / "_summary.md").read_text("utf-8")
    plain = re.sub(r"<%.*?%>|\{#[^}]*\}|\]\([^)]*\)|[*\[\]:#]", " ", re.sub(r"\{\{<.*?>\}\}|<<.*?>>", "9", text))
    assert (
        len(re.findall(r"[\w'’]+", plain)) + len(helping.short(LINES, load_locality(Root(ROOT), "blackpool")).split())
        < 450
    )
