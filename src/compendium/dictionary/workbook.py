"""An Excel workbook as rows of text: a zip of XML from a stranger, so it is measured before it is opened."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compendium.errors import Problem

LARGEST_UNPACKED = 512 << 20
MOST_PARTS = 2000
STEEPEST = 200  # unpacked bytes a packed one, for parts above a megabyte
_LIVE = re.compile(r"xl/(externalLinks/|vbaProject|macrosheets/|embeddings/|activeX/|connections)", re.IGNORECASE)


@dataclass(frozen=True)
class Sheet:
    """The header and the rows of one sheet, cells as text, None where empty."""

    header: tuple[str, ...]
    rows: list[list[str | None]]
    problems: tuple[Problem, ...] = ()


def read_sheet(path: Path, name: str, file: str) -> Sheet:
    """The sheet called `name`, or the only visible one."""
    problems = list(_unsafe(path, file))
    if problems:
        return Sheet((), [], tuple(problems))
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
        visible = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
        chosen = name if name in visible else visible[0] if len(visible) == 1 else ""
        if not chosen:
            message = f"The workbook has {len(visible)} visible sheets and none is called {name}."
            return Sheet((), [], (Problem(file, message=message, remedy=f"Name the sheet of this table {name}."),))
        return _rows(book[chosen].iter_rows(), file)
    except (ValueError, KeyError, OSError, TypeError, AttributeError, IndexError, SyntaxError, zipfile.BadZipFile):
        return Sheet((), [], (_unreadable(file),))


def _unreadable(file: str) -> Problem:
    return Problem(file, message="The workbook can't be read.", remedy="Open it, save it as .xlsx or CSV UTF-8.")


def _unsafe(path: Path, file: str) -> Iterator[Problem]:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            steep = any(part.file_size > 1 << 20 and part.file_size > STEEPEST * part.compress_size for part in parts)
            if len(parts) > MOST_PARTS or size > LARGEST_UNPACKED or steep:
                yield Problem(
                    file, message="The workbook unpacks to far more than it is.", remedy="Save it as CSV UTF-8."
                )
                return
            if any(_LIVE.search(part.filename) for part in parts):
                message = "The workbook holds macros, links or embedded objects."
                yield Problem(file, message=message, remedy="Save its values as CSV UTF-8.")
            sheets = [part for part in parts if part.filename.startswith("xl/worksheets/")]
            if any(_merged(archive, part) for part in sheets):
                yield Problem(
                    file, message="The workbook has merged cells.", remedy="Unmerge them: a value in each cell."
                )
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError):
        yield _unreadable(file)


def _merged(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    tail = b""
    with archive.open(part) as stream:
        while block := stream.read(1 << 20):
            if b"<mergeCell " in tail + block:
                return True
            tail = block[-20:]
    return False


def _rows(cells: Iterator[Any], file: str) -> Sheet:
    problems: list[Problem] = []
    rows: list[list[str | None]] = []
    header: tuple[str, ...] = ()
    for number, row in enumerate(cells, start=1):
        texts = []
        for index, cell in enumerate(row):
            column = header[index] if index < len(header) else f"number {index + 1}"
            if cell.data_type in ("f", "e"):
                what = "A formula" if cell.data_type == "f" else "An error of Excel"
                problems.append(Problem(file, number, column, f"{what} stands here.", "Write the value itself."))
            texts.append(None if cell.data_type in ("f", "e") else _text(cell.value))
        if number == 1:
            while texts and texts[-1] is None:
                texts.pop()
            header = tuple(text or "" for text in texts)
        else:
            rows.append(texts)
    while rows and not any(rows[-1]):
        rows.pop()
    return Sheet(header, rows, tuple(problems))


def _text(value: Any) -> str | None:
    """A cell as the CSV of the same table would hold it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
