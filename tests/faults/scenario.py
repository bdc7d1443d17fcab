"""A command, and what goes wrong with it: what stands after that, and after the next run.

What a kill leaves on the disk is what lies there at that moment, so the folder is copied before each step of one
undisturbed run, and the command is given again in each copy. `at_random` sends real signals.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults import commands
from tests.faults.commands import ran

VOLATILE = re.compile(r"\.private/(glance|durations)\.json|\.private/\.(glance|durations)\.json\.aside")  # of a machine
NOT_COMPARED = (".lock", "lock.held", "site.json")  # locks; marks of files
WORK, TEMPORARY = "work", "tmp"
Wrong = dict[str, list[str]]  # by what was done: what was wrong then
Files = dict[str, str]  # hash by path


@dataclass(frozen=True)
class Scenario:
    """A compendium in `folder` and a command.

    whole: folders and files that are old or new, never between. whole_after: those that are for the next command.
    private: whether private files come out the same as well (a notebook that ran twice has other ones).
    """

    name: str
    folder: Path
    arguments: Sequence[str]
    whole: Sequence[str] = ()
    whole_after: Sequence[str] = ()
    private: bool = True


@dataclass(frozen=True)
class Undisturbed:
    """What stood before and after a run that nobody disturbed, and how long it took."""

    old: Mapping[str, Files]
    new: Mapping[str, Files]
    all: Files
    seconds: float


class Trial:
    """A scenario in a folder of its own."""

    def __init__(self, scenario: Scenario, room: Path) -> None:
        self.scenario, self.room = scenario, room
        self.work, self.temporary = room / WORK, room / TEMPORARY
        shutil.rmtree(room, ignore_errors=True)
        room.mkdir(parents=True)

    def killed_at_steps(self, *, every_step: bool) -> Wrong:
        """Killed before each step that it takes, or before those at which something takes its place."""
        self._begin()
        copies = commands.copier(self.work, self.temporary, self.room / "at", every_step)
        told = self._undisturbed(copies)
        found: Wrong = {}
        for copy in sorted((self.room / "at").iterdir()):
            self._begin(copy)
            found[(copy / "name").read_text("utf-8")] = self._after(told)
        return found

    def killed_at_random(self, count: int, seed: int) -> Wrong:
        """Killed by SIGKILL at moments spread over the time that it takes."""
        self._begin()
        told = self._undisturbed()
        found: Wrong = {}
        for number, moment in enumerate(commands.moments(told.seconds, count, seed)):
            found[f"{number}"] = ["it was never at work"]
            for shorter in (1, 0.6, 0.4, 0.2, 0.1):  # it may be quicker than the first time
                self._begin()
                at_work = commands.begin(self.work, self.scenario.arguments, self.temporary)
                if at_work.killed_after(moment * shorter):
                    found[f"{number}"] = self._after(told)
                    break
        return found

    def refused_at_steps(self, number: int) -> Wrong:
        """From each decisive step on, the disk is full (ENOSPC) or for reading only (EROFS); then it is mended."""
        self._begin()
        told = self._undisturbed(commands.noted(self.room / "steps.txt"))
        found: Wrong = {}
        for step in (self.room / "steps.txt").read_text("utf-8").splitlines():
            if step.partition(" ")[0] not in commands.NEEDS_ROOM:
                continue
            self._begin()
            status, said = ran(self.work, self.scenario.arguments, self.temporary, commands.refuser(step, number))
            wrong = [] if status in (0, 1) and "Traceback" not in said else [f"ended with {status}: {said}"]
            if status and os.strerror(number) not in said:
                wrong.append(f"does not say what is wrong: {said}")
            if not status and self._standing(self.scenario.whole) != self._of(told.new, self.scenario.whole):
                wrong.append("says that all is done")
            found[f"{errno.errorcode[number]} from {step}"] = [*wrong, *self._after(told)]
        return found

    def _begin(self, copy: Path | None = None) -> None:
        """The compendium as it was; or the `copy`, which is used up."""
        for folder in (self.work, self.temporary):
            shutil.rmtree(folder, ignore_errors=True)
        if copy:
            (copy / WORK).rename(self.work)
            (copy / TEMPORARY).rename(self.temporary)
        else:
            shutil.copytree(self.scenario.folder, self.work, symlinks=True)
            self.temporary.mkdir()

    def _undisturbed(self, met: commands.Met | None = None) -> Undisturbed:
        parts = (*self.scenario.whole, *self.scenario.whole_after)
        old, start = self._standing(parts), time.monotonic()
        status, said = ran(self.work, self.scenario.arguments, self.temporary, met)
        assert status == 0, said
        return Undisturbed(old, self._standing(parts), self._all(), time.monotonic() - start)

    def _after(self, told: Undisturbed) -> list[str]:
        """What is wrong with what stands now, and with what stands after the next run."""
        standing = self._standing(self.scenario.whole)
        wrong = [
            f"{name} is half-made" for name, now in standing.items() if now not in (told.old[name], told.new[name])
        ]
        wrong += self._for_the_next(told) if self.scenario.whole_after else []
        status, said = ran(self.work, self.scenario.arguments, self.temporary)
        wrong += [f"the next ended with {status}: {said}"] if status else []
        found = self._all()
        wrong += [f"differs: {name}" for name in sorted({*told.all, *found}) if told.all.get(name) != found.get(name)]
        return wrong + [f"left behind: {path.name}" for path in self.temporary.iterdir()]

    def _for_the_next(self, told: Undisturbed) -> list[str]:
        """What another command, which only reads, finds after a kill: what belongs together is of one making."""
        here, look = self.work, self.room / "look"
        shutil.rmtree(look, ignore_errors=True)
        shutil.copytree(here, look)
        ran(look, ["check"], self.temporary)  # it may find fault with these small compendia: not with halves
        parts = self.scenario.whole_after
        found = {
            name: {file: digest for file, digest in contents(look / name).items() if not file.endswith(".aside")}
            for name in parts
        }
        either = (self._of(told.old, parts), self._of(told.new, parts))
        return [] if found in either else [f"{', '.join(parts)}: neither old nor new for the next command"]

    def _standing(self, names: Sequence[str]) -> dict[str, Files]:
        return {name: contents(self.work / name) for name in names}

    def _of(self, found: Mapping[str, Files], names: Sequence[str]) -> dict[str, Files]:
        return {name: found[name] for name in names}

    def _all(self) -> Files:
        found = contents(self.work)
        return {name: one for name, one in found.items() if self.scenario.private or not name.startswith(".private/")}


def contents(path: Path) -> Files:
    """The hash of a file, or of each file below a folder but for locks and marks; empty folders count."""
    found = {}
    for each in [path] if path.is_file() else sorted(path.rglob("*")):
        name = each.relative_to(path).as_posix()
        if each.is_file() and each.name not in NOT_COMPARED and not VOLATILE.fullmatch(name):
            found[name] = hashlib.sha256(each.read_bytes()).hexdigest()
        elif each.is_dir() and not any(each.iterdir()):
            found[name] = "empty"
    return found
