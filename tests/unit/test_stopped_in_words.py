"""What is said of a notebook that stopped: our own errors in their words, of any other its kind alone."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from compendium.errors import Problem
from compendium.paths import STOPPED
from compendium.workflow.kernel import _words
from tests.unit.left_by_a_run import left

WHERE = "notebooks/01_toy.ipynb (here): code cell 2"
OPENED = "Open it in JupyterLab (make lab) to see the whole error; nothing of it was released."


def said(tmp_path: Path, reason: str, told: Any) -> list[str]:
    (tmp_path / "proposals").mkdir()
    (tmp_path / "proposals" / STOPPED).write_text(told if isinstance(told, str) else json.dumps(told), "utf-8")
    return [str(problem) for problem in _words(WHERE, reason, left(tmp_path / "toy").locality, tmp_path)]


def test_an_input_that_was_refused_is_told_as_it_is_and_the_notebook_waits(tmp_path: Path) -> None:
    wrong = Problem("cases.csv", 7, "form", "not a code", "Use a code.")
    told = {"kind": "InputRefused", "problems": [asdict(wrong)]}
    assert said(tmp_path, "InputRefused", told) == [str(wrong), f"{WHERE} waits until that is mended."]


def test_another_error_of_ours_is_told_in_its_words(tmp_path: Path) -> None:
    told = {"kind": "UnknownName", "problems": [{"message": "No table is called case."}]}
    assert said(tmp_path, "UnknownName", told) == [
        f"{WHERE} stopped with UnknownName: No table is called case. {OPENED}"
    ]


@pytest.mark.parametrize(
    "told",
    [
        "",
        "[",
        "[]",
        "{}",
        {"kind": "KeyError", "problems": [{"message": "of another cell"}]},
        {"kind": "InputRefused", "problems": 3},
        {"kind": "InputRefused", "problems": [{"row": "many"}]},
        {"kind": "InputRefused", "problems": []},
        "[" * 100_000,
    ],
    ids=lambda told: str(told)[:60],
)
def test_what_a_cell_wrote_there_itself_is_passed_over(told: Any, tmp_path: Path) -> None:
    assert said(tmp_path, "InputRefused", told) == [f"{WHERE} stopped with an error. {OPENED}"]


def test_a_pipe_that_a_cell_laid_there_is_not_waited_for(tmp_path: Path) -> None:
    said(tmp_path, "InputRefused", "")
    told = tmp_path / "proposals" / STOPPED
    told.unlink()
    os.mkfifo(told)
    locality = left(tmp_path / "another").locality
    assert [str(one) for one in _words(WHERE, "InputRefused", locality, tmp_path)] == [
        f"{WHERE} stopped with an error. {OPENED}"
    ]
