"""The pilot of the standards: services before and after, themselves and young people, acceptability and cost.

A service enters with written consent only and appears by code. A rating by young people counts from five raters of
that service. The two pilot areas stand side by side; nothing tests one against the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd
from scipy.stats import t as student

from compendium.aggregate import COUNT, CheckedTable, Counts, Dimension, Statistic
from compendium.analysis import paired as pairs_of
from compendium.analysis.cases import categories, crossing
from compendium.analysis.estimate import Undefined

YOUTH_RATERS = 5
LEVELS = 4  # 0 not started to 3 in place and checked with young people
PAIRED = {
    "area": "Pilot area",
    "measure": "Measure",
    "pairs": "Services",
    "before": "Before",
    "after": "After",
    "shift": "Shift",
    "low": "Lowest, 95%",
    "high": "Highest, 95%",
    "p_text": "Exact test",
}
SCORES = {
    "measure": "Measure",
    "group": "Group",
    "n": "Number",
    "mean": "Mean",
    "low": "Lowest, 95%",
    "high": "Highest, 95%",
}
SCALES = {"AIM": "Acceptability (AIM)", "IAM": "Appropriateness (IAM)", "FIM": "Feasibility (FIM)"}


def services(records: Any) -> Counts:
    """How many services are in the evaluation, dropped out or gave no consent, by pilot area."""
    table = records["pilot_services"]
    parts = {"assessed": "In the evaluation", "dropped_out": "Dropped out", "no_consent": "No consent to be shown"}
    dimensions = (table.dimensions["pilot_area"], Dimension("part", "Part in the evaluation", parts))
    part = pd.Series("assessed", index=table.frame.index)
    part = part.mask(table.frame["dropped_out"] == "yes", "dropped_out").mask(
        table.frame["consent"] != "yes", "no_consent"
    )
    return _count(table, table.frame.assign(part=part), dimensions, "pilot service")


def adaptations(records: Any, by: Iterable[str] = ("kind", "reason_code")) -> Counts:
    """Adaptations of criteria that services made, by kind and reason (FRAME)."""
    table = records["adaptations"]
    return _count(table, table.frame, tuple(table.dimensions[name] for name in by), "adaptation")


def before_after(records: Any) -> Statistic:
    """Mean self-rating over criteria, paired by service, in each pilot area (kind `paired`).

    Two rows an area: before against after, and "then" (how it was before, as seen afterwards) against after: people who
    learn a standard rate their past lower. Shift: Hodges-Lehmann with its interval. p: exact Wilcoxon signed-rank with
    Pratt's zeros, none under six pairs.
    """
    rows = []
    for area, ratings in _areas(records):
        for measure, first in (("Self-rating, before and after", "before"), ("Self-rating, then and after", "then")):
            start, end = _pairs(ratings, first)
            if len(start):
                shift = pairs_of.hodges_lehmann(start, end)
                rows.append((area, measure, len(start), *_means(start, end), *_interval(shift), _p_text(start, end)))
    return _paired(rows, records)


def dominance(records: Any, *, seed: int) -> Statistic:
    """Share of services whose self-rating rose minus the share whose fell, by pilot area (kind `paired`)."""
    rows = []
    for area, ratings in _areas(records):
        start, end = _pairs(ratings, "before")
        if len(start):
            share = pairs_of.dominance(start, end, seed=seed)
            rows.append(
                (area, "Share that rose minus share that fell", len(start), *_means(start, end), *_interval(share), "")
            )
    return _paired(rows, records)


def gap_by_criterion(records: Any) -> Statistic:
    """Self-rating minus young people's rating after the pilot, by criterion over services (kind `scores`)."""
    both = self_and_youth(records)
    rows = [
        (f"Criterion {criterion}", "Gap", *_mean(group["gap"]))
        for criterion, group in both.groupby("criterion_id", sort=True)
    ]
    return _scores(rows, records["assessments"], "service")


def self_youth_agreement(records: Any) -> Statistic:
    """Quadratically weighted kappa of self-ratings and young people's ratings over services and criteria."""
    columns = {
        "measure": "Measure",
        "estimate": "Estimate",
        "low": "Lowest, 95%",
        "high": "Highest, 95%",
        "units": "Ratings compared",
        "raters": "Raters",
    }
    both, rows = self_and_youth(records), []
    try:
        kappa = pairs_of.weighted_kappa(both["self"].tolist(), both["youth"].tolist(), levels=LEVELS)
        rows.append(("Weighted kappa (quadratic weights)", float(kappa), None, None, len(both), 2))
    except Undefined:
        pass  # nobody compared, or all alike: an empty table says so
    frame = pd.DataFrame(rows, columns=list(columns))
    return Statistic("agreement", frame, columns, "rating", len(both), records["assessments"].origin)


