"""What somebody hands over, a zip or a folder, as the bytes of its files: hostile until it has been checked.

Bounded in files, bytes and names before anything is read. Nothing in it is run, followed, or written to a disk: what is
looked into afterwards are bytes in memory, so that no name can lead anywhere and nobody can change them meanwhile.
"""

from __future__ import annotations

import stat
import unicodedata
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from compendium import unzipped
from compendium.errors import InputRefused, Problem

MOST_FILES = 20_000
LARGEST = 256 << 20  # bytes of all files, unpacked; a release with every table and chart is a twentieth of it
LONGEST_NAME, LONGEST_PART = 400, 255
AGAIN = "Do not use it: ask for it again, or fetch it from where it was published."


def files(path: Path) -> dict[str, bytes]:
    """Every file by its path in the zip or folder, sorted. Raises `InputRefused` for what nobody would hand over."""
    name = path.name or path.resolve().name
    if path.is_dir():
        return _of_folder(path, name)
    if not path.is_file():
        raise InputRefused(Problem(message=f"{name}: there is no such file or folder.", remedy="Check the path."))
    if path.stat().st_size > LARGEST:
        raise _refused(name, f"is larger than {LARGEST >> 20} MB")
    try:
        return of_zip(path.read_bytes(), name)
    except OSError as error:
        raise _refused(name, "can't be read") from error


def of_zip(data: bytes, name: str) -> dict[str, bytes]:
    """The same of a zip that has been read, as when its hash was looked at first."""
    try:
        with unzipped.opened(data) as archive:
            return _entries(archive, name)
    except unzipped.DAMAGED as damaged:
        message = "is no zip that can be read: it is damaged, cut short or something else"
        raise _refused(name, message) from damaged


def _entries(archive: zipfile.ZipFile, name: str) -> dict[str, bytes]:
    entries = archive.infolist()
    _refuse_too_much(name, len(entries), sum(entry.file_size for entry in entries))
    for entry in entries:
        if entry.orig_filename != entry.filename:  # cut short at a NUL, or with the other slashes
            raise _refused(name, "holds a file with a name that no file has")
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _refused(name, "holds a link or a device")
        if entry.flag_bits & 1:
            raise _refused(name, "holds a file under a password")
    _refuse_names(name, [entry.filename for entry in entries])
    return {entry.filename: archive.read(entry) for entry in sorted(entries, key=_named) if not entry.is_dir()}


def _named(entry: zipfile.ZipInfo) -> str:
    return entry.filename


def _of_folder(folder: Path, name: str) -> dict[str, bytes]:
    """No link is followed: none leads out of the folder, and none makes it endless."""
    found, size = dict[str, Path](), 0
    for number, path in enumerate(folder.rglob("*"), 1):
        mode = path.lstat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise _refused(name, "holds a link or a device")
        if stat.S_ISREG(mode):
            found[path.relative_to(folder).as_posix()] = path
            size += path.stat().st_size
        _refuse_too_much(name, number, size)
    _refuse_names(name, found)
    try:
        return {each: found[each].read_bytes() for each in sorted(found)}
    except OSError as error:
        raise _refused(name, "holds a file that can't be read") from error


def _refuse_too_much(name: str, number: int, size: int) -> None:
    if number > MOST_FILES or size > LARGEST:
        raise _refused(name, f"holds more than any release: {MOST_FILES:,} files or {LARGEST >> 20} MB")


def _refuse_names(name: str, found: Iterable[str]) -> None:
    """Names that lead out, that a screen would not show as they are, or that some computers take for one."""
    taken = set[str]()
    for each in found:
        path = PurePosixPath(each)
        if path.is_absolute() or {"..", "~"} & set(path.parts) or "\\" in each or ":" in each:
            raise _refused(name, "holds a file that would lie outside its folder")
        if len(each) > LONGEST_NAME or any(len(p.encode("utf-8", "replace")) > LONGEST_PART for p in path.parts):
            raise _refused(name, "holds a file with a very long name")
        if not each.isprintable() or str(path) != each.removesuffix("/") or not path.parts:
            raise _refused(name, "holds a file with a name that no file has")
        alike = unicodedata.normalize("NFC", unicodedata.normalize("NFC", each).casefold()).removesuffix("/")
        if alike in taken:
            raise _refused(name, "holds two files of one name")
        taken.add(alike)


def _refused(name: str, message: str) -> InputRefused:
    return InputRefused(Problem(message=f"{name} {message}.", remedy=AGAIN))
