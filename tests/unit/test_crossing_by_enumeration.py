"""The cross-classification of linked tables, against sets of cells: the same cells, the sums, what hangs together."""

from __future__ import annotations

from itertools import combinations
from math import prod

import numpy as np
import pytest
from scipy.optimize import linprog

from compendium.aggregate import TOTAL, Dimension
from compendium.disclosure.cliques import junction_tree, maximal_cliques
from compendium.disclosure.crossing import NOTHING, Crossing, Shape, cross
from compendium.disclosure.equations import Tables, equations

CODES = {"age": ("a0", "a1", "a2", "a3"), "form": ("f0", "f1", "f2"), "month": ("m0", "m1", "m2"), "sex": ("s0", "s1")}


def plain(variable: str) -> Dimension:
    return Dimension(variable, variable, dict.fromkeys(CODES[variable], ""))


def grouped(name: str, **members: tuple[str, ...]) -> Dimension:
    variable = next(v for v, codes in CODES.items() if next(iter(members.values()))[0] in codes)
    return Dimension(name, name, dict.fromkeys(members, ""), variable, members)


AGE, FORM, MONTH, SEX = map(plain, CODES)
HALVES = grouped("halves", young=("a0", "a1"), old=("a2", "a3"))
MIDDLE = grouped("middle", edge=("a0", "a3"), centre=("a1", "a2"))
FORMS = grouped("forms", f01=("f0", "f1"), f2=("f2",))
SETS = {
    "one table": [Shape("t", (AGE, FORM))],
    "no dimension at all": [Shape("t", ())],
    "two that share a variable": [Shape("t", (AGE, FORM)), Shape("u", (FORM, SEX))],
    "two that share nothing": [Shape("t", (AGE,)), Shape("u", (SEX,))],
    "a cycle": [Shape("t", (AGE, FORM)), Shape("u", (FORM, SEX)), Shape("v", (SEX, AGE))],
    "a chain of three": [Shape("t", (AGE, FORM)), Shape("u", (FORM, MONTH)), Shape("v", (MONTH, SEX))],
    "groupings beside what they group": [Shape("t", (HALVES, FORM)), Shape("u", (AGE,)), Shape("v", (FORMS, SEX))],
    "unlike groupings": [Shape("t", (HALVES, SEX)), Shape("u", (MIDDLE, SEX))],
    "one variable twice": [Shape("t", (HALVES, MIDDLE)), Shape("u", (HALVES, AGE))],
    "some months only": [
        Shape("t", (AGE,), within={"month": ("m0", "m1")}),
        Shape("u", (AGE,), within={"month": ("m0", "m1", "m2")}),
    ],
    "some months, by month": [
        Shape("t", (AGE, MONTH), within={"month": ("m0", "m1", "m2")}),
        Shape("u", (AGE,), within={"month": ("m1", "m2")}),
    ],
    "some cells only": [Shape("t", (AGE, FORM), cells=(("a0", "f1"), ("a2", TOTAL))), Shape("u", (FORM, SEX))],
}


def cells_of(shape: Shape, labels: tuple[str, ...]) -> np.ndarray:
    """Which cells of everything (age x form x month x sex) a cell or margin adds up."""
    held = np.ones([len(codes) for codes in CODES.values()], dtype=bool)
    limits = [
        (d.variable, d.members[label]) for d, label in zip(shape.dimensions, labels, strict=True) if label != TOTAL
    ]
    for variable, codes in [*limits, *shape.within.items()]:
        if variable not in CODES:
            continue
        at = [1] * len(CODES)
        at[list(CODES).index(variable)] = -1
        held &= np.isin(CODES[variable], codes).reshape(at)
    return held


def unknowns_of(crossing: Crossing, whole: np.ndarray) -> np.ndarray:
    """The unknowns of a crossing, taken from one whole table: the margin of it for each clique, by atom."""
    found = []
    for clique in crossing.cliques:
        margin = np.zeros([crossing.sizes[v] for v in clique])
        for place in np.ndindex(whole.shape):
            code = dict(zip(CODES, (CODES[v][i] for v, i in zip(CODES, place, strict=True)), strict=True))
            at = tuple(crossing.codes[v][code[crossing.variables[v]]] for v in clique)
            margin[at] += whole[place]
        found.append(margin.ravel())
    return np.concatenate(found)


