"""Run what has to run, several notebooks at once, then settle each locality."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from compendium.errors import CompendiumError, Problem
from compendium.locality import Locality, known_localities
from compendium.paths import Root, strays
from compendium.release.key import Settled, still_stands
from compendium.release.lock import locked
from compendium.workflow import content, kernel
from compendium.workflow import notebooks as nb
from compendium.workflow.engine import Kind, usual
from compendium.workflow.plan import Task

Report = Callable[[str], None]


@dataclass
class Ran:
    """What a run came to: each task's name, and every problem met."""

    done: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    settled: list[Any] = field(default_factory=list)


def run(root: Root, tasks: list[Task], *, jobs: int, tell: Report, kind: Kind | None = None, cluster: str = "") -> Ran:
    """Run what must run, `jobs` at once, then settle. What finished is kept; a locality with a failed notebook isn't
    settled. Every locality is held from beginning to end: raises `Busy` when another run holds one. `kind`: of kernel;
    None: what this system runs best. `cluster`: the address of a Dask scheduler whose workers run the notebooks.
    """
    ran = Ran()
    with ExitStack() as held:
        for locality in sorted({task.locality.id for task in tasks}):
            room = root.private_room(locality)
            held.enter_context(locked(room))
            kernel.clear_after_a_kill(room)
        begin = partial(_one, root, kind or usual())
        waiting = [task for task in tasks if task.runs]
        failed = _execute(begin, waiting, _executor(root, jobs, cluster if waiting else ""), ran, tell)
        _settle(root, tasks, failed, ran, tell)
        ran.problems += _strays(root)
    return ran


def _strays(root: Root) -> list[Problem]:
    """A notebook is code: it could write where everything lies that travels."""
    remedy = "Look into it, take it away, and look at the notebooks: nothing but a run writes into outputs/."
    message = "No run of the compendium made this."
    return [
        Problem(f"outputs/{path.name}", message=message, remedy=remedy) for path in strays(root, known_localities(root))
    ]


def _executor(root: Root, jobs: int, cluster: str) -> AbstractContextManager[Executor]:
    if not cluster:
        return ThreadPoolExecutor(max_workers=max(1, jobs))
    from compendium.workflow.cluster import workers

    return workers(cluster, root)


def _execute(
    begin: Callable[[Task], list[Problem]],
    waiting: list[Task],
    executor: AbstractContextManager[Executor],
    ran: Ran,
    tell: Report,
) -> set[str]:
    """Run the notebooks; the localities in which one stopped."""
    failed: set[str] = set()
    with executor as pool:
        futures: dict[Future[list[Problem]], Task] = {pool.submit(begin, task): task for task in waiting}
        try:
            for number, future in enumerate(as_completed(futures), 1):
                task = futures[future]
                if problems := future.result():
                    failed.add(task.locality.id)
                    ran.problems += problems
                    tell(f"[{number}/{len(waiting)}] {task.name}: stopped")
                    continue
                ran.done.append(task.name)
                tell(f"[{number}/{len(waiting)}] {task.name}")
        except BaseException:  # no disk, or somebody stopped us: begin no further notebook
            pool.shutdown(cancel_futures=True)
            raise
    return failed


def _one(root: Root, kind: Kind, task: Task) -> list[Problem]:
    """Run one; what stopped it is told as a value, so that nobody tries again what would stop again."""
    try:
        kernel.execute(root, task.locality, task.notebook, task.parameters, kind)
    except CompendiumError as stopped:
        return list(stopped.problems)
    content.record(root, task.locality.id, task.notebook, task.parameters)
    return []


def _settle(root: Root, tasks: list[Task], failed: set[str], ran: Ran, tell: Report) -> None:
    names = list(nb.load(root))
    for locality in {task.locality.id: task.locality for task in tasks}.values():
        if locality.id in failed:
            continue
        ready = [name for name in names if (root.proposals(locality.id) / name).exists()]
        try:
            settled = (ready and still_stands(root, locality, ready)) or _settled_anew(root, locality, ready)
        except CompendiumError as refused:
            ran.problems += refused.problems
            continue
        ran.settled.append(settled)
        tell(
            f"{locality.id}: settled, {settled.tables} tables, {settled.hidden} cells hidden"
            if settled.again
            else f"{locality.id}: nothing new to settle"
        )
        if settled.lost:
            from compendium.release import refusal

            what = "1 table shows" if len(settled.lost) == 1 else f"{len(settled.lost)} tables show"
            tell(f"{locality.id}: {what} no cell; {refusal.name(locality.id)} names the merge that would")


def _settled_anew(root: Root, locality: Locality, ready: list[str]) -> Settled:
    from compendium.release.settle import settle
    from compendium.workflow import vetting

    return settle(root, locality, ready, vet=vetting.of(root, locality))
