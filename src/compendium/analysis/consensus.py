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

from compendium.aggregate import CheckedTable, Statistic
from compendium.analysis.estimate import Undefined

SMALLEST_GROUP = 5  # a smaller group merges upward
SMALLEST_DISTRIBUTION = 10  # a smaller group shows its verdict and median only
JOINT = "all"
CHILDREN, PROFESSIONALS = "children", "professionals"
# Declared order of merging: each step is tried where a group has fewer than five; survivors are never shown alone.
GROUPS: Mapping[str, str] = {
    "children": "Children and young people",
    "parents": "Parents and carers",
    "police": "Police",
    "social_care": "Social care",
    "education": "Education",
    "health": "Health",
    "charities": "Charities",
    "families_survivors": "Parents, carers, victims and survivors",
    "police_social_care": "Police and social care",
    "universal_services": "Education, health and charities",
    "professionals": "Professionals",
    "adults": "Adults: families, survivors and professionals",
}
UPWARD: Mapping[str, str] = {
    "parents": "families_survivors",
    "victims_survivors": "families_survivors",
    "police": "police_social_care",
    "social_care": "police_social_care",
    "education": "universal_services",
    "health": "universal_services",
    "charities": "universal_services",
    "police_social_care": "professionals",
    "universal_services": "professionals",
    "professionals": "adults",
    "families_survivors": "adults",
}
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

    Floors of METHODS 4 for participants: a group in which fewer than 5 scored some item is merged upward by the
    declared order, for every item alike; with 5 to 9 only the verdict and the median are shown. Where the groups under
    ten hold together fewer than ten people, their shares could be had by subtraction, so the joint row is as short.
    """
    rated = _round(ratings.frame, round_)
    merged = rated.assign(group=rated["stakeholder_group"].map(merged_groups(rated)))
    merged = merged[merged["group"] != JOINT]
    rows = [row for item in _items(rated) for row in _item_rows(item, merged, rated)]
    return _statistic(rows, rated, ratings, priorities)


def splits(ratings: CheckedTable, priorities: CheckedTable, *, round_: int | None = None) -> Statistic:
    """Items on which children and professionals reach different verdicts: both verdicts and medians (kind `consensus`).

    Shares and exact sizes are left out: beside the table by group they would let a small group be subtracted.
    """
    rated = _round(ratings.frame, round_)
    sides = rated.assign(group=rated["stakeholder_group"].map(_side)).dropna(subset=["group"])
    rows = []
    if {CHILDREN, PROFESSIONALS} <= set(_large_enough(sides)):
        for item in _items(rated):
            both = [_row(item, side, sides, exact=False) for side in (CHILDREN, PROFESSIONALS)]
            if both[0]["verdict"] != both[1]["verdict"]:
                rows += both
    return _statistic(rows, sides, ratings, priorities)


def merged_groups(rated: pd.DataFrame) -> dict[str, str]:
    """The group under which each stakeholder group is shown; `all` when it can be shown only with everybody.

    Every group that shares a merged group goes along, so that none can be had by subtraction.
    """
    shown = {group: group for group in sorted(rated["stakeholder_group"].unique())}
    if "victims_survivors" in shown:
        shown = {group: _climb(now, "families_survivors") for group, now in shown.items()}
    while True:
        sizes = _least_scored(rated.assign(group=rated["stakeholder_group"].map(shown)))
        small = [group for group, size in sizes.items() if size < SMALLEST_GROUP and group != JOINT]
        if not small:
            return shown
        target = UPWARD.get(small[0], JOINT)
        shown = {group: target if now == small[0] else _climb(now, target) for group, now in shown.items()}


def _climb(group: str, target: str) -> str:
    """`target` when the group lies below it in the declared order, else the group."""
    here: str | None = group
    while here is not None and here != target:
        here = UPWARD.get(here)
    return target if here == target else group


def _side(group: str) -> str | None:
    if group == CHILDREN:
        return CHILDREN
    return PROFESSIONALS if _climb(group, PROFESSIONALS) == PROFESSIONALS else None


def _round(frame: pd.DataFrame, round_: int | None) -> pd.DataFrame:
    numbers = pd.to_numeric(frame["round"])
    rated = frame[numbers == (numbers.max() if round_ is None else round_)]
    return rated.assign(rating=pd.to_numeric(rated["rating"], errors="coerce"))


def _items(rated: pd.DataFrame) -> list[str]:
    return sorted(rated["item_id"].unique())


def _least_scored(frame: pd.DataFrame) -> dict[str, int]:
    """For each group the number who scored the item that fewest of them scored."""
    scored = frame["rating"].notna().groupby([frame["group"], frame["item_id"]]).sum().unstack(fill_value=0)
    return {str(group): int(least) for group, least in scored.min(axis=1).items()}


def _large_enough(frame: pd.DataFrame) -> list[str]:
    return [group for group, size in _least_scored(frame).items() if size >= SMALLEST_GROUP]


def _item_rows(item: str, merged: pd.DataFrame, rated: pd.DataFrame) -> list[dict[str, Any]]:
    """One item: its groups, then everybody."""
    present = set(merged["group"])
    rows = [_row(item, group, merged) for group in [*GROUPS] if group in present]
    everybody = rated.assign(group=JOINT)
    scored = rated[(rated["item_id"] == item) & rated["rating"].notna()].shape[0]
    shown_in_full = sum(row["scored"] for row in rows if row["share_high"] is not None)
    rest = scored - shown_in_full
    return [*rows, _row(item, JOINT, everybody, exact=rest == 0 or rest >= SMALLEST_DISTRIBUTION)]


def _row(item: str, group: str, frame: pd.DataFrame, *, exact: bool = True) -> dict[str, Any]:
    ratings = frame.loc[(frame["item_id"] == item) & (frame["group"] == group), "rating"]
    result = comet(ratings)
    few = result.scored < SMALLEST_DISTRIBUTION
    full = exact and not few
    return {
        "item": item,
        "group": group,
        "group_label": "Everyone together" if group == JOINT else GROUPS[group],
        "scored": result.scored,
        "n_text": "fewer than 10" if few else (str(result.scored) if exact else "10 or more"),
        "median": float(ratings.median()),
        "share_high": result.rated_7_9 / result.scored if full else None,
        "share_low": result.rated_1_3 / result.scored if full else None,
        "verdict": result.verdict,
    }


def _statistic(
    rows: Sequence[Mapping[str, Any]], rated: pd.DataFrame, ratings: CheckedTable, priorities: CheckedTable
) -> Statistic:
    titles = dict(zip(priorities.frame["priority_id"], priorities.frame["title"], strict=True))
    labelled = [{**row, "item_label": titles.get(row["item"], row["item"])} for row in rows]
    least = min((row["scored"] for row in rows), default=0)
    frame = pd.DataFrame(labelled, columns=list(COLUMNS))
    return Statistic("consensus", frame, COLUMNS, "participant", least, ratings.origin)


def _scores(answers: Iterable[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The answers that are numbers."""
    numbers = pd.to_numeric(pd.Series(list(answers), dtype="object"), errors="coerce")
    return numbers.dropna().to_numpy("float64")


def _blank(answer: Any) -> bool:
    return answer is None or (isinstance(answer, float) and np.isnan(answer)) or answer == ""
