"""Records of real persons stay outside the checkout, however the way to them is written."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from compendium import dictionary
from compendium.errors import InputRefused
from compendium.locality import load_locality
from compendium.locality.folders import checkout_around, in_checkout
from compendium.paths import Root
from tests.bare import bare, exit_code
from tests.shared import ROOT

REAL = "data_root: {}\nsources:\n  cases: {{file: cases.csv, provenance: real}}\n"
DICTIONARIES = ROOT / "data_dictionaries"
INSIDE = "sources: cases holds real records inside the checkout."


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "work" / "compendium"
    (path / "localities/here").mkdir(parents=True)
    (path / "_quarto.yml").touch()
    (path / "data_dictionaries").mkdir()
    return path


def told(root: Path, data_root: str) -> list[str]:
    head = "id: here\nname: Here\nperiod: {from: 2022-05, to: 2023-04}\n"
    (root / "localities/here/locality.yml").write_text(head + REAL.format(data_root), encoding="utf-8")
    found = load_locality(Root(root), "here").problems(dictionary.load(DICTIONARIES))
    return [f"{problem.level}: {problem.message}" for problem in found]


def git(*words: str, folder: Path) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def test_a_safe_folder_outside_is_accepted_without_a_word(root: Path) -> None:
    (root.parent / "records").mkdir(mode=0o700)
    assert told(root, "../records") == []


@pytest.mark.parametrize(
    "inside",
    [".", "records", "./localities/../records", "../compendium/records", "localities/here/data", "../x/../compendium"],
)
def test_a_folder_inside_is_refused_however_it_is_written(root: Path, inside: str) -> None:
    (root / "records").mkdir(mode=0o700)
    assert told(root, inside) == [f"error: {INSIDE}"]
    assert told(root, str(root / inside)) == [f"error: {INSIDE}"]


def test_a_link_is_refused_in_both_directions(root: Path) -> None:
    (root / "records").mkdir()
    (root.parent / "outside").mkdir(mode=0o700)
    (root.parent / "leads_in").symlink_to(root / "records")
    (root / "leads_out").symlink_to(root.parent / "outside")
    assert told(root, "../leads_in") == [f"error: {INSIDE}"]
    assert told(root, "leads_out") == [f"error: {INSIDE}"]  # copies and archives of the checkout follow it


def test_another_part_of_the_same_checkout_is_inside(root: Path) -> None:
    git("init", "-q", folder=root.parent)
    (root.parent / "records").mkdir(mode=0o700)
    assert told(root, "../records") == [f"error: {INSIDE}"]


def test_a_repository_around_the_repository_counts(root: Path) -> None:
    git("init", "-q", folder=root)
    git("init", "-q", folder=root.parent)
    (root.parent / "records").mkdir(mode=0o700)
    assert told(root, "../records") == [f"error: {INSIDE}"]


def test_a_worktree_is_inside_and_so_is_the_checkout_it_belongs_to(root: Path) -> None:
    git("init", "-q", folder=root)
    git("commit", "-q", "--allow-empty", "-m", "x", folder=root)
    tree = root.parent.parent / "tree"
    git("worktree", "add", "-q", str(tree), folder=root)
    (tree / "localities/here").mkdir(parents=True)
    for folder in (tree / "records", root / "records", root.parent.parent / "records"):
        folder.mkdir(mode=0o700)
    assert told(tree, "records") == [f"error: {INSIDE}"]
    assert told(tree, str(root / "records")) == [f"error: {INSIDE}"]
    assert told(tree, "../records") == []
    assert checkout_around(tree) == tree.resolve()
    assert in_checkout(root / "x", tree)


def test_a_folder_that_is_not_there_is_told(root: Path) -> None:
    assert told(root, "../nowhere") == ["error: data_root: there is no such folder."]


def test_a_folder_that_others_can_look_into_is_warned_of(root: Path) -> None:
    records = root.parent / "records"
    records.mkdir()
    records.chmod(0o755)
    assert told(root, "../records") == [
        "warning: data_root: others on this machine can look into the folder of real records."
    ]


def test_a_folder_in_another_project_s_repository_is_warned_of(root: Path) -> None:
    records = root.parent / "other" / "records"
    records.mkdir(parents=True, mode=0o700)
    git("init", "-q", folder=root.parent / "other")
    assert told(root, "../other/records") == [
        "warning: data_root: the folder lies in a git repository of another project, where records can be committed."
    ]


def test_records_without_a_data_root_are_refused_when_they_are_asked_for(root: Path) -> None:
    assert told(root, '""') == [f"error: {INSIDE}"]
    with pytest.raises(InputRefused, match="outside the checkout"):
        load_locality(Root(root), "here").source("cases", dictionary.load(DICTIONARIES))


def test_a_file_that_looks_like_records_is_refused_by_check_wherever_it_lies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = bare(tmp_path / "compendium")
    header = ",".join(dictionary.load(DICTIONARIES)["victims"].names)
    (root / "exports").mkdir()
    for place in ("exports/all.csv", "localities/here/victims.csv", "localities/here/made.synthetic.csv"):
        (root / place).write_text(f"\ufeff{header}\nV-1,P-1\n", encoding="utf-8")
    (root / "exports/template.csv").write_text(f"{header}\r\n", encoding="utf-8")
    (root / "localities/here/filled.xlsx").write_bytes(b"PK")
    assert exit_code("check", "--root", root) == 1
    said = capsys.readouterr().err
    assert "exports/all.csv: It has the columns of victims, and no locality names it" in said
    assert "localities/here/victims.csv: It has the columns of victims" in said
    assert "localities/here/filled.xlsx: A spreadsheet that no locality names" in said
    assert "made.synthetic.csv" not in said
    assert "template.csv" not in said
    assert "P-1" not in said
