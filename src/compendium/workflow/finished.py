"""What becomes of a notebook's result: written down in the lock file, given to the team's cache, or taken from it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from compendium.errors import NotebookFailed, Problem
from compendium.paths import RUNNING, Root
from compendium.progress import Progress
from compendium.release.key import still_stands
from compendium.workflow import content, glance, kernel, lock_file
from compendium.workflow import notebooks as nb
from compendium.workflow.cache import Damaged
from compendium.workflow.plan import Plan, Task, ready_to_settle


def fetch_all(root: Root, planned: Plan, progress: Progress) -> list[Task]:
    """Take from the team's cache what it has; the notebooks that have to run after that."""
    waiting = [task for task in planned if task.runs]
    for task in planned:
        if task.hit and not _fetched(root, planned, task):
            progress.note(f"the team's cache: an entry of {task.name} is damaged, so it runs", task.locality.id)
            waiting.append(task)
    _say(planned, progress)
    return waiting


def _fetched(root: Root, planned: Plan, task: Task) -> bool:
    assert planned.cache and task.hit
    room = root.private_room(task.locality.id)
    with tempfile.TemporaryDirectory(dir=room, prefix=RUNNING) as aside:
        try:
            planned.cache.fetch(task.hit, task.notebook, Path(aside))
        except Damaged:
            return False
        kernel.take_place(root, task.locality, task.notebook, Path(aside))
    _look_anew(root, planned, task)
    entry = content.present(
        root, task.locality, task.notebook, task.parameters, like=task.hit.entry, digests=planned.digests
    )
    lock_file.write(root, task.locality, task.notebook.name, entry)
    return True


def keep(root: Root, planned: Plan, task: Task) -> list[Problem]:
    """A notebook came to its end: write down what it rests on, give its result to the team. What is wrong with it."""
    _look_anew(root, planned, task)
    try:
        entry = content.record(root, task.locality, task.notebook, task.parameters, planned.digests)
    except NotebookFailed as failed:
        return list(failed.problems)
    if planned.cache:
        planned.cache.put(root, task.locality, task.notebook, task.parameters, entry)
    return []


def remember(root: Root, planned: Plan, settled: Iterable[str], progress: Progress) -> None:
    """Keep the marks of localities in which nothing is left to do, so that the next run tells that at a glance."""
    _say(planned, progress)
    wanted, names = set(settled), nb.names(root)
    compared = {
        locality.id: len(names)
        for locality in planned.localities
        if locality.id in wanted and planned.whole and _stands(root, planned, locality.id)
    }
    if compared:
        glance.keep(root, planned.digests, compared)


def _stands(root: Root, planned: Plan, id: str) -> bool:
    """Whether a plan made now would find nothing to do."""
    digests = planned.digests
    tasks = [task for task in planned if task.locality.id == id]
    locality = tasks[0].locality
    for path in (lock_file.path_of(root, locality), root.private / id / "settled.json"):
        digests.forget([path])
        digests.of(path, id)
    entries = lock_file.read(root, locality)
    same = all(
        content.reason(root, locality, task.notebook, task.parameters, digests, entries).stands for task in tasks
    )
    if not same or any(task.reason.kind != "unchanged" for task in tasks):
        digests.forget_below(root.outputs / id)  # it was settled anew since
    glance.look_at_program(digests, id)
    return same and still_stands(root, locality, ready_to_settle(root, locality), digests=digests) is not None


def _look_anew(root: Root, planned: Plan, task: Task) -> None:
    id, name = task.locality.id, task.notebook.name
    planned.digests.forget_below(root.proposals(id) / name)
    planned.digests.forget([root.raw_notebooks(id) / f"{name}.ipynb"])


def _say(planned: Plan, progress: Progress) -> None:
    if planned.cache:
        for words in planned.cache.words:
            progress.note(words)
        planned.cache.words.clear()
