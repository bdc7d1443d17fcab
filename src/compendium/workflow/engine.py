"""A papermill engine whose kernel gets an environment, a folder, a share of memory and no terminal of its own.

papermill's own engine gives a kernel this process's environment (secrets included), its terminal (on which a record
could be printed past every notebook) and changes this process's folder, which can't hold for two notebooks at once.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

from compendium.workflow import fence

NAME = "isolated"
LEFT = "compendium-kernel-"  # and the process that made it; a killed one leaves its folder behind
MEMORY = "MemoryError"
DIED = "died"
TOO_LONG = "took too long"


class Stopped(Exception):
    """A notebook that did not come to its end: its code cell, as JupyterLab counts, and the error's class or ours."""

    def __init__(self, cell: int, reason: str) -> None:
        super().__init__(cell, reason)
        self.cell, self.reason = cell, reason


@cache
def isolated_engine() -> str:
    """Register the engine with papermill, once; its name. Imports papermill only when a notebook is to run."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import NBClientEngine, papermill_engines
    from traitlets.config import Config

    for chatty in ("asyncio", "papermill", "traitlets"):  # what they log may quote a cell
        logging.getLogger(chatty).setLevel(logging.CRITICAL)

    class IsolatedEngine(NBClientEngine):  # type: ignore[misc]
        """papermill's client, started with `environment` in `folder`, with `memory` bytes at most."""

        @classmethod
        def execute_managed_notebook(
            cls,
            nb_man: Any,
            kernel_name: str,
            *,
            environment: dict[str, str],
            folder: str,
            memory: int,
            start_timeout: int = 60,
            execution_timeout: int | None = None,
            **_of_other_engines: Any,
        ) -> None:
            own = tempfile.TemporaryDirectory(prefix=f"{LEFT}{os.getpid()}-", ignore_cleanup_errors=True)
            with own as sockets, fence.around(writable(sockets, environment), offline=_offline(sockets)) as fenced:
                client = PapermillNotebookClient(
                    nb_man,
                    kernel_name=kernel_name,
                    timeout=execution_timeout,
                    startup_timeout=start_timeout,
                    shutdown_kernel="immediate",
                    resources={"metadata": {"path": folder}},
                    config=Config({"KernelManager": connection(sockets)}),
                )
                silent = subprocess.DEVNULL
                try:
                    client.execute(
                        env={**environment, **_folders(sockets)},
                        stdout=silent,
                        stderr=silent,
                        preexec_fn=all_of(at_most(memory), fenced),
                    )
                except CellTimeoutError:
                    raise Stopped(_cell(nb_man.nb), TOO_LONG) from None
                except (DeadKernelError, RuntimeError):  # RuntimeError: it died before its first cell
                    raise Stopped(_cell(nb_man.nb), DIED) from None
            if names := _errors(nb_man.nb):
                raise Stopped(_cell(nb_man.nb), names[0])

    papermill_engines.register(NAME, IsolatedEngine)
    return NAME


def writable(folder: str, environment: dict[str, str]) -> list[Path]:
    """Where a kernel may write: its own folder of the system's temporary ones, and where its proposals go."""
    return [Path(folder), *(Path(environment[name]) for name in ("COMPENDIUM_PROPOSALS",) if name in environment)]


def _folders(folder: str) -> dict[str, str]:
    """Temporary files and IPython's history go into the kernel's own folder, which is taken away after it."""
    return dict.fromkeys(("TMPDIR", "IPYTHONDIR"), folder)


def _offline(folder: str) -> bool:
    return connection(folder)["transport"] == "ipc"


def clear_after_a_kill() -> None:
    """Take away the folders of kernels whose run was killed: this user's, of processes that are no more."""
    for left in Path(tempfile.gettempdir()).glob(f"{LEFT}*-*"):
        process = left.name.removeprefix(LEFT).split("-")[0]
        if process.isdecimal() and _is_mine(left) and not _is_there(int(process)):
            shutil.rmtree(left, ignore_errors=True)


def _is_mine(folder: Path) -> bool:
    try:
        return folder.stat().st_uid == os.getuid()
    except FileNotFoundError:  # another run has taken it away meanwhile
        return False


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # there, and somebody else's
        return True
    return True


def connection(folder: str) -> dict[str, str]:
    """Sockets in a folder of this kernel's own; TCP, which everybody on the machine can reach, where there are none."""
    return {"transport": "tcp"} if sys.platform == "win32" else {"transport": "ipc", "ip": f"{folder}/s"}


def all_of(*steps: Callable[[], None] | None) -> Callable[[], None] | None:
    """What a process does before it begins, one after the other."""
    wanted = [step for step in steps if step]

    def one_after_the_other() -> None:
        for step in wanted:
            step()

    return one_after_the_other if wanted else None


def at_most(memory: int) -> Callable[[], None] | None:
    """Limit the data of the kernel and of what it starts (Linux: RLIMIT_DATA, which address space set aside by
    libraries does not count against, as it does against RLIMIT_AS). Other systems don't enforce it."""
    if not sys.platform.startswith("linux"):
        return None
    import resource

    return partial(resource.setrlimit, resource.RLIMIT_DATA, (memory, memory))


def _errors(notebook: Any) -> list[str]:
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return [str(output.get("ename", "")) for output in outputs if output.output_type == "error"]


def _cell(notebook: Any) -> int:
    """Which of the code cells was reached last; the cell that papermill put in isn't counted."""
    own = [cell for cell in notebook.cells if cell.cell_type == "code"]
    own = [cell for cell in own if "injected-parameters" not in cell.metadata.get("tags", [])]
    return max((number for number, cell in enumerate(own, 1) if _was_begun(cell)), default=1)


def _was_begun(cell: Any) -> bool:
    return cell.metadata.get("papermill", {}).get("start_time") is not None
