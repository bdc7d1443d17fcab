"""A force's export as rows of text: CSV in whatever encoding and separator, or a workbook. Hostile until read."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from compendium.dictionary.workbook import grid, sheet_names
from compendium.errors import InputRefused, Problem
from compendium.importers.files import rows_of
from compendium.importers.force_export.mapping import ExportMapping
from compendium.importers.force_export.telling import near, shown

LARGEST = 512 << 20  # bytes
MOST_ROWS = 500_000
SEPARATORS: tuple[str, ...] = (",", ";", "\t", "|")
ANSI = "cp1252"  # what Windows in Western Europe calls ANSI


@dataclass(frozen=True, repr=False)
class Export:
    """Rows by column, cells trimmed, and the row of the file in which each stands. Its repr shows nothing of them."""

    file: str
    header: tuple[str, ...]
    rows: list[dict[str, str]]
    numbers: list[int]  # as a spreadsheet shows them
    remarks: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()  # columns that mapping and export do not share, rows with too many cells


def read_export(path: Path, mapping: ExportMapping) -> Export:
    """Read the export of a mapping. Raises `InputRefused` for what can't be read as its rows; else `problems` says
    what is wrong with its form, so that it can be told together with what is wrong in its cells.
    """
    file = path.name
    if not path.is_file():
        raise InputRefused(Problem(file, message="There is no such file.", remedy="Check the path."))
    if path.stat().st_size > LARGEST:
        raise InputRefused(Problem(file, message=f"The file is larger than {LARGEST >> 20} MB.", remedy="Split it."))
    remarks: list[str] = []
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        table = grid(path, _sheet(path, mapping, file), file)
    elif path.suffix.lower() in (".csv", ".txt", ".tsv"):
        text = _text(path.read_bytes(), file, remarks)
        table = _cells(text, mapping, file)
    else:
        raise InputRefused(
            Problem(file, message="Only .csv, .txt, .tsv and .xlsx are read.", remedy="Export it as one.")
        )
    return _export(table, mapping, file, remarks)


def _text(data: bytes, file: str, remarks: list[str]) -> str:
    """The text: UTF-16 by its mark, UTF-8, else each line as UTF-8 or Windows-1252, and how many were the latter."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        remarks.append("the file is UTF-16")
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise InputRefused(
                Problem(file, message="The file is broken UTF-16.", remedy="Export it again.")
            ) from error
    if b"\x00" in data:
        row = data.count(b"\n", 0, data.index(b"\x00")) + 1
        raise InputRefused(Problem(file, row, message="A NUL byte: this is no text.", remedy="Export it as CSV."))
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _line_by_line(data, file, remarks)


def _line_by_line(data: bytes, file: str, remarks: list[str]) -> str:
    lines, ansi, broken = [], 0, []
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            try:
                lines.append(line.decode(ANSI))
                ansi += 1
            except UnicodeDecodeError:
                broken.append(
                    Problem(
                        file, number, message="The line is neither UTF-8 nor Windows-1252.", remedy="Export it again."
                    )
                )
    if broken:
        raise InputRefused(broken)
    remarks.append(f"{ansi:,} of {len(lines) - (not lines[-1]):,} lines were read as Windows-1252, the others as UTF-8")
    return "\n".join(lines)


def _sheet(path: Path, mapping: ExportMapping, file: str) -> str:
    names = sheet_names(path, file)
    wanted = mapping.sheet or (names[0] if len(names) == 1 else "")
    if wanted not in names:
        message = f"The workbook has {len(names)} visible sheets" + (
            f" and none is called {wanted}." if wanted else "."
        )
        raise InputRefused(Problem(file, message=message, remedy="Set sheet in the mapping." + near(wanted, names)))
    return wanted


def _cells(text: str, mapping: ExportMapping, file: str) -> list[tuple[int, list[str]]]:
    lines = text.split("\n", mapping.header_row)
    head = lines[mapping.header_row - 1] if len(lines) >= mapping.header_row else ""
    separator: str = mapping.separator or max(SEPARATORS, key=head.count)  # of equal ones the first
    try:
        rows = rows_of(text.rstrip("\r\n"), separator)  # line ends behind the last row are no rows
        table = list(enumerate(islice(rows, MOST_ROWS + 1), start=1))
    except csv.Error as error:
        reason = re.sub(r"[^a-z0-9 ()]", "", str(error))
        raise InputRefused(
            Problem(file, message=f"This is no CSV: {reason}.", remedy="Export it again as CSV.")
        ) from error
    if len(table) > MOST_ROWS:
        raise InputRefused(Problem(file, message=f"It has more than {MOST_ROWS:,} rows.", remedy="Split it."))
    return table


def _export(table: list[tuple[int, list[str]]], mapping: ExportMapping, file: str, remarks: list[str]) -> Export:
    head = next((cells for number, cells in table if number == mapping.header_row), [])
    if not any(cell.strip() for cell in head):
        message = f"Row {mapping.header_row} holds no header."
        raise InputRefused(Problem(file, mapping.header_row, message=message, remedy="Set header_row in the mapping."))
    header = [" ".join(name.split()) for name in head]
    while not header[-1]:
        header.pop()
    problems = _header(header, mapping, file)
    rows, numbers = [], []
    for number, cells in table:
        if number <= mapping.header_row or not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(header) :]):
            message = f"The row has {len(cells)} cells, the header {len(header)}."
            remedy = "A separator inside a cell needs quotation marks around the cell."
            problems.append(Problem(file, number, message=message, remedy=remedy))
            continue
        padded = [*cells, *[""] * (len(header) - len(cells))]
        rows.append({name: " ".join(cell.split()) for name, cell in zip(header, padded, strict=False)})
        numbers.append(number)
    if not set(header) >= mapping.keys:  # nothing tells records apart
        raise InputRefused(problems)
    if not rows:
        raise InputRefused(Problem(file, message="There is no row below the header.", remedy="Is it the right export?"))
    return Export(file, tuple(header), rows, numbers, tuple(remarks), tuple(problems))


def _header(header: list[str], mapping: ExportMapping, file: str) -> list[Problem]:
    """Every column that the mapping does not know, every one it misses, every one that stands twice."""
    row = mapping.header_row
    if not set(header) & mapping.known:  # it may be a record: nothing of it is repeated
        remedy = "Set header_row, or is it the export of another system?"
        return [Problem(file, row, message="The row names no column of the mapping.", remedy=remedy)]
    found = []
    for index, name in enumerate(header, start=1):
        if not name:
            found.append(Problem(file, row, f"number {index}", "The column has no name.", "Name it in the export."))
        elif name not in mapping.known:
            remedy = "Map it under columns, or name it under ignored with a reason." + near(name, mapping.known)
            found.append(Problem(file, row, shown(name), "The mapping does not know this column.", remedy))
    found += [
        Problem(file, row, shown(name), "The column stands twice.", "Keep one of them.")
        for name, times in Counter(header).items()
        if name and times > 1
    ]
    found += [
        Problem(
            file,
            row,
            name,
            "The mapping names this column; the export has none.",
            "Correct the mapping." + near(name, header),
        )
        for name in sorted(mapping.known - set(header))
    ]
    return found
