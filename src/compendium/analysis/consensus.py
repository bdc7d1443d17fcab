"""Do people agree? The 70/15 rule and the RAND/UCLA disagreement index, for each group and for all together.

A joint verdict alone hides who disagrees, so the tables here always hold the groups as well. Floors for small groups:
see `by_group`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from compendium.aggregate import CheckedTable, Dimension, Statistic
from compendium.analysis.estimate import Undefined

SMALLEST_GROUP = 5  # a smaller group merges upward
SMALLEST_DISTRIBUTION = 10  # a smaller group shows its verdict and median only
JOINT = "all"
CHILDREN, PROFESSIONALS = "children", "professionals"
# Declared order of merging, hierarchies of the dictionary: even at the first victims and survivors do not stand alone.
MERGED, SIDE = "stakeholder_merged", "stakeholder_side"
COLUMNS = {
    "item": "Item",
    "item_label": "Priority",
    "group": "Group code",
    "group_label": "Group",
    "n_text": "Who scored",
    "median": "Median (1 to 9)",
    "share_high": "Rated 7 to 9",
    "share_low": "Rated 1 to 3",
    "verdict": "Verdict",
}


@dataclass(frozen=True)
class Comet:
    """The 70/15 rule applied to one item: whole numbers and `in`, `out`, `no consensus` or `undefined`."""

    scored: int
    not_scored: int
    rated_7_9: int
    rated_1_3: int

    @property
    def verdict(self) -> str:
        """`in`: at least 70 % rate 7-9 and fewer than 15 % rate 1-3; `out`: the reverse. In whole numbers."""
        if self.scored == 0:
            return "undefined"
        for high, low, word in ((self.rated_7_9, self.rated_1_3, "in"), (self.rated_1_3, self.rated_7_9, "out")):
            if 100 * high >= 70 * self.scored and 100 * low < 15 * self.scored:
                return word
        return "no consensus"


def comet(ratings: Iterable[Any]) -> Comet:
    """Count ratings of 1 to 9 for the 70/15 rule (Williamson et al. 2017, Trials 18(Suppl 3):280; not a law).

    Answers that are not numbers ("unable to score", missing) leave the denominator.
    """
    given = list(ratings)
    scores = _scores(given)
    high, low = (int(((scores >= first) & (scores <= last)).sum()) for first, last in ((7, 9), (1, 3)))
    return Comet(len(scores), len(given) - len(scores), high, low)


@dataclass(frozen=True)
class Shares:
    """Shares (0 to 1) of all answers given, "cannot say" included in the denominator."""

    high: float
    low_or_unable: float
    unable: float


def shares_of_all_answers(
    answers: Iterable[Any], *, high: tuple[int, int] = (5, 7), low: tuple[int, int] = (1, 3)
) -> Shares:
    """Inclusion shares as the ENLIGHT consensus counts them (Spitschan et al. 2023): the opposite of `comet`.

    An answer that is not a number stays in the denominator and is counted with exclusion; a blank is no answer.
    """
    given = [answer for answer in answers if not _blank(answer)]
    if not given:
        raise Undefined("Nobody answered this item.")
    scores = _scores(given)
    total, unable = len(given), len(given) - len(scores)
    highs = int(((scores >= high[0]) & (scores <= high[1])).sum())
    lows = int(((scores >= low[0]) & (scores <= low[1])).sum())
    return Shares(highs / total, (lows + unable) / total, unable / total)


@dataclass(frozen=True)
class RandUcla:
    """Spread of ratings against the spread that disagreement would have. Fitch et al. 2001, RAND/UCLA user's manual."""

    p30: float
    p70: float
    median: float

    @property
    def ipr(self) -> float:
        """Interpercentile range, 30th to 70th."""
        return self.p70 - self.p30

    @property
    def iprcp(self) -> float:
        """Central point of that range."""
        return (self.p30 + self.p70) / 2

    @property
    def ipras(self) -> float:
        """Interpercentile range adjusted for symmetry: 2.35 + 1.5 |5 - central point|."""
        return 2.35 + 1.5 * abs(5 - self.iprcp)

    @property
    def disagreement_index(self) -> float:
        return self.ipr / self.ipras

    @property
    def disagreement(self) -> bool:
        return self.ipr > self.ipras

    def __float__(self) -> float:
        return self.disagreement_index


