"""What `compendium doctor` says of how notebooks are held, and of private files that git holds or would take."""

from __future__ import annotations

import errno
import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from compendium import doctor
from compendium.doctor import git as looked_at
from compendium.doctor.git import kept_from_git
from compendium.doctor.kernels import of_notebooks
from compendium.doctor.line import Line
from compendium.paths import Root
from compendium.workflow import engine, fence
from compendium.workflow.warm.rights import FILTER, OWN_NETWORK
from tests.bare import bare, exit_code

REAL = "data_root: {}\nsources:\n  cases: {{file: {}, provenance: real}}\n"
IGNORED = ".private/\n"


def git(*words: str, folder: Path) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = bare(tmp_path / "work")
    git("init", "-q", folder=path)
    (path / ".gitignore").write_text(IGNORED, encoding="utf-8")
    (path / ".private").mkdir()
    (path / ".private/draft.csv").write_text("record\n", encoding="utf-8")
    return path


def told(root: Path) -> list[Line]:
    return list(kept_from_git(Root(root)))


def said(root: Path) -> str:
    (line,) = told(root)
    return f"{line.standing}: {line.text}"


def test_a_private_folder_that_git_passes_over_is_well(root: Path) -> None:
    assert said(root) == "ok: git holds none of it, and would take none"


def test_a_private_folder_that_is_not_ignored_is_told_before_it_is_committed(root: Path) -> None:
    (root / ".gitignore").write_text("outputs/\n", encoding="utf-8")
    assert said(root).startswith("MEND: git add would take .private: write it into .gitignore")


def test_private_files_that_are_in_git_are_told_with_how_to_take_them_out(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git("add", "-f", ".private", folder=root)
    assert said(root).startswith("MEND: git tracks .private (1 file). Take it out (git rm -r --cached .private)")
    git("commit", "-qm", "by mistake", folder=root)
    assert "git filter-repo --invert-paths --path .private" in said(root)
    assert exit_code("doctor", "--root", root) == 1
    assert "\nMEND     .private and git: git tracks .private" in capsys.readouterr().out


def test_private_files_that_were_taken_out_are_still_in_the_history(root: Path) -> None:
    git("add", "-f", ".private", folder=root)
    git("commit", "-qm", "by mistake", folder=root)
    git("rm", "-rq", "--cached", ".private", folder=root)
    git("commit", "-qm", "mended", folder=root)
    assert said(root).startswith("MEND: .private is in the history, in commit ")


def test_it_looks_at_this_repository_when_a_hook_of_another_calls_it(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    git("init", "-q", folder=tmp_path / "other")
    git("add", "-f", ".private", folder=root)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    assert "git tracks .private" in said(root)


def test_records_outside_that_another_repository_holds_are_told(root: Path, tmp_path: Path) -> None:
    records = tmp_path / "records"
    records.mkdir(mode=0o700)
    (records / "cases.csv").write_text("case_id\n", encoding="utf-8")
    settings = root / "localities/here/locality.yml"
    settings.write_text(settings.read_text("utf-8") + REAL.format("../records", "cases.csv"), encoding="utf-8")
    assert len(told(root)) == 1  # in no repository
    git("init", "-q", folder=records)
    assert [line.standing for line in told(root)] == ["ok", "MEND"]
    assert "git add would take data_root" in told(root)[1].text
    git("add", ".", folder=records)
    assert told(root)[1].what == "records of here and git"
    assert told(root)[1].text.startswith("git tracks data_root (1 file). Take it out (git rm -r --cached PATH)")


def test_records_in_the_checkout_that_git_holds_are_told(root: Path) -> None:
    settings = root / "localities/here/locality.yml"
    settings.write_text(settings.read_text("utf-8") + REAL.format('""', "data/cases.csv"), encoding="utf-8")
    (root / "localities/here/data").mkdir()
    (root / "localities/here/data/cases.csv").write_text("case_id\n", encoding="utf-8")
    git("add", ".", folder=root)
    assert told(root)[1].text.startswith("git tracks localities/here/data/cases.csv (1 file).")


def test_where_nobody_could_look_it_says_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "localities/here/locality.yml").write_text("id: [\n", encoding="utf-8")
    assert [line.standing for line in told(root)] == ["ok", "optional"]
    assert told(root)[1].text == "nobody looked: compendium check says what is wrong there"
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert told(root)[0].text == "nobody looked: git isn't on the path, and there is a repository."
    monkeypatch.undo()
    (root / ".git/HEAD").unlink()  # what git takes for no repository
    assert "git ended with status 128" in told(root)[0].text
    monkeypatch.setattr(looked_at, "PATIENCE", 0)
    assert told(root)[0].text == "nobody looked: git took too long."


def test_outside_any_repository_git_is_not_spoken_of(tmp_path: Path) -> None:
    assert told(bare(tmp_path / "work")) == []


def test_a_file_system_without_locks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, told = bare(tmp_path / "work"), list[Line]()
    for refused in (None, errno.EWOULDBLOCK, errno.ENOLCK):
        if refused:
            monkeypatch.setattr(fcntl, "flock", lambda *_, refused=refused: _raise(refused))
        told += [line for line in doctor.examine(root) if line.what == "two commands at once"]
    assert [line.standing for line in told] == ["ok", "ok", "optional"]
    assert told[2].text.startswith("never here: the file system knows no locks there")


def _raise(number: int) -> None:
    raise OSError(number, "refused")


def test_without_a_compendium_the_machine_is_looked_at_all_the_same(tmp_path: Path) -> None:
    found = doctor.examine(tmp_path)
    assert (found[0].what, found[-1].what, found[-1].standing) == ("Python", "compendium", "MISSING")


@pytest.mark.parametrize(
    ("landlock", "ways", "standing", "words"),
    [
        (7, [OWN_NETWORK, FILTER, fence.NO_TCP], ["ok", "ok"], ["Landlock 7", "nobody: a network of its own"]),
        (0, [FILTER], ["optional", "ok"], ["every file that you can change", "nobody: a filter of system calls"]),
        (3, [OWN_NETWORK], ["ok", "optional"], ["Landlock 3", "services of this machine that listen in a file"]),
        (4, [fence.NO_TCP], ["ok", "optional"], ["Landlock 4", "the network by UDP and look-ups of names, not by TCP"]),
        (0, [], ["optional", "optional"], ["read each notebook", "whatever you can reach: this system has nothing"]),
    ],
)
def test_how_notebooks_are_held_is_said_in_plain_words(
    landlock: int, ways: list[str], standing: list[str], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fence, "version", lambda: landlock)
    monkeypatch.setattr(fence, "kept_off_the_network", lambda: ways)
    changes, reaches, _ = of_notebooks()
    assert [changes.standing, reaches.standing] == standing
    assert words[0] in changes.text and words[1] in reaches.text


def test_which_limits_hold_here_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for kind in ("warm", "ordinary"):
        monkeypatch.setattr("compendium.doctor.kernels.usual", lambda kind=kind: kind)
        takes = list(of_notebooks())[2]
        assert takes.standing == "ok"
        assert ("number of processes" in takes.text) == (kind == "warm")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert list(of_notebooks())[2].text.startswith("all that this machine has; only the time of each cell is limited")
    assert engine.usual() == "ordinary"
