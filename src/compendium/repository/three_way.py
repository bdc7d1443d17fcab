"""What becomes of one file when a newer version comes: what it was, what the team made of it, what it is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from compendium.repository import merging
from compendium.repository.merging import Labels
from compendium.repository.places import NEW
from compendium.repository.shipped import sha256

State = Literal["unchanged", "renewed", "added", "removed", "merged", "yours", "conflict"]


@dataclass(frozen=True)
class Before:
    """What a version laid out: its hash, and what it said where that was kept. Not `known`: nobody can tell."""

    hash: str | None = None
    content: bytes | None = None
    known: bool = True


@dataclass(frozen=True)
class Change:
    """What becomes of a file. `content` takes its place (with `removed` it goes), `aside` is laid beside it."""

    path: str
    state: State
    content: bytes | None = None
    aside: bytes | None = None

    @property
    def beside(self) -> str:
        """The file beside it, or nothing."""
        return f"{self.path}{NEW}" if self.aside is not None else ""

    @property
    def why(self) -> str:
        """A sentence for whoever has to look at it."""
        return _WHY[self.state]


def decide(
    path: str, before: Before, mine: bytes | None, new: bytes | None, labels: Labels, *, restored: bool
) -> Change:
    """`restored`: a file that is missing comes back; else somebody took it away, and it stays away."""
    if mine is None:
        added = before.hash is None and before.known
        back = new is not None and (added or restored)
        return Change(path, "added" if added else "renewed", new) if back else Change(path, "unchanged")
    if mine == new:
        return Change(path, "unchanged")
    if sha256(mine) == before.hash:
        return Change(path, "removed" if new is None else "renewed", new)
    if new is None or sha256(new) == before.hash:
        return Change(path, "yours")
    return _merged(path, before, mine, new, labels)


def _merged(path: str, before: Before, mine: bytes, new: bytes, labels: Labels) -> Change:
    """Both changed it."""
    found = merging.merge(path, before.content, mine, new, labels) if before.content is not None else None
    if found is None or not found.clean:
        return Change(path, "conflict", aside=new if found is None else found.content)
    return Change(path, "yours") if found.content == mine else Change(path, "merged", found.content)


_WHY = {
    "unchanged": "",
    "renewed": "as it was laid out, so it is renewed",
    "added": "new",
    "removed": "as it was laid out, and no longer needed",
    "merged": "changed here and there, in different places: look at it",
    "yours": "changed here only: it stays as it is",
    "conflict": "changed here and there, in the same place",
}
