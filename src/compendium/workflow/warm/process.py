"""The warm process: imports libraries, waits for requests, forks a child for each kernel, tells how it ended.

Run as a file, so that nothing of this project is imported before a notebook does it. One thread, no library's threads:
a fork copies only the thread that forks. It ends when the process that started it does, and its kernels with it.
"""

from __future__ import annotations

import compileall
import contextlib
import ctypes
import gc
import importlib
import io
import json
import os
import selectors
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

LARGEST = 1 << 20
SUBREAPER, DEATH_SIGNAL = 36, 1  # prctl
LOOKS_EVERY = 1.0  # seconds, after what a kernel has started and what it shares
TOO_MANY = "processes"  # said beside the status of a kernel that started more than it may
SHARED = "memory"  # the same of one that took more memory to share, which the system's own limit doesn't count


def preload(names: Iterable[str]) -> dict[str, str]:
    """Import what is there; a library that fails to import here will say so in the notebook that needs it.

    Gives the variables that libraries set in the environment: a kernel that imports them itself has them too.
    """
    before = dict(os.environ)
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as failed:
            print(f"{name} was not preloaded: {type(failed).__name__}", file=sys.stderr)
    return {name: value for name, value in os.environ.items() if before.get(name) != value}


def compile_once(folder: str) -> None:
    """Compile the code that notebooks import: behind their fence they can't keep what they compiled."""
    with contextlib.suppress(OSError):
        compileall.compile_dir(folder, quiet=2)


def rehearse() -> None:
    """Draw a figure and show a table once: what libraries load and look up at first use is then there for all kernels.

    Without pyplot and pandas.plotting, which would leave a state behind: figures that are open, converters of dates.
    """
    with contextlib.suppress(Exception):
        figure = sys.modules["matplotlib.figure"].Figure()
        axes = figure.subplots()
        axes.plot([0, 1], label="line")
        axes.set_title("title")
        axes.legend()
        figure.savefig(io.BytesIO(), format="png", bbox_inches="tight")
        frame = sys.modules["pandas"].DataFrame({"text": ["a", "b"], "number": [1.5, 2.5]})
        frame.groupby("text").sum().sort_index()._repr_html_()


class Kernels:
    """The children that run. `variables`: of the environment, set by libraries."""

    def __init__(self, selector: selectors.BaseSelector, variables: Mapping[str, str]) -> None:
        self.selector, self.variables = selector, variables
        self.tell: dict[int, int] = {}  # process id -> where to tell its end
        self.handles: dict[int, int] = {}  # process id -> what becomes readable when it ends
        self.ids: dict[int, int] = {}  # number of the request -> process id
        self.most: dict[int, int] = {}  # process id -> how many processes it may have started
        self.room: dict[int, int] = {}  # process id -> bytes of memory that it may take
        self.ended_for: dict[int, str] = {}

    def start(self, request: Mapping[str, Any], files: Sequence[int], control: int) -> None:
        """Fork one. `files`: messages in, messages out, where to tell its end, Landlock's rules if there are any."""
        child = os.fork()
        if child == 0:
            request = {**request, "environment": {**self.variables, **request["environment"]}}
            become_a_kernel(request, files, [control, *self.tell.values(), *self.handles.values()])
        incoming, outgoing, end, *rules = files
        for file in (incoming, outgoing, *rules):
            os.close(file)
        self.tell[child], self.ids[request["id"]] = end, child
        if most := request["limits"].get("processes"):
            self.most[child] = most
        if room := request["limits"].get("memory"):
            self.room[child] = room
        self.handles[child] = os.pidfd_open(child)
        self.selector.register(self.handles[child], selectors.EVENT_READ, child)
        os.write(end, f"{child}\n".encode())

    def end(self, child: int) -> None:
        """One ended: with it everything that it started; then say with which status."""
        stop(child)
        _, status = os.waitpid(child, 0)
        self.selector.unregister(self.handles[child])
        os.close(self.handles.pop(child))
        end, why = self.tell.pop(child), self.ended_for.pop(child, "")
        self.most.pop(child, None)
        self.room.pop(child, None)
        self.ids = {name: process for name, process in self.ids.items() if process != child}
        if not self.tell:
            end_orphans()
        with contextlib.suppress(BrokenPipeError):
            os.write(end, f"{os.waitstatus_to_exitcode(status)}\n{why}\n".encode())
        os.close(end)

    @property
    def watched(self) -> bool:
        return bool(self.most or self.room)

    def end_those_beyond(self) -> None:
        """Counted here: the system's own limit counts all processes of a user, and none of an administrator's."""
        running = processes() if self.watched else {}
        for child in list(self.tell):
            started = of_kernel(child, running)
            if child in self.most and len(started) > self.most[child]:
                self.ended_for[child] = TOO_MANY
            elif child in self.room and sum(map(shared_memory, (child, *started))) > self.room[child]:
                self.ended_for[child] = SHARED
            else:
                continue
            stop(child)


