"""Workbooks that we write: the same bytes every time, and texts that no spreadsheet carries out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

LONGEST_CELL = 32_767  # characters that a cell can hold
LONGEST_SHEET_NAME = 31
WIDEST, NARROWEST = 44.0, 10.0  # characters
TEXT_WIDTH = 104  # of plain words
INK, PAPER, ACCENT, WARNED = "1F2933", "FFFFFF", "1F4E79", "B00020"
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the first one that a zip can hold
_DAY = "1980-01-01T00:00:00Z"
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


def named(number: int, name: str) -> str:
    """A name for the sheet of a table, as long as a sheet's name may be; the number keeps those cut short apart."""
    return f"{number} {name}"[:LONGEST_SHEET_NAME]


def put(sheet: Worksheet, row: int, column: int, value: object) -> Any:
    """Write a value; a text stays a text, whatever it begins with, and holds nothing that a workbook can't."""
    cell = sheet.cell(row=row, column=column)
    if not isinstance(value, str):
        cell.value = value  # type: ignore[assignment]
        return cell
    text = harmless(value)
    cell.value = text
    if text[:1] in tuple("=+-@\t\r"):
        cell.data_type = "s"
        cell.quotePrefix = True  # type: ignore[assignment]  # Excel's own mark of a text that must not be run
    return cell


def harmless(text: str) -> str:
    """The text without what a workbook can't hold; a mark stands in its place."""
    return _UNSEEN.sub("\ufffd", text)[:LONGEST_CELL]


def fitted(texts: list[str], least: float = NARROWEST, most: float = WIDEST) -> float:
    """A column's width in characters for what stands in it."""
    longest = max((len(line) for text in texts for line in text.split("\n")), default=0)
    return min(max(longest + 3.0, least), most)


def font(**how: Any) -> Any:
    """A font with the family of the workbook's other cells; without a name a spreadsheet takes one with serifs."""
    from openpyxl.styles import Font

    return Font(name="Calibri", family=2, **{"size": 11, "color": INK, **how})


def set_height(sheet: Worksheet, row: int, cells: Sequence[tuple[str, float]]) -> None:
    """Make a row as high as its wrapped texts (text, column width) need: not every program does it by itself."""
    lines = (sum(max(1, -(-len(line) // int(width * 1.05))) for line in text.split("\n")) for text, width in cells)
    sheet.row_dimensions[row].height = min(16.0 * max(lines, default=1) + 2, 400.0)


def add_words(book: Workbook, name: str, title: str, lines: Iterable[tuple[str, str]], colour: str = ACCENT) -> None:
    """A sheet of plain words: a heading in column A, its text in column B."""
    from openpyxl.styles import Alignment

    sheet: Worksheet = book.create_sheet(name)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, TEXT_WIDTH
    sheet.sheet_view.showGridLines = False
    put(sheet, 1, 1, title).font = font(bold=True, size=16, color=colour)
    sheet.row_dimensions[1].height = 28
    top = Alignment(vertical="top", wrap_text=True)
    for row, (heading, text) in enumerate(lines, start=3):
        cell = put(sheet, row, 1, heading)
        cell.font, cell.alignment = font(bold=True), top
        put(sheet, row, 2, text).alignment = top
        set_height(sheet, row, [(text, TEXT_WIDTH)])
    fit_paper(sheet)


def add_list(
    sheet: Worksheet, heads: Sequence[tuple[str, float]], rows: Iterable[Sequence[object]], group: int = 0
) -> None:
    """A list below heads with their widths; a line above each row whose first `group` cells are new."""
    from openpyxl.styles import Alignment, Border, PatternFill, Side
    from openpyxl.utils import get_column_letter

    top, line = Alignment(vertical="top", wrap_text=True), Border(top=Side("thin", color="9AA5B1"))
    for number, (head, width) in enumerate(heads, start=1):
        cell = put(sheet, 1, number, head)
        cell.font, cell.fill = font(bold=True, color=PAPER), PatternFill("solid", fgColor=ACCENT)
        sheet.column_dimensions[get_column_letter(number)].width = width
    at, before = 1, None
    for at, row in enumerate(rows, start=2):
        for number, value in enumerate(row, start=1):
            cell = put(sheet, at, number, value)
            cell.alignment = top
            if isinstance(value, str):
                cell.number_format = "@"
            if group and row[:group] != before:
                cell.border = line
        before = row[:group]
        set_height(sheet, at, [(str(value or ""), width) for value, (_, width) in zip(row, heads, strict=True)])
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{max(at, 2)}"
    fit_paper(sheet)


def fit_paper(sheet: Worksheet) -> None:
    """Landscape, as wide as the paper, the headings on each page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.print_title_rows = "1:1"


def saved(book: Workbook, title: str) -> bytes:
    """The workbook as bytes that depend on its content alone: no clock, no name of a user."""
    book.properties.title = title
    book.properties.creator = "compendium"
    held = io.BytesIO()
    book.save(held)
    fixed = io.BytesIO()
    with zipfile.ZipFile(held) as parts, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts.infolist():
            data = parts.read(part)
            if part.filename == "docProps/core.xml":
                data = _STAMP.sub(rb"\g<1>" + _DAY.encode() + rb"\g<2>", data)
            entry = zipfile.ZipInfo(part.filename, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            archive.writestr(entry, data)
    return fixed.getvalue()
