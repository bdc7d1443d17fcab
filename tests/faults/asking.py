"""Have scenarios carried out in a program of their own, which forks: no thread of the tests is in its way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.shared import ROOT

Found = dict[str, dict[str, dict[str, list[str]]]]  # scenario -> what was done -> where -> what was wrong


def carried_out(scenarios: Sequence[Mapping[str, Any]], room: Path) -> Found:
    """What was wrong after each thing that was done to each scenario."""
    room.mkdir(parents=True, exist_ok=True)
    asked, answers = room / "asked.json", room / "answers.json"
    asked.write_text(json.dumps(list(scenarios)), "utf-8")
    command = [sys.executable, "-m", "tests.faults.forked", str(asked), str(room / "work"), str(answers)]
    ran = subprocess.run(command, cwd=ROOT, env={**os.environ}, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found: Found = json.loads(answers.read_text("utf-8"))
    return found


def faults(done: Mapping[str, list[str]]) -> list[str]:
    """All that was wrong, with where."""
    return [f"{where}: {wrong}" for where, all_of_it in done.items() for wrong in all_of_it]
