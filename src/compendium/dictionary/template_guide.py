"""The sheets of a template that explain it: what to do, what each column is, what each code means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from compendium.dictionary import template_words
from compendium.dictionary.schema import Dictionary
from compendium.dictionary.sheets import ACCENT, PAPER, font, put, set_height
from compendium.dictionary.template_lists import LAST_ROW, SHEET, CodeList

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

GUIDE = "Read me first"  # names with a blank can't be those of a table
COLUMNS = "Columns"
FIRST_CODE = 2  # row of the first code on the sheet of code lists
TEXT_WIDTH = 104
_WIDTHS = {COLUMNS: (18, 20, 26, 58, 16, 46, 30), SHEET: (22, 22, 26, 60)}


def add_guide(book: Workbook, title: str, description: str, tables: Sequence[Dictionary], file: str) -> None:
    """The first sheet: a heading in column A, plain words in column B."""
    from openpyxl.styles import Alignment

    sheet: Worksheet = book.create_sheet(GUIDE)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, TEXT_WIDTH
    sheet.sheet_view.showGridLines = False
    put(sheet, 1, 1, f"{title}: how to fill in this workbook").font = font(bold=True, size=16, color=ACCENT)
    sheet.row_dimensions[1].height = 28
    top = Alignment(vertical="top", wrap_text=True)
    for row, (heading, text) in enumerate(_lines(description, tables, file), start=3):
        name = put(sheet, row, 1, heading)
        name.font, name.alignment = font(bold=True), top
        put(sheet, row, 2, text).alignment = top
        set_height(sheet, row, [(text, TEXT_WIDTH)])
    _for_paper(sheet)


def _lines(description: str, tables: Sequence[Dictionary], file: str) -> Iterator[tuple[str, str]]:
    several = len(tables) > 1
    if several:
        yield "What this is", template_words.sentence(description)
    for table in tables:
        yield f"Sheet {table.name}", template_words.row_in_words(table)
    yield from _never(tables)
    yield (
        "Headings",
        "Bold white letters over a thick line: must be filled in. Slanting letters over a thin line: may stay empty. "
        "Rest the pointer on a heading and a note says what belongs there. Leave the headings as they are.",
    )
    yield (
        "Cells",
        f"Go to a cell and a note beside it says what it takes. Columns with codes open a list; what each code means "
        f"stands on the sheet {SHEET}, and all columns on the sheet {COLUMNS}. Begin in row 2, leave no empty rows. "
        "Where a row has been begun, cells that are still missing are framed.",
    )
    yield (
        "Copying in",
        "Paste values only (Paste special, Values): pasting whole cells takes the checks away. No formulas, no merged "
        f"cells. Below row {LAST_ROW:,} cells are not checked while you type; compendium check looks at all of them.",
    )
    if any(field.type == "date" for table in tables for field in table.fields):
        yield "Dates", "Real dates, or written 2023-04-30 (year, month, day). A day that isn't known stays empty."
    yield (
        "Not known",
        "Where a list has a code such as not_recorded, choose it. Other cells that aren't known stay empty; never "
        'write "unknown", "n/a", "-", 99 or 0 in their place.',
    )
    if several:
        yield "Links", "An id means the same on every sheet: fill in the sheet it comes from first, then choose it."
    yield (
        "When you are done",
        f"Save as an Excel workbook (.xlsx). In locality.yml name it once for each sheet, such as "
        f"{tables[0].name}: {{file: {file}, provenance: …}}, then run: compendium check. It lists what is wrong by "
        "sheet, row and cell; compendium check --problems FILE.xlsx marks the cells. Other sheets are not read.",
    )


def _never(tables: Sequence[Dictionary]) -> Iterator[tuple[str, str]]:
    if any(table.sensitive for table in tables):
        yield (
            "Never enter",
            "Names, addresses, postcodes, dates of birth, telephone numbers, e-mail addresses, user names, web "
            "addresses, crime or case numbers of the force, or sentences from a file. No column asks for them: not in "
            "cells, not in comments, not on a sheet of your own.",
        )
        yield (
            "Numbers for persons",
            "A person has a number made for this study, the same wherever the person occurs. Keep the list that says "
            "who is who apart from this workbook, under your own organisation's rules.",
        )
        yield (
            "Where it goes",
            "Nowhere: send it to nobody, put it in no cloud folder and no e-mail. It stays where your organisation "
            "keeps case records, and outside the folder of the compendium. Nothing in this workbook sends anything.",
        )
    else:
        yield "Never enter", "Anything about a person who can be recognised. This table is public."


def add_columns(book: Workbook, tables: Sequence[Dictionary]) -> None:
    """The sheet that explains every column."""
    heads = ("Sheet", "Column", "What it is", "In words", "To fill in", "Takes", "When not known")
    rows = [
        (
            table.name,
            field.name,
            field.heading,
            template_words.sentence(field.description),
            "required" if template_words.is_required(field, table) else "may stay empty",
            template_words.allowed(field, table),
            template_words.when_not_known(field, table),
        )
        for table in tables
        for field in table.fields
    ]
    _listing(book.create_sheet(COLUMNS), heads, rows)


def add_codes(book: Workbook, lists: Sequence[CodeList]) -> None:
    """The sheet of codes: a row a code, from `FIRST_CODE` down, the code in column C."""
    rows = [(listed.table, listed.column, code, label) for listed in lists for code, label in listed.entries]
    _listing(book.create_sheet(SHEET), ("Sheet", "Column", "Code to enter", "Meaning"), rows)


def _listing(sheet: Worksheet, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    from openpyxl.styles import Alignment, Border, PatternFill, Side
    from openpyxl.utils import get_column_letter

    top = Alignment(vertical="top", wrap_text=True)
    for number, head in enumerate(heads, start=1):
        cell = put(sheet, 1, number, head)
        cell.font, cell.fill = font(bold=True, color=PAPER), PatternFill("solid", fgColor=ACCENT)
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS[sheet.title][number - 1]
    before: tuple[object, ...] = ()
    line = Border(top=Side("thin", color="9AA5B1"))
    for at, row in enumerate(rows, start=2):
        new = tuple(row[: 2 if sheet.title == SHEET else 1]) != before
        before = tuple(row[: 2 if sheet.title == SHEET else 1])
        for number, value in enumerate(row, start=1):
            cell = put(sheet, at, number, value)
            cell.alignment = top
            if isinstance(value, str):
                cell.number_format = "@"
            if new:
                cell.border = line
        set_height(sheet, at, [(str(value), width) for value, width in zip(row, _WIDTHS[sheet.title], strict=True)])
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{max(len(rows) + 1, 2)}"
    _for_paper(sheet)


def _for_paper(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
