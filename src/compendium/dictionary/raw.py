"""A file becomes a table of text under the dictionary's columns. Hostile until checked; nothing is mended silently."""

from __future__ import annotations

import dataclasses
import difflib
import io
import itertools
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from compendium.dictionary.layout import MOST_ROWS, Even, decoded, even, survey
from compendium.dictionary.schema import Dictionary
from compendium.dictionary.workbook import read_sheet
from compendium.errors import Problem, nearest

LARGEST_FILE = 512 << 20  # bytes
MOST_COLUMNS = 500
LISTED = 10_000  # violations of one kind in one column that are listed one by one


@dataclass(frozen=True, repr=False)
class RawTable:
    """Cells as text (null: missing) of the known columns that the file has, and where each row stands in the file."""

    file: str
    frame: pl.DataFrame
    rows: pl.Series  # row of the spreadsheet, the header is row 1
    problems: tuple[Problem, ...] = ()
    odd_characters: bool = True
    whole: bool = True  # False: rows or columns are missing, so other tables can't be held against it
    letters: Mapping[str, str] = field(default_factory=dict)  # of a workbook: the spreadsheet's letter of each column

    def without_cells(self) -> RawTable:
        """Where its rows and columns stand, and nothing of what is in them."""
        return dataclasses.replace(self, frame=self.frame.clear())

    def placed(self, problem: Problem) -> Problem:
        """The problem with the cell that people see in their spreadsheet."""
        if problem.row is None or problem.cell or problem.column not in self.letters:
            return problem
        return dataclasses.replace(problem, cell=f"{self.letters[problem.column]}{problem.row}")


def read_raw(path: Path, dictionary: Dictionary, file: str = "") -> RawTable:
    """Read CSV or XLSX. Never raises for what a file holds: `problems` says everything that is wrong with its form."""
    file = file or path.name
    refused = _refused(path, dictionary, file)
    if refused:
        return _nothing(file, refused)
    try:
        if path.suffix.lower() == ".xlsx":
            return _from_workbook(path, dictionary, file)
        return _from_csv(path.read_bytes(), dictionary, file)
    except (pl.exceptions.PolarsError, OSError) as error:
        kind = "can't be opened" if isinstance(error, OSError) else "can't be read as a table"
        return _nothing(file, Problem(file, message=f"The file {kind}.", remedy="Export it again as CSV UTF-8."))


def _nothing(file: str, *problems: Problem) -> RawTable:
    return RawTable(file, pl.DataFrame(), pl.Series(dtype=pl.Int64), problems, whole=False)


def _refused(path: Path, dictionary: Dictionary, file: str) -> Problem | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return Problem(file, message="The file isn't there.", remedy=_beside(path))
    if not stat.S_ISREG(found.st_mode):
        return Problem(file, message="This isn't a file.", remedy=f"Name the file of the table {dictionary.name}.")
    if path.suffix.lower() not in (".csv", ".xlsx"):
        return Problem(file, message="Only .csv and .xlsx files are read.", remedy="Save it as CSV UTF-8.")
    if found.st_size > LARGEST_FILE:
        return Problem(file, message=f"The file is larger than {LARGEST_FILE >> 20} MB.", remedy="Split the table.")
    if found.st_size == 0:
        return Problem(file, message="The file is empty.", remedy=f"Its first row names {', '.join(dictionary.names)}.")
    return None


