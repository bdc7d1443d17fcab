"""Which whole-number tables the attack keeps as witnesses, worked out by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy import sparse

from compendium.disclosure.witnesses import Witnesses, proof

THRESHOLDS = [10, 10, 10, 10]
TABLES = [[0, 12, 5, 30], [0, 12, 5, 30], [12, 0, 7, 30], [13, 1, 8, 30], [14, 0, 10, 30]]


def met(*tables: list[int]) -> Witnesses:
    """Four hidden regions, each an unknown of its own, beside a base of nothing."""
    found = Witnesses(np.zeros(4), sparse.identity(4, format="csr"), THRESHOLDS)
    for table in tables:
        found.add(np.array(table, dtype=float))
    return found


def test_a_table_is_kept_when_it_is_the_first_to_show_something() -> None:
    """The second is the first again; the fourth shows nothing new but the greatest count of the first region so far."""
    found = met(*TABLES)
    assert [table.tolist() for table in found.tables] == [TABLES[0], TABLES[2], TABLES[4]]
    assert found.zero_in.tolist() == [0, 1, -1, -1]
    assert found.reached_in.tolist() == [1, 0, 2, 0]
    assert found.other_in.tolist() == [1, 1, 1, -1]
    assert (found.least.tolist(), found.most.tolist()) == ([0, 0, 5, 30], [14, 12, 10, 30])
    assert found.zero.tolist() == [
        [True, False, False, False],
        [False, True, False, False],
        [False, True, False, False],
    ]
    assert found.reached.tolist() == [
        [False, True, False, True],
        [True, False, False, True],
        [True, False, True, True],
    ]


def test_the_pair_of_a_region_is_nobody_and_the_threshold_or_two_tables_that_differ() -> None:
    """The third table shows region 0 at the threshold as well, and region 1 empty: it serves for both."""
    found = met(*TABLES)
    assert found.pairs([0, 1, 2, 3]) == {0: (0, 1), 1: (1, 0), 2: (0, 1)}
    assert found.pairs([2]) == {2: (0, 1)}
    assert found.pairs([3]) == {}  # always 30
    assert met(TABLES[0]).pairs([0, 1, 2, 3]) == {}


def test_a_table_that_only_differs_is_no_witness_of_the_threshold() -> None:
    found = Witnesses(np.zeros(1), sparse.identity(1, format="csr"), [10])
    for count in (0.0, 5.0, 12.0):
        found.add(np.array([count]))
    assert found.pairs([0]) == {0: (0, 2)}


def test_few_tables_show_all_that_can_be_shown() -> None:
    """Every matrix of three tables by three regions: a region that some table shows gets one that does, and the table
    that shows most regions is taken for all of these."""
    for bits in product((False, True), repeat=9):
        shows = np.array(bits).reshape(3, 3)
        chosen = Witnesses._few(shows)
        assert [(row >= 0) for row in chosen] == shows.any(axis=0).tolist()
        assert all(shows[row, column] for column, row in enumerate(chosen) if row >= 0)
        most = shows.sum(axis=1)
        if most.max():
            first = int(np.argmax(most))
            assert all(chosen[column] == first for column in np.flatnonzero(shows[first]))
    assert Witnesses._few(np.zeros((0, 3), dtype=bool)).tolist() == [-1, -1, -1]


def test_the_proof_is_the_first_table_and_what_the_needed_ones_change() -> None:
    """Regions 7, 8, 9 are the places 0, 1, 3; unknowns 1, 2, 4, 5 are open, 0 and 3 are fixed at 40 and 50."""
    found = proof(met(*TABLES), np.array([40.0, 0, 0, 50.0, 0, 0]), np.array([1, 2, 4, 5]), {7: 0, 8: 1, 9: 3})
    assert found.base.tolist() == [40, 0, 12, 50, 5, 30]
    assert found.base.dtype.kind == "i"  # the file of witnesses holds whole numbers, 5 and not 5.0
    assert found.pairs == {7: (0, 1), 8: (1, 0)}
    assert [(places.tolist(), counts.tolist()) for places, counts in found.changes] == [([1, 2, 4], [12, 0, 7])]
    third = proof(met(*TABLES), np.zeros(4), np.arange(4), {2: 2, 0: 0})
    assert third.pairs == {2: (0, 1), 0: (0, 1)}
    none = proof(met(), np.array([40.0, 2.0]), np.array([], dtype=int), {7: 0})
    assert (none.base.tolist(), none.changes, none.pairs) == ([40, 2], (), {})
