"""The columns of a published table: which are read, under which names, and which are left out and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from compendium.importers.files import Cells, grid_of
from compendium.importers.reading import Reading, Row, UnreadableError

HEADER_WITHIN = 40  # rows: titles, notes and links stand above the header of an official table


@dataclass(frozen=True)
class Layout:
    """What a table looks like in the files of its publishers and of those who pass them on.

    `columns`: name of a column in this project's code -> the names it is printed under.
    `left_out`: a pattern of printed names -> why these columns are not kept.
    `sheet`: a pattern of the sheet's name when the table comes as a workbook; empty: CSV only.
    `optional`: columns that not every edition has.
    """

    columns: Mapping[str, tuple[str, ...]]
    left_out: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    optional: tuple[str, ...] = ()

    def found(self, header: Sequence[str]) -> dict[str, int]:
        """Where each column stands in a header, as far as it does; of a doubled one the first place."""
        printed = {name: place for place, name in reversed(list(enumerate(header)))}
        places = {name: [printed[one] for one in names if one in printed] for name, names in self.columns.items()}
        return {name: found[0] for name, found in places.items() if found}

    def why_left_out(self, printed: str) -> str:
        """The reason for which a printed column is not kept; empty when it is not known."""
        return next((why for pattern, why in self.left_out.items() if re.fullmatch(pattern, printed)), "")


def layout(
    *columns: str,
    also: Mapping[str, Sequence[str]] | None = None,
    left_out: Mapping[str, str] | None = None,
    sheet: str = "",
    optional: Sequence[str] = (),
) -> Layout:
    """A layout whose columns are printed under their own names or those of `also`."""
    others = also or {}
    names = {name: (name, *others.get(name, ())) for name in (*columns, *optional)}
    return Layout(names, left_out or {}, sheet, tuple(optional))


def plain(cell: str) -> str:
    """A header cell without line breaks, doubled blanks and notes such as `[note 4]`."""
    return " ".join(re.sub(r"\[note \d+\]", " ", cell).split())


def table_of(reading: Reading, path: Path, wanted: Layout) -> tuple[list[Cells], Iterator[Row]]:
    """The rows above the header (title and notes), and those below it.

    The header is the row among the first `HEADER_WITHIN` with most of the wanted columns. Rows without any text are
    passed over. A missing or doubled column stops the reading, a row of another length is an error of its own; a
    column that is neither wanted nor declared as left out is remarked upon.
    """
    grid = grid_of(reading, path, wanted.sheet)
    above: list[tuple[int, Cells]] = []
    stopped: UnreadableError | None = None
    try:
        for number, cells in grid:
            above.append((number, cells))
            if number >= HEADER_WITHIN or len(wanted.found([plain(cell) for cell in cells])) == len(wanted.columns):
                break
    except UnreadableError as error:
        stopped = error
    if stopped or not above:
        raise stopped or reading.stop("The file has no rows.", "Fetch it again from its publisher.")
    scores = [len(wanted.found([plain(cell) for cell in cells])) for _, cells in above]
    place = scores.index(max(scores))
    number, cells = above[place]
    header = [plain(cell) for cell in cells]
    places = _header(reading, header, wanted, number)
    return [row for _, row in above[:place]], _rows(reading, [*above[place + 1 :]], grid, places, len(header))


def rows_of(reading: Reading, path: Path, wanted: Layout) -> Iterator[Row]:
    """The rows below the header of a table, as `table_of`."""
    return table_of(reading, path, wanted)[1]


def _header(reading: Reading, header: Sequence[str], wanted: Layout, row: int) -> dict[str, int]:
    places = wanted.found(header)
    missing = [names for name, names in wanted.columns.items() if name not in (*places, *wanted.optional)]
    doubled = sorted({header[place] for place in places.values() if header.count(header[place]) > 1})
    for column, *others in missing:
        hint = f" It may also be called {' or '.join(others)}." if others else ""
        reading.refuse(
            f"The column is missing.{hint}", row=row, column=column, remedy="Is this file of the named format?"
        )
    for column in doubled:
        reading.refuse("The column stands in the file more than once.", row=row, column=column)
    if missing or doubled:
        raise UnreadableError("columns")
    reading.names = {name: header[place] for name, place in places.items()}
    for column in dict.fromkeys(name for place, name in enumerate(header) if place not in places.values()):
        why = wanted.why_left_out(column)
        if why:
            reading.left_out[column] = why
        elif column:
            reading.remark("This format does not know the column: it was not kept.", row=row, column=column)
    return places


def _rows(
    reading: Reading,
    first: Sequence[tuple[int, Cells]],
    grid: Iterator[tuple[int, Cells]],
    places: Mapping[str, int],
    length: int,
) -> Iterator[Row]:
    def every() -> Iterator[tuple[int, Cells]]:
        yield from first
        yield from grid

    for number, cells in every():
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != length:
            reading.refuse(f"The row has {len(cells)} cells, the header {length}.", row=number)
            continue
        yield Row(number, {name: cells[place].strip() for name, place in places.items()})
