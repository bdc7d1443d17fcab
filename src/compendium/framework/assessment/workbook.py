"""The form as a spreadsheet: two sheets to fill in, lists and checks in the cells, everything else locked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compendium.framework.assessment.form import CANNOT_SAY, Form
from compendium.framework.assessment.reading import ANSWER_COLUMNS, ANSWERS_SHEET, SERVICE_COLUMNS, SERVICE_SHEET
from compendium.sheets import ACCENT, INK, PAPER, add_words, fit_paper, font, harmless, put, saved, set_height

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

GUIDE, LEVELS = "Read me first", "Levels"
LONGEST_CODE = 5  # characters of a service's code
_WIDTHS = {
    "criterion_id": 10.0,
    "standard": 24.0,
    "asked": 44.0,
    "level": 30.0,
    "levels": 60.0,
    "counted": 36.0,
    "wording": 15.0,
}
_TO_FILL = "FFF8E1"
_PALE = "6B7280"


def workbook(form: Form) -> bytes:
    """The blank form as an Excel workbook: the same bytes each time."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    add_words(book, GUIDE, f"{form.title}: rate your own service", _guide(form))
    _service(book, form)
    _answers(book, form)
    _levels(book, form)
    for sheet in book.worksheets:
        sheet.protection.sheet = True  # no password: a guard against slips, not against people
        sheet.protection.formatColumns = sheet.protection.formatRows = False
    book.active = 0
    return saved(book, f"{form.title}: self-assessment, version {form.version}")


def _guide(form: Form) -> list[tuple[str, str]]:
    return [
        ("What this is", "A form on which people who work in a service rate how far it meets each standard."),
        ("Whose standards", form.statement),
        ("First", f"On the sheet {SERVICE_SHEET}: the code of your service, your pilot area and the round."),
        (
            "Then",
            f"On the sheet {ANSWERS_SHEET}: choose a level for each item from the list in its cell. What each level "
            "looks like stands beside it. Choose “Can’t say” where you do not know; leave nothing to guess.",
        ),
        (
            "Never write",
            "Names, of anyone or of the service; anything about a child; sentences from a record. There is no room "
            "for words: a service is known by its code.",
        ),
        (
            "Locked cells",
            "Only the pale yellow cells can be changed, so that the form can be read again as it was sent.",
        ),
        (
            "Worried about a child?",
            "This form reaches nobody who can help. Follow your own safeguarding procedure, now.",
        ),
        ("Send it back", "Save it as .xlsx under any name and give it to the person who sent it. It is read as it is."),
        ("Version", f"{form.id}, version {form.version}, form {form.hash[:12]}."),
    ]


def _service(book: Workbook, form: Form) -> None:
    """The head of the form: three cells to fill in, and below them what says which form this is."""
    sheet: Worksheet = book.create_sheet(SERVICE_SHEET)
    _heads(sheet, zip(SERVICE_COLUMNS, (44.0, 40.0, 18.0), strict=True))
    areas, rounds = tuple(form.areas), tuple(form.rounds)
    rows = [
        ("Code of your service, such as A05", "", "service_code"),
        ("Your pilot area", "", "pilot_area"),
        (f"The round: {_rounds(form)}", "", "wave"),
        ("Form (leave as it is)", form.id, "form_id"),
        ("Version (leave as it is)", form.version, "form_version"),
        ("Its wording (leave as it is)", form.hash, "form_hash"),
        ("Locality (leave as it is)", form.locality, "locality"),
        ("Rated by (leave as it is)", form.rater, "rater"),
    ]
    for at, cells in enumerate(rows, start=2):
        for column, text in enumerate(cells, start=1):
            cell = put(sheet, at, column, text or None)
            _written(cell, pale=at > 4 or column == 3)
        if at <= 4:
            _open(sheet.cell(at, 2))
        set_height(sheet, at, [(cells[0], 44.0), (cells[1], 40.0)])
    _check(
        sheet, "B2", "Your service", "The code that was agreed for your service; never its name.", _pattern(form, "B2")
    )
    _check(sheet, "B3", "Pilot area", "Choose yours from the list.", _list(areas))
    _check(sheet, "B4", "Round", "Choose the round you were asked for.", _list(rounds))


