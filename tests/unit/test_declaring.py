"""`compendium declare` and `compendium check`: a moved limit is named by row, and is not declared anew afterwards."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from compendium.checks import check_locality
from compendium.cli import main
from compendium.paths import Root

ROOT = Path(__file__).resolve().parents[2]
HERE = "demo_area_b"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("data_dictionaries", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("_quarto.yml", "_variables.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "localities" / HERE, tmp_path / "localities" / HERE)
    return tmp_path


def table(root: Path, name: str) -> Path:
    return root / "localities" / HERE / "data" / "synthetic" / f"{name}.synthetic.csv"


def move_a_limit(root: Path) -> None:
    path = table(root, "progression_criteria")
    path.write_text(path.read_text("utf-8").replace("staff_hours,10.0", "staff_hours,14.0"), encoding="utf-8")


def told(root: Path) -> list[str]:
    found = check_locality(Root.find(root), HERE).problems
    return [f"{one.place}: {one.message}" for one in found if "criterion" in one.message]


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


def test_the_shipped_protocol_is_what_declare_writes(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("declare", HERE, "--root", str(root)) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed == table(root, "pilot_protocol").read_text("utf-8").splitlines()
    assert told(root) == []


def test_check_names_file_row_and_criterion_of_a_limit_that_was_moved(root: Path) -> None:
    move_a_limit(root)
    (found,) = told(root)
    assert "progression_criteria.synthetic.csv, row 7, column criterion" in found
    assert "Time is bearable: this criterion was changed after it was declared on 2024-04-15" in found


def test_a_limit_that_was_moved_after_the_first_rating_is_not_declared_anew(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    move_a_limit(root)
    out = root / "protocol.csv"
    assert run("declare", HERE, "--root", str(root), "--out", str(out)) != 0
    assert "Time is bearable" in capsys.readouterr().err
    assert not out.exists()


def test_before_the_first_rating_it_is_declared_anew_and_check_is_content(root: Path) -> None:
    move_a_limit(root)
    ratings = table(root, "assessments")
    ratings.write_text(ratings.read_text("utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert run("declare", HERE, "--root", str(root), "--out", str(table(root, "pilot_protocol"))) == 0
    assert told(root) == []
    with table(root, "pilot_protocol").open(encoding="utf-8") as stream:
        assert {len(row["fingerprint"]) for row in csv.DictReader(stream)} == {64}
