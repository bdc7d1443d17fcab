"""Numbers out of released tables by what they mean, whichever design of a table was released.

A table of victims may have been released by four bands of age or by two. What is asked for ("aged 10 to 17") is found
when released categories make it up exactly, and is not shown otherwise: nothing is estimated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import product
from typing import Any

from compendium.aggregate import Dimension, Released
from compendium.errors import CompendiumError, nearest

BAND = re.compile(r"(\d+)-(\d+)")
OLDEST = 120


@dataclass(frozen=True)
class Part:
    """A number of a released table: `count` is None where it is hidden, or not shown in these categories (`absent`)."""

    count: int | None
    absent: bool = False

    @property
    def text(self) -> str:
        """As a table prints it."""
        if self.count is not None:
            return f"{self.count:,}"
        return "not shown apart" if self.absent else "hidden"


def asked_for(rows: object) -> Sequence[Mapping[str, Any]]:
    """The rows that a derived table has: a list of them, or the name of a list in `rows.json`."""
    if isinstance(rows, Sequence) and not isinstance(rows, str):
        return rows
    known = json.loads((resources.files("compendium.release.derived") / "rows.json").read_text("utf-8"))
    if rows not in known:
        raise CompendiumError(f"No list of rows is called {rows}.", nearest(str(rows), known))
    found: Sequence[Mapping[str, Any]] = known[rows]
    return found


def named(sources: Sequence[Released], name: object) -> Released:
    """The source of that name. Raises `CompendiumError` naming the nearest."""
    for source in sources:
        if source.name == name:
            return source
    raise CompendiumError(
        f"{name} is not among the tables that it is derived of.", nearest(str(name), [s.name for s in sources])
    )


def part(source: Released, wanted: Mapping[str, Sequence[str]]) -> Part:
    """The released count of all units in the `wanted` categories: a sum of published cells, or nothing.

    Each key is the name of a dimension (with categories) or of a variable (with codes of that variable). A sum with a
    hidden cell in it is hidden.
    """
    chosen: dict[str, list[str]] = {}
    for key, codes in wanted.items():
        found = _categories(source.dimensions, key, codes)
        if found is None:
            return Part(None, absent=True)
        chosen[found[0].name] = found[1]
    counts = [source.count(**dict(zip(chosen, cell, strict=True))) for cell in product(*chosen.values())]
    known = [count for count in counts if count is not None]
    return Part(sum(known) if len(known) == len(counts) else None)


def part_of_any(source: Released, ways: Sequence[Mapping[str, Sequence[str]]]) -> Part:
    """The first of several ways to ask for the same, such as by a code and by the group that holds it alone."""
    found = [part(source, way) for way in ways]
    return next((one for one in found if not one.absent), found[0])


def aged(source: Released, variable: str, first: int, last: int) -> Part:
    """The released count of those aged `first` to `last`, both included, where whole bands make that up."""
    dimension = next((one for one in source.dimensions if one.variable == variable), None)
    bands = (
        {}
        if dimension is None
        else {
            code: [span(member) for member in members]
            for code, members in dimension.members.items()
            if code not in dimension.missing
        }
    )
    inside = [code for code, spans in bands.items() if all(one and first <= one[0] and one[1] <= last for one in spans)]
    years = {age for code in inside for one in bands[code] if one for age in range(one[0], one[1] + 1)}
    if dimension is None or years != set(range(first, last + 1)):
        return Part(None, absent=True)
    return part(source, {dimension.name: inside})


def span(band: str) -> tuple[int, int] | None:
    """First and last age of a band such as `10-13`."""
    found = BAND.fullmatch(band)
    return (int(found[1]), min(int(found[2]), OLDEST)) if found else None


def _categories(
    dimensions: Collection[Dimension], key: str, codes: Sequence[str]
) -> tuple[Dimension, list[str]] | None:
    """The dimension and those of its categories that hold exactly these codes; None when none do."""
    for dimension in dimensions:
        if dimension.name == key:
            return (dimension, list(codes)) if set(codes) <= set(dimension.categories) else None
    for dimension in dimensions:
        if dimension.variable == key:
            inside = [code for code, members in dimension.members.items() if set(members) <= set(codes)]
            held = {member for code in inside for member in dimension.members[code]}
            return (dimension, inside) if held == set(codes) else None
    return None