def rand_ucla(
    ratings: Iterable[Any] | None = None,
    *,
    p30: float | None = None,
    p70: float | None = None,
    median: float | None = None,
) -> RandUcla:
    """RAND/UCLA disagreement from ratings of 1 to 9, or from percentiles already published.

    Percentiles by linear interpolation between order statistics. Answers that are not numbers are left out. Published
    check: BMJ Open 2012;2:e001431, table 1 (which misprints 2.5 for 2.35). Raises `Undefined` when nobody scored.
    """
    if ratings is None:
        if p30 is None or p70 is None:
            raise ValueError("give ratings, or p30 and p70")
        return RandUcla(p30, p70, float("nan") if median is None else median)
    scores = _scores(ratings)
    if not len(scores):
        raise Undefined("Nobody scored this item.")
    thirty, middle, seventy = np.percentile(scores, [30, 50, 70])
    return RandUcla(float(thirty), float(seventy), float(middle))


def by_group(ratings: CheckedTable, priorities: CheckedTable, *, round_: int | None = None) -> Statistic:
    """The 70/15 verdict of each item by stakeholder group and for all (kind `consensus`); the last round by default.

    The project's floors for participants: a group in which fewer than 5 scored some item is merged upward by the
    declared order, for every item alike; with 5 to 9 only the verdict and the median are shown. Where the groups under
    ten hold together fewer than ten people, their shares could be had by subtraction, so the joint row is as short.
    """
    rated = _round(ratings.frame, round_)
    merged, labels = _shown(rated, ratings)
    rows = [
        row for item in _items(rated) for row in (*_separate(item, merged, labels), _joint(item, rated, merged, labels))
    ]
    return _statistic(rows, labels, ratings, priorities)


def splits(ratings: CheckedTable, priorities: CheckedTable, *, round_: int | None = None) -> Statistic:
    """Items on which children and professionals reach different verdicts: both, and everyone (kind `consensus`).

    Floors as in `by_group`; nothing is shown when either side has fewer than 5 who scored some item.
    """
    rated = _round(ratings.frame, round_)
    merged, labels = _shown(rated, ratings)
    sides = ratings.dimensions[SIDE]
    both = rated.assign(group=rated["stakeholder_group"].map(_category_of(sides)))
    both = both[both["group"].isin([CHILDREN, PROFESSIONALS])]
    sizes = _least_scored(both)
    rows: list[dict[str, Any]] = []
    if len(sizes) == 2 and min(sizes.values()) >= SMALLEST_GROUP:
        within = merged[merged["stakeholder_group"].isin(sides.members[PROFESSIONALS])]
        professionals = both[both["group"] == PROFESSIONALS]
        for item in _items(rated):
            exact = _safe_to_subtract(item, professionals, _separate(item, within, labels))
            pair = [_row(item, CHILDREN, both), _row(item, PROFESSIONALS, both, exact=exact)]
            if pair[0]["verdict"] != pair[1]["verdict"]:
                rows += [*pair, _joint(item, rated, merged, labels)]
    return _statistic(rows, {**labels, **sides.categories}, ratings, priorities)


def _shown(rated: pd.DataFrame, ratings: CheckedTable) -> tuple[pd.DataFrame, dict[str, str]]:
    """Ratings with the group under which each is shown, and what the groups are called, in order."""
    steps = ratings.dimensions[MERGED], ratings.dimensions[SIDE]
    shown = rated.assign(group=rated["stakeholder_group"].map(merged_groups(rated, *steps)))
    labels = {**steps[1].categories, **steps[0].categories, JOINT: "Everyone together"}
    return shown[shown["group"] != JOINT], labels


