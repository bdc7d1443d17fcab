"""20 localities x 5 notebooks, nothing cached, two at once: `compendium run`, papermill's command line, the limits.

    python -m benchmarks.many_localities [--localities 20] [--few 4] [--jobs 2]

Ours runs all of them in each round, as a user calls it, its start included. The others share nothing between two runs,
or are limits whose start isn't counted, so that each notebook takes the same wherever it stands: in each round they
take a few of the localities, other ones each time. Seconds are for one notebook: of a round, over the notebooks in it.

What is compared is running the notebooks. Settling (protect, attack, draw) is not done by the others; it is told apart.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks import harness, localities
from benchmarks.harness import Goal, Record, Table, Taken, Timing, Way
from compendium.paths import Root
from compendium.workflow.engine import ONE_THREAD

NOTEBOOKS = ("01_evidence_review", "02_service_map", "03_case_files", "04_workshops", "05_pilot_evaluation")
OURS, COMMAND_LINE = "ours", "papermill command line in a loop"
LIMITS = {
    "functions": "plain code, warm process",
    "forks": "plain code, forks of a process with libraries and project",
    "fresh_forks": "plain code, forks of a process with libraries only",
}


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--localities", type=int, default=20)
    parser.add_argument("--few", type=int, default=4, help="localities that a way takes which shares nothing")
    parser.add_argument("--jobs", type=int, default=2)


def ours(root: Root, jobs: int) -> str:
    """`compendium run --all` but for settling, in a process of its own."""
    return harness.call([sys.executable, "-m", "benchmarks.ways", "ours", root.path, str(jobs), *NOTEBOOKS])


def command_line(root: Root, places: Sequence[str], jobs: int) -> None:
    """`papermill IN OUT -p locality ID`, one after the other in as many rows as there are jobs."""

    def one(place: str, name: str) -> None:
        folder = root.path / "loop" / place / name
        folder.mkdir(parents=True)
        command = [sys.executable, "-m", "papermill", root.notebooks / f"{name}.ipynb", folder / "raw.ipynb"]
        told = {
            "COMPENDIUM_ROOT": str(root.path),
            "COMPENDIUM_NOTEBOOK": name,
            "COMPENDIUM_PROPOSALS": str(folder),
            **ONE_THREAD,
        }
        harness.call([*command, "-p", "locality", place, "-k", "python3"], folder=root.path, environment=told)

    with ThreadPoolExecutor(jobs) as rows:
        list(rows.map(lambda task: one(*task), [(place, name) for place in places for name in NOTEBOOKS]))
    shutil.rmtree(root.path / "loop")


def limit(kind: str, root: Root, places: Sequence[str], jobs: int) -> Taken:
    """The same code without kernels, in as many processes; its start, imports and a first run aren't counted."""
    command = [sys.executable, "-m", "benchmarks.ways", kind, root.path, str(jobs), ",".join(places), *NOTEBOOKS]
    return Taken(float(harness.call(command, environment={**ONE_THREAD, "MPLBACKEND": "agg"}).split()[-1]))


def each(timing: Timing, notebooks: int) -> Timing:
    """Seconds for one notebook."""
    return Timing(timing.name, tuple(seconds / notebooks for seconds in timing.seconds), timing.found, timing.peak_mb)


def records(asked: argparse.Namespace) -> Iterator[Record]:
    wanted, few, pairs = (2, 1, 1) if asked.quick else (asked.localities, asked.few, asked.pairs)
    with tempfile.TemporaryDirectory() as folder:
        root = localities.copied(Path(folder), wanted)
        names = localities.names(root)
        turns: dict[str, int] = {}

        def some(way: str) -> list[str]:
            """The next few of the localities for this way."""
            at = turns[way] = turns.get(way, -1) + 1
            return [names[(at * few + number) % wanted] for number in range(few)]

        ways = [
            Way(OURS, lambda: ours(root, asked.jobs), before=lambda: shutil.rmtree(root.private, ignore_errors=True)),
            Way(COMMAND_LINE, lambda: command_line(root, some(COMMAND_LINE), asked.jobs)),
            *(
                Way(name, lambda kind=kind: limit(kind, root, some(kind), asked.jobs))  # type: ignore[misc]
                for kind, name in LIMITS.items()
            ),
        ]
        harness.compile_bytecode()
        taken = harness.in_turns(ways, pairs=pairs, warm_up=False, say="many_localities")
        apart = settled(root, names[:few])
    timings = {name: each(found, len(NOTEBOOKS) * (wanted if name == OURS else few)) for name, found in taken.items()}
    mine = timings[OURS]
    warm, forks = (timings[LIMITS[kind]] for kind in ("functions", "forks"))
    fresh, loop = timings[LIMITS["fresh_forks"]], timings[COMMAND_LINE]
    left = (
        "the notebooks' own work. In a fork that imports the project and reads its tables, as every isolated run must, "
        f"it takes {harness.number(fresh.median)} s of our {harness.number(mine.median)}; with nothing added to that, "
        f"the command line would be {harness.number(loop.times(fresh))} times slower."
    )
    yield Record(
        f"{wanted} localities x {len(NOTEBOOKS)} notebooks, nothing cached, {asked.jobs} at once; "
        "seconds are for one notebook.",
        tables=[harness.times_table(timings, LIMITS["functions"]), apart],
        goals=[
            Goal(
                "times faster than the papermill command line in a loop", timings[COMMAND_LINE].times(mine), at_least=10
            ),
            Goal("times the same code as functions of a warm process", mine.times(warm), at_most=1.7),
            Goal("times the same code in forks of one", mine.times(forks), at_most=1.3),
        ],
        stands_in_the_way=left,
        uses=["papermill", "nbclient", "ipykernel", "pandas", "polars"],
    )


def settled(root: Root, places: Sequence[str]) -> Table:
    """What the others don't do: settle what the notebooks proposed. Once; the notebooks are cached by then."""
    only = [part for name in NOTEBOOKS for part in ("--only", name)]
    command = [sys.executable, "-m", "compendium", "run", *places, *only, "--root", root.path]
    found = harness.in_turns([Way("settle", lambda: harness.call(command))], pairs=1, warm_up=False, say="settling")
    seconds = found["settle"].median
    return Table(
        ["what only ours does", "localities", "s a locality"],
        [["settle: protect, attack, certify, draw", len(places), seconds / len(places)]],
    )


if __name__ == "__main__":
    harness.main(__doc__, records, options)
