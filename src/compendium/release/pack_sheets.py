"""The spreadsheet of the checker's pack: a sheet a table, a row a cell, to be sorted and filtered."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from compendium.release import kept
from compendium.release.checked import CheckedCounts

LONGEST_NAME = 31  # characters of the name of a sheet
FIRST_DAY = datetime(1980, 1, 1)  # a pack tells no time of day: the same candidate gives the same bytes
COLUMNS = ("Count", "Shown", "Why not", "Lowest", "Highest", "Verdict")
PRIVATE = "Private: counts that may not leave. Never publish this file."


def workbook(tables: Sequence[CheckedCounts]) -> bytes:
    """The workbook, its first sheet a list of the others."""
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Contents"
    _row(first, [PRIVATE])
    _row(first, ["Sheet", "Table", "Cells", "Hidden"], bold=True)
    for number, table in enumerate(tables, 1):
        name = f"{number} {table.released.name}"[:LONGEST_NAME]
        _row(first, [name, table.released.title, len(table.cells), len(table.hidden)])
        _fill(book.create_sheet(name), table)
    book.properties.creator = "compendium"
    book.properties.created = book.properties.modified = FIRST_DAY
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as archive:
        return kept.pack({name: _still(name, archive.read(name)) for name in archive.namelist()})


def _fill(sheet: Any, table: CheckedCounts) -> None:
    _row(sheet, [*(dimension.title for dimension in table.released.dimensions), *COLUMNS], bold=True)
    for cell in table.cells:
        shown = "hidden" if cell.shown is None else cell.shown
        _row(sheet, [*cell.labels, cell.count, shown, cell.why, cell.lowest, cell.highest, cell.verdict])
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for column in range(1, sheet.max_column + 1):
        longest = max(len(str(row[0].value or "")) for row in sheet.iter_rows(min_col=column, max_col=column))
        sheet.column_dimensions[get_column_letter(column)].width = min(60, longest + 3)


def _row(sheet: Any, values: Sequence[Any], *, bold: bool = False) -> None:
    """Write a row below the last; text stays text, whatever it begins with."""
    sheet.append([None] * len(values))
    at = sheet._current_row
    for column, value in enumerate(values, 1):
        cell = sheet.cell(at, column)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
        if bold:
            cell.font = Font(bold=True)


def _still(name: str, data: bytes) -> bytes:
    """openpyxl writes the hour of saving into the properties, whatever it is told."""
    if name != "docProps/core.xml":
        return data
    stamp = FIRST_DAY.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
