"""Searches for whole-number tables, against lists of all of them: what is protected is shown by tables that exist."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy import sparse

from compendium.aggregate import Dimension
from compendium.disclosure import intruder
from compendium.disclosure.crossing import Shape, cross
from compendium.disclosure.intruder import Intruder, verdict
from compendium.disclosure.linear import NODES, Program, _nearest, whole_table
from compendium.disclosure.witnesses import Witnesses

CAP = 3
ALL = np.array(list(product(range(CAP + 1), repeat=4)))


@pytest.mark.parametrize("seed", range(40))
def test_a_whole_table_is_found_wherever_there_is_one_and_nowhere_else(seed: int) -> None:
    """Random sums of four counts from 0 to 3: 256 tables."""
    draw = np.random.default_rng(seed)
    matrix = draw.integers(0, 3, (3, 4)).astype(float)
    lower = matrix @ draw.integers(0, CAP + 1, 4) + draw.integers(-2, 2, 3)
    upper = lower + draw.integers(0, 2, 3)
    near = draw.integers(0, CAP + 1, 4).astype(float)
    agreeing = ALL[((lower <= ALL @ matrix.T) & (upper >= ALL @ matrix.T)).all(axis=1)]
    cap, cost = np.full(4, float(CAP)), draw.integers(-1, 2, 4).astype(float)
    for start in (None, near):
        found = whole_table(sparse.csr_matrix(matrix), lower, upper, cap, cost, near=start)
        assert (found is None) == (not len(agreeing))
        assert found is None or found.tolist() in agreeing.tolist()
    closest = _nearest(sparse.csr_matrix(matrix), lower, upper, cap, near)
    assert closest is None or closest.tolist() in agreeing.tolist()


@pytest.mark.parametrize("seed", range(20))
def test_the_whole_table_nearest_to_another_is_found_at_once_where_sums_are_of_neighbours(seed: int) -> None:
    """Rows of neighbouring ones are totally unimodular: the shortest way is whole, and no longer than any."""
    draw = np.random.default_rng(seed)
    matrix = np.zeros((3, 4))
    for row in matrix:
        first, last = sorted(draw.choice(5, 2, replace=False))
        row[first:last] = 1.0
    lower = matrix @ draw.integers(0, CAP + 1, 4)
    upper = lower + draw.integers(0, 2, 3)
    near = draw.integers(0, CAP + 1, 4).astype(float)
    agreeing = ALL[((lower <= ALL @ matrix.T) & (upper >= ALL @ matrix.T)).all(axis=1)]
    found = _nearest(sparse.csr_matrix(matrix), lower, upper, np.full(4, float(CAP)), near)
    assert found is not None
    assert np.abs(found - near).sum() == np.abs(agreeing - near).sum(axis=1).min()


def test_where_the_shortest_way_ends_between_whole_tables_another_measure_of_distance_is_tried() -> None:
    """Of three counts every two hold 1 or more: from none, three halves are nearest, then two that hold 1."""
    pairs = np.zeros((3, 7))  # four more counts are in no sum
    pairs[:, :3] = [[1, 1, 0], [0, 1, 1], [1, 0, 1]]
    found = _nearest(sparse.csr_matrix(pairs), np.ones(3), np.full(3, np.inf), np.full(7, 9.0), np.zeros(7))
    assert found is not None
    assert sorted(found[:3].tolist()) == [0, 1, 1]
    assert not found[3:].any()


ROWS = Dimension("r", "R", {"r0": "", "r1": ""})
COLUMNS = Dimension("c", "C", {"c0": "", "c1": "", "c2": ""})
INNER = list(product(ROWS.categories, COLUMNS.categories))


def margins_shown(inner: np.ndarray) -> tuple[Intruder, list[int], np.ndarray]:
    """An intruder who has the margins of a 2 x 3 table; its inner cells; every inner table with these margins."""
    crossing = cross([Shape("t", (ROWS, COLUMNS))])
    where = crossing.where[0]
    told = {(f"r{i}", "Total"): n for i, n in enumerate(inner.sum(1))} | {
        ("Total", f"c{j}"): n for j, n in enumerate(inner.sum(0))
    }
    known = {where[labels]: int(n) for labels, n in told.items()} | {where["Total", "Total"]: int(inner.sum())}
    every = np.array(list(product(range(int(inner.sum()) + 1), repeat=2)))
    top = np.column_stack([every, inner.sum(1)[0] - every.sum(1)])
    tables = np.hstack([top, inner.sum(0) - top])
    return Intruder(crossing, known), [where[labels] for labels in INNER], tables[(tables >= 0).all(axis=1)]


@pytest.mark.parametrize("seed", range(8))
def test_a_search_between_two_bounds_says_whether_any_table_is_there_and_keeps_it(seed: int) -> None:
    inner = np.random.default_rng(seed).integers(0, 5, (2, 3)) + 1
    attacker, cells, every = margins_shown(inner)
    sums = attacker.crossing.sums(cells)
    base, free = sums @ attacker.fixed, sparse.csr_matrix(sums[:, attacker.open])
    for i, (low, high) in product(range(6), [(0, 0), (2, np.inf), (5, np.inf), (7, np.inf), (1, 1), (0, 3), (4, 6)]):
        for begun in (False, True):
            seen = Witnesses(base, free, [3] * 6)
            if begun:
                seen.add(attacker.program.solve().at)
            there = bool(((every[:, i] >= low) & (every[:, i] <= high)).any())
            met = begun and low <= seen.first[i] <= high
            assert attacker._search(i, low, high, free, seen) is there or met
            for table in seen.tables:
                assert np.rint(base + free @ table).tolist() in every.tolist()


@pytest.mark.parametrize("seed", range(12))
def test_intervals_and_verdicts_are_those_of_all_tables_and_each_verdict_has_its_two_tables(seed: int) -> None:
    inner = np.random.default_rng(seed).integers(0, 6, (2, 3))
    inner[:, 0] *= seed % 3 > 0  # of a column of nobody each cell is known
    attacker, cells, every = margins_shown(inner)
    threshold = 1 + seed % 4
    found = attacker.certify(cells, dict.fromkeys(cells, threshold))
    for place, region in enumerate(cells):
        low, high = int(every[:, place].min()), int(every[:, place].max())
        assert (found[region].lowest, found[region].highest) == (low, high)
        assert found[region].verdict == verdict(low, high, threshold)
    assert attacker.proof is not None
    assert set(attacker.proof.pairs) == {region for region in cells if found[region].verdict == "protected"}
    sums = attacker.crossing.sums(cells)
    tables = [attacker.proof.base]
    for places, counts in attacker.proof.changes:
        tables.append(attacker.proof.base.copy())
        tables[-1][places] = counts
    shown = [np.rint(sums @ table).astype(int) for table in tables]
    assert all(table.tolist() in every.tolist() for table in shown)
    for region, pair in attacker.proof.pairs.items():
        counts = sorted(int(shown[number][cells.index(region)]) for number in pair)
        assert counts[0] < counts[1]
        assert (counts[0] == 0 and counts[1] >= threshold) or counts[0] >= threshold


def test_a_table_in_fractions_or_one_that_does_not_add_up_is_no_witness() -> None:
    attacker, cells, every = margins_shown(np.array([[1, 2, 3], [3, 2, 1]]))
    sums = attacker.crossing.sums(cells)
    base, free = sums @ attacker.fixed, sparse.csr_matrix(sums[:, attacker.open])
    seen = Witnesses(base, free, [3] * 6)
    right = attacker.program.solve().at
    attacker._see(seen, np.rint(right) + 0.5)
    attacker._see(seen, np.rint(right) + 1)
    assert seen.tables == []
    attacker._see(seen, right)
    assert len(seen.tables) == 1
    assert len(every) > 1


def test_a_search_that_hands_back_what_does_not_add_up_protects_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only tables that add up count, whatever a solver says."""
    monkeypatch.setattr(Witnesses, "add", lambda self, table: None)
    monkeypatch.setattr(intruder, "whole_table", lambda matrix, *_, **__: np.zeros(matrix.shape[1]))
    attacker, cells, _ = margins_shown(np.array([[1, 2, 3], [3, 2, 1]]))
    found = attacker.certify(cells, dict.fromkeys(cells, 3))
    assert {interval.verdict for interval in found.values()} == {"narrow"}


