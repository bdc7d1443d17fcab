"""An Excel workbook as rows of text: the sheet of a table, or any sheet as a grid."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from compendium import unzipped
from compendium.dictionary import package
from compendium.dictionary.package import Package, SheetPart
from compendium.dictionary.schema import Dictionary
from compendium.dictionary.sheet_reader import MOST_CELLS, Kind, Shared, SheetReader, TooManyCellsError, letter
from compendium.dictionary.xmlstream import read_part
from compendium.errors import InputRefused, Problem

OURS = ("Read me first", "Columns", "Code lists")  # sheets of a template that hold no rows
MOST_COLUMNS = 500
MOST_PLACES = 4 * MOST_CELLS  # cells and gaps: a million short rows below one wide row are not filled up
MOST_TOLD = 1_000  # formulas, errors and dates that are told one by one
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TOLD: dict[Kind, tuple[str, str]] = {
    "formula": ("A formula stands here.", "Write the value itself."),
    "error": ("An error of Excel stands here.", "Write the value itself."),
    "date": ("Excel has made a date of what was typed.", "Format the column as text, then type it again."),
    "broken": ("Half a character, or a NUL, stands here.", "Type it again."),
}


@dataclass(frozen=True)
class Sheet:
    """The header and the rows of one sheet: cells as text, None where empty. `numbers` says which row each is."""

    header: tuple[str, ...] = ()
    rows: list[list[str | None]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    wide: dict[int, int] = field(default_factory=dict)  # row -> its last cell, where that lies beyond the header
    problems: tuple[Problem, ...] = ()
    file: str = ""  # the file, and the sheet in it

    @property
    def letters(self) -> dict[str, str]:
        """The spreadsheet's letter of each column."""
        return {name: letter(index) for index, name in enumerate(self.header, start=1)}


def read_sheet(path: Path, dictionary: Dictionary, file: str) -> Sheet:
    """The visible sheet called like the table, or the only one that isn't a template's own.

    Nothing is raised for what the file holds: `problems` says it.
    """
    try:
        with _opened(path, file) as (archive, book):
            chosen = _chosen(book, dictionary.name, file)
            reader = _Table(f"{file}, sheet {shown(chosen.name)}", dictionary, _shared(archive, book))
            _read(archive, chosen, reader, reader.file)
            return reader.sheet()
    except InputRefused as refused:
        return Sheet(problems=refused.problems, file=file)


def sheet_names(path: Path, file: str) -> tuple[str, ...]:
    """The names of the sheets that people see. Raises `InputRefused` for what is no workbook, or a dangerous one."""
    with _opened(path, file, live=True) as (_, book):
        return tuple(sheet.name for sheet in book.sheets if sheet.visible)


def grids(path: Path, file: str, wanted: Callable[[str], bool]) -> Iterator[tuple[str, list[list[str]]]]:
    """The visible sheets whose names are wanted: every row from the first on, equally wide, empty cells as empty text.

    Formulas are given as last computed; nothing is followed, fetched or run. Raises `InputRefused` for what can't be
    read.
    """
    with _opened(path, file, live=True) as (archive, book):
        shared = _shared(archive, book)
        for sheet in book.sheets:
            if sheet.visible and wanted(sheet.name):
                reader = _Grid(shared)
                _read(archive, sheet, reader, file)
                yield sheet.name, reader.grid()


def grid(path: Path, name: str, file: str) -> list[tuple[int, list[str]]]:
    """Every row of a sheet that isn't empty, with its number: cells as text, formulas as last computed, equally wide.

    Raises `InputRefused` for what can't be read.
    """
    with _opened(path, file) as (archive, book):
        reader = _Grid(_shared(archive, book))
        _read(archive, next(sheet for sheet in book.sheets if sheet.visible and sheet.name == name), reader, file)
    return [(number, row) for number, row in enumerate(reader.grid(), start=1) if any(row)]


