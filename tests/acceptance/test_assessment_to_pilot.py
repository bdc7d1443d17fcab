"""From a form that a service saved to the page of the pilot: import, run, and the numbers move."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.project import compendium, copy_project

pytestmark = pytest.mark.long
PLACE, SERVICE, NOTEBOOK = "blackpool", "A02", "05_pilot_evaluation"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The compendium, in whose first locality one service has not rated itself after the pilot yet."""
    copy_project(tmp_path / "project")
    path = table(tmp_path / "project")
    header, *lines = path.read_text().splitlines(keepends=True)
    path.write_text(
        header + "".join(line for line in lines if not (line.startswith(SERVICE) and ",after,self," in line))
    )
    return tmp_path / "project"


def table(project: Path) -> Path:
    return project / f"localities/{PLACE}/data/synthetic/assessments.synthetic.csv"


def done(project: Path, *arguments: str) -> str:
    """What a command prints that must not fail."""
    ran = compendium(project, *arguments)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def values(project: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((project / f"outputs/{PLACE}/values.json").read_text())
    return {name: cells for name, cells in found.items() if name.startswith("pilot_before_after")}


def test_the_pilot_notebook_reads_what_a_service_saved(project: Path, tmp_path: Path) -> None:
    forms = tmp_path / "forms"
    done(project, "assess", "export", PLACE, "--out", str(forms))
    blank = json.loads((forms / "self_assessment.json").read_text())
    for answer in blank["answers"]:
        answer["level"] = 3
    filled = tmp_path / "filled.json"
    filled.write_text(json.dumps({**blank, "service_code": SERVICE, "pilot_area": "Pilot area 1", "wave": "after"}))
    done(project, "run", "--only", NOTEBOOK, PLACE)
    before = values(project)
    assert "added       12 ratings of 1 service" in done(project, "assess", "import", PLACE, str(filled))
    with table(project).open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if (row["service_code"], row["wave"]) == (SERVICE, "after")]
    assert [row["level"] for row in rows if row["rater"] == "self"] == ["3"] * 12
    done(project, "run", "--only", NOTEBOOK, PLACE)
    assert before
    assert values(project) != before
