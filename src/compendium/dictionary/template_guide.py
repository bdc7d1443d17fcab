"""The sheets of a template that explain it: what to do, what each column is, what each code means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from compendium.dictionary import template_words
from compendium.dictionary.schema import Dictionary
from compendium.dictionary.template_lists import LAST_ROW, SHEET, CodeList
from compendium.sheets import add_list, add_words

if TYPE_CHECKING:
    from openpyxl import Workbook

GUIDE = "Read me first"  # names with a blank can't be those of a table
COLUMNS = "Columns"
FIRST_CODE = 2  # row of the first code on the sheet of code lists
_PERSONAL = (
    "Names, addresses, postcodes, dates of birth, telephone numbers, e-mail addresses, user names, web addresses, the "
    "force's own crime or case numbers, or sentences from a file."
)
_OF_SERVICES = (
    "Names of staff or of anyone who uses a service; addresses, postcodes or points on a map, above all of refuges, "
    "children's homes and other confidential services; telephone numbers of persons; sentences from a file."
)
_NOWHERE_ELSE = "No column asks for them: not in cells, not in comments, not on a sheet of your own."
_COLUMN_HEADS = (
    *(("Sheet", 18.0), ("Column", 20.0), ("What it is", 26.0), ("In words", 58.0)),
    *(("To fill in", 16.0), ("Takes", 46.0), ("When not known", 30.0)),
)
_CODE_HEADS = (("Sheet", 22.0), ("Column", 22.0), ("Code to enter", 26.0), ("Meaning", 60.0))


def add_guide(book: Workbook, title: str, description: str, tables: Sequence[Dictionary], file: str) -> None:
    """The first sheet: what to do, in plain words."""
    add_words(book, GUIDE, f"{title}: how to fill in this workbook", _lines(description, tables, file))


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
    codes = dict.fromkeys(code for table in tables for field in table.fields for code in field.missing_codes)
    choose = f"Where a list has the code {' or '.join(codes)}, choose it. Other cells" if codes else "Cells"
    yield (
        "Not known",
        f'{choose} that aren\'t known stay empty, where that is allowed; never write "unknown", "n/a", "-", 99 or 0 '
        "in their place.",
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
    if not any(table.sensitive for table in tables):
        yield "Never enter", "Anything about a person who could be recognised: this table is public."
        return
    about_persons = any(table.sensitive and table.units in ("persons", "participants") for table in tables)
    yield "Never enter", f"{_PERSONAL if about_persons else _OF_SERVICES} {_NOWHERE_ELSE}"
    if any(field.role == "person" for table in tables for field in table.fields):
        yield (
            "Numbers for persons",
            "A person has a number made for this study, the same wherever the person occurs. Keep the list that says "
            "who is who apart from this workbook, under your own organisation's rules.",
        )
    yield (
        "Where it goes",
        "Nowhere: send it to nobody, put it in no cloud folder and no e-mail. It stays where your organisation "
        "keeps such records, and outside the folder of the compendium. Nothing in this workbook sends anything.",
    )


def add_columns(book: Workbook, tables: Sequence[Dictionary]) -> None:
    """The sheet that explains every column."""
    rows = [
        (
            table.name,
            field.name,
            field.heading,
            template_words.sentence(field.description),
            "required" if template_words.is_required(field, table) else "may stay empty",
            template_words.takes(field, table),
            template_words.when_not_known(field, table),
        )
        for table in tables
        for field in table.fields
    ]
    add_list(book.create_sheet(COLUMNS), _COLUMN_HEADS, rows, group=1)


def add_codes(book: Workbook, lists: Sequence[CodeList]) -> None:
    """The sheet of codes: a row a code, from `FIRST_CODE` down, the code in column C."""
    rows = [(listed.table, listed.column, code, label) for listed in lists for code, label in listed.entries]
    add_list(book.create_sheet(SHEET), _CODE_HEADS, rows, group=2)
