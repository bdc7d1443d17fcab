"""Bring two changes of one file together, line by line or, in a notebook, cell by cell.

`merge3` (the algorithm of diff3; Khanna, Kunal & Pierce 2007) does it. What comes out must still be a file of its kind:
lines that fit can make a table with a row too short, or a key that stands twice.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from merge3 import Merge3

from compendium.errors import CompendiumError
from compendium.yamlfile import parse_yaml

LARGEST = 5_000_000  # bytes; comparing the lines of more takes too long, and nobody writes so many by hand
CSV_FIELD = 10_000_000  # characters; Python's own limit is an error of another kind


@dataclass(frozen=True)
class Merged:
    """The file with what fits brought in. Not `clean`: both changed the same place, and both stand there, marked."""

    content: bytes
    clean: bool


@dataclass(frozen=True)
class Labels:
    """How a conflict names the three: the team's, what it was made from, the newer version."""

    mine: str
    before: str
    new: str


def merge(name: str, before: bytes, mine: bytes, new: bytes, labels: Labels) -> Merged | None:
    """`mine` and `new`, both made from `before`. None where nothing can be merged: no text, too much of it, or a
    broken notebook."""
    if max(map(len, (before, mine, new))) > LARGEST:
        return None
    try:
        texts = [data.decode("utf-8") for data in (before, mine, new)]
    except UnicodeDecodeError:
        return None
    if name.endswith(".ipynb"):
        return _notebooks(texts, labels)
    if any("\0" in text for text in texts):
        return None
    of_windows = "\r\n" in texts[1]
    lines = [text.replace("\r\n", "\n").splitlines(keepends=True) for text in texts]
    merged, clean = _merged(lines, labels)
    text = "".join(merged)
    if clean and not _still_good(name, text, texts[1]):
        marks = Labels(f"{labels.mine}: together with the other one this is no longer valid", labels.before, labels.new)
        text, clean = "".join(_both(lines[1], lines[0], lines[2], marks)), False
    return Merged((text.replace("\n", "\r\n") if of_windows else text).encode("utf-8"), clean)


def _merged(three: Sequence[Sequence[str]], labels: Labels) -> tuple[list[str], bool]:
    """Lines of both; where both changed the same ones, both between marks."""
    out, clean = list[str](), True
    for agreed, before, mine, new in _regions(three):
        out += agreed if agreed is not None else _both(mine, before, new, labels)
        clean = clean and agreed is not None
    return out, clean


def _regions(three: Sequence[Sequence[str]]) -> Iterator[tuple[list[str] | None, list[str], list[str], list[str]]]:
    """One after the other: what all agree on once each one's changes are taken, or None and the three that differ."""
    before, mine, new = map(list, three)
    sources = {"unchanged": before, "same": mine, "a": mine, "b": new}
    regions: Iterable[tuple[Any, ...]] = Merge3(before, mine, new).merge_regions()
    for kind, *at in regions:
        if kind == "conflict":
            yield None, before[at[0] : at[1]], mine[at[2] : at[3]], new[at[4] : at[5]]
        else:
            yield sources[kind][at[0] : at[1]], [], [], []


def _both(mine: Sequence[str], before: Sequence[str], new: Sequence[str], labels: Labels) -> list[str]:
    parts = ((f"<<<<<<< {labels.mine}", mine), (f"||||||| {labels.before}", before), ("=======", new))
    lines = [line for mark, part in parts for line in (f"{mark}\n", *map(_ended, part))]
    return [*lines, f">>>>>>> {labels.new}\n"]


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n"


def _still_good(name: str, text: str, mine: str) -> bool:
    """Whether a file can still be read as what it is; one that could not be before is nobody's fault."""
    kind = name.rpartition(".")[2]
    return _reads(kind, text) or not _reads(kind, mine)


def _reads(kind: str, text: str) -> bool:
    try:
        if kind in ("yml", "yaml"):
            parse_yaml(text, "")
        elif kind == "json":
            json.loads(text)
        elif kind == "csv":
            csv.field_size_limit(CSV_FIELD)
            return len({len(row) for row in csv.reader(io.StringIO(text)) if row}) <= 1
    except (CompendiumError, ValueError, RecursionError, csv.Error):
        return False
    return True


def _notebooks(texts: Sequence[str], labels: Labels) -> Merged | None:
    """Cells are compared by what they say: their ids are numbers of places, and change with every cell before them."""
    try:
        books = [json.loads(text) for text in texts]
        said = [[_said(cell) for cell in book["cells"]] for book in books]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    cells, clean = list[str](), True
    for agreed, *three in _regions(said):
        found, fits = (agreed, True) if agreed is not None else _cells(three[0], three[1], three[2], labels)
        cells += found
        clean = clean and fits
    ids = {
        text: str(cell.get("id", ""))
        for book, texts in zip(books, said, strict=True)
        for cell, text in zip(book["cells"], texts, strict=True)
    }
    before, mine, new = ({key: value for key, value in book.items() if key != "cells"} for book in books)
    rest = new if mine == before else mine
    clean = clean and new in (rest, before)
    made = {"cells": _numbered([json.loads(text) for text in cells], [ids.get(text, "") for text in cells]), **rest}
    return Merged((json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode("utf-8"), clean)


def _said(cell: dict[str, Any]) -> str:
    """A cell without its id and what a run left in it, its source as one text."""
    source = cell["source"]
    said = {**cell, "source": source if isinstance(source, str) else "".join(source)}
    said.pop("id", None)
    if cell["cell_type"] == "code":
        said |= {"outputs": [], "execution_count": None}
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def _cells(before: list[str], mine: list[str], new: list[str], labels: Labels) -> tuple[list[str], bool]:
    """Cells that both changed: one by one where there are as many of each, else all of mine and then all of theirs."""
    if len(before) == len(mine) == len(new):
        found = [_cell(*three, labels) for three in zip(before, mine, new, strict=True)]
        return [text for text, _ in found], all(fits for _, fits in found)
    marks = (f"<<<<<<< {labels.mine}", "=======", f">>>>>>> {labels.new}")
    first, middle, last = (_said({"cell_type": "raw", "metadata": {}, "source": mark}) for mark in marks)
    return [first, *mine, middle, *new, last], False


def _cell(before: str, mine: str, new: str, labels: Labels) -> tuple[str, bool]:
    if mine == before or new in (before, mine):
        return (new if mine == before else mine), True
    three = [json.loads(text) for text in (before, mine, new)]
    lines, clean = _merged([one["source"].splitlines(keepends=True) for one in three], labels)
    others = [{key: value for key, value in one.items() if key != "source"} for one in three]
    alike = others[1] in (others[0], others[2]) or others[2] == others[0]
    kept = others[2] if others[1] == others[0] else others[1]
    return json.dumps({**kept, "source": "".join(lines)}, ensure_ascii=False, sort_keys=True), clean and alike


def _numbered(cells: list[dict[str, Any]], ids: list[str]) -> list[dict[str, Any]]:
    """The cells with ids, each once, and their sources as lists of lines, as a notebook is stored."""
    made, seen = list[dict[str, Any]](), set[str]()
    for number, (cell, id) in enumerate(zip(cells, ids, strict=True)):
        free = id if id and id not in seen else f"merged-{number}"
        seen.add(free)
        made.append({**cell, "id": free, "source": cell["source"].splitlines(keepends=True)})
    return made
