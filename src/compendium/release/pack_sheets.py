"""The spreadsheet of the checker's pack: a sheet a table, a row a cell, to be sorted and filtered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compendium import sheets
from compendium.release.checked import CheckedCounts

COLUMNS = ("Count", "Shown", "Why not", "Lowest", "Highest", "Verdict")
PRIVATE = "Private: counts that may not leave. Never publish this file."


def workbook(tables: Sequence[CheckedCounts]) -> bytes:
    """The workbook, its first sheet a list of the others."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    by_name = {sheets.named(number, table.released.name): table for number, table in enumerate(tables, 1)}
    lines = ((name, _said(table)) for name, table in by_name.items())
    sheets.add_words(book, "Contents", PRIVATE, lines, sheets.WARNED)
    for name, table in by_name.items():
        heads = [*(dimension.title for dimension in table.released.dimensions), *COLUMNS]
        rows = list(_rows(table))
        widths = [sheets.fitted([head, *(str(row[at]) for row in rows)]) for at, head in enumerate(heads)]
        sheets.add_list(book.create_sheet(name), list(zip(heads, widths, strict=True)), rows)
    return sheets.saved(book, "Checker's pack")


def _said(table: CheckedCounts) -> str:
    return f"{table.released.title}: {len(table.hidden):,} of {len(table.cells):,} cells and margins are hidden."


def _rows(table: CheckedCounts) -> Iterator[tuple[object, ...]]:
    for cell in table.cells:
        shown = "hidden" if cell.shown is None else cell.shown
        yield *cell.labels, cell.count, shown, cell.why, cell.lowest, cell.highest, cell.verdict
