"""How each locality of a repository began: with what answers, and what its first files said.

Settings and README are kept as they were, so that a newer version's can be brought in beside what the team wrote; of
templates and invented records a hash is enough.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from compendium import jsonfile
from compendium.beginning import Wanted, fill
from compendium.errors import CompendiumError
from compendium.paths import ID, Root
from compendium.repository.places import BEGUN, ORIGINALS, content
from compendium.repository.shipped import sha256
from compendium.repository.three_way import Before
from compendium.writing import temporary_folder, write_whole

MADE_AGAIN = "/data/synthetic/"  # in the paths of invented records, which `compendium twin` makes
NOT_KEPT = (".json", ".xlsx")  # made by programs: what they were is never brought together with what they are
REPOSITORY = "."  # the files of the repository itself, beside the localities


class Beginning(NamedTuple):
    """The answers (of a locality), and the first files by their path from the root of the repository."""

    wanted: Wanted | None
    files: Mapping[str, bytes]


def remember(root: Path, locality: str, wanted: Wanted) -> None:
    """Write down how a locality began, from its folder as it has just been made."""
    folder = root / "localities" / locality
    files = {f"localities/{locality}/{name}": data for name, data in _below(folder).items()}
    for name, data in record(root, {locality: Beginning(wanted, files)}).items():
        write_whole(root / name, data)


def record(root: Path, new: Mapping[str, Beginning]) -> dict[str, bytes]:
    """The files that remember these beginnings besides those remembered already, by their paths."""
    known = _read(root)
    written = dict[str, bytes]()
    for name, (wanted, files) in new.items():
        answers = {} if wanted is None else dataclasses.asdict(wanted)
        known[name] = {"wanted": answers, "files": {path: sha256(data) for path, data in files.items()}}
        kept = {path: data for path, data in files.items() if _kept_whole(path)}
        written |= {f"{ORIGINALS}/{path}": data for path, data in kept.items()}
    return {**written, BEGUN: jsonfile.text_of(known).encode("utf-8")}


def localities(root: Path) -> dict[str, Wanted]:
    """The localities whose beginning is known and that are still there."""
    found = {}
    for name, entry in _read(root).items():
        if name != REPOSITORY and ID.fullmatch(name) and (root / "localities" / name).is_dir():
            found[name] = _wanted(name, entry["wanted"])
    return found


def before(root: Path, name: str) -> dict[str, Before]:
    """What each first file of a locality, or of the repository itself, was."""
    files = _read(root).get(name, {}).get("files", {})
    return {path: Before(hash, _original(root, path, hash)) for path, hash in files.items()}


def anew(root: Root, wanted: Wanted) -> dict[str, bytes]:
    """The first files of a locality as the installed version makes them; `root` has its parts and dictionaries.

    Raises `CompendiumError` when it would be refused today.
    """
    with temporary_folder() as folder:
        fill(folder, root, wanted)
        return {f"localities/{wanted.id}/{name}": data for name, data in _below(folder).items()}


def _below(folder: Path) -> dict[str, bytes]:
    paths = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.as_posix(): (folder / path).read_bytes() for path in paths if path.parts[0] != "ledger"}


def _kept_whole(path: str) -> bool:
    return MADE_AGAIN not in path and not path.endswith(NOT_KEPT)


def _original(root: Path, path: str, hash: str) -> bytes | None:
    found = content(root, f"{ORIGINALS}/{path}")
    return found if found is not None and sha256(found) == hash else None


def _read(root: Path) -> dict[str, Any]:
    data = content(root, BEGUN)
    try:
        known = jsonfile.of_stranger(data) if data is not None else {}
        good = isinstance(known, dict) and all(_entry(entry) for entry in known.values())
    except ValueError:
        good = False
    if not good:
        raise CompendiumError(f"{BEGUN} is damaged.", "Take it from the repository's history.")
    return dict(known)


def _entry(entry: Any) -> bool:
    if not isinstance(entry, dict) or not {"wanted", "files"} <= entry.keys():
        return False
    files = entry["files"]
    return (
        isinstance(entry["wanted"], dict)
        and isinstance(files, dict)
        and all(isinstance(part, str) for pair in files.items() for part in pair)
    )


def _wanted(name: str, answers: Mapping[str, Any]) -> Wanted:
    """The answers, those that this version knows; what it asks besides has its default."""
    given = dict[str, Any]()
    for field in dataclasses.fields(Wanted):
        value = answers.get(field.name)
        if (
            isinstance(value, list)
            and len(value) == len(Wanted.period)
            and all(isinstance(part, str) for part in value)
        ):
            given[field.name] = tuple(value)
        elif isinstance(value, str | bool) and type(value) is type(field.default):
            given[field.name] = value
    return Wanted(**{**given, "id": name})
