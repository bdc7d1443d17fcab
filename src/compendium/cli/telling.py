"""Who hears what goes on: a person at a terminal, a log, a machine, or nobody."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import typer

from compendium import __version__, failures
from compendium.errors import Problem, counted
from compendium.progress import Event, Progress
from compendium.progress.events import SCHEMA, of_problem

if TYPE_CHECKING:
    from rich.text import Text

    from compendium.progress import Running, Snapshot

WORTH_SAYING = 1.0  # seconds: a cell that takes less changes before anyone has read how long it took


class Voice(Protocol):
    """Says events to somebody."""

    machine: bool
    progress: Progress

    def show(self, event: Event) -> None: ...

    def close(self) -> None: ...


@contextmanager
def telling(command: str, *, machine: bool, quiet: bool) -> Iterator[Progress]:
    """The progress of a command. For a machine errors are events too, and the exit status is what it is for people."""
    voice: Voice = Machine() if machine else Quiet() if quiet else Terminal() if _watched() else Log()
    progress = voice.progress = Progress(voice.show)
    progress.machine = machine
    begun, status, problems = time.monotonic(), 0, 0
    voice.show(Event("start", schema=SCHEMA, command=command, version=__version__))
    try:
        yield progress
    except BaseException as error:
        ending = failures.ending(error) if machine else None
        if ending is None:
            raise
        status, problems = ending.status, counted(ending.problems)
        for problem in ending.problems:
            voice.show(of_problem(problem))
        raise SystemExit(status) from None
    finally:
        voice.close()
        took = round(time.monotonic() - begun, 3)
        voice.show(Event("finish", status=status, problems=problems, seconds=took))


def _watched() -> bool:
    """Whether a person looks at standard error: not in a pipe, not in CI."""
    return sys.stderr.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb"


class Machine:
    """One JSON object a line on standard output."""

    machine = True
    progress: Progress
    _heard = True

    def show(self, event: Event) -> None:
        if not self._heard:
            return
        try:
            sys.stdout.write(event.as_json() + "\n")
            sys.stdout.flush()
        except BrokenPipeError:  # whoever listened has gone; the work goes on
            self._heard = False
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def close(self) -> None:
        """Nothing is held."""


class Quiet:
    """What was made, and what is wrong with it."""

    machine = False
    progress: Progress

    def show(self, event: Event) -> None:
        if event.event == "problem":
            failures.print_problems([_problem(event)])
        elif event.event == "result":
            typer.echo(event.path)

    def close(self) -> None:
        """Nothing is held."""


class Log(Quiet):
    """A line a stage on standard error, and at the end how long each took."""

    def __init__(self) -> None:
        self._took: list[str] = []

    def show(self, event: Event) -> None:
        super().show(event)
        if event.event == "stage" and event.stage == "notebooks":
            self.tell(f"notebooks: {event.of} to run")
        elif event.event == "end" and event.outcome == "stopped":
            where = f", code cell {event.cell}" if event.cell else ""
            self.tell(f"{event.stage}: {_named(event)} stopped{where}")
        elif event.event == "stage-end":
            if line := _of_stage(event):
                self.tell(line)
            self._took.append(f"{event.stage} {_lasted(event.seconds or 0)}")
        elif event.event == "note":
            self.tell(event.text or "")
        elif event.event == "finish" and self._took:
            self.tell(f"took {_lasted(event.seconds or 0)}: {', '.join(self._took)}")

    def tell(self, text: str) -> None:
        """A line that stays."""
        typer.echo(text, err=True)


class Terminal(Log):
    """The same lines, and below them one that moves."""

    def __init__(self) -> None:
        super().__init__()
        self._live: Any = None
        self._now: Snapshot | None = None

    def show(self, event: Event) -> None:
        moves = event.event in ("begin", "cell") or (event.event == "end" and event.outcome != "kept")
        self._now = self.progress.snapshot() if event.stage else None
        if event.event in ("problem", "result"):
            self.close()  # said past this line, which comes back with the next piece
        elif moves and self._live is None:
            self._live = _live(self._line)
            self._live.start()
        super().show(event)

    def tell(self, text: str) -> None:
        """A line that stays, above the one that moves."""
        if self._live is None:
            super().tell(text)
        else:
            self._live.console.print(text, markup=False, soft_wrap=True)

    def close(self) -> None:
        self._now = None
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _line(self) -> Text:
        """Asked for by a thread of its own, which must wait for nobody."""
        from rich.text import Text

        return Text(line(self._now, time.monotonic()), no_wrap=True, overflow="ellipsis")


def _live(line: Any) -> Any:
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True, highlight=False)
    return Live(
        console=console,
        get_renderable=line,
        transient=True,
        refresh_per_second=4,
        redirect_stdout=False,  # what others print is theirs
        redirect_stderr=False,
    )


def line(now: Snapshot | None, clock: float) -> str:
    """`notebooks 3 of 10 · about 40 s left · leeds 03_case_files cell 4 of 17 (12 s)`; what isn't known is left out."""
    if now is None:
        return ""
    count = f" {now.done} of {now.of}" if now.of else ""
    parts = [f"{now.stage}{count}"]
    if now.left is not None:
        parts.append(f"about {_lasted(max(0.0, now.left - (clock - now.now)), short=True)} left")
    parts += [_of_piece(one, clock - one.since) for one in now.running]
    return " · ".join(parts)


def _of_piece(one: Running, seconds: float) -> str:
    name = " ".join(part for part in (one.piece.locality, one.piece.notebook, one.piece.page) if part)
    cell = f" cell {one.cell} of {one.cells}" if one.cell else ""
    since = f" ({_lasted(seconds, short=True)})" if seconds >= WORTH_SAYING else ""
    return f"{name}{cell}{since}"


def _of_stage(event: Event) -> str:
    """What a stage came to; nothing of notebooks, whose line stands at the beginning."""
    facts, done = event.facts or {}, event.done or 0
    if event.stage == "check":
        errors = facts.get("errors", 0)
        wrong = f"{errors:,} error{'' if errors == 1 else 's'}" if errors else "no errors"
        read = f"{facts.get('tables', 0):,} tables, {facts.get('rows', 0):,} rows"
        return f"check: {_many(done, 'locality')}, {read}, {wrong}"
    if event.stage == "settle" and done:
        hidden = f"{facts.get('tables', 0):,} tables, {facts.get('hidden', 0):,} cells hidden"
        return f"settle: {_many(done, 'locality')}, {hidden}"
    if event.stage in ("pages", "pdf") and done:
        return f"{event.stage}: {done:,} rendered" if event.stage == "pages" else f"pdf: {done:,} printed"
    return ""


def _many(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number:,} {what.removesuffix('y')}ies"


def _named(event: Event) -> str:
    return " ".join(part for part in (event.locality, event.notebook, event.page) if part)


def _lasted(seconds: float, *, short: bool = False) -> str:
    """`3.4 s`, `34 s`, `5 min 10 s`, `2 h 5 min`; `short` without tenths."""
    if seconds < 10 and not short:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 100:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def _problem(event: Event) -> Problem:
    return Problem(
        file=event.file or "",
        row=event.row,
        column=event.column or "",
        message=event.message or "",
        remedy=event.remedy or "",
        level="warning" if event.level == "warning" else "error",
        cell=event.sheet_cell or "",
    )
