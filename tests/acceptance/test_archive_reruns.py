"""A release that travels can be run again elsewhere, by its own code alone, and gives the same bytes."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from compendium.cli import main
from tests.acceptance.project import copy_project
from tests.acceptance.toy import LOCALITY, OPEN, copy_toy
from tests.shared import ROOT

TABLE = """study.publish(
    "victims_by_form",
    cases.counts(files, by=["form_three", "responsible"], unit="victim"),
    title="Victims by form",
)"""
CREDITED = """publication:
  publisher: {name: The University, url: "https://ror.org/027m9bs27", email: data@example.org}
  people:
    - {given_names: Josiah, family_names: Carberry, orcid: "https://orcid.org/0000-0002-1825-0097",
       affiliation: The University, roles: [Data curation]}
"""
VALIDATORS = ROOT / ".venv-validators" / "bin" / "python"


def here(*arguments: str) -> None:
    """A command in this process: what it imports is paid for once."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert not ended.value.code


def released(project: Path) -> Path:
    """The crate of what was run in `project`."""
    for file in ("requirements/core.lock", "LICENSE", "CITATION.cff"):
        (project / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, project / file)
    two = ("--by", "Ann Lee", "--and", "Bo Okafor", "--date", "2026-11-22")
    here("release", LOCALITY, "--approve", *two, "--root", str(project))
    return project / "dist" / f"{LOCALITY}-release-1.zip"


def run_again(crate: Path, folder: Path) -> Path:
    """Unpack a crate and run it as its README says, in an environment that has the libraries and no program of ours."""
    with zipfile.ZipFile(crate) as archive:
        archive.extractall(folder)
    project = folder / crate.stem / "data" / "project"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", ".venv"], cwd=project, check=True)
    (libraries,) = (project / ".venv").glob("lib/python*/site-packages")
    found = [path for path in site.getsitepackages() if path.endswith("site-packages")]
    (libraries / "compendium.pth").write_text("\n".join([str(project / "src"), *found]), "utf-8")
    environment = {**os.environ, "COMPENDIUM_ROOT": "", "PYTHONPATH": "", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [".venv/bin/python", "-c", "import compendium; print(compendium.__file__)"],
        cwd=project, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(done.stdout.strip()).is_relative_to(project)
    done = subprocess.run(
        [".venv/bin/python", "-m", "compendium", "run", LOCALITY],
        cwd=project, env=environment, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return project / "outputs" / LOCALITY


def test_unpacked_elsewhere_and_run_by_its_own_code_it_gives_the_same_bytes(tmp_path: Path) -> None:
    project = copy_toy(tmp_path / "project", {"03_case_files": [OPEN, TABLE]})
    here("run", "--root", str(project))
    crate = released(project)
    again = run_again(crate, tmp_path / "elsewhere")
    here("verify", str(crate), "--same-as", str(again))
    (again / "values.json").write_text("{}")
    with pytest.raises(SystemExit) as ended:
        main(["verify", str(crate), "--same-as", str(again)])
    assert ended.value.code == 1


@pytest.mark.long
def test_the_whole_of_a_locality_runs_again_and_its_crate_is_all_that_ro_crate_asks_and_recommends(
    tmp_path: Path,
) -> None:
    project = copy_project(tmp_path / "project")
    shutil.rmtree(project / "localities" / "blackpool")
    settings = project / "localities" / LOCALITY / "locality.yml"
    settings.write_text(settings.read_text("utf-8") + CREDITED, "utf-8")
    here("run", "--root", str(project))
    crate = released(project)
    asked = [str(VALIDATORS), "tests/validate_crate.py", str(crate), "--strict"]
    held = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert held.returncode == 0, held.stdout + held.stderr
    again = run_again(crate, tmp_path / "elsewhere")
    here("verify", str(crate), "--same-as", str(again))
