"""Notebooks by cell and output, pages and drawings by the element that they differ in, other text by line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Any

from compendium.sameness.difference import Difference, around
from compendium.sameness.tables import of_rows, of_values

_ID = re.compile(r"\bid=\"([^\"]+)\"")
_TITLE, _TITLE_ENDS = re.compile(r"<h[1-4]\b"), re.compile(r"</h[1-4]>")
_PIECES = re.compile(r"<[^<>]*>?|[^<]+")
MOST_LINES = 5_000  # above it lines are held against each other by number only


def of_lines(one: str, other: str, place: str = "") -> Iterator[Difference]:
    """Lines that differ, with the letters around the first difference of each."""
    before, after = one.split("\n"), other.split("\n")
    where = f"{place}, " if place else ""
    for kind, i, j, k, m in _steps(before, after):
        pairs = min(j - i, m - k) if kind == "replace" else 0
        for n in range(pairs):
            if before[i + n] != after[k + n]:
                yield Difference(f"{where}line {i + n + 1}", *around(before[i + n], after[k + n]))
        for n in range(i + pairs, j):
            yield Difference(f"{where}line {n + 1} is only in the first", before[n])
        for n in range(k + pairs, m):
            yield Difference(f"{where}line {n + 1} is only in the second", "", after[n])


def _steps(before: list[str], after: list[str]) -> list[tuple[str, int, int, int, int]]:
    if len(before) == len(after) or max(len(before), len(after)) > MOST_LINES:
        size = min(len(before), len(after))
        return [("replace", 0, size, 0, size), ("replace", size, len(before), size, len(after))]
    found = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [step for step in found if step[0] != "equal"]


def of_markup(one: str, other: str) -> Iterator[Difference]:
    """Pieces of a page or a drawing, each named by the nearest element with an id, and the heading above it."""
    before, after = _PIECES.findall(one), _PIECES.findall(other)
    if len(before) != len(after):
        at = next((n for n, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), 0)
        yield Difference(
            f"{_near(before, at)}other elements from here",
            *(part[at] if at < len(part) else "" for part in (before, after)),
        )
        return
    for at, (first, second) in enumerate(zip(before, after, strict=True)):
        if first != second:
            what = "an attribute" if first.startswith("<") else "the text"
            yield Difference(f"{_near(before, at)}{what}", *around(first, second))


def _near(pieces: list[str], at: int) -> str:
    """`below “Victims by form”, in #tbl-victims: ` for a place among the pieces."""
    above = [*reversed(pieces[: at + 1])]
    ends = next((n for n, piece in enumerate(above) if _TITLE_ENDS.match(piece)), len(above))
    title = list(takewhile(lambda piece: not _TITLE.match(piece), above[ends + 1 :]))[::-1]
    words = [f"below “{' '.join(''.join(part for part in title if part[0] != '<').split())}”"] if title else []
    ids = next((found for piece in above if (found := _ID.findall(piece))), ())
    words += [f"in #{ids[-1]}"] if ids else []
    return f"{', '.join(words)}: " if words else ""


def of_notebooks(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Difference]:
    """Cells by number and kind: their source by line, their outputs by what they show (tables by cell)."""
    before, after = one["cells"], other["cells"]
    if len(before) != len(after):
        yield Difference(f"{len(before)} and {len(after)} cells")
    for number, (first, second) in enumerate(zip(before, after, strict=False), start=1):
        if first == second:
            continue
        place = f"cell {number} ({first.get('cell_type')})"
        yield from _source(first, second, place)
        yield from _outputs(first.get("outputs", []), second.get("outputs", []), place)
        rest = [{key: cell[key] for key in cell if key not in ("source", "outputs")} for cell in (first, second)]
        if rest[0] != rest[1]:
            yield from of_values(rest[0], rest[1], place)
    rest = [{key: found[key] for key in found if key != "cells"} for found in (one, other)]
    if rest[0] != rest[1]:
        yield from of_values(rest[0], rest[1], "the notebook")


def _source(one: Mapping[str, Any], other: Mapping[str, Any], place: str) -> Iterator[Difference]:
    first, second = (_joined(cell.get("source", "")) for cell in (one, other))
    if first != second:
        yield from of_lines(first, second, f"{place}, source")


def _outputs(one: list[Any], other: list[Any], place: str) -> Iterator[Difference]:
    if len(one) != len(other):
        yield Difference(f"{place}: {len(one)} and {len(other)} outputs")
    for number, (first, second) in enumerate(zip(one, other, strict=False), start=1):
        kinds = sorted({*first.get("data", {}), *second.get("data", {})})
        for kind in kinds:
            values = [_joined(output.get("data", {}).get(kind, "")) for output in (first, second)]
            if values[0] != values[1]:
                yield from _shown(values[0], values[1], f"{place}, output {number}, {kind}")
        rest = [{key: output[key] for key in output if key != "data"} for output in (first, second)]
        if rest[0] != rest[1]:
            yield from of_values(rest[0], rest[1], f"{place}, output {number}")


def _shown(one: str, other: str, place: str) -> Iterator[Difference]:
    """A table of markdown by its cells; other output by its lines."""
    first, second = (_pipes(text) for text in (one, other))
    if first and second and first[0] == second[0] and first != second:
        for found in of_rows(first[0], first[1:], second[1:]):
            yield Difference(f"{place}, {found.place}", found.one, found.other)
    else:
        yield from of_lines(one, other, place)


def _pipes(text: str) -> list[list[str]]:
    """The rows of a pipe table, without the line below its header."""
    rows = [line.strip().strip("|").split("|") for line in text.split("\n") if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows if not re.fullmatch(r"[\s:|-]+", "|".join(row))]


def _joined(text: Any) -> str:
    return "".join(text) if isinstance(text, list) else str(text)
