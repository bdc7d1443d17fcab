"""papermill engines whose kernels get an environment, a folder, limits and no terminal of their own.

One starts an ordinary kernel, the other has it forked from a process that has imported the libraries already.
papermill's own engine gives a kernel this process's environment (secrets included), its terminal (on which a record
could be printed past every notebook) and changes this process's folder, which can't hold for two notebooks at once.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from compendium.paths import INJECTED
from compendium.progress import AtCell
from compendium.workflow import fence
from compendium.writing import temporary_folder

STARTS_WITHIN = 60  # seconds
# Notebooks run beside each other; and the last digits of a sum must not hang on how many cores there are.
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
Kind: TypeAlias = Literal["warm", "ordinary"]
MEMORY = "MemoryError"
DIED = "died"
TOO_LONG = "took too long"
TOO_MUCH_CPU = "used too much of the processor"
TOO_MANY = "started too many processes"


class Stopped(Exception):
    """A notebook that did not come to its end: its code cell, as JupyterLab counts, and the error's class or ours."""

    def __init__(self, cell: int, reason: str) -> None:
        super().__init__(cell, reason)
        self.cell, self.reason = cell, reason


def usual() -> Kind:
    """Which kind of kernel this system runs best: forked ones on Linux."""
    return "warm" if sys.platform.startswith("linux") and hasattr(os, "pidfd_open") else "ordinary"


@cache
def engine(kind: Kind) -> str:
    """Register the engine for this kind of kernel with papermill, once; its name. Imports papermill."""
    from papermill.engines import NBClientEngine, papermill_engines

    for chatty in ("asyncio", "papermill", "traitlets"):  # what they log may quote a cell
        logging.getLogger(chatty).setLevel(logging.CRITICAL)
    execute = {"ordinary": _ordinary, "warm": _warm}[kind]

    class IsolatedEngine(NBClientEngine):  # type: ignore[misc]
        """papermill's client, with a kernel that has `environment`, in `folder`, within `limits`."""

        @classmethod
        def execute_managed_notebook(
            cls,
            nb_man: Any,
            kernel_name: str,
            *,
            environment: dict[str, str],
            folder: str,
            limits: Mapping[str, int],
            at_cell: AtCell | None = None,
            execution_timeout: int | None = None,
            **_of_other_engines: Any,
        ) -> None:
            with temporary_folder() as own, _stops(nb_man):
                environment = {**environment, **_folders(str(own)), **ONE_THREAD}
                wanted = Request(environment, folder, limits, execution_timeout, _said(nb_man.nb, at_cell))
                execute(nb_man, kernel_name, wanted, str(own))
            if names := _errors(nb_man.nb):
                raise Stopped(_cell(nb_man.nb), names[0])

    name = f"compendium-{kind}"
    papermill_engines.register(name, IsolatedEngine)
    return name


@dataclass(frozen=True)
class Request:
    """What a kernel is given. `limits` as `warm.rights.Rights` has them, `seconds` for each cell; `said` hears of each
    cell that begins."""

    environment: dict[str, str]
    folder: str
    limits: Mapping[str, int]
    seconds: int | None
    said: Callable[..., None] | None = None


def _ordinary(nb_man: Any, kernel_name: str, wanted: Request, own: str) -> None:
    from papermill.clientwrap import PapermillNotebookClient
    from traitlets.config import Config

    client = PapermillNotebookClient(
        nb_man,
        kernel_name=kernel_name,
        timeout=wanted.seconds,
        startup_timeout=STARTS_WITHIN,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": wanted.folder}},
        config=Config({"KernelManager": connection(own)}),
        on_cell_execute=wanted.said,
    )
    silent = subprocess.DEVNULL
    with fence.around(writable(own, wanted.environment), wanted.limits, offline=_offline(own)) as begin:
        client.execute(env=wanted.environment, stdout=silent, stderr=silent, preexec_fn=begin)


