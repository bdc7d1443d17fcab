"""The attack against every whole-number table there is, and protection against an oracle of its own (scipy)."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from compendium.aggregate import Counts, Dimension, Origin
from compendium.disclosure import attack, settle_counts
from compendium.disclosure.intruder import verdict

ORIGIN = Origin("t", "T", "sensitive", "illustrative", "threshold-10", "made up")
SLOW = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}


def tables_with_sum(cells: int, total: int) -> np.ndarray:
    """Every way to deal `total` over `cells`: a row each."""
    bars = np.array(list(combinations(range(total + cells - 1), cells - 1)))
    edges = np.column_stack([np.full(len(bars), -1), bars, np.full(len(bars), total + cells - 1)])
    return np.diff(edges, axis=1) - 1


def published(inner: np.ndarray) -> dict[tuple[str, str], int]:
    full = np.block([[inner, inner.sum(1, keepdims=True)], [inner.sum(0, keepdims=True), inner.sum()]])
    rows, columns = inner.shape
    labels = product([*(f"r{i}" for i in range(rows)), "Total"], [*(f"c{j}" for j in range(columns)), "Total"])
    return {label: int(n) for label, n in zip(labels, full.ravel(), strict=True)}


@st.composite
def masked_tables(draw: st.DrawFn) -> tuple[np.ndarray, set[tuple[str, str]]]:
    """A small table, and cells and margins hidden in it (the grand total stays: it makes the tables countable)."""
    rows, columns = draw(st.sampled_from([(2, 2), (2, 3), (3, 3)]))
    most = {4: 6, 6: 4, 9: 2}[rows * columns]
    inner = np.array(draw(st.lists(st.integers(0, most), min_size=rows * columns, max_size=rows * columns)))
    table = inner.reshape(rows, columns)
    labels = [label for label in published(table) if label != ("Total", "Total")]
    return table, draw(st.sets(st.sampled_from(labels), min_size=1))


@settings(max_examples=40, **SLOW)
@given(masked_tables(), st.integers(2, 6))
def test_the_intervals_are_those_of_all_whole_number_tables(
    drawn: tuple[np.ndarray, set[tuple[str, str]]], threshold: int
) -> None:
    table, hidden = drawn
    truth = published(table)
    if table.sum() > 9:
        table = np.minimum(table, 1)
        truth = published(table)
    labels = list(truth)
    units = np.identity(table.size, dtype=int)
    adding = np.array([list(published(unit.reshape(table.shape)).values()) for unit in units])
    others = tables_with_sum(table.size, int(table.sum())) @ adding
    shown = [i for i, label in enumerate(labels) if label not in hidden]
    agreeing = others[(others[:, shown] == [truth[labels[i]] for i in shown]).all(axis=1)]
    low = dict(zip(labels, agreeing.min(axis=0), strict=True))
    high = dict(zip(labels, agreeing.max(axis=0), strict=True))
    frame = pd.DataFrame(
        [(*label, None if label in hidden else n) for label, n in truth.items()], columns=["r", "c", "count"]
    ).astype({"count": "Int64"})
    found = {(c.r, c.c): c for c in attack(frame, count="count", threshold=threshold).itertuples()}
    assert found.keys() == hidden
    for label in hidden:
        cell = found[label]
        assert (cell.lowest, cell.highest) == (low[label], high[label])
        assert cell.verdict == verdict(low[label], high[label], threshold)


VARIABLES = {"a": 3, "b": 3, "c": 4}
MERGED = Dimension("half", "Half", {"x": "", "y": ""}, variable="c", members={"x": ("c0", "c1"), "y": ("c2", "c3")})
WHOLE = {
    v: Dimension(v, v, {f"{v}{i}": "" for i in range(n)}, sensitive=v == "a", area=v == "c")
    for v, n in VARIABLES.items()
}
THIRDS = Dimension("thirds", "Thirds", dict.fromkeys("xyz", ""), "c", {"x": ("c0",), "y": ("c1", "c2"), "z": ("c3",)})
ALL = {**WHOLE, "half": MERGED, "thirds": THIRDS}
LINKED = st.lists(
    st.sampled_from([("a",), ("b", "half"), ("a", "b"), ("a", "c"), ("b", "c"), ("a", "half"), ("a", "b", "half")]),
    min_size=2,
    max_size=3,
    unique=True,
)


def axis_sums(whole: np.ndarray, labels: dict[str, str]) -> np.ndarray:
    """Which cells of the 3 x 3 x 4 crossing a cell or margin of a table adds up: an indicator."""
    inside = np.ones(whole.shape, dtype=bool)
    for name, label in labels.items():
        if label == "Total":
            continue
        variable = ALL[name].variable
        held = [int(code[1:]) for code in ALL[name].members[label]]
        shape = [1, 1, 1]
        axis = list(VARIABLES).index(variable)
        shape[axis] = VARIABLES[variable]
        inside &= np.isin(np.arange(VARIABLES[variable]), held).reshape(shape)
    return inside


def proposal(whole: np.ndarray, names: tuple[str, ...]) -> Counts:
    dimensions = tuple(ALL[name] for name in names)
    rows = [
        (*labels, int(whole[axis_sums(whole, dict(zip(names, labels, strict=True)))].sum()))
        for labels in product(*(d.categories for d in dimensions))
    ]
    return Counts(pd.DataFrame(rows, columns=[*names, "count"]), "person", dimensions, ORIGIN)


def oracle(
    frames: dict[str, pd.DataFrame], whole: np.ndarray, threshold: int
) -> list[tuple[str, tuple[str, ...], str]]:
    """Hidden cells that a whole-number search over the full crossing finds unprotected. Independent of the cliques."""
    rows, values, hidden = [], [], []
    for name, frame in frames.items():
        columns = list(frame.columns[:-2])
        for record in frame.itertuples(index=False):
            labels = dict(zip(columns, record[: len(columns)], strict=True))
            inside = axis_sums(whole, labels).ravel().astype(float)
            if record.status == "hidden":
                hidden.append((name, tuple(labels.values()), inside))
            else:
                rows.append(inside)
                values.append(float(record.count))
    constraints = [LinearConstraint(np.array(rows), values, values)] if rows else []
    faults = []
    for name, labels, inside in hidden:
        bounds = []
        for sign in (1, -1):
            best = milp(sign * inside, constraints=constraints, integrality=np.ones(whole.size))
            bounds.append(None if best.status == 3 else round(sign * best.fun))
        if verdict(bounds[0] or 0, bounds[1], threshold) != "protected":
            faults.append((name, labels, f"{bounds}"))
    return faults


@settings(max_examples=25, **SLOW)
@given(LINKED, st.integers(0, 2**32 - 1), st.sampled_from([2.0, 6.0, 15.0]))
def test_no_cell_of_random_linked_tables_is_unprotected(names: list[tuple[str, ...]], seed: int, mean: float) -> None:
    draw = np.random.default_rng(seed)
    whole = draw.negative_binomial(1, 1 / (1 + mean), size=tuple(VARIABLES.values()))
    tables = {"_".join(by): proposal(whole, by) for by in names}
    settled = settle_counts(tables)
    for name, counts in tables.items():
        frame = settled.frames[name]
        truth = proposal_with_margins(whole, tuple(d.name for d in counts.dimensions))
        for record in frame.itertuples(index=False):
            labels = tuple(record[:-2])
            if record.status == "published":
                assert record.count == truth[labels]
                assert not 0 < truth[labels] < 10
    assert oracle(dict(settled.frames), whole, 10) == []


def proposal_with_margins(whole: np.ndarray, names: tuple[str, ...]) -> dict[tuple[str, ...], int]:
    labels = product(*((*ALL[name].categories, "Total") for name in names))
    return {key: int(whole[axis_sums(whole, dict(zip(names, key, strict=True)))].sum()) for key in labels}


@settings(max_examples=25, **SLOW)
@given(st.integers(0, 2**32 - 1), st.data())
def test_giving_one_hidden_cell_back_is_noticed_when_it_gives_another_away(seed: int, data: st.DataObject) -> None:
    """Give one cell back in a released table: the attack must agree with enumeration about what that reveals."""
    whole = np.random.default_rng(seed).negative_binomial(1, 0.1, size=(3, 3))
    r = Dimension("r", "R", {f"r{i}": "" for i in range(3)}, sensitive=True)
    c = Dimension("c", "C", {f"c{i}": "" for i in range(3)})
    inner = pd.DataFrame(
        [(f"r{i}", f"c{j}", int(whole[i, j])) for i, j in product(range(3), range(3))], columns=["r", "c", "count"]
    )
    frame = settle_counts({"t": Counts(inner, "person", (r, c), ORIGIN)}).frames["t"]
    hidden = frame.index[frame["status"] == "hidden"]
    if not len(hidden):
        return
    row = data.draw(st.sampled_from(list(hidden)))
    truth = published(whole)
    given_back = frame.copy()
    given_back.loc[row, "count"] = truth[given_back.loc[row, "r"], given_back.loc[row, "c"]]
    found = attack(given_back, count="count", threshold=10).set_index(["r", "c"])
    assert found.loc[(frame.loc[row, "r"], frame.loc[row, "c"]), "verdict"] == "exact"


@settings(max_examples=15, **SLOW)
@given(st.integers(0, 2**32 - 1), st.sampled_from([2.0, 6.0, 15.0]))
def test_unlike_groupings_leave_no_small_group_by_subtraction(seed: int, mean: float) -> None:
    """Category c1 is in the first half and in the middle third; no table shows it by itself."""
    whole = np.random.default_rng(seed).negative_binomial(1, 1 / (1 + mean), size=tuple(VARIABLES.values()))
    tables = {"halves": proposal(whole, ("a", "half")), "thirds": proposal(whole, ("a", "thirds"))}
    frames = dict(settle_counts(tables).frames)
    assert oracle(frames, whole, 10) == []
    rows, values = [], []
    for frame in frames.values():
        for record in frame[frame["status"] == "published"].itertuples(index=False):
            labels = dict(zip(frame.columns[:-2], record[:-2], strict=True))
            rows.append(axis_sums(whole, labels).ravel().astype(float))
            values.append(float(record.count))
    constraints = [LinearConstraint(np.array(rows), values, values)] if rows else []
    for part, a in product((1, 2), (None, 0, 1, 2)):
        inside = np.zeros(whole.shape)
        inside[slice(None) if a is None else a, :, part] = 1.0
        low, high = (
            milp(sign * inside.ravel(), constraints=constraints, integrality=np.ones(whole.size)) for sign in (1, -1)
        )
        assert round(low.fun) == 0 or high.status == 3 or round(-high.fun) >= 10