def _rounds(form: Form) -> str:
    """`before, after, then (before, as judged afterwards)`."""
    return ", ".join(
        code if code == label.lower() else f"{code} ({label[:1].lower()}{label[1:]})"
        for code, label in form.rounds.items()
    )


def _answers(book: Workbook, form: Form) -> None:
    sheet: Worksheet = book.create_sheet(ANSWERS_SHEET)
    _heads(sheet, ((name, _WIDTHS[name]) for name in ANSWER_COLUMNS))
    row = 1
    for section in form.sections:
        for item in section.items:
            row += 1
            asked, levels, counted = item.shown
            cells = (item.criterion_id, section.title, asked, "", levels, counted, item.wording)
            for column, text in enumerate(cells, start=1):
                _written(put(sheet, row, column, text or None), pale=column in (1, 7))
            _open(sheet.cell(row, 4))
            set_height(sheet, row, [(text, _WIDTHS[name]) for text, name in zip(cells, ANSWER_COLUMNS, strict=True)])
    choices = [f"{choice.level} {choice.name}" for choice in form.levels]
    source = f"={LEVELS}!$A$2:$A${len(choices) + 2}"
    prompt = "; ".join(f"{choice.level} {choice.name}" for choice in form.levels)
    _check(
        sheet,
        f"D2:D{row}",
        "Level",
        f"Choose from the list: {prompt}; or Can’t say."[:250],
        {"type": "list", "formula1": source},
    )
    sheet.freeze_panes = "B2"


def _levels(book: Workbook, form: Form) -> None:
    sheet: Worksheet = book.create_sheet(LEVELS)
    _heads(sheet, (("level", 40.0), ("what it means", 80.0)))
    rows = [(f"{choice.level} {choice.name}", choice.meaning) for choice in form.levels]
    rows.append(("Can’t say", f"Nobody who filled in the form could judge it (kept as {CANNOT_SAY})."))
    for at, cells in enumerate(rows, start=2):
        for column, text in enumerate(cells, start=1):
            _written(put(sheet, at, column, text), pale=False)


def _heads(sheet: Worksheet, columns: Any) -> None:
    from openpyxl.styles import Alignment, PatternFill
    from openpyxl.utils import get_column_letter

    for number, (name, width) in enumerate(columns, start=1):
        cell = put(sheet, 1, number, name)
        cell.font, cell.fill = font(bold=True, color=PAPER), PatternFill("solid", fgColor=ACCENT)
        cell.alignment = Alignment(vertical="center")
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.row_dimensions[1].height = 24
    sheet.freeze_panes = "A2"
    fit_paper(sheet)


def _written(cell: Any, *, pale: bool) -> None:
    from openpyxl.styles import Alignment

    cell.alignment = Alignment(vertical="top", wrap_text=True, indent=1)
    cell.number_format = "@"  # text: 1.1 stays an id and becomes no number
    cell.font = font(color=_PALE if pale else INK, size=9 if pale else 11)


def _open(cell: Any) -> None:
    """A cell that people fill in: unlocked, pale yellow, framed."""
    from openpyxl.styles import Border, PatternFill, Protection, Side

    line = Side("thin", color=INK)
    cell.protection = Protection(locked=False)
    cell.fill = PatternFill("solid", fgColor=_TO_FILL)
    cell.border = Border(left=line, right=line, top=line, bottom=line)


def _check(sheet: Worksheet, cells: str, title: str, prompt: str, kind: dict[str, Any]) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    check = DataValidation(
        **kind,
        allow_blank=True,
        showInputMessage=True,
        showErrorMessage=True,
        promptTitle=harmless(title),
        prompt=harmless(prompt),
        errorTitle=f"Check: {title}",
        error=f"This can’t stand here. {harmless(prompt)}"[:220],
    )
    check.add(cells)
    sheet.add_data_validation(check)


def _list(codes: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "list", "formula1": f'"{",".join(codes)}"'}


def _pattern(form: Form, cell: str) -> dict[str, Any]:
    from compendium.dictionary import forms

    tests = forms.conditions(form.service_pattern, cell)
    if not tests:  # a pattern that a spreadsheet can't check: at least no name fits
        return {"type": "textLength", "operator": "between", "formula1": "1", "formula2": str(LONGEST_CODE)}
    return {"type": "custom", "formula1": f"AND({','.join(tests)})"}
