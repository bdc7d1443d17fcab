"""What a run has to do: every notebook of every locality asked for, and why it runs or not. Starts nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compendium.locality import FILE, Locality, load_locality
from compendium.paths import Root
from compendium.release import key
from compendium.seen.digests import Digests
from compendium.workflow import content, lock_file
from compendium.workflow import notebooks as nb
from compendium.workflow.notebooks import Notebook
from compendium.workflow.reasons import Change, Reason, between
from compendium.writing import left_behind

if TYPE_CHECKING:
    from compendium.workflow.cache import Cache, Hit


@dataclass(frozen=True)
class Task:
    """One notebook for one locality, and why it runs or not."""

    locality: Locality
    notebook: Notebook
    parameters: dict[str, Any]
    reason: Reason
    hit: Hit | None = None  # what it would give lies in the team's cache

    @property
    def runs(self) -> bool:
        return not self.reason.stands and self.hit is None

    @property
    def name(self) -> str:
        return f"{self.locality.id}: {self.notebook.name}"


@dataclass
class Plan:
    """The tasks of a run. `standing`: localities of which a glance told that nothing changed; they have no tasks."""

    tasks: list[Task]
    standing: tuple[str, ...] = ()
    passed_over: int = 0  # notebooks of those
    digests: Digests = field(default_factory=Digests)
    cache: Cache | None = None
    whole: bool = True  # every notebook was asked for

    def __iter__(self) -> Iterator[Task]:
        return iter(self.tasks)

    def __len__(self) -> int:
        return len(self.tasks)

    @property
    def localities(self) -> list[Locality]:
        """Those that have tasks, in order."""
        return list({task.locality.id: task.locality for task in self.tasks}.values())


def plan(
    root: Root,
    localities: Iterable[str],
    *,
    only: list[str] | None = None,
    force: bool = False,
    cache: Cache | None = None,
    standing: Mapping[str, int] | None = None,
) -> Plan:
    """Every notebook of every locality asked for, with the reason why it runs or not.

    `standing`: localities of which a glance told that nothing changed, and how many notebooks each has.
    """
    names, digests, standing = list(localities), Digests(), standing or {}
    found = Plan([], tuple(standing), sum(standing.values()), digests, cache, not only)
    if len(standing) == len(names):
        return found
    watched = digests.files(root.notebooks, "*.ipynb")
    for path in watched:
        digests.of(path)  # before they are read
    stored = nb.load(root)
    chosen = nb.choose(stored, only or [])
    for name in names:
        if name in standing:
            continue
        for path in (root.notebooks, *watched, root.localities / name / FILE):
            digests.of(path, name)
        locality = load_locality(root, name)
        digests.of(lock_file.path_of(root, locality), name)
        entries = lock_file.read(root, locality)
        unknown = sorted(set(locality.notebooks) - set(stored))
        if unknown:
            nb.choose(stored, unknown)
        for notebook in (stored[choice] for choice in chosen):
            given = nb.parameters(notebook, locality)
            why = Reason("forced") if force else content.reason(root, locality, notebook, given, digests, entries)
            hit = cache.find(root, locality, notebook, given, digests) if cache and not (force or why.stands) else None
            found.tasks.append(Task(locality, notebook, given, why, hit))
    return found


def settling(root: Root, planned: Plan, locality: Locality) -> Reason:
    """Why a locality would be settled anew after the notebooks of the plan have run, or that it wouldn't."""
    ahead = [task.notebook.name for task in planned if task.locality.id == locality.id and not task.reason.stands]
    if ahead:
        return Reason("waits", tuple(Change("notebook", name) for name in ahead))
    done = key.last(root, locality.id)
    ready = ready_to_settle(root, locality)
    if done is None or not ready:
        return Reason("never settled")
    now = key.rests_on(root, locality, ready, planned.digests)
    out = root.outputs / locality.id
    values = {"library"}
    found = [
        change
        for kind in now
        for change in between(kind, done.rested_on.get(kind, {}), now[kind], values=kind in values)
    ]
    found += between("output", done.files, planned.digests.below(out, locality.id))
    found += [Change("output", path.name, "added") for path in left_behind(out)]
    return Reason("changed", tuple(found)) if found else Reason("unchanged")


def ready_to_settle(root: Root, locality: Locality) -> list[str]:
    """The notebooks that have proposed something for a locality."""
    return [name for name in nb.names(root) if (root.proposals(locality.id) / name).exists()]