@pytest.fixture(params=SETS.values(), ids=SETS)
def shapes(request: pytest.FixtureRequest) -> list[Shape]:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def whole() -> np.ndarray:
    return np.random.default_rng(4).integers(0, 50, [len(codes) for codes in CODES.values()])


def test_cells_of_all_tables_are_one_exactly_when_they_hold_the_same_records(shapes: list[Shape]) -> None:
    crossing = cross(shapes)
    seen: dict[bytes, int] = {}
    for number, shape in enumerate(shapes):
        assert list(crossing.where[number]) == list(shape.labels())
        for labels, region in crossing.where[number].items():
            held = cells_of(shape, labels)
            assert seen.setdefault(held.tobytes(), region) == region
            assert (crossing.regions[region] == NOTHING) == (not held.any())
            assert (number, labels) in crossing.shown[region]
    assert len(seen) == len(crossing.regions) == len(crossing.shown)
    assert sum(map(len, crossing.shown)) == sum(len(here) for here in crossing.where)


def test_every_cell_and_margin_is_the_sum_of_its_unknowns(shapes: list[Shape], whole: np.ndarray) -> None:
    crossing = cross(shapes)
    sums = crossing.sums(range(len(crossing.regions))) @ unknowns_of(crossing, whole)
    for number, shape in enumerate(shapes):
        for labels, region in crossing.where[number].items():
            assert sums[region] == whole[cells_of(shape, labels)].sum()
    assert crossing.sums([]).shape == (0, crossing.unknowns)
    assert crossing.unknowns == sum(prod(crossing.sizes[v] for v in clique) for clique in crossing.cliques)


def test_neighbouring_cliques_agree_and_a_record_more_in_one_of_them_is_noticed(
    shapes: list[Shape], whole: np.ndarray
) -> None:
    crossing = cross(shapes)
    unknowns, agree = unknowns_of(crossing, whole), crossing.consistency()
    assert not (agree @ unknowns).any()
    for place in range(crossing.unknowns if len(crossing.cliques) > 1 else 0):
        more = unknowns.copy()
        more[place] += 1
        assert (agree @ more).any()


def test_as_few_unknowns_as_tell_all_tables_apart(shapes: list[Shape]) -> None:
    """Codes that every table keeps together are one atom; those that some table tells apart are two."""
    crossing = cross(shapes)
    for v, variable in enumerate(crossing.variables):
        groups = [
            members for s in shapes for d in s.dimensions if d.variable == variable for members in d.members.values()
        ]
        groups += [s.within[variable] for s in shapes if variable in s.within]
        for one, other in combinations(crossing.codes[v], 2):
            apart = any((one in members) != (other in members) for members in groups)
            assert (crossing.codes[v][one] != crossing.codes[v][other]) == apart
        assert sorted(set(crossing.codes[v].values())) == list(range(crossing.sizes[v]))
        alone = {min(where) for members in groups if len(where := {crossing.codes[v][c] for c in members}) == 1}
        if len(groups) and crossing.sizes[v] > 1:
            assert set(crossing.odd_atoms[v]) == set(range(crossing.sizes[v])) - alone


