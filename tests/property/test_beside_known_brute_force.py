"""New tables beside known ones against every whole-number table there is, and against a search of its own (scipy)."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from compendium.aggregate import TOTAL, Counts, Dimension, Origin
from compendium.disclosure import KnownTable, settle_counts
from compendium.disclosure.crossing import Shape
from compendium.disclosure.intruder import Intruder
from compendium.disclosure.joint import join
from compendium.errors import DisclosureRefused

ORIGIN = Origin("t", "T", "sensitive", "illustrative", "threshold-10", "made up")
SLOW = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}
ZONES, FORMS = ("z0", "z1", "z2"), ("f0", "f1")
ZONE = Dimension("zone", "Zone", dict.fromkeys(ZONES, ""), area=True)
FORM = Dimension("form", "Form", dict.fromkeys(FORMS, ""))
EARLY, LATE = ("2026-01", "2026-02"), ("2026-01", "2026-03")


def tables_with_sum(cells: int, total: int) -> np.ndarray:
    """Every way to deal `total` over `cells`: a row each."""
    bars = np.array(list(combinations(range(total + cells - 1), cells - 1)))
    edges = np.column_stack([np.full(len(bars), -1), bars, np.full(len(bars), total + cells - 1)])
    return np.diff(edges, axis=1) - 1


@st.composite
def worlds(draw: st.DrawFn) -> tuple[np.ndarray, set[str], dict[str, tuple[int, int]]]:
    """Counts by part of the period and zone; zones hidden in the new table; what is known of the earlier part."""
    counts = np.array(draw(st.lists(st.integers(0, 2), min_size=6, max_size=6))).reshape(2, 3)
    hidden = draw(st.sets(st.sampled_from(ZONES), min_size=1))
    known = {}
    for zone in draw(st.sets(st.sampled_from([*ZONES, TOTAL]))):
        truth = int(counts[0].sum() if zone == TOTAL else counts[0, ZONES.index(zone)])
        slack = draw(st.sampled_from([0, 0, 1]))
        known[zone] = (max(0, truth - slack), truth + slack)
    return counts, hidden, known


@settings(max_examples=40, **SLOW)
@given(worlds())
def test_intervals_beside_known_tables_of_another_period_are_those_of_all_whole_number_tables(
    world: tuple[np.ndarray, set[str], dict[str, tuple[int, int]]],
) -> None:
    counts, hidden, known = world
    new = {zone: int(counts[:, i].sum()) for i, zone in enumerate(ZONES)} | {TOTAL: int(counts.sum())}
    others = tables_with_sum(6, new[TOTAL]).reshape(-1, 2, 3)
    for i, zone in enumerate(ZONES):
        if zone not in hidden:
            others = others[others[:, :, i].sum(axis=1) == new[zone]]
    for zone, (low, high) in known.items():
        at = others[:, 0].sum(axis=1) if zone == TOTAL else others[:, 0, ZONES.index(zone)]
        others = others[(at >= low) & (at <= high)]
    table = KnownTable("old", "earlier release", "person", (ZONE,), EARLY, {(z,): b for z, b in known.items()})
    joint = join([Shape("new", (ZONE,))], LATE, (table,))
    where = joint.crossing.where[0]
    shown = {where[(zone,)]: n for zone, n in new.items() if zone not in hidden}
    wanted = [where[(zone,)] for zone in sorted(hidden)]
    found = Intruder(joint.crossing, {**joint.exact, **shown}, joint.open).certify(
        [*wanted, *joint.parts], dict.fromkeys([*wanted, *joint.parts], 3)
    )
    month = joint.crossing.variables.index("month")
    atoms = joint.crossing.codes[month]
    part_of = {atoms["2026-01"]: 0, atoms["2026-03"]: 1}
    axis = joint.crossing.codes[joint.crossing.variables.index("zone")]
    for region in [*wanted, *joint.parts]:
        masks = dict(joint.crossing.regions[region])
        parts = [p for atom, p in part_of.items() if masks.get(month, -1) >> atom & 1]
        zones = [
            i for i, zone in enumerate(ZONES) if masks.get(joint.crossing.variables.index("zone"), -1) >> axis[zone] & 1
        ]
        sums = others[:, parts][:, :, zones].sum(axis=(1, 2))
        assert (found[region].lowest, found[region].highest) == (sums.min(), sums.max())


def proposal(whole: np.ndarray, names: tuple[str, ...]) -> Counts:
    """`whole`: zones x forms. A table of the dimensions named."""
    dimensions = tuple({"zone": ZONE, "form": FORM}[name] for name in names)
    rows = [
        (*labels, int(whole[inside(names, labels)].sum())) for labels in product(*(d.categories for d in dimensions))
    ]
    return Counts(pd.DataFrame(rows, columns=[*names, "count"]), "person", dimensions, ORIGIN)


def inside(names: tuple[str, ...], labels: tuple[str, ...]) -> np.ndarray:
    held = np.ones((len(ZONES), len(FORMS)), dtype=bool)
    for name, label in zip(names, labels, strict=True):
        if label != TOTAL and name == "zone":
            held &= (np.array(ZONES) == label)[:, None]
        elif label != TOTAL:
            held &= (np.array(FORMS) == label)[None, :]
    return held


TABLES = (("zone", "form"), ("zone",), ("form",))


@settings(max_examples=15, **SLOW)
@given(st.integers(0, 2**32 - 1), st.sampled_from([3.0, 12.0, 40.0]), st.sampled_from([0.5, 4.0, 30.0]))
def test_two_releases_of_overlapping_periods_leave_no_cell_and_no_difference_open(
    seed: int, mean: float, later: float
) -> None:
    random = np.random.default_rng(seed)
    early = random.negative_binomial(2, 2 / (2 + mean), size=(3, 2))
    whole = early + random.poisson(later, size=(3, 2))
    first = {"_".join(n): proposal(early, n) for n in TABLES[:2]}
    second = {"_".join(n): proposal(whole, n) for n in TABLES}
    before = settle_counts(first, period=EARLY)
    old = [known_of(name, first[name], frame) for name, frame in before.frames.items()]
    after = settle_counts(second, period=LATE, known=[table for table in old if table.cells])
    rows, values = [], []
    for part, frames in (((0,), before.frames), ((0, 1), after.frames)):
        for frame in frames.values():
            names = tuple(frame.columns[:-2])
            for record in frame[frame["status"] == "published"].itertuples(index=False):
                rows.append(indicator(part, names, tuple(record[:-2])))
                values.append(float(record.count))
    alone = len([v for frame in before.frames.values() for v in frame["count"].dropna()])
    for part, (name, frame) in [((0,), each) for each in before.frames.items()] + [
        ((0, 1), each) for each in after.frames.items()
    ]:
        names = tuple(frame.columns[:-2])
        for record in frame[frame["status"] == "hidden"].itertuples(index=False):
            low, high = bounds(indicator(part, names, tuple(record[:-2])), rows, values)
            assert (low == 0 and high >= 10) or (low >= 10 and high > low), (name, record, low, high)
    for labels in product((*ZONES, TOTAL), (*FORMS, TOTAL)):
        target = indicator((1,), ("zone", "form"), labels)
        low, high = bounds(target, rows, values)
        if not ((low == 0 and high >= 10) or low >= 10 or high == 0):
            assert (low, min(high, 10)) == bounds_of_old(target, rows[:alone], values[:alone])


def bounds_of_old(target: np.ndarray, rows: list[np.ndarray], values: list[float]) -> tuple[int, int]:
    low, high = bounds(target, rows, values)
    return low, min(high, 10)


def known_of(name: str, counts: Counts, frame: pd.DataFrame) -> KnownTable:
    shown = frame[frame["status"] == "published"].itertuples(index=False)
    cells = {tuple(row[:-2]): (int(row[-2]), int(row[-2])) for row in shown}
    return KnownTable(f"{name} (earlier)", "earlier release", "person", counts.dimensions, EARLY, cells)


def indicator(parts: tuple[int, ...], names: tuple[str, ...], labels: tuple[str, ...]) -> np.ndarray:
    """Which of the 2 x 3 x 2 counts (part of the period, zone, form) a cell adds up."""
    held = np.zeros((2, 3, 2))
    held[list(parts)] = inside(names, labels)
    return held.ravel()


def bounds(target: np.ndarray, rows: list[np.ndarray], values: list[float]) -> tuple[int, int]:
    """Least and greatest of a sum over all whole-number tables that agree with what is shown (many: 10**6)."""
    constraints = [LinearConstraint(np.array(rows), values, values)] if rows else []
    low, high = (milp(sign * target, constraints=constraints, integrality=np.ones(12)) for sign in (1, -1))
    return round(low.fun), 10**6 if high.status == 3 or high.fun is None else round(-high.fun)


@pytest.mark.parametrize("seed", range(12))
def test_a_changed_record_contradicts_the_release_of_the_same_months(seed: int) -> None:
    random = np.random.default_rng(seed)
    whole = random.integers(15, 40, size=(3, 2))
    tables = {"zone_form": proposal(whole, ("zone", "form"))}
    old = known_of("zone_form", tables["zone_form"], settle_counts(tables, period=EARLY).frames["zone_form"])
    whole[random.integers(3), random.integers(2)] += 1
    with pytest.raises(DisclosureRefused, match=r"zone_form and zone_form \(earlier\) contradict"):
        settle_counts({"zone_form": proposal(whole, ("zone", "form"))}, period=EARLY, known=[old])
