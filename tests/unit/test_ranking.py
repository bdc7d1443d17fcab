"""Schulze's method on the examples of its author and of Wikipedia, and ties that stay ties."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from compendium.analysis import ranking

# Schulze 2011, Social Choice and Welfare 36:267, example 1; and the 45 voters of Wikipedia's "Schulze method"
SCHULZE_2011 = {"acdb": 8, "badc": 2, "cdba": 4, "dbac": 4, "dcba": 3}
WIKIPEDIA = {"ACBED": 5, "ADECB": 5, "BEDAC": 8, "CABED": 3, "CAEBD": 7, "CBADE": 2, "DCEBA": 7, "EBADC": 8}


def ballots(profile: dict[str, int]) -> pd.DataFrame:
    """Each order of items as points, the first choice most."""
    voters = itertools.count(1)
    rows = [
        {"voter_id": f"T-{voter:03d}", "item_id": item, "points": len(order) - place}
        for order, number in profile.items()
        for voter in itertools.islice(voters, number)
        for place, item in enumerate(order)
    ]
    return pd.DataFrame(rows)


def order(profile: dict[str, int]) -> str:
    ranks = ranking.schulze(ballots(profile), sorted(set("".join(profile))))
    return "".join(sorted(ranks, key=ranks.__getitem__))


def test_the_example_of_the_author_gives_the_published_order() -> None:
    assert order(SCHULZE_2011) == "dacb"


def test_the_45_voters_of_wikipedia_give_the_published_order_and_pairs() -> None:
    assert order(WIKIPEDIA) == "EACBD"
    # the printed matrix of pairwise preferences, A to E
    assert ranking.preferences(ballots(WIKIPEDIA), list("ABCDE")).tolist() == [
        [0, 20, 26, 30, 22],
        [25, 0, 16, 33, 18],
        [19, 29, 0, 17, 24],
        [15, 12, 28, 0, 14],
        [23, 27, 21, 31, 0],
    ]


def test_items_that_do_not_beat_each_other_share_a_rank() -> None:
    assert ranking.schulze(ballots({"abc": 3, "bac": 3}), ["a", "b", "c"]) == {"a": 1, "b": 1, "c": 3}
    circle = ranking.schulze(ballots({"abc": 2, "bca": 2, "cab": 2}), ["a", "b", "c"])
    assert set(circle.values()) == {1}


def test_items_that_a_voter_did_not_choose_share_the_last_place_of_that_voter() -> None:
    chosen = pd.DataFrame([{"voter_id": "T-001", "item_id": "a", "points": 5}])
    assert ranking.schulze(chosen, ["a", "b", "c"]) == {"a": 1, "b": 2, "c": 2}


@pytest.mark.parametrize("seed", range(20))
def test_who_beats_everybody_one_by_one_is_first_and_ranks_never_contradict_a_path(seed: int) -> None:
    """Brute force: strengths of all paths without repetition; a Condorcet winner is first."""
    chance = np.random.default_rng(seed)
    profile = {"".join(chance.permutation(list("abcd"))): int(chance.integers(1, 9)) for _ in range(4)}
    items = list("abcd")
    pairs = ranking.preferences(ballots(profile), items)
    wins = np.where(pairs > pairs.T, pairs, 0)
    strength = {(i, j): _widest(wins, i, j) for i, j in itertools.permutations(range(4), 2)}
    ranks = list(ranking.schulze(ballots(profile), items).values())
    for (i, j), one in strength.items():
        if one > strength[j, i]:
            assert ranks[i] < ranks[j]
    for i in range(4):
        if all(pairs[i, j] > pairs[j, i] for j in range(4) if j != i):
            assert ranks[i] == 1
            assert ranks.count(1) == 1


def _widest(wins: np.ndarray, start: int, end: int) -> int:
    others = [node for node in range(len(wins)) if node not in (start, end)]
    paths = (
        (start, *between, end) for size in range(len(others) + 1) for between in itertools.permutations(others, size)
    )
    return max(min(wins[one, two] for one, two in itertools.pairwise(path)) for path in paths)