def sheet_with_rows(path: Path, names: Collection[str]) -> str:
    """The first of `names` that a sheet is called, hidden or not, in which something stands below the headings."""
    try:
        with _opened(path, path.name, live=True) as (archive, book):
            for sheet in book.sheets:
                if (name := sheet.name.strip().casefold()) in names:
                    reader = _AnyRow(Shared())
                    _read(archive, sheet, reader, path.name)
                    if reader.done:
                        return name
    except InputRefused:
        return ""
    return ""


def shown(name: str) -> str:
    """A stranger's name of a sheet, without what a screen would carry out."""
    return "".join(sign if sign.isprintable() else "?" for sign in name[:40])


@contextmanager
def _opened(path: Path, file: str, *, live: bool = False) -> Iterator[tuple[zipfile.ZipFile, Package]]:
    """The archive and its list of sheets. Raises `InputRefused` for all that goes wrong with it.

    `live`: take a workbook that also holds links or macros, which are left where they are.
    """
    try:
        with path.open("rb") as stream:
            if stream.read(len(_OLD)) == _OLD:
                raise InputRefused(Problem(file, None, "", *package.LOCKED))
        with unzipped.opened(path) as archive:
            if (refused := package.refusal(archive)) and not (live and refused == package.LIVE):
                raise InputRefused(Problem(file, None, "", *refused))
            yield archive, package.package(archive)
    except unzipped.DAMAGED as error:  # a ValueError too: XML that no spreadsheet program writes
        raise InputRefused(Problem(file, None, "", *package.UNREADABLE)) from error


def _chosen(book: Package, name: str, file: str) -> SheetPart:
    called = [sheet for sheet in book.sheets if sheet.name.strip().casefold() == name.casefold()]
    if hidden := [sheet for sheet in called if not sheet.visible]:
        message = f"The sheet {shown(hidden[0].name)} is hidden."
        remedy = "Show it, so that people see what is read, or delete it."
        raise InputRefused(Problem(file, message=message, remedy=remedy))
    seen = [sheet for sheet in book.sheets if sheet.visible and sheet.name not in OURS]
    chosen = called or seen
    if len(chosen) == 1:
        return chosen[0]
    message = f"The workbook has {len(seen)} visible sheets and none is called {name}."
    if len(called) > 1:
        message = f"Two sheets are called {name}."
    raise InputRefused(Problem(file, message=message, remedy=f"Name the sheet of this table {name}."))


def _shared(archive: zipfile.ZipFile, book: Package) -> Shared:
    texts, styles = package.shared_texts(archive, book.strings), package.date_styles(archive, book.styles)
    return Shared(texts, styles, book.from_1904)


def _read(archive: zipfile.ZipFile, chosen: SheetPart, reader: SheetReader, file: str) -> None:
    try:
        read_part(archive, chosen.part, reader)
    except TooManyCellsError as error:
        message = f"The sheet has more than {MOST_CELLS:,} cells."
        raise InputRefused(Problem(file, message=message, remedy="Save it as CSV UTF-8.")) from error


class _AnyRow(SheetReader):
    """Stops at the first cell below the headings."""

    def end(self, name: str) -> None:
        if name == "c" and self.row > 1 and self._pieces:
            self.done = True
        elif name != "c":
            super().end(name)


class _Grid(SheetReader):
    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self.rows: list[tuple[int, list[str]]] = []
        self.current: list[str] = []
        self.widest = 0

    def cell(self, text: str, kind: Kind) -> None:
        if text and self.column <= MOST_COLUMNS:
            self.current.extend([""] * (self.column - 1 - len(self.current)))
            self.current.append(text)

    def row_ends(self) -> None:
        if self.current:
            self.rows.append((self.row, self.current))
            self.widest = max(self.widest, len(self.current))
            self.current = []
            if self.widest * len(self.rows) > MOST_PLACES:
                raise TooManyCellsError

    def grid(self) -> list[list[str]]:
        empty = [""] * self.widest
        found: list[list[str]] = []
        for number, cells in self.rows:
            found.extend([empty] * (number - 1 - len(found)))
            found.append(cells + [""] * (self.widest - len(cells)))
        return found


