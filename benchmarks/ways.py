"""Ways to run the notebooks of a compendium, each in a process of its own: `many_localities` calls them.

    python -m benchmarks.ways ours ROOT JOBS NOTEBOOK ...
    python -m benchmarks.ways functions|forks|fresh_forks ROOT JOBS LOCALITY,LOCALITY NOTEBOOK ...

The last three print the seconds that they took after everything was warm.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

Task = tuple[str, str]


def ours(root: Path, jobs: int, notebooks: list[str]) -> None:
    """`compendium run --all --only … --jobs …`, which stops before it settles."""
    from compendium.cli import main as command
    from compendium.workflow import settling

    settling.settle_all = lambda *_, **__: None
    only = [part for name in notebooks for part in ("--only", name)]
    sys.argv = ["compendium", "run", "--all", "--root", str(root), "--jobs", str(jobs), *only]
    command()


def cells(root: Path, task: Task) -> None:
    """The cells of a notebook as plain code; what it proposes goes into a folder that is thrown away."""
    place, name = task
    stored = json.loads((root / "notebooks" / f"{name}.ipynb").read_text("utf-8"))
    sources = ["".join(cell["source"]) for cell in stored["cells"] if cell["cell_type"] == "code"]
    names: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        os.environ |= {
            "COMPENDIUM_ROOT": str(root),
            "COMPENDIUM_NOTEBOOK": name,
            "COMPENDIUM_PROPOSALS": folder,
        }
        for source in sources:
            exec(source.replace('locality: str = ""', f"locality: str = {place!r}"), names)


def in_a_fork(root: Path, task: Task) -> None:
    child = os.fork()
    if not child:
        status = 1
        try:
            cells(root, task)
            status = 0
        finally:
            os._exit(status)
    if os.waitpid(child, 0)[1]:
        raise SystemExit(f"{task} stopped")


def limit(kind: str, root: Path, jobs: int, places: list[str], notebooks: list[str]) -> float:
    """Seconds of all tasks in `jobs` processes that are forked from one which is as warm as `kind` says.

    `functions`: each of them has run every notebook once. `forks`: this process has imported all that the notebooks
    import and read the dictionaries; it can't have run them, since polars' threads don't survive a fork.
    """
    from compendium.workflow.warm import LIBRARIES

    for library in (*LIBRARIES, "IPython"):
        importlib.import_module(library)
    context = multiprocessing.get_context("fork")
    if kind == "forks":
        import_what_is_imported(root, places[-1], notebooks, context)
    tasks = [(place, name) for place in places for name in notebooks]
    first = [(places[-1], name) for name in notebooks] if kind == "functions" else []
    does = cells if kind == "functions" else in_a_fork
    queue, warm = context.SimpleQueue(), context.Barrier(jobs + 1)
    workers = [context.Process(target=_work, args=(does, root, queue, warm, first)) for _ in range(jobs)]
    for worker in workers:
        worker.start()
    warm.wait()
    start = time.perf_counter()
    for task in [*tasks, *[None] * jobs]:
        queue.put(task)
    for worker in workers:
        worker.join()
        if worker.exitcode:
            raise SystemExit(f"{kind}: a worker stopped")
    return time.perf_counter() - start


def import_what_is_imported(root: Path, place: str, notebooks: list[str], context: Any) -> None:
    """Import here what the notebooks import, found out in another process; read the dictionaries."""
    told = context.SimpleQueue()

    def find_out() -> None:
        for name in notebooks:
            cells(root, (place, name))
        told.put([name for name in sys.modules if name.split(".")[0] == "compendium"])

    process = context.Process(target=find_out)
    process.start()
    for module in told.get():
        importlib.import_module(module)
    process.join()
    from compendium import dictionary

    dictionary.load(root / "data_dictionaries")


def _work(does: Any, root: Path, queue: Any, warm: Any, first: list[Task]) -> None:
    for task in first:
        does(root, task)
    warm.wait()
    while task := queue.get():
        does(root, task)


def main() -> None:
    kind, folder, jobs, *rest = sys.argv[1:]
    if kind == "ours":
        ours(Path(folder), int(jobs), rest)
    else:
        places, *notebooks = rest
        print(limit(kind, Path(folder), int(jobs), places.split(","), notebooks))


if __name__ == "__main__":
    main()
