"""A papermill engine whose kernel gets an environment and a folder of its own.

papermill's own engine gives a kernel this process's environment (secrets included) and changes this process's folder,
which can't hold for two notebooks at once.
"""

from __future__ import annotations

import sys
import tempfile
from functools import cache
from typing import Any

NAME = "isolated"


@cache
def isolated_engine() -> str:
    """Register the engine with papermill, once; its name. Imports papermill only when a notebook is to run."""
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import NBClientEngine, papermill_engines
    from traitlets.config import Config

    class IsolatedEngine(NBClientEngine):  # type: ignore[misc]
        """papermill's client, started with `environment` and `folder`."""

        @classmethod
        def execute_managed_notebook(
            cls,
            nb_man: Any,
            kernel_name: str,
            *,
            environment: dict[str, str],
            folder: str,
            start_timeout: int = 60,
            execution_timeout: int | None = None,
            **_of_other_engines: Any,
        ) -> None:
            with tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True) as sockets:
                client = PapermillNotebookClient(
                    nb_man,
                    kernel_name=kernel_name,
                    timeout=execution_timeout,
                    startup_timeout=start_timeout,
                    shutdown_kernel="immediate",
                    resources={"metadata": {"path": folder}},
                    config=Config({"KernelManager": connection(sockets)}),
                )
                client.execute(env=environment)

    papermill_engines.register(NAME, IsolatedEngine)
    return NAME


def connection(folder: str) -> dict[str, str]:
    """Sockets in a folder of this kernel's own; TCP, which everybody on the machine can reach, where there are none."""
    return {"transport": "tcp"} if sys.platform == "win32" else {"transport": "ipc", "ip": f"{folder}/s"}
