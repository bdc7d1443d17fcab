"""Several files written together: all of them, or none; also when the process that writes them is killed.

What is to be put in place is written aside and noted first. Until the note stands, nothing has changed; once it stands,
whoever holds the locality next finishes what was begun.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Container, Mapping
from contextlib import ExitStack
from pathlib import Path

from compendium import jsonfile
from compendium.errors import CompendiumError, Problem
from compendium.writing import PRIVATE, PUBLIC, aside_of, write_whole, written_aside

NOTE = "together.json"


def write_together(files: Mapping[Path, str], room: Path, *, private: Container[Path] = ()) -> None:
    """Write every file aside, then put all in their places; when one can't be put there, none is changed.

    Nobody but the owner may read those that are `private`, or look into folders made for them. `room`: the private
    folder of the locality, which the caller holds.
    """
    with ExitStack() as written:
        asides = {
            path: written.enter_context(written_aside(path, text, PRIVATE if path in private else PUBLIC))
            for path, text in files.items()
        }
        before = {path: path.read_bytes() if path.exists() else None for path in files}
        note = room / NOTE
        if len(files) > 1:
            said = {_from(room, path): [_hash(before[path]), _hash(text.encode())] for path, text in files.items()}
            write_whole(note, jsonfile.text_of(said), PRIVATE)
        placed: list[Path] = []
        try:
            for path, aside in asides.items():
                placed.append(path)
                aside.replace(path)
        except BaseException:
            _put_back({path: before[path] for path in placed}, private)
            note.unlink(missing_ok=True)  # it stays where not all could be put back: the next command says so
            raise
        note.unlink(missing_ok=True)


def is_begun(room: Path) -> bool:
    """Whether a process that put files in place has not come to its end."""
    return (room / NOTE).exists()


def finish(room: Path) -> None:
    """Put in place what a killed process had begun to. The caller holds the locality.

    Raises `CompendiumError` with the files that somebody changed since: those stay as they are.
    """
    note = room / NOTE
    if not note.exists():
        return
    changed = []
    for name, (before, after) in json.loads(note.read_text("utf-8")).items():
        path = room.resolve() / name
        now, aside = _hash_of(path), aside_of(path)
        if now == before and _hash_of(aside) == after:
            aside.replace(path)
        elif now != after:
            changed.append(path)
    note.unlink()
    if changed:
        message = "An import that was killed had not put this file in its place, and somebody has changed it since."
        remedy = "Import again: then all of its tables are of one making."
        raise CompendiumError([Problem(path.name, message=message, remedy=remedy) for path in changed])


def _from(room: Path, path: Path) -> str:
    """Where a file lies, seen from the private folder: the compendium may be moved before it is finished."""
    return os.path.relpath(path.parent.resolve() / path.name, room.resolve())


def _put_back(before: Mapping[Path, bytes | None], private: Container[Path]) -> None:
    """What stood there, each file whole: the disk may be full."""
    for path, data in before.items():
        if data is None:
            path.unlink(missing_ok=True)
        elif path.read_bytes() != data:  # the one that could not take its place still is what it was
            write_whole(path, data, PRIVATE if path in private else PUBLIC)


def _hash_of(path: Path) -> str:
    return _hash(path.read_bytes() if path.is_file() else None)


def _hash(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()