def serve(control: socket.socket, variables: Mapping[str, str]) -> None:
    """Until the other side is gone."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    selector = selectors.DefaultSelector()
    selector.register(control, selectors.EVENT_READ, None)
    kernels = Kernels(selector, variables)
    control.send(b"ready")
    while True:
        kernels.end_those_beyond()
        for key, _ in selector.select(LOOKS_EVERY if kernels.watched else None):
            if key.data is not None:
                kernels.end(key.data)
                continue
            text, files, _, _ = socket.recv_fds(control, LARGEST, 8)
            if not text:
                for child in list(kernels.tell):
                    stop(child)
                    os.waitpid(child, 0)
                end_orphans()
                return
            request = json.loads(text)
            if "stop" in request:
                if started := kernels.ids.get(request["stop"]):
                    stop(started, request.get("signal", signal.SIGKILL))
            else:
                kernels.start(request, files, control.fileno())


def stop(child: int, number: int = signal.SIGKILL) -> None:
    """Signal a kernel and everything in its process group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, number)


def processes() -> dict[int, tuple[int, int]]:
    """The parent and the session of every process that can be seen here."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            _, parent, _, session = (folder / "stat").read_bytes().rpartition(b")")[2].split()[:4]
            found[int(folder.name)] = int(parent), int(session)
    return found


def of_kernel(kernel: int, running: Mapping[int, tuple[int, int]]) -> set[int]:
    """Those that a kernel started, and they in turn: of its session, or come from one that is."""
    found = {process for process, (_, session) in running.items() if session == kernel}
    while more := {process for process, (parent, _) in running.items() if parent in found} - found:
        found |= more
    return found - {kernel}


def shared_memory(process: int) -> int:
    """Bytes that a process has in memory and may share with others: RLIMIT_DATA counts what is its own alone."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{process}/status").read_bytes().splitlines():
            if line.startswith(b"RssShmem:"):
                return int(line.split()[1]) * 1024
    return 0


def end_orphans() -> None:
    """What kernels started and left behind has become ours: when no kernel runs, end it, and what it started since."""
    while orphans := [process for process, (parent, _) in processes().items() if parent == os.getpid()]:
        for orphan in orphans:
            os.kill(orphan, signal.SIGKILL)
        for orphan in orphans:
            os.waitpid(orphan, 0)


def become_a_kernel(request: Mapping[str, Any], files: Sequence[int], not_mine: Iterable[int]) -> NoReturn:
    """In the child, which never returns: leave the parent's things, give up rights, then be a kernel."""
    try:
        libc = ctypes.CDLL(None)
        libc.prctl(DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        os.setsid()
        for file in not_mine:
            os.close(file)
        incoming, outgoing, end, *rules = files
        os.close(end)
        os.chdir(request["folder"])
        os.environ.clear()
        os.environ.update(request["environment"])
        tempfile.tempdir = None
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed()
        import rights

        rights.Rights(request["limits"], offline=True).give_up(rules[0] if rules else None)
        for file in rules:
            os.close(file)
        sys.argv = ["ipykernel_launcher.py", *request["arguments"]]
        import forked_kernel

        forked_kernel.run(socket.socket(fileno=incoming), socket.socket(fileno=outgoing), request["arguments"])
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


if __name__ == "__main__":
    here = str(Path(__file__).parent)
    sys.path = [here, *(path for path in sys.path if Path(path or ".").resolve() != Path(here))]
    control_number, code, *libraries = sys.argv[1:]
    set_by_libraries = preload(["forked_kernel", "rights", *libraries])
    sys.path.remove(here)
    rehearse()
    if code:
        compile_once(code)
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started us: it ends, then we do
    serve(socket.socket(fileno=int(control_number)), set_by_libraries)
