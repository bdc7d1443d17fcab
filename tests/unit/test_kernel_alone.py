"""A kernel reaches nobody, holds no secret of whoever started it, and stays within the limits of locality.yml."""

from __future__ import annotations

import itertools
import os
import platform
import re
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from compendium.workflow import engine, fence
from compendium.workflow.engine import MEMORY, TOO_MANY, TOO_MUCH_CPU, Stopped
from compendium.workflow.warm import rights
from compendium.workflow.warm.process import of_kernel
from compendium.workflow.warm.rights import IO_URING, MACHINES, Rights
from tests.unit.test_warm_kernels import _outputs, _runs

pytestmark = pytest.mark.skipif(engine.usual() != "warm", reason="kernels are forked on Linux only")
FILTERS = Path("/proc/sys/kernel/seccomp/actions_avail")  # asked of the system, not of what is tested here
needs_network_kept = pytest.mark.skipif(
    not FILTERS.exists() or platform.machine() not in MACHINES, reason="this system has no filter of system calls"
)
TRIES = """
import io, os, socket
def tried(reach):
    try:
        reach()
        return "reached"
    except OSError as refused:
        return type(refused).__name__
def udp(): socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"record", ("127.0.0.1", {port}))
def unix(kind, name): socket.socket(socket.AF_UNIX, kind).connect(name)
def log(made): made.sendto(b"record", {log!r})
tried(lambda: socket.create_connection(("127.0.0.1", {port}))), tried(udp), tried(
    lambda: socket.create_connection(("::1", {port}))), tried(
    lambda: unix(socket.SOCK_STREAM, {path!r})), tried(lambda: unix(socket.SOCK_STREAM, chr(0) + {abstract!r})), tried(
    lambda: socket.getaddrinfo("example.org", 80)), tried(
    lambda: log(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))), tried(
    lambda: log(socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0])), tried(
    lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 2)), tried(
    lambda: [each.send(b"x") for each in socket.socketpair()])
"""


@needs_network_kept
def test_where_the_system_has_filters_kernels_get_one() -> None:
    assert "a filter of system calls" in fence.kept_off_the_network()


@needs_network_kept
@pytest.mark.parametrize("kind", ["warm", "ordinary"])
def test_a_kernel_reaches_nobody_by_any_kind_of_socket(
    kind: engine.Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "ordinary":  # as in many a container: the filter alone
        monkeypatch.setattr(Rights, "_own_network", lambda self: (False, False))
        monkeypatch.setattr(fence, "version", lambda: 0)
    abstract = f"compendium-test-{os.getpid()}"
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as service,
        socket.socket(socket.AF_UNIX) as nameless,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log,
    ):
        port = tcp.getsockname()[1]
        udp.bind(("127.0.0.1", port))
        service.bind(str(tmp_path / "s"))
        nameless.bind(f"\0{abstract}")
        log.bind(str(tmp_path / "log"))
        service.listen()
        nameless.listen()
        cell = TRIES.format(port=port, path=str(tmp_path / "s"), abstract=abstract, log=str(tmp_path / "log"))
        (shown,) = _outputs([cell], kind, tmp_path)
        for hears in (udp, log):
            hears.setblocking(False)
            with pytest.raises(BlockingIOError):
                hears.recv(1)
    *reached, pair = re.findall(r"'(\w+)'", shown[0]["data"]["text/plain"])
    assert len(reached) == 9 and "reached" not in reached
    assert pair == "reached"


@needs_network_kept
@pytest.mark.parametrize("left_out", ["unshare", "seccomp"])
def test_one_way_off_the_network_is_enough(left_out: str, monkeypatch: pytest.MonkeyPatch) -> None:
    left = Rights({}, offline=True)
    if left_out == "seccomp":
        monkeypatch.setattr(left, "_filter", b"")
    else:
        monkeypatch.setattr(left, "_own_network", lambda: (False, False))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hears:
        hears.bind(("127.0.0.1", 0))
        hears.settimeout(0.2)
        call = f"import socket\nsocket.socket(2, socket.SOCK_DGRAM).sendto(b'x', {hears.getsockname()!r})"
        ended = subprocess.run([sys.executable, "-c", call], preexec_fn=left.give_up, capture_output=True, check=False)
        with pytest.raises(TimeoutError):
            hears.recv(1)
    assert ended.returncode and b"Error" in ended.stderr


@needs_network_kept
def test_whoever_runs_it_keeps_no_right_to_go_back_to_the_network() -> None:
    left = Rights({}, offline=True)
    call = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
try:
    own = os.open(f"/proc/{os.getppid()}/ns/net", os.O_RDONLY)
    print("back" if libc.setns(own, 0) == 0 else "refused")
except PermissionError:
    print("refused")
print(int(dict(line.split(":", 1) for line in open("/proc/self/status"))["CapBnd"], 16) & ~0b11111)
print(os.getuid() == int(os.environ["WHO"]), open("/proc/self/coredump_filter").read().strip())
"""
    ended = subprocess.run(
        [sys.executable, "-c", call],
        preexec_fn=left.give_up,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "WHO": str(os.getuid())},
    )
    assert ended.stdout.split() == ["refused", "0", "True", "00000000"], ended.stderr


def test_the_filter_of_every_machine_lets_streams_between_processes_here_through_and_no_other_socket() -> None:
    """Its program followed step by step, as Linux does, so that machines that this isn't are looked at too."""
    for machine, (number, seccomp, new, pair, connect, second) in MACHINES.items():
        for zeromq in (False, True):
            code = rights.filter_of(machine, zeromq=zeromq)
            for call, kind, flags, family, what in itertools.product(
                (new, pair, connect, seccomp, 0, IO_URING), range(8), (0, 0o2000000, 0o4000), range(46), (0, 2, 12)
            ):
                stream, routes = family == socket.AF_UNIX and kind == 1, family == 16 and what == 0 and zeromq
                wanted = (stream or routes) if call in (new, pair) else call not in (connect, IO_URING)
                assert _verdict(code, number, call, (family, kind | flags, what)) == wanted
            assert not _verdict(code, 0x40000003, 102, (1, 1, 0))  # a program of 32 bits: every number is another call
            assert not second or not _verdict(code, number, second | new, (1, 1, 0))
    assert rights.filter_of("another") == b""


