"""The things that a trace joins, and how a kind of them is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from compendium.charts.grid import tidy


@dataclass
class Node:
    """A thing of one kind, what leads to it and where it leads; `y` and `height` are its box on a wide sheet."""

    key: tuple[str, str]  # kind, id
    label: str
    sources: list[Node] = field(default_factory=list)
    targets: list[Node] = field(default_factory=list)
    y: float = 0.0
    height: float = 0.0
    orphan: str = ""

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def title_of(kind: str, columns: Mapping[str, Sequence[Node]]) -> str:
    """`Priority (11)`."""
    return f"{tidy(kind)} ({len(columns[kind])})"
