"""The files of another team's release: a folder, a zip, or its ledger. A stranger's until it is checked.

Nothing is unpacked to a disk, no link is followed, and only descriptions and tables are ever looked into; pages,
notebooks and figures count for the hash alone.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compendium import zipped
from compendium.disclosure.ledger import Entry, chain_problems, standing
from compendium.errors import InputRefused, Problem
from compendium.release import kept

PACKAGE = "datapackage.json"
ENTRY = re.compile(r"[0-9]{4}\.json")
MOST_FILES = 5_000
LARGEST = 256 << 20  # bytes of all files, unpacked; a release of this project has some 15 MB
STEEPEST = 200  # unpacked bytes a packed one, above a megabyte
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
    if path.is_symlink():
        raise _refused(path.name, "This is a symbolic link.", "Name what it leads to.")
    if path.is_dir():
        entries = sorted(each for each in path.iterdir() if ENTRY.fullmatch(each.name))
        return _ledger(path, entries) if entries else Carried(path.name, _below(path.name, _of_folder(path)))
    if path.is_file():
        if path.stat().st_size > LARGEST:
            raise _refused(path.name, f"The file is larger than {LARGEST >> 20} MB.")
        return Carried(path.name, _below(path.name, _of_zip(path.name, path.read_bytes())))
    raise _refused(path.name, "There is no such file or folder.", "Check the path.")


def json_of(data: bytes) -> Any:
    """The value of a JSON file; None for what is no JSON, names a key twice, or is nested without end."""
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _ledger(folder: Path, paths: list[Path]) -> Carried:
    """The release that stands in a ledger, from its archive; the whole chain is checked."""
    if (
        any(path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST for path in paths)
        or len(paths) > MOST_FILES
    ):
        raise _refused(folder.name, "The entries of this ledger are no files, too large or too many.")
    records = [(f"{folder.name}/{path.name}", json_of(path.read_bytes())) for path in paths]
    first = records[0][1]
    locality = str(first.get("locality", "")) if isinstance(first, dict) else ""
    if wrong := chain_problems(records, locality):
        raise InputRefused(wrong)
    entries = standing(Entry(record) for _, record in records)
    if not entries:
        raise _refused(folder.name, "Every release of this ledger was withdrawn.", "There is nothing to bring in.")
    entry = entries[-1]
    archive = folder / f"{entry.number:04}.zip"
    if archive.is_symlink() or not archive.is_file() or archive.stat().st_size > LARGEST:
        raise _refused(f"{folder.name}/{archive.name}", "The archive of the release is missing, a link, or too large.")
    data = archive.read_bytes()
    if hashlib.sha256(data).hexdigest() != entry.record["kept"]:
        raise _refused(f"{folder.name}/{archive.name}", "This is not the archive that was approved.")
    carried = Carried(f"{folder.name}/{archive.name}", _below(archive.name, _of_zip(archive.name, data)), entry)
    if carried.release != entry.release:
        raise carried.refused("The archive holds another release than the ledger says.")
    return carried


def _of_folder(folder: Path) -> dict[str, bytes]:
    found, size = dict[str, bytes](), 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise _refused(folder.name, "The folder holds a symbolic link.")
        if not path.is_file():
            if not path.is_dir():
                raise _refused(folder.name, "The folder holds something that is neither file nor folder.")
            continue
        size += path.stat().st_size
        if len(found) >= MOST_FILES or size > LARGEST:
            raise _refused(folder.name, f"More than {MOST_FILES:,} files, or {LARGEST >> 20} MB.", "Name one release.")
        found[name] = path.read_bytes()
    return found


def _of_zip(name: str, data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if wrong := _wrong_with(entries):
                raise _refused(name, wrong)
            return {entry.filename: archive.read(entry) for entry in entries if not entry.is_dir()}
    except zipped.DAMAGED as error:
        raise _refused(name, "This is not a zip archive that can be read.") from error


def _wrong_with(entries: list[zipfile.ZipInfo]) -> str:
    """What is wrong with an archive as a whole; nothing of it was opened yet."""
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > LARGEST:
        return f"It holds more than {MOST_FILES:,} files, or {LARGEST >> 20} MB."
    if len({entry.filename for entry in entries}) < len(entries):
        return "It holds two files of one name."
    return next((wrong for entry in entries if (wrong := _wrong_with_entry(entry))), "")


def _wrong_with_entry(entry: zipfile.ZipInfo) -> str:
    parts = entry.filename.split("/")
    if "\\" in entry.filename or parts[0] in ("", "~") or ".." in parts or ":" in parts[0]:
        return "A file in it would lie outside."
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "It holds a symbolic link."
    if entry.flag_bits & 1:
        return "It is locked with a password."
    if entry.file_size > 1 << 20 and entry.file_size > STEEPEST * max(1, entry.compress_size):
        return "A file in it unpacks to far more than it is."
    return ""


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
