"""Attack released tables from nothing but what is released: `attack` for frames, `attack_tables` for known shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from compendium.aggregate import STATUS, TOTAL, Dimension
from compendium.disclosure.crossing import LARGEST_COUNT, NOTHING, Crossing, Shape, cross
from compendium.disclosure.differences import given_away
from compendium.disclosure.intruder import Interval, Intruder
from compendium.disclosure.known import Bounds
from compendium.errors import DisclosureRefused, InputRefused, Problem, UnknownName, nearest

HIDDEN = "hidden"
Labels = tuple[str, ...]


@dataclass(frozen=True)
class ReleasedTable:
    """A released table as its reader has it. `counts` holds a number for each cell that shows one; `hidden` the rest.

    An inner cell in none of them holds nobody (the table's total is the sum of its cells); a margin in none is
    unknown. `bounds`: lowest and highest of cells that say no more: rounded ones, a mark such as <10, a percentage.
    """

    shape: Shape
    counts: Mapping[Labels, int]
    hidden: tuple[Labels, ...]
    threshold: int
    bounds: Mapping[Labels, Bounds] = field(default_factory=dict)


@dataclass(frozen=True)
class HiddenCell:
    """What an intruder works out about one hidden cell of one table."""

    table: str
    labels: Mapping[str, str]
    interval: Interval


def attack(
    frames: pd.DataFrame | Sequence[pd.DataFrame] | Mapping[str, pd.DataFrame], *, count: str, threshold: int
) -> pd.DataFrame:
    """For every hidden cell of the released tables: the least and greatest count it can have, and the verdict.

    `frames` as `protect` publishes them: label columns, `count`, `status`; rows labelled `Total` are margins. A cell
    is hidden when its status is `hidden` or its count is empty. Columns of the same name link the tables. Gives a row
    a hidden cell: `table` (name, or place in the list), the label columns (`Total` where a table lacks one),
    `lowest`, `highest` (empty: no bound), `verdict`. Raises `InputRefused` (broken frames) and `DisclosureRefused`
    (the tables contradict each other, or close too large a cycle).
    """
    if isinstance(frames, pd.DataFrame):
        frames = [frames]
    named = dict(frames) if isinstance(frames, Mapping) else {str(i): frame for i, frame in enumerate(frames)}
    tables = _read_all(_as_text(named, count), count, threshold)
    columns = list(dict.fromkeys(d.name for table in tables for d in table.shape.dimensions))
    cells = attack_tables(tables)
    rows = [
        {"table": c.table, **{column: c.labels.get(column, TOTAL) for column in columns}, **_outcome(c.interval)}
        for c in cells
    ]
    found = pd.DataFrame(rows, columns=["table", *columns, "lowest", "highest", "verdict"])
    return found.astype({"lowest": "Int64", "highest": "Int64"})


def attack_tables(tables: Sequence[ReleasedTable]) -> list[HiddenCell]:
    """Attack all tables of one unit together; the cells in the order of the tables."""
    crossing, known, bounds, thresholds = _join(tables)
    wanted = sorted({crossing.where[n][labels] for n, table in enumerate(tables) for labels in table.hidden})
    found = Intruder(crossing, known, bounds).certify(wanted, thresholds)
    return [
        HiddenCell(
            table.shape.name,
            dict(zip((d.name for d in table.shape.dimensions), labels, strict=True)),
            found[crossing.where[number][labels]],
        )
        for number, table in enumerate(tables)
        for labels in table.hidden
    ]


def subtracted(tables: Sequence[ReleasedTable]) -> int:
    """How many groups of 1 or more, under the threshold, unlike groupings of a variable give away by subtraction."""
    crossing, known, _, thresholds = _join(tables)
    return len(given_away(crossing, known, max(thresholds.values(), default=0)))


def _join(tables: Sequence[ReleasedTable]) -> tuple[Crossing, dict[int, int], dict[int, Bounds], dict[int, int]]:
    """The crossing of the tables, and by region what is known, exactly or not, and from which count on it may be."""
    crossing = cross([table.shape for table in tables])
    known: dict[int, int] = {region: 0 for region, key in enumerate(crossing.regions) if key == NOTHING}
    thresholds: dict[int, int] = {}
    bounds: dict[int, Bounds] = {}
    for number, table in enumerate(tables):
        unseen = set(table.hidden)
        for labels, region in crossing.where[number].items():
            thresholds[region] = max(thresholds.get(region, 0), table.threshold)
            shown = table.counts.get(labels)
            if labels in table.bounds:
                bounds[region] = _narrower(bounds.get(region, (0, None)), table.bounds[labels])
            elif shown is None and labels not in unseen and TOTAL not in labels:
                shown = 0
            if shown is not None and known.setdefault(region, shown) != shown:
                raise DisclosureRefused(
                    f"Table {table.shape.name} shows another count than an earlier table for the same cell.",
                    "Check that the tables count the same records.",
                )
    return crossing, known, bounds, thresholds


def _narrower(one: Bounds, other: Bounds) -> Bounds:
    """What two pairs of bounds say together (None: no bound)."""
    return max(one[0], other[0]), min((top for top in (one[1], other[1]) if top is not None), default=None)


def read_released(name: str, shape: Shape, frame: pd.DataFrame, count: str, threshold: int) -> ReleasedTable:
    """A released frame with text labels, as a table of that shape. Raises `InputRefused` with row and column."""
    columns = [dimension.name for dimension in shape.dimensions]
    # a table that is left with its total alone has no labels
    labels = list(frame[columns].itertuples(index=False, name=None)) if columns else [()] * len(frame)
    numbers = pd.to_numeric(frame[count], errors="coerce")
    hidden = numbers.isna() if STATUS not in frame else numbers.isna() | (frame[STATUS] == HIDDEN)
    problems = [
        Problem(name, int(row) + 2, count, f"A published count must be a whole number from 0 to {LARGEST_COUNT:,}.")
        for row in np.flatnonzero(numbers.notna() & ~((numbers >= 0) & (numbers <= LARGEST_COUNT) & (numbers % 1 == 0)))
    ]
    problems += [
        Problem(name, int(row) + 2, ", ".join(columns), "The cell stands in the table twice.")
        for row in np.flatnonzero(pd.Series(labels, dtype=object).duplicated())
    ]
    for dimension in shape.dimensions:
        strange = ~frame[dimension.name].isin([*dimension.categories, TOTAL])
        problems += [
            Problem(name, int(row) + 2, dimension.name, "The label is not one of the table's.")
            for row in np.flatnonzero(strange)
        ]
    if problems:
        raise InputRefused(problems)
    counts = {key: int(n) for key, n in zip(labels, numbers, strict=True) if not pd.isna(n)}
    return ReleasedTable(shape, counts, tuple(key for key, h in zip(labels, hidden, strict=True) if h), threshold)


def _as_text(named: Mapping[str, pd.DataFrame], count: str) -> dict[str, pd.DataFrame]:
    """The frames with labels as text; a frame without the column of counts is refused."""
    text = {}
    for name, frame in named.items():
        if count not in frame.columns:
            raise UnknownName(f"Table {name} has no column '{count}'.", nearest(count, map(str, frame.columns)))
        columns = [column for column in frame.columns if column not in (count, STATUS)]
        text[name] = frame.assign(**{column: frame[column].astype(str) for column in columns}).reset_index(drop=True)
    return text


def _read_all(frames: Mapping[str, pd.DataFrame], count: str, threshold: int) -> list[ReleasedTable]:
    """The frames as tables; a column has, in every table, all the labels that it has in any."""
    labels: dict[str, set[str]] = {}
    for frame in frames.values():
        for column in frame.columns.difference([count, STATUS]):
            labels.setdefault(column, set()).update(set(frame[column]) - {TOTAL})
    tables = []
    for name, frame in frames.items():
        columns = [column for column in frame.columns if column not in (count, STATUS)]
        dimensions = tuple(Dimension(column, column, {v: v for v in sorted(labels[column])}) for column in columns)
        tables.append(read_released(name, Shape(name, dimensions), frame, count, threshold))
    return tables


def _outcome(interval: Interval) -> dict[str, Any]:
    highest = pd.NA if interval.highest is None else interval.highest
    return {"lowest": interval.lowest, "highest": highest, "verdict": interval.verdict}
