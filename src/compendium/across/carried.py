"""The files of another team's release: a folder, a zip, or its ledger. A stranger's until it is checked.

Only descriptions and tables are ever looked into; pages, notebooks and figures count for the hash alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compendium import bounded, handed_over, jsonfile
from compendium.disclosure.ledger import Entry, chain_problems, standing
from compendium.errors import InputRefused, Problem
from compendium.release import kept

PACKAGE = "datapackage.json"
ENTRY = re.compile(r"[0-9]{4}\.json")
MOST_ENTRIES = 5_000  # of a ledger
DEEPEST = 3  # folders above the release in what was handed over, such as data/ of a bag
ASK_AGAIN = "Ask the other team for it again."


@dataclass(frozen=True)
class Carried:
    """The files of one release by their paths in it, and the entry of its ledger, when that came along."""

    name: str
    files: Mapping[str, bytes]
    entry: Entry | None = None

    @property
    def release(self) -> str:
        """The hash of all that was released, as a page of releases shows how it begins."""
        return kept.release_hash({name: self.files[name] for name in kept.released(self.files)})

    def refused(self, message: str, remedy: str = ASK_AGAIN, file: str = "", column: str = "") -> InputRefused:
        place = f"{self.name}/{file}" if file else self.name
        return InputRefused(Problem(place, column=column, message=message, remedy=remedy))


def read(path: Path) -> Carried:
    """A release that was handed over. Raises `InputRefused` for what is none, or a dangerous one."""
    if path.is_dir():
        entries = sorted(each for each in path.iterdir() if ENTRY.fullmatch(each.name))
        if entries:
            return _ledger(path, entries)
    name = path.name or path.resolve().name
    return Carried(name, _below(name, handed_over.files(path)))


def json_of(data: bytes) -> Any:
    """The value of a JSON file; None for what is no JSON, or none that a program of ours would write."""
    try:
        return jsonfile.of_stranger(data)
    except ValueError:
        return None


def _ledger(folder: Path, paths: list[Path]) -> Carried:
    """The release that stands in a ledger, from its archive; the whole chain is checked."""
    if len(paths) > MOST_ENTRIES or any(path.is_symlink() for path in paths):
        raise _refused(folder.name, "The entries of this ledger are links, or too many.")
    names = [f"{folder.name}/{path.name}" for path in paths]
    records = [
        (name, json_of(bounded.bytes_of(path, jsonfile.LARGEST, name))) for name, path in zip(names, paths, strict=True)
    ]
    first = records[0][1]
    locality = str(first.get("locality", "")) if isinstance(first, dict) else ""
    if wrong := chain_problems(records, locality):
        raise InputRefused(wrong)
    entries = standing(Entry(record) for _, record in records)
    if not entries:
        raise _refused(folder.name, "Every release of this ledger was withdrawn.", "There is nothing to bring in.")
    entry = entries[-1]
    archive = folder / f"{entry.number:04}.zip"
    name = f"{folder.name}/{archive.name}"
    if archive.is_symlink() or not archive.is_file():
        raise _refused(name, "The archive of the release is missing, or a link.")
    data = bounded.bytes_of(archive, handed_over.LARGEST, name)
    if hashlib.sha256(data).hexdigest() != entry.record["kept"]:
        raise _refused(name, "This is not the archive that was approved.")
    carried = Carried(name, _below(archive.name, handed_over.of_zip(data, archive.name)), entry)
    if carried.release != entry.release:
        raise carried.refused("The archive holds another release than the ledger says.")
    return carried


def _below(name: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of the one release, by their paths in it: it may lie some folders down."""
    found = [each for each in files if each.rpartition("/")[2] == PACKAGE and each.count("/") <= DEEPEST]
    holding = [
        prefix for each in found if any(f.startswith(f"{(prefix := each.removesuffix(PACKAGE))}tables/") for f in files)
    ]
    if len(holding) != 1:
        many = f"holds {len(holding)} releases" if holding else f"holds no release: no {PACKAGE} beside tables/"
        raise _refused(name, f"It {many}.", "Name one release: the folder of results of a locality, or its zip.")
    (prefix,) = holding
    return {each.removeprefix(prefix): data for each, data in files.items() if each.startswith(prefix)}


def _refused(file: str, message: str, remedy: str = ASK_AGAIN) -> InputRefused:
    return InputRefused(Problem(file, message=message, remedy=remedy))
