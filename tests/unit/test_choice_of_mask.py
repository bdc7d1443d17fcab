"""What the choice of cells gives away (minimality attack), by enumeration of small tables."""

from __future__ import annotations

from benchmarks.choice_of_mask import every_table, pattern, rate


def test_every_table_of_small_counts_is_enumerated_with_its_margins() -> None:
    tables = every_table(1)
    assert len(tables) == 16
    assert tables[1, 0, 1, 1] == (1, 0, 1, 1, 1, 2, 2, 1, 3)  # by rows, margins last


def test_the_same_seed_gives_the_same_mask_so_that_reruns_agree() -> None:
    for seed in (None, 1, 2):
        assert pattern((0, 2, 2, 1), 2, seed) == pattern((0, 2, 2, 1), 2, seed)


def test_a_private_seed_gives_away_no_more_than_fixed_ties() -> None:
    """With the fixed choice among the possible ones, an intruder who can't tell keeps at least as many tables."""
    tables = every_table(1)
    fixed, private = rate(tables, 2, [None]), rate(tables, 2, [None, 1, 2])
    assert fixed.cells == private.cells
    assert private.given_away <= fixed.given_away
