"""What the how-to about extending says is followed: its blocks are written where they say, in a copy, and run."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest

from tests.acceptance.project import compendium, copy_project
from tests.shared import ROOT

PAGE = ROOT / "docs" / "how-to" / "extend.md"
BLOCK = re.compile(r"^```\w+\n(?:# |<!-- )(?P<where>[^\n]*?)(?: -->)?\n(?P<text>.*?)^```", re.M | re.S)
LOCALITY = "demo_area_b"
IMPORT = "from compendium.analysis import visits\n"  # a kernel sees the installed package, so the cell before holds it
REASONS = {"image": 24, "messages": 17, "other": 12, "not_recorded": 31}


def blocks() -> dict[str, str]:
    """The blocks of the page by what their first line says."""
    return {found["where"]: found["text"] for found in BLOCK.finditer(PAGE.read_text("utf-8"))}


def inserted(path: Path, before: str, text: str) -> None:
    old = path.read_text("utf-8")
    assert old.count(before) == 1, before
    path.write_text(old.replace(before, text + before), encoding="utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project after somebody has followed the page; its own code is what runs."""
    here = copy_project(tmp_path_factory.mktemp("extended") / "project")
    said = blocks()
    for where in ("data_dictionaries/visits.yml", "src/compendium/analysis/visits.py", "report/help_point.qmd"):
        (here / where).write_text(said[where], encoding="utf-8")
    settings = here / "localities" / LOCALITY / "locality.yml"
    text = settings.read_text("utf-8").replace(
        "sources:\n", "sources:\n" + said[f"localities/{LOCALITY}/locality.yml, under sources"]
    )
    settings.write_text(re.sub(r"(?m)^notebooks:\n(?: .*\n)+", "", text), encoding="utf-8")
    with (settings.parent / "data/synthetic/visits.synthetic.csv").open("w", encoding="utf-8", newline="") as stream:
        every = [reason for reason, number in REASONS.items() for _ in range(number)]
        rows = [("visit_id", "reason"), *((f"W-{n:05d}", reason) for n, reason in enumerate(every, 1))]
        csv.writer(stream, lineterminator="\n").writerows(rows)
    policies = here / "src/compendium/disclosure/policies.json"
    entries = json.loads(policies.read_text("utf-8")) | json.loads(
        f"{{{said['src/compendium/disclosure/policies.json']}}}"
    )
    policies.write_text(json.dumps(entries), encoding="utf-8")
    menu = said['_quarto.yml, in the menu "How it was made"']
    inserted(here / "_quarto.yml", "          - href: report/methods.qmd\n", menu)
    shutil.rmtree(here / "localities" / "blackpool")
    shutil.rmtree(here / "notebooks")
    (here / "notebooks").mkdir()
    new = nbformat.v4
    analysis = (
        f"{said['src/compendium/analysis/visits.py']}\nimport types\nvisits = types.SimpleNamespace(counts=counts)"
    )
    cells = [
        new.new_raw_cell('---\ntitle: "Visits"\n---', id="title"),
        new.new_markdown_cell("Why children come to the help point.", id="why"),
        new.new_code_cell(
            said["notebooks/07_visits.ipynb, the cell tagged parameters"],
            id="parameters",
            metadata={"tags": ["parameters"]},
        ),
        new.new_code_cell(analysis, id="analysis"),
        new.new_code_cell(said["notebooks/07_visits.ipynb"].replace(IMPORT, ""), id="visits"),
    ]
    notebook = new.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata["compendium"] = {"title": "Visits", "parameters": {"locality": {"type": "string"}}}
    (here / "notebooks/07_visits.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    return here


def followed(project: Path, *words: str) -> str:
    ran = compendium(project, *words, PYTHONPATH=str(project / "src"))
    assert ran.returncode == 0, ran.stderr
    return ran.stdout + ran.stderr


def test_a_table_an_analysis_and_a_notebook_make_a_released_table_with_a_chart(project: Path) -> None:
    assert "no errors" in followed(project, "check", LOCALITY)
    followed(project, "run", LOCALITY, "--only", "07_visits")
    tables = project / "outputs" / LOCALITY / "tables"
    with (tables / "visits_by_reason.synthetic.csv").open(encoding="utf-8", newline="") as stream:
        shown = {row["reason"]: row["count"] for row in csv.DictReader(stream)}
    assert shown == {**{reason: str(number) for reason, number in REASONS.items()}, "Total": "84"}  # all ten or more
    assert list((project / "outputs" / LOCALITY / "figures").glob("visits_by_reason*.svg"))


def test_a_template_of_the_new_table_can_be_had(project: Path, tmp_path: Path) -> None:
    followed(project, "template", "visits", "--out", str(tmp_path / "templates"))
    assert (tmp_path / "templates" / "visits.xlsx").is_file()


def test_a_policy_hides_what_it_says(project: Path, tmp_path: Path) -> None:
    """14 is shown under the default policy, which hides 1 to 9, and hidden under one that hides 1 to 14."""
    table = tmp_path / "visits.csv"
    table.write_text("why,sex,n\nimage,f,40\nimage,m,20\nother,f,14\nother,m,60\n", encoding="utf-8")

    def hidden(policy: str) -> set[tuple[str, str]]:
        asked = ("--rows", "why", "--columns", "sex", "--count", "n", "--policy", policy)
        followed(project, "protect", str(table), *asked, "--out", str(tmp_path / policy))
        rows = csv.DictReader((tmp_path / policy / "protected.csv").read_text("utf-8").splitlines())
        return {(row["why"], row["sex"]) for row in rows if row["status"] == "hidden"}

    assert hidden("threshold-10") == set()
    assert ("other", "f") in hidden("town-15")


@pytest.mark.long
def test_a_page_stands_in_the_menu_and_on_the_site(project: Path) -> None:
    followed(project, "report", LOCALITY)
    page = (project / "outputs/site/report/help_point.html").read_text("utf-8")
    assert "What they say there stays there" in page
    assert "help_point.html" in (project / "outputs/site/index.html").read_text("utf-8")
    assert (project / f"outputs/site/places/{LOCALITY}/07_visits.html").is_file()


def test_every_file_and_name_that_the_page_speaks_of_is_there() -> None:
    text = re.sub(r"^```.*?^```", "", PAGE.read_text("utf-8"), flags=re.M | re.S)
    package = ROOT / "src" / "compendium"
    for name in re.findall(r"`([\w/]+\.(?:py|yml|json|md|qmd))`", text):
        if name in ("report/help_point.qmd", "places/help.md"):
            continue
        homes = (
            ROOT / name,
            package / name,
            package / "disclosure" / name,
            package / "report" / name,
            package / "charts" / name,
        )
        assert any(path.exists() for path in homes) or list(ROOT.glob(f"localities/*/{name}")), name
