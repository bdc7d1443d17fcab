"""The lock file of a locality: what each notebook's last result rests on, in sorted JSON that people can read.

It lies in `.private/<id>/`, or beside the records' description in `localities/<id>/` where `locality.yml` says
`runs: {lock_file: committed}`. It holds nothing that gives a record away: the hash of a small file of records, or of
what was counted from it, could be found by trying; those are keyed with the locality's secret, which never leaves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any

from compendium import bounded, jsonfile
from compendium.errors import InputRefused
from compendium.locality import Locality
from compendium.paths import Root
from compendium.release import secret
from compendium.writing import lock, write_whole

FILE = "lock.json"
FORMAT = 2
KINDS = ("parameters", "settings", "inputs", "modules", "libraries", "results")
_WRITING = Lock()  # notebooks end in threads of their own; on a cluster, in processes of their own


@dataclass(frozen=True)
class Entry:
    """What the result of one notebook rests on (`results`: and what it is), a digest or a value by piece.

    source: its cells in order, as (type, id, digest). keyed: inputs with records of real persons. asked: the tables
    that it looked for, supplied or not.
    """

    source: tuple[tuple[str, str, str], ...]
    parameters: Mapping[str, Any]
    settings: Mapping[str, Any]  # what locality.yml says, as far as a notebook can see it
    inputs: Mapping[str, str]
    modules: Mapping[str, str]
    libraries: Mapping[str, str]  # and Python, and the kind of machine
    results: Mapping[str, str] = field(default_factory=dict)
    keyed: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


def path_of(root: Root, locality: Locality) -> Path:
    """Where the lock file of a locality lies."""
    if locality.runs.lock_file == "committed":
        return locality.folder / FILE
    return root.private / locality.id / FILE


def read(root: Root, locality: Locality) -> dict[str, Entry]:
    """The entries by notebook. A file that can't be read counts as none, so everything runs."""
    path = path_of(root, locality)
    try:
        found = jsonfile.of_stranger(bounded.bytes_of(path, jsonfile.LARGEST)) if path.exists() else {}
        if found.get("format") != FORMAT:
            return {}
        return {name: entry_of(record) for name, record in found["notebooks"].items()}
    except (InputRefused, ValueError, TypeError, KeyError, AttributeError):  # cut short, or written by hand
        return {}


def write(root: Root, locality: Locality, notebook: str, entry: Entry | None) -> None:
    """Write down one notebook's entry, or that it has none: then what its last run left is about to be replaced."""
    with _alone(root, locality):
        entries = read(root, locality)
        if entry is None and notebook not in entries:
            return
        if entry is None:
            del entries[notebook]
        else:
            entries[notebook] = protected(root, locality, entry)
        record = {"format": FORMAT, "notebooks": {name: _record(one) for name, one in entries.items()}}
        write_whole(path_of(root, locality), jsonfile.text_of(record))


def protected(root: Root, locality: Locality, entry: Entry, like: Entry | None = None) -> Entry:
    """The entry as it may be written: hashes from which a record could be guessed are keyed.

    `like`: an entry that was written, in the same way as which this one is to be comparable.
    """
    keyed = like.keyed if like else entry.keyed
    inputs = {
        name: _keyed(root, locality, digest) if name in keyed else digest for name, digest in entry.inputs.items()
    }
    results = dict(entry.results)
    if keyed:
        results = {name: _keyed(root, locality, digest) for name, digest in entry.results.items()}
    return replace(entry, inputs=inputs, results=results, keyed=tuple(keyed))


def sealed(root: Root, locality: Locality, value: Any) -> str:
    """The value of a parameter that is declared sensitive, as it may be written."""
    return _keyed(root, locality, json.dumps(value, sort_keys=True))


def _keyed(root: Root, locality: Locality, text: str) -> str:
    return secret.keyed(root, locality.id, text.encode(), purpose=b"lock file")


def entry_of(record: Mapping[str, Any]) -> Entry:
    """An entry as it was written. Raises `KeyError`, `TypeError` or `ValueError` for what was written otherwise."""
    kinds = {kind: record[kind] for kind in KINDS}
    names = [*record["keyed"], *record["asked"]]
    if not all(isinstance(kind, dict) for kind in kinds.values()) or not all(isinstance(name, str) for name in names):
        raise TypeError("not what an entry holds")
    source = tuple((str(type_), str(id_), str(digest)) for type_, id_, digest in record["source"])
    return Entry(source=source, keyed=tuple(record["keyed"]), asked=tuple(record["asked"]), **kinds)


def _record(entry: Entry) -> dict[str, Any]:
    kinds = {kind: dict(getattr(entry, kind)) for kind in KINDS}
    source = [list(cell) for cell in entry.source]
    return {"source": source, "keyed": sorted(entry.keyed), "asked": sorted(entry.asked), **kinds}


@contextmanager
def _alone(root: Root, locality: Locality) -> Iterator[None]:
    """While nobody else changes the lock file."""
    room = root.private_room(locality.id)
    with _WRITING, (room / "lock.held").open("w") as held:
        lock(held.fileno(), room)
        yield
