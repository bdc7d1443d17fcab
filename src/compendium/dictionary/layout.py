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
_CHUNK = 1 << 23
_QUOTE, _COMMA, _NEWLINE = 34, 44, 10
_MARKS = np.zeros(256, dtype=bool)
_MARKS[[_QUOTE, _COMMA, _NEWLINE]] = True
_CONTROL = np.zeros(256, dtype=bool)
_CONTROL[[*range(9), 11, 12, *range(14, 32), 127]] = True


@dataclass(frozen=True)
class Layout:
    """Where the rows begin and how many cells each has. `widths` has an entry a row, the header first."""

    header: tuple[str, ...]
    body: int  # offset of the first row below the header
    widths: npt.NDArray[np.int32]
    problems: tuple[Problem, ...] = ()
    odd_characters: bool = False  # control or direction characters somewhere: each cell must be looked at


@dataclass
class _Count:
    """What is known so far on a way through the file."""

    quotes: int = 0
    cells: int = 0
    ends: list[npt.NDArray[np.int64]] = field(default_factory=list)
    widths: list[npt.NDArray[np.int64]] = field(default_factory=list)
    misquoted: int = -1  # offset
    opened: int = -1  # offset of the last quotation mark that opens a cell


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
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        return b"", Problem(file, row, message=f"The file isn't UTF-8 {_guess(data)}.", remedy="Save it as CSV UTF-8.")
    if b"\n" not in data and b"\r" in data.strip():
        return b"", Problem(file, message="The lines end in old Mac style.", remedy="Save it as CSV UTF-8.")
    return data.rstrip(b"\r\n"), None


def _guess(data: bytes) -> str:
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return "nor Windows-1252"
    return "but looks like Windows-1252 (cp1252), the plain CSV of Excel"


def survey(data: bytes, file: str) -> Layout:
    """Count the cells of every row of a decoded file, and find what can't be read as a table."""
    array = np.frombuffer(data, dtype=np.uint8)
    count = _Count()
    for start in range(0, len(array), _CHUNK):
        _survey_chunk(array, start, count)
    ends = np.concatenate([*count.ends, np.array([len(array)])])
    widths = np.concatenate([*count.widths, np.array([count.cells + 1])]).astype(np.int32)
    problems = tuple(_structure(array, ends, count, file))
    body = int(ends[0]) + 1
    header = () if problems else tuple(next(csv.reader([data[: ends[0]].decode().rstrip("\r")]), ()))
    odd = any(_CONTROL[array[at : at + _CHUNK]].any() for at in range(0, len(array), _CHUNK))
    odd = odd or any(mark in data for mark in (b"\xe2\x80", b"\xe2\x81", b"\xc2", b"\xef\xbb\xbf"))
    return Layout(header, body, widths, problems, odd)


def _survey_chunk(array: npt.NDArray[np.uint8], start: int, count: _Count) -> None:
    chunk = array[start : start + _CHUNK]
    at = np.flatnonzero(_MARKS[chunk])
    kinds = chunk[at]
    quotes = kinds == _QUOTE
    outside = np.ones(len(at), dtype=bool)
    if quotes.any():
        before = count.quotes + np.cumsum(quotes) - quotes  # how many quotation marks stand before this one
        outside = before % 2 == 0
        _check_quotes(array, at[quotes] + start, outside[quotes], count)
        count.quotes += int(quotes.sum())
    commas = np.cumsum((kinds == _COMMA) & outside)
    newlines = np.flatnonzero((kinds == _NEWLINE) & outside)
    if len(newlines):
        cells = np.diff(commas[newlines], prepend=0)
        cells[0] += count.cells
        count.ends.append(at[newlines] + start)
        count.widths.append(cells + 1)
        count.cells = 0
    count.cells += int(commas[-1] - (commas[newlines[-1]] if len(newlines) else 0)) if len(at) else 0


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
        Problem(
            file, int(row) + 1, message=f"The row is longer than {LARGEST_ROW:,} bytes.", remedy="Shorten its cells."
        )
        for row in np.flatnonzero(lengths > LARGEST_ROW)[:100]
    ]
