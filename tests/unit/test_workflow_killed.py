"""A writer that is killed at any step leaves the old folder or the new one, and nothing else for long."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from compendium import failures, together, writing
from compendium.errors import Busy, CompendiumError
from compendium.release.lock import locked
from compendium.writing import folder_aside, left_behind, reading, temporary_folder, write_new, write_whole

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
        writing._exchanged = lambda one, other: False  # a file system on which two folders can't change places
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


def killed_before(events: dict[str, int], work: Callable[[], object]) -> None:
    """Do the work in a process that ends, without any clean-up, before the step with this number of each event."""
    child = os.fork()
    if child == 0:
        left = dict(events)

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            if event in left:
                left[event] -= 1
                if not left[event]:
                    os._exit(9)

        sys.addaudithook(hook)
        work()
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9, "it came to its end before that step"


def replaced(target: Path) -> None:
    with folder_aside(target) as aside:
        (aside / "new.txt").write_text("new", "utf-8")


@pytest.mark.parametrize(("event", "stands"), [("compendium.exchange", "old.txt"), ("shutil.rmtree", "new.txt")])
def test_two_folders_change_places_in_one_step(tmp_path: Path, event: str, stands: str) -> None:
    target = tmp_path / "leeds"
    target.mkdir()
    (target / "old.txt").write_text("old", "utf-8")
    killed_before({event: 1}, lambda: replaced(target))
    assert [path.name for path in target.iterdir()] == [stands], "there is no moment at which nothing stands"
    assert len(left_behind(target)) == 1
    replaced(target)
    assert [path.name for path in tmp_path.iterdir()] == ["leeds"]


def test_writers_of_two_folders_do_not_wait_for_each_other_and_of_one_folder_they_do(tmp_path: Path) -> None:
    order = list[str]()

    def write_another() -> None:
        replaced(tmp_path / "york")
        order.append("york")
        begun.set()
        replaced(tmp_path / "leeds")
        order.append("second")

    begun = Event()
    other = Thread(target=write_another)
    with folder_aside(tmp_path / "leeds"):
        other.start()
        assert begun.wait(20)
        other.join(0.2)
        order.append("first")
    other.join(20)
    assert order == ["york", "first", "second"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["leeds", "york"]


def test_a_folder_changes_places_when_nobody_is_reading_what_lies_around_it(tmp_path: Path) -> None:
    replaced(tmp_path / "leeds")
    (tmp_path / "leeds" / "new.txt").write_text("as it was read", "utf-8")
    writer = Thread(target=replaced, args=(tmp_path / "leeds",))
    with reading(tmp_path), reading(tmp_path):
        writer.start()
        writer.join(0.2)
        assert (tmp_path / "leeds" / "new.txt").read_text("utf-8") == "as it was read"
    writer.join(20)
    assert (tmp_path / "leeds" / "new.txt").read_text("utf-8") == "new"


def test_what_a_killed_writer_of_a_file_left_is_used_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for _ in range(2):
        killed_before({"os.rename": 1}, lambda: write_whole(path, "a long text that nobody has seen"))
    assert [one.name for one in tmp_path.iterdir()] == [".a.json.aside"]
    write_whole(path, "new")
    assert path.read_text("utf-8") == "new" and [one.name for one in tmp_path.iterdir()] == ["a.json"]


def test_a_secret_that_was_being_named_when_its_writer_was_killed_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "seed"
    killed_before({"os.remove": 1}, lambda: write_new(path, "secret"))
    assert (tmp_path / ".seed.aside").samefile(path)
    with pytest.raises(FileExistsError):
        write_new(path, "another")
    assert path.read_text("utf-8") == "secret" and [one.name for one in tmp_path.iterdir()] == ["seed"]


def without_links(*_: object) -> None:
    raise PermissionError("Operation not permitted")  # as exFAT answers


@pytest.mark.parametrize(("event", "number"), [("os.chmod", 2), ("os.rename", 1)])
def test_a_secret_is_whole_or_not_there_also_where_nothing_can_be_linked(
    event: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", without_links)
    path = tmp_path / "seed"
    killed_before({event: number}, lambda: write_new(path, "secret"))
    assert not path.exists()
    write_new(path, "another")
    assert path.read_text("utf-8") == "another" and [one.name for one in tmp_path.iterdir()] == ["seed"]
    with pytest.raises(FileExistsError, match="seed"):
        write_new(path, "a third")


def test_where_the_file_system_knows_no_locks_all_goes_on_and_it_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refuse_locks(monkeypatch)
    with failures.told(), locked(tmp_path / "leeds"), reading(tmp_path), temporary_folder(tmp_path):
        write_whole(tmp_path / "a.json", "new")
        write_new(tmp_path / "seed", "secret")
        replaced(tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "leeds", "out", "seed"]
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and said.startswith("warning: leeds/: the file system")
    assert "knows no locks there" in said and "Give one at a time" in said
    with failures.told():
        pass
    assert capsys.readouterr().err == ""


def test_what_may_be_at_work_is_left_alone_where_nobody_can_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_locks(monkeypatch)
    with temporary_folder(tmp_path) as mine, temporary_folder(tmp_path):
        assert mine.is_dir()
    writing.without_locks.clear()


def test_another_error_of_a_lock_is_not_taken_for_a_system_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_locks(monkeypatch, errno.EIO)
    with pytest.raises(OSError, match="Input/output"), locked(tmp_path / "leeds"):
        pass


def refuse_locks(monkeypatch: pytest.MonkeyPatch, number: int = errno.ENOLCK) -> None:
    def refuse(handle: int, how: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)


def test_records_that_a_killed_process_laid_aside_are_taken_away_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    others = [f"{writing.TEMPORARY}of-somebody-else", ".compendium", "compendium-at-work-abcdefgh"]
    for name in others:
        (tmp_path / name).mkdir()
    child = os.fork()
    if child == 0:
        with temporary_folder() as folder:
            (folder / "cases.csv").write_text("a record", "utf-8")
            os._exit(9)
    os.waitpid(child, 0)
    assert len(list(tmp_path.glob("*/cases.csv"))) == 1
    with temporary_folder() as mine, temporary_folder() as more:
        assert mine.is_dir() and more.is_dir() and mine.stat().st_mode & 0o077 == 0
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*others, mine.name, more.name])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(others)


TABLES = {"cases.csv": "new cases", "victims.csv": "new victims", "locality.yml": "new settings"}


def write_tables(folder: Path) -> None:
    together.write_together({folder / name: text for name, text in TABLES.items()}, folder / "room")


def tables(folder: Path) -> set[str]:
    return {(folder / name).read_text("utf-8").split()[0] for name in TABLES if (folder / name).exists()}


@pytest.mark.parametrize("rename", range(1, len(TABLES) + 2))
def test_tables_that_belong_together_are_all_old_or_all_new_after_a_kill(tmp_path: Path, rename: int) -> None:
    (tmp_path / "cases.csv").write_text("old cases", "utf-8")
    killed_before({"os.rename": rename}, lambda: write_tables(tmp_path))
    with locked(tmp_path / "room"):  # whoever works on the locality next
        assert tables(tmp_path) == ({"old"} if rename == 1 else {"new"})
    assert not together.is_begun(tmp_path / "room")
    write_tables(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*TABLES, "room"])


def test_a_table_that_somebody_changed_since_the_kill_is_left_and_named(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("old cases", "utf-8")
    killed_before({"os.rename": 2}, lambda: write_tables(tmp_path))
    (tmp_path / "cases.csv").write_text("by hand", "utf-8")
    with pytest.raises(CompendiumError, match=r"cases\.csv") as refused, locked(tmp_path / "room"):
        pass
    assert "Import again" in str(refused.value) and "victims" not in str(refused.value)
    assert (tmp_path / "cases.csv").read_text("utf-8") == "by hand"
    with locked(tmp_path / "room"):
        pass  # said once


@pytest.mark.parametrize("full", [False, True])
def test_tables_are_put_back_whole_where_one_of_them_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    for name in TABLES:
        write_whole(tmp_path / name, f"old {name}")
    replace, taken = Path.replace, list[str]()

    def refused(self: Path, other: Path) -> Path:
        taken.append(other.name)
        if taken.count("locality.yml") == 1 and other.name == "locality.yml":
            raise PermissionError(other.name)
        if full and taken.count("victims.csv") == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(self, other)

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(OSError, match=r"No space" if full else r"locality\.yml"):
        write_tables(tmp_path)
    monkeypatch.undo()
    now = {name: (tmp_path / name).read_text("utf-8") for name in TABLES}
    old = {name: f"old {name}" for name in TABLES}
    assert now == (old | {"victims.csv": TABLES["victims.csv"]} if full else old)
    assert together.is_begun(tmp_path / "room") == full
    assert not list(tmp_path.glob(".*"))
    if full:  # and whoever works on the locality next is told
        with pytest.raises(CompendiumError, match="Import again"), locked(tmp_path / "room"):
            pass
