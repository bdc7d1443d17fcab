"""Kernels without start-up: a warm process that has the libraries, and never the project's code, forks each of them.

`process.py`, `rights.py` and `forked_kernel.py` run in the warm process and import nothing of ours, so that a notebook
always gets the code as it is on the disk; `client.py` is this side of it. What the notebook sees is ipykernel's own
kernel and shell, what reads its messages is papermill's own client; only the sockets between them are ours.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compendium.workflow.warm.client import Kernel, WarmProcess

# What notebooks import, and what they import slowly. pyplot belongs to it, its inline backend doesn't: IPython sets
# that up in each kernel, and figures vanish without an error where it was imported before.
OF_NOTEBOOKS = (
    "numpy", "pandas", "polars", "scipy.stats", "pydantic", "pydantic.json_schema", "pydantic.functional_validators",
    "yaml", "ruamel.yaml", "krippendorff", "matplotlib.pyplot", "matplotlib.backends.backend_agg",
)  # fmt: skip
# What ipykernel imports no earlier than when a kernel begins; the debugger alone is two thirds of that time.
OF_KERNELS = (
    "ipykernel.debugger", "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.pylabtools",
    "IPython.extensions.storemagic", "sqlite3", "tornado.platform.asyncio", "cProfile", "faulthandler",
)  # fmt: skip
LIBRARIES = (*OF_NOTEBOOKS, *OF_KERNELS)
BACKEND = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
ARGUMENTS = ["--HistoryManager.hist_file=:memory:"]
_ASKING = Lock()
_running: list[WarmProcess] = []


def kernel(environment: Mapping[str, str], folder: str, limits: Mapping[str, int], rules: int | None) -> Kernel:
    """A kernel forked from the warm process, which is started when there is none and once again when it has died.

    `limits`: as `rights.Rights` has them; `rules`: an open file with the rules of its fence. Raises `NoWarmProcess`, a
    `RuntimeError`.
    """
    from compendium.workflow.warm.client import NoWarmProcess

    request = {"folder": folder, "environment": dict(environment), "limits": dict(limits), "arguments": ARGUMENTS}
    try:
        return start(environment).start(request, rules)
    except NoWarmProcess:
        return start(environment).start(request, rules)


def start(environment: Mapping[str, str]) -> WarmProcess:
    """The warm process of this one; it imports libraries while the caller goes on."""
    from compendium.workflow.warm.client import WarmProcess

    with _ASKING:
        while _running and not _running[0].is_there:
            _running.pop().close()
        if not _running:
            _running.append(WarmProcess({**environment, **BACKEND}, LIBRARIES))
        return _running[0]


def stop() -> None:
    """End the warm process, and any kernel that still runs."""
    with _ASKING:
        while _running:
            _running.pop().close()


atexit.register(stop)
os.register_at_fork(after_in_child=_running.clear)
