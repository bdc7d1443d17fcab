"""Problems as a workbook: a list of all of them, and a copy of each faulty table with its bad cells marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compendium import sheets
from compendium.dictionary.faulty import Faulty
from compendium.errors import Problem
from compendium.sheets import ACCENT, WARNED, fit_paper, fitted, font, put

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

LIST, GUIDE = "All problems", "Read me first"
MOST_LISTED = 20_000
MOST_NOTES = 1_000  # comments on a sheet; further cells are framed and filled, and their problems stand in the list
_HEADS = (
    *(("No.", 6.0), ("File", 40.0), ("Row", 8.0), ("Column", 22.0), ("Cell", 9.0)),
    *(("What is wrong", 62.0), ("What to do", 52.0), ("Kind", 10.0)),
)
_CELL = 5  # the column of cells' names


@dataclass(frozen=True, repr=False)
class Marked:
    """A faulty table: its name, the file as messages call it, its problems, and the rows that are copied."""

    name: str
    file: str
    problems: tuple[Problem, ...]
    rows: Faulty


def problem_book(problems: Sequence[Problem], tables: Sequence[Marked], *, real: bool) -> bytes:
    """The workbook. `real`: the copies may hold records of persons."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    names = _sheet_names(tables)
    title = "PRIVATE: this workbook holds records of persons" if real else "Problems found by compendium check"
    sheets.add_words(book, GUIDE, title, _guide_lines(problems, tables, names, real), WARNED if real else ACCENT)
    links: dict[Problem, str] = {}
    for table, name in zip(tables, names, strict=True):
        links |= _add_table(book, table, name)
    _add_list(book, problems, tables, links)
    return sheets.saved(book, "Problems found by compendium check")


def _sheet_names(tables: Sequence[Marked]) -> list[str]:
    """The names of the tables; those of two localities are told apart by a number."""
    found: list[str] = []
    for table in tables:
        again = sum(other.split(" (")[0] == table.name for other in found)
        found.append(f"{table.name} ({again + 1})" if again else table.name)
    return found


def _guide_lines(
    problems: Sequence[Problem], tables: Sequence[Marked], names: Sequence[str], real: bool
) -> Iterator[tuple[str, str]]:
    if real:
        yield (
            "Keep it safe",
            "Keep this workbook where the records are kept. Send it to nobody. Delete it when all is mended.",
        )
    else:
        yield "What it holds", "Copies of rows from the files named here. No records of real persons are among them."
    errors = sum(problem.level == "error" for problem in problems)
    yield "Found", f"{errors:,} errors and {len(problems) - errors:,} warnings, on the sheet {LIST}."
    yield (
        "Bad cells",
        "A bad cell has a thick frame, a shade, and a note that says what is wrong and what to do: rest the pointer "
        "on it. In the list, the cell's name leads to it.",
    )
    yield (
        "How to mend",
        "Mend the original file, not this copy: nothing reads this workbook. Then run compendium check again.",
    )
    for table, name in zip(tables, names, strict=True):
        rows = table.rows
        if rows.whole:
            text = f"All rows of {table.file}, each where it stands in the file."
        else:
            text = (
                f"The faulty rows of {table.file} with the row above and below; their place in the file stands in "
                "the first column."
            )
        if rows.left_out:
            text += f" There was no room for {rows.left_out:,} more faulty rows."
        yield f"Sheet {name}", text


def _add_table(book: Workbook, table: Marked, name: str) -> dict[Problem, str]:
    """A sheet with the rows of a table and its bad cells marked; where each problem is found in it."""
    sheet: Worksheet = book.create_sheet(name)
    rows, shift = table.rows, 0 if table.rows.whole else 1
    if shift:
        put(sheet, 1, 1, "row in the file").font = font(italic=True)
    for column, head in enumerate(rows.header, start=1 + shift):
        put(sheet, 1, column, head).font = font(bold=True)
    for number, cells in rows.rows:
        at = rows.at[number]
        if shift:
            put(sheet, at, 1, number).font = font(italic=True)
        for column, text in enumerate(cells, start=1 + shift):
            if text:
                put(sheet, at, column, text).number_format = "@"
    _set_widths(sheet, rows, shift)
    sheet.freeze_panes = "B2"
    fit_paper(sheet)
    at_cell: defaultdict[tuple[int, int], list[Problem]] = defaultdict(list)
    for problem in table.problems:
        if place := rows.place(problem):
            at_cell[place].append(problem)
    found = {}
    for count, (place, wrong) in enumerate(sorted(at_cell.items(), key=lambda item: item[0])):
        cell = _mark(sheet, place, wrong, noted=count < MOST_NOTES)
        found.update(dict.fromkeys(wrong, f"'{name}'!{cell}"))
    return found


def _set_widths(sheet: Worksheet, rows: Faulty, shift: int) -> None:
    from openpyxl.utils import get_column_letter

    for column, head in enumerate(rows.header):
        seen = [cells[column][:60] for _, cells in rows.rows[:200] if column < len(cells)]
        sheet.column_dimensions[get_column_letter(column + 1 + shift)].width = fitted([head, *seen])
    if shift:
        sheet.column_dimensions["A"].width = 16


def _mark(sheet: Worksheet, place: tuple[int, int], wrong: Sequence[Problem], *, noted: bool) -> str:
    """A thick frame, a shade and a note, so that no colour is needed. Returns the cell's name."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Border, PatternFill, Side

    cell = sheet.cell(*place)
    line = Side("thick", color=WARNED)
    cell.border, cell.fill = Border(line, line, line, line), PatternFill("solid", fgColor="FCE8E6")
    if noted:
        text = "\n".join(f"{problem.message} {problem.remedy}".strip() for problem in wrong)[:1_000]
        lines = sum(1 + len(part) // 44 for part in text.split("\n"))
        cell.comment = Comment(sheets.harmless(text), "compendium", height=24 + 17 * lines, width=320)
    return str(cell.coordinate)


def _add_list(book: Workbook, problems: Sequence[Problem], tables: Sequence[Marked], links: dict[Problem, str]) -> None:
    from openpyxl.worksheet.hyperlink import Hyperlink

    sheet: Worksheet = book.create_sheet(LIST, 1)
    cells = {problem: table.rows.cell(problem) for table in tables for problem in table.problems}
    sheets.add_list(sheet, _HEADS, (_line(*one, cells) for one in enumerate(problems[:MOST_LISTED], start=1)))
    for row, problem in enumerate(problems[:MOST_LISTED], start=2):
        if problem in links:
            target = put(sheet, row, _CELL, cells[problem] or "here")
            target.hyperlink = Hyperlink(ref=target.coordinate, location=links[problem])
            target.font = font(underline="single", color=ACCENT)
    if len(problems) > MOST_LISTED:
        put(sheet, MOST_LISTED + 2, 6, f"{len(problems) - MOST_LISTED:,} more problems: mend these, then check again.")


def _line(number: int, problem: Problem, cells: Mapping[Problem, str]) -> tuple[object, ...]:
    place = cells.get(problem, problem.cell)
    kind = "warning" if problem.level == "warning" else "error"
    return number, problem.file, problem.row, problem.column, place, problem.message, problem.remedy, kind
