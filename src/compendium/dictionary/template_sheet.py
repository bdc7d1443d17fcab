"""The sheet of one table in a template: headings that explain themselves, and cells that check what is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from compendium.dictionary import forms, template_lists, template_words
from compendium.dictionary.schema import Dictionary, Field
from compendium.dictionary.template_lists import LAST_ROW
from compendium.sheets import ACCENT, INK, PAPER, WARNED, fit_paper, fitted, font, put

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

LATEST_DAY = 2_958_465  # 9999-12-31 as a spreadsheet counts days
FORMATS = {"date": "yyyy-mm-dd", "integer": "0", "number": "General", "year": "0"}  # all others are text
_LOWEST, _HIGHEST = -999_999_999_999, 999_999_999_999


def add(
    book: Workbook,
    dictionary: Dictionary,
    lists: Mapping[tuple[str, str], str],
    together: Mapping[str, Dictionary],
) -> None:
    """Add the sheet of a table. `lists` says where the codes of a column stand, `together` what else is in the book."""
    from openpyxl.utils import get_column_letter

    sheet: Worksheet = book.create_sheet(dictionary.name)
    for number, field in enumerate(dictionary.fields, start=1):
        letter = get_column_letter(number)
        _heading(sheet, number, field, dictionary)
        column = sheet.column_dimensions[letter]
        column.number_format = FORMATS.get(field.type, "@")  # text: Excel makes no date of 10-13
        column.width = fitted([field.name, *field.codes, template_words.written_like(field)], most=28)
        check = _check(field, dictionary, lists, together, f"{letter}2")
        check.add(f"{letter}2:{letter}{LAST_ROW}")
        sheet.add_data_validation(check)
        if template_words.is_required(field, dictionary):
            _mark_gaps(sheet, letter, len(dictionary.fields))
    sheet.row_dimensions[1].height = 24
    sheet.freeze_panes = "B2"
    fit_paper(sheet)


def _heading(sheet: Worksheet, number: int, field: Field, dictionary: Dictionary) -> None:
    """Required: bold on dark, a thick line below. Optional: italic on white, a thin line. So no colour is needed."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Border, PatternFill, Side

    required = template_words.is_required(field, dictionary)
    cell = put(sheet, 1, number, field.name)
    cell.font = font(bold=required, italic=not required, color=PAPER if required else INK)
    if required:
        cell.fill = PatternFill("solid", fgColor=ACCENT)
    cell.border = Border(bottom=Side("thick" if required else "thin", color=INK))
    cell.alignment = Alignment(vertical="center")
    note = template_words.heading_note(field, dictionary)
    lines = sum(1 + len(line) // 48 for line in note.split("\n"))
    cell.comment = Comment(note, "compendium", height=min(24 + 17 * lines, 420), width=340)


def _mark_gaps(sheet: Worksheet, letter: str, columns: int) -> None:
    """Frame and shade the cells that are still missing in a row that somebody has begun."""
    from openpyxl.formatting.rule import FormulaRule
    from openpyxl.styles import Border, PatternFill, Side
    from openpyxl.utils import get_column_letter

    line = Side("thin", color=WARNED)
    rule: Any = FormulaRule(
        formula=[f'AND(${letter}2="",COUNTA($A2:${get_column_letter(columns)}2)>0)'],
        fill=PatternFill("solid", bgColor="FCE8E6"),
        border=Border(left=line, right=line, top=line, bottom=line),
    )
    sheet.conditional_formatting.add(f"{letter}2:{letter}{LAST_ROW}", rule)


def _check(
    field: Field,
    dictionary: Dictionary,
    lists: Mapping[tuple[str, str], str],
    together: Mapping[str, Dictionary],
    cell: str,
) -> DataValidation:
    """What the spreadsheet checks when somebody types, and what it says beside the cell."""
    from openpyxl.worksheet.datavalidation import DataValidation

    kind: dict[str, Any]
    if source := lists.get((dictionary.name, field.name)):
        kind = {"type": "list", "formula1": source}
    elif source := template_lists.linked_range(field, dictionary, together):
        kind = {"type": "list", "formula1": source, "errorStyle": "warning"}  # the other sheet may be filled in later
    else:
        kind = _typed(field, dictionary, cell)
    error = f"{template_words.allowed(field, dictionary)} {_where(field, dictionary, lists)}".strip()
    return DataValidation(
        **kind,
        allow_blank=True,
        showInputMessage=True,
        showErrorMessage=True,
        promptTitle=template_words.shortened(field.heading, template_words.LONGEST_TITLE),
        prompt=template_words.prompt(field, dictionary),
        errorTitle=template_words.shortened(f"Check {field.name}", template_words.LONGEST_TITLE),
        error=template_words.shortened(error, template_words.LONGEST_ERROR),
    )


def _where(field: Field, dictionary: Dictionary, lists: Mapping[tuple[str, str], str]) -> str:
    if (dictionary.name, field.name) in lists:
        return f"The codes and what they mean stand on the sheet {template_lists.SHEET}."
    target = template_words.leads_to(field, dictionary)
    return f"It must also stand in the table {target}." if target else ""


def _typed(field: Field, dictionary: Dictionary, cell: str) -> dict[str, Any]:
    """The check of a column without a list, by its type, range, form and key."""
    limits = field.constraints
    if field.type in ("integer", "number", "year"):
        low, high = (1000, 9999) if field.type == "year" else (_LOWEST, _HIGHEST)
        return {
            "type": "decimal" if field.type == "number" else "whole",
            "operator": "between",
            "formula1": str(low if limits.minimum is None else limits.minimum),
            "formula2": str(high if limits.maximum is None else limits.maximum),
        }
    if field.type == "date" and field.format == "default":
        first, last = _day(limits.minimum, "1"), _day(limits.maximum, str(LATEST_DAY))
        return {"type": "date", "operator": "between", "formula1": first, "formula2": last}
    tests = _text_tests(field, dictionary, cell)
    if tests:
        return {"type": "custom", "formula1": tests[0] if len(tests) == 1 else f"AND({','.join(tests)})"}
    return {"type": None}


def _text_tests(field: Field, dictionary: Dictionary, cell: str) -> list[str]:
    limits = field.constraints
    tests = forms.conditions(limits.pattern, cell)
    if field.type == "yearmonth":
        tests = [*forms.conditions("[0-9]{4}-[0-9]{2}", cell), f"VALUE(RIGHT({cell},2))<=12"]
    if limits.max_length is not None:
        tests.append(f"LEN({cell})<={limits.max_length}")
    if limits.min_length is not None:
        tests.append(f"LEN({cell})>={limits.min_length}")
    if template_words.is_unique(field, dictionary):
        letter = cell.rstrip("0123456789")
        tests.append(f"COUNTIF(${letter}$2:${letter}${LAST_ROW},{cell})=1")
    return tests


def _day(value: object, otherwise: str) -> str:
    if not isinstance(value, str):
        return otherwise
    year, month, day = value.split("-")
    return f"DATE({int(year)},{int(month)},{int(day)})"
