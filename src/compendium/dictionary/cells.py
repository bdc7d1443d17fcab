"""One cell: from text to its type, what makes it dangerous, and how to speak of it without saying it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from compendium.dictionary.schema import Dictionary, Field
from compendium.errors import LISTED, nearest

LONGEST_CELL = 32_767  # characters: what a cell of a spreadsheet can hold
SHOWN = 40

# C0, C1, line and paragraph separators, marks that turn the direction of writing, the byte order mark inside a text
ODD = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\x{2028}\x{2029}\x{202a}-\x{202e}\x{2066}-\x{2069}\x{feff}]"
# a spreadsheet would carry it out: =…, @…, or a sign that no number or telephone number follows
FORMULA = r"^\s*(=|@|[+\-](?s:.)*[A-Za-z|!'\"=])"

_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_FIRST, _LAST = datetime.date.min, datetime.date.max  # what Python's dates, and people's, can say
_WORDS = {
    "integer": ("a whole number", "Write digits only, such as 14."),
    "number": ("a number", "Write digits and a decimal point, such as 0.25."),
    "boolean": ("true or false", "Write true or false."),
    "date": ("a date", "Write year-month-day, such as 2023-04-30."),
    "year": ("a year", "Write four digits, such as 2023."),
    "yearmonth": ("a month", "Write year-month, such as 2023-04."),
    "string": ("a text", ""),
}


def typed(field: Field) -> pl.Expr:
    """The column as its type; null where the text isn't of that type."""
    text = pl.col(field.name)
    if field.type == "boolean":
        true, false = text.is_in(list(field.true_values)), text.is_in(list(field.false_values))
        return pl.when(true).then(True).when(false).then(False).alias(field.name)
    if field.type == "number":
        number = text.cast(pl.Float64, strict=False)
        return pl.when(number.is_finite()).then(number).alias(field.name)
    if field.type == "date":
        return _date(field)
    if field.type == "integer":
        return text.cast(pl.Int64, strict=False)
    return _patterned(field)


def _patterned(field: Field) -> pl.Expr:
    text = pl.col(field.name)
    if field.type == "year":
        return pl.when(text.str.contains("^[0-9]{4}$")).then(text).cast(pl.Int64, strict=False).alias(field.name)
    if field.type == "yearmonth":
        return pl.when(text.str.contains("^[0-9]{4}-(0[1-9]|1[0-2])$")).then(text).alias(field.name)
    return text


def _date(field: Field) -> pl.Expr:
    text = pl.col(field.name)
    if field.format != "default":
        day = text.str.to_date(field.format, strict=False)
    else:
        day = pl.when(text.str.contains(_DATE)).then(text.str.to_date("%Y-%m-%d", strict=False))
    return pl.when(day.is_between(_FIRST, _LAST)).then(day).alias(field.name)


def empty_type(field: Field) -> Any:
    """The polars type of a column."""
    kinds = {"integer": pl.Int64, "year": pl.Int64, "number": pl.Float64, "boolean": pl.Boolean, "date": pl.Date}
    return kinds.get(field.type, pl.String)


def literal(field: Field, value: object) -> Any:
    """A value of the dictionary as the typed column holds it."""
    if field.type == "date" and isinstance(value, str):
        return datetime.date.fromisoformat(value)
    return value


def wanted(field: Field) -> tuple[str, str]:
    """What the type is called, and how to write it."""
    what, how = _WORDS[field.type]
    if field.type == "boolean":
        return what, f"Write {field.true_values[0]} or {field.false_values[0]}."
    if field.type == "date" and field.format != "default":
        return what, f"Write it as {datetime.date(2023, 4, 30).strftime(field.format)}."
    return what, how


def may_be_said(text: str, field: Field, dictionary: Dictionary) -> bool:
    """Whether a cell may be repeated in a message.

    Of a sensitive table only what has the form of a code in a column of codes (an offence code that nobody declared):
    a name or a place that slipped into the column hasn't.
    """
    if not dictionary.hides(field.name):
        return True
    if field.sensitive or field.role != "dimension" or field.area or not (field.codes and field.constraints.pattern):
        return False
    return bool(re.fullmatch(field.constraints.pattern, text))


def spoken(text: str, field: Field, dictionary: Dictionary) -> str:
    """A cell for a message: the value itself where it may be said, else only what kind of text it is."""
    if not may_be_said(text, field, dictionary):
        return f"A text of {len(text)} character{'s' if len(text) != 1 else ''}"
    shown = "".join(letter if letter.isprintable() else "?" for letter in text[:SHOWN])
    return f"'{shown}{'…' if len(text) > SHOWN else ''}'"


def nearest_codes(text: str, field: Field, dictionary: Dictionary, known: Sequence[str]) -> str:
    """The nearest known codes; of a sensitive column or of an area all of them or none: the nearest would betray it."""
    if not dictionary.hides(field.name) or not (field.sensitive or field.role == "person" or field.area):
        return nearest(text, known)
    if len(known) > LISTED:
        return f"It has {len(known)} codes: see the codebook."
    return f"Known: {', '.join(known)}."
