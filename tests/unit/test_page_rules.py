"""What no page may say or lack: found on its source, by file and line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from compendium.cli.releasing import _refuse_stale_pages
from compendium.errors import CompendiumError
from compendium.paths import Root
from compendium.report import rules
from compendium.site import render

HEAD = "---\ntitle: Start\n{more}---\n\n"
CONFIG = (
    "project: {type: website, output-dir: out, render: [index.qmd]}\nwebsite: {title: T}\nexecute: {enabled: false}\n"
)
LEEDS = "id: leeds\nname: Leeds (a test)\nperiod: {from: 2022-05, to: 2023-04}\n"


def root(folder: Path, text: str, *, more: str = "", name: str = "index.qmd", locality: str = LEEDS) -> Root:
    for file, content in {
        "_quarto.yml": CONFIG,
        "index.qmd": HEAD.format(more="") + "Words.\n",
        "localities/leeds/locality.yml": locality,
        "evidence/studies.csv": "study_id,title\na,Prevalence of Sexting Behavior Among Youth\n",
        name: (HEAD.format(more=more) + text + "\n") if name.endswith("qmd") else text,
    }.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(content, "utf-8")
    (folder / "data_dictionaries").mkdir(exist_ok=True)
    return Root(folder)


def said(made: Root) -> list[str]:
    return [str(problem) for problem in rules.problems(made)]


@pytest.mark.parametrize("name", ["index.qmd", "report/about.qmd", "report/_words.md", "places/leeds/index.qmd"])
def test_a_refused_word_is_named_by_file_and_line(tmp_path: Path, name: str) -> None:
    (found,) = said(root(tmp_path, "First.\n\nA hotspot.", name=name))
    line = 7 if name.endswith("qmd") else 3
    assert found.startswith(f"{name}:{line}: The page says “hotspot”")


def test_words_in_stored_outputs_are_found_too(tmp_path: Path) -> None:
    outputs = [{"output_type": "display_data", "metadata": {}, "data": {"text/markdown": "| A league of areas |"}}]
    cells = [{"cell_type": "code", "source": "x", "metadata": {}, "outputs": outputs}]
    (found,) = said(root(tmp_path, json.dumps({"cells": cells}), name="places/leeds/01_a.ipynb"))
    assert "01_a.ipynb, cell 1" in found and "“league”" in found


def test_titles_of_the_register_keep_the_words_of_their_authors(tmp_path: Path) -> None:
    assert said(root(tmp_path, "*Prevalence of Sexting Behavior Among Youth*")) == []
    assert said(root(tmp_path, "Prevalence of Sexting Behavior Among Youth, on sexting"))


def test_no_page_carries_a_survey_over_to_a_place(tmp_path: Path) -> None:
    (found,) = said(root(tmp_path, "About {{< meta values.x >}} children in Leeds are harmed."))
    assert "carries a figure over to a place" in found


def test_a_page_about_help_has_a_way_out_and_the_day_of_its_numbers(tmp_path: Path) -> None:
    number = "Childline: 0800 1111."
    assert len(said(root(tmp_path, number))) == 2
    (undated,) = said(root(tmp_path, number, more="quick-exit: true\n"))
    assert "no day on which it was checked" in undated
    assert said(root(tmp_path, f"{number} Checked on 22 November 2026.", more="quick-exit: true\n")) == []


def test_a_page_for_young_people_has_a_way_out(tmp_path: Path) -> None:
    (found,) = said(root(tmp_path, "## For young people"))
    assert "no quick way out" in found


def test_a_help_line_of_a_locality_says_when_it_was_checked(tmp_path: Path) -> None:
    undated = LEEDS + 'help_lines: [{name: Childline, phone: "0800 1111"}]\n'
    (found,) = said(root(tmp_path, "Words.", locality=undated))
    assert "Childline does not say when it was checked" in found


def test_numbers_on_a_page_go_stale_after_half_a_year(tmp_path: Path) -> None:
    made = root(tmp_path, "0800 1111, checked on 1 May 2026.", more="quick-exit: true\n")
    assert rules.stale_pages(made, date(2026, 10, 1)) == []
    (found,) = rules.stale_pages(made, date(2026, 11, 22))
    assert "2026-05-01" in str(found)


def test_the_way_out_is_the_first_stop_and_tells_the_next_site_nothing(tmp_path: Path) -> None:
    made = root(tmp_path, "Words.", more="quick-exit: true\n")
    site = render(tmp_path, engine="pandoc").output_dir
    assert rules.quick_pages(made) == ["index.html"]
    assert rules.built_problems(site, ["index.html"]) == []
    html = (site / "index.html").read_text("utf-8")
    assert '<meta name="referrer" content="no-referrer">' in html
    for old, new in [
        ('rel="nofollow noreferrer"', 'rel="nofollow"'),
        ("<aside", '<a href="#content">Skip</a><aside'),
        ("<aside", "<button>Menu</button><aside"),
        ("It doesn’t clear your browser’s history.", "Nobody will know."),
        ("https://www.bbc.co.uk", "http://www.bbc.co.uk"),
    ]:
        assert old in html
        (site / "index.html").write_text(html.replace(old, new, 1), "utf-8")
        assert rules.built_problems(site, ["index.html"]), new


def test_every_page_of_this_project_written_by_hand_keeps_the_rules() -> None:
    here = Root(Path(__file__).resolve().parents[2])
    assert [problem for problem in said(here) if not problem.startswith("places/")] == []


def test_no_approval_while_the_numbers_on_a_page_are_stale(tmp_path: Path) -> None:
    made = root(tmp_path, "0800 1111, checked on 1 May 2026.", more="quick-exit: true\n")
    _refuse_stale_pages(made, "2026-10-01")
    with pytest.raises(CompendiumError, match="over half a year ago"):
        _refuse_stale_pages(made, "2026-11-22")
