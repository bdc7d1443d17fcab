"""How the code of notebooks is held on this machine: what it can change, whom it can reach, how much it may take."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from compendium.doctor.line import LACKING, OK, Line
from compendium.workflow import fence
from compendium.workflow.engine import usual
from compendium.workflow.warm.rights import FILTER, OWN_NETWORK

READ = "read each notebook before it runs on real records"
LIMITED = "memory, processor and size of files of each process, time of each cell"


def of_notebooks() -> Iterator[Line]:
    """What a notebook can change, whom it can reach and how much it may take, as tried here."""
    yield _changes(fence.version())
    yield _reaches(fence.kept_off_the_network())
    yield _takes(sys.platform.startswith("linux"))


def _changes(landlock: int) -> Line:
    what = "a notebook can change"
    if landlock:
        return Line(what, f"files in its own folders, and no others (Landlock {landlock})", OK)
    return Line(what, f"every file that you can change: this system has no Landlock; {READ}", LACKING)


def _reaches(ways: list[str]) -> Line:
    what = "a notebook can reach"
    if FILTER in ways:
        return Line(what, f"nobody: {'; '.join(ways)}", OK)
    if OWN_NETWORK in ways:
        text = "services of this machine that listen in a file, such as its log, and no network"
    elif fence.NO_TCP in ways:
        text = "the network by UDP and look-ups of names, not by TCP"
    else:
        text = "whatever you can reach: this system has nothing that keeps it off"
    return Line(what, "; ".join([text, *ways, READ]), LACKING)


def _takes(linux: bool) -> Line:
    what = "a notebook can take"
    if not linux:
        return Line(what, f"all that this machine has; only the time of each cell is limited; {READ}", LACKING)
    counted = ", number of processes" if usual() == "warm" else ""
    return Line(what, f"what limits in locality.yml allow: {LIMITED}{counted}", OK)
