"""Memory that a kernel needs for itself: one that is forked, beside an ordinary one, in the same notebook.

    python -m benchmarks.memory_of_kernels

The notebook asks at its beginning and at its end what is its process's own (private pages: not those shared with
another process that runs). What all forked kernels share, the process they are forked from, is told beside it.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat

from benchmarks import harness, light_notebook, memory
from benchmarks.harness import Goal, Record, Table
from benchmarks.notebooks import by_engine
from compendium.workflow import engine

KINDS: tuple[engine.Kind, ...] = ("warm", "ordinary")
NAMES = {"warm": "forked kernel", "ordinary": "ordinary kernel"}


def own(target: Path) -> tuple[float, float]:
    """What the two cells that asked were told, in megabytes."""
    texts = [
        output["text"]
        for cell in nbformat.read(target, 4).cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream"
    ]
    first, last = (float(text.split()[1]) for text in texts if text.startswith("own "))
    return first, last


def plain_in_a_fork() -> float:
    """What the same cells as plain code own at their end, in a fork of a process with the libraries imported."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_plain_in_a_fork)


def _plain_in_a_fork() -> float:
    import matplotlib.pyplot  # noqa: F401 - so that the child finds it there
    import pandas  # noqa: F401
    from IPython.core import pylabtools  # noqa: F401

    gc.collect()
    gc.freeze()
    reading, writing = os.pipe()
    if not (child := os.fork()):
        light_notebook.as_plain_code(1)
        os.write(writing, f"{sum(memory.fields(os.getpid(), 'Private_Clean', 'Private_Dirty'))}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    return float(os.read(reading, 100))


def records(asked: argparse.Namespace) -> Iterator[Record]:
    told: dict[str, list[tuple[float, float]]] = {kind: [] for kind in KINDS}
    with tempfile.TemporaryDirectory() as made:
        source, target = Path(made) / "light.ipynb", Path(made) / "out.ipynb"
        light_notebook.write(source, light_notebook.OWN_MEMORY)
        notebook = nbformat.read(source, 4)
        notebook.cells.insert(
            2, nbformat.v4.new_code_cell(light_notebook.OWN_MEMORY, id="first")
        )  # libraries are there
        source.write_text(nbformat.writes(notebook), "utf-8")
        for turn in range(asked.pairs):
            for kind in KINDS:
                by_engine(source, target, turn, engine.engine(kind))
                told[kind].append(own(target))
                harness.progress(f"memory_of_kernels {turn + 1}/{asked.pairs} {kind}: {told[kind][-1][1]:.0f} MB")
        shared = [sum(memory.fields(child, "Pss")) for child in memory.children().get(os.getpid(), [])]
    medians = {
        kind: tuple(statistics.median(pair[at] for pair in found) for at in (0, 1)) for kind, found in told.items()
    }
    rows = [[NAMES[kind], *(f"{value:.0f}" for value in medians[kind])] for kind in KINDS]
    limit = plain_in_a_fork()
    rows.append(["no kernel: plain code in a fork (limit)", "", f"{limit:.0f}"])
    shares = [medians["warm"][at] / medians["ordinary"][at] for at in (0, 1)]
    yield Record(
        "Private memory of a kernel that runs the light notebook (pandas, matplotlib, two figures), in megabytes.",
        tables=[Table(["kernel", "libraries imported, MB", "at the end, MB"], rows)],
        goals=[
            Goal("share of an ordinary kernel's own memory, libraries imported", shares[0], at_most=1 / 3),
            Goal("the same at the end of the notebook", shares[1], at_most=1 / 3),
        ],
        stands_in_the_way=f"at the end it is the notebook: its cells as plain code in a fork own {limit:.0f} MB, "
        f"{limit / medians['ordinary'][1]:.2f} of the ordinary kernel, before anything of a kernel is added.",
        notes=[f"The process that they are forked from holds {max(shared, default=0):,.0f} MB, once for all of them."],
        uses=["ipykernel", "papermill", "pandas", "matplotlib"],
    )


if __name__ == "__main__":
    harness.main(__doc__, records)
