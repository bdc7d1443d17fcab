"""Make a repository for a locality alone: settings and records of the team, and which version the rest comes from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from compendium.beginning import Wanted, begin
from compendium.errors import CompendiumError
from compendium.paths import RECORD, Root
from compendium.repository import begun, laying, record, skeleton
from compendium.writing import temporary_folder, write_whole

ALLOWED = ".git"  # in a folder that is to become a repository


def start(folder: Path, wanted: Wanted, tell: Callable[[str], None]) -> Path:
    """The folder of the new locality in `folder`, which is made, or is empty but for git's.

    Raises `CompendiumError` when it holds anything, and with everything that is wrong with what is wanted.
    """
    folder = folder.resolve()
    _refuse(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(folder.parent) as aside:
        made = aside / folder.name
        _fill(made, wanted, tell)
        if not folder.exists():
            made.rename(folder)
        else:
            for entry in sorted(made.iterdir(), key=lambda path: (path.name != RECORD, path.name != "localities")):
                entry.rename(folder / entry.name)  # once its record stands, any command lays out what is missing
    return folder / "localities" / wanted.id


def add(root: Root, wanted: Wanted) -> Path:
    """The folder of a new locality in the compendium that is there; a team's repository remembers how it began."""
    made = begin(root, wanted)
    if record.is_own(root.path):
        begun.remember(root.path, wanted.id, wanted)
    return made


def _refuse(folder: Path) -> None:
    if record.is_own(folder):
        raise CompendiumError(
            f"--into: {folder.name} is a repository of localities already.", "Change into it, and leave --into out."
        )
    if folder.exists() and (not folder.is_dir() or any(path.name != ALLOWED for path in folder.iterdir())):
        raise CompendiumError(
            f"--into: {folder.name} holds something already.",
            "Name a folder that is new, empty, or fresh from git init.",
        )


def _fill(folder: Path, wanted: Wanted, tell: Callable[[str], None]) -> None:
    first = skeleton.files()
    for name, data in first.items():
        write_whole(folder / name, data)
    write_whole(folder / RECORD, record.text_of(record.installed()))
    laying.prepare(folder, tell)
    begin(Root(folder), wanted)
    for name, data in begun.record(folder, {begun.REPOSITORY: begun.Beginning(None, first)}).items():
        write_whole(folder / name, data)
    begun.remember(folder, wanted.id, wanted)
