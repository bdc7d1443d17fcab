"""When what is recorded, or how, changed: the marks of charts over time, as a listing of their own.

Real, printed facts from the table `recording_changes`, those of England and Wales and of the locality's own force. Each
has a letter in the order of months, which the charts and the tables beside them use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from string import ascii_uppercase

import pandas as pd

from compendium.aggregate import CheckedTable, Statistic

CHANGES = {
    "mark": "Mark",
    "when": "When",
    "what": "What changed",
    "touches": "Where, and what it touches",
    "effect": "What it does to the numbers",
    "stated": "Whose statement, and how it was read",
}
KEPT = ("area", "source", "series", "first", "last")  # not shown: what a derived table places the marks by, and parts
NATIONS = ("E", "W")  # codes of areas in England and Wales begin so


def changes(table: CheckedTable, *, force: str) -> Statistic:
    """The changes that bear on the police force area of code `force`, from the first on (kind `listing`).

    None for a force that is not of England and Wales: its law and its rules are others.
    """
    rows = table.frame
    here = in_england_or_wales(force) & (rows["area_code"].fillna("").isin(["", force]))
    found = rows[here].sort_values(["first", "change"], kind="stable").reset_index(drop=True)
    columns = {**CHANGES, **dict.fromkeys(KEPT, "")}
    if found.empty:
        return Statistic("listing", pd.DataFrame(columns=list(columns)), CHANGES, table.unit, 0, table.origin)
    series, read = (table.dimensions[name].categories for name in ("series", "read"))
    last = found["last"].fillna("").astype(str)
    listed = pd.DataFrame(
        {
            "mark": list(_letters(len(found))),
            "when": [_when(str(first), end) for first, end in zip(found["first"], last, strict=True)],
            "what": found["what"],
            "touches": found["area"] + ": " + found["series"].map(dict(series)).str.lower(),
            "effect": found["effect"],
            "stated": found["source"] + ". " + found["read"].map(dict(read)),
            "area": found["area"],
            "source": found["source"],
            "series": found["series"],
            "first": found["first"].astype(str),
            "last": last,
        }
    )
    return Statistic("listing", listed, CHANGES, table.unit, 0, table.origin)


def in_england_or_wales(code: str) -> bool:
    """Whether a code of the Office for National Statistics is of an area in England or Wales."""
    return code[:1] in NATIONS and code[1:].isdigit()


def _letters(number: int) -> Iterator[str]:
    """A, B, … Z, AA, AB, …"""
    every: Iterable[str] = ("".join(pair) for pair in product(["", *ascii_uppercase], ascii_uppercase))
    return (letter for letter, _ in zip(every, range(number), strict=False))


def _when(first: str, last: str) -> str:
    """`April 2019`, or `November 2017 to May 2019`."""
    start = pd.Period(first, "M").strftime("%B %Y")
    return f"{start} to {pd.Period(last, 'M').strftime('%B %Y')}" if last and last != first else str(start)
