"""Run one notebook by papermill in a kernel of its own, and say plainly when it stops."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compendium.errors import NotebookFailed
from compendium.locality import Locality
from compendium.paths import Root, replace_folder
from compendium.workflow.engine import isolated_engine
from compendium.workflow.notebooks import Notebook

OURS = ("InputRefused", "UnknownName", "CompendiumError", "DisclosureRefused")


def execute(root: Root, locality: Locality, notebook: Notebook, given: Mapping[str, Any]) -> None:
    """Execute `notebook`; its proposals and its raw copy take their place only when it ended well.

    Raises `NotebookFailed` with notebook and cell. What a failed cell printed or held never reaches the message.
    """
    root.private.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root.private, prefix=f"{locality.id}-{notebook.name}-") as aside:
        folder = Path(aside)
        (folder / "proposals").mkdir()
        (folder / "source.ipynb").write_text(notebook.text, "utf-8")
        _papermill(root, locality, notebook, given, folder)
        root.proposals(locality.id).mkdir(parents=True, exist_ok=True)
        root.raw_notebooks(locality.id).mkdir(parents=True, exist_ok=True)
        replace_folder(folder / "proposals", root.proposals(locality.id) / notebook.name)
        shutil.move(folder / "raw.ipynb", root.raw_notebooks(locality.id) / f"{notebook.name}.ipynb")


def _papermill(root: Root, locality: Locality, notebook: Notebook, given: Mapping[str, Any], folder: Path) -> None:
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    where = f"notebooks/{notebook.name}.ipynb ({locality.id})"
    environment = {
        **{name: value for name, value in os.environ.items() if name in _PASSED_ON or name.startswith("LC_")},
        "COMPENDIUM_ROOT": str(root.path),
        "COMPENDIUM_NOTEBOOK": notebook.name,
        "COMPENDIUM_PROPOSALS": str(folder / "proposals"),
        "PYTHONHASHSEED": "0",
    }
    try:
        papermill.execute_notebook(
            str(folder / "source.ipynb"),
            str(folder / "raw.ipynb"),
            parameters=dict(given),
            kernel_name="python3",
            engine_name=isolated_engine(),
            progress_bar=False,
            execution_timeout=locality.limits.seconds,
            environment=environment,
            folder=str(root.notebooks),
        )
    except PapermillExecutionError as stopped:
        raise NotebookFailed(_words(where, stopped), _REMEDY) from None
    except CellTimeoutError:
        message = f"{where}: a cell took longer than the {locality.limits.seconds} seconds that locality.yml allows."
        raise NotebookFailed(message, "Raise limits.seconds, or make the cell faster.") from None
    except DeadKernelError:
        message = f"{where}: the kernel died; most often it ran out of memory."
        raise NotebookFailed(message, "Give it more memory, or make the tables smaller.") from None
    if not (folder / "proposals" / "reads.json").exists():
        raise NotebookFailed(f"{where}: it never opened the study.", "Call Study.open(locality) in its first cells.")


_REMEDY = "Open it in JupyterLab (make lab) to see the whole error; nothing of it was released."
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


def _words(where: str, stopped: Any) -> str:
    """Notebook, cell and the kind of error. Its text only when it is one of ours, which never hold a record's value."""
    text = f": {stopped.evalue}" if stopped.ename in OURS else ""
    return f"{where}: cell {stopped.exec_count} stopped with {stopped.ename}{text}."