@pytest.mark.parametrize("seed", range(6))
def test_bounds_from_elsewhere_narrow_the_intervals_as_the_list_of_all_tables_says(seed: int) -> None:
    """Two cells are known to lie within two of what they are; every margin is shown."""
    inner = np.random.default_rng(seed).integers(0, 6, (2, 3))
    attacker, cells, every = margins_shown(inner)
    crossing = attacker.crossing
    where = crossing.where[0]
    known = {
        where[r, "Total"]: int(n)
        for r, n in zip((*ROWS.categories, "Total"), (*inner.sum(1), inner.sum()), strict=True)
    }
    known |= {where["Total", f"c{j}"]: int(n) for j, n in enumerate(inner.sum(0))}
    bounds: dict[int, tuple[int, int | None]] = {}
    for place in (0, 4):
        truth = int(inner.ravel()[place])
        bounds[cells[place]] = (max(0, truth - 2), None if seed % 2 else truth + 1)
        every = every[every[:, place] >= max(0, truth - 2)]
        every = every if seed % 2 else every[every[:, place] <= truth + 1]
    better = Intruder(crossing, known, bounds)
    found = better.certify(cells, dict.fromkeys(cells, 3))
    for place, region in enumerate(cells):
        assert (found[region].lowest, found[region].highest) == (every[:, place].min(), every[:, place].max())
    assert better.possible
    table = better.table()
    assert table is not None
    assert np.rint(crossing.sums(cells) @ table).tolist() in every.tolist()


