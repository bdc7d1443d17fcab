"""Priorities put in order by votes, by three methods side by side: a ranking depends on how votes are added up.

Points reward being somebody's first choice. Borda also counts how many chose something at all. Schulze asks, for each
pair, which of the two more people put higher, and follows chains of such wins. Ties stay ties.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from compendium.aggregate import Statistic
from compendium.analysis.stakeholders import CHILDREN, JOINT, SIDE

FEWEST_VOTERS = 10
APART = 2  # ranks of one item that are this far apart by two methods: they differ
RANKING = {
    "item": "Item",
    "item_label": "Priority",
    "group": "Who voted",
    "voters": "Voters",
    "points": "Points (nominal group)",
    "points_rank": "Rank by points",
    "borda": "Borda score",
    "borda_rank": "Rank by Borda",
    "schulze_rank": "Rank by Schulze",
    "differ": "Methods differ",
}


def ranking(records: Any) -> Statistic:
    """Priorities by nominal-group points, Borda and Schulze, side by side; ties keep the same rank (kind `ranking`).

    Points: 5 for a voter's first choice to 1 for the fifth, summed. Borda: each voter ranks all n items, n - 1 for the
    first to 0 for the last; items a voter did not choose share the places that are left. Schulze: see `schulze`.
    Everyone together, and children by themselves where ten or more of them and of the others voted.
    """
    votes, items = records["votes"].frame, records["priorities"].frame["priority_id"].tolist()
    rows = _rank(votes, items, JOINT) if votes["voter_id"].nunique() >= FEWEST_VOTERS else []
    children = votes[votes["stakeholder_group"] == CHILDREN]
    others = votes["voter_id"].nunique() - children["voter_id"].nunique()
    if children["voter_id"].nunique() >= FEWEST_VOTERS and others >= FEWEST_VOTERS:
        rows += _rank(children, items, CHILDREN)
    priorities = records["priorities"].frame
    titles = dict(zip(priorities["priority_id"], priorities["title"], strict=True))
    who = {JOINT: "Everyone together", CHILDREN: records["votes"].dimensions[SIDE].categories[CHILDREN]}
    labelled = [{**row, "item_label": titles[row["item"]], "group": who[row["group"]]} for row in rows]
    least = min((row["voters"] for row in rows), default=0)
    frame = pd.DataFrame(labelled, columns=list(RANKING))
    return Statistic("ranking", frame, RANKING, "voter", least, records["votes"].origin)


def borda(ballots: pd.DataFrame, items: Sequence[str]) -> dict[str, float]:
    """Borda score of each item; `ballots` has voter_id, item_id, points. Items not chosen share the places left."""
    places = _points(ballots, items).rank(axis=1, method="average") - 1
    return {str(item): float(score) for item, score in places.sum().items()}


def schulze(ballots: pd.DataFrame, items: Sequence[str]) -> dict[str, int]:
    """Rank of each item by Schulze's method, 1 for the best; items that do not beat each other share a rank.

    `ballots` has voter_id, item_id, points: more points are preferred; items without points share the last place of
    that voter. Strength of a win: how many prefer it ("winning votes"). Rank: one more than the items that beat it,
    which keeps the order, because beating is transitive (Schulze 2011, Social Choice and Welfare 36:267, theorem 4.1).
    """
    strongest = _strongest_paths(preferences(ballots, items))
    beaten_by = (strongest < strongest.T).sum(axis=1)
    return {item: int(number) + 1 for item, number in zip(items, beaten_by, strict=True)}


def preferences(ballots: pd.DataFrame, items: Sequence[str]) -> NDArray[np.int64]:
    """For each pair of items (row over column) the number of voters who prefer the first."""
    points = _points(ballots, items).to_numpy("float64")
    counted: NDArray[np.int64] = (points[:, :, None] > points[:, None, :]).sum(axis=0).astype(np.int64)
    return counted


def _strongest_paths(preferred: NDArray[np.int64]) -> NDArray[np.int64]:
    """Floyd and Warshall's way, widest path first: a chain is as strong as its weakest win."""
    strength = np.where(preferred > preferred.T, preferred, 0)
    for through in range(len(strength)):
        around = np.minimum(strength[:, through, None], strength[None, through, :])
        strength = np.maximum(strength, around)
    np.fill_diagonal(strength, 0)
    return strength


def _points(ballots: pd.DataFrame, items: Sequence[str]) -> pd.DataFrame:
    """A row a voter, a column an item; 0 where the voter did not choose it."""
    numbers = ballots.assign(points=pd.to_numeric(ballots["points"]).fillna(0))
    table = numbers.pivot_table(index="voter_id", columns="item_id", values="points", aggfunc="sum")
    return table.reindex(columns=list(items)).fillna(0)


def _rank(votes: pd.DataFrame, items: Sequence[str], group: str) -> list[dict[str, Any]]:
    points = _points(votes, items).sum()
    scores = pd.Series(borda(votes, items))
    by_points, by_borda = (one.rank(ascending=False, method="min").astype(int) for one in (points, scores))
    by_pairs = schulze(votes, items)
    rows = []
    for item in items:
        ranks = (int(by_points[item]), int(by_borda[item]), by_pairs[item])
        rows.append(
            {
                "item": item,
                "group": group,
                "voters": int(votes["voter_id"].nunique()),
                "points": int(points[item]),
                "points_rank": ranks[0],
                "borda": float(scores[item]),
                "borda_rank": ranks[1],
                "schulze_rank": ranks[2],
                "differ": "yes" if max(ranks) - min(ranks) >= APART else "",
            }
        )
    return rows
