"""Run as a program: scenarios, each command in a process forked from this one, which has the libraries already.

One thread, nothing begun before a fork: a fork copies only the thread that forks. Arguments: a JSON file of what is to
be done, a folder for the work, the file for the answers.
"""

from __future__ import annotations

import errno
import importlib
import json
import sys
from pathlib import Path
from typing import Any

from tests.faults.scenario import Scenario, Trial, Wrong

LIBRARIES = (
    *("compendium.cli.commands", "compendium.workflow.run", "compendium.release.settle", "compendium.release.approve"),
    *("compendium.workflow.plan", "compendium.checks", "compendium.release.pack", "compendium.self_assessment"),
    *("compendium.living_review", "compendium.importers.bring_in", "compendium.site.render", "compendium.charts"),
    *("compendium.workflow.vetting", "compendium.study", "compendium.beginning"),
)
DONE = ("decisive steps", "every step", "random moments", "full disk", "read-only disk")


def done(what: str, trial: Trial, count: int, seed: int) -> Wrong:
    """Do one of `DONE`."""
    if what == "random moments":
        return trial.killed_at_random(count, seed)
    if what in ("full disk", "read-only disk"):
        return trial.refused_at_steps(errno.ENOSPC if what == "full disk" else errno.EROFS)
    return trial.killed_at_steps(every_step=what == "every step")


def main(asked: Path, room: Path, answers: Path) -> None:
    """Do what a file asks: a list of scenarios, each with what is `done` to it, how often and by which seed."""
    for name in LIBRARIES:
        importlib.import_module(name)
    found: dict[str, dict[str, Wrong]] = {}
    for said in json.loads(asked.read_text("utf-8")):
        wanted: list[str] = said.pop("done")
        how: dict[str, Any] = {"count": said.pop("count", 0), "seed": said.pop("seed", 0)}
        scenario = Scenario(**{**said, "folder": Path(said["folder"])})
        for what in wanted:
            trial = Trial(scenario, room / scenario.name)
            found.setdefault(scenario.name, {})[what] = done(what, trial, **how)
            answers.write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
