"""What a run has to do: every notebook of every locality asked for, and why it runs or not. Starts nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from compendium.locality import Locality, load_locality
from compendium.paths import Root
from compendium.workflow import content
from compendium.workflow import notebooks as nb
from compendium.workflow.content import Reason
from compendium.workflow.notebooks import Notebook


@dataclass(frozen=True)
class Task:
    """One notebook for one locality, and why it runs or not."""

    locality: Locality
    notebook: Notebook
    parameters: dict[str, Any]
    reason: Reason

    @property
    def runs(self) -> bool:
        return self.reason.kind != "unchanged"

    @property
    def name(self) -> str:
        return f"{self.locality.id}: {self.notebook.name}"


def plan(root: Root, localities: Iterable[str], *, only: list[str] | None = None, force: bool = False) -> list[Task]:
    """Every notebook of every locality asked for, with the reason why it runs or not. Starts nothing."""
    stored = nb.load(root)
    chosen = nb.choose(stored, only or [])
    tasks = []
    for name in localities:
        locality = load_locality(root, name)
        unknown = sorted(set(locality.notebooks) - set(stored))
        if unknown:
            nb.choose(stored, unknown)
        for notebook in (stored[choice] for choice in chosen):
            given = nb.parameters(notebook, locality)
            why = Reason("forced") if force else content.reason(root, locality.id, notebook, given)
            tasks.append(Task(locality, notebook, given, why))
    return tasks
