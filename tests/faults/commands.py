"""Commands of the product in processes forked from this one, watched, made to fail, or killed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from tests.faults import points

Met = Callable[[str], None]
NEEDS_ROOM = ("open", "mkdir", "rename", "link")  # what a full or read-only disk refuses


@dataclass(frozen=True)
class Begun:
    """A command that is at work."""

    process: int
    said: Path

    def ended(self) -> tuple[int, str]:
        """Its exit status (minus the signal that ended it) and its words; waits for it."""
        status = os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])
        return status, self.said.read_text("utf-8")

    def killed_after(self, seconds: float) -> bool:
        """Send SIGKILL after so long; whether it was still at work."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if os.waitid(os.P_PID, self.process, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                break
            time.sleep(0.005)
        os.kill(self.process, signal.SIGKILL)
        return self.ended()[0] == -signal.SIGKILL


def begin(folder: Path, arguments: Sequence[str], temporary: Path, met: Met | None = None, said: str = "said") -> Begun:
    """A command in `folder`. `met`: is called, in its process, with each step before it is taken."""
    words = folder.parent / f"{said}.txt"
    child = os.fork()
    if not child:
        _command(folder, arguments, temporary, words, met)
    return Begun(child, words)


def ran(folder: Path, arguments: Sequence[str], temporary: Path, met: Met | None = None) -> tuple[int, str]:
    """A command from beginning to end: its exit status and its words."""
    return begin(folder, arguments, temporary, met).ended()


def _command(folder: Path, arguments: Sequence[str], temporary: Path, said: Path, met: Met | None) -> None:
    status = 99
    try:
        words = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(words, 1)
        os.dup2(words, 2)
        os.chdir(folder)
        os.environ["COMPENDIUM_ROOT"] = str(folder)
        tempfile.tempdir = os.environ["TMPDIR"] = str(temporary)
        from compendium.cli import main

        if met:
            points.watch({str(temporary): "TMP", str(folder): "."}, met)
        main(arguments)
    except SystemExit as ended:
        status = int(ended.code or 0)
    finally:
        os._exit(status)


def copier(work: Path, temporary: Path, room: Path, every_step: bool) -> Met:
    """Copies what lies there before the first step of each name: what a kill at that moment would leave."""
    seen, one_at_a_time = set[str](), Lock()
    room.mkdir()

    def met(name: str) -> None:
        with one_at_a_time:
            if name in seen or not (every_step or points.is_decisive(name)):
                return
            seen.add(name)
            copy = room / f"{len(seen):03}"
            for source in (work, temporary):
                shutil.copytree(source, copy / source.name, symlinks=True, ignore=shutil.ignore_patterns("s-*"))
            (copy / "name").write_text(name, "utf-8")

    return met


def noted(file: Path) -> Met:
    """Writes down the name of each decisive step, in order, once."""
    seen = set[str]()
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)

    def met(name: str) -> None:
        if name not in seen and points.is_decisive(name):
            seen.add(name)
            os.write(handle, f"{name}\n".encode())

    return met


def refuser(step: str, number: int) -> Met:
    """From the step of this name on, the system refuses all that needs room, with this error number."""
    refusing = False

    def met(name: str) -> None:
        nonlocal refusing
        refusing = refusing or name == step
        if refusing and name.partition(" ")[0] in NEEDS_ROOM:
            raise OSError(number, os.strerror(number), name.rpartition("/")[2])

    return met


def moments(seconds: float, count: int, seed: int) -> list[float]:
    """So many moments of a command that takes so long, one in each stretch of it."""
    drawn = random.Random(seed)
    return [seconds * (at + drawn.random()) / count for at in range(count)]
