"""The structure of a CSV file before anyone believes it: encoding, quotes, how many cells each row has.

Everything is counted on bytes, in chunks, so that a file of a hundred megabytes takes tenths of a second.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from compendium.errors import Problem

LARGEST_ROW = 1 << 20  # bytes
MOST_ROWS = 5_000_000
_TOO_LONG = f"The row is longer than {LARGEST_ROW:,} bytes."
_CHUNK = 1 << 18  # bytes: what is made from a chunk stays in the processor's cache
_QUOTE, _COMMA, _NEWLINE, _BLANK = 34, 44, 10, 32
_ODD_BYTES = (b"\x7f", b"\xe2\x80", b"\xe2\x81", b"\xc2", b"\xef\xbb\xbf")  # where an odd character may be


@dataclass(frozen=True)
class Layout:
    """Where the rows begin and how many cells each has. `widths` has an entry a row, the header first."""

    header: tuple[str, ...]
    body: int  # offset of the first row below the header
    widths: npt.NDArray[np.int32]
    problems: tuple[Problem, ...] = ()
    odd_characters: bool = False  # control or direction characters somewhere: each cell must be looked at


@dataclass(frozen=True)
class Even:
    """A file without quotation marks whose commas are as many as equally wide rows have."""

    header: tuple[str, ...]
    rows: int  # below the header
    odd_characters: bool


@dataclass
class _Count:
    """What is known so far on a way through the file."""

    quotes: int = 0
    cells: int = 0
    ends: list[npt.NDArray[np.int64]] = field(default_factory=list)
    widths: list[npt.NDArray[np.int64]] = field(default_factory=list)
    misquoted: int = -1  # offset
    opened: int = -1  # offset of the last quotation mark that opens a cell
    rows: int = 0
    last_end: int = -1  # offset of the last line end outside a cell


def decoded(data: bytes, file: str) -> tuple[bytes, Problem | None]:
    """The bytes of a UTF-8 file without its mark, or the reason why it isn't one."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (b"\x00" in data[:200] and data[:200].count(b"\x00") > 20):
        return b"", Problem(file, message="The file is UTF-16, not UTF-8.", remedy="Save it as CSV UTF-8.")
    if data.startswith(b"PK\x03\x04"):
        return b"", Problem(file, message="This is a workbook or archive, not a CSV file.", remedy="Name it .xlsx.")
    data = data.removeprefix(b"\xef\xbb\xbf")
    if (at := data.find(b"\x00")) >= 0:
        row = data.count(b"\n", 0, at) + 1
        return b"", Problem(file, row, message="A NUL byte: this isn't a text file.", remedy="Export it again as CSV.")
    try:
        if not data.isascii():
            data.decode("utf-8")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        return b"", Problem(file, row, message=f"The file isn't UTF-8 {_guess(data)}.", remedy="Save it as CSV UTF-8.")
    if b"\n" not in data and b"\r" in data.strip():
        return b"", Problem(file, message="The lines end in old Mac style.", remedy="Save it as CSV UTF-8.")
    return data, None


def _guess(data: bytes) -> str:
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return "nor Windows-1252"
    return "but looks like Windows-1252 (cp1252), the plain CSV of Excel"


def even(data: bytes, most_rows: int = MOST_ROWS) -> Even | None:
    """What needs no survey, or None. Where no row is wider than the header, as whoever reads the cells finds out, none
    is narrower either: their commas add up. Counted in a third of the time in which each row's are.
    """
    header = data[: data.find(b"\n") + 1].rstrip(b"\r\n")
    if not header or b'"' in data:
        return None
    array = np.frombuffer(data, dtype=np.uint8)[: _end(data)]
    newlines = commas = controls = 0
    for start in range(0, len(array), _CHUNK):
        chunk = array[start : start + _CHUNK]
        ends = int(np.count_nonzero(chunk == _NEWLINE))
        if not ends and len(chunk) == _CHUNK:
            return None  # a row of such a length is told with its number
        newlines += ends
        commas += int(np.count_nonzero(chunk == _COMMA))
        controls += int(np.count_nonzero(chunk < _BLANK))
    names = tuple(header.decode().split(","))
    if newlines > most_rows or commas != (newlines + 1) * (len(names) - 1):
        return None
    odd = controls != newlines + data.count(b"\t") + data.count(b"\r", 0, len(array))
    return Even(names, newlines, odd or _marked(data))


def survey(data: bytes, file: str, most_rows: int = MOST_ROWS) -> Layout:
    """Count the cells of every row of a decoded file, and find what can't be read as a table.

    Stops at once where a row has no end, or where there are more than `most_rows`.
    """
    array = np.frombuffer(data, dtype=np.uint8)[: _end(data)]
    count = _Count()
    for start in range(0, len(array), _CHUNK):
        _survey_chunk(array, start, count)
        if problem := _endless(min(start + _CHUNK, len(array)), count, file, most_rows):
            return Layout((), 0, np.zeros(0, dtype=np.int32), (problem,))
    ends = np.concatenate([*count.ends, np.array([len(array)])])
    widths = np.concatenate([*count.widths, np.array([count.cells + 1])]).astype(np.int32)
    problems = tuple(_structure(array, ends, count, file))
    body = int(ends[0]) + 1
    header = () if problems else tuple(next(csv.reader([data[: ends[0]].decode().rstrip("\r")]), ()))
    return Layout(header, body, widths, problems, _controls(array) or _marked(data))