class _Table(SheetReader):
    """Row 1 is the header. Formulas, Excel's errors and dates that nobody asked for become problems."""

    def __init__(self, file: str, dictionary: Dictionary, shared: Shared) -> None:
        super().__init__(shared)
        self.file, self.known = file, frozenset(dictionary.names)
        self.dates = frozenset(one.name for one in dictionary.fields if one.type == "date")
        self.header: tuple[str, ...] = ()
        self.rows: list[list[str | None]] = []
        self.numbers: list[int] = []
        self.wide: dict[int, int] = {}
        self.problems: list[Problem] = []
        self.untold = self.hidden_rows = 0
        self.current: list[str | None] = []

    def cell(self, text: str, kind: Kind) -> None:
        if self.row > 1 and self.column > len(self.header):
            self.wide[self.row] = self.column
            return
        if self.column > MOST_COLUMNS:
            self.done = True
            return
        wrong_date = kind == "date" and self.row > 1 and self.header[self.column - 1] in self.known - self.dates
        told = kind in ("formula", "error", "broken") or wrong_date
        if told:
            self._tell(kind)
        self.current.extend([None] * (self.column - 1 - len(self.current)))
        self.current.append(None if told else text)

    def row_ends(self) -> None:
        if self.row == 1:
            while self.current and not (self.current[-1] or "").strip():
                self.current.pop()
            self.header = tuple(text or "" for text in self.current)
        elif self.current or self.row in self.wide:
            if len(self.header) * len(self.rows) > MOST_PLACES:
                raise TooManyCellsError
            self.current.extend([None] * (len(self.header) - len(self.current)))
            self.rows.append(self.current)
            self.numbers.append(self.row)
            self.hidden_rows += self.row_is_hidden
        self.current = []

    def sheet(self) -> Sheet:
        """What was read; nothing but the reason where it is no table."""
        if self.done:
            message, remedy = f"The sheet is wider than {MOST_COLUMNS} columns.", "Keep the table's own columns."
            return Sheet(problems=(Problem(self.file, message=message, remedy=remedy),), file=self.file)
        if self.merged:
            message, remedy = "The sheet has merged cells.", "Unmerge them: a value in each cell."
            return Sheet(problems=(Problem(self.file, message=message, remedy=remedy),), file=self.file)
        if self.rows and not self.header:
            message, remedy = "Row 1 is empty.", f"Its cells name {', '.join(sorted(self.known))}."
            self.problems = [Problem(self.file, 1, message=message, remedy=remedy)]
        if self.untold:
            message = f"{self.untold:,} more cells hold formulas, errors or dates in the wrong place."
            self.problems.append(Problem(self.file, message=message, remedy="Mend those told, then check again."))
        self.problems += self._hidden()
        return Sheet(self.header, self.rows, self.numbers, self.wide, tuple(self.problems), self.file)

    def _hidden(self) -> Iterator[Problem]:
        """A filter that was left on hides rows, and people would be surprised that they were counted."""
        columns = sum(max(0, min(last, len(self.header)) - first + 1) for first, last in self.hidden_columns)
        for found, what in ((self.hidden_rows, "row"), (columns, "column")):
            if found:
                message = f"{found:,} {what}{'s are' if found > 1 else ' is'} hidden."
                remedy = "All were read; show them to see what was read, or delete them."
                yield Problem(self.file, message=message, remedy=remedy, level="warning")

    def _tell(self, kind: Kind) -> None:
        if len(self.problems) >= MOST_TOLD:
            self.untold += 1
            return
        name = self.header[self.column - 1] if self.row > 1 else ""
        column = name if name in self.known else f"number {self.column}"  # a stranger's heading may be a record
        place = f"{letter(self.column)}{self.row}"
        self.problems.append(Problem(self.file, self.row, column, *_TOLD[kind], cell=place))
