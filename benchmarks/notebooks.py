"""One light notebook of twelve cells, run one after the other: a forked kernel beside what people use, and the limits.

    python -m benchmarks.notebooks [--times 5]

What is run is alike: papermill with a notebook whose parameter is new each time. The command line and papermill's own
engine start a kernel for each; ours forks one from a process that has the libraries imported (its start is in the
figures of `many_localities`, not in these). The limits are the same cells as plain code, in a warm process and in forks
of one, with the figures drawn as PNG.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat

from benchmarks import harness, light_notebook
from benchmarks.harness import Goal, Record, Way
from compendium.workflow import engine

OURS, COMMAND_LINE, WARM, FORK = "ours", "papermill command line", "plain code, warm process", "plain code, forks of it"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--times", type=int, default=5, help="notebooks of a way in one turn")


def by_engine(source: Path, target: Path, seed: int, name: str | None) -> None:
    """papermill in this process, by one of our engines or (None) its own."""
    import papermill

    given = {"parameters": {"seed": seed}, "kernel_name": "python3", "progress_bar": False}
    if name is None:
        papermill.execute_notebook(str(source), str(target), **given)
        return
    ours = {"engine_name": name, "environment": _environment(), "folder": str(source.parent), "memory": 2**31}
    made = papermill.execute_notebook(str(source), None, **given, **ours)  # written once, at the end, as a run does
    target.write_text(nbformat.writes(made), "utf-8")


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def by_command(source: Path, target: Path, seed: int) -> None:
    harness.call(
        [sys.executable, "-m", "papermill", source, target, "-p", "seed", str(seed), "-k", "python3"],
        environment=engine.ONE_THREAD,
    )


def in_a_fork(seed: int) -> None:
    child = os.fork()
    if not child:
        made = light_notebook.as_plain_code(seed)
        os._exit(0 if len(made) > 2 else 1)
    assert os.waitpid(child, 0)[1] == 0


def records(asked: argparse.Namespace) -> Iterator[Record]:
    times = 1 if asked.quick else asked.times
    os.environ.update(engine.ONE_THREAD)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        source = light_notebook.write(folder / "light.ipynb")
        target = folder / "out.ipynb"
        ways = {
            OURS: lambda seed: by_engine(source, target, seed, engine.engine("warm")),
            COMMAND_LINE: lambda seed: by_command(source, target, seed),
            "papermill.execute_notebook": lambda seed: by_engine(source, target, seed, None),
            "ours, ordinary kernel": lambda seed: by_engine(source, target, seed, engine.engine("ordinary")),
            WARM: light_notebook.as_plain_code,
            FORK: in_a_fork,
        }

        def turn(way: object) -> None:
            for seed in range(times):
                way(seed)  # type: ignore[operator]

        timings = harness.in_turns(
            [Way(name, lambda way=way: turn(way)) for name, way in ways.items()],  # type: ignore[misc]
            pairs=asked.pairs,
            say="notebooks",
        )
    ours = timings[OURS]
    left = (
        f"the cells alone take {harness.number(timings[FORK].median)} s in forks; what ours adds, "
        f"{harness.number(ours.median - timings[FORK].median)} s for {times} kernels, is IPython and its messages."
    )
    yield Record(
        f"{times} light notebooks one after the other; seconds are of all {times}.",
        tables=[harness.times_table(timings, WARM)],
        goals=[
            Goal("times faster than the papermill command line", timings[COMMAND_LINE].times(ours), at_least=10),
            Goal("times the same code in a warm process", ours.times(timings[WARM]), at_most=1.7),
            Goal("times the same code in forks of a warm process", ours.times(timings[FORK]), at_most=1.3),
        ],
        stands_in_the_way=left,
        uses=["papermill", "nbclient", "ipykernel", "pandas", "matplotlib"],
    )


if __name__ == "__main__":
    harness.main(__doc__, records, options)
