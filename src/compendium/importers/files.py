"""What kind of file lies there, and its cells as text: CSV or a named sheet of a workbook, and JSON.

A file that is not what its format promises is refused here with what it is: a web page named `.xls`, a workbook of
the older kind, UTF-16, a zip that unpacks to far more than it is.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl

from compendium.importers.reading import Reading, UnreadableError

LARGEST_FILE = 64 * 1024 * 1024  # bytes; the largest file carried over has 1.4 MB, a force's street file about 4 MB
LARGEST_UNPACKED = 256 * 1024 * 1024  # bytes of a workbook's parts together
LARGEST_CELL = 100_000  # characters
FETCH_AGAIN = "Fetch it again from its publisher."
Cells = list[str]


def bytes_of(reading: Reading, path: Path) -> bytes:
    """The file's bytes. Raises `UnreadableError` when there is no such file, it is empty or too large."""
    if not path.is_file():
        raise reading.stop("There is no such file.", "Check the path.")
    if path.stat().st_size > LARGEST_FILE:
        raise reading.stop(f"The file is larger than {LARGEST_FILE // 1024**2} MB.", "Is this the published file?")
    data = path.read_bytes()
    if not data.strip():
        raise reading.stop("The file is empty.", FETCH_AGAIN)
    return data


def is_workbook(data: bytes) -> bool:
    """Whether the bytes begin as a zip archive does, which every `.xlsx` and `.ods` is."""
    return data[:4] == b"PK\x03\x04"


def text_of(reading: Reading, path: Path) -> str:
    """The file's text, from UTF-8 with or without byte order mark.

    Raises `UnreadableError` when there is no such file, it is empty, too large, not text, or in another encoding.
    """
    return _text(reading, bytes_of(reading, path))


def _text(reading: Reading, data: bytes) -> str:
    if is_workbook(data):
        raise reading.stop(
            "This is a workbook or another zip archive, not CSV.", "Export the named sheet as CSV UTF-8."
        )
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise reading.stop("This is a workbook of the older kind (.xls).", "Save it as .xlsx, or its sheet as CSV.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise reading.stop("The text is in UTF-16.", "Save it as CSV UTF-8.")
    if b"\x00" in data:
        raise reading.stop("The file holds zero bytes: it is not text in UTF-8.", "Save it as CSV UTF-8.")
    if re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|head|meta|table|\?xml)", data[:200], re.IGNORECASE):
        raise reading.stop(
            "This is a web page or XML, whatever its name says.",
            "Open it in a spreadsheet program and save the table as CSV UTF-8, or fetch the file itself.",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise reading.stop("The text is not in UTF-8.", "Save it as CSV UTF-8.", row=row) from error


def json_of(reading: Reading, path: Path) -> Any:
    """The value of a JSON file. Raises `UnreadableError` as `text_of` does, and for what is no JSON."""
    text = text_of(reading, path)
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise reading.stop(f"This is not JSON: {error.msg}.", FETCH_AGAIN, row=error.lineno) from error
    except RecursionError as error:
        raise reading.stop("The JSON is nested too deeply.", "Is this file of the named format?") from error
    except ValueError as error:
        raise reading.stop("This is not JSON: it holds a number that JSON does not know.", FETCH_AGAIN) from error


def _no_constant(name: str) -> float:
    raise ValueError(name)


def grid_of(reading: Reading, path: Path, sheet: str = "") -> Iterator[tuple[int, Cells]]:
    """The rows of a CSV, or of the one sheet of a workbook whose name matches `sheet`, with their numbers from 1.

    Raises `UnreadableError` for what can't be read, when it comes to it: rows before it have been given by then.
    """
    data = bytes_of(reading, path)
    if sheet and is_workbook(data):
        yield from _sheet(reading, path, sheet)
        return
    csv.field_size_limit(LARGEST_CELL)
    rows = csv.reader(io.StringIO(_text(reading, data), newline=""), strict=True)
    try:
        yield from enumerate(rows, start=1)
    except csv.Error as error:
        raise reading.stop(f"This is not CSV: {error}.", "Fetch the file again from its publisher.") from error


def _sheet(reading: Reading, path: Path, pattern: str) -> Iterator[tuple[int, Cells]]:
    names = sheet_names(reading, path)
    found = [place for place, name in enumerate(names) if re.fullmatch(pattern, name, re.IGNORECASE)]
    if len(found) != 1:
        what = "several sheets" if found else "no sheet"
        raise reading.stop(f"The workbook has {what} of this format.", f"Its sheets are: {', '.join(names[:12])}.")
    sheet = open_workbook(reading, path).worksheets[found[0]]
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        yield number, [as_text(cell) for cell in row]


def sheet_names(reading: Reading, path: Path) -> list[str]:
    """The names of a workbook's sheets, without reading the sheets. Raises `UnreadableError` for what is none."""
    book = open_workbook(reading, path, names_only=True)
    book.close()
    return [name.strip() for name in book.sheetnames]


def open_workbook(reading: Reading, path: Path, *, names_only: bool = False) -> openpyxl.Workbook:
    """A workbook with its values, formulas as last computed. Raises `UnreadableError` for what is none."""
    data = bytes_of(reading, path)
    if not is_workbook(data):
        _text(reading, data)  # says what it is, where that can be seen
        raise reading.stop("This is not a workbook that can be read.", "Fetch it as .xlsx.")
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
                raise reading.stop("The workbook unpacks to far more than it is.", FETCH_AGAIN)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions openpyxl does not know: only values are read
            return openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False, read_only=names_only)
    except UnreadableError:
        raise
    except Exception as error:  # a damaged archive makes openpyxl raise nearly anything
        raise reading.stop("This is not a workbook that can be read.", "Fetch it as .xlsx.") from error


def as_text(cell: Any) -> str:
    """A cell of a workbook as CSV would have it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and math.isfinite(cell) and cell == int(cell):
        return str(int(cell))
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat()
    return str(cell)
