"""Do people agree? The 70/15 rule and the RAND/UCLA disagreement index, for each group and for all together.

A joint verdict alone hides who disagrees, so the tables here always hold the groups as well. The rules themselves are
in `consensus_rules`, the floors for small groups in `stakeholders`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from compendium.aggregate import CheckedTable, Statistic
from compendium.analysis.consensus_rules import (
    HIGH,
    LOW,
    USUAL,
    Comet,
    RandUcla,
    Shares,
    comet,
    rand_ucla,
    scored,
    shares_of_all_answers,
)
from compendium.analysis.stakeholders import (
    CHILDREN,
    JOINT,
    PROFESSIONALS,
    SIDE,
    SMALLEST_DISTRIBUTION,
    SMALLEST_GROUP,
    category_of,
    given,
    items_of,
    least_scored,
    merged_groups,
    most_used,
    of_round,
    safe_to_subtract,
    scale_of,
    shown_groups,
)

__all__ = [
    "Comet", "RandUcla", "Shares", "by_group", "comet", "merged_groups",  "rand_ucla",
    "shares_of_all_answers", "splits", "spread",
]  # fmt: skip

SPREAD = {
    "item": "Item",
    "item_label": "Priority",
    "group": "Group code",
    "group_label": "Group",
    "n_text": "Who scored",
    "median": "Median",
    "low_quartile": "A quarter rated it this or lower",
    "high_quartile": "A quarter rated it this or higher",
    "disagreement_index": "Disagreement index",
    "disagreement": "Disagreement",
}


def by_group(ratings: CheckedTable, priorities: CheckedTable, *, round_: int | None = None) -> Statistic:
    """The 70/15 verdict of each item by stakeholder group and for all (kind `consensus`); the last round by default.

    The project's floors for participants: a group in which fewer than 5 scored some item is merged upward by the
    declared order, for every item alike; with 5 to 9 only the verdict and the median are shown. Where the groups under
    ten hold together fewer than ten people, their shares could be had by subtraction, so the joint row is as short.
    """
    rated = of_round(ratings.frame, round_)
    merged, labels = shown_groups(rated, ratings)
    rows: list[dict[str, Any]] = []
    for item in items_of(rated):
        parts = _separate(item, merged, labels)
        rows += [*parts, _joint(item, rated, parts)]
    return as_consensus(rows, labels, ratings, priorities, scale_of(rated))


def splits(ratings: CheckedTable, priorities: CheckedTable, *, round_: int | None = None) -> Statistic:
    """Items on which children and professionals reach different verdicts: both, and everyone (kind `consensus`).

    Floors as in `by_group`; nothing is shown when either side has fewer than 5 who scored some item.
    """
    rated = of_round(ratings.frame, round_)
    merged, labels = shown_groups(rated, ratings)
    sides = ratings.dimensions[SIDE]
    both = rated.assign(group=rated["stakeholder_group"].map(category_of(sides)))
    both = both[both["group"].isin([CHILDREN, PROFESSIONALS])]
    sizes = least_scored(both)
    rows: list[dict[str, Any]] = []
    if len(sizes) == 2 and min(sizes.values()) >= SMALLEST_GROUP:
        within = merged[merged["stakeholder_group"].isin(sides.members[PROFESSIONALS])]
        professionals = both[both["group"] == PROFESSIONALS]
        for item in items_of(rated):
            exact = safe_to_subtract(item, professionals, _separate(item, within, labels))
            pair = [row_of(item, CHILDREN, both), row_of(item, PROFESSIONALS, both, exact=exact)]
            if pair[0]["verdict"] != pair[1]["verdict"]:
                rows += [*pair, _joint(item, rated, _separate(item, merged, labels))]
    return as_consensus(rows, {**labels, **sides.categories}, ratings, priorities, scale_of(rated))


def spread(ratings: CheckedTable, priorities: CheckedTable, *, round_: int | None = None) -> Statistic:
    """Median, quartiles and RAND/UCLA disagreement of each item by group and for all (kind `spread`).

    Floors as in `by_group`: of groups of 5 to 9 only the median. The index is defined for ratings of 1 to 9 (Fitch et
    al. 2001) and is empty on other scales.
    """
    rated = of_round(ratings.frame, round_)
    merged, labels = shown_groups(rated, ratings)
    usual = scale_of(rated) == USUAL
    rows = []
    for item in items_of(rated):
        parts = _separate(item, merged, labels)
        for row in [*parts, _joint(item, rated, parts)]:
            frame = _everybody(rated) if row["group"] == JOINT else merged
            (rated_so,) = given(frame, item, row["group"], "rating")
            rows.append({**row, **_spread_of(rated_so, row, usual=usual)})
    return labelled("spread", SPREAD, rows, labels, ratings, priorities)


def _spread_of(ratings: NDArray[Any], row: Mapping[str, Any], *, usual: bool) -> dict[str, Any]:
    nothing = {"low_quartile": None, "high_quartile": None, "disagreement_index": None, "disagreement": ""}
    if not row["full"]:  # too few for anything but a median
        return nothing
    low, high = np.percentile(scored(ratings), [25, 75])
    found = {**nothing, "low_quartile": float(low), "high_quartile": float(high)}
    if usual:
        spread_ = rand_ucla(ratings)
        found |= {"disagreement_index": float(spread_), "disagreement": "yes" if spread_.disagreement else "no"}
    return found


def _separate(item: str, merged: pd.DataFrame, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    present = set(merged["group"].unique())
    return [row_of(item, group, merged) for group in labels if group in present]


def _joint(item: str, rated: pd.DataFrame, parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The row of everybody, beside those of the groups."""
    everybody = _everybody(rated)
    return row_of(item, JOINT, everybody, exact=safe_to_subtract(item, everybody, parts))


