"""About how many seconds are left: from what the pieces took in the last run, else from those that are done.

An estimate is told as "about", never as a promise. What pieces took is kept in `.private/`: no output knows a clock.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from statistics import fmean

from compendium.progress.events import Piece
from compendium.writing import write_whole

SLOWEST = 4.0  # times the last run: beyond that something else happened than a slow machine
LONGEST = 1e7  # seconds: four months; what says more, or is no number, was written by nobody of ours
Durations = dict[str, dict[str, float]]  # seconds of each piece by stage


def read(file: Path | None) -> Durations:
    """What the pieces of each stage took when they last ran; nothing where that can't be read."""
    try:
        found = json.loads(file.read_text("utf-8")) if file and file.exists() else {}
        return {
            stage: {key: float(one) for key, one in pieces.items() if 0 <= float(one) < LONGEST}
            for stage, pieces in found.items()
        }
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def keep(file: Path, stage: str, took: Mapping[str, float]) -> Durations:
    """Write down what the pieces of a stage took; what is known of others stays."""
    found = read(file)
    if not file.parent.is_dir():
        return found  # nothing has been run here: a look at inputs leaves no folder behind
    found[stage] = {**found.get(stage, {}), **took}
    with suppress(OSError):  # a disk that takes no more: an estimate stops nothing
        write_whole(file, json.dumps(found, sort_keys=True, indent=1) + "\n")
    return found


class Pace:
    """Seconds of a stage's pieces: of the last run, times how much slower this one is; else of pieces alike."""

    def __init__(self, last: Mapping[str, float], took: Mapping[str, float]) -> None:
        again = [key for key in took if last.get(key)]
        pace = sum(took[key] for key in again) / sum(last[key] for key in again) if again else 1.0
        pace = min(SLOWEST, max(1 / SLOWEST, pace))
        self._seconds = {**{key: seconds * pace for key, seconds in last.items()}, **took}
        alike: dict[str, list[float]] = {}
        for key, seconds in self._seconds.items():
            alike.setdefault(key.partition("/")[2], []).append(seconds)  # the same notebook elsewhere
        self._alike = {kind: fmean(each) for kind, each in alike.items()}

    def of(self, piece: Piece) -> float | None:
        return self._seconds.get(piece.key, self._alike.get(piece.key.partition("/")[2]))


def together(
    waiting: Iterable[float | None], running: Iterable[tuple[float | None, float]], workers: int
) -> float | None:
    """Seconds until all are done by so many workers; None where one of them is unknown.

    `running`: what each takes in all, and how long it has been running.
    """
    each = [*waiting, *(None if whole is None else max(0.0, whole - spent) for whole, spent in running)]
    known = [one for one in each if one is not None]
    if len(known) < len(each):
        return None
    return max(sum(known) / workers, max(known, default=0.0))
