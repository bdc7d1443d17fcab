"""Services as they rate themselves beside services as young people rate them.

A rating by young people counts from five raters of that service, and is shown months after its wave has ended: by then
nobody can tell from who came when, who rated what. "Now" is a declared day, never the clock.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pandas as pd

from compendium.aggregate import Statistic
from compendium.analysis import paired as pairs_of
from compendium.analysis.estimate import Undefined
from compendium.analysis.pilot import WITHOUT_CONSENT, consenting, least, mean_of, without_consent
from compendium.declared import day
from compendium.errors import InputRefused

YOUTH_RATERS = 5
LEVELS = 4  # 0 not started to 3 in place and checked with young people
PROOFS = (WITHOUT_CONSENT, "least_raters", "months_since")  # what settling asks for, and does not show
GAP = {
    "measure": "Criterion",
    "group": "Gap",
    "n": "Services",
    "mean": "Self-rating minus young people's rating",
    "low": "Lowest, 95%",
    "high": "Highest, 95%",
}
AGREEMENT = {
    "measure": "Measure",
    "estimate": "Estimate",
    "low": "Lowest, 95%",
    "high": "Highest, 95%",
    "units": "Ratings compared",
    "services": "Services",
}
WAVES = {"pilot_area": "Pilot area", "wave": "Wave", "ended": "Ended", "shown_from": "Shown from", "shown": "Shown"}
WEIGHTS = {
    "quadratic": "Weighted kappa (quadratic weights)",
    "linear": "Weighted kappa (linear weights)",
}  # disagreement by one level counts 1 of 9, or 1 of 3, of disagreement by three


def gap_by_criterion(records: Any, *, evaluated_on: str, delay_months: int) -> Statistic:
    """Self-rating minus young people's rating after the pilot, by criterion over services (kind `youth_gap`)."""
    both = self_and_youth(records, evaluated_on=evaluated_on, delay_months=delay_months)
    rows = [
        (f"Criterion {criterion}", "Self minus young people", *mean_of(group["gap"]), *_proofs(records, group))
        for criterion, group in both.groupby("criterion_id", sort=True)
    ]
    return _gap(rows, records)


def gap_by_area(records: Any, *, evaluated_on: str, delay_months: int) -> Statistic:
    """Mean gap of a service over its criteria, by pilot area (kind `youth_gap`): for the page on areas."""
    both = self_and_youth(records, evaluated_on=evaluated_on, delay_months=delay_months)
    rows = [
        (str(area), "All criteria", *mean_of(group.groupby("service_code")["gap"].mean()), *_proofs(records, group))
        for area, group in both.groupby("pilot_area", sort=True)
    ]
    return _gap(rows, records)


def agreement(records: Any, *, evaluated_on: str, delay_months: int, seed: int) -> Statistic:
    """Weighted kappa of self-ratings and young people's over services and criteria (kind `youth_agreement`).

    With quadratic and with linear weights; the interval resamples services.
    """
    both = self_and_youth(records, evaluated_on=evaluated_on, delay_months=delay_months)
    clusters = [list(zip(g["self"], g["youth"], strict=True)) for _, g in both.groupby("service_code", sort=True)]
    rows = []
    for weights, words in WEIGHTS.items():
        try:
            kappa = pairs_of.kappa_by_cluster(clusters, levels=LEVELS, weights=weights, seed=seed)  # type: ignore[arg-type]
        except Undefined:
            continue  # nobody compared, or all alike: an empty table says so
        low, high = (None if math.isnan(end) else end for end in (kappa.low, kappa.high))
        rows.append((words, float(kappa), low, high, len(both), len(clusters), *_proofs(records, both)))
    frame = pd.DataFrame(rows, columns=[*AGREEMENT, *PROOFS])
    origin = records["assessments"].origin
    return Statistic("youth_agreement", frame, AGREEMENT, "service", len(clusters), origin)


def waves(records: Any, *, evaluated_on: str, delay_months: int) -> Statistic:
    """When each wave ended, and from when young people's ratings of it are shown (kind `rating_waves`)."""
    table, today = records["pilot_waves"], _day(evaluated_on)
    titles = table.dimensions["wave"].categories
    rows = []
    for row in table.frame.sort_values(["pilot_area", "ended_on"]).to_dict("records"):
        over = months_between(day(row["ended_on"]), today) >= delay_months
        shown_from = _month(_later(row["ended_on"], delay_months))
        rows.append(
            (row["pilot_area"], titles[row["wave"]], _month(row["ended_on"]), shown_from, "yes" if over else "not yet")
        )
    return Statistic("rating_waves", pd.DataFrame(rows, columns=list(WAVES)), WAVES, "wave", len(rows), table.origin)


def youth_rated(records: Any) -> int:
    """How many services young people have rated after the pilot with five raters or more: no rating is read."""
    return int(_after(consenting(records, "assessments"))["service_code"].nunique())


def self_and_youth(records: Any, *, evaluated_on: str, delay_months: int) -> pd.DataFrame:
    """Ratings after the pilot that a service and at least five young people gave for the same criterion, once the delay
    of that pilot area's wave is over. A wave that nobody dated is not over.
    """
    ended, today = _ended(records), _day(evaluated_on)
    since = {area: months_between(last, today) for area, last in ended.items()}
    both = _after(consenting(records, "assessments"))
    both = both.assign(months_since=both["pilot_area"].map(since))
    return both[both["months_since"] >= delay_months].reset_index(drop=True)


def _after(ratings: pd.DataFrame) -> pd.DataFrame:
    after = ratings[ratings["wave"] == "after"].dropna(subset=["level"])
    enough = (after["rater"] == "self") | (pd.to_numeric(after["raters"]) >= YOUTH_RATERS)
    index = ["pilot_area", "service_code", "criterion_id", "form_version"]
    both = after[enough].pivot_table(index=index, columns="rater", values="level", aggfunc="first")
    both = both.reindex(columns=["self", "youth"]).dropna().astype(int).reset_index()
    raters = after.loc[after["rater"] == "youth", [*index, "raters"]]
    both = both.merge(raters, on=index, how="left", validate="1:1")
    return both.assign(gap=both["self"] - both["youth"])


def _ended(records: Any) -> dict[str, dt.date]:
    rows = records["pilot_waves"].frame
    after = rows[rows["wave"] == "after"]
    return {str(area): day(last) for area, last in zip(after["pilot_area"], after["ended_on"], strict=True)}


def months_between(first: dt.date, last: dt.date) -> int:
    """Whole months from one day to another; negative when it lies before."""
    months = 12 * (last.year - first.year) + last.month - first.month
    return months - 1 if last.day < first.day else months


def _later(value: Any, months: int) -> dt.date:
    """The first day that lies so many whole months later, to the month."""
    ended = day(value)
    month = ended.month - 1 + months
    return dt.date(ended.year + month // 12, month % 12 + 1, 1)


def _month(value: Any) -> str:
    return day(value).isoformat()[:7]


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputRefused(
            "evaluated_on is no day.", "Write the day of the evaluation as 2025-01-31, in locality.yml under notebooks."
        ) from None


def _proofs(records: Any, rows: pd.DataFrame) -> tuple[int, int, int]:
    codes = rows["service_code"].tolist()
    return without_consent(records, codes), int(rows["raters"].min()), int(rows["months_since"].min())


def _gap(rows: list[Any], records: Any) -> Statistic:
    frame = pd.DataFrame(rows, columns=[*GAP, *PROOFS])
    return Statistic("youth_gap", frame, GAP, "service", least(frame, "n"), records["assessments"].origin)