def test_where_a_table_in_real_numbers_is_not_whole_a_whole_one_is_searched_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attacker, cells, every = margins_shown(np.array([[1, 2, 3], [3, 2, 1]]))
    right = attacker.program.solve()
    monkeypatch.setattr(attacker.program, "solve", lambda: replace(right, at=right.at + 0.7))
    table = attacker.table()
    assert table is not None
    assert np.rint(attacker.crossing.sums(cells) @ table).tolist() in every.tolist()


@pytest.mark.parametrize("numbers", [[[9, 0, 0], [5, 1, 0]], [[3, 1, 1], [1, 1, 1]], [[2, 1, 0], [1, 0, 2]]])
def test_whatever_table_was_seen_first_the_two_that_protect_a_cell_are_found_when_there_are_such(
    numbers: list[list[int]],
) -> None:
    attacker, cells, every = margins_shown(np.array(numbers))
    sums = attacker.crossing.sums(cells)
    base, free = sums @ attacker.fixed, sparse.csr_matrix(sums[:, attacker.open])
    for i, threshold in product(range(6), (1, 3, 8)):
        low, high = int(every[:, i].min()), int(every[:, i].max())
        for first in every:
            seen = Witnesses(base, free, [threshold] * 6)
            seen.add(free.T @ (first - base))
            assert seen.first.tolist() == first.tolist()
            is_open = verdict(low, high, threshold) == "protected"
            told = low if low >= threshold else 0  # where real numbers reach 0 and no whole table does: not shown
            assert bool(attacker._shown(i, told, threshold, free, seen)) is is_open


def test_a_table_that_does_not_add_up_does_not_show_that_a_count_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    attacker, cells, _ = margins_shown(np.array([[1, 2, 3], [3, 2, 1]]))
    sums = attacker.crossing.sums(cells)
    base, free = sums @ attacker.fixed, sparse.csr_matrix(sums[:, attacker.open])
    seen = Witnesses(base, free, [3] * 6)
    seen.add(attacker.program.solve().at)
    monkeypatch.setattr(intruder, "whole_table", lambda matrix, *_, **__: np.full(matrix.shape[1], 9.0))
    for i in range(6):
        assert not attacker._search(i, float(seen.first[i]) + 1, np.inf, free, seen)


@pytest.mark.parametrize(
    ("whole", "only_costs_change", "presolve", "strategy"),
    [(None, False, "off", 1), (None, True, "off", 4), (np.ones(2, dtype=bool), False, "on", 1)],
)
def test_the_solver_takes_every_option_that_makes_it_the_same_on_every_machine(
    whole: np.ndarray | None, only_costs_change: bool, presolve: str, strategy: int
) -> None:
    """HiGHS passes over an option that it does not know: they are read back from it."""
    matrix, one, cap = sparse.csr_matrix(np.ones((1, 2))), np.ones(1), np.full(2, 3.0)
    program = Program(matrix, one, one, cap, np.array([1.0, 2.0]), whole=whole, only_costs_change=only_costs_change)
    wanted = {"output_flag": False, "threads": 1, "random_seed": 0, "presolve": presolve, "simplex_strategy": strategy}
    wanted |= {"mip_max_nodes": NODES, "mip_max_improving_sols": 1}
    assert {option: program.highs.getOptionValue(option)[1] for option in wanted} == wanted
    assert [program.solve().at.tolist() for _ in range(2)] == [[1.0, 0.0]] * 2
    assert program.solved == 2
