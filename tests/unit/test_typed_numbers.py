"""A number that somebody types where a released one belongs is found, wherever it hides; what is no result passes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pytest

from compendium.errors import InputRefused
from compendium.paths import Root
from compendium.release.kept import VALUES
from compendium.report import asking, typed_numbers
from tests.shared import ROOT

PAGE = "report/methods.qmd"


def of_page(folder: Path, text: str, file: str = PAGE) -> list[str]:
    """What is said of a page with this text."""
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return [problem.message for problem in typed_numbers.problems(Root(folder))]


@pytest.mark.parametrize(
    "sentence",
    [
        "In 47 cases a child told.",
        "In **47** cases a child told.",
        "A share of 4**7**% told.",
        "A share of 47 per cent told.",
        "The mean is 0.47.",
        "It was £1,200 a service.",
        "&#52;7 told.",
        "| Told | 47 |",
        "- 47 of them told.",
        "Forty-seven children told.",
        "Three young people told.",
        "One in five told.",
        "Two thirds of the children told.",
        "A quarter of victims told.",
        "Half of the services answered.",
        "Twice as many told.",
        "Of them ½ told.",
        'title: "47 cases"',
        "![47 told](told.svg)",
        "[47 told](report.qmd)",
    ],
)
def test_a_typed_result_is_found(tmp_path: Path, sentence: str) -> None:
    front = sentence.startswith("title")
    (message,) = of_page(tmp_path, f"---\n{sentence}\n---\n\nWords.\n" if front else f"Words.\n\n{sentence}\n")
    assert "is typed" in message


@pytest.mark.parametrize(
    "sentence",
    [
        "{{< meta values.case_flow.total >}} cases, [57%](numbers.qmd#from-case-flow){.number} of them.",
        "From May 2022 to 30 April 2023, and in 2014/15 (Bernasco & Steenbeek 2017).",
        "1. The first point\n2. The second point",
        "Childline is free: 0800 1111. If you are in danger, call 999.",
        "Offence 88A is in table C2; [see there](https://example.org/47) [@engelmann2025, p. 47].",
        "Write `--jobs 47`, with $n = 47$.\n\n```\n47 cases\n```\n\n$$\n47\n$$",
        "## Cases {#sec-47}\n\n::: {.wide columns=47}",
        "<!-- 47 cases -->Words.",
        "One of the two is enough; nobody counted them twice.",
    ],
)
def test_what_is_no_result_passes(tmp_path: Path, sentence: str) -> None:
    assert of_page(tmp_path, f"Words.\n\n{sentence}\n") == []


def test_a_line_of_a_page_is_named(tmp_path: Path) -> None:
    of_page(tmp_path, "Words.\n\nIn 47 cases.\n")
    (problem,) = typed_numbers.problems(Root(tmp_path))
    assert problem.file == f"{PAGE}:3"
    assert "report/allowed_numbers.yml" in problem.remedy


def test_a_notebook_is_read_in_its_prose_and_in_what_it_says_of_a_table(tmp_path: Path) -> None:
    new = nbformat.v4
    call = 'study.publish("a_table", counts, title="Cases", caption="Of 47 cases.", options={"subtitle": "All 48"})'
    cells = [
        new.new_markdown_cell("In 46 cases."),
        new.new_code_cell(call + "\nseed = 49"),
        new.new_code_cell("%magic 50"),
    ]
    path = tmp_path / "notebooks" / "01_a.ipynb"
    path.parent.mkdir()
    nbformat.write(new.new_notebook(cells=cells), path)
    found = [(problem.file, problem.message[1:3]) for problem in typed_numbers.problems(Root(tmp_path))]
    first, second = (f"notebooks/01_a.ipynb, cell {number}" for number in (1, 2))
    assert sorted(found) == [(first, "46"), (second, "47"), (second, "48")]


def test_a_made_page_may_hold_tables_and_linked_numbers_only(tmp_path: Path) -> None:
    text = "| Cases | 47 |\n\nIn [48](numbers.qmd#from-a){.number} and 49 cases.\n"
    (message,) = of_page(tmp_path, text, "places/leeds/index.qmd")
    assert message.startswith("“49”")


def test_an_allowance_has_a_reason_and_covers_its_own_words_only(tmp_path: Path) -> None:
    allowed = '- {text: "from 1 to 9", where: "report/*", why: "the scale"}\n'
    (tmp_path / "report").mkdir()
    (tmp_path / typed_numbers.ALLOWED).write_text(allowed, "utf-8")
    (message,) = of_page(tmp_path, "Rated from 1 to **9**.\n\nIn 9 cases.\n")
    assert message.startswith("“9”")
    assert of_page(tmp_path, "Rated from 1\nto 9.\n") != []  # each line is read by itself
    (tmp_path / typed_numbers.ALLOWED).write_text('- {text: "from 1 to 9", where: "report/*"}\n', "utf-8")
    with pytest.raises(InputRefused, match="why"):
        of_page(tmp_path, "Words.\n")


def test_no_number_is_typed_in_this_compendium_and_no_allowance_is_left_over() -> None:
    root = Root(ROOT)
    typed = [str(problem) for problem in typed_numbers.problems(root) if not problem.file.startswith("places/")]
    assert typed == []
    numbers = [(line, *span) for line in typed_numbers.lines(root) for span in typed_numbers.typed(line.text)]
    left = [one for one in typed_numbers.allowed(root) if not any(one.covers(*number) for number in numbers)]
    assert [one.text for one in left if not one.where.startswith("places/")] == []


def asked(folder: Path, line: str) -> list[str]:
    """What is said of a page of a place that asks for this."""
    place = folder / "places" / "leeds"
    place.mkdir(parents=True, exist_ok=True)
    values = {"case_flow.total": {"text": "185", "value": 185, "table": "case_flow"}}
    (place / VALUES).write_text(json.dumps(values), "utf-8")
    sources = [("places/leeds/index.qmd", [("index.qmd:1", line)])]
    return [str(problem) for problem in asking.problems(Root(folder), sources)]


def test_a_value_that_no_table_has_is_refused_with_the_nearest(tmp_path: Path) -> None:
    (message,) = asked(tmp_path, "{{< meta values.case_flow.totals >}} cases")
    assert "Did you mean case_flow.total?" in message


@pytest.mark.parametrize(
    "line",
    [
        "## {{< meta values.case_flow.total >}} cases",
        "[all {{< meta values.case_flow.total >}} cases](a.qmd)",
        ": {{< meta values.case_flow.total >}} cases {#tbl-a}",
        '![](a.svg){fig-alt="{{< meta values.case_flow.total >}}"}',
    ],
)
def test_a_link_is_refused_where_none_can_stand(tmp_path: Path, line: str) -> None:
    (message,) = asked(tmp_path, line)
    assert "Write {{< meta plain.case_flow.total >}}" in message
    assert asked(tmp_path, line.replace("values.", "plain.")) == []


def test_a_plain_number_in_a_sentence_is_refused(tmp_path: Path) -> None:
    (message,) = asked(tmp_path, "In {{< meta plain.case_flow.total >}} cases")
    assert "Write {{< meta values.case_flow.total >}}" in message
    assert asked(tmp_path, "In **{{< meta values.case_flow.total >}}** [cases](a.qmd)") == []


def test_a_fact_that_no_page_tells_is_refused(tmp_path: Path) -> None:
    (tmp_path / "_variables.yml").write_text('study:\n  cases: "185"  # A paper\n  months: "30"\n', "utf-8")
    (tmp_path / "index.qmd").write_text("{{< var study.months >}} months\n", "utf-8")
    (problem,) = asking.problems(Root(tmp_path), [])
    assert "line 2: no page tells study.cases" in problem.message


def test_days_in_the_wording_of_a_criterion_are_no_results(tmp_path: Path) -> None:
    rule = "- When children suggest something, they get an answer within 60 days. The answer says yes or no, and why."
    page = "places/blackpool/young_people.qmd"
    assert len(of_page(tmp_path, rule, page)) == 1, "there is no such locality"
    for name in ("framework", "evidence"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "localities" / "blackpool").mkdir(parents=True)
    shutil.copy(ROOT / "localities" / "blackpool" / "locality.yml", tmp_path / "localities" / "blackpool")
    assert of_page(tmp_path, rule, page) == []
    assert len(of_page(tmp_path, "- They get an answer within 60 days.", page)) == 1, "these are no criterion's words"


def test_the_label_of_a_category_is_no_result_where_it_is_in_words(tmp_path: Path) -> None:
    said, page = "- Who was not in the room: fathers, children under 10.", "places/blackpool/aim_standards.qmd"
    assert len(of_page(tmp_path, said, page)) == 1, "there is no such locality"
    shutil.copytree(ROOT / "data_dictionaries", tmp_path / "data_dictionaries")
    (tmp_path / "localities" / "blackpool").mkdir(parents=True)
    shutil.copy(ROOT / "localities" / "blackpool" / "locality.yml", tmp_path / "localities" / "blackpool")
    assert of_page(tmp_path, said, page) == []
    assert len(of_page(tmp_path, "- Who was not in the room: 10 fathers, children under 104.", page)) == 2