def _verdict(code: bytes, machine: int, call: int, arguments: tuple[int, int, int]) -> bool:
    """Whether a filter lets a call through. The language: linux/filter.h; what it looks at: seccomp_data."""
    looked_at = struct.pack("=iIQ6Q", call, machine, 0, *arguments, 0, 0, 0)
    steps, place, held = list(struct.iter_unpack("=HBBI", code)), 0, 0
    while True:
        does, yes, no, value = steps[place]
        place += 1
        if does == 0x06:
            assert value in (0x7FFF0000, 0x0005000D)
            return bool(value == 0x7FFF0000)
        if does == 0x20:
            held = struct.unpack_from("=I", looked_at, value)[0]
        elif does == 0x54:
            held &= value
        else:
            place += yes if (held == value if does == 0x15 else held >= value) else no


def test_a_secret_of_the_shell_is_found_nowhere_in_a_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_TOKEN", "canary-of-the-shell")
    cell = """
import os
from pathlib import Path
found = []
for file in [*Path("/proc").glob("[0-9]*/environ"), *Path("/proc").glob("[0-9]*/cmdline")]:
    try:
        found += [str(file)] if b"canary-of-" + b"the-shell" in file.read_bytes() else []
    except OSError:
        pass
sorted(n for n in os.environ if "TOKEN" in n), found"""
    started = subprocess.Popen(["sleep", "20"])  # a process of the same user that has the secret
    try:
        (shown,) = _outputs([cell], "warm", tmp_path)
    finally:
        started.kill()
        started.wait()
    assert shown[0]["data"]["text/plain"] == "([], [])"


@pytest.mark.skipif(fence.version() < 6, reason="this system's Landlock keeps no signals in")
def test_a_kernel_cannot_signal_what_started_it(tmp_path: Path) -> None:
    cell = "import os, signal\ntry:\n    os.kill(os.getppid(), 0)\nexcept PermissionError:\n    print('refused')"
    assert _outputs([cell], "warm", tmp_path)[0][0]["text"] == "refused\n"


def test_a_notebook_that_multiplies_is_stopped_with_all_that_it_started(tmp_path: Path) -> None:
    cell = "import subprocess, time\nfor _ in range(40):\n    subprocess.Popen(['sleep', '7344'])\ntime.sleep(60)"
    with pytest.raises(Stopped) as stopped:
        _outputs(["1", cell], "warm", tmp_path, processes=20)
    assert (stopped.value.cell, stopped.value.reason) == (2, TOO_MANY)
    assert not _runs("sleep 7344")


def test_memory_that_is_shared_counts_as_memory(tmp_path: Path) -> None:
    """The system's limit counts what a process has for itself alone: a shared map would take all there is."""
    cell = "import mmap, time\nheld = mmap.mmap(-1, {0} << 20)\nfor _ in range({0}):\n    held.write(bytes(1 << 20))\n"
    assert _outputs(["1", cell.format(40)], "warm", tmp_path, memory=400 << 20)
    with pytest.raises(Stopped) as stopped:
        _outputs(["1", f"{cell.format(440)}time.sleep(30)"], "warm", tmp_path, memory=400 << 20)
    assert (stopped.value.cell, stopped.value.reason) == (2, MEMORY)


def test_processes_of_a_kernel_are_counted_wherever_they_moved() -> None:
    running = {1: (0, 1), 10: (1, 10), 11: (10, 10), 12: (11, 12), 13: (12, 12), 20: (1, 20), 21: (20, 20)}
    assert of_kernel(10, running) == {11, 12, 13}


@pytest.mark.parametrize(
    ("cell", "reason", "limits"),
    [
        ("while True: pass", TOO_MUCH_CPU, {"cpu": 1}),
        ("import os\nopen(os.environ['TMPDIR'] + '/f', 'wb').write(bytes(2_000_000))", "OSError", {"file": 1_000_000}),
    ],
    ids=["processor", "file"],
)
def test_a_kernel_is_held_to_its_limits(cell: str, reason: str, limits: dict[str, int], tmp_path: Path) -> None:
    with pytest.raises(Stopped) as stopped:
        _outputs(["1", cell], "warm", tmp_path, **limits)
    assert (stopped.value.cell, stopped.value.reason) == (2, reason)


def test_a_limit_that_was_narrower_stays() -> None:
    import resource

    def narrow() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 2000))
        Rights({"file": 5000}, offline=False).give_up()

    assert _limits_after(narrow) == "(2000, 2000)"


def _limits_after(begin: Callable[[], None]) -> str:
    call = "import resource; print(resource.getrlimit(resource.RLIMIT_FSIZE))"
    ended = subprocess.run([sys.executable, "-c", call], preexec_fn=begin, capture_output=True, text=True, check=True)
    return ended.stdout.strip()


def test_this_process_gave_up_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        server.accept()[0].close()
