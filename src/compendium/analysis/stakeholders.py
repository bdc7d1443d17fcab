"""Who may stand alone in a table of people who took part, and who is shown only with others.

The floors of this project for participants: a group in which fewer than 5 scored some item is merged upward by the
declared order, for every item alike; victims and survivors never stand alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from compendium.aggregate import CheckedTable, Dimension
from compendium.analysis.consensus_rules import USUAL

SMALLEST_GROUP = 5  # a smaller group merges upward
SMALLEST_DISTRIBUTION = 10  # a smaller group shows its verdict and median only
JOINT = "all"
CHILDREN, PROFESSIONALS = "children", "professionals"
GROUP = "stakeholder_group"
NEVER_ALONE = "victims_survivors"
# Declared order of merging, hierarchies of the dictionary: even at the first victims and survivors do not stand alone.
MERGED, SIDE = "stakeholder_merged", "stakeholder_side"


def shown_groups(rated: pd.DataFrame, ratings: CheckedTable) -> tuple[pd.DataFrame, dict[str, str]]:
    """Ratings with the group under which each is shown, and what the groups are called, in order."""
    steps = ratings.dimensions[MERGED], ratings.dimensions[SIDE]
    shown = rated.assign(group=rated["stakeholder_group"].map(merged_groups(rated, *steps)))
    labels = {**steps[1].categories, **steps[0].categories, JOINT: "Everyone together"}
    return shown[shown["group"] != JOINT], labels


def merged_groups(rated: pd.DataFrame, merged: Dimension, sides: Dimension) -> dict[str, str]:
    """The group under which each stakeholder group is shown; `all` when it can be shown only with everybody.

    A small group moves up a step and takes along every group that shares the step, so that none can be had by
    subtraction from it.
    """
    steps = [category_of(merged), category_of(sides)]
    level = dict.fromkeys(sorted(rated["stakeholder_group"].unique()), 0)
    while True:
        shown = {group: steps[at][group] if at < len(steps) else JOINT for group, at in level.items()}
        sizes = least_scored(rated.assign(group=rated["stakeholder_group"].map(shown)))
        small = {group for group, size in sizes.items() if size < SMALLEST_GROUP} - {JOINT}
        if not small:
            return shown
        moving = {group for group in level if shown[group] in small}
        for group in sorted(moving):
            level[group] += 1
        for at, step in enumerate(steps):
            reached = {step[group] for group, now in level.items() if now == at and group in moving}
            level = {group: max(now, at) if step[group] in reached else now for group, now in level.items()}


def category_of(dimension: Dimension) -> dict[str, str]:
    """The category of each code of the variable that a dimension groups."""
    return {member: category for category, members in dimension.members.items() for member in members}


def least_scored(frame: pd.DataFrame) -> dict[str, int]:
    """For each group (column `group`) the number who scored the item that fewest of them scored."""
    scored = frame["rating"].notna().groupby([frame["group"], frame["item_id"]]).sum().unstack(fill_value=0)
    return {str(group): int(least) for group, least in scored.min(axis=1).items()}


def safe_to_subtract(item: str, whole: pd.DataFrame, parts: Sequence[Mapping[str, Any]]) -> bool:
    """Whether what is left of the whole without the parts shown in full is nobody or ten people or more."""
    scored = int(whole.loc[whole["item_id"] == item, "rating"].notna().sum())
    rest = scored - sum(part["scored"] for part in parts if part["full"])
    return rest == 0 or rest >= SMALLEST_DISTRIBUTION


def of_round(frame: pd.DataFrame, round_: int | None) -> pd.DataFrame:
    """The ratings of a round. Items that fewer than 5 people scored are left out: nothing of them may be shown, and
    beside them every group would look too small.
    """
    numbers = pd.to_numeric(frame["round"])
    rated = frame[numbers == (numbers.max() if round_ is None else round_)]
    rated = rated.assign(rating=pd.to_numeric(rated["rating"], errors="coerce"))
    scored = rated.groupby("item_id")["rating"].count()
    return rated[rated["item_id"].isin(scored.index[scored >= SMALLEST_GROUP])]


def items_of(rated: pd.DataFrame) -> list[str]:
    """Ids of the items that anybody rated, in order."""
    return sorted(rated["item_id"].unique())


def rounds_of(table: CheckedTable) -> list[int]:
    """The rounds in which anybody rated, in order."""
    return sorted({int(number) for number in pd.to_numeric(table.frame["round"]).dropna()})


def given(frame: pd.DataFrame, item: str, group: str, *columns: str) -> list[NDArray[Any]]:
    """What one group (column `group`) gave for one item: the values of each of these columns; none of one not there."""
    chosen = (frame["item_id"].to_numpy() == item) & (frame["group"].to_numpy() == group)
    return [frame[name].to_numpy()[chosen] if name in frame else np.array([]) for name in columns]


def scale_of(frame: pd.DataFrame) -> str:
    """The scale on which most of these ratings were given; 1 to 9 where none is declared. An item has one a round."""
    return most_used(frame["scale"].to_numpy()) if "scale" in frame else USUAL


def most_used(scales: Iterable[Any]) -> str:
    """The most frequent of these scales, of equal ones the first; 1 to 9 in the place of one that is not told."""
    times = Counter(USUAL if pd.isna(scale) or scale == "" else str(scale) for scale in scales)
    return min(times, key=lambda scale: (-times[scale], scale), default=USUAL)
