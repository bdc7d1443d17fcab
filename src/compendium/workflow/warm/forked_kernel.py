"""ipykernel's own application and kernel, whose messages go through two plain sockets instead of ZeroMQ.

Runs in the child of the warm process. Imports nothing of this project.
"""

from __future__ import annotations

import array
import asyncio
import base64
import fcntl
import logging
import os
import select
import sys
import termios
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket
from typing import Any, NoReturn

from ipykernel import ipkernel
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session, json_packer
from traitlets import Any as Anything

LENGTH = 8  # bytes before each message that tell how long it is
PRINTED = 1 << 20  # characters of each stream that a cell may print; the rest is let go: none of it is kept in the end


class PlainSession(Session):
    """Writes each message as one length and one JSON text; which of Jupyter's channels it is for stands beside it."""

    out = Anything()  # a socket
    writing = Anything()  # a lock

    def send(  # the signature is Session's
        self,
        stream: Any,
        msg_or_type: Any,
        content: Any = None,
        parent: Any = None,
        ident: Any = None,
        buffers: Any = None,
        track: bool = False,
        header: Any = None,
        metadata: Any = None,
    ) -> Any:
        if os.getpid() != self.pid:  # a process that a cell has forked: what it prints is not ours to send
            return None
        message = msg_or_type
        if not isinstance(message, dict):
            message = self.msg(message, content=content, parent=parent, header=header, metadata=metadata)
        raw = buffers or message.get("buffers") or []
        whole = {**message, "buffers": [base64.b64encode(memoryview(part)).decode() for part in raw]}
        channel = "iopub" if isinstance(stream, IOPubThread) or hasattr(stream, "io_thread") else "shell"
        if message["header"]["msg_type"] == "input_request":
            channel = "stdin"
        text = json_packer({"channel": channel, "message": whole})
        with self.writing:
            self.out.sendall(len(text).to_bytes(LENGTH, "big") + text)
        return message

    def feed_identities(self, msg_list: Any, copy: bool = True) -> Any:
        return [], msg_list

    def deserialize(self, msg_list: Any, content: bool = True, copy: bool = True) -> Any:
        return msg_list


class NoThread(IOPubThread):
    """Sends at once, in the thread that has something to say: ipykernel does so wherever this thread isn't running."""

    def _setup_event_pipe(self) -> None:
        pass

    def _setup_xpub_listener(self) -> None:
        pass


class Stream(OutStream):
    """ipykernel's stream, with an end, which also waits for what was written past Python before it is flushed."""

    _fid: Any
    room = PRINTED

    def write(self, string: str) -> int:
        kept = string[: self.room] if isinstance(string, str) else string  # which ipykernel refuses
        super().write(kept)
        self.room -= len(kept)
        return len(string)

    def _watch_pipe_fd(self) -> None:
        self._reading = threading.Lock()
        self._watching.set()
        while self._should_watch:
            select.select([self._fid], [], [])
            with self._reading:
                text = os.read(self._fid, 65_536)
                if not text:
                    return
                self.write(text.decode(errors="replace"))

    def _setup_stream_redirects(self, name: str) -> None:
        self._watching = threading.Event()
        super()._setup_stream_redirects(name)
        self._watching.wait()

    def flush(self) -> None:
        if self._should_watch and self._is_master_process() and threading.current_thread() is not self.watch_fd_thread:
            while self._left():
                os.sched_yield()
        super().flush()

    def _left(self) -> int:
        size = array.array("i", [0])
        with self._reading:
            fcntl.ioctl(self._fid, termios.FIONREAD, size)
        return size[0]


class ForkedKernel(IPythonKernel):
    """ipykernel's kernel without threads for subshells. It asks `shell_channel_thread` which thread runs cells."""

    _supports_kernel_subshells = False
    _execute_sleep = 0.0  # in which a thread would send what was printed: ours sends at once
    shell_channel_thread = types.SimpleNamespace(parent_thread=threading.main_thread())

    async def execute_request(self, stream: Any, ident: Any, parent: Any) -> None:
        for one in (sys.stdout, sys.stderr):
            if isinstance(one, Stream):
                one.room = PRINTED
        try:
            await super().execute_request(stream, ident, parent)
        except MemoryError:  # there is none left to answer with: without an end the client would wait for the answer
            os._exit(1)


@contextmanager
def no_modules_listed() -> Iterator[None]:
    """ipykernel lists the file of every module for its debugger. That touches each of them, and each page touched in a
    child becomes its own: eight megabytes of forty."""
    without = types.ModuleType("sys")
    vars(without).update({**vars(sys), "modules": {}})
    vars(ipkernel)["sys"] = without
    try:
        yield
    finally:
        vars(ipkernel)["sys"] = sys


class ForkedApp(IPKernelApp):
    """IPKernelApp without ports, files of connections, heartbeat and threads."""

    outgoing = Anything()

    def init_connection_file(self) -> None:
        pass

    def init_heartbeat(self) -> None:
        pass

    def write_connection_file(self, **_: Any) -> None:
        pass

    def log_connection_info(self) -> None:
        pass

    def init_sockets(self) -> None:
        self.session = PlainSession(parent=self, key=b"", out=self.outgoing, writing=threading.Lock())
        self.iopub_thread = NoThread(None, session=self.session)
        self.iopub_socket = self.iopub_thread.background_socket

    def init_kernel(self) -> None:
        with no_modules_listed():
            self.kernel = ForkedKernel.instance(
                parent=self,
                session=self.session,
                iopub_thread=self.iopub_thread,
                iopub_socket=self.iopub_socket,
                stdin_socket=None,
                log=self.log,
                profile_dir=self.profile_dir,
                user_ns=self.user_ns,
            )
        self.displayhook.get_execution_count = lambda: self.kernel.execution_count


def run(incoming: socket, outgoing: socket, arguments: list[str]) -> NoReturn:
    """Be the kernel until nobody writes to `incoming` any more. Never returns."""
    app = ForkedApp.instance(
        outgoing=outgoing, log_level=logging.CRITICAL, outstream_class=f"{__name__}.{Stream.__name__}"
    )
    app.initialize(arguments)
    try:
        asyncio.run(_serve(app.kernel, incoming))
    finally:
        os._exit(0)


async def _serve(kernel: Any, incoming: socket) -> None:
    unpack = kernel.session.unpack
    reader, _ = await asyncio.open_connection(sock=incoming)
    kernel.start()
    while True:
        try:
            size = int.from_bytes(await reader.readexactly(LENGTH), "big")
            message = unpack(await reader.readexactly(size))
        except asyncio.IncompleteReadError:
            return
        await kernel.shell_main(None, message)
        sys.stdout.flush()
