"""Rates for every 1,000 children: released events over released children, each row with its own denominator.

A row says what it counts, of which ages the children are and whose figure they are, and how many events are left out.
No rate on fewer than ten, from a hidden number, or for an area smaller than a third of the whole (METHODS 3 of this
project: a rate of few persons in a small place describes these persons).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from compendium import intervals
from compendium.aggregate import Released
from compendium.charts.words import plural
from compendium.errors import CompendiumError
from compendium.release.derived.parts import Part, aged, asked_for, named, part, part_of_any

PER = 1000
LEAST_EVENTS = 10  # no rate of persons on fewer
MOST_PARTS = 3  # an area is a third of the whole at least
RATES = {
    "label": "What is counted",
    "counted": "Unit",
    "numerator": "Number",
    "ages": "For children",
    "denominator": "Children",
    "rate": "For every 1,000",
    "low": "95% interval from",
    "high": "to",
    "left_out": "Left out of the number",
    "within": "In the number all the same",
    "if_counted": "For every 1,000, were all left out counted",
    "whose": "Whose number of children",
}


def rates(sources: Sequence[Released], options: Mapping[str, Any]) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """A row for each of `options["rows"]`, a list or its name in `rows.json`; the last source is the children by age.

    A row has `table`, `label`, `ages` (first and last of the children), and either `of` (ways to ask for the number:
    categories by dimension, or codes by variable) or `aged` (the number is of these ages too). It may have `left_out`
    and `within`, lists of `{"table", "of", "label"}`, and a `note` on what is left out. A row about the law of one
    country names its `code`; `elsewhere` says what is different about the row where nobody has that code.
    """
    if len(sources) < 2 or not options.get("rows"):
        raise CompendiumError(
            "Rates need tables of events, then the children, and rows.", "Name them in of and options."
        )
    *events, children = sources
    if any(source.frame.empty for source in sources):
        return pd.DataFrame(columns=list(RATES)), RATES
    for source in sources:
        _refuse_small_areas(source)
    asked = asked_for(options["rows"])
    frame = pd.DataFrame([_row(events, children, row) for row in asked], columns=list(RATES))
    return frame.assign(unit=[named(events, row["table"]).unit for row in asked]), RATES


def _row(events: Sequence[Released], children: Released, asked: Mapping[str, Any]) -> tuple[object, ...]:
    table = named(events, asked["table"])
    asked = _as_here(table, asked)
    first, last = asked["ages"]
    found = aged(table, "age_band", first, last) if asked.get("aged") else part_of_any(table, asked["of"])
    exposed = aged(children, "age_band", first, last)
    left, within = (
        [(one["label"], part(named(events, one["table"]), one["of"])) for one in asked.get(key, ())]
        for key in ("left_out", "within")
    )
    out = _all_of(left)
    return (
        asked["label"],
        plural(table.unit),
        found.text,
        f"aged {first} to {last}",
        exposed.text,
        *_rate(found, exposed),
        _said(left, asked.get("note", "")),
        _said(within, ""),
        _if_counted(found, out, exposed) if left else None,
        children.origin.source,
    )


def _as_here(table: Released, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    codes = {code for dimension in table.dimensions for members in dimension.members.values() for code in members}
    return asked if asked.get("code", "") in (*codes, "") else {**asked, **asked["elsewhere"]}


def _said(numbers: Sequence[tuple[str, Part]], note: str) -> str:
    """`age not recorded: 18`, and what the row itself says."""
    return "; ".join([*(f"{label}: {number.text}" for label, number in numbers), *([note] if note else [])]) or "nobody"


def _rate(events: Part, exposed: Part) -> tuple[float | None, float | None, float | None]:
    """Rate with the exact Poisson interval of Garwood 1936; nothing on fewer than ten or on what is hidden."""
    if events.count is None or not exposed.count or events.count < LEAST_EVENTS:
        return None, None, None
    low, high = intervals.poisson(events.count)
    rate, low, high = (round(PER * number / exposed.count, 2) for number in (events.count, low, high))
    return rate, low, high


def _if_counted(events: Part, out: int | None, exposed: Part) -> float | None:
    """The rate, had all that are left out been counted: the highest that it could be."""
    if events.count is None or out is None or events.count < LEAST_EVENTS:
        return None
    return _rate(Part(events.count + out), exposed)[0]


def _all_of(left: Sequence[tuple[str, Part]]) -> int | None:
    """How many are left out altogether, when all of that is shown."""
    counts = [number.count for _, number in left]
    return None if any(count is None for count in counts) else sum(count for count in counts if count is not None)


def _refuse_small_areas(source: Released) -> None:
    """No rate by areas of which the whole has more than three: they are smaller than a third of it."""
    for dimension in source.dimensions:
        if dimension.area and len(set(dimension.categories) - set(dimension.missing)) > MOST_PARTS:
            raise CompendiumError(
                f"{source.name} is by areas smaller than a third of the whole: no rate is made of it.",
                "Take a table for the whole, or by its largest parts.",
            )
