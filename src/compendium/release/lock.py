"""One command at a time works on a locality: a run until all of it is settled, an import, a release."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from compendium import together
from compendium.errors import Busy
from compendium.paths import CANDIDATE, RUNNING
from compendium.writing import lock


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold `folder/.lock` for the block; the system frees it when the process ends, however it ends.

    What a killed holder left is made good first: files that it was putting in place, folders that it would have taken
    away. Raises `Busy` when another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as handle:
        try:
            lock(handle.fileno(), folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                f"Another command is at work on {folder.name}.", "Wait until it has ended, then try again."
            ) from None
        together.finish(folder)
        for left in (path for begins in (RUNNING, CANDIDATE) for path in folder.glob(f"{begins}*")):
            shutil.rmtree(left, ignore_errors=True)
        yield
