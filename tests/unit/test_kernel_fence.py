"""Behind the fence a process writes into its own folders only and reaches nobody over TCP."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from compendium.workflow import fence

needs_landlock = pytest.mark.skipif(not fence.version(), reason="this system has no Landlock")
CHANGES = """
import os, sys
own, other = sys.argv[1:]
def tried(change):
    try:
        change()
        return "done"
    except OSError as refused:
        return type(refused).__name__
for folder in (own, other):
    at = f"{folder}/"
    changes = [
        lambda: open(at + "new.txt", "w").close(),
        lambda: open(at + "there.txt", "a").close(),
        lambda: os.truncate(at + "there.txt", 0),
        lambda: os.mkdir(at + "made"),
        lambda: os.symlink("/data", at + "link"),
        lambda: os.rename(at + "moves.txt", at + "moved.txt"),
        lambda: os.remove(at + "goes.txt"),
    ]
    print(*map(tried, changes))
print(tried(lambda: os.rename(f"{own}/there.txt", f"{other}/came.txt")), open(f"{other}/there.txt").read())
"""


def behind(folders: list[Path], program: str, *arguments: str) -> str:
    with fence.around(folders, {}, offline=True) as fenced:
        ran = subprocess.run(
            [sys.executable, "-c", program, *arguments], preexec_fn=fenced, capture_output=True, text=True, check=True
        )
    return ran.stdout


@needs_landlock
def test_files_change_in_its_own_folders_only(tmp_path: Path) -> None:
    for name in ("own", "other"):
        (tmp_path / name).mkdir()
        for file in ("there.txt", "moves.txt", "goes.txt"):
            (tmp_path / name / file).write_text("kept", "utf-8")
    said = behind([tmp_path / "own"], CHANGES, str(tmp_path / "own"), str(tmp_path / "other")).splitlines()
    assert set(said[0].split()) == {"done"}
    assert set(said[1].split()) == {"PermissionError"}
    assert said[2].split()[0] != "done" and said[2].split()[1] == "kept"
    assert sorted(path.name for path in (tmp_path / "other").iterdir()) == ["goes.txt", "moves.txt", "there.txt"]


@pytest.mark.skipif(fence.version() < 4, reason="this system's Landlock knows no network")
def test_nobody_is_reached_over_tcp(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        call = f"import socket\ntry:\n socket.create_connection(('127.0.0.1', {port}))\n"
        call += "except OSError as refused: print(type(refused).__name__)"
        assert behind([tmp_path], call).strip() == "PermissionError"
        socket.create_connection(("127.0.0.1", port)).close()  # this process may


@needs_landlock
def test_what_it_starts_is_behind_the_fence_too(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    shell = f"['sh', '-c', 'echo x > {tmp_path}/out.txt']"
    call = f"import subprocess; print(subprocess.run({shell}, capture_output=True).returncode)"
    assert behind([tmp_path / "own"], call).strip() != "0"
    assert not (tmp_path / "out.txt").exists()


def test_where_there_is_no_fence_files_are_not_kept_and_all_else_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fence, "version", lambda: 0)
    call = "import socket, sys\nopen(sys.argv[1], 'w')\ntry:\n socket.create_connection(('127.0.0.1', 9))\n"
    call += "except OSError as refused: print(type(refused).__name__)"
    assert behind([tmp_path / "own"], call, str(tmp_path / "out.txt")).strip() == "PermissionError"
    assert (tmp_path / "out.txt").exists()


def test_on_other_systems_nothing_is_promised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with fence.around([tmp_path], {}, offline=True) as begin:
        assert begin is None
    assert fence.kept_off_the_network() == []
