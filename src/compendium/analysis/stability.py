"""Do ratings hold from one round to the next? The same people twice, for each group and for all together.

Whoever rated in one round only is left out of every comparison, and counted: people who leave may be those who were
not heard, so those who left stand beside those who stayed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from compendium.aggregate import COUNT, CheckedTable, Counts, Dimension, Statistic
from compendium.analysis import agreement
from compendium.analysis.consensus import as_consensus, labelled, row_of
from compendium.analysis.consensus_rules import HIGH, LOW, Band, comet
from compendium.analysis.estimate import Undefined
from compendium.analysis.stakeholders import (
    GROUP,
    JOINT,
    NEVER_ALONE,
    SMALLEST_DISTRIBUTION,
    SMALLEST_GROUP,
    given,
    items_of,
    least_scored,
    most_used,
    of_round,
    rounds_of,
    safe_to_subtract,
    scale_of,
    shown_groups,
)

MOST_SHIFT = 0.15  # Scheibe, Skutsch & Schofer 1975: a smaller change of the distribution counts as none
STABILITY = {
    "item": "Item",
    "item_label": "Priority",
    "group": "Group code",
    "group_label": "Group",
    "n_text": "Rated in both rounds",
    "median_before": "Median before",
    "median_after": "Median after",
    "verdict_before": "Verdict before",
    "verdict_after": "Verdict after",
    "moved": "Moved between low, middle and high",
    "shift": "Change of the whole",
    "agreement": "Agreement with oneself",
    "stable": "Stable",
}
PATTERN = Dimension(
    "rounds_rated",
    "Rounds",
    {"both": "Both rounds", "earlier_only": "The earlier round only", "later_only": "The later round only"},
)
STAYED, LEFT = "stayed", "left"


def last_two(ratings: CheckedTable) -> tuple[int, int] | None:
    """The last two rounds; None where there was one only."""
    found = rounds_of(ratings)
    return (found[-2], found[-1]) if len(found) > 1 else None


def between_rounds(ratings: CheckedTable, priorities: CheckedTable) -> Statistic:
    """Each item by group and for all, in the last two rounds, for people who scored it in both (kind `stability`).

    `moved`: share whose rating went from one of low, middle, high to another. `shift`: half the sum of the changes of
    the shares of each rating, the change of the group as a whole; under 15 % is `stable`. `agreement`: Cohen's kappa of
    the two ratings of one person, quadratic weights. Floors: groups merge as in `consensus.by_group`; of 5 to 9 people
    medians and verdicts only.
    """
    pair = last_two(ratings)
    both = _twice(ratings.frame, pair) if pair else pd.DataFrame()
    if both.empty:
        return _labelled([], {}, ratings, priorities)
    merged, labels = shown_groups(both, ratings)
    everybody, present = both.assign(group=JOINT), set(merged["group"].unique())
    rows = []
    for item in items_of(both):
        parts = [_row(item, group, merged) for group in labels if group in present]
        rows += [*parts, _row(item, JOINT, everybody, exact=safe_to_subtract(item, everybody, parts))]
    return _labelled(rows, labels, ratings, priorities)


def attendance(ratings: CheckedTable) -> Counts:
    """People by the rounds in which they rated (unit `rater`), of the last two; a table of nothing with one round."""
    pair = last_two(ratings)
    if pair is None:
        return Counts(pd.DataFrame(columns=[PATTERN.name, COUNT]), "rater", (PATTERN,), ratings.origin)
    earlier, later = (set(_rated(ratings.frame, number)["rater_id"]) for number in pair)
    sizes = (len(earlier & later), len(earlier - later), len(later - earlier))
    frame = pd.DataFrame({PATTERN.name: list(PATTERN.categories), COUNT: sizes})
    return Counts(frame, "rater", (PATTERN,), ratings.origin)


def leavers(ratings: CheckedTable, priorities: CheckedTable) -> Statistic:
    """The earlier round of those who came back and of those who did not, item by item (kind `consensus`).

    Nothing where either are fewer than 5 who scored some item, or those who left are all victims and survivors.
    """
    pair = last_two(ratings)
    rows: list[dict[str, Any]] = []
    if pair:
        rated = of_round(ratings.frame, pair[0])
        back = set(_rated(ratings.frame, pair[1])["rater_id"])
        rated = rated.assign(group=np.where(rated["rater_id"].isin(back), STAYED, LEFT))
        gone = set(rated.loc[rated["group"] == LEFT, GROUP])
        sizes = least_scored(rated)
        if len(sizes) == 2 and min(sizes.values()) >= SMALLEST_GROUP and gone != {NEVER_ALONE}:
            rows = [row_of(item, group, rated) for item in items_of(rated) for group in (STAYED, LEFT)]
    labels = {STAYED: "Came to both rounds", LEFT: "Did not come back"}
    return as_consensus(rows, labels, ratings, priorities, scale_of(ratings.frame))


def distribution_shift(before: Sequence[float], after: Sequence[float]) -> float:
    """Half the sum of the absolute changes of the shares of each rating (0: the same, 1: nothing in common).

    Scheibe, Skutsch & Schofer 1975, in Linstone & Turoff, The Delphi Method.
    """
    if not len(before) or not len(after):
        raise Undefined("Nobody rated in one of the rounds.")
    values = sorted({*before, *after})
    shares = [np.array([list(given).count(value) for value in values]) / len(given) for given in (before, after)]
    return float(np.abs(shares[0] - shares[1]).sum() / 2)


def moved_share(before: Sequence[float], after: Sequence[float], high: Band, low: Band) -> float:
    """Share of people whose rating went from one of low, middle and high to another; the lists pair person by person.

    Raises `Undefined` where nobody rated twice.
    """
    pairs = [(_category(one, high, low), _category(two, high, low)) for one, two in zip(before, after, strict=True)]
    if not pairs:
        raise Undefined("Nobody rated in both rounds.")
    return sum(one != two for one, two in pairs) / len(pairs)


def _category(rating: float, high: Band, low: Band) -> str:
    return "high" if high[0] <= rating <= high[1] else "low" if low[0] <= rating <= low[1] else "middle"


def _rated(frame: pd.DataFrame, number: int) -> pd.DataFrame:
    return frame[pd.to_numeric(frame["round"]) == number]


def _twice(frame: pd.DataFrame, pair: tuple[int, int]) -> pd.DataFrame:
    """One row a person and item scored in both rounds: `before`, and `rating` for the later one, so that the floors
    count those who scored both."""
    first, second = (_rated(frame, number) for number in pair)
    columns = ["rater_id", "item_id", "rating"]
    both = second.merge(first[columns].rename(columns={"rating": "before"}), on=columns[:2], validate="1:1")
    numbers = {name: pd.to_numeric(both[name], errors="coerce") for name in ("rating", "before")}
    scored = both.assign(**numbers).dropna(subset=["rating", "before"])
    return of_round(scored, None) if len(scored) else scored


def _row(item: str, group: str, frame: pd.DataFrame, *, exact: bool = True) -> dict[str, Any]:
    earlier, later, scales = given(frame, item, group, "before", "rating", "scale")
    before, after, scale = earlier.tolist(), later.tolist(), most_used(scales)
    found: dict[str, Any] = {
        "item": item,
        "group": group,
        "scored": len(before),
        "n_text": str(len(before)) if exact else f"{SMALLEST_DISTRIBUTION} or more",
        "median_before": float(np.median(earlier)) if before else math.nan,
        "median_after": float(np.median(later)) if after else math.nan,
        "verdict_before": comet(earlier, scale=scale).verdict,
        "verdict_after": comet(later, scale=scale).verdict,
        **dict.fromkeys(("moved", "shift", "agreement")),
        "full": False,
        "stable": "",
    }
    if len(before) < SMALLEST_DISTRIBUTION or not exact:
        return found
    shift = distribution_shift(before, after)
    moved = moved_share(before, after, HIGH[scale], LOW[scale])
    told = {"shift": shift, "moved": moved, "agreement": _kappa(before, after)}
    return {**found, **told, "full": True, "stable": "yes" if shift < MOST_SHIFT else "no"}


def _kappa(before: Sequence[float], after: Sequence[float]) -> float | None:
    try:
        return float(agreement.cohen_kappa(before, after, weights="quadratic"))
    except Undefined:  # everybody gave the same rating twice
        return None


def _labelled(
    rows: Sequence[dict[str, Any]], labels: dict[str, str], ratings: CheckedTable, priorities: CheckedTable
) -> Statistic:
    return labelled("stability", STABILITY, rows, labels, ratings, priorities)