def _beside(path: Path) -> str:
    try:
        names = sorted(found.name for found in path.parent.iterdir() if found.suffix in (".csv", ".xlsx"))
    except (OSError, ValueError):
        names = []
    close = difflib.get_close_matches(path.name, names, n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    return f"Put it there, or correct its name in locality.yml.{hint}"


def _from_csv(data: bytes, dictionary: Dictionary, file: str) -> RawTable:
    data, refused = decoded(data, file)
    if refused:
        return _nothing(file, refused)
    if not data.strip():
        remedy = f"Its first row names {', '.join(dictionary.names)}."
        return _nothing(file, Problem(file, message="The file is empty.", remedy=remedy))
    if data.endswith((b"\n\n", b"\r\n\r\n")):  # line ends behind the last row are no rows; millions take gigabytes
        data = data.rstrip(b"\r\n") + b"\n"
    plain = even(data, MOST_ROWS)
    frame = _parse_even(data, plain) if plain and not _unfit(plain.header, file) else None
    if plain is None or frame is None:
        return _from_surveyed(data, dictionary, file)
    keep, odd = pl.repeat(True, frame.height, eager=True), plain.odd_characters
    return _named(frame, plain.header, keep, dictionary, file=file, problems=[], odd=odd, quoted=False)


def _from_surveyed(data: bytes, dictionary: Dictionary, file: str) -> RawTable:
    layout = survey(data, file, MOST_ROWS)
    if layout.problems:
        return _nothing(file, *layout.problems)
    if unfit := _unfit(layout.header, file):
        return _nothing(file, unfit)
    frame = _parse(data, layout.body, len(layout.header)).head(len(layout.widths) - 1)
    ragged = np.flatnonzero(layout.widths != len(layout.header))
    problems = [_ragged(file, int(row), int(layout.widths[row]), len(layout.header)) for row in ragged[:LISTED]]
    problems += not_listed(file, len(ragged), "of another width than the header")
    keep = pl.Series(layout.widths[1:] == len(layout.header))
    return _named(frame, layout.header, keep, dictionary, file=file, problems=problems, odd=layout.odd_characters)


def _unfit(header: Sequence[str], file: str) -> Problem | None:
    """Why these can't be the columns of a table."""
    if foreign := _foreign_separator(header, file):
        return foreign
    if len(header) <= MOST_COLUMNS:
        return None
    message = f"The table is wider than {MOST_COLUMNS} columns."
    return Problem(file, 1, message=message, remedy="Keep its own columns.")


def _parse_even(data: bytes, plain: Even) -> pl.DataFrame | None:
    """The rows below the header as text; None when one of them is wider than the header."""
    schema = {str(index): pl.String() for index in range(len(plain.header))}
    if not plain.rows:
        return pl.DataFrame(schema=schema)
    try:
        frame = pl.read_csv(data, schema=schema, has_header=False, skip_lines=1, quote_char=None)
    except pl.exceptions.PolarsError:
        return None
    return frame.head(plain.rows)


def _parse(data: bytes, body: int, width: int) -> pl.DataFrame:
    """The rows below the header as text. A header of our own says how wide they are, whatever the first row holds."""
    schema = {str(index): pl.String() for index in range(width)}
    if body >= len(data):
        return pl.DataFrame(schema=schema)
    table = b"".join((",".join(schema).encode(), b"\n", memoryview(data)[body:]))
    return pl.read_csv(io.BytesIO(table), schema=schema, truncate_ragged_lines=True)


def _ragged(file: str, index: int, cells: int, wanted: int) -> Problem:
    if cells == 1:
        return Problem(file, index + 1, message="The row is empty or has one cell.", remedy="Delete or complete it.")
    remedy = "Fill up or remove cells; a comma inside a cell needs quotation marks around the cell."
    return Problem(file, index + 1, message=f"The row has {cells} cells, the header {wanted}.", remedy=remedy)


def _foreign_separator(header: Sequence[str], file: str) -> Problem | None:
    only = header[0] if len(header) == 1 else ""
    for sign, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if sign in only:
            return Problem(file, 1, message=f"The cells are separated by {name}.", remedy="Save it with commas.")
    return None


def _from_workbook(path: Path, dictionary: Dictionary, file: str) -> RawTable:
    sheet = read_sheet(path, dictionary, file)
    file = sheet.file
    if not sheet.header:
        empty = Problem(
            file, message="The sheet is empty.", remedy=f"Its first row names {', '.join(dictionary.names)}."
        )
        return _nothing(file, *(sheet.problems or (empty,)))
    width, numbers = len(sheet.header), pl.Series("row", sheet.numbers, dtype=pl.Int64)
    problems = [*sheet.problems, *(_ragged(file, row - 1, cells, width) for row, cells in sheet.wide.items())]
    gaps = (sheet.numbers[-1] - 1 if sheet.numbers else 0) - len(sheet.numbers)  # empty rows above the last one
    problems += [_empty(file, row) for row in _between(sheet.numbers)]
    problems += not_listed(file, gaps, "empty")
    columns = {str(at): [row[at] for row in sheet.rows] for at in range(width)}
    frame = pl.DataFrame(columns, schema={name: pl.String() for name in columns})
    keep = ~numbers.is_in(list(sheet.wide)) if sheet.wide else pl.repeat(True, len(numbers), eager=True)
    raw = _named(frame, sheet.header, keep, dictionary, file=file, problems=problems, odd=True, rows=numbers)
    return dataclasses.replace(raw, letters=sheet.letters)


def _between(numbers: Sequence[int]) -> Iterator[int]:
    """Empty rows above the last one, as many as are listed."""
    gaps = (row for before, after in itertools.pairwise([1, *numbers]) for row in range(before + 1, after))
    return itertools.islice(gaps, LISTED)


def not_listed(
    file: str, found: int, what: str, column: str = "", level: Literal["error", "warning"] = "error"
) -> list[Problem]:
    """Of more than `LISTED` problems of one kind, one that says how many are left; else none."""
    if found <= LISTED:
        return []
    message = f"{found - LISTED:,} more rows are {what}."
    remedy = "Mend those listed, then check again."
    return [Problem(file, None, column, message, remedy, level, times=found - LISTED)]


def _empty(file: str, row: int) -> Problem:
    return Problem(file, row, message="The row is empty.", remedy="Delete it.")


def _named(
    frame: pl.DataFrame,
    header: Sequence[str],
    keep: pl.Series,
    dictionary: Dictionary,
    *,
    file: str,
    problems: list[Problem],
    odd: bool,
    rows: pl.Series | None = None,
    quoted: bool = True,
) -> RawTable:
    """Give the columns their names, leave out rows that can't be placed, turn missing values into nulls."""
    problems += _header(header, dictionary, file)
    at = {name: str(header.index(name)) for name in dictionary.names if name in header}
    # a quoted empty cell arrives as text, an unquoted one as null: both are missing
    missing = [one for one in dictionary.missing_values if one or quoted]
    every = {name: pl.col(at[name]).alias(name) for name in at}
    cells = [pl.when(~one.is_in(missing)).then(one) if missing else one for one in every.values()]
    rows = pl.Series("row", np.arange(2, frame.height + 2)) if rows is None else rows
    frame = frame.select(cells)
    if frame.width > 1:
        empty = frame.select(pl.all_horizontal(pl.all().is_null())).to_series() & keep
        found = rows.filter(empty)
        problems += [_empty(file, row) for row in found.head(LISTED)]
        problems += not_listed(file, len(found), "empty")
        keep = keep & ~empty
    whole = not any(problem.level == "error" for problem in problems)
    if not keep.all():
        frame, rows = frame.filter(keep), rows.filter(keep)
    return RawTable(file, frame, rows, tuple(problems), odd, whole)


def _header(header: Sequence[str], dictionary: Dictionary, file: str) -> Iterator[Problem]:
    known = dictionary.names
    if not set(known) & set(header) and dictionary.sensitive:  # the first row may hold a person: it isn't repeated
        remedy = f"Its first row must name {', '.join(known)}."
        yield Problem(file, 1, message="The first row names no column of this table.", remedy=remedy)
        return
    for name in known:
        if name not in header:
            yield Problem(file, 1, name, "The column is missing.", "Add it, even when its cells are empty.")
    seen: set[str] = set()
    for index, name in enumerate(header):
        if not name.strip():
            yield Problem(file, 1, f"number {index + 1}", "The column has no name.", "Name or delete it.")
        elif name in seen:
            yield Problem(file, 1, _safe(name), "The column stands twice.", "Keep one of them.")
        elif name not in known:
            yield Problem(file, 1, _safe(name), "Nobody declared this column.", nearest(name.strip(), known))
        seen.add(name)


def _safe(name: str) -> str:
    """A stranger's column name, short and without control characters."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in name)
    return shown if len(shown) <= 40 else f"{shown[:39]}…"
