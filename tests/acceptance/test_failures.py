"""When something is wrong: said plainly, exit status not zero, nothing half-made, nothing lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.project import compendium, copy_project, digests

CASES = Path("localities/blackpool/data/synthetic/cases.synthetic.csv")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project(tmp_path / "project")


def test_every_violation_of_every_file_is_named_at_once(project: Path) -> None:
    lines = (project / CASES).read_text("utf-8").splitlines()
    header = lines[0].split(",")
    form, case_id, recorded = header.index("form"), header.index("case_id"), header.index("recorded_on")
    rows = [line.split(",") for line in lines[1:]]
    rows[0][form] = "not_a_form"
    rows[2][recorded] = "31.12.2022"
    rows[4][case_id] = rows[3][case_id]
    (project / CASES).write_text("\n".join([lines[0], *(",".join(row) for row in rows)]) + "\n", "utf-8")
    found = compendium(project, "check", "blackpool")
    assert found.returncode == 1
    for row, column in ((2, "form"), (4, "recorded_on"), (6, "case_id")):
        assert f"row {row}, column {column}" in found.stderr, found.stderr
    assert "not_a_form" not in found.stderr
    assert "31.12.2022" not in found.stderr
    assert "Traceback" not in found.stderr
    assert not (project / "outputs").exists()
    assert not (project / ".private").exists()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (None, "cases.synthetic.csv"),
        (b"", "empty"),
        ("case_id,form\nC-00001,exposure\n".encode("utf-16"), "UTF-8"),
        (b"case_id,frm\nC-00001,exposure\n", "form"),
        (b"\x00\x01\x02", "cases.synthetic.csv"),
    ],
    ids=["missing", "empty", "utf-16", "wrong columns", "not text"],
)
def test_a_file_that_cannot_be_read_is_named_with_what_to_do(project: Path, content: bytes | None, word: str) -> None:
    if content is None:
        (project / CASES).unlink()
    else:
        (project / CASES).write_bytes(content)
    found = compendium(project, "report", "blackpool")
    assert found.returncode == 1
    assert word in found.stderr
    assert "Traceback" not in found.stderr
    assert not (project / "outputs").exists()


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("run", "blackpol"), "Did you mean blackpool?"),
        (("run", "--only", "case_file"), "case_files"),
        (("report", "blackpool", "leeds"), "leeds"),
        (("twin", "demo_area"), "Did you mean demo_area_b?"),
    ],
)
def test_an_unknown_name_offers_the_nearest_known_one(project: Path, arguments: tuple[str, ...], hint: str) -> None:
    found = compendium(project, *arguments)
    assert found.returncode == 1
    assert hint in found.stderr
    assert not (project / "outputs").exists()


def test_an_unknown_parameter_and_one_out_of_bounds_are_refused_before_a_kernel_starts(project: Path) -> None:
    settings = project / "localities" / "blackpool" / "locality.yml"
    settings.write_text(settings.read_text("utf-8") + "notebooks: {03_case_files: {simulatons: 10}}\n", "utf-8")
    found = compendium(project, "run", "blackpool")
    assert found.returncode == 1
    assert "simulatons" in found.stderr
    assert not (project / ".private").exists()


def test_a_notebook_that_stops_is_named_by_cell_and_nothing_of_it_is_released(project: Path) -> None:
    first = compendium(project, "run", "demo_area_b", "--only", "05")
    assert first.returncode == 0, first.stderr
    before = digests(project / "outputs")
    path = project / "notebooks" / "05_pilot_evaluation.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    code[-1]["source"] = ["secret = 'canary-4711'\n", "raise ValueError(secret)"]
    path.write_text(json.dumps(notebook), "utf-8")
    found = compendium(project, "run", "demo_area_b", "--only", "05")
    assert found.returncode == 1
    assert "05_pilot_evaluation" in found.stderr
    assert "ValueError" in found.stderr
    assert "canary-4711" not in found.stderr + found.stdout
    assert "Traceback" not in found.stderr
    assert digests(project / "outputs") == before
