"""A settled locality as its pages see it: what was released, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compendium.disclosure.ledger import Entry
from compendium.locality import Locality


@dataclass(frozen=True)
class Place:
    """A locality, where its released objects lie, the values derived from them and its gated notebooks."""

    locality: Locality
    outputs: Path
    values: dict[str, dict[str, Any]]
    notebooks: tuple[tuple[str, str], ...]  # name, title
    release: Entry | None = None  # what two people approved, when these results are that
    entries: tuple[Entry, ...] = ()  # the ledger

    @property
    def note(self) -> str:
        return " ".join(self.locality.synthetic_note.split())
