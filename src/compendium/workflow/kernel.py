"""Run one notebook by papermill in a kernel of its own, and say plainly when it stops."""

from __future__ import annotations

import builtins
import dataclasses
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from compendium import bounded, jsonfile
from compendium.errors import InputRefused, NotebookFailed, Problem
from compendium.locality import Locality
from compendium.paths import READS, RUNNING, STOPPED, Root
from compendium.progress import AtCell
from compendium.workflow import engine, lock_file, notebooks
from compendium.workflow.engine import DIED, MEMORY, TOO_LONG, TOO_MANY, TOO_MUCH_CPU, Kind, Stopped
from compendium.workflow.notebooks import Notebook
from compendium.writing import replace_folder


def execute(
    root: Root,
    locality: Locality,
    notebook: Notebook,
    given: Mapping[str, Any],
    kind: Kind | None = None,
    at_cell: AtCell | None = None,
) -> None:
    """Execute `notebook`; its proposals and its raw copy take their place only when it ended well.

    `at_cell` is told each code cell that begins, and how many there are.
    Raises `NotebookFailed` with notebook and cell. What a failed cell printed or held never reaches the message.
    """
    room = root.private_room(locality.id)
    with tempfile.TemporaryDirectory(dir=room, prefix=RUNNING) as aside:
        folder = Path(aside)
        (folder / "proposals").mkdir()
        _papermill(root, locality, notebook, given, folder, kind or engine.usual(), at_cell)
        take_place(root, locality, notebook, folder)


def take_place(root: Root, locality: Locality, notebook: Notebook, folder: Path) -> None:
    """What was made in `folder` becomes the last result of a notebook."""
    root.proposals(locality.id).mkdir(parents=True, exist_ok=True)
    root.raw_notebooks(locality.id).mkdir(parents=True, exist_ok=True)
    lock_file.write(root, locality, notebook.name, None)  # killed between the next lines, it runs again
    replace_folder(folder / "proposals", root.proposals(locality.id) / notebook.name)
    (folder / "raw.ipynb").replace(root.raw_notebooks(locality.id) / f"{notebook.name}.ipynb")


def _papermill(
    root: Root,
    locality: Locality,
    notebook: Notebook,
    given: Mapping[str, Any],
    folder: Path,
    kind: Kind,
    at_cell: AtCell | None,
) -> None:
    import nbformat
    import papermill

    from compendium.release import gate

    where = f"notebooks/{notebook.name}.ipynb ({locality.id})"
    environment = {
        **{name: value for name, value in os.environ.items() if name in _PASSED_ON or name.startswith("LC_")},
        "COMPENDIUM_ROOT": str(root.path),
        "COMPENDIUM_NOTEBOOK": notebook.name,
        "COMPENDIUM_PROPOSALS": str(folder / "proposals"),
        "PYTHONHASHSEED": "0",
    }
    try:
        raw = papermill.execute_notebook(
            notebooks.valid(notebook, f"notebooks/{notebook.name}.ipynb"),
            None,
            parameters=dict(given),
            kernel_name="python3",
            engine_name=engine.engine(kind),
            progress_bar=False,
            execution_timeout=locality.limits.seconds,
            environment=environment,
            folder=str(root.notebooks),
            limits=_limits(locality),
            at_cell=at_cell,
        )
    except Stopped as stopped:
        *inputs, said = _words(f"{where}: code cell {stopped.cell}", stopped.reason, locality, folder)
        named = dataclasses.replace(said, locality=locality.id, notebook=notebook.name, code_cell=stopped.cell)
        raise NotebookFailed([*inputs, named]) from None
    if not (folder / "proposals" / READS).exists():
        raise NotebookFailed(f"{where}: it never opened the study.", "Call Study.open(locality) in its first cells.")
    proposed = {path.stem for path in (folder / "proposals").iterdir()}
    (folder / "raw.ipynb").write_text(nbformat.writes(gate.without_what_it_spilt(raw, proposed)), "utf-8")


def _limits(locality: Locality) -> dict[str, int]:
    limits, mb = locality.limits, 1024 * 1024
    return {
        "memory": limits.memory_mb * mb,
        "file": limits.file_mb * mb,
        "cpu": limits.cpu_seconds,
        "processes": limits.processes,
    }


_PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "TZ",
    "TMPDIR",
    "VIRTUAL_ENV",
    "JUPYTER_PATH",
    "JUPYTER_PLATFORM_DIRS",
    "SYSTEMROOT",
)
# What is said of a kernel that went beyond a limit of locality.yml.
_BEYOND = {
    TOO_LONG: (
        " took longer than the {seconds} seconds that locality.yml allows.",
        "Raise limits.seconds, or make the cell faster.",
    ),
    DIED: (
        ": the kernel died: it was ended, or needed more than {memory_mb} MB.",
        "Raise limits.memory_mb in locality.yml, or make the tables smaller.",
    ),
    MEMORY: (
        " needed more than the {memory_mb} MB of memory that locality.yml allows.",
        "Raise limits.memory_mb, or make the tables smaller.",
    ),
    TOO_MUCH_CPU: (
        " used more than the {cpu_seconds} seconds of the processor that locality.yml allows.",
        "Raise limits.cpu_seconds, or make the cell faster.",
    ),
    TOO_MANY: (
        " started more than the {processes} processes that locality.yml allows.",
        "Raise limits.processes, or start fewer.",
    ),
}
_REMEDY = "Open it in JupyterLab (make lab) to see the whole error; nothing of it was released."


def _words(where: str, reason: str, locality: Locality, folder: Path) -> list[Problem]:
    """What is wrong with its inputs, if that is why; last, what became of it: notebook, cell and the kind of error.

    The text of an error is told only when our own code raised it: that never holds a record.
    """
    if reason in _BEYOND:
        message, remedy = _BEYOND[reason]
        allowed = dataclasses.asdict(locality.limits)
        return [Problem(message=f"{where}{message.format_map(allowed)}", remedy=remedy)]
    ours = _told(folder / "proposals" / STOPPED, reason)
    if ours and reason == InputRefused.__name__ and all(problem.file for problem in ours):
        return [*ours, Problem(message=f"{where} waits until that is mended.", times=0)]
    if ours:
        text = "\n".join(map(str, ours))
        return [Problem(message=f"{where} stopped with {reason}: {text}", remedy=_REMEDY)]
    kind = reason if hasattr(builtins, reason) else "an error"  # a notebook may name its own errors after a record
    return [Problem(message=f"{where} stopped with {kind}.", remedy=_REMEDY)]


def _told(path: Path, reason: str) -> list[Problem]:
    """The problems of the error of ours that ended a notebook; none where another did, or a cell wrote there."""
    try:
        told = jsonfile.of_stranger(bounded.bytes_of(path, jsonfile.LARGEST))
        return TypeAdapter(list[Problem]).validate_python(told["problems"]) if told["kind"] == reason else []
    except (InputRefused, ValueError, TypeError, KeyError):
        return []