def test_a_program_over_the_regions_finds_the_bounds_of_one_over_all_cells(
    shapes: list[Shape], whole: np.ndarray
) -> None:
    """Half of the regions shown: least and greatest of each hidden one, against scipy over the whole crossing."""
    crossing = cross(shapes)
    held = {}
    for number, shape in enumerate(shapes):
        held |= {region: cells_of(shape, labels).ravel() for labels, region in crossing.where[number].items()}
    counts = np.array([whole.ravel()[held[r]].sum() for r in range(len(crossing.regions))], dtype=float)
    hidden = np.random.default_rng(len(counts)).random(len(counts)) < 0.5
    hidden[counts.argmax()] = False
    system = equations(crossing)
    tables = Tables(system, np.where(hidden, 0.0, counts), np.where(hidden, 1e6, counts), 1e6)
    shown = np.array([held[r] for r in np.flatnonzero(~hidden)], dtype=float)
    for region in np.flatnonzero(hidden)[:4]:
        if crossing.regions[region] == NOTHING:
            continue
        for sign in (1.0, -1.0):
            best = linprog(sign * held[region].astype(float), A_eq=shown, b_eq=counts[~hidden], bounds=(0, None))
            least = tables.least(int(region), sign)
            assert least == pytest.approx(best.fun)
            found, prices = tables.counts(), tables.prices(int(region), sign)
            assert sign * found[region] == pytest.approx(best.fun)
            assert found[~hidden] == pytest.approx(counts[~hidden])
            assert found.min() > -1e-6
            ends = np.where(hidden, np.where(prices > 0, 0.0, 1e6), counts)
            assert float(prices @ ends) == pytest.approx(best.fun)  # duality: the prices prove the bound
    if not hidden.any():
        return
    weights = np.where(hidden, 1.0, 0.0)
    far = tables.far(weights)
    assert far is not None
    everything = sum((held[r].astype(float) for r in np.flatnonzero(hidden)), np.zeros(whole.size))
    best = linprog(everything, A_eq=shown, b_eq=counts[~hidden], bounds=(0, None))
    assert far @ weights == pytest.approx(best.fun)


def test_no_table_agrees_with_counts_that_contradict_each_other() -> None:
    crossing = cross([Shape("t", (SEX,))])
    counts = np.array([3.0, 4.0, 9.0])  # two sexes and their total
    tables = Tables(equations(crossing), counts, counts, 1e6)
    assert tables.least(0, 1.0) is None
    assert tables.far(np.ones(3)) is None


@pytest.mark.parametrize("seed", range(30))
def test_cliques_hold_every_table_and_their_tree_hangs_together(seed: int) -> None:
    """The running intersection: all cliques with a variable are joined to each other through cliques that have it."""
    draw = np.random.default_rng(seed)
    sizes = {v: int(draw.integers(2, 6)) for v in range(int(draw.integers(1, 7)))}
    groups = [
        frozenset(map(int, draw.choice(len(sizes), min(len(sizes), int(draw.integers(1, 4))), replace=False)))
        for _ in range(int(draw.integers(1, 6)))
    ]
    found = maximal_cliques(sizes, groups)
    assert all(any(group <= clique for clique in found) for group in groups)
    assert set().union(*found) == set(sizes)
    assert not any(
        one < other or (one == other and i != j) for i, one in enumerate(found) for j, other in enumerate(found)
    )
    tree = junction_tree(found)
    assert len(tree) == len(found) - 1
    assert all(separator == found[a] & found[b] for a, b, separator in tree)
    for variable in [*sizes, None]:
        places = {i for i, clique in enumerate(found) if variable is None or variable in clique}
        edges = [(a, b) for a, b, _ in tree if {a, b} <= places]
        reached = {min(places)}
        for _ in edges:
            reached |= {x for edge in edges if reached & set(edge) for x in edge}
        assert reached == places


def test_tables_that_close_no_cycle_are_their_own_cliques_and_a_cycle_is_cut_where_it_is_cheapest() -> None:
    sizes = {0: 2, 1: 3, 2: 4, 3: 5}
    chain = [frozenset({0, 1}), frozenset({1, 2}), frozenset({2, 3})]
    assert set(maximal_cliques(sizes, chain)) == set(chain)
    square = [*chain, frozenset({3, 0})]  # a chord 0-2 makes 2x3x4 and 2x4x5, a chord 1-3 makes 2x3x5 and 3x4x5
    assert set(maximal_cliques(sizes, square)) == {frozenset({0, 1, 2}), frozenset({0, 2, 3})}
    assert maximal_cliques({0: 2, 1: 2}, []) == [frozenset({0}), frozenset({1})]


def test_tables_are_listed_with_the_smallest_cliques_first() -> None:
    """The order of unknowns is part of a witness file: it must not change by itself."""
    crossing = cross([Shape("t", (AGE, FORM)), Shape("u", (FORM, SEX)), Shape("v", (MONTH,))])
    sizes = [prod(crossing.sizes[v] for v in clique) for clique in crossing.cliques]
    assert sizes == [3, 6, 12]
    assert [crossing.variables[v] for v in crossing.cliques[1]] == ["form", "sex"]
