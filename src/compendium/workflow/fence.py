"""A fence around a kernel: on Linux it can write into folders of its own and reaches nobody.

A notebook is code that runs as its user; a slip of it could write a table of victims into `outputs/` or send it away.
Landlock (Linux 5.13 and later; docs.kernel.org/userspace-api/landlock.html) lets a process give up rights for itself
and all that it starts; `warm/rights.py` does the rest: no network, limits. Where Landlock isn't there, on other systems
and older kernels, there is no fence of files: what travels is compared with what settling wrote all the same.
"""

from __future__ import annotations

import ctypes
import os
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compendium.workflow.warm.rights import Rights

_CREATE, _ADD = 444, 445  # system calls, the same on every architecture
_VERSION_ONLY = 1
_BENEATH = 1
# Rights of files that change something: write, remove a folder or file, make of every kind; by version also move
# between folders (2) and cut short (3).
_WRITE, _REMOVE, _MAKE = 1 << 1, 1 << 4 | 1 << 5, sum(1 << bit for bit in range(6, 13))
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_TCP = 1 << 0 | 1 << 1  # bind and connect (version 4)
_SCOPE = 1 << 0 | 1 << 1  # abstract sockets and signals reach those behind the same fence only (version 6)
_OF_A_FILE = _WRITE | _TRUNCATE
NO_TCP = "no TCP by Landlock"
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/ptmx", "/dev/pts")


@cache
def version() -> int:
    """The version of Landlock that this system has; 0: none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, int(_libc().syscall(_CREATE, None, 0, _VERSION_ONLY)))


@contextmanager
def around(
    folders: Sequence[Path], limits: Mapping[str, int], *, offline: bool
) -> Iterator[Callable[[], object] | None]:
    """What a kernel's process calls before it begins: it can then change files in `folders` alone, within `limits`.

    With `offline` it reaches no network either. None on other systems than Linux. Made in this process and carried out
    in the next, which must not wait for any lock: it holds system calls only.
    """
    if not sys.platform.startswith("linux"):
        yield None
        return
    from compendium.workflow.warm.rights import Rights

    left = Rights(limits, offline=offline, zeromq=True)
    with rules(folders, offline=offline) as fence:
        yield lambda: left.give_up(fence)


@contextmanager
def rules(folders: Sequence[Path], *, offline: bool) -> Iterator[int | None]:
    """The rules of a fence as an open file, for a process that puts it up itself. None where there is no fence."""
    if not version():
        yield None
        return
    rights = _WRITE | _REMOVE | _MAKE | (_REFER if version() >= 2 else 0) | (_TRUNCATE if version() >= 3 else 0)
    network = _TCP if offline and version() >= 4 else 0
    scope = _SCOPE if version() >= 6 else 0
    known = 3 if version() >= 6 else 2 if version() >= 4 else 1
    attributes = struct.pack("=3Q", rights, network, scope)[: 8 * known]
    fence = int(_libc().syscall(_CREATE, attributes, len(attributes), 0))
    if fence < 0:
        raise OSError(ctypes.get_errno(), "Landlock gave no rules")
    try:
        for path in (*folders, *(Path(device) for device in DEVICES)):
            if path.exists():
                _allow(fence, path, rights if path.is_dir() else rights & _OF_A_FILE)
        yield fence
    finally:
        os.close(fence)


def kept_off_the_network() -> list[str]:
    """How kernels are kept off the network here, in words: tried in a process that ends at once. Empty: they aren't."""
    if not sys.platform.startswith("linux"):
        return []
    from compendium.workflow.warm.rights import Rights

    left = Rights({}, offline=True)
    heard, said = os.pipe()
    with os.fdopen(heard, "rb") as answer:
        try:
            subprocess.run(
                [sys.executable, "-V"], preexec_fn=lambda: _tell(said, left), capture_output=True, check=False
            )
        finally:
            os.close(said)
        found = answer.read().decode().splitlines()
    return [*found, NO_TCP] if version() >= 4 else found


def _tell(said: int, left: Rights) -> None:
    os.write(said, "\n".join(left.give_up()).encode())


def _allow(fence: int, path: Path, rights: int) -> None:
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        beneath = struct.pack("=Qi", rights, handle)
        if _libc().syscall(_ADD, fence, _BENEATH, beneath, 0):
            raise OSError(ctypes.get_errno(), "Landlock refused a folder of the kernel's own")
    finally:
        os.close(handle)


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
