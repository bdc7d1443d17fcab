"""The cells of one sheet, one after the other, each as the text that a CSV of the sheet would hold."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from typing import Literal

from compendium.dictionary.package import LONGEST_CELL, unescaped
from compendium.dictionary.xmlstream import Attributes, Reader, UnsafeXmlError

MOST_CELLS = 2_000_000
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of Excel
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")

Kind = Literal["text", "number", "date", "formula", "error", "broken"]


class TooManyCellsError(ValueError):
    """The sheet holds more cells than are read from a workbook."""


@dataclass(frozen=True)
class Shared:
    """What the cells of a workbook refer to."""

    texts: list[str] = field(default_factory=list)
    date_styles: frozenset[int] = frozenset()
    from_1904: bool = False


class SheetReader(Reader):
    """Override `cell` and `row_ends`; `row` and `column` (from 1) say where the reading is."""

    def __init__(self, shared: Shared) -> None:
        self.shared = shared
        self.epoch = datetime.datetime(1904, 1, 1) if shared.from_1904 else datetime.datetime(1899, 12, 30)
        self.cells = self.row = self.column = 0
        self.merged = self.row_is_hidden = False
        self.hidden_columns: list[tuple[int, int]] = []  # first and last
        self._aid = self._formula = self._taking = False
        self._kind = self._style = ""
        self._pieces: list[str] = []
        self._length = 0

    def cell(self, text: str, kind: Kind) -> None:
        """A cell that isn't empty; of a formula, its last result."""

    def row_ends(self) -> None:
        """After the last cell of a row."""

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name in ("v", "t"):
            self._taking = not self._aid
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._begin_row(attributes)
        elif name == "rPh":
            self._aid = True
        elif name == "mergeCell":
            self.merged = True
        elif name == "col" and _is_hidden(attributes) and len(self.hidden_columns) < LAST_COLUMN:
            ends = attributes.get("min", ""), attributes.get("max", "")
            self.hidden_columns += [(int(ends[0]), int(ends[1]))] if all(end.isdecimal() for end in ends) else []

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._taking = False
        elif name == "c":
            if self._pieces or self._formula:
                self.cell(*self._value("".join(self._pieces)))
        elif name == "row":
            self.row_ends()
        elif name == "rPh":
            self._aid = False

    def text(self, text: str) -> None:
        if self._taking and self._length < LONGEST_CELL:
            self._pieces.append(text[: LONGEST_CELL - self._length])
            self._length += len(text)

    def _begin_row(self, attributes: Attributes) -> None:
        number = attributes.get("r", str(self.row + 1))
        if not number.isdecimal() or not self.row < int(number[:9]) <= LAST_ROW:
            raise UnsafeXmlError("rows in no order")
        self.row, self.column, self.row_is_hidden = int(number), 0, _is_hidden(attributes)

    def _begin_cell(self, attributes: Attributes) -> None:
        self.cells += 1
        if self.cells > MOST_CELLS:
            raise TooManyCellsError
        column = self.column + 1
        if written := attributes.get("r"):
            place = _PLACE.fullmatch(written)
            if not place or int(place[2]) != self.row:
                raise UnsafeXmlError("a cell outside its row")
            column = _number_of(place[1])
        if not self.column < column <= LAST_COLUMN:
            raise UnsafeXmlError("cells in no order")
        self.column, self._kind, self._style = column, attributes.get("t", "n"), attributes.get("s", "")
        self._pieces, self._length, self._formula = [], 0, False

    def _value(self, raw: str) -> tuple[str, Kind]:
        text, kind = self._plain(raw)
        return text, "formula" if self._formula else kind

    def _plain(self, raw: str) -> tuple[str, Kind]:
        if self._kind == "e":
            return raw, "error"
        if self._kind == "s":
            if not raw.isdecimal() or int(raw) >= len(self.shared.texts):
                raise UnsafeXmlError("a text that isn't there")
            return _sound(self.shared.texts[int(raw)])
        if self._kind == "b":
            return {"1": "true", "0": "false"}.get(raw, raw), "text"
        if self._kind == "d":
            return raw.removesuffix("Z").removesuffix(".000").removesuffix("T00:00:00").replace("T", " "), "date"
        if self._kind == "n" and _NUMBER.fullmatch(raw.strip()):
            return self._number(float(raw))
        return _sound(unescaped(raw))

    def _number(self, value: float) -> tuple[str, Kind]:
        if self._style.isdecimal() and int(self._style) in self.shared.date_styles:
            return _day(value, self.epoch), "date"
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value), "number"


def _is_hidden(attributes: Attributes) -> bool:
    return attributes.get("hidden", "0") in ("1", "true")


def letter(column: int) -> str:
    """1 -> A, 27 -> AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _number_of(letters: str) -> int:
    number = 0
    for sign in letters:
        number = number * 26 + ord(sign) - 64
    return number


def _sound(text: str) -> tuple[str, Kind]:
    """Half a character (a lone surrogate) and NUL can't be kept in a table of text."""
    broken = "\x00" in text or (not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text))
    return ("", "broken") if broken else (text, "text")


def _day(value: float, epoch: datetime.datetime) -> str:
    """A day as a spreadsheet counts it; Excel counts a 29 February 1900 that never was."""
    if epoch.year == 1899 and 0 < value < 60:
        value += 1
    try:
        moment = epoch + datetime.timedelta(days=value, milliseconds=500)
    except (OverflowError, ValueError):
        return repr(value)
    moment = moment.replace(microsecond=0)
    return moment.date().isoformat() if moment.time() == datetime.time() else moment.isoformat(" ")
