"""Tables and JSON: the row, the column and the labels of a cell that differs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from compendium.sameness.difference import Difference

NUMBER = re.compile(r"-?[\d.,]+([eE][-+]?\d+)?|")
NAMED = 3  # labels that name a row
ALIGNED = 4_000  # rows above which rows are held against each other by number only
Rows = Sequence[Sequence[str]]


def of_csv(one: str, other: str) -> Iterator[Difference]:
    """Cells by row (the header is row 1) and column; rows that stand in one only."""
    (head, *before), (second, *after) = (
        list(csv.reader(io.StringIO(text, newline=""))) or [[]] for text in (one, other)
    )
    if head != second:
        yield Difference("the header", ", ".join(head), ", ".join(second))
        return
    yield from of_rows(head, before, after)


def of_rows(head: Sequence[str], before: Rows, after: Rows) -> Iterator[Difference]:
    """The same for rows that were read already."""
    for kind, i, j, k, m in _steps(before, after):
        pairs = min(j - i, m - k) if kind == "replace" else 0
        for n in range(pairs):
            yield from _cells(head, before[i + n], after[k + n], i + n + 2)
        for n in range(i + pairs, j):
            yield Difference(f"row {n + 2} is only in the first", ", ".join(before[n]))
        for n in range(k + pairs, m):
            yield Difference(f"row {n + 2} is only in the second", "", ", ".join(after[n]))


def _steps(before: Rows, after: Rows) -> list[tuple[str, int, int, int, int]]:
    if max(len(before), len(after)) > ALIGNED or len(before) == len(after):
        size = min(len(before), len(after))
        changed = [("replace", n, n + 1, n, n + 1) for n in range(size) if list(before[n]) != list(after[n])]
        return [*changed, ("replace", size, len(before), size, len(after))]
    matched = SequenceMatcher(None, [tuple(row) for row in before], [tuple(row) for row in after], autojunk=False)
    return [step for step in matched.get_opcodes() if step[0] != "equal"]


def _cells(head: Sequence[str], one: Sequence[str], other: Sequence[str], row: int) -> Iterator[Difference]:
    if len(one) != len(other):
        yield Difference(f"row {row}: {len(one)} and {len(other)} cells", ", ".join(one), ", ".join(other))
        return
    names = [*head, *(f"number {n + 1}" for n in range(len(head), len(one)))]
    labels = [cell for cell, same in zip(one, other, strict=True) if cell == same and not NUMBER.fullmatch(cell)]
    which = f" ({', '.join(labels[:NAMED])})" if labels else ""
    for name, cell, same in zip(names, one, other, strict=False):
        if cell != same:
            yield Difference(f"row {row}, column {name}{which}", cell, same)


def of_values(one: Any, other: Any, place: str = "") -> Iterator[Difference]:
    """Values of JSON by the path that leads to them. What only the order of keys tells apart is said at the end."""
    found = False
    for each in _values(one, other, place):
        found = True
        yield each
    if not found:
        yield Difference(f"{place or 'all'}: the same values, written in another order or with other blanks")


def _values(one: Any, other: Any, place: str) -> Iterator[Difference]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in dict.fromkeys([*one, *other]):
            at = f"{place}.{key}" if place else str(key)
            if key not in one or key not in other:
                yield Difference(f"{at} is only in the {'first' if key in one else 'second'}")
            else:
                yield from _values(one[key], other[key], at)
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            yield Difference(f"{place}: {len(one):,} and {len(other):,} entries")
        for number, (first, second) in enumerate(zip(one, other, strict=False), start=1):
            yield from _values(first, second, f"{place}[{number}]{_labelled(first, second)}")
    elif one != other or type(one) is not type(other):
        yield Difference(place, str(one), str(other))


def _labelled(one: Any, other: Any) -> str:
    """The words by which a record of a list is known."""
    if not (isinstance(one, Mapping) and isinstance(other, Mapping)):
        return ""
    words = [value for key, value in one.items() if isinstance(value, str) and other.get(key) == value]
    return f" ({', '.join(words[:NAMED])})" if words else ""
