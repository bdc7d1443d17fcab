"""The pilot of the standards: who takes part, and services before and after.

A service enters with written consent only and appears by code. The two pilot areas are never tested against each other:
what is worked out for each stands on a page made after everything is settled.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import pandas as pd
from scipy.stats import t as student

from compendium.aggregate import Counts, Dimension, Statistic
from compendium.analysis import paired as pairs_of
from compendium.analysis.counting import counted
from compendium.analysis.estimate import Undefined

By = Literal["all", "area", "standard"]
EVERYONE = "All services"
WITHOUT_CONSENT = "without_consent"  # a proof for settling: how many services of a row gave no written consent
PAIRED = {
    "area": "Services of",
    "measure": "Measure",
    "pairs": "Services",
    "before": "Before",
    "after": "After",
    "shift": "Shift",
    "low": "Lowest, 95%",
    "high": "Highest, 95%",
    "p_text": "Exact test",
    "p_holm": "Corrected for all tests of this table (Holm)",
}
WHAT_IF = {
    "measure": "Measure",
    "pairs": "Services compared",
    "missing": "Services missing",
    "value": "Found",
    "lowest": "If every missing one had fallen",
    "highest": "If every missing one had risen",
}
COMPARED = (("Self-rating, before and after", "before"), ("Self-rating, then and after", "then"))
PARTS = {
    "assessed": "In the evaluation",
    "dropped_out": "Dropped out",
    "no_consent": "No consent to be shown",
    "declined": "Asked and did not begin",
}


def services(records: Any) -> Counts:
    """How many services are in the evaluation, dropped out, gave no consent or did not begin, by pilot area."""
    table = records["pilot_services"]
    rows = table.frame
    part = pd.Series("assessed", index=rows.index).mask(rows["dropped_out"] == "yes", "dropped_out")
    part = part.mask(rows["consent"] != "yes", "no_consent").mask(rows["joined"] != "yes", "declined")
    dimensions = (table.dimensions["pilot_area"], Dimension("part", "Part in the evaluation", PARTS))
    return counted(table, rows.assign(part=part), dimensions, "pilot service")


def before_after(records: Any, by: By = "all") -> Statistic:
    """Mean self-rating over criteria, paired by service (kind `paired`): all services, each pilot area or standard.

    Two rows each: before against after, and "then" (how it was before, as seen afterwards) against after: people who
    learn a standard rate their past otherwise. By standard, the first only. Shift: Hodges-Lehmann with its interval. p:
    exact Wilcoxon signed-rank with Pratt's zeros, none under six pairs; beside it Holm's correction over the table.
    """
    rows, tests = [], []
    for group, ratings in _groups(records, by):
        for measure, first in COMPARED[: 1 if by == "standard" else 2]:
            start, end, codes = pairs(ratings, first)
            if not codes:
                continue
            shift = pairs_of.hodges_lehmann(start, end)
            text, p = _test(start, end)
            tests.append(p)
            summary = (len(codes), *_means(start, end), *_interval(shift), text)
            rows.append([group, measure, *summary, "", without_consent(records, codes)])
    adjusted = iter(pairs_of.holm([p for p in tests if p is not None]))
    for row, p in zip(rows, tests, strict=True):
        row[-2] = "" if p is None else _p_words(next(adjusted))
    return _paired(rows, records)


def dominance(records: Any, by: By = "all", *, seed: int) -> Statistic:
    """Share of services whose self-rating rose minus the share whose fell, before to after (kind `paired`)."""
    rows = []
    for group, ratings in _groups(records, by):
        start, end, codes = pairs(ratings, "before")
        if codes:
            share = pairs_of.dominance(start, end, seed=seed)
            summary = (len(codes), None, None, *_interval(share), "", "")
            rows.append([group, "Share that rose minus share that fell", *summary, without_consent(records, codes)])
    return _paired(rows, records, {**PAIRED, "shift": "Rose minus fell"})


def missing_services(records: Any) -> Statistic:
    """What the services that are not compared could change, with nothing assumed about them (kind `what_if`).

    Missing: began the pilot, and dropped out, gave no consent, or lacks two ratings on one version of the form.
    """
    rows = []
    own = _groups(records, "all")[0][1]
    began = int((records["pilot_services"].frame["joined"] == "yes").sum())
    for words, first in zip(("before to after", "then to after"), ("before", "then"), strict=True):
        start, end, codes = pairs(own, first)
        if codes:
            change = [round(after - before, 9) for before, after in zip(start, end, strict=True)]
            rose, fell = sum(c > 0 for c in change), sum(c < 0 for c in change)
            missing = began - len(codes)
            bounds = pairs_of.what_if(rose, fell, len(codes), missing)
            label = f"Share that rose minus share that fell, {words}"
            found = (label, len(codes), missing, (rose - fell) / len(codes), *bounds)
            rows.append((*found, without_consent(records, codes)))
    frame = pd.DataFrame(rows, columns=[*WHAT_IF, WITHOUT_CONSENT])
    return Statistic("what_if", frame, WHAT_IF, "service", least(frame, "pairs"), records["assessments"].origin)


def consenting(records: Any, table: str) -> pd.DataFrame:
    """Rows of services that gave consent, with their pilot area."""
    allowed = records["pilot_services"].frame
    allowed = allowed.loc[allowed["consent"] == "yes", ["service_code", "pilot_area"]]
    joined: pd.DataFrame = records[table].frame.merge(allowed, on="service_code", validate="m:1")
    return joined


def without_consent(records: Any, codes: Sequence[str]) -> int:
    """How many of these services gave no written consent: settling refuses a row with any."""
    rows = records["pilot_services"].frame
    return len(set(codes) - set(rows.loc[rows["consent"] == "yes", "service_code"]))


def evaluated(records: Any) -> pd.DataFrame:
    """Services with consent that stayed."""
    rows: pd.DataFrame = records["pilot_services"].frame
    return rows[(rows["consent"] == "yes") & (rows["dropped_out"] != "yes")]


def pairs(ratings: pd.DataFrame, first: str) -> tuple[list[float], list[float], list[str]]:
    """Mean level of each service at `first` and after, over criteria rated both times on the same form; its code."""
    index = ["service_code", "criterion_id", "form_version"]
    levels = ratings.dropna(subset=["level"]).pivot_table(index=index, columns="wave", values="level", aggfunc="first")
    both = levels.reindex(columns=[first, "after"]).dropna().astype(float).groupby("service_code").mean()
    return both[first].tolist(), both["after"].tolist(), [str(code) for code in both.index]


def mean_of(values: pd.Series[Any]) -> tuple[int, float, float | None, float | None]:
    """Number, mean, and the 95 % t interval; no interval for fewer than three."""
    numbers = pd.to_numeric(values).dropna().astype(float)
    n, mean = len(numbers), float(numbers.mean())
    if n < 3:
        return n, mean, None, None
    half = float(student.ppf(0.975, n - 1)) * float(numbers.std(ddof=1)) / math.sqrt(n)
    return n, mean, mean - half, mean + half


def least(frame: pd.DataFrame, column: str) -> int:
    """The smallest size a row rests on; 0 for no rows."""
    return int(pd.to_numeric(frame[column]).min()) if len(frame) else 0


def _groups(records: Any, by: By) -> list[tuple[str, pd.DataFrame]]:
    """Self-ratings of all services, of each pilot area (in the order of their names), or on each standard."""
    ratings = consenting(records, "assessments")
    own = ratings[ratings["rater"] == "self"]
    if by == "all":
        return [(EVERYONE, own)]
    if by == "area":
        return [(str(area), group) for area, group in own.groupby("pilot_area", sort=True)]
    return list(_standards(records, own))


def _standards(records: Any, own: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    standard = records["assessments"].dimensions["standard"]
    for code, members in standard.members.items():
        yield standard.categories[code], own[own["criterion_id"].isin(members)]


def _means(start: Sequence[float], end: Sequence[float]) -> tuple[float, float]:
    return sum(start) / len(start), sum(end) / len(end)


def _interval(estimate: Any) -> tuple[float, float | None, float | None]:
    low, high = (None if math.isnan(bound) else bound for bound in (estimate.low, estimate.high))
    return estimate.estimate, low, high


def _test(start: Sequence[float], end: Sequence[float]) -> tuple[str, float | None]:
    """The exact test in words and its p; no p for few pairs or when nothing changed."""
    try:
        p = float(pairs_of.signed_rank(start, end))
    except Undefined as reason:
        return str(reason), None
    return _p_words(p), p


def _p_words(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _paired(rows: list[Any], records: Any, titles: Mapping[str, str] = PAIRED) -> Statistic:
    frame = pd.DataFrame(rows, columns=[*PAIRED, WITHOUT_CONSENT])
    return Statistic("paired", frame, titles, "service", least(frame, "pairs"), records["assessments"].origin)
