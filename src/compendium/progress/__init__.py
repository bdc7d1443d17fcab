"""What goes on: steps tell a `Progress` of stages, pieces and cells; it tells whoever shows them, as events."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compendium.errors import Problem
from compendium.progress import estimate
from compendium.progress.events import Event, Outcome, Piece, Stage, of_problem

__all__ = ["AtCell", "Event", "Hears", "Piece", "Progress", "Show", "Snapshot"]

AtCell = Callable[[int, int], None]  # a code cell begins: its number, how many there are
Hears = Callable[[Piece, int, int], None]  # the same, and of which notebook
Show = Callable[[Event], None]
AGAIN_AFTER = 0.5  # seconds after which the time left is worked out anew
WHOLE = Piece(page="all")  # pages are rendered side by side: what all of them took is known, not each


@dataclass
class Running:
    """A piece that is being worked on, since when, and its cell."""

    piece: Piece
    since: float
    cell: int = 0
    cells: int = 0


@dataclass(frozen=True)
class Snapshot:
    """What a line in a terminal shows: `left` in seconds, `running` in the order in which they began."""

    stage: Stage
    done: int
    of: int | None
    running: tuple[Running, ...]
    left: float | None
    now: float


@dataclass
class _Doing:
    """The stage that goes on."""

    name: Stage
    since: float
    workers: int
    named: bool  # each of its pieces is known from the beginning
    of: int | None
    waiting: dict[str, Piece]
    done: int = 0
    ended: set[str] = field(default_factory=set)
    running: dict[str, Running] = field(default_factory=dict)
    took: dict[str, float] = field(default_factory=dict)
    facts: dict[str, int] = field(default_factory=dict)
    left: tuple[float, float | None] = (float("-inf"), None)  # worked out when, and what


class Progress:
    """Told from any thread. `durations`: the private file where seconds of the last run are kept; None: nowhere."""

    def __init__(
        self, show: Show | None = None, *, durations: Path | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._show = show or (lambda event: None)
        self.machine = False  # whether a program listens: it is told in data what people are told in sentences
        self._clock = clock
        self.remember(durations)
        self._telling = threading.RLock()
        self._doing: _Doing | None = None
        self._ahead: dict[Stage, Sequence[Piece]] = {}

    def remember(self, durations: Path | None) -> None:
        """Where the seconds of the last run are kept, once it is known."""
        self._file, self._last = durations, estimate.read(durations)

    def expect(self, stage: Stage, pieces: Sequence[Piece] = (WHOLE,)) -> None:
        """A stage that is still to come counts for the time left."""
        self._ahead[stage] = pieces

    @contextmanager
    def stage(self, name: Stage, pieces: Sequence[Piece] | None = None, *, workers: int = 1) -> Iterator[None]:
        """A stage of these pieces, so many at once; None: how many there are is told by `counted`."""
        self._ahead.pop(name, None)
        waiting = {piece.key: piece for piece in pieces or ()}
        named = pieces is not None
        doing = self._doing = _Doing(
            name, self._clock(), max(1, workers), named, len(waiting) if named else None, waiting
        )
        self._say("stage", of=doing.of, left=self._left())
        try:
            yield
        finally:
            with self._telling:
                took = round(self._clock() - doing.since, 3)
                self._say("stage-end", done=doing.done, of=doing.of, facts=doing.facts or None, seconds=took)
                if not named and doing.done and doing.done == doing.of:
                    doing.took[WHOLE.key] = took
                if doing.took and self._file:
                    self._last = estimate.keep(self._file, name, doing.took)
                self._doing = None

    def begin(self, piece: Piece) -> None:
        self.cell(piece, 0, 0)

    def cell(self, piece: Piece, cell: int, cells: int) -> None:
        """A code cell of the piece begins; with 0 the piece itself, which is said once."""
        with self._telling:
            if not (doing := self._doing) or piece.key in doing.ended:
                return  # word from another machine that comes late
            running = doing.running.get(piece.key)
            if running is None:
                running = doing.running[piece.key] = Running(piece, self._clock())
                doing.waiting.pop(piece.key, None)
                self._say("begin", **piece.named(), **self._count(doing))
            running.cell, running.cells = cell, cells
            if cell:
                self._say("cell", **piece.named(), cell=cell, cells=cells, **self._count(doing))

    def end(self, piece: Piece, outcome: Outcome = "done", facts: Mapping[str, int] | None = None) -> None:
        with self._telling:
            doing = self._doing
            assert doing is not None
            running = doing.running.pop(piece.key, None)
            doing.waiting.pop(piece.key, None)
            seconds = round(self._clock() - running.since, 3) if running else None
            if seconds is not None and outcome == "done":
                doing.took[piece.key] = seconds
            doing.ended.add(piece.key)
            doing.done += 1
            for name, number in (facts or {}).items():
                doing.facts[name] = doing.facts.get(name, 0) + number
            cell = running.cell or None if running and outcome == "stopped" else None
            told = {"cell": cell, "outcome": outcome, "facts": facts or None, "seconds": seconds}
            self._say("end", **piece.named(), **told, **self._count(doing))

    def counted(self, done: int, of: int, page: str) -> None:
        """So many pages of all are done; the last of them is `page`."""
        with self._telling:
            if self._doing:
                self._doing.done, self._doing.of = done, of
                self._say("end", page=page, outcome="done", **self._count(self._doing))

    def plan(
        self, piece: Piece, *, runs: bool, reason: Mapping[str, Any], fetched: bool = False, stage: Stage = "notebooks"
    ) -> None:
        """Whether a notebook would run, or a locality be settled, and why."""
        self._show(Event("plan", stage=stage, **piece.named(), runs=runs, fetched=fetched or None, reason=reason))

    def note(self, text: str, locality: str = "") -> None:
        self._say("note", locality=locality or None, text=text)

    def problem(self, problem: Problem) -> None:
        with self._telling:
            self._show(of_problem(problem))

    def result(self, path: str) -> None:
        self._show(Event("result", path=path))

    def snapshot(self) -> Snapshot | None:
        """What goes on now; None between stages."""
        with self._telling:
            if not (doing := self._doing):
                return None
            running = tuple(dataclasses.replace(one) for one in doing.running.values())
            return Snapshot(doing.name, doing.done, doing.of, running, self._left(), self._clock())

    def _say(self, event: str, **told: Any) -> None:
        with self._telling:
            self._show(Event(event, stage=self._doing.name if self._doing else None, **told))

    def _count(self, doing: _Doing) -> dict[str, Any]:
        return {"done": doing.done, "of": doing.of, "left": self._left()}

    def _left(self) -> float | None:
        """Worked out twice a second at most: at each cell of 2,580 notebooks it would be felt."""
        doing, now = self._doing, self._clock()
        if doing and now - doing.left[0] >= AGAIN_AFTER:
            doing.left = (now, self._worked_out(doing, now))
        return doing.left[1] if doing else None

    def _worked_out(self, doing: _Doing, now: float) -> float | None:
        pace = estimate.Pace(self._last.get(doing.name, {}), doing.took)
        if doing.named:
            running = [(pace.of(one.piece), now - one.since) for one in doing.running.values()]
            here = estimate.together([pace.of(piece) for piece in doing.waiting.values()], running, doing.workers)
        elif doing.done and doing.of:
            here = (now - doing.since) / doing.done * (doing.of - doing.done)
        else:
            here = pace.of(WHOLE)
        later = [self._all(stage, pieces) for stage, pieces in self._ahead.items()]
        if here is None or None in later:
            return None
        return round(here + sum(one or 0.0 for one in later), 1)

    def _all(self, stage: Stage, pieces: Sequence[Piece]) -> float | None:
        pace = estimate.Pace(self._last.get(stage, {}), {})
        return estimate.together([pace.of(piece) for piece in pieces], (), 1)
