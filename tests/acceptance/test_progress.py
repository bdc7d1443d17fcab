"""`run --json` on a compendium in which one notebook stops: what a program that listens is told."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.acceptance.toy import LOCALITY, OPEN, PUBLISH, copy_toy


def test_each_cell_is_told_when_it_begins_and_the_cell_that_stops_with_its_error(tmp_path: Path) -> None:
    root = copy_toy(tmp_path, {"01_first": [OPEN, PUBLISH], "02_second": [OPEN, "1 / 0", PUBLISH]})
    command = [sys.executable, "-m", "compendium", "run", "--json", "--jobs", "1", "--root", str(root)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    events = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.returncode == 1 and ran.stderr == ""
    assert events[0]["event"] == "start" and events[-1]["event"] == "finish" and events[-1]["status"] == 1
    cells = [(one["notebook"], one["cell"], one["cells"]) for one in events if one["event"] == "cell"]
    first, second = (max(cell for name, cell, _ in cells if name == one) for one in ("01_first", "02_second"))
    ends = {one["notebook"]: one for one in events if one["event"] == "end" and one["stage"] == "notebooks"}
    assert ends["01_first"]["outcome"] == "done" and first == cells[0][2]
    assert ends["02_second"]["outcome"] == "stopped" and ends["02_second"]["cell"] == second
    (stage,) = [one for one in events if one["event"] == "stage-end" and one["stage"] == "notebooks"]
    assert stage["done"] == stage["of"] == 2
    (problem,) = [one for one in events if one["event"] == "problem"]
    assert (problem["locality"], problem["notebook"], problem["cell"]) == (LOCALITY, "02_second", second)
    assert "ZeroDivisionError" in problem["message"]
