"""What the choice of a design gives away to an intruder who knows the ladder and reruns the program.

    python benchmarks/choice_of_design.py [--top 4] [--threshold 3]

Every table of 2 x 2 cells with counts from 0 to `top` is proposed as it is, then without its second variable; the
program shows the first of the two that hides at most a third. Where only the coarser one is shown, the intruder knows
its numbers, and that the finer one would have hidden too much. A cell of the finer table that could be 0 and reach the
threshold from the shown numbers alone, and can't any more knowing the choice, is given away.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

import pandas as pd

from benchmarks import harness
from benchmarks.harness import Record, Table
from compendium.aggregate import Counts, Dimension, Origin
from compendium.disclosure import Protected, ladder, pick
from compendium.disclosure.crossing import Shape
from compendium.disclosure.policy import policy
from compendium.disclosure.settle import frame_of, hidden_cells, with_margins
from compendium.disclosure.suppression import Candidate, suppress

Cells = tuple[int, ...]
DIMENSIONS = tuple(Dimension(name, name, {f"{name}0": "", f"{name}1": ""}) for name in "rc")
LABELS = list(product(*(dimension.categories for dimension in DIMENSIONS)))
ORIGIN = Origin("cases", "Cases", "sensitive", "synthetic", "threshold-10", "every small table")


@dataclass(frozen=True)
class Found:
    """Tables shown without their second variable; of their cells, those open to 0 and the threshold; given away."""

    tables: int
    cells: int
    given_away: int


def settle(tables: Mapping[str, Counts], threshold: int) -> Protected:
    """As the program settles one table, with a threshold of its own."""
    frames = {}
    for name, counts in tables.items():
        codes = [list(dimension.categories) for dimension in counts.dimensions]
        inner = counts.frame["count"].to_numpy().reshape([len(axis) for axis in codes])
        chosen = replace(policy("threshold-10"), threshold=threshold)
        candidate = Candidate(Shape(name, counts.dimensions), with_margins(inner, codes), chosen)
        frames[name] = frame_of(candidate, frozenset(hidden_cells(suppress([candidate]), 0)))
    return Protected(frames, {}, {})


def shown(inner: Cells, threshold: int) -> tuple[int, Cells]:
    """The rung that is picked, and the numbers that it shows (-1: hidden)."""
    rows = [(*labels, count) for labels, count in zip(LABELS, inner, strict=True)]
    counts = Counts(pd.DataFrame(rows, columns=["r", "c", "count"]), "case", DIMENSIONS, ORIGIN)
    rungs = ladder(counts, [["r"]])
    place = pick({"t": rungs}, lambda tables: settle(tables, threshold))["t"]
    frame = settle({"t": rungs[place]}, threshold).frames["t"]
    return place, tuple(int(number) for number in frame["count"].fillna(-1))


def measure(top: int, threshold: int) -> Found:
    """All tables, one by one: what agrees with the shown numbers, and what agrees with the choice as well."""
    every = list(product(range(top + 1), repeat=len(LABELS)))
    released = {inner: shown(inner, threshold) for inner in every}
    coarse = {inner: numbers for inner, (place, numbers) in released.items() if place == 1}
    chosen: dict[Cells, list[Cells]] = defaultdict(list)
    for inner, numbers in coarse.items():
        chosen[numbers].append(inner)
    rows = {inner: (inner[0] + inner[1], inner[2] + inner[3], sum(inner)) for inner in every}
    cells = away = 0
    for numbers, kept in chosen.items():
        agreeing = [i for i in every if all(n in (-1, m) for n, m in zip(numbers, rows[i], strict=True))]
        for at in range(len(LABELS)):
            if _open([inner[at] for inner in agreeing], threshold):
                cells += len(kept)
                away += len(kept) * (not _open([inner[at] for inner in kept], threshold))
    return Found(len(coarse), cells, away)


def _open(values: list[int], threshold: int) -> bool:
    return min(values) == 0 and max(values) >= threshold


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--top", type=int, default=4)
    parser.add_argument("--threshold", type=int, default=3)


def records(asked: argparse.Namespace) -> Iterator[Record]:
    top = 2 if asked.quick else asked.top
    found = measure(top, asked.threshold)
    share = f"{found.given_away / found.cells:.1%}" if found.cells else "-"
    yield Record(
        f"Every table of 2 x 2 cells with counts from 0 to {top}, threshold {asked.threshold}.",
        tables=[
            Table(
                ["tables shown coarser", "cells not shown", "given away", "rate"],
                [[found.tables, found.cells, found.given_away, share]],
            )
        ],
    )


if __name__ == "__main__":
    harness.main(__doc__, records, options)
