"""Indices of harm: released counts of crimes times weights, between bounds where a count or a weight is not known.

A sum of harm is never shown by area: a table with an area in it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from compendium.aggregate import Dimension, Released
from compendium.errors import CompendiumError
from compendium.release.tables import count_text

VARIABLE = "offence_code"
HARM = {
    "label": "Index",
    "crimes": "Crimes in all",
    "weighed_text": "Crimes that have a weight",
    "outside_text": "Crimes outside the index",
    "estimate": "Sum of weights",
    "mean_text": "For each crime that has a weight",
    "leaves_out": "What it leaves out",
}


@dataclass(frozen=True)
class Bounds:
    """A number that lies between two, both included; `high` is None where nothing released limits it."""

    low: float
    high: float | None

    def __add__(self, other: Bounds) -> Bounds:
        high = None if self.high is None or other.high is None else self.high + other.high
        return Bounds(self.low + other.low, high)

    @property
    def text(self) -> str:
        """`120`, or `100 to 140`; `100 or more` where nothing limits it."""
        low = f"{self.low:,.0f}"
        if self.high is None:
            return f"{low} or more"
        return low if self.high == self.low else f"{low} to {self.high:,.0f}"


NOTHING = Bounds(0, 0)


def harm(sources: Sequence[Released], options: Mapping[str, Any]) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """A row an index: crimes counted, with a weight and without, and the sum of the weights of those that have one.

    `sources`: crimes by offence (alone, or beside another dimension, whose total is taken), the indices, their weights.
    Hidden counts are taken together, as what the released total leaves; a group of codes with different weights, or
    with some that have none, gives bounds.
    """
    if len(sources) != 3:
        raise CompendiumError("Harm takes three tables: crimes by offence, indices, weights.", "Name them in of.")
    crimes, indices, weights = sources
    if any(dimension.area for dimension in crimes.dimensions):
        raise CompendiumError(f"{crimes.name} has an area: harm is never summed by area.", "Count crimes by offence.")
    offence = next((dimension for dimension in crimes.dimensions if dimension.variable == VARIABLE), None)
    if offence is None:
        raise CompendiumError(f"{crimes.name} is not by offence.", f"Count crimes by {VARIABLE} or a grouping of it.")
    rows = [] if crimes.frame.empty else [_row(index, crimes, offence, weights.frame) for index in _records(indices)]
    return pd.DataFrame(rows, columns=list(HARM)), HARM


def _row(index: Mapping[str, Any], crimes: Released, offence: Dimension, weights: pd.DataFrame) -> tuple[object, ...]:
    known = weights[(weights["index"] == index["index"]) & weights["weight"].notna()]
    weight = dict(zip(known[VARIABLE], known["weight"].astype(float), strict=True))
    weighed, outside, total = NOTHING, NOTHING, NOTHING
    for members, count in _counts(crimes, offence):
        found = [weight[member] for member in members if member in weight]
        every, some = len(found) == len(members), bool(found)
        weighed += Bounds(count.low if every else 0, count.high if some else 0)
        outside += Bounds(0 if some else count.low, 0 if every else count.high)
        total += _times(count, found, every)
    mean = "–"
    if weighed.high == weighed.low == 0:
        told = "no weight was read"
    else:
        told = total.text
        if weighed.high == weighed.low and total.high is not None:
            mean = Bounds(total.low / weighed.low, total.high / weighed.low).text
    return (
        index["title"],
        count_text(crimes.count()),
        weighed.text,
        outside.text,
        told,
        mean,
        index["leaves_out"],
    )


def _times(count: Bounds, weights: Sequence[float], every: bool) -> Bounds:
    if not weights:
        return NOTHING
    return Bounds(count.low * min(weights) if every else 0, None if count.high is None else count.high * max(weights))


def _counts(crimes: Released, offence: Dimension) -> Iterator[tuple[tuple[str, ...], Bounds]]:
    """Released counts, each with the codes it is of. Those hidden come last and together: the rest of the total."""
    hidden: list[str] = []
    shown = 0
    for code in offence.categories:
        count = crimes.count(**{offence.name: code})
        if count is None:
            hidden += offence.members[code]
            continue
        shown += count
        yield offence.members[code], Bounds(count, count)
    if hidden:
        total = crimes.count()
        yield tuple(hidden), Bounds(0, None) if total is None else Bounds(total - shown, total - shown)


def _records(indices: Released) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in indices.frame.to_dict("records")]
