"""Real records, from the first run to a withdrawn release, as the people concerned type it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.acceptance.project import compendium, copy_project
from tests.acceptance.toy import LOCALITY, SETTINGS

APPROVE = ("release", LOCALITY, "--approve", "--by", "Ann Lee", "--and", "Zoë Ó Briain", "--date", "2026-11-22")


def declared_real(project: Path, records: Path) -> None:
    """Demo area B as if its records were real: its files lie outside the checkout, its areas stay where they are."""
    shutil.rmtree(project / "localities" / "blackpool")
    folder = project / "localities" / LOCALITY / "data" / "synthetic"
    (records / "data" / "synthetic").mkdir(parents=True)
    for path in folder.iterdir():
        if not path.name.startswith("area"):
            path.rename(records / "data" / "synthetic" / path.name)
    settings = project / SETTINGS
    lines = [
        line if line.lstrip().startswith("area") else line.replace("provenance: synthetic", "provenance: real")
        for line in settings.read_text("utf-8").splitlines()
    ]
    settings.write_text("\n".join([*lines, f"data_root: {records}"]) + "\n", "utf-8")


@pytest.mark.long
def test_real_records_are_shown_after_two_people_approved_them_and_no_longer_once_withdrawn(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    declared_real(project, tmp_path / "records")
    kept_back = compendium(project, "report", "--engine", "pandoc")
    assert kept_back.returncode == 1
    assert f"localities/{LOCALITY}: It rests on real records" in kept_back.stderr
    assert not (project / "outputs" / "site" / "places" / LOCALITY).exists()

    pack = compendium(project, "release", LOCALITY)
    assert pack.returncode == 0, pack.stderr
    page = Path(pack.stdout.strip())
    assert page.is_relative_to(project / ".private") and "Sign-off" in page.read_text("utf-8")

    assert (
        compendium(project, "release", LOCALITY, "--approve", "--by", "Ann Lee", "--date", "2026-11-22").returncode == 1
    )
    approved = compendium(project, *APPROVE)
    assert approved.returncode == 0, approved.stderr
    again = compendium(project, *APPROVE)
    assert again.returncode == 0 and "stands approved already" in again.stderr
    assert again.stdout == approved.stdout

    shown = compendium(project, "report", "--engine", "pandoc")
    assert shown.returncode == 0, shown.stderr
    pages = project / "outputs" / "site" / "places" / LOCALITY
    assert "release 1 of 2026-11-22" in (pages / "index.html").read_text("utf-8")
    assert not any("Briain" in path.read_text("utf-8") for path in pages.rglob("*.html"))

    withdrawn = compendium(
        project, "release", LOCALITY, "--withdraw", "1", "--reason", "A case stood twice.",
        "--by", "Ann Lee", "--date", "2026-12-01",
    )  # fmt: skip
    assert withdrawn.returncode == 0, withdrawn.stderr
    assert compendium(project, "report", "--engine", "pandoc").returncode == 1
    assert compendium(project, "check").returncode == 0
    (project / "localities" / LOCALITY / "ledger" / "0002.json").unlink()
    broken = compendium(project, "check")
    assert broken.returncode == 1 and "0002.json" in broken.stderr
