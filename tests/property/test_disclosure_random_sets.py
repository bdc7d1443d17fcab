"""Random sets of linked and hierarchical tables: none unprotected, by an attack that shares no code with ours.

Districts hold zones, quarters hold months; tables are margins of one small crossing and are all released together. The
independent attack is scipy's `linprog` over every cell of the crossing (our own works on cliques, in HiGHS directly).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from compendium.aggregate import Counts, Dimension, Origin
from compendium.disclosure import settle_counts
from compendium.disclosure.settle import Protected

ORIGIN = Origin("t", "T", "sensitive", "illustrative", "threshold-10", "made up")
ZONES, MONTHS, FORMS = 6, 6, 3
SIZES = {"zone": ZONES, "month": MONTHS, "form": FORMS}


def plain(name: str, *, area: bool = False, sensitive: bool = False) -> Dimension:
    codes = {f"{name}{i}": "" for i in range(SIZES[name])}
    return Dimension(name, name, codes, area=area, sensitive=sensitive)


def grouped(name: str, variable: str, width: int) -> Dimension:
    parts = range(SIZES[variable] // width)
    members = {f"{name}{p}": tuple(f"{variable}{width * p + i}" for i in range(width)) for p in parts}
    return Dimension(name, name, dict.fromkeys(members, ""), variable, members, area=variable == "zone")


DIMENSIONS = {
    "zone": plain("zone", area=True),
    "district": grouped("district", "zone", 2),
    "half": grouped("half", "zone", 3),
    "month": plain("month"),
    "quarter": grouped("quarter", "month", 3),
    "form": plain("form", sensitive=True),
}
DESIGNS = [
    ("zone",), ("zone", "form"), ("district", "form"), ("district", "quarter"), ("half",), ("month",),
    ("quarter", "form"), ("form",), ("zone", "quarter"), ("month", "form"), ("half", "form"),
]  # fmt: skip


def inside(labels: Mapping[str, str]) -> np.ndarray:
    """Which cells of the whole crossing (zone x month x form) a released cell adds up."""
    held = np.ones((ZONES, MONTHS, FORMS), dtype=bool)
    for name, label in labels.items():
        if label == "Total":
            continue
        dimension = DIMENSIONS[name]
        axis = list(SIZES).index(dimension.variable)
        codes = [int(code.removeprefix(dimension.variable)) for code in dimension.members[label]]
        shape = [1, 1, 1]
        shape[axis] = -1
        held &= np.isin(np.arange(SIZES[dimension.variable]), codes).reshape(shape)
    return held


def random_set(seed: int) -> tuple[np.ndarray, dict[str, Counts]]:
    draw = np.random.default_rng(seed)
    mean = draw.choice([0.4, 1.5, 4.0, 12.0])
    whole = draw.negative_binomial(0.7, 0.7 / (0.7 + mean), size=(ZONES, MONTHS, FORMS))
    chosen = draw.choice(len(DESIGNS), size=draw.integers(1, 4), replace=False)
    tables = {}
    for names in (DESIGNS[i] for i in chosen):
        dimensions = tuple(DIMENSIONS[name] for name in names)
        rows = [
            (*labels, int(whole[inside(dict(zip(names, labels, strict=True)))].sum()))
            for labels in product(*(dimension.categories for dimension in dimensions))
        ]
        frame = pd.DataFrame(rows, columns=[*names, "count"])
        tables["_".join(names)] = Counts(frame, "person", dimensions, ORIGIN)
    return whole, tables


def released(settled: Protected) -> Iterator[tuple[dict[str, str], int | None]]:
    for frame in settled.frames.values():
        names = list(frame.columns[:-2])
        for record in frame.itertuples(index=False):
            labels = dict(zip(names, record[: len(names)], strict=True))
            yield labels, None if record.status == "hidden" else int(record.count)


def open_cells(settled: Protected, threshold: int = 10) -> list[dict[str, str]]:
    """Hidden cells that `linprog` over the whole crossing finds unprotected."""
    shown = [(inside(labels).ravel(), count) for labels, count in released(settled) if count is not None]
    hidden = {inside(labels).tobytes(): labels for labels, count in released(settled) if count is None}
    rows = np.unique(np.array([np.append(cells, count) for cells, count in shown], dtype=float), axis=0)
    equal = {"A_eq": rows[:, :-1], "b_eq": rows[:, -1]} if len(rows) else {}
    found = []
    for labels in hidden.values():
        cells = inside(labels).ravel().astype(float)
        low = linprog(cells, bounds=(0, None), **equal)
        high = linprog(-cells, bounds=(0, None), **equal)
        least = low.fun
        most = np.inf if high.status == 3 else -high.fun
        is_open = most - least > 0.5 and ((least < 1e-6 and most > threshold - 1e-6) or least > threshold - 1e-6)
        if not is_open:
            found.append(labels)
    return found


def check(seed: int) -> None:
    whole, tables = random_set(seed)
    settled = settle_counts(tables)
    for labels, count in released(settled):
        true = int(whole[inside(labels)].sum())
        assert count is None or (count == true and not 0 < true < 10), (seed, labels)
    assert open_cells(settled) == [], seed


@pytest.mark.parametrize("block", range(4))
def test_no_cell_of_200_random_sets_is_unprotected(block: int) -> None:
    for seed in range(50 * block, 50 * (block + 1)):
        check(seed)


@pytest.mark.parametrize("seed", [3, 8, 21, 34])
def test_no_hidden_cell_can_be_given_back(seed: int) -> None:
    """Every mask is minimal: what is published once more is small itself, or leaves another cell unprotected."""
    whole, tables = random_set(seed)
    settled = settle_counts(tables)
    assert any(count is None for _, count in released(settled))
    for labels in {inside(at).tobytes(): at for at, count in released(settled) if count is None}.values():
        true = int(whole[inside(labels)].sum())
        frames = {name: frame.copy() for name, frame in settled.frames.items()}
        for frame in frames.values():
            names = list(frame.columns[:-2])
            for row, record in zip(frame.index, frame[names].itertuples(index=False), strict=True):
                if (inside(dict(zip(names, record, strict=True))) == inside(labels)).all():
                    frame.loc[row, ["count", "status"]] = [true, "published"]
        changed = Protected(frames, settled.certificate, settled.reasons)
        assert 0 <= true < 10 or open_cells(changed), labels


@pytest.mark.long
@pytest.mark.parametrize("block", range(20))
def test_no_cell_of_2000_more_random_sets_is_unprotected(block: int) -> None:
    for seed in range(1_000 + 100 * block, 1_100 + 100 * block):
        check(seed)
