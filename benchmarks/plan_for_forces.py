"""43 forces x 12 months x 5 notebooks: what planning, scheduling and telling progress cost beside the work.

    python -m benchmarks.plan_for_forces [--tasks 2580]

Planning is timed for 1 to 200 localities, which share their records by hard links; a time for each locality that stays
the same means that nothing grows faster than linearly. Scheduling is timed with tasks that do nothing but tell as many
cells as a notebook has: by threads here, and by Dask with two local workers.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor, as_completed
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks import harness
from benchmarks.harness import Goal, Record, Table, Way
from compendium.paths import Root
from compendium.progress import Event, Piece, Progress
from compendium.workflow.cluster import Hears
from compendium.workflow.plan import plan
from compendium.workflow.run import _workers

LIKE = "demo_area_b"
COUNTS = (1, 10, 50, 100, 200)
CELLS = 20  # of a notebook
NOTEBOOK_SECONDS = 0.5  # of the fastest notebook with a forked kernel: what overhead is held against


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tasks", type=int, default=43 * 12 * 5)


def records(asked: argparse.Namespace) -> Iterator[Record]:
    yield _planning(COUNTS[:2] if asked.quick else COUNTS, asked.pairs)
    yield _scheduling(100 if asked.quick else asked.tasks, asked.pairs)


def _planning(counts: tuple[int, ...], pairs: int) -> Record:
    with tempfile.TemporaryDirectory() as folder:
        root = _compendium(Path(folder), max(counts))
        names = [f"place_{number:03}" for number in range(max(counts))]
        ways = [Way(str(count), partial(lambda some: len(plan(root, some)), names[:count])) for count in counts]
        timings = harness.in_turns(ways, pairs=pairs, say="plan_for_forces")
    rows: list[list[object]] = [
        [count, timing.found, timing.median, 1000 * timing.median / count]
        for count, timing in zip(counts, timings.values(), strict=True)
    ]
    grows = float(str(rows[-1][3])) / float(str(rows[1][3]))
    return Record(
        "Planning: every notebook of so many localities, with the reason why it runs",
        tables=[Table(["localities", "notebooks", "median s", "ms a locality"], rows)],
        goals=[Goal(f"ms a locality at {counts[-1]}, times those at {counts[1]}", grows, at_most=1.5)],
    )


def _compendium(folder: Path, localities: int) -> Root:
    """Localities that differ by their id; their records are the same files."""
    whole = Root.find().path
    for room in ("data_dictionaries", "evidence", "framework", "notebooks"):
        shutil.copytree(whole / room, folder / room)
    for file in ("_quarto.yml", "_variables.yml"):
        shutil.copy(whole / file, folder / file)
    first = folder / "localities" / "place_000"
    shutil.copytree(whole / "localities" / LIKE, first)
    settings = (first / "locality.yml").read_text("utf-8")
    for number in range(localities):
        made = folder / "localities" / f"place_{number:03}"
        if number:
            shutil.copytree(first, made, copy_function=os.link)
            (made / "locality.yml").unlink()
        (made / "locality.yml").write_text(settings.replace(f"id: {LIKE}", f"id: {made.name}"), "utf-8")
    return Root(folder)


def _nothing(hears: Hears, number: int) -> None:
    for cell in range(CELLS + 1):
        hears(_piece(number), cell, CELLS)


def _piece(number: int) -> Piece:
    return Piece(f"force_{number // 60:02}", f"month_{number // 5 % 12:02}_{number % 5}")


def _carried_out(pool: Executor, hears: Hears, progress: Progress, tasks: int) -> int:
    with progress.stage("notebooks", [_piece(number) for number in range(tasks)], workers=2):
        futures = {pool.submit(_nothing, hears, number): number for number in range(tasks)}
        for future in as_completed(futures):
            progress.end(_piece(futures[future]))
    return tasks


def _scheduling(tasks: int, pairs: int) -> Record:
    events: list[Event] = []
    with ExitStack() as opened, tempfile.TemporaryDirectory() as folder:
        (Path(folder) / ".private").mkdir()
        progress = Progress(events.append)
        ways = []
        for name, address in {"threads here": "", "Dask, two local workers": _dask(opened)}.items():
            pool, _, hears = _workers(opened, Root(Path(folder)), 2, address, progress)
            ways.append(Way(name, partial(_carried_out, pool, hears, progress, tasks), before=events.clear))
        timings = harness.in_turns(ways, pairs=pairs, say="plan_for_forces")
    rows: list[list[object]] = [
        [name, timing.median, 1000 * timing.median / tasks, f"{timing.median / tasks / NOTEBOOK_SECONDS:.2%}"]
        for name, timing in timings.items()
    ]
    worst = max(timing.median / tasks / NOTEBOOK_SECONDS for timing in timings.values())
    share = f"share of a notebook of {NOTEBOOK_SECONDS} s"
    return Record(
        f"Scheduling: {tasks:,} tasks that do nothing but tell {CELLS} cells each",
        tables=[Table(["way", "median s", "ms a task", share], rows)],
        goals=[Goal("scheduler's share of the shortest notebook", worst, at_most=0.05)],
        uses=["distributed"],
    )


def _dask(opened: ExitStack) -> str:
    from distributed import LocalCluster

    local = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50)
    return str(opened.enter_context(local).scheduler_address)


if __name__ == "__main__":
    harness.main(__doc__, records, options)
