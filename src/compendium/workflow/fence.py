"""A fence around a kernel: on Linux it can write into folders of its own and reach nobody over TCP.

A notebook is code that runs as its user; a slip of it could write a table of victims into `outputs/` or send it away.
Landlock (Linux 5.13 and later; docs.kernel.org/userspace-api/landlock.html) lets a process give up rights for itself
and all that it starts. Where it isn't there, on other systems and older kernels, there is no fence: what travels is
compared with what settling wrote all the same.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # system calls, the same on every architecture
_VERSION_ONLY = 1
_NO_NEW_PRIVILEGES = 38  # prctl
_BENEATH = 1
# Rights of files that change something: write, remove a folder or file, make of every kind; by version also move
# between folders (2) and cut short (3).
_WRITE, _REMOVE, _MAKE = 1 << 1, 1 << 4 | 1 << 5, sum(1 << bit for bit in range(6, 13))
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_TCP = 1 << 0 | 1 << 1  # bind and connect (version 4)
_OF_A_FILE = _WRITE | _TRUNCATE
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/ptmx", "/dev/pts")


@cache
def version() -> int:
    """The version of Landlock that this system has; 0: none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, int(_libc().syscall(_CREATE, None, 0, _VERSION_ONLY)))


@contextmanager
def around(folders: Sequence[Path], *, offline: bool) -> Iterator[Callable[[], None] | None]:
    """What a kernel's process calls before it begins, so that it can change files in `folders` alone.

    With `offline` it can also neither open nor accept a TCP connection. None where there is no fence. Made in this
    process and carried out in the next, which must not wait for any lock: it holds two system calls only.
    """
    with rules(folders, offline=offline) as fence:
        yield None if fence is None else partial(_stay_behind, _libc(), fence)


@contextmanager
def rules(folders: Sequence[Path], *, offline: bool) -> Iterator[int | None]:
    """The rules of a fence as an open file, for a process that puts it up itself. None where there is no fence."""
    if not version():
        yield None
        return
    rights = _WRITE | _REMOVE | _MAKE | (_REFER if version() >= 2 else 0) | (_TRUNCATE if version() >= 3 else 0)
    network = _TCP if offline and version() >= 4 else 0
    attributes = struct.pack("=QQ", rights, network) if version() >= 4 else struct.pack("=Q", rights)
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


def _stay_behind(libc: ctypes.CDLL, fence: int) -> None:
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if libc.syscall(_RESTRICT, fence, 0):
        os._exit(126)  # a fence that was promised and can't be put up: no kernel


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
