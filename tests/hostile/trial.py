"""One file at one door, in a process of its own with bounds on time and memory, and everything it does watched.

python -m tests.hostile.trial NUMBERS < names of trials, one a line ("reader | kind"); prints a line of JSON for each.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from compendium.errors import STEERING, CompendiumError
from tests.hostile.kinds import KINDS, RAN, TRAP, Kind
from tests.hostile.readers import ALSO, DESKS, SOMEBODY, Reader, readers

SECONDS = 25  # of processor time
MOST_SAID = 8 << 20  # characters of all problems: ten thousand of a kind are listed one by one
WAITING = 60  # seconds on the clock after which a process that does nothing is one that waits for ever
MEMORY = 4 << 30  # bytes of address space above what the libraries have taken; much of it is never touched
MEGABYTES = 1_500  # that may be in use, the libraries among them
SECRET = "word-of-the-trap-that-nobody-may-read"
FORBIDDEN = (
    *("os.system", "os.exec", "os.fork", "os.posix_spawn", "subprocess.Popen", "pty.spawn"),
    *("socket.connect", "socket.getaddrinfo", "socket.bind", "pickle.find_class", "urllib.Request", "webbrowser.open"),
)


@dataclasses.dataclass(frozen=True)
class Found:
    """What happened: `refused`, `same` (as the good file), `loaded`, or what must not be (`why`)."""

    reader: str
    kind: str
    outcome: str
    why: str = ""
    seconds: float = 0
    megabytes: int = 0
    said: str = ""
    digest: str = ""


def trials() -> list[tuple[Reader, Kind]]:
    """Every kind at every door of its shape. Links are for what a locality holds: other files a person names."""
    return [
        (reader, kind)
        for reader in readers()
        for kind in KINDS
        if _shape(reader) & set(kind.shapes)
        and not (kind.place == "link" and reader.follows)
        and not (kind.heavy and reader.like_another)
    ]


def _shape(reader: Reader) -> set[str]:
    return {reader.shape, "zip"} if reader.shape == "qdpx" else {reader.shape}


def tried(reader: Reader, kind: Kind | None, folder: Path) -> Found:
    """Lay the file out and read it in a process of its own. `kind` None: the good file."""
    path = _laid_out(reader, kind, folder)
    printed, answer = (folder.parent / name for name in ("printed", "answer"))
    answer.unlink(missing_ok=True)
    started = time.monotonic()
    child = os.fork()
    if not child:
        _read(reader, path, folder, answer, printed)
    ended = _ended(child, started)
    told = answer.read_bytes() if answer.exists() else b""
    seconds = time.monotonic() - started
    name = kind.name if kind else "good"
    if not told:
        return Found(reader.name, name, "stopped", f"the process ended without an answer ({ended})", seconds)
    found = Found(reader.name, name, **json.loads(told), seconds=round(seconds, 2))
    if found.why:
        return found
    return dataclasses.replace(found, why=_wrong(reader, found, printed))


def _wrong(reader: Reader, found: Found, printed: Path) -> str:
    """What came out that must stay in."""
    shown = found.said + printed.read_text("utf-8", "replace")
    if Path(RAN).exists():
        return "the file was run"
    if SECRET in shown:
        return "the trap was read"
    if reader.sensitive and any(word in shown for word in (SOMEBODY, SOMEBODY.split()[1])):
        return "a name came out"
    first = found.said.partition("\ntraceback:")[0]
    if odd := STEERING.search(first):
        return f"the message would steer a terminal ({odd[0]!r})"
    if found.megabytes > MEGABYTES:
        return f"it took {found.megabytes:,} MB"
    if found.outcome == "refused" and not first.strip():
        return "refused without a word"
    if len(first) > MOST_SAID:
        return f"a message of {len(first):,} characters"
    return ""


def _laid_out(reader: Reader, kind: Kind | None, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if reader.desk:
        DESKS[reader.desk](folder)
    path = folder / reader.within
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    match kind.place if kind else "":
        case "":
            path.write_bytes(kind.make(reader.good) if kind else reader.good)
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "link":
            path.symlink_to(TRAP)
    return path


def _read(reader: Reader, path: Path, folder: Path, answered: Path, printed: Path) -> None:
    """In the child: bounds, watch, read, answer, end."""
    answer: dict[str, Any] = {"outcome": "stopped"}
    done: list[str] = []
    try:
        with printed.open("wb") as stream:
            for number in (1, 2):
                os.dup2(stream.fileno(), number)
        logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
        _bounded()
        sys.addaudithook(_watch(folder, done))
        try:
            result = reader.read(path)
            answer = {
                "outcome": "loaded",
                "digest": hashlib.sha256(repr(result).encode("utf-8", "replace")).hexdigest(),
            }
        except CompendiumError as refused:
            answer = {"outcome": "refused", "said": f"{refused}\ntraceback:\n{_traceback(refused)}"}
        except BaseException as fault:
            at = traceback.extract_tb(fault.__traceback__)[-1]
            answer = {
                "outcome": "fault",
                "why": f"{type(fault).__name__} at {Path(at.filename).name}:{at.lineno}",
                "said": _traceback(fault)[-3_000:],
            }
        if done:
            answer |= {"why": "; ".join(done)}
        answer["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    finally:
        with os.fdopen(os.open(answered, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
            out.write(json.dumps(answer).encode())
        os._exit(0)


def _traceback(error: BaseException) -> str:
    """As a log would show it: the words of every error on the way, not the lines of code."""
    return "".join(traceback.TracebackException.from_exception(error).format())


def _bounded() -> None:
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + SECONDS, int(used) + SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))


def _watch(folder: Path, done: list[str]) -> Any:
    """What reading a file may not do: start anything, call anybody, open what the file names, write elsewhere."""
    inside = str(folder.resolve())

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in FORBIDDEN:
            done.append(f"it did {event}")
        elif event == "open" and isinstance(arguments[0], str | bytes):
            name, mode = os.fsdecode(arguments[0]), str(arguments[1] or "")
            writes = bool(set(mode) & set("wax+")) or (isinstance(arguments[2], int) and arguments[2] & 3)
            if name == TRAP or "/etc/passwd" in name:
                done.append(f"it opened {name}")
            elif writes and not os.path.realpath(name).startswith((inside, "/dev/null")):
                done.append(f"it wrote {name}")

    return hook


def _ended(child: int, started: float) -> str:
    worked, since = 0.0, started
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"status {os.WEXITSTATUS(status)}"
        if (now := _worked(child)) - worked > 0.1:
            worked, since = now, time.monotonic()
        elif time.monotonic() - since > WAITING:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return f"it waited for {WAITING} s"
        time.sleep(0.002 if time.monotonic() - started < 1 else 0.2)


def _worked(child: int) -> float:
    """Seconds of processor time of a process that runs."""
    times = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _desk() -> Iterator[Path]:
    Path(TRAP).write_text(SECRET, "utf-8")
    Path(RAN).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="hostile") as made:
        yield Path(made) / "trial"


def judged(reader: Reader, kind: Kind, found: Found, good: Found) -> Found:
    """The outcome against what the kind allows."""
    if found.why:
        return found
    if found.outcome == "loaded" and found.digest == good.digest:
        found = dataclasses.replace(found, outcome="same")
    may = kind.may | ALSO.get((reader.name, kind.name), frozenset())
    if reader.compares:
        may |= {"loaded"}
    allowed = may | ({"same"} if "loaded" in may else set())
    if found.outcome in allowed:
        return found
    return dataclasses.replace(found, why=f"{found.outcome}, where only {' or '.join(sorted(allowed))} will do")


def ran(wanted: list[tuple[Reader, Kind]]) -> Iterator[Found]:
    """Every trial, and before the first at a door its good file."""
    _warm()
    goods: dict[str, Found] = {}
    with _desk() as folder:
        for reader, kind in wanted:
            if reader.name not in goods:
                goods[reader.name] = good = tried(reader, None, folder)
                if good.outcome != "loaded" or good.why:
                    yield dataclasses.replace(good, why=good.why or f"the good file: {good.outcome}")
            yield judged(reader, kind, tried(reader, kind, folder), goods[reader.name])


def _warm() -> None:
    """Import what readers need, so that each process begins with it; nothing is run that starts threads."""
    import nbformat.validator  # noqa: F401
    import openpyxl  # noqa: F401
    import pandas  # noqa: F401
    import PIL.PngImagePlugin  # noqa: F401
    import polars  # noqa: F401
    import shapely  # noqa: F401

    import compendium.across.registry
    import compendium.crate.verify
    import compendium.disclosure
    import compendium.framework.assessment
    import compendium.importers.force_export
    import compendium.importers.open_referral
    import compendium.importers.qdpx
    import compendium.importers.workshop
    import compendium.release.ledger_files
    import compendium.repository.updating
    import compendium.sameness
    import compendium.self_assessment
    import compendium.site.source
    import compendium.workflow.cache
    import compendium.workflow.notebooks  # noqa: F401


def main() -> None:
    named = {line.strip() for line in sys.stdin if line.strip()}
    wanted = [(reader, kind) for reader, kind in trials() if f"{reader.name} | {kind.name}" in named]
    for found in ran(wanted):
        sys.stdout.write(json.dumps(dataclasses.asdict(found)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