def acceptability(records: Any) -> Statistic:
    """AIM, IAM and FIM of practitioners, 1 to 5, mean of the four items, by pilot area (kind `scores`).

    Respondents who left an item out are left out of that measure. No cut-offs are agreed. Weiner et al. 2017,
    Implement Sci 12:108.
    """
    answers = consenting(records, "acceptability")
    whole = answers.groupby(["pilot_area", "measure", "service_code", "respondent"])["score"].agg(["mean", "count"])
    whole = whole[whole["count"] == 4].reset_index()
    rows = [
        (title, area, *_mean(group["mean"]))
        for measure, title in SCALES.items()
        for area, group in whole[whole["measure"] == measure].groupby("pilot_area", sort=True)
    ]
    return _scores(rows, records["acceptability"], "practitioner")


def costs(records: Any) -> Statistic:
    """Staff hours and cost in pounds of one assessment, by pilot area and wave (kind `scores`)."""
    spent = consenting(records, "costs")
    rows = [
        (title, f"{area}, {wave}", *_mean(group.loc[group["wave"] == wave, column]))
        for column, title in (
            ("staff_hours", "Staff hours for each assessment"),
            ("cost_gbp", "Cost of each assessment, £"),
        )
        for area, group in spent.groupby("pilot_area", sort=True)
        for wave in ("before", "after")
    ]
    return _scores(rows, records["costs"], "service")


def consenting(records: Any, table: str) -> pd.DataFrame:
    """Rows of services that gave consent, with their pilot area."""
    allowed = records["pilot_services"].frame
    allowed = allowed.loc[allowed["consent"] == "yes", ["service_code", "pilot_area"]]
    joined: pd.DataFrame = records[table].frame.merge(allowed, on="service_code", validate="m:1")
    return joined


def evaluated(records: Any) -> pd.DataFrame:
    rows: pd.DataFrame = records["pilot_services"].frame
    return rows[(rows["consent"] == "yes") & (rows["dropped_out"] != "yes")]


def _areas(records: Any) -> list[tuple[str, pd.DataFrame]]:
    """Self-ratings of each pilot area."""
    ratings = consenting(records, "assessments")
    ratings = ratings[ratings["rater"] == "self"]
    return [(str(area), group) for area, group in ratings.groupby("pilot_area", sort=True)]


def _pairs(ratings: pd.DataFrame, first: str) -> tuple[list[float], list[float]]:
    """Mean level of each service at `first` and after, over the criteria rated both times on the same form."""
    index = ["service_code", "criterion_id", "form_version"]
    levels = ratings.dropna(subset=["level"]).pivot_table(index=index, columns="wave", values="level", aggfunc="first")
    both = levels.reindex(columns=[first, "after"]).dropna().astype(float).groupby("service_code").mean()
    return both[first].tolist(), both["after"].tolist()


def self_and_youth(records: Any) -> pd.DataFrame:
    """Ratings after the pilot that a service and at least five young people gave for the same criterion."""
    after = consenting(records, "assessments")
    after = after[after["wave"] == "after"].dropna(subset=["level"])
    enough = (after["rater"] == "self") | (pd.to_numeric(after["raters"]) >= YOUTH_RATERS)
    index = ["service_code", "criterion_id", "form_version"]
    both = after[enough].pivot_table(index=index, columns="rater", values="level", aggfunc="first")
    both = both.reindex(columns=["self", "youth"]).dropna().astype(int).reset_index()
    return both.assign(gap=both["self"] - both["youth"])


def _means(start: list[float], end: list[float]) -> tuple[float, float]:
    return sum(start) / len(start), sum(end) / len(end)


def _interval(estimate: Any) -> tuple[float, float | None, float | None]:
    low, high = (None if math.isnan(bound) else bound for bound in (estimate.low, estimate.high))
    return estimate.estimate, low, high


def _p_text(start: list[float], end: list[float]) -> str:
    try:
        p = float(pairs_of.signed_rank(start, end))
    except Undefined as reason:
        return str(reason)
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _mean(values: pd.Series[Any]) -> tuple[int, float, float | None, float | None]:
    """Number, mean, and the 95 % t interval; no interval for fewer than three or without spread."""
    numbers = pd.to_numeric(values).dropna().astype(float)
    n, mean = len(numbers), float(numbers.mean())
    if n < 3:
        return n, mean, None, None
    half = float(student.ppf(0.975, n - 1)) * float(numbers.std(ddof=1)) / math.sqrt(n)
    return n, mean, mean - half, mean + half


def _paired(rows: list[Any], records: Any) -> Statistic:
    frame = pd.DataFrame(rows, columns=list(PAIRED))
    least = min((row[2] for row in rows), default=0)
    return Statistic("paired", frame, PAIRED, "service", least, records["assessments"].origin)


def _scores(rows: list[Any], table: CheckedTable, unit: str) -> Statistic:
    frame = pd.DataFrame(rows, columns=list(SCORES))
    return Statistic("scores", frame, SCORES, unit, min((row[2] for row in rows), default=0), table.origin)


def _count(table: CheckedTable, rows: pd.DataFrame, dimensions: tuple[Dimension, ...], unit: str) -> Counts:
    coded = pd.DataFrame({dimension.name: categories(rows, dimension) for dimension in dimensions})
    names = [dimension.name for dimension in dimensions]
    frame = crossing(coded, dimensions) if table.supplied else pd.DataFrame(columns=[*names, COUNT])
    return Counts(frame, unit, dimensions, table.origin)