def _everybody(rated: pd.DataFrame) -> pd.DataFrame:
    return rated.assign(group=JOINT)


def row_of(item: str, group: str, frame: pd.DataFrame, *, exact: bool = True) -> dict[str, Any]:
    """The verdict of one group (column `group`) on one item, short where it is small or not `exact`."""
    ratings, scales = given(frame, item, group, "rating", "scale")
    result = comet(ratings, scale=most_used(scales))
    few = result.scored < SMALLEST_DISTRIBUTION
    full = exact and not few
    return {
        "item": item,
        "group": group,
        "scored": result.scored,
        "full": full,
        "n_text": "fewer than 10" if few else (str(result.scored) if exact else "10 or more"),
        "median": float(np.median(scored(ratings))) if result.scored else math.nan,
        "share_high": result.rated_7_9 / result.scored if full else None,
        "share_low": result.rated_1_3 / result.scored if full else None,
        "verdict": result.verdict,
    }


def as_consensus(
    rows: Sequence[Mapping[str, Any]],
    labels: Mapping[str, str],
    ratings: CheckedTable,
    priorities: CheckedTable,
    scale: str,
) -> Statistic:
    """A table of verdicts (kind `consensus`) from rows of `row_of`."""
    return labelled("consensus", _columns(scale), rows, labels, ratings, priorities)


def _columns(scale: str) -> dict[str, str]:
    """Titles of the columns, with the ends of the scale that is used."""
    (high, highest), (low, lowest) = HIGH[scale], LOW[scale]
    return {
        "item": "Item",
        "item_label": "Priority",
        "group": "Group code",
        "group_label": "Group",
        "n_text": "Who scored",
        "median": f"Median ({low} to {highest})",
        "share_high": f"Rated {high} to {highest}",
        "share_low": f"Rated {low} to {lowest}",
        "verdict": "Verdict",
    }


def labelled(
    kind: str,
    columns: Mapping[str, str],
    rows: Sequence[Mapping[str, Any]],
    labels: Mapping[str, str],
    ratings: CheckedTable,
    priorities: CheckedTable,
) -> Statistic:
    """A statistic of a kind from rows that name items and groups, with their labels."""
    titles = dict(zip(priorities.frame["priority_id"], priorities.frame["title"], strict=True))
    labelled = [
        {**row, "item_label": titles.get(row["item"], row["item"]), "group_label": labels[row["group"]]} for row in rows
    ]
    least = min((row["scored"] for row in rows), default=0)
    frame = pd.DataFrame(labelled, columns=list(columns))
    return Statistic(kind, frame, columns, "participant", least, ratings.origin)
