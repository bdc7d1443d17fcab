"""The files of a ledger: `localities/<id>/ledger/`, a JSON file an entry, an archive a release, and `head.json`.

`head.json` names the last entry, so that one cut off the end is missed; so does a private mark of the last entry that
this machine has seen, for a ledger that was replaced whole. An entry counts as soon as its file stands there: a process
killed earlier leaves the old ledger, one killed later the new one.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compendium import bounded, jsonfile, zipped
from compendium.disclosure.ledger import Entry, chain_problems, next_entry, standing
from compendium.errors import CompendiumError, InputRefused, Problem
from compendium.paths import Root
from compendium.writing import write_whole

ENTRY = re.compile(r"[0-9]{4}\.json")
LARGEST = 256 << 20  # bytes of an entry: the numbers of a release
HEAD = "head.json"
SEEN = "ledger_seen.json"
BACK = "Restore the ledger from version control: what was public once must stay known."


@dataclass(frozen=True)
class Ledger:
    """A ledger whose chain holds."""

    folder: Path
    locality: str
    entries: tuple[Entry, ...]

    @property
    def head(self) -> str:
        """The hash of the last entry; empty when there is none."""
        return self.entries[-1].seal if self.entries else ""

    @property
    def standing(self) -> list[Entry]:
        return standing(self.entries)

    @property
    def shown(self) -> Entry | None:
        """The release that the site shows: the last one that nobody withdrew."""
        return self.standing[-1] if self.standing else None

    def archive(self, entry: Entry) -> Path:
        return self.folder / f"{entry.number:04}.zip"


def folder_of(root: Root, locality: str) -> Path:
    """Where the ledger of a locality lies."""
    return root.localities / locality / "ledger"


def read(root: Root, locality: str) -> Ledger:
    """The ledger of a locality. Raises `InputRefused` with every fault of its chain."""
    ledger, problems = _read(root, locality)
    if problems:
        raise InputRefused(problems)
    return ledger


def problems(root: Root, locality: str) -> list[Problem]:
    """Entries that were edited, removed, moved or cut short, and archives that are not what was approved."""
    ledger, found = _read(root, locality)
    return found or _archive_problems(ledger)


def _read(root: Root, locality: str) -> tuple[Ledger, list[Problem]]:
    folder = folder_of(root, locality)
    paths = sorted(path for path in folder.glob("*.json") if ENTRY.fullmatch(path.name)) if folder.is_dir() else []
    shown = f"localities/{locality}/ledger"
    records = [(f"{shown}/{path.name}", _json(path)) for path in paths]
    found = chain_problems(records, locality)
    entries = () if found else tuple(Entry(record) for _, record in records)
    if not found:
        marks = {f"{shown}/{HEAD}": folder / HEAD, f"{shown}": root.private / locality / SEEN}
        found = [problem for file, mark in marks.items() if (problem := _cut_off(entries, _json(mark), file, mark))]
    return Ledger(folder, locality, entries), found


def _cut_off(entries: tuple[Entry, ...], mark: Any, file: str, path: Path) -> Problem | None:
    """Whether a mark names an entry that is not there."""
    if not path.exists():
        missing = path.name == HEAD and len(entries) > 1
        return Problem(file, message="The file is missing.", remedy=BACK) if missing else None
    if not isinstance(mark, Mapping) or not isinstance(mark.get("number"), int) or mark["number"] < 1:
        return Problem(file, message="The file can't be read.", remedy=BACK)
    number = int(mark["number"])
    if number > len(entries):
        gone = f"{len(entries) + 1:04}.json" + (f" to {number:04}.json" if number > len(entries) + 1 else "")
        return Problem(file, message=f"Entries were removed from the end: {gone}.", remedy=BACK)
    if entries[number - 1].seal != mark.get("entry"):
        return Problem(file, message=f"Entry {number} is another one than was written first.", remedy=BACK)
    return None


def _archive_problems(ledger: Ledger) -> list[Problem]:
    found = []
    for entry in ledger.entries:
        path = ledger.archive(entry)
        if entry.kind == "release" and (not path.exists() or _sha256(path.read_bytes()) != entry.record["kept"]):
            what = "is missing" if not path.exists() else "was changed or cut short"
            name = f"localities/{ledger.locality}/ledger/{path.name}"
            found.append(Problem(name, message=f"The archive of release {entry.number} {what}.", remedy=BACK))
    return found


def append(
    root: Root,
    ledger: Ledger,
    said: Mapping[str, Any],
    content: dict[str, bytes] | None = None,
    *,
    step: Callable[[str], None] = lambda name: None,
) -> Entry:
    """Write the entry that says `said`, with the files of a release. The caller holds the locality (`lock`).

    `step` is told each step before it is taken. Until the entry's own file stands, the ledger is the old one.
    """
    archive = zipped.packed(content) if content is not None else None
    if archive is not None:
        said = {**said, "kept": _sha256(archive)}
    entry = next_entry(ledger.entries, ledger.locality, said)
    path = ledger.folder / f"{entry.number:04}.json"
    if path.exists():
        raise CompendiumError(f"localities/{ledger.locality}/ledger/{path.name} stands already.", "Try again.")
    if archive is not None:
        step("archive")
        _write_lasting(ledger.archive(entry), archive)
    step("entry")
    _write_lasting(path, jsonfile.text_of(entry.record).encode())
    _mark(root, ledger, entry, step)
    step("done")
    return entry


def finish(root: Root, ledger: Ledger) -> None:
    """Write the marks of the last entry, which a process that was killed after the entry had not written.

    The caller holds the locality; the chain holds, so marks that differ are older ones.
    """
    if ledger.entries:
        _mark(root, ledger, ledger.entries[-1])


def _mark(root: Root, ledger: Ledger, entry: Entry, step: Callable[[str], None] = lambda name: None) -> None:
    """Name the last entry where it is missed when somebody cuts it off."""
    mark = jsonfile.text_of({"number": entry.number, "entry": entry.seal}).encode()
    step("head")
    if not _is(ledger.folder / HEAD, mark):
        _write_lasting(ledger.folder / HEAD, mark)
    step("seen")
    if not _is(seen := root.private_room(ledger.locality) / SEEN, mark):
        write_whole(seen, mark)


def _is(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _write_lasting(path: Path, data: bytes) -> None:
    """Write a file whole, and have the disk confirm it before anything that rests on it is written."""
    write_whole(path, data)
    for place in (path, path.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _json(path: Path) -> Any:
    try:
        return json.loads(bounded.bytes_of(path, LARGEST))
    except (InputRefused, ValueError, RecursionError):
        return None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
