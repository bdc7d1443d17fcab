"""What the long tests do to the product, part by part, each told as rows of a table.

A row: what was done, how often, and all that was wrong then.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance.project import compendium, digests
from tests.acceptance.toy import OPEN, PUBLISH, SETTINGS, copy_toy, write_notebook
from tests.faults.asking import carried_out
from tests.faults.compendia import APPROVE, scenarios

KILLS, SEED = 10, 20261123
COMMANDS = {
    "run": "`run`",
    "settle": "`run`, of which only settling is to be done",
    "release": "`release --approve`",
    "import": "`import`",
    "assess": "`assess import`",
    "render": "`render`",
}
BUSY = "Another command is at work on"


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    what: str
    times: int
    wrong: tuple[str, ...] = ()
    note: str = ""


def at_steps(room: Path) -> list[Row]:
    """Killed before every step at which something takes its place; imports before every step at all."""
    wanted = [{**one, "done": ["every step" if one["name"] in ("import", "assess") else "decisive steps"]}
              for one in scenarios(room)]  # fmt: skip
    return _rows(wanted, room)


def at_random(room: Path) -> list[Row]:
    """Killed by SIGKILL at random moments; `run` with its kernels."""
    made = {one["name"]: one for one in scenarios(room)}
    run = {**made["run"], "arguments": ["run", "--force"], "folder": made["release"]["folder"], "private": False}
    wanted = [run, *(made[name] for name in ("release", "import", "assess", "render"))]
    return _rows([{**one, "done": ["random moments"], "count": KILLS, "seed": SEED} for one in wanted], room)


def on_bad_disks(room: Path) -> list[Row]:
    """The disk is full, or for reading only, from each decisive step on."""
    wanted = [{**one, "done": ["full disk", "read-only disk"]} for one in scenarios(room) if one["name"] != "settle"]
    return _rows(wanted, room)


def _rows(wanted: list[dict[str, Any]], room: Path) -> list[Row]:
    found = carried_out(wanted, room / "work")
    rows = []
    for name, done in found.items():
        for what, points in done.items():
            wrong = [f"{where}: {one}" for where, all_of_it in points.items() for one in all_of_it]
            rows.append(Row(COMMANDS[name], len(points), tuple(wrong), what))
    return rows


KERNELS = {  # what a cell does -> how the run ends, what it says, the cell
    "takes all memory": (1, "needed more than the 700 MB", "hoard = [bytearray(50_000_000) for _ in range(40)]"),
    "hangs, and no signal wakes it": (
        1,
        "took longer than the 15 seconds",
        "import signal, time\nfor one in (2, 15): signal.signal(one, signal.SIG_IGN)\nwhile True: time.sleep(60)",
    ),
    "is killed": (1, "the kernel died", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"),
    "leaves processes behind": (
        0,
        "",
        "import os, time\nfor _ in range(5):\n    if os.fork() == 0: os.setsid(); time.sleep(900); os._exit(0)",
    ),
    "prints 100 MB": (0, "", "for _ in range(100): print('x' * 1_000_000)"),
    "changes its folder": (0, "", "import os; os.chdir('/')"),
    "deletes its inputs": (
        1,
        "stopped with PermissionError",
        "import pathlib\nfor one in pathlib.Path('..').glob('localities/*/data/*/*.csv'): one.unlink()",
    ),
}


def kernels(room: Path) -> list[Row]:
    """Notebooks that go wrong in a kernel; then the notebook as it should be."""
    project = copy_toy(room / "project", {"01_toy": [OPEN, PUBLISH]})
    assert compendium(project, "run").returncode == 0
    before, inputs = digests(project / "outputs"), digests(project / "localities")
    settings = (project / SETTINGS).read_text("utf-8")
    rows = []
    for what, (status, words, cell) in KERNELS.items():
        write_notebook(project, "01_toy", [OPEN, cell, PUBLISH])
        seconds = 15 if "hangs" in what else 300
        head = settings.partition("limits:")[0]
        (project / SETTINGS).write_text(f"{head}limits: {{memory_mb: 700, seconds: {seconds}}}\n", "utf-8")
        found = compendium(project, "run")
        wrong = [] if found.returncode == status and words in found.stderr else [f"{found.returncode}: {found.stderr}"]
        if status and digests(project / "outputs") != before:
            wrong.append("what stood does not stand")
        (project / SETTINGS).write_text(settings, "utf-8")
        if digests(project / "localities") != inputs:
            wrong.append("the inputs are not as they were")
        write_notebook(project, "01_toy", [OPEN, PUBLISH])
        again = compendium(project, "run")
        if again.returncode or digests(project / "outputs") != before:
            wrong.append(f"the next run differs: {again.stderr}")
        rows.append(
            Row(f"a cell {what}", 1, tuple(wrong), "the run stops and says so" if status else "the run goes on")
        )
    return rows


def at_once(room: Path, times: int = 3) -> list[Row]:
    """Two commands on one folder, the second begun a little later; then what both leave."""
    made = {one["name"]: one for one in scenarios(room)}
    settled, review = Path(made["release"]["folder"]), Path(made["import"]["folder"])
    site, brought_in = Path(made["render"]["folder"]), made["import"]["arguments"]
    force = ["run", "--force"]
    pairs: list[tuple[str, Path, list[str], list[str]]] = [
        ("`run` and `run`", settled, force, force),
        ("`release --approve` and `run`", settled, list(APPROVE), force),
        ("`import` and `import`", review, brought_in, brought_in),
        ("`import` and `check`", review, brought_in, ["check"]),
        ("`render` and `render`", site, made["render"]["arguments"], made["render"]["arguments"]),
    ]
    drawn = random.Random(SEED)
    return [_pair(room / "pair", *pair, [drawn.random() for _ in range(times)]) for pair in pairs]


def _pair(room: Path, what: str, folder: Path, one: list[str], other: list[str], later: list[float]) -> Row:
    """Whichever says that another is at work is given again; in the end all must be as after one and then the other."""
    shutil.rmtree(room, ignore_errors=True)
    wanted = [_both(room / f"want-{n}", folder, order) for n, order in enumerate(((one, other), (other, one)))]
    wrong, waited = list[str](), 0
    for number, seconds in enumerate(later):
        place = room / str(number)
        shutil.copytree(folder, place)
        first = _begun(place, one)
        time.sleep(seconds)
        second = _begun(place, other)
        ended = [
            (running, arguments, running.communicate()[1]) for running, arguments in ((first, one), (second, other))
        ]
        for running, arguments, said in ended:
            if running.returncode and BUSY in said:
                waited += 1
                _said(place, arguments)
            elif running.returncode not in (0, 1) or "Traceback" in said:
                wrong.append(f"ended with {running.returncode}: {said}")
        if (found := _public(place)) not in wanted:
            want = wanted[0]
            names = sorted(name for name in {*found, *want} if found.get(name) != want.get(name))
            wrong.append(f"differs: {', '.join(names)}")
    return Row(what, len(later), tuple(wrong), f"{waited} times one said that the other was at work")


def _both(place: Path, folder: Path, order: Sequence[list[str]]) -> dict[str, str]:
    shutil.copytree(folder, place)
    for arguments in order:
        _said(place, arguments)
    return _public(place)


def _public(place: Path) -> dict[str, str]:
    """All that is not private and no mark of a file."""
    found = digests(place)
    return {name: one for name, one in found.items() if not name.startswith((".private/", ".quarto/"))}


def _begun(place: Path, arguments: list[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "compendium", *arguments]
    environment = {**os.environ, "COMPENDIUM_ROOT": ""}
    return subprocess.Popen(
        command, cwd=place, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _said(place: Path, arguments: list[str]) -> tuple[int, str]:
    found = compendium(place, *arguments)
    return found.returncode, found.stderr


PARTS: dict[str, tuple[str, Callable[[Path], list[Row]]]] = {
    "steps": ("Killed before a step", at_steps),
    "random": ("Killed at a random moment", at_random),
    "disks": ("The disk is full, or for reading only", on_bad_disks),
    "kernels": ("A notebook goes wrong", kernels),
    "at_once": ("Two commands at once", at_once),
}
