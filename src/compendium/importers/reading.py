"""Reading a published file row by row: what every importer shares.

A published file is text until an importer has looked at each cell. Nothing here repairs a cell silently: a cell that
is not what the format promises becomes a `Problem` with its row and column, and a file with errors gives no rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from compendium.errors import InputRefused, Problem, errors_among

MOST_KEPT = 10_000  # errors after which nothing more is read: millions of wrong rows would fill the memory
MOST_PROBLEMS = 200  # of one file: a file of another format would repeat one thing a thousand times


@dataclass(frozen=True, repr=False)
class Imported:
    """What an importer made of a file: `table` with the project's column names, and every problem found.

    With an error among the problems the table has no rows: half a published table is worse than none. `left_out` are
    the columns (or sheets, or keys) of this file that are not kept, each with the reason.
    """

    table: pd.DataFrame
    problems: list[Problem] = field(default_factory=list)
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def errors(self) -> list[Problem]:
        """The problems for which the file is refused; the others are remarks."""
        return errors_among(self.problems)

    def accepted(self) -> pd.DataFrame:
        """The table, or `InputRefused` with every error."""
        if self.errors:
            raise InputRefused(self.errors)
        return self.table

    def __repr__(self) -> str:
        return f"<Imported: {len(self.table)} rows, {len(self.errors)} errors, {len(self.problems)} problems>"


class UnreadableError(Exception):
    """Stops an importer whose file has no rows to look at; `read` turns it into problems."""


@dataclass(frozen=True)
class Row:
    """One row of a published file: its number as a spreadsheet shows it, and its cells by our names of the columns,
    blanks trimmed."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


@dataclass
class Reading:
    """A file being read: its name, the problems found so far, what its columns are called there, what is left out."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # our name of a column -> the printed one
    left_out: dict[str, str] = field(default_factory=dict)  # printed name -> why

    def refuse(self, message: str, *, row: int | None = None, column: str = "", remedy: str = "") -> None:
        """Note an error. Raises `UnreadableError` when there are too many to go on."""
        self.problems.append(Problem(self.file, row, self.names.get(column, column), message, remedy))
        if len(self.problems) > MOST_KEPT:
            raise UnreadableError("too many errors")

    def remark(self, message: str, *, row: int | None = None, column: str = "", remedy: str = "") -> None:
        """Note something about the file that a reader should know and that is no error."""
        self.problems.append(Problem(self.file, row, self.names.get(column, column), message, remedy, "warning"))

    def stop(self, message: str, remedy: str = "", *, row: int | None = None, column: str = "") -> UnreadableError:
        """Note an error after which nothing more can be read: `raise reading.stop(…)`."""
        self.refuse(message, row=row, column=column, remedy=remedy)
        return UnreadableError(message)

    def whole(self, row: Row, column: str) -> int | None:
        """A whole number that is not negative, written `12`, `12.0` or `12,345`; None (and an error) otherwise."""
        found = self._number(row, column, "a whole number")
        if found is None:
            return None
        if not found.is_integer() or found < 0:  # digits without end give infinity, which is no whole number
            self.refuse(f"{_shown(row[column])} is not a whole number of 0 or more.", row=row.number, column=column)
            return None
        return int(found)

    def decimal(self, row: Row, column: str) -> float | None:
        """A number with or without decimals; None (and an error) otherwise."""
        return self._number(row, column, "a number")

    def between(self, row: Row, column: str, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`; None (and an error) otherwise."""
        found = self.whole(row, column)
        if found is not None and not low <= found <= high:
            self.refuse(f"{found} is not between {low} and {high}.", row=row.number, column=column)
            return None
        return found

    def code(self, row: Row, column: str, pattern: str, what: str) -> str:
        """A code that matches `pattern` whole; an error, and an empty text, otherwise."""
        value = row[column]
        if re.fullmatch(pattern, value):
            return value
        self.refuse(f"{_shown(value)} is not {what}.", row=row.number, column=column)
        return ""

    def _number(self, row: Row, column: str, what: str) -> float | None:
        text = row[column]
        if not re.fullmatch(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?", text):
            shown = f"{_shown(text)} is not {what}." if text else f"The cell is empty; {what} is needed."
            self.refuse(shown, row=row.number, column=column)
            return None
        return float(text.replace(",", ""))


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


def importer(read: Callable[[Reading, Path], pd.DataFrame]) -> Callable[[Path], Imported]:
    """Turn `read(reading, path)` into an importer: path in, `Imported` out, all problems in the order of rows."""

    def run(path: Path) -> Imported:
        reading = Reading(path.name)
        try:
            table = read(reading, path)
        except UnreadableError:
            table = pd.DataFrame()
        if not any(problem.level == "error" for problem in reading.problems) and table.empty:
            reading.refuse("The file has a header and no rows.", remedy="Fetch it again from its publisher.")
        problems = sorted(reading.problems, key=lambda found: (found.row or 0, found.column, found.message))
        if any(problem.level == "error" for problem in problems):
            table = table.iloc[:0]
        return Imported(table, _shortened(reading.file, problems), dict(sorted(reading.left_out.items())))

    run.__doc__ = read.__doc__
    run.__name__ = read.__name__
    return run


def _shortened(file: str, problems: list[Problem]) -> list[Problem]:
    if len(problems) <= MOST_PROBLEMS:
        return problems
    rest = Problem(file, None, "", f"There are {len(problems) - MOST_PROBLEMS} more problems.", "Mend these first.")
    return [*problems[:MOST_PROBLEMS], rest]


def doubled(reading: Reading, table: pd.DataFrame, key: Sequence[str], column: str) -> None:
    """Note as an error of a printed column every combination of `key` that occurs more than once."""
    repeated = table.loc[table.duplicated(list(key)), list(key)].drop_duplicates()
    for values in repeated.itertuples(index=False):
        reading.refuse(f"{', '.join(str(value) for value in values)} stands in the file more than once.", column=column)
