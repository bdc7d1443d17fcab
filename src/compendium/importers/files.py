"""What kind of file lies there, and its cells as text: CSV or a named sheet of a workbook, and JSON.

A file that is not what its format promises is refused here with what it is: a web page named `.xls`, a workbook of
the older kind, UTF-16, a zip that unpacks to far more than it is.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from compendium.dictionary import workbook
from compendium.errors import InputRefused
from compendium.importers.reading import Reading

LARGEST_FILE = 64 * 1024 * 1024  # bytes; the largest file carried over has 1.4 MB, a force's street file about 4 MB
LARGEST_CELL = 100_000  # characters
LONGEST_LINE = 1_000_000  # characters
MOST_LINES = 1_000  # of one row, in cells that hold line ends
MOST_COLUMNS = 2_000  # the widest published table has about a hundred
MOST_PARTS = 12_000_000  # lists, objects and values of a JSON file: each takes far more memory than its letters
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
    return decoded(reading, bytes_of(reading, path))


def decoded(reading: Reading, data: bytes) -> str:
    """Bytes as text, from UTF-8. Raises `UnreadableError` with what they are when they are no such text."""
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
    if sum(map(text.count, ",[{")) > MOST_PARTS:
        raise reading.stop(f"The JSON has more than {MOST_PARTS:,} values.", "Is this the published file?")
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
    try:
        yield from enumerate(rows_of(decoded(reading, data)), start=1)
    except csv.Error as error:
        raise reading.stop(f"This is not CSV: {error}.", "Fetch the file again from its publisher.") from error


def rows_of(text: str, separator: str = ",", *, strict: bool = True) -> Iterator[Cells]:
    """The rows of a text. Raises `csv.Error` for a row without end, in one line, in many or in cells."""
    csv.field_size_limit(LARGEST_CELL)
    lines = _Lines(io.StringIO(text, newline=""))
    for row in csv.reader(lines, delimiter=separator, strict=strict):
        lines.of_this_row = 0
        if len(row) > MOST_COLUMNS:
            raise csv.Error(f"a row has more than {MOST_COLUMNS:,} cells")
        yield row


class _Lines:
    """The lines of a text, as long as they look like those of a table: a row without end would fill the memory."""

    def __init__(self, text: io.StringIO) -> None:
        self.text = text
        self.of_this_row = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.text.readline(LONGEST_LINE)
        self.of_this_row += 1
        if len(line) >= LONGEST_LINE or self.of_this_row > MOST_LINES:
            raise csv.Error("a row has no end")
        if not line:
            raise StopIteration
        return line


def _sheet(reading: Reading, path: Path, pattern: str) -> Iterator[tuple[int, Cells]]:
    names = sheet_names(reading, path)
    found = [name for name in names if re.fullmatch(pattern, name, re.IGNORECASE)]
    if len(found) != 1:
        what = "several sheets" if found else "no sheet"
        raise reading.stop(f"The workbook has {what} of this format.", f"Its sheets are: {', '.join(names[:12])}.")
    for _, rows in sheets_of(reading, path, pattern):
        yield from enumerate(rows, start=1)


def sheet_names(reading: Reading, path: Path) -> list[str]:
    """The names of a workbook's visible sheets. Raises `UnreadableError` for what is none."""
    with _workbook(reading, path):
        return [name.strip() for name in workbook.sheet_names(path, reading.file)]


def sheets_of(reading: Reading, path: Path, pattern: str) -> Iterator[tuple[str, list[Cells]]]:
    """Each visible sheet whose name matches, and its rows as text, formulas as last computed.

    Raises `UnreadableError` for what is no workbook, or one that unpacks to far more than a table.
    """
    with _workbook(reading, path):
        for name, rows in workbook.grids(path, reading.file, lambda name: _matches(pattern, name)):
            yield name.strip(), rows


def _matches(pattern: str, name: str) -> bool:
    return re.fullmatch(pattern, name.strip(), re.IGNORECASE) is not None


@contextmanager
def _workbook(reading: Reading, path: Path) -> Iterator[None]:
    """Turn what is wrong with a workbook into problems of this reading."""
    data = bytes_of(reading, path)
    if not is_workbook(data):
        decoded(reading, data)  # says what it is, where that can be seen
        raise reading.stop("This is not a workbook that can be read.", "Fetch it as .xlsx.")
    try:
        yield
    except InputRefused as refused:
        raise reading.stop(refused.problems[0].message, FETCH_AGAIN) from refused
