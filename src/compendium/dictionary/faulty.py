"""The rows of a file in which something is wrong, as they stand there, for the person who has to mend them."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from compendium.dictionary.schema import Dictionary
from compendium.dictionary.sheet_reader import letter
from compendium.dictionary.workbook import read_sheet
from compendium.errors import Problem

WHOLE_CELLS = 100_000  # a table with more cells is not copied whole
MOST_ROWS = 5_000  # of a table that is not copied whole
AROUND = 1  # rows above and below a faulty one
LONGEST_ROW = 1 << 20  # characters; a file with a longer row has been refused, so it is not copied
Row = tuple[int, list[str]]


@dataclass(frozen=True, repr=False)
class Faulty:
    """A table's rows as text, by the row of the file. `whole`: all of them, so that places agree with the file."""

    header: list[str]
    rows: list[Row]
    whole: bool = True
    left_out: int = 0  # faulty rows for which there was no room

    @cached_property
    def at(self) -> dict[int, int]:
        """Row of the file -> row of the copy."""
        return {number: number if self.whole else index for index, (number, _) in enumerate(self.rows, start=2)}

    def place(self, problem: Problem) -> tuple[int, int] | None:
        """Row and column (from 1) of a problem in this copy; None where it has no place in it."""
        if problem.row is None:
            return None
        row = 1 if problem.row == 1 else self.at.get(problem.row)
        column = self._column(problem.column)
        if row is None or column is None:
            return None
        return row, column + (0 if self.whole else 1)

    def _column(self, name: str) -> int | None:
        if not name:
            return 1
        if name in self.header:
            return self.header.index(name) + 1
        number = name.removeprefix("number ")
        return int(number) if number.isdecimal() and 0 < int(number) <= len(self.header) else None

    def cell(self, problem: Problem) -> str:
        """Where a problem stands in the original, such as C14; empty where that is no single cell."""
        column = self._column(problem.column) if problem.column else None
        return problem.cell or (f"{letter(column)}{problem.row}" if column and problem.row else "")


def faulty_rows(path: Path, dictionary: Dictionary, problems: Sequence[Problem], height: int) -> Faulty:
    """The rows of a table that could be read, all of them when there are few; else those at fault and their neighbours.

    `height`: how many rows the table has.
    """
    wrong = {problem.row for problem in problems if problem.row is not None}
    whole = height * len(dictionary.fields) <= WHOLE_CELLS
    first = sorted(wrong)[: MOST_ROWS if not whole else None]
    wanted = {row + step for row in first for step in range(-AROUND, AROUND + 1)}
    lines = _lines(path, dictionary)
    header = next(lines, (1, []))[1]
    rows = list(lines) if whole else list(_among(lines, wanted))
    return Faulty(header, rows, whole, len(wrong) - len(first))


def _among(lines: Iterable[Row], wanted: set[int]) -> Iterator[Row]:
    last = max(wanted, default=0)
    near = itertools.takewhile(lambda line: line[0] <= last, lines)
    return (line for line in near if line[0] in wanted)


def _lines(path: Path, dictionary: Dictionary) -> Iterator[Row]:
    """Every row with its number, the header first; what can't be shown is replaced."""
    if path.suffix.lower() == ".xlsx":
        sheet = read_sheet(path, dictionary, path.name)
        yield 1, list(sheet.header)
        for number, cells in zip(sheet.numbers, sheet.rows, strict=True):
            yield number, [cell or "" for cell in cells]
        return
    csv.field_size_limit(LONGEST_ROW)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        try:
            yield from enumerate(csv.reader(stream), start=1)
        except csv.Error:
            return
