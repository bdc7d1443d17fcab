"""A cell of an export becomes a value of a field; what can't is said by column, with its rows, all at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from compendium.dictionary import Dictionary, Field
from compendium.errors import Problem
from compendium.importers.force_export.mapping import Target, as_text
from compendium.importers.force_export.sheet import Export
from compendium.importers.force_export.telling import is_code, near, rows_named

_TIMES = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S")
_ISO = "%Y-%m-%d"  # what a workbook gives for its own dates
_WHOLE = re.compile(r"[0-9]{1,9}(\.0+)?")
FIRST_YEAR, LAST_YEAR = 1900, 2100

Turn = Callable[[str], str | None]  # a cell that is not empty -> a value, None where there is none


def converted(
    export: Export, column: str, target: Target, described: Dictionary, dates: Sequence[str], present: Sequence[bool]
) -> tuple[list[str], list[Problem]]:
    """The value of every row (empty: missing) and what can't be turned, for the rows where the record is `present`."""
    field = described.field(target.field)
    turn = _turn(target, field, dates)
    known: dict[str, str | None] = {"": as_text(target.blank)}
    values, wrong = [], defaultdict(list)
    for row, number, here in zip(export.rows, export.numbers, present, strict=True):
        cell = row[column]
        if cell not in known:
            known[cell] = turn(cell)
        value = known[cell]
        if value is None and here:
            wrong[cell].append(number)
        values.append(value or "")
    return values, _told(wrong, export.file, column, target, field, described, dates)


def _turn(target: Target, field: Field, dates: Sequence[str]) -> Turn:
    if target.codes:
        codes = {_folded(code): as_text(value) for code, value in target.codes.items()}
        return lambda cell: codes.get(_folded(cell))
    if target.bands:
        return lambda cell: _banded(cell, target.bands)
    if field.type == "date":
        return lambda cell: _day(cell, dates)
    if field.type == "integer":
        return lambda cell: str(int(float(cell))) if _WHOLE.fullmatch(cell) else None
    if field.codes:
        same = {_folded(code): code for code in field.codes}
        return lambda cell: same.get(_folded(cell))
    return lambda cell: cell


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _banded(cell: str, bands: Mapping[str, tuple[int, int]]) -> str | None:
    if not _WHOLE.fullmatch(cell):
        return None
    number = int(float(cell))
    return next((band for band, (first, last) in bands.items() if first <= number <= last), None)


def _day(cell: str, dates: Sequence[str]) -> str | None:
    for written in (*dates, _ISO):
        for time in _TIMES:
            try:
                found = datetime.strptime(cell, written + time)
            except ValueError:
                continue
            return found.date().isoformat() if FIRST_YEAR <= found.year <= LAST_YEAR else None
    return None


def _told(
    wrong: Mapping[str, list[int]],
    file: str,
    column: str,
    target: Target,
    field: Field,
    described: Dictionary,
    dates: Sequence[str],
) -> list[Problem]:
    if not wrong:
        return []
    name = f"{described.name}.{field.name}"
    coded = bool(target.codes or (field.codes and not target.bands and field.type == "string"))
    every = sorted(number for rows in wrong.values() for number in rows)
    if not coded:
        what, remedy = _needed(target, field, dates)
        return [Problem(file, every[0], column, f"{rows_named(every)} hold no {what} for {name}.", remedy)]
    remedy = "Add the code to the mapping."
    if field.sensitive or field.area:
        kinds = f"{len(wrong)} text{'' if len(wrong) == 1 else 's'} in {rows_named(every)} without a code of {name}"
        return [Problem(file, every[0], column, f"{kinds}; they are not repeated here.", remedy)]
    known = list(target.codes or field.codes)
    return [
        Problem(
            file,
            rows[0],
            column,
            f"{_spoken(value, len(rows))} in {rows_named(rows)} has no code of {name}.",
            f"Add the code to the mapping; where it stays as it is, {value}: {value}."
            if is_code(value, len(rows)) and value in field.codes
            else remedy + near(value, known),
        )
        for value, rows in sorted(wrong.items(), key=lambda item: item[1])
    ]


def _spoken(value: str, rows: int) -> str:
    return repr(value) if is_code(value, rows) else "A text"


def _needed(target: Target, field: Field, dates: Sequence[str]) -> tuple[str, str]:
    if target.bands:
        return "whole number in a band", "Correct the bands, or the export."
    if field.type == "date":
        return "day", f"Set dates in the mapping; they are {', '.join(dates)}."
    return {"integer": "whole number", "boolean": "true or false"}.get(
        field.type, field.type
    ), "Give codes in the mapping."