def _endless(read: int, count: _Count, file: str, most_rows: int) -> Problem | None:
    """Why reading on would lead nowhere: a file of line ends, or a row that goes on and on."""
    if count.rows > most_rows:
        return Problem(file, message=f"The table has more than {most_rows:,} rows.", remedy="Split it.")
    if read - count.last_end <= LARGEST_ROW + _CHUNK:
        return None
    remedy = "Shorten its cells, or close the quotation mark that one of them opens."
    return Problem(file, count.rows + 1, message=_TOO_LONG, remedy=remedy)


def _end(data: bytes) -> int:
    """Where the last row ends: line ends behind it are no rows."""
    tail = data[-4096:]
    kept = len(tail.rstrip(b"\r\n"))
    return len(data) - len(tail) + kept if kept else len(data.rstrip(b"\r\n"))


def _marked(data: bytes) -> bool:
    """Whether a byte stands anywhere with which an odd character beyond the control characters may begin."""
    return any(mark in data for mark in (_ODD_BYTES if not data.isascii() else _ODD_BYTES[:1]))


def _controls(array: npt.NDArray[np.uint8]) -> bool:
    """Whether any byte below 32 is neither a tab nor a line end."""
    chunks = (array[at : at + _CHUNK] for at in range(0, len(array), _CHUNK))
    return any(((chunk < 32) & (chunk != 9) & (chunk != _NEWLINE) & (chunk != 13)).any() for chunk in chunks)


def _survey_chunk(array: npt.NDArray[np.uint8], start: int, count: _Count) -> None:
    chunk = array[start : start + _CHUNK]
    quotes = chunk == _QUOTE
    quoted = bool(quotes.any())
    marks = (chunk == _COMMA) | (chunk == _NEWLINE)
    at = np.flatnonzero(marks | quotes if quoted else marks)
    kinds = chunk[at]
    if quoted:
        quotes = kinds == _QUOTE
        before = count.quotes + np.cumsum(quotes) - quotes  # how many quotation marks stand before this one
        outside = before % 2 == 0
        _check_quotes(array, at[quotes] + start, outside[quotes], count)
        count.quotes += int(quotes.sum())
        at, kinds = at[outside & ~quotes], kinds[outside & ~quotes]
    elif count.quotes % 2:
        return  # the whole chunk lies inside a cell
    newlines = np.flatnonzero(kinds == _NEWLINE)  # all other marks that are left are commas
    if len(newlines):
        widths = np.diff(newlines, prepend=-1)
        widths[0] += count.cells
        count.ends.append(at[newlines] + start)
        count.rows += len(newlines)
        count.last_end = int(count.ends[-1][-1])
        count.widths.append(widths)
        count.cells = 0
    count.cells += len(at) - (int(newlines[-1]) + 1 if len(newlines) else 0)


def _check_quotes(
    array: npt.NDArray[np.uint8], at: npt.NDArray[np.int64], opening: npt.NDArray[np.bool_], count: _Count
) -> None:
    """A quotation mark opens right after a comma or line end and closes right before one; inside it is doubled."""
    before = np.where(at > 0, array[np.maximum(at - 1, 0)], _NEWLINE)
    after = np.where(at < len(array) - 1, array[np.minimum(at + 1, len(array) - 1)], _NEWLINE)
    good = np.where(
        opening, np.isin(before, (_COMMA, _NEWLINE, _QUOTE)), np.isin(after, (_COMMA, _NEWLINE, 13, _QUOTE))
    )
    if not good.all() and count.misquoted < 0:
        count.misquoted = int(at[~good][0])
    if opening.any():
        count.opened = int(at[opening][-1])


def _structure(array: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64], count: _Count, file: str) -> list[Problem]:
    """What makes every later cell doubtful: loose quotation marks and enormous rows."""
    at = count.misquoted if count.misquoted >= 0 else (count.opened if count.quotes % 2 else -1)
    if at >= 0:
        row = int(np.searchsorted(ends, at)) + 1
        what = "stands inside a cell" if count.misquoted >= 0 else "opens a cell and nothing closes it"
        remedy = 'Put the cell in quotation marks and double those inside: "a ""b""".'
        return [Problem(file, row, message=f"A quotation mark {what}.", remedy=remedy)]
    lengths = np.diff(ends, prepend=-1)
    return [
        Problem(file, int(row) + 1, message=_TOO_LONG, remedy="Shorten its cells.")
        for row in np.flatnonzero(lengths > LARGEST_ROW)[:100]
    ]
