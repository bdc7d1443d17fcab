"""A file of answers as rows of text: CSV with comma, semicolon or tab in the usual encodings, or one sheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from compendium.dictionary.workbook import OURS
from compendium.errors import Problem
from compendium.importers.files import bytes_of, is_workbook, rows_of, sheet_names, sheets_of
from compendium.importers.reading import Reading, UnreadableError

SEPARATORS = (",", ";", "\t")
MOST_COLUMNS = 400
MOST_ROWS = 20_000
SHOWN = 40  # characters of a heading in a message


@dataclass(frozen=True, repr=False)
class Answers:
    """Header and rows with their numbers as a spreadsheet shows them. Its repr shows nothing of them."""

    file: str
    header: tuple[str, ...]
    rows: list[tuple[int, tuple[str, ...]]]
    remarks: list[str] = field(default_factory=list)


def read_answers(reading: Reading, path: Path, sheet: str = "") -> Answers:
    """The one table of a file: cells trimmed, rows without text passed over. Raises `UnreadableError`."""
    remarks: list[str] = []
    data = bytes_of(reading, path)
    if is_workbook(data):
        rows = list(enumerate(_sheet(reading, path, sheet), start=1))
    else:
        rows = list(_cells(reading, _text(reading, data, remarks)))
    filled = [(number, tuple(" ".join(cell.split()) for cell in cells)) for number, cells in rows]
    filled = [(number, cells) for number, cells in filled if any(cells)]
    if len(filled) < 2:
        raise reading.stop("The file has no row below its headings.", "Is this the file of the answers?")
    if len(filled) > MOST_ROWS or max(len(cells) for _, cells in filled) > MOST_COLUMNS:
        raise reading.stop(f"The table is larger than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns.", "Split it.")
    return _answers(reading, filled, remarks)


def _answers(reading: Reading, filled: list[tuple[int, tuple[str, ...]]], remarks: list[str]) -> Answers:
    (first, header), *rows = filled
    while header and not header[-1]:
        header = header[:-1]
    for at, name in enumerate(header, start=1):
        if not name:
            reading.refuse("The column has no heading.", row=first, column=f"number {at}", remedy="Name it.")
        elif header.index(name) < at - 1:
            reading.refuse("The heading stands twice.", row=first, column=shown(name), remedy="Keep one.")
    padded = []
    for number, cells in rows:
        if any(cells[len(header) :]):
            reading.refuse(f"The row has {len(cells)} cells, the header {len(header)}.", row=number)
        padded.append((number, (*cells, *[""] * (len(header) - len(cells)))[: len(header)]))
    if reading.problems:
        raise UnreadableError("header")
    return Answers(reading.file, header, padded, remarks)


def _sheet(reading: Reading, path: Path, wanted: str) -> list[list[str]]:
    names = [name for name in sheet_names(reading, path) if name not in OURS]
    chosen = wanted or (names[0] if len(names) == 1 else "")
    if chosen not in names:
        what = f"The workbook has {len(names)} visible sheets" + (", none of that name." if wanted else ".")
        raise reading.stop(what, f"Name one with --sheet: {', '.join(shown(name) for name in names[:12])}.")
    return next(rows for _, rows in sheets_of(reading, path, re.escape(chosen)))


def _text(reading: Reading, data: bytes, remarks: list[str]) -> str:
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise reading.stop("This is a locked workbook, or one of the older kind (.xls).", "Save it as .xlsx or CSV.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        remarks.append("the file is UTF-16")
        return data.decode("utf-16", errors="replace")
    if b"\x00" in data:
        raise reading.stop("The file holds zero bytes: it is no text.", "Save it as CSV UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        remarks.append("the file was read as Windows-1252")
        return data.decode("cp1252", errors="replace")


def _cells(reading: Reading, text: str) -> Iterator[tuple[int, list[str]]]:
    head = text.partition("\n")[0]
    separator = max(SEPARATORS, key=head.count)  # of equal ones the first
    try:
        for number, cells in enumerate(rows_of(text, separator, strict=False), start=1):
            if number > MOST_ROWS + 1 or len(cells) > MOST_COLUMNS:
                raise reading.stop("The table is too large.", "Is this the file of the answers?")
            yield number, cells
    except csv.Error as error:
        raise reading.stop("This is not CSV.", "Save it again as CSV UTF-8.") from error


def shown(name: str) -> str:
    """A stranger's heading, short and without what a screen would carry out."""
    return "".join(sign if sign.isprintable() else "?" for sign in name[:SHOWN]) + ("…" if len(name) > SHOWN else "")


def remarks_of(answers: Answers) -> list[Problem]:
    """What was noticed while reading, as warnings."""
    return [Problem(answers.file, message=f"Note: {said}.", level="warning") for said in answers.remarks]
