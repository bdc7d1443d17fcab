"""Run what has to run, several notebooks at once, then settle each locality."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from compendium.errors import CompendiumError, Problem
from compendium.paths import Root, stray_problems
from compendium.progress import AtCell, Hears, Piece, Progress
from compendium.release.lock import locked
from compendium.workflow import finished, kernel, settling
from compendium.workflow.engine import Kind, usual
from compendium.workflow.plan import Plan, Task
from compendium.workflow.settling import Ran
from compendium.writing import clear_temporary


def run(
    root: Root,
    planned: Plan,
    *,
    jobs: int,
    progress: Progress | None = None,
    kind: Kind | None = None,
    cluster: str = "",
) -> Ran:
    """Run what must run, `jobs` at once, then settle. What finished is kept; a locality with a failed notebook isn't
    settled. Every locality is held from beginning to end: raises `Busy` when another run holds one. `kind`: of kernel;
    None: what this system runs best. `cluster`: the address of a Dask scheduler whose workers run the notebooks.
    """
    ran, progress = Ran(), progress or Progress()
    with ExitStack() as held:
        for locality in sorted(one.id for one in planned.localities):
            held.enter_context(locked(root.private_room(locality)))
        clear_temporary(Path(tempfile.gettempdir()))  # of kernels whose run was killed, also when none runs now
        waiting = finished.fetch_all(root, planned, progress)
        progress.expect("settle", [Piece(name) for name in dict.fromkeys(task.locality.id for task in waiting)])
        keep = partial(finished.keep, root, planned)
        failed = _execute(root, waiting, jobs, kind or usual(), cluster, ran, progress, keep) if waiting else set()
        settling.settle_all(
            root, [one for one in planned.localities if one.id not in failed], ran, progress, jobs, planned.digests
        )
        finished.remember(root, planned, [settled.locality for settled in ran.settled], progress)
        ran.problems = _once([*ran.problems, *stray_problems(root)])
    return ran


def _once(problems: list[Problem]) -> list[Problem]:
    """Each once, such as those of a table that several notebooks read; after them, which notebooks wait for that."""
    waiting = sorted(problem for problem in problems if not problem.times)
    return [*dict.fromkeys(problem for problem in problems if problem.times), *waiting]


def _execute(
    root: Root,
    waiting: list[Task],
    jobs: int,
    kind: Kind,
    cluster: str,
    ran: Ran,
    progress: Progress,
    keep: Callable[[Task], list[Problem]],
) -> set[str]:
    """Run the notebooks; the localities in which one stopped."""
    failed: set[str] = set()
    with ExitStack() as opened:
        pool, workers, hears = _workers(opened, root, jobs, cluster, progress)
        opened.enter_context(progress.stage("notebooks", [_piece(task) for task in waiting], workers=workers))
        begin = partial(_one, root, kind, hears)
        futures: dict[Future[list[Problem]], Task] = {pool.submit(begin, task): task for task in waiting}
        try:
            for future in as_completed(futures):
                task = futures.pop(future)
                problems = future.result() or keep(task)
                progress.end(_piece(task), "stopped" if problems else "done")
                if problems:
                    failed.add(task.locality.id)
                    ran.problems += problems
                else:
                    ran.done.append(task.name)
        except BaseException:  # no disk, or somebody stopped us: begin no further notebook, keep those that end
            pool.shutdown(cancel_futures=True)
            for future, task in futures.items():
                if future.done() and not future.cancelled() and not future.exception() and not future.result():
                    keep(task)
            raise
    return failed


def _workers(opened: ExitStack, root: Root, jobs: int, cluster: str, progress: Progress) -> tuple[Executor, int, Hears]:
    """Who runs notebooks, how many at once, and what hears of their cells: here, or on a cluster."""
    if cluster:
        from compendium.workflow.cluster import workers

        return opened.enter_context(workers(cluster, root, progress.cell))
    return opened.enter_context(ThreadPoolExecutor(jobs)), jobs, progress.cell


def _piece(task: Task) -> Piece:
    return Piece(task.locality.id, task.notebook.name)


def _one(root: Root, kind: Kind, hears: Hears, task: Task) -> list[Problem]:
    """Run one; what stopped it is told as a value, so that nobody tries again what would stop again."""
    at_cell: AtCell = partial(hears, _piece(task))
    at_cell(0, 0)
    try:
        kernel.execute(root, task.locality, task.notebook, task.parameters, kind, at_cell)
    except CompendiumError as stopped:
        return list(stopped.problems)
    return []
