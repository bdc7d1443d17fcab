"""Bring a repository to the version that is installed: three-way for each file, all of it or nothing.

Three-way: what was laid out before, what the team made of it, what is laid out now. First the shared parts; then, with
those as they will be, what each locality began with, made anew from the answers of its beginning.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from compendium.errors import CompendiumError, Problem
from compendium.paths import RECORD, Root, known_localities
from compendium.release.lock import locked
from compendium.repository import begun, journal, laid_out, laying, record, shipped, skeleton
from compendium.repository.begun import Beginning
from compendium.repository.merging import Labels
from compendium.repository.places import NEW, ORIGINALS, content
from compendium.repository.record import Record
from compendium.repository.three_way import Before, Change, decide
from compendium.writing import temporary_folder, write_whole


@dataclass(frozen=True)
class Update:
    """From which version to which, and what becomes of each file; `refused`: localities that can't begin anew."""

    old: Record
    new: Record
    changes: tuple[Change, ...]
    began: Mapping[str, Beginning]  # of the repository and its localities, as the new version makes it
    refused: tuple[Problem, ...] = ()

    @property
    def conflicts(self) -> list[Change]:
        return [change for change in self.changes if change.state == "conflict"]

    def of(self, state: str) -> list[Change]:
        return [change for change in self.changes if change.state == state]


def plan(root: Path) -> Update:
    """What an update would do. Raises `CompendiumError` when there can be none yet."""
    old, new = record.read(root), record.installed()
    if waiting := laying.waiting(root):
        remedy = "Bring what it says into the file without .new, delete it, and update again."
        raise CompendiumError(
            [Problem(name, message="It waits since the last update.", remedy=remedy) for name in waiting]
        )
    if old.is_newer_than(new):
        raise CompendiumError(
            f"{RECORD}: the localities here rest on {old}, which is newer than {new}, the version that is installed.",
            f"Install {old.version} or a newer one.",
        )
    labels = Labels("yours", f"ocsv-compendium {old.version}", f"ocsv-compendium {new.version}")
    shared = list(_shared(root, old, labels))
    began, refused = _beginnings(root, shared)
    first = (change for name, (_, files) in began.items() for change in _first(root, name, files, labels))
    return Update(old, new, (*shared, *first), began, refused)


def carry_out(root: Path, update: Update) -> None:
    """Write all of it, or nothing; a killed one is finished by the next command.

    Raises `Busy` when another command is at work on a locality.
    """
    steps = dict[str, bytes | None]()
    for change in update.changes:
        if change.state == "removed":
            steps[change.path] = None
        elif change.content is not None:
            steps[change.path] = change.content
        if change.aside is not None:
            steps[change.path + NEW] = change.aside
    steps |= begun.record(root, update.began)
    steps[RECORD] = record.text_of(update.new).encode("utf-8")
    here = Root(root)
    with ExitStack() as held:
        for name in known_localities(here):
            held.enter_context(locked(here.private_room(name)))
        journal.write(root, steps)
        journal.finish(root)


def _shared(root: Path, old: Record, labels: Labels) -> Iterator[Change]:
    kept = laid_out.read(root, old.parts)
    now = shipped.parts()
    for name in sorted({*now, *(kept or {}), *_changed(root)}):
        original = content(root, f"{ORIGINALS}/{name}")
        was = (kept or {}).get(name, original)
        before = Before(None, known=kept is not None) if was is None else Before(shipped.sha256(was), was)
        yield decide(name, before, content(root, name), now.get(name), labels, restored=True)


def _changed(root: Path) -> list[str]:
    """Shared parts of which the original is kept, since the team changed them."""
    top = root / ORIGINALS
    found = (path.relative_to(top).as_posix() for path in sorted(top.rglob("*")) if path.is_file())
    return [
        name
        for name in found
        if name not in skeleton.files() and not (name.startswith("localities/") and name.count("/") > 1)
    ]


def _beginnings(root: Path, shared: list[Change]) -> tuple[dict[str, Beginning], tuple[Problem, ...]]:
    """How the repository and its localities would begin today, and why one could not."""
    found = {begun.REPOSITORY: Beginning(None, skeleton.files())}
    refused = list[Problem]()
    if not (localities := begun.localities(root)):
        return found, ()
    with temporary_folder() as folder:
        _as_it_will_be(root, folder, shared)
        for name, wanted in localities.items():
            try:
                found[name] = Beginning(wanted, begun.anew(Root(folder), wanted))
            except CompendiumError as error:
                refused += [
                    dataclasses.replace(problem, message=f"{name}: {problem.message}") for problem in error.problems
                ]
    return found, tuple(refused)


def _first(root: Path, name: str, new: Mapping[str, bytes], labels: Labels) -> Iterator[Change]:
    before = begun.before(root, name)
    for path in sorted({*before, *new}):
        mine, now = content(root, path), new.get(path)
        if path == skeleton.IGNORE and mine is not None:
            mine = skeleton.with_block(mine, [])  # its lines are written anew by every command
        change = decide(path, before.get(path, Before()), mine, now, labels, restored=False)
        if change.state == "conflict" and begun.MADE_AGAIN in path:
            change = Change(path, "yours")  # `compendium twin` made it again, and can once more
        if change.state == "added" and not (root / path).parent.is_dir():
            change = Change(path, "unchanged")  # the team took the whole folder away
        yield change


def _as_it_will_be(root: Path, folder: Path, shared: list[Change]) -> None:
    """The shared parts after the update, so that localities are made anew from the team's own dictionaries."""
    for change in shared:
        data = change.content if change.content is not None else content(root, change.path)
        if data is not None and change.state != "removed":
            write_whole(folder / change.path, data)
    known = set(shipped.hashes())
    for path in sorted((root / "data_dictionaries").rglob("*.yml")):
        name = path.relative_to(root).as_posix()
        if name not in known and (data := content(root, name)) is not None:
            write_whole(folder / name, data)
