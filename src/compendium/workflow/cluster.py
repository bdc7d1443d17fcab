"""Run notebooks on the workers of a Dask cluster that sees the compendium's folder; results are those of a local run.

Only notebooks go there: planning, settling and writing stay with the process that holds the localities. A worker is
lost, and what it did is given to another; a notebook that stops is not tried again, for it would stop again.
"""

from __future__ import annotations

import hashlib
import platform
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from compendium.errors import CompendiumError, Problem
from compendium.paths import PACKAGE, Root
from compendium.progress import Hears, Piece
from compendium.writing import write_whole

RETRIES = 3  # of a notebook whose worker was lost
WITHIN = 30  # seconds until the scheduler answers and a worker is there
MARK = ".cluster"
INSTALL = "Install it: pip install 'ocsv-compendium[cluster]'."


@contextmanager
def workers(address: str, root: Root, hears: Hears) -> Iterator[tuple[Executor, int, Hears]]:
    """An executor of the cluster at `address`, how many notebooks it runs at once, and what a notebook there calls so
    that `hears` is called here. Raises `CompendiumError` when the cluster isn't there, has no worker, or a worker has
    other code or doesn't see this folder.
    """
    try:
        from distributed import Client, KilledWorker
    except ImportError:
        raise CompendiumError("The libraries for a cluster are not installed.", INSTALL) from None
    try:
        client = Client(address, timeout=WITHIN, set_as_default=False)
    except (OSError, ValueError):
        raise CompendiumError(
            f"No cluster answers at {address}.",
            "Start one: `dask scheduler`, then `dask worker ADDRESS` on each machine.",
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WITHIN)
        except TimeoutError:
            raise CompendiumError(f"The cluster at {address} has no worker.", f"`dask worker {address}`.") from None
        _same_everywhere(client.run, root)
        topic = f"compendium-{secrets.token_hex(8)}"
        client.subscribe_topic(topic, lambda event: hears(Piece(*event[1][:2]), *event[1][2:]))
        try:
            with client.get_executor(retries=RETRIES, pure=False) as executor:
                yield executor, max(1, sum(client.nthreads().values())), partial(_says, topic)
        except KilledWorker:
            remedy = "Give the workers more memory, or lower limits.memory_mb in locality.yml. What finished is kept."
            raise CompendiumError("A notebook lost its worker again and again.", remedy) from None


def _says(topic: str, piece: Piece, cell: int, cells: int) -> None:
    """On a worker: which cell of a notebook begins."""
    from distributed import get_worker

    get_worker().log_event(topic, [piece.locality, piece.notebook, cell, cells])


def _same_everywhere(on_each: Callable[..., dict[str, tuple[str, bool]]], root: Root) -> None:
    """Every worker has this code and this folder."""
    word = secrets.token_hex(16)
    marked = root.private / MARK
    write_whole(marked, word)
    try:
        answers = on_each(_look, str(marked), word)
    finally:
        marked.unlink(missing_ok=True)
    problems = []
    for worker, (code, sees) in sorted(answers.items()):
        if not sees:
            remedy = "Every worker needs the folder of the compendium under the same path, such as on a shared disk."
            problems.append(Problem(message=f"Worker {worker} does not see {root.path.name}.", remedy=remedy))
        elif code != fingerprint():
            remedy = "Install the same version there, with the same Python."
            problems.append(Problem(message=f"Worker {worker} has another version of this program.", remedy=remedy))
    if problems:
        raise CompendiumError(problems)


def _look(marked: str, word: str) -> tuple[str, bool]:
    path = Path(marked)
    return fingerprint(), path.exists() and path.read_text("utf-8") == word


def fingerprint() -> str:
    """Of the program's code and Python: what makes two machines give the same."""
    digest = hashlib.sha256(platform.python_version().encode())
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
