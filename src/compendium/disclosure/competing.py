"""Outcomes that exclude one another, over time: how their curves are rounded, and which may stand apart at all.

Steps of a curve are the dates of single events. So months only; numbers at risk and cumulative events by midpoint 6;
the curves made anew from these; and no outcome on its own that the tables of counts of the same release do not show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from compendium.aggregate import COUNT, TOTAL, Counts, Dimension, Statistic
from compendium.disclosure.participants import LEAST_SIZE
from compendium.disclosure.rounding import midpoint_6
from compendium.errors import DisclosureRefused

KIND = "competing"
NONE = "none"  # the code of those without an outcome so far
OTHERS = "others"
COLUMNS = ["group", "outcome", "outcome_label", "month", "at_risk", "events", "incidence"]
LABELS = {NONE: "No outcome (open, or record withdrawn)", OTHERS: "Another outcome (too few of a kind to stand apart)"}


def remade(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """The curves made anew from rounded counts, with those without outcome as one more: a month's shares add up to 1.

    Months with fewer than 10 at risk, as rounded, are left out, and all after them. Raises `DisclosureRefused` when
    steps are not whole months or the outcomes of a group do not share them.
    """
    parts = [_of_group(rows, stat.unit) for _, rows in frame.groupby("group", sort=False)]
    return pd.concat(parts, ignore_index=True)


def _of_group(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    codes = list(dict.fromkeys(rows["outcome"]))
    events = rows.pivot(index="month", columns="outcome", values="events")[codes]
    at_risk = rows.groupby("month")["at_risk"].agg(["min", "max"])
    whole = all(float(month) == int(month) >= 1 for month in events.index)
    if not whole or events.isna().to_numpy().any() or not (at_risk["min"] == at_risk["max"]).all():
        raise DisclosureRefused(
            f"Outcomes of {unit}s are not by the same whole months: a step at a day is the date of an event.",
            "Give one row an outcome and month, months as whole numbers, with the same number at risk.",
        )
    rounded = pd.Series(midpoint_6(at_risk["min"].astype(int)), index=at_risk.index)
    few = (rounded < LEAST_SIZE).cummax()  # 10 to 12 are shown as 9: under 10 as well, for all that a reader sees
    events = events[~few]
    exposed = rounded[~few].to_numpy(dtype=float)
    told = np.column_stack([np.diff(midpoint_6(events[code].astype(int).cumsum()), prepend=0) for code in codes])
    shares = _whole_percents(_incidence(exposed, told))
    labels = dict(zip(rows["outcome"], rows["outcome_label"], strict=True))
    group = rows["group"].iloc[0]
    table: list[tuple[Any, ...]] = []
    for at, code in enumerate(codes):
        for step, month in enumerate(events.index):
            row = (group, code, labels[code], int(month), int(exposed[step]), int(told[step, at]), shares[step, at])
            table.append(row)
    left = (1 - shares.sum(axis=1)).round(2) + 0.0
    table += [
        (group, NONE, LABELS[NONE], int(month), int(exposed[step]), pd.NA, left[step])
        for step, month in enumerate(events.index)
    ]
    settled = pd.DataFrame(table, columns=COLUMNS)[list(rows.columns)]
    return settled.astype({"at_risk": "Int64", "events": "Int64", "month": "int64"})


def _incidence(exposed: np.ndarray, events: np.ndarray) -> np.ndarray:
    """Cumulative incidences from numbers at risk (steps) and events (steps, outcomes); their sum never exceeds 1.

    Rounding can leave more events than people at risk: then all of these are taken to have had an outcome, in shares.
    """
    total = events.sum(axis=1)
    hazards = events / np.maximum(exposed, np.maximum(total, 1))[:, None]
    before = np.concatenate([[1.0], np.cumprod(1 - hazards.sum(axis=1))[:-1]]) if len(exposed) else np.zeros(0)
    incidence: np.ndarray = np.cumsum(before[:, None] * hazards, axis=0)
    return incidence


def _whole_percents(shares: np.ndarray) -> np.ndarray:
    """Shares (steps, outcomes) to 0.01, so that what is left is to 0.01 too and no share ever falls.

    Each share rounded by itself would leave the sum of their errors to those without outcome. So what is left is
    rounded first, and each percent that it loses goes to the outcome that lacks most.
    """
    wanted, found = 100 * shares, np.zeros(shares.shape)
    percents = np.zeros(shares.shape[1])
    for step, of_step in enumerate(wanted):
        together = 100 - round(100 - of_step.sum())
        for _ in range(int(together - percents.sum())):
            percents[np.argmax(of_step - percents)] += 1
        found[step] = percents
    return found / 100


def beside_counts(stat: Statistic, counts: Mapping[str, Counts], frames: Mapping[str, pd.DataFrame]) -> Statistic:
    """The statistic with its outcomes in the categories that the counts of the same release show (`frames`: protected).

    The outcomes are the finest codes of a variable; a table by that variable says which of them stand together. The
    events of a curve are nearly the total of its category. So a category whose total is hidden or under 10 joins the
    others; where not even the total of these can be had from what is shown, no curve is left. Other kinds of
    statistics, and public ones, stay as they are.
    """
    if stat.kind != KIND or stat.frame.empty or stat.origin.sensitivity == "public":
        return stat
    codes = list(dict.fromkeys(stat.frame["outcome"]))
    found = [_grouping(name, codes, stat, counts, frames) for name in sorted(counts)]
    usable = [grouping for grouping in found if grouping is not None]
    if not usable or stat.frame["group"].nunique() > 1:
        return replace(stat, frame=stat.frame.iloc[:0])
    best = max(usable, key=lambda grouping: len(set(grouping.values())))
    return replace(stat, frame=_pooled(stat.frame, best))


Grouping = dict[str, tuple[str, str]]  # code of an outcome -> code and label of the curve it belongs to


def _grouping(
    name: str, codes: Sequence[str], stat: Statistic, counts: Mapping[str, Counts], frames: Mapping[str, pd.DataFrame]
) -> Grouping | None:
    """How a table lets the outcomes stand; None when it says nothing of them or would be undone by any curve."""
    table = counts[name]
    if table.unit != stat.unit or table.origin.table != stat.origin.table:
        return None
    for dimension in table.dimensions:
        held = {code for members in dimension.members.values() for code in members}
        if set(codes) <= held:
            return _of_dimension(dimension, set(codes), _margin(dimension, table, frames[name]))
    return None


def _margin(dimension: Dimension, table: Counts, frame: pd.DataFrame) -> dict[str, int | None]:
    for other in table.dimensions:
        if other.name != dimension.name:
            frame = frame[frame[other.name] == TOTAL]
    return {
        str(code): None if pd.isna(count) else int(count)
        for code, count in frame[[dimension.name, COUNT]].itertuples(index=False)
    }


def _of_dimension(dimension: Dimension, codes: set[str], shown: Mapping[str, int | None]) -> Grouping | None:
    outcomes = [category for category, members in dimension.members.items() if set(members) & codes]
    others = [category for category in dimension.categories if category not in outcomes]
    if any(set(dimension.members[category]) - codes for category in outcomes):
        return None  # a category holds what is no outcome as well
    total = shown[TOTAL]
    if total is None or any(shown[category] is None for category in others):
        return None  # what is hidden beside the outcomes could be had from their curves
    apart = {category: count for category in outcomes if (count := shown[category] or 0) >= LEAST_SIZE}
    together = total - sum(apart.values()) - sum(shown[category] or 0 for category in others)
    if 0 < together < LEAST_SIZE:
        if not apart:
            return None
        del apart[min(apart, key=lambda category: (apart[category], category))]
    return {
        code: (category, dimension.categories[category]) if category in apart else (OTHERS, LABELS[OTHERS])
        for category in outcomes
        for code in dimension.members[category]
    }


def _pooled(frame: pd.DataFrame, grouping: Grouping) -> pd.DataFrame:
    """The rows summed by curve, in the order of the categories, those that stand together last; none without events."""
    order = [*dict.fromkeys(curve for curve in grouping.values() if curve[0] != OTHERS), (OTHERS, LABELS[OTHERS])]
    parts = []
    for code, label in order:
        held = frame[[grouping[outcome][0] == code for outcome in frame["outcome"]]]
        if held["events"].sum() > 0:
            summed = held.groupby(["group", "month"], sort=False, as_index=False)
            part = summed.agg({"at_risk": "first", "events": "sum", "incidence": "sum"})
            parts.append(part.assign(outcome=code, outcome_label=label)[list(frame.columns)])
    return pd.concat(parts, ignore_index=True) if parts else frame.iloc[:0]
