"""Words and cells that the charts share: labels, numbers as they are written, what of a release a chart shows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from compendium.aggregate import COUNT, TOTAL, Dimension, Released
from compendium.errors import UnknownName, nearest

HIDDEN = "hidden"
_PLURALS = {
    "child": "children",
    "person": "people",
    "study": "studies",
    "criterion": "criteria",
    "service at a location": "services at a location",
}


def plural(unit: str) -> str:
    """`victim` -> `victims`."""
    if unit in _PLURALS:
        return _PLURALS[unit]
    if unit.endswith("s"):
        return unit
    return f"{unit[:-1]}ies" if unit.endswith("y") and unit[-2:-1] not in "aeiou" else f"{unit}s"


def number(value: object) -> str:
    """A count with thousands separated; `hidden` when it isn't released."""
    return HIDDEN if value is None or pd.isna(value) else f"{int(value):,}"  # type: ignore[call-overload]


def decimal(value: object, places: int = 1) -> str:
    """A number with a true minus sign; a dash when there is none."""
    if not known(value):
        return "–"
    words = f"{float(value):,.{places}f}"  # type: ignore[arg-type]
    return words.lstrip("-") if float(words.replace(",", "")) == 0 else words.replace("-", "−")


def percent(value: object, places: int = 0) -> str:
    """A proportion as `12%`."""
    return f"{decimal(float(value) * 100, places)}%" if known(value) else "–"  # type: ignore[arg-type]


def known(value: object) -> bool:
    """There is a number."""
    try:
        return not pd.isna(value) and math.isfinite(float(value))  # type: ignore[arg-type, call-overload]
    except (TypeError, ValueError):
        return False


def text(value: object) -> str:
    """A cell as words; empty when it is missing."""
    return "" if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)) else str(value)


def listed(parts: Iterable[str]) -> str:
    """`a, b and c`."""
    items = list(parts)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def rows_of(released: Released) -> list[Any]:
    """The rows of a statistic, each with its columns as attributes."""
    return list(released.frame.itertuples(index=False))


def in_order(values: Iterable[object]) -> list[str]:
    """Each text once, in the order it is first met."""
    return list(dict.fromkeys(text(value) for value in values))


def chosen(released: Released, *keys: str, most: int = 2) -> list[Dimension]:
    """The dimensions that a chart shows: those that the options `keys` name, else the first ones."""
    by_name = {dimension.name: dimension for dimension in released.dimensions}
    named = [str(released.options[key]) for key in keys if released.options.get(key)]
    for name in named:
        if name not in by_name:
            raise UnknownName(f"Chart {released.name}: no dimension {name}.", remedy=nearest(name, by_name))
    rest = [name for name in by_name if name not in named]
    return [by_name[name] for name in (named if len(named) >= most else named + rest)[:most]]


def margin(released: Released, dimensions: Sequence[Dimension]) -> dict[tuple[str, ...], int | None]:
    """Released counts by the codes of `dimensions`, everything else at its total; None where hidden.

    A combination that isn't in the release is left out.
    """
    names = [dimension.name for dimension in dimensions]
    frame = released.frame
    for other in released.dimensions:
        frame = frame[(frame[other.name] != TOTAL) if other.name in names else (frame[other.name] == TOTAL)]
    return {
        tuple(str(part) for part in key): None if pd.isna(count) else int(count)
        for *key, count in frame[[*names, COUNT]].itertuples(index=False, name=None)
    }


def total(released: Released) -> int | None:
    """The grand total, when it is released."""
    return released.count() if released.dimensions else None


def how_many_hidden(count: int, of: str = "number") -> str:
    """A sentence on hidden cells, empty when there are none."""
    if not count:
        return ""
    return f" One {of} is hidden." if count == 1 else f" {count} {plural(of)} are hidden."
