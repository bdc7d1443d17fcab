"""Rights that a kernel's process gives up, for itself and all that it starts, before it runs a notebook's code.

Linux, with nothing but system calls, since a process just forked must not wait for any lock. Every step that a system
doesn't know or allow is left out; `compendium doctor` says which of those that shut off the network hold here. Only one
is demanded: a fence of files that was promised and can't be put up means no kernel.

Used by the warm process, which imports nothing of this project: no module of ours may be imported here.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys
from collections.abc import Mapping

NO_NEW_PRIVILEGES, DROP_FROM_BOUNDS = 38, 24  # prctl
RESTRICT = 446  # Landlock, the same number on every architecture
NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000  # unshare
CAPABILITIES, OF_FILES = 64, 0b11111  # the first five are about whose files one may read and change
CAPABILITY_VERSION = 0x20080522
FIRST_TO_END = b"1000"  # oom_score_adj: when the machine's memory runs out, the kernel goes, and nothing else
# Of each machine that the filter is written for: its number in AUDIT_ARCH, then the system calls seccomp, socket,
# socketpair, connect, and where a second table of numbers begins (x32; 0: none). io_uring, which opens sockets past
# these, is 425.
MACHINES = {"x86_64": (0xC000003E, 317, 41, 53, 42, 0x40000000), "aarch64": (0xC00000B7, 277, 198, 199, 203, 0)}
IO_URING, NONE, AT_FULL_SPEED, ALLOWED, DENIED = 425, 0xFFFFFFFF, 4, 0x7FFF0000, 0x00050000 | 13  # EACCES
LOAD, AND, EQUAL, AT_LEAST, GIVE = 0x20, 0x54, 0x15, 0x35, 0x06  # of a filter's language (linux/bpf_common.h)
TABLE, CALL, FIRST, SECOND, THIRD = 4, 0, 16, 24, 32  # of a call: which table its number is of, arguments (seccomp.h)
UNIX, NETLINK, ROUTES, STREAM, WITHOUT_FLAGS = 1, 16, 0, 1, 0xF  # of sockets
OWN_NETWORK, FILTER = "a network of its own, which is empty", "a filter of system calls"
BESIDE = 16  # tasks for each core that libraries start in threads, beside the processes that a notebook may start


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


class Rights:
    """What a process is left with. Made before the fork; `give_up` is called after it.

    `limits`: by `memory` and `file` in bytes, `cpu` in seconds, `processes`; absent: no limit. `offline`: no network.
    `zeromq`: it may ask the system which networks there are: ZeroMQ stops without.
    """

    def __init__(self, limits: Mapping[str, int], *, offline: bool, zeromq: bool = False) -> None:
        self.limits, self.offline = dict(limits), offline
        self._libc = ctypes.CDLL(None, use_errno=True)
        user, group = os.geteuid(), os.getegid()
        self._myself = f"{user} {user} 1".encode(), f"{group} {group} 1".encode()
        self._filter = filter_of(platform.machine(), zeromq=zeromq)
        self._number = MACHINES.get(platform.machine(), (0, 0))[1]

    def give_up(self, fence: int | None = None) -> list[str]:
        """Do it; `fence`: Landlock's rules as an open file. Gives the ways in which the network is shut off now."""
        how: list[str] = []
        own_users = False
        _write("/proc/self/coredump_filter", b"0")  # a dump would hold records
        _write("/proc/self/oom_score_adj", FIRST_TO_END)
        if self.offline:
            shut, own_users = self._own_network()
            how += [OWN_NETWORK] if shut else []
        self._limit(own_users)
        self._libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        if self.offline and self._filtered():
            how.append(FILTER)
        if fence is not None and self._libc.syscall(RESTRICT, fence, 0):
            os._exit(126)  # a fence that was promised and can't be put up: no kernel
        return how

    def _own_network(self) -> tuple[bool, bool]:
        """Move into a network without any way out; whether that went well, and whether with users of its own.

        An administrator may do so at once; anybody else needs a space of users first, in which they stay who they are.
        """
        if self._libc.unshare(NEW_NETWORK) == 0:
            self._give_up_capabilities(OF_FILES)
            return True, False
        if self._libc.unshare(NEW_USER | NEW_NETWORK) == 0:
            _write("/proc/self/setgroups", b"deny")
            _write("/proc/self/uid_map", self._myself[0])
            _write("/proc/self/gid_map", self._myself[1])
            self._give_up_capabilities(0)
            return True, True
        return False, False

    def _give_up_capabilities(self, kept: int) -> None:
        """With those of an administrator a process could go back to the network that it left."""
        for number in range(CAPABILITIES):
            if not kept >> number & 1:
                self._libc.prctl(DROP_FROM_BOUNDS, number, 0, 0, 0)
        header = struct.pack("=Ii", CAPABILITY_VERSION, 0)
        self._libc.capset(header, struct.pack("=6I", kept, kept, 0, 0, 0, 0))

    def _limit(self, own_users: bool) -> None:
        _at_most(resource.RLIMIT_CORE, 0)
        if memory := self.limits.get("memory"):
            _at_most(resource.RLIMIT_DATA, memory)
        if file := self.limits.get("file"):
            _at_most(resource.RLIMIT_FSIZE, file)
        if seconds := self.limits.get("cpu"):
            _at_most(resource.RLIMIT_CPU, seconds, spare=1)  # in which the signal says what it was ended for
        processes = self.limits.get("processes")
        if processes and own_users:  # elsewhere it counts all that this user runs
            _at_most(resource.RLIMIT_NPROC, processes + BESIDE * (os.cpu_count() or 1))

    def _filtered(self) -> bool:
        if not self._filter:
            return False
        program = _Program(len(self._filter) // 8, self._filter)
        return int(self._libc.syscall(self._number, 1, AT_FULL_SPEED, ctypes.byref(program))) == 0


def filter_of(machine: str, *, zeromq: bool = False) -> bytes:
    """The program by which Linux refuses a process every socket but streams between processes here (AF_UNIX).

    It may listen on them and connect none: to no resolver of names, no bus, no engine of containers. Datagrams need no
    connection, so there are none, not in pairs either: the machine's log would take a record. `zeromq`: also the socket
    that tells which networks there are, which carries nothing away. Empty: there is none for this machine.
    """
    if machine not in MACHINES or sys.byteorder != "little":
        return b""
    number, _, socket, pair, connect, second = MACHINES[machine]
    family, what, kind, refuse, allow = 8, 11, 13, 16, 17  # places in the program
    steps = [
        (LOAD, TABLE, 0, 0),
        (EQUAL, number, 2, refuse),
        (LOAD, CALL, 0, 0),
        (AT_LEAST, second or NONE, refuse, 4),
        (EQUAL, IO_URING, refuse, 5),
        (EQUAL, connect, refuse, 6),
        (EQUAL, socket, family, 7),
        (EQUAL, pair, family, allow),
        (LOAD, FIRST, 0, 0),
        (EQUAL, UNIX, kind, 10),
        (EQUAL, NETLINK if zeromq else NONE, what, refuse),
        (LOAD, THIRD, 0, 0),
        (EQUAL, ROUTES, allow, refuse),
        (LOAD, SECOND, 0, 0),
        (AND, WITHOUT_FLAGS, 0, 0),
        (EQUAL, STREAM, allow, refuse),
        (GIVE, DENIED, 0, 0),
        (GIVE, ALLOWED, 0, 0),
    ]
    return b"".join(
        struct.pack("=HBBI", does, max(0, yes - place), max(0, no - place), value)  # so many steps are passed over
        for place, (does, value, yes, no) in enumerate(steps, 1)
    )


def _at_most(what: int, most: int, spare: int = 0) -> None:
    """A limit that can't be raised again; one that was narrower stays."""
    _, hard = resource.getrlimit(what)
    allowed = [limit if hard == resource.RLIM_INFINITY else min(limit, hard) for limit in (most, most + spare)]
    resource.setrlimit(what, (allowed[0], allowed[1]))


def _write(file: str, text: bytes) -> None:
    """Tell the system something about this process; where it can't be told, nothing is lost."""
    try:
        handle = os.open(file, os.O_WRONLY)
    except OSError:
        return
    try:
        os.write(handle, text)
    except OSError:
        pass
    finally:
        os.close(handle)