def _separate(item: str, merged: pd.DataFrame, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    present = set(merged["group"])
    return [_row(item, group, merged) for group in labels if group in present]


def _joint(item: str, rated: pd.DataFrame, merged: pd.DataFrame, labels: Mapping[str, str]) -> dict[str, Any]:
    everybody = rated.assign(group=JOINT)
    return _row(item, JOINT, everybody, exact=_safe_to_subtract(item, everybody, _separate(item, merged, labels)))


def merged_groups(rated: pd.DataFrame, merged: Dimension, sides: Dimension) -> dict[str, str]:
    """The group under which each stakeholder group is shown; `all` when it can be shown only with everybody.

    A small group moves up a step and takes along every group that shares the step, so that none can be had by
    subtraction from it.
    """
    steps = [_category_of(merged), _category_of(sides)]
    level = dict.fromkeys(sorted(rated["stakeholder_group"].unique()), 0)
    while True:
        shown = {group: steps[at][group] if at < len(steps) else JOINT for group, at in level.items()}
        sizes = _least_scored(rated.assign(group=rated["stakeholder_group"].map(shown)))
        small = {group for group, size in sizes.items() if size < SMALLEST_GROUP} - {JOINT}
        if not small:
            return shown
        moving = {group for group in level if shown[group] in small}
        for group in sorted(moving):
            level[group] += 1
        for at, step in enumerate(steps):
            reached = {step[group] for group, now in level.items() if now == at and group in moving}
            level = {group: max(now, at) if step[group] in reached else now for group, now in level.items()}


def _category_of(dimension: Dimension) -> dict[str, str]:
    return {member: category for category, members in dimension.members.items() for member in members}


def _safe_to_subtract(item: str, whole: pd.DataFrame, parts: Sequence[Mapping[str, Any]]) -> bool:
    """What is left of the whole without the parts shown in full is nobody, or ten people or more."""
    scored = int(whole.loc[whole["item_id"] == item, "rating"].notna().sum())
    rest = scored - sum(part["scored"] for part in parts if part["share_high"] is not None)
    return rest == 0 or rest >= SMALLEST_DISTRIBUTION


def _round(frame: pd.DataFrame, round_: int | None) -> pd.DataFrame:
    """The ratings of a round. Items that fewer than 5 people scored are left out: nothing of them may be shown, and
    beside them every group would look too small.
    """
    numbers = pd.to_numeric(frame["round"])
    rated = frame[numbers == (numbers.max() if round_ is None else round_)]
    rated = rated.assign(rating=pd.to_numeric(rated["rating"], errors="coerce"))
    scored = rated.groupby("item_id")["rating"].count()
    return rated[rated["item_id"].isin(scored.index[scored >= SMALLEST_GROUP])]


def _items(rated: pd.DataFrame) -> list[str]:
    return sorted(rated["item_id"].unique())


def _least_scored(frame: pd.DataFrame) -> dict[str, int]:
    """For each group the number who scored the item that fewest of them scored."""
    scored = frame["rating"].notna().groupby([frame["group"], frame["item_id"]]).sum().unstack(fill_value=0)
    return {str(group): int(least) for group, least in scored.min(axis=1).items()}


def _row(item: str, group: str, frame: pd.DataFrame, *, exact: bool = True) -> dict[str, Any]:
    ratings = frame.loc[(frame["item_id"] == item) & (frame["group"] == group), "rating"]
    result = comet(ratings)
    few = result.scored < SMALLEST_DISTRIBUTION
    full = exact and not few
    return {
        "item": item,
        "group": group,
        "scored": result.scored,
        "n_text": "fewer than 10" if few else (str(result.scored) if exact else "10 or more"),
        "median": float(ratings.median()),
        "share_high": result.rated_7_9 / result.scored if full else None,
        "share_low": result.rated_1_3 / result.scored if full else None,
        "verdict": result.verdict,
    }


def _statistic(
    rows: Sequence[Mapping[str, Any]], labels: Mapping[str, str], ratings: CheckedTable, priorities: CheckedTable
) -> Statistic:
    titles = dict(zip(priorities.frame["priority_id"], priorities.frame["title"], strict=True))
    labelled = [
        {**row, "item_label": titles.get(row["item"], row["item"]), "group_label": labels[row["group"]]} for row in rows
    ]
    least = min((row["scored"] for row in rows), default=0)
    frame = pd.DataFrame(labelled, columns=list(COLUMNS))
    return Statistic("consensus", frame, COLUMNS, "participant", least, ratings.origin)


def _scores(answers: Iterable[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The answers that are numbers."""
    numbers = pd.to_numeric(pd.Series(list(answers), dtype="object"), errors="coerce")
    return numbers.dropna().to_numpy("float64")


def _blank(answer: Any) -> bool:
    return answer is None or (isinstance(answer, float) and np.isnan(answer)) or answer == ""