def _warm(nb_man: Any, kernel_name: str, wanted: Request, own: str) -> None:
    from nbclient.exceptions import DeadKernelError
    from papermill.clientwrap import PapermillNotebookClient

    from compendium.workflow import warm

    with fence.rules(writable(own, wanted.environment), offline=True) as rules:
        kernel = warm.kernel(wanted.environment, wanted.folder, wanted.limits, rules)
    died = False
    try:
        PapermillNotebookClient(nb_man, km=kernel, timeout=wanted.seconds, on_cell_execute=wanted.said).execute()
    except DeadKernelError:
        died = True
    finally:
        kernel.close()
        _close_loop()
    if died:
        beyond = {"processes": TOO_MANY, "memory": MEMORY}  # as the warm process says it
        why = beyond.get(kernel.ended_for, TOO_MUCH_CPU if kernel.status == -signal.SIGXCPU else DIED)
        raise Stopped(_cell(nb_man.nb), why)


def _close_loop() -> None:
    """Close the loop in which this thread's client ran, with what still waits for messages of a kernel that died.

    Left to the end of the program, such a loop is taken apart in any order and complains about it.
    """
    from jupyter_core.utils import ensure_event_loop

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        loop = ensure_event_loop()
        waiting = asyncio.all_tasks(loop)
        for task in waiting:
            task.cancel()
        loop.run_until_complete(asyncio.wait(waiting) if waiting else asyncio.sleep(0))
        loop.close()


@contextmanager
def _stops(nb_man: Any) -> Iterator[None]:
    """Name the cell in which a kernel took too long or died."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    try:
        yield
    except CellTimeoutError:
        raise Stopped(_cell(nb_man.nb), TOO_LONG) from None
    except (DeadKernelError, RuntimeError):  # RuntimeError: it died before its first cell
        raise Stopped(_cell(nb_man.nb), DIED) from None


def writable(folder: str, environment: dict[str, str]) -> list[Path]:
    """Where a kernel may write: its own folder of the system's temporary ones, and where its proposals go."""
    return [Path(folder), *(Path(environment[name]) for name in ("COMPENDIUM_PROPOSALS",) if name in environment)]


def _folders(folder: str) -> dict[str, str]:
    """Temporary files and IPython's history go into the kernel's own folder, which is taken away after it."""
    return dict.fromkeys(("TMPDIR", "IPYTHONDIR"), folder)


def _offline(folder: str) -> bool:
    return connection(folder)["transport"] == "ipc"


def connection(folder: str) -> dict[str, str]:
    """Sockets in a folder of this kernel's own; TCP, which everybody on the machine can reach, where there are none."""
    return {"transport": "tcp"} if sys.platform == "win32" else {"transport": "ipc", "ip": f"{folder}/s"}


def _errors(notebook: Any) -> list[str]:
    """The class of each error; of a group of errors, which IPython prints and hands over no output for, no name."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    named = [str(output.get("ename", "")) for output in outputs if output.output_type == "error"]
    return named or ["" for cell in notebook.cells if cell.metadata.get("papermill", {}).get("exception")]


def _cell(notebook: Any) -> int:
    """Which of the code cells was reached last."""
    own = [notebook.cells[index] for index in _own(notebook)]
    return max((number for number, cell in enumerate(own, 1) if _was_begun(cell)), default=1)


def _own(notebook: Any) -> list[int]:
    """Where its code cells stand; the cell that papermill put in isn't counted."""
    code = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    return [index for index, cell in code if INJECTED not in cell.metadata.get("tags", [])]


def _said(notebook: Any, at_cell: AtCell | None) -> Callable[..., None] | None:
    """What nbclient calls before it sends a code cell."""
    numbers = {index: number for number, index in enumerate(_own(notebook), 1)}

    def begins(cell: Any, cell_index: int) -> None:
        if at_cell and cell_index in numbers:
            at_cell(numbers[cell_index], len(numbers))

    return begins if at_cell else None


def _was_begun(cell: Any) -> bool:
    return cell.metadata.get("papermill", {}).get("start_time") is not None
