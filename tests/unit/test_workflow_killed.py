"""A writer that is killed at any step leaves the old folder or the new one, and nothing else for long."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from compendium.errors import Busy
from compendium.paths import folder_aside, left_behind, write_whole
from compendium.release.lock import locked

STEPS = 3  # renames of a folder that takes another's place, and what comes after


def die_at(step: int, target: Path) -> None:
    """Replace `target` in a process of its own that ends, without any clean-up, before its rename number `step`."""
    child = os.fork()
    if child == 0:
        done, rename = 0, Path.rename

        def counted(self: Path, other: Path) -> Path:
            nonlocal done
            done += 1
            if done == step:
                os._exit(9)
            return rename(self, other)

        Path.rename = counted  # type: ignore[method-assign, assignment]
        with folder_aside(target) as aside:
            (aside / "new.txt").write_text("new", "utf-8")
            (aside / target.name).mkdir()
        os._exit(9)
    os.waitpid(child, 0)


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_after_a_kill_the_next_writer_finds_old_or_new_and_clears_away(tmp_path: Path, step: int) -> None:
    target = tmp_path / "outputs" / "leeds"
    with folder_aside(target) as aside:
        (aside / "old.txt").write_text("old", "utf-8")
    die_at(step, target)
    with pytest.raises(ZeroDivisionError), folder_aside(target):
        _ = 1 / 0  # the next writer fails: what stood there stands again
    assert [path.name for path in target.parent.iterdir()] == ["leeds"]
    assert {path.name for path in target.iterdir()} in ({"old.txt"}, {"new.txt", "leeds"})
    with folder_aside(target) as aside:
        (aside / "third.txt").write_text("third", "utf-8")
    assert [path.name for path in target.iterdir()] == ["third.txt"]
    assert left_behind(target) == []


def test_a_hidden_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".site.backup").mkdir()
    (tmp_path / ".sites.abcdefgh").mkdir()
    with folder_aside(tmp_path / "site"):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {".site.backup", ".sites.abcdefgh", "site"}


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.json", "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(tmp_path / "a.json", "\ud800")
    assert (tmp_path / "a.json").read_text("utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_lock_holds_others_off_and_dies_with_its_process(tmp_path: Path) -> None:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        with locked(tmp_path / "leeds"):
            os.write(write, b"x")
            signal.pause()
    os.read(read, 1)
    with pytest.raises(Busy, match="leeds"), locked(tmp_path / "leeds"):
        pass
    os.kill(child, 9)
    os.waitpid(child, 0)
    with locked(tmp_path / "leeds"):
        pass
