"""What the how-to about extending says is followed: its blocks are written where they say, in a copy, and run."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median

import nbformat
import pytest

from tests.acceptance.project import compendium, copy_project
from tests.shared import ROOT

PAGE = ROOT / "docs" / "how-to" / "extend.md"
BLOCK = re.compile(r"^```\w+\n(?:# |<!-- )(?P<where>[^\n]*?)(?: -->)?\n(?P<text>.*?)^```", re.M | re.S)
LOCALITY = "demo_area_b"
REASONS = {"image": 24, "messages": 17, "other": 12, "not_recorded": 31}
NEW = (
    *("data_dictionaries/visits.yml", "src/compendium/analysis/visits.py", "report/help_point.qmd"),
    *("src/compendium/analysis/waits.py", "src/compendium/charts/waits.py"),
    "framework/illustrative/1.1/standards/7-somewhere-to-go.yml",
)
ADDED = {  # what a block is put before -> in which file
    '_quarto.yml, in the menu "How it was made"': "          - href: report/methods.qmd\n",
    "src/compendium/disclosure/floors.py": "FLOORS: Mapping[",
    "src/compendium/disclosure/floors.py, in FLOORS": '    "upkeep": _codes_only,\n',
    "src/compendium/charts/__init__.py, in KINDS": '    "unevenness": _later("unevenness"),\n',
    "tests/unit/charts_samples.py, in SAMPLES": '    "trace": statistic(\n',
    "tests/unit/charts_gallery.py, in FOR": '    "unevenness": ',
    "tests/unit/test_charts_hard.py, in NAMES": '    "unevenness": ',
    "data_dictionaries/assessments.yml, in standard, the hierarchy of criterion_id": "  - name: wave\n",
}
ENUM = '"5.2", "6.1", "6.2"]'
CODES = {  # what the page says in a sentence: file -> what takes whose place
    "data_dictionaries/adaptations.yml": {ENUM: ENUM.replace("]", ', "7.1"]')},
    "data_dictionaries/assessments.yml": {
        ENUM: ENUM.replace("]", ', "7.1"]'),
        '"1.0"]': '"1.0", "1.1"]',
        ": Version 1.0}": ': Version 1.0, "1.1": Version 1.1}',
    },
}


def blocks() -> dict[str, str]:
    """The blocks of the page by what their first line says."""
    return {found["where"]: found["text"] for found in BLOCK.finditer(PAGE.read_text("utf-8"))}


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{path.name}: {old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def enter(path: Path, block: str, inside: str = "") -> None:
    """Put the block of an entry into a file of JSON."""
    record = json.loads(path.read_text("utf-8"))
    (record[inside] if inside else record).update(json.loads(f"{{{block}}}"))
    path.write_text(json.dumps(record), encoding="utf-8")


def in_a_kernel(module: str, text: str) -> str:
    """A kernel sees the installed package, so a cell holds the new module."""
    names = ", ".join(f"{name}={name}" for name in re.findall(r"^def (\w+)", text, re.M))
    return f"{text}\nimport types\n{module} = types.SimpleNamespace({names})"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project after somebody has followed the page; its own code is what runs."""
    here = copy_project(tmp_path_factory.mktemp("extended") / "project")
    (here / "tests").mkdir()
    for part in ("__init__.py", "conftest.py", "shared.py", "unit"):
        copy = shutil.copytree if (ROOT / "tests" / part).is_dir() else shutil.copy
        copy(ROOT / "tests" / part, here / "tests" / part)
    shutil.copytree(here / "framework/illustrative/1.0", here / "framework/illustrative/1.1")
    said = blocks()
    for where in NEW:
        (here / where).write_text(said[where], encoding="utf-8")
    for where, before in ADDED.items():
        gap = "\n\n" if said[where].startswith("def ") else ""
        replaced(here / where.partition(",")[0], before, said[where] + gap + before)
    for file, changes in CODES.items():
        for old, new in changes.items():
            replaced(here / file, old, new)
    front = here / "framework/illustrative/1.1/framework.yml"
    for line in said["framework/illustrative/1.1/framework.yml, in place of what these keys say"].splitlines():
        (old,) = re.findall(rf"(?m)^{line.partition(':')[0]}: .*$", front.read_text("utf-8"))
        replaced(front, f"\n{old}\n", f"\n{line}\n")
    settings = here / "localities" / LOCALITY / "locality.yml"
    replaced(settings, "sources:\n", "sources:\n" + said[f"localities/{LOCALITY}/locality.yml, under sources"])
    settings.write_text(re.sub(r"(?m)^notebooks:\n(?: .*\n)+", "", settings.read_text("utf-8")), encoding="utf-8")
    with (settings.parent / "data/synthetic/visits.synthetic.csv").open("w", encoding="utf-8", newline="") as stream:
        every = [reason for reason, number in REASONS.items() for _ in range(number)]
        rows = [(f"W-{n:05d}", reason, n % 9) for n, reason in enumerate(every, 1)]
        csv.writer(stream, lineterminator="\n").writerows([("visit_id", "reason", "weeks_waited"), *rows])
    enter(here / "src/compendium/disclosure/policies.json", said["src/compendium/disclosure/policies.json"])
    rule = said["src/compendium/disclosure/statistics.json, under kinds"]
    enter(here / "src/compendium/disclosure/statistics.json", rule, "kinds")
    shutil.rmtree(here / "localities" / "blackpool")
    shutil.rmtree(here / "notebooks")
    (here / "notebooks").mkdir()
    new = nbformat.v4
    cells = [
        new.new_raw_cell('---\ntitle: "Visits"\n---', id="title"),
        new.new_markdown_cell("Why children come to the help point.", id="why"),
        new.new_code_cell(
            said["notebooks/07_visits.ipynb, the cell tagged parameters"],
            id="parameters",
            metadata={"tags": ["parameters"]},
        ),
    ]
    for module, where in (
        ("visits", "notebooks/07_visits.ipynb"),
        ("waits", "notebooks/07_visits.ipynb, another cell"),
    ):
        analysis = in_a_kernel(module, said[f"src/compendium/analysis/{module}.py"])
        cells.append(new.new_code_cell(analysis, id=f"analysis-{module}"))
        published = said[where].replace(f"from compendium.analysis import {module}\n", "")
        cells.append(new.new_code_cell(published, id=module))
    notebook = new.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata["compendium"] = {"title": "Visits", "parameters": {"locality": {"type": "string"}}}
    (here / "notebooks/07_visits.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    followed(here, "framework", "links")
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
    with (tables / "waits_by_reason.synthetic.csv").open(encoding="utf-8", newline="") as stream:
        waits = {row["reason"]: row["median"] for row in csv.DictReader(stream)}
    # visit n waited n % 9 weeks: images are visits 1 to 24, not recorded are 54 to 84
    image, rest = (median(n % 9 for n in numbers) for numbers in (range(1, 25), range(54, 85)))
    hidden = {"Messages": "", "Something else": ""}  # 17 and 12: fewer than ten on each side
    assert waits == {"An image of the child": f"{image:.1f}", **hidden, "Not recorded": f"{rest:.1f}"}
    drawing = (project / "outputs" / LOCALITY / "figures/waits_by_reason.synthetic.svg").read_text("utf-8")
    assert "Messages: hidden" in drawing


def test_a_new_version_of_the_standards_has_one_more_and_its_form_can_be_made(project: Path, tmp_path: Path) -> None:
    said = followed(project, "framework", "compare", "illustrative@1.0", "illustrative@1.1")
    assert "Standard 7 and criterion 7.1 were added." in said
    followed(project, "assess", "export", LOCALITY, "--out", str(tmp_path / "forms"))
    assert any(
        "somebody talks with you on the same day" in path.read_text("utf-8") for path in tmp_path.rglob("*.html")
    )
    followed(project, "framework", "release", "illustrative@1.1")


@pytest.mark.long
def test_a_new_kind_of_chart_is_held_to_what_all_are(project: Path) -> None:
    (project / "docs" / "reference").mkdir(parents=True)
    tests = (f"tests/unit/test_charts_{name}.py" for name in ("kinds", "hard", "hidden"))
    for words in (
        ["tests.unit.charts_gallery"],
        ["pytest", "-q", "-p", "no:cacheprovider", "-k", "waits or every_kind", *tests],
    ):
        environment = {**os.environ, "PYTHONPATH": str(project / "src")}
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 8  # type: ignore[index]


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
