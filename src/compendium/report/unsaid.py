"""Numbers that prose asks for and that an empty table does not have: `not shown`, and the page still stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

ASKED = re.compile(r"\{\{<\s*meta\s+values\.(\w+)\.([\w.]+)\s*>\}\}")
EMPTY = {("rows", "0"), ("total", "not supplied")}  # all that is derived from a table without rows
Values = dict[str, dict[str, Any]]


def with_unsaid(values: Mapping[str, dict[str, Any]], texts: Iterable[str]) -> Values:
    """Values by dotted name, and `not shown` for each name that `texts` ask of a table without rows.

    A small locality has no consensus, no coder agreement, no measure of concentration: the same prose serves it. A
    name that no table has stays unknown, and the build fails on it.
    """
    found = dict(values)
    for table, rest in sorted({asked.groups() for text in texts for asked in ASKED.finditer(text)}):
        known = {
            name.removeprefix(f"{table}."): value for name, value in values.items() if name.startswith(f"{table}.")
        }
        if rest not in known and len(known) == 1:
            (leaf, value) = next(iter(known.items()))
            if (leaf, value["text"]) in EMPTY:
                found[f"{table}.{rest}"] = {"text": "not shown", "value": None, "table": value["table"]}
    return dict(sorted(found.items()))
