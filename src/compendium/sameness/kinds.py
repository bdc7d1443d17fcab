"""Which places of two different files differ, by what kind of file they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import PurePath

from compendium import jsonfile
from compendium.sameness import packed, pictures, prints, tables, texts
from compendium.sameness.difference import Difference

Places = Callable[[bytes, bytes], Iterator[Difference]]
LARGEST = 16 << 20  # bytes of a table or a text that is looked into whole; of a larger one the first byte is told
_BOUND_THEMSELVES = (".pdf", ".png")


def places(name: str, one: bytes, other: bytes) -> Iterator[Difference]:
    """Where two files of one name differ: at least one place, the nearest that can be told for this kind."""
    told = False
    for found in _by_kind(name, one, other):
        told = True
        yield found
    if not told:
        yield _byte(one, other)


def numbered(name: str, one: bytes, other: bytes) -> Iterator[Difference]:
    """The same in numbers alone, where nothing may be repeated: row and column of a table, else line and byte."""
    told = False
    if PurePath(name).suffix.lower() == ".csv":
        for row, (first, second) in enumerate(zip(_rows(one), _rows(other), strict=False), start=1):
            for column, (cell, same) in enumerate(zip_longest(first, second), start=1):
                if cell != same:
                    told = True
                    yield Difference(f"row {row}, column {column}")
    if not told:
        at = _apart(one, other)
        yield Difference(f"line {one[:at].count(10) + 1:,}, {_byte(one, other).place}")


def _rows(data: bytes) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.TextIOWrapper(io.BytesIO(data), "utf-8", "replace", newline=""))
    except csv.Error:
        return


def _by_kind(name: str, one: bytes, other: bytes) -> Iterator[Difference]:
    suffix = PurePath(name).suffix.lower()
    if one[:4] == b"PK\x03\x04" == other[:4]:
        yield from packed.of_archives(one, other, places)
        return
    if suffix not in _BOUND_THEMSELVES and max(len(one), len(other)) > LARGEST:
        return
    try:
        if suffix in _BY_SUFFIX:
            yield from _BY_SUFFIX[suffix](one, other)
        else:
            yield from texts.of_lines(one.decode("utf-8"), other.decode("utf-8"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError, SyntaxError, csv.Error):
        return  # cut short, or not what its name says (a picture: SyntaxError): told by its bytes


def _csv(one: bytes, other: bytes) -> Iterator[Difference]:
    return tables.of_csv(one.decode("utf-8-sig"), other.decode("utf-8-sig"))


def _json(one: bytes, other: bytes) -> Iterator[Difference]:
    return tables.of_values(jsonfile.of_stranger(one), jsonfile.of_stranger(other))


def _notebook(one: bytes, other: bytes) -> Iterator[Difference]:
    return texts.of_notebooks(jsonfile.of_stranger(one), jsonfile.of_stranger(other))


def _markup(one: bytes, other: bytes) -> Iterator[Difference]:
    return texts.of_markup(one.decode("utf-8"), other.decode("utf-8"))


_BY_SUFFIX: dict[str, Places] = {
    ".csv": _csv,
    ".json": _json,
    ".ipynb": _notebook,
    ".html": _markup,
    ".svg": _markup,
    ".xml": _markup,
    ".png": pictures.of_png,
    ".pdf": prints.of_pdf,
}


def _byte(one: bytes, other: bytes) -> Difference:
    at = _apart(one, other)
    sizes = "" if len(one) == len(other) else f"; {len(one):,} and {len(other):,} bytes"
    return Difference(f"byte {at:,}{sizes}", one[at : at + 8].hex(" "), other[at : at + 8].hex(" "))


def _apart(one: bytes, other: bytes) -> int:
    """The first byte in which they differ."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
