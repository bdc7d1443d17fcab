"""A release that came from elsewhere, laid into a folder of ours: hostile until it has been checked.

Bounded in files, bytes and names before anything is read; nothing in it is run, followed or written outside.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from compendium import unzipped
from compendium.errors import CompendiumError
from compendium.writing import temporary_folder

MOST_FILES = 20_000
MOST_BYTES = 500_000_000  # of all files together; a release with every table and chart is a tenth of it
LONGEST_NAME = 400
_CHUNK = 1 << 20


@contextmanager
def laid_out(path: Path) -> Iterator[Path]:
    """A folder with the files of `path`, a zip or a folder. Raises `CompendiumError` for what no release has."""
    if path.is_dir():
        _refuse_unusable(path)
        yield path
        return
    if not path.is_file():
        raise CompendiumError(f"{path.name}: there is no such file or folder.")
    with temporary_folder() as folder:
        try:
            _unpack(path, folder)
        except unzipped.DAMAGED as damaged:
            message = f"{path.name} is no zip that can be read: it is damaged, cut short or something else."
            raise CompendiumError(message, "Fetch it again from where it was published.") from damaged
        yield folder


def _unpack(path: Path, folder: Path) -> None:
    with unzipped.opened(path) as archive:
        members = archive.infolist()
        if len(members) > MOST_FILES or sum(member.file_size for member in members) > MOST_BYTES:
            raise CompendiumError(f"{path.name} holds more than any release: {MOST_FILES:,} files or 500 MB.")
        taken: set[str] = set()
        left = MOST_BYTES
        for member in members:
            if fault := _fault(member, taken):
                raise CompendiumError(f"{path.name} holds {fault}, which no release does.", "Do not use it.")
            taken.add(member.filename.casefold())
            if member.is_dir():
                continue
            target = folder / PurePosixPath(member.filename)
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as stream, target.open("xb") as written:
                left -= _copy(stream, written, min(left, member.file_size), path.name)


def _copy(stream: IO[bytes], written: IO[bytes], most: int, name: str) -> int:
    """Copy no more than was announced: a header may lie."""
    done = 0
    while chunk := stream.read(_CHUNK):
        done += len(chunk)
        if done > most:
            raise CompendiumError(f"{name} holds a file that is larger than it says.", "Do not use it.")
        written.write(chunk)
    return done


def _fault(member: zipfile.ZipInfo, taken: set[str]) -> str:
    """What a member of a zip is that no release has; nothing when it is a plain file or folder."""
    name = member.filename
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\x00" in member.orig_filename or ":" in name:
        return "a file that would lie outside its folder"
    if len(name) > LONGEST_NAME or any(len(part.encode("utf-8", "replace")) > 255 for part in path.parts):
        return "a file with a very long name"
    if name.casefold() in taken:
        return "two files of one name"
    mode = member.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "a link or a device"
    return "a file under a password" if member.flag_bits & 0x1 else ""


def _refuse_unusable(folder: Path) -> None:
    """A folder is read where it lies: no link may lead out of it, and it has a size that a release may have."""
    size = 0
    for number, path in enumerate(folder.rglob("*"), 1):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise CompendiumError(f"{folder.name} holds a link or a device, which no release does.", "Do not use it.")
        size += path.stat().st_size if path.is_file() else 0
        if number > MOST_FILES or size > MOST_BYTES:
            raise CompendiumError(f"{folder.name} holds more than any release: {MOST_FILES:,} files or 500 MB.")
