"""One run at a time for each locality: from its first notebook until it is settled."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from compendium.errors import Busy


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold `folder/.lock` for the block; the system frees it when the process ends, however it ends.

    Raises `Busy` when another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                f"Another run is at work on {folder.name}.", "Wait until it has ended, then try again."
            ) from None
        yield
