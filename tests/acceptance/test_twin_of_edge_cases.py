"""The main job on a twin of edge cases: it is checked, every notebook runs, all of it settles and becomes a site."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from compendium.dictionary.twin_adversarial import write_adversarial
from tests.acceptance.project import compendium, copy_project
from tests.unit.test_twin import LOCALITIES, PERIOD, ROOT

FOLDER = Path("data") / "synthetic"


def with_edge_cases(project: Path, edges: Path, kind: str) -> None:
    for locality, level in LOCALITIES.items():
        write_adversarial(ROOT, locality, edges / locality, area_level=level, period=PERIOD)
        shutil.copytree(edges / locality / kind, project / "localities" / locality / FOLDER, dirs_exist_ok=True)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["full", "bare"])
def test_the_main_job_is_done_on_every_legal_edge_case(tmp_path: Path, kind: str) -> None:
    project = copy_project(tmp_path / "project")
    with_edge_cases(project, tmp_path / "edges", kind)
    done = compendium(project, "report", "--engine", "pandoc")
    assert done.returncode == 0, done.stdout + done.stderr
    for locality in LOCALITIES:
        assert (project / "outputs" / "site" / "places" / locality / "03_case_files.html").exists()
        assert compendium(project, "audit", f"outputs/{locality}").returncode == 0


@pytest.mark.parametrize("name", ["02_service_map", "03_case_files", "04_workshops", "05_pilot_evaluation"])
def test_every_call_of_a_notebook_is_answered_by_a_locality_of_one_row_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """The cells of the notebook one after the other, without a kernel; nothing is settled."""
    for part in ("data_dictionaries", "evidence", "framework", "localities", "notebooks"):
        shutil.copytree(ROOT.path / part, tmp_path / part)
    shutil.copy(ROOT.path / "_quarto.yml", tmp_path)
    with_edge_cases(tmp_path, tmp_path / "edges", "bare")
    monkeypatch.chdir(tmp_path)
    notebook = nbformat.read(ROOT.path / "notebooks" / f"{name}.ipynb", as_version=4)
    names: dict[str, object] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            source = cell.source.replace('locality: str = ""', 'locality: str = "demo_area_b"')
            exec(compile(source, name, "exec"), names)
    assert "Preview, not released" in capsys.readouterr().out
