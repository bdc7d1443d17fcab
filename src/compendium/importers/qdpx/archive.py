"""A `.qdpx` from a stranger: a zip of which exactly one part is opened, as a stream, and never unpacked to a disk.

Sources (texts, recordings, pictures) lie beside that part, may be gigabytes, and stay closed.
"""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from compendium import unzipped
from compendium.dictionary.xmlstream import Reader, UnsafeXmlError, read_part
from compendium.errors import InputRefused, Problem

PROJECT = "project.qde"  # ATLAS.ti names the part after the project: any single `.qde` is taken
LARGEST = 256 << 20  # bytes of the part, unpacked: exports may hold the texts of all sources inline
STEEPEST = 200  # unpacked bytes a packed one, above a megabyte
EXPORT_AGAIN = "Export it again as REFI-QDA project (.qdpx)."


def read_project(path: Path, reader: Reader) -> None:
    """Send the one project part of the archive through `reader`. Raises `InputRefused` for what is no such archive,
    a dangerous one, or one with a password.
    """
    with _opened(path) as archive:
        part = _project_part(archive, path.name)
        try:
            read_part(archive, part.filename, reader)
        except UnsafeXmlError as error:
            raise _refused(path.name, _why(error)) from error


def _why(error: UnsafeXmlError) -> str:
    if str(error) == "a document type":
        return "The project part declares a document type or entities, which no export needs."
    return f"The project part is not the XML of a REFI-QDA project ({error})."


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    if not path.is_file():
        raise InputRefused(Problem(path.name, message="There is no such file.", remedy="Check the path."))
    try:
        with unzipped.opened(path) as archive:
            if wrong := _wrong_with(archive.infolist()):
                raise _refused(path.name, wrong)
            yield archive
    except unzipped.DAMAGED as error:
        raise _refused(path.name, "This is not a .qdpx archive that can be read.") from error


def _wrong_with(entries: list[zipfile.ZipInfo]) -> str:
    """What is wrong with the archive as a whole; nothing of it was opened yet."""
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
            return "An entry of the archive points outside it."
        if stat.S_ISLNK(entry.external_attr >> 16):
            return "The archive holds a symbolic link."
    return ""


def _project_part(archive: zipfile.ZipFile, file: str) -> zipfile.ZipInfo:
    parts = [entry for entry in archive.infolist() if entry.filename.casefold().endswith(".qde")]
    found = [entry for entry in parts if entry.filename.casefold() == PROJECT] or parts
    if not found:
        raise _refused(file, "The archive has no project part (.qde).")
    if len(found) > 1:
        raise _refused(file, f"The archive has {len(found)} project parts (.qde); one is needed.")
    (part,) = found
    if part.flag_bits & 1:
        raise _refused(file, "The archive is locked with a password.")
    if part.file_size > LARGEST:
        raise _refused(file, f"The project part is larger than {LARGEST >> 20} MB.")
    if part.file_size > 1 << 20 and part.file_size > STEEPEST * max(1, part.compress_size):
        raise _refused(file, "The project part unpacks to far more than it is.")
    return part


def _refused(file: str, message: str) -> InputRefused:
    return InputRefused(Problem(file, message=message, remedy=EXPORT_AGAIN))
