"""This side of the warm process: start it, ask it for kernels, and give papermill's client a kernel to talk to."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.session import json_packer, json_unpacker
from nbclient.exceptions import DeadKernelError

from compendium.paths import PACKAGE

SCRIPT = Path(__file__).with_name("process.py")
LENGTH = 8
STARTS_WITHIN = 120  # seconds until the libraries are imported
GONE: dict[str, Any] = {}


class NoWarmProcess(RuntimeError):
    """The warm process didn't start, or is no more."""


class WarmProcess:
    """One process that has `libraries` imported and forks kernels from itself; several threads may ask it."""

    def __init__(self, environment: Mapping[str, str], libraries: Sequence[str]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            code = "" if sys.dont_write_bytecode else str(PACKAGE)
            command = [sys.executable, "-P", str(SCRIPT), str(theirs.fileno()), code, *libraries]
            self._process = subprocess.Popen(
                command,
                env=dict(environment),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._asking, self._ready = threading.Lock(), False
        self._ids = itertools.count(1)

    @property
    def is_there(self) -> bool:
        return self._process.poll() is None

    def start(self, request: Mapping[str, Any], rules: int | None) -> Kernel:
        """Fork a kernel. `request`: folder, environment, limits, arguments."""
        number = next(self._ids)
        ours_out, theirs_in = socket.socketpair()
        ours_in, theirs_out = socket.socketpair()
        end, theirs_end = os.pipe()
        files = [theirs_in.fileno(), theirs_out.fileno(), theirs_end, *([rules] if rules is not None else [])]
        try:
            with self._asking:
                self._wait_until_ready()
                text = json.dumps({**request, "id": number}).encode()
                socket.send_fds(self._control, [text], files)
        except OSError as gone:
            for mine in (ours_in, ours_out):
                mine.close()
            os.close(end)
            raise NoWarmProcess from gone
        finally:
            theirs_in.close()
            theirs_out.close()
            os.close(theirs_end)
        return Kernel(self, number, ours_out, ours_in, end)

    def signal(self, number: int, which: int) -> None:
        """Signal a kernel and all that it started; nothing when it has ended already."""
        try:
            with self._asking:
                self._control.send(json.dumps({"stop": number, "signal": which}).encode())
        except OSError:
            pass  # the warm process is no more, and its kernels with it

    def close(self) -> None:
        """End it and all its kernels."""
        self._control.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait_until_ready(self) -> None:
        if self._ready:
            return
        self._control.settimeout(STARTS_WITHIN)
        if self._control.recv(16) != b"ready":
            raise OSError("the warm process ended before it was ready")
        self._control.settimeout(None)
        self._ready = True


class Kernel:
    """What nbclient knows as a kernel manager: one forked kernel, already started."""

    ipykernel = True
    has_kernel = True

    def __init__(
        self, process: WarmProcess, number: int, outgoing: socket.socket, incoming: socket.socket, end: int
    ) -> None:
        self.kernel_id, self._process, self._number = f"forked-{number}", process, number
        self._outgoing, self._incoming, self._end = outgoing, incoming, end
        self._client = Client(outgoing, incoming)
        self.status: int | None = None
        self.ended_for = ""  # the limit for which the warm process ended it

    def client(self) -> Client:
        return self._client

    async def interrupt_kernel(self) -> None:
        self._process.signal(self._number, signal.SIGINT)

    def close(self) -> int | None:
        """End the kernel and all that it started; its exit status (negative: the signal), None if nobody knows."""
        self._process.signal(self._number, signal.SIGKILL)
        self._client.stop_channels()  # before its sockets are closed: a loop knows them by number only
        self._outgoing.close()
        self._incoming.close()
        with os.fdopen(self._end) as told:
            lines = told.read().split()
        self.status = int(lines[1]) if len(lines) > 1 else None
        self.ended_for = "".join(lines[2:])
        return self.status


class Channel:
    """One of Jupyter's channels over the shared sockets."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.waiting: list[dict[str, Any]] = []
        self._wake: asyncio.Future[None] | None = None

    def send(self, message: Mapping[str, Any]) -> None:
        self._client.send(message)

    def put(self, message: dict[str, Any]) -> None:
        self.waiting.append(message)
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next message. Raises `Empty` after `timeout` seconds, `DeadKernelError` when there will be none."""
        self._client.listen()
        if not self.waiting:
            self._wake = asyncio.get_running_loop().create_future()
            try:
                await asyncio.wait_for(self._wake, timeout)
            except TimeoutError:
                raise Empty from None
            finally:
                self._wake = None
        message = self.waiting.pop(0)
        if message is GONE:
            self.waiting.append(GONE)
            raise DeadKernelError("Kernel died")
        return message


class Client(AsyncKernelClient):  # type: ignore[misc]
    """Jupyter's own client, with these channels."""

    def __init__(self, outgoing: socket.socket, incoming: socket.socket) -> None:
        super().__init__()
        self._outgoing, self._incoming = outgoing, incoming
        incoming.setblocking(False)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._received = bytearray()
        self._channels = {name: Channel(self) for name in ("shell", "iopub", "stdin")}
        self._alive = True

    shell_channel = property(lambda self: self._channels["shell"])
    iopub_channel = property(lambda self: self._channels["iopub"])
    stdin_channel = property(lambda self: self._channels["stdin"])

    def start_channels(self, *_: Any, **__: Any) -> None:
        """They are there from the start."""

    def stop_channels(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.remove_reader(self._incoming)
        self._loop = None

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """A forked kernel reads its first message when it is ready: there is nothing to wait for."""

    async def is_alive(self) -> bool:
        return self._alive

    def send(self, message: Mapping[str, Any]) -> None:
        text = json_packer(message)
        try:
            self._outgoing.sendall(len(text).to_bytes(LENGTH, "big") + text)
        except OSError:
            self._end()

    def listen(self) -> None:
        """Read in whichever loop asks: nbclient's synchronous calls each run one."""
        loop = asyncio.get_running_loop()
        if self._alive and loop is not self._loop:
            self.stop_channels()
            self._loop = loop
            loop.add_reader(self._incoming, self._read)

    def _read(self) -> None:
        try:
            piece = self._incoming.recv(1 << 20)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece:
            self._end()
            return
        self._received += piece
        while len(self._received) >= LENGTH:
            whole = LENGTH + int.from_bytes(self._received[:LENGTH], "big")
            if len(self._received) < whole:
                return
            told = json_unpacker(bytes(self._received[LENGTH:whole]))
            del self._received[:whole]
            message = told["message"]
            message["buffers"] = [memoryview(base64.b64decode(part)) for part in message["buffers"]]
            message.setdefault("msg_type", message["header"]["msg_type"])
            message.setdefault("msg_id", message["header"]["msg_id"])
            self._channels[told["channel"]].put(message)

    def _end(self) -> None:
        self._alive = False
        self.stop_channels()
        for channel in self._channels.values():
            channel.put(GONE)
