"""How long it took: Kaplan-Meier and, for outcomes that exclude one another, Aalen-Johansen, by whole months.

Steps of such a curve are the dates of single events, so that what is proposed is by month and never by day; how it is
rounded before release is a rule of disclosure control.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from compendium.aggregate import Statistic
from compendium.analysis.cases import counts, records
from compendium.analysis.counting import categories
from compendium.errors import CompendiumError

CENSORED = ""  # the cause of those whose time ended without an event
EVERYONE = "all"
FEW = 20  # fewer say next to nothing of how long it takes: neither a curve nor a median is proposed
COMPETING = {
    "group": "Of",
    "outcome": "Code",
    "outcome_label": "Outcome",
    "month": "Within months",
    "at_risk": "Followed and without outcome until then (about)",
    "events": "Outcomes in that month (about)",
    "incidence": "Share with this outcome by then",
}
MEDIAN = {
    "measure": "Time",
    "group": "Of",
    "n": "Number (about)",
    "low_quartile": "A quarter within (days)",
    "median": "Half of them within (days)",
    "high_quartile": "Three quarters within (days)",
}
STEPS = {
    "safeguarding": "From record to the first step to keep the child safe",
    "suspect_identified": "From record to a suspect being identified",
}


def kaplan_meier(times: ArrayLike, observed: ArrayLike) -> pd.DataFrame:
    """The product-limit estimate (Kaplan & Meier 1958, JASA 53:457-481).

    `times`: one a record, 0 or more; `observed`: whether it ended with the event (else it was censored then, after the
    events of that time). A row each time of an event: `time`, `at_risk`, `events`, `survival`, and `low`, `high`, the
    95% interval on the log-log scale (Greenwood's variance), empty where survival is 0.
    """
    at, happened = np.asarray(times, dtype=float), np.asarray(observed, dtype=bool)
    _refuse_times(at)
    if not happened.any():
        return pd.DataFrame(columns=["time", "at_risk", "events", "survival", "low", "high"])
    found = stats.ecdf(stats.CensoredData.right_censored(at, ~happened)).sf
    steps = np.unique(at[happened])
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)  # where nobody is left, the interval is undefined
        interval = found.confidence_interval(method="log-log")
    return pd.DataFrame(
        {
            "time": steps,
            "at_risk": [int((at >= step).sum()) for step in steps],
            "events": [int(((at == step) & happened).sum()) for step in steps],
            "survival": found.evaluate(steps),
            "low": interval.low.evaluate(steps),
            "high": interval.high.evaluate(steps),
        }
    )


def aalen_johansen(times: ArrayLike, causes: Sequence[str]) -> pd.DataFrame:
    """Cumulative incidence of causes that exclude one another (Aalen & Johansen 1978, Scand J Stat 5:141-150).

    `causes`: what each record ended with; `CENSORED` for none. A row each time of any event: `time`, `at_risk`,
    `survival`, and for each cause `events:<cause>` and `incidence:<cause>`. Incidences and survival add up to 1.
    """
    at, ended = np.asarray(times, dtype=float), np.asarray(causes, dtype=object)
    _refuse_times(at)
    overall = kaplan_meier(at, ended != CENSORED)
    table = overall[["time", "at_risk", "survival"]].copy()
    before = np.concatenate([[1.0], overall["survival"].to_numpy()[:-1]]) if len(overall) else np.zeros(0)
    for cause in sorted(set(ended) - {CENSORED}):
        events = np.array([int(((at == step) & (ended == cause)).sum()) for step in overall["time"]])
        table[f"events:{cause}"] = events
        table[f"incidence:{cause}"] = np.cumsum(before * events / overall["at_risk"].to_numpy())
    return table


def _refuse_times(times: np.ndarray) -> None:
    if not (np.isfinite(times) & (times >= 0)).all():
        raise CompendiumError("A time is missing or negative.", "Leave out records whose time is not known.")


def whole_months(first: pd.Series[Any], last: pd.Series[Any]) -> pd.Series[Any]:
    """Whole months completed between two dates; the last day of a month completes one that has no such day."""
    months = (last.dt.year - first.dt.year) * 12 + last.dt.month - first.dt.month
    early = (last.dt.day < first.dt.day) & ~last.dt.is_month_end
    return months - early.astype(int)


def kept_until(given: str, period: tuple[str, str]) -> str:
    """The last month the files were kept up to, as `2023-10`: as given, or the last month of the study's period."""
    if not given:
        return period[1]
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", given) or given < period[1]:
        raise CompendiumError(
            "kept_until is no month from the end of the study's period on.",
            f"Write it as {period[1]}, or leave it empty.",
        )
    return given


def in_words(month: str) -> str:
    """`2023-10` as `October 2023`."""
    return str(pd.Period(month, "M").strftime("%B %Y"))


def time_to_outcome(case_files: Any, *, until: str) -> Statistic:
    """Cumulative incidence of each outcome by whole months since the record (kind `competing`).

    `until`: the last month the files were kept up to, as `2023-10`. Every case is followed for the whole months from
    its record to the end of that month: the end is known for each, so that stopping then says nothing about the case.
    Records that were cancelled or reclassified stay without outcome: the day is not on file, and without them the
    number followed would tell how many they are. A row an outcome type and month; which types stand together when they
    are shown is settled with the tables of counts.
    """
    unit, origin = "case", case_files["cases"].origin
    empty = Statistic("competing", pd.DataFrame(columns=list(COMPETING)), COMPETING, unit, 0, origin)
    if not case_files["cases"].supplied:
        return empty
    rows = records(case_files, unit)
    dimension = counts(case_files, ["end"], unit).dimensions[0]
    rows = rows.assign(reached=categories(rows, dimension))
    stages = set(case_files["cases"].dimensions["stage"].categories)
    standing = {code for code, members in dimension.members.items() if set(members) <= stages}
    recorded, ended = (pd.to_datetime(rows[column]) for column in ("recorded_on", "outcome_on"))
    last = pd.Series(pd.Period(until, "M").end_time.normalize(), index=rows.index)
    followed = whole_months(recorded, last)
    took = (whole_months(recorded, ended) + 1).where(~rows["reached"].isin(standing))
    seen = took <= followed
    months = took.where(seen, followed).clip(lower=0).astype(int)
    causes = rows["reached"].where(seen, CENSORED)
    outcomes = {code: label for code, label in dimension.categories.items() if code not in standing}
    frame = by_month(months, list(causes), outcomes)
    followed_at_all = int((months >= 1).sum())
    if followed_at_all < FEW:
        return empty
    titles = COMPETING | {"month": f"Within months (followed until {in_words(until)})"}
    return Statistic("competing", frame, titles, unit, followed_at_all, origin)


def by_month(months: ArrayLike, causes: Sequence[str], outcomes: Mapping[str, str]) -> pd.DataFrame:
    """A row an outcome and whole month, from the first to the last that anyone was followed; columns as `COMPETING`."""
    at, ended = np.asarray(months, dtype=int), np.asarray(causes, dtype=object)
    found = aalen_johansen(at, list(ended)).set_index("time")
    rows = []
    for code, label in outcomes.items():
        column = f"incidence:{code}"
        curve = found[column] if column in found else pd.Series(dtype=float)
        for month in range(1, int(at.max(initial=0)) + 1):
            reached = curve[curve.index <= month]
            rows.append(
                {
                    "group": EVERYONE,
                    "outcome": code,
                    "outcome_label": label,
                    "month": month,
                    "at_risk": int((at >= month).sum()),
                    "events": int(((at == month) & (ended == code)).sum()),
                    "incidence": float(reached.iloc[-1]) if len(reached) else 0.0,
                }
            )
    return pd.DataFrame(rows, columns=list(COMPETING))


def delays(case_files: Any) -> Statistic:
    """Median and quartiles of the days from the record to each of `STEPS`, of cases that reached it (kind `median`).

    Cases without the step are not in a median: the text beside it must say so. Time to outcome has curves instead,
    because a median of those that have one already leaves out the slow ones.
    """
    unit, origin = "case", case_files["cases"].origin
    if not case_files["cases"].supplied:
        return Statistic("median", pd.DataFrame(columns=list(MEDIAN)), MEDIAN, unit, 0, origin)
    recorded = pd.to_datetime(case_files["cases"].frame.set_index("case_id")["recorded_on"])
    events = case_files["case_events"].frame
    table = []
    for step, title in STEPS.items():
        on = pd.to_datetime(events[events["event"] == step].set_index("case_id")["on"])
        days = (on - recorded).dt.days.dropna()
        if len(days) >= FEW:
            table.append(_median(title, "Cases that reached the step", days))
    least = min((row[2] for row in table), default=0)
    return Statistic("median", pd.DataFrame(table, columns=list(MEDIAN)), MEDIAN, unit, least, origin)


def _median(title: str, group: str, days: pd.Series[Any]) -> tuple[Any, ...]:
    low, middle, high = np.quantile(days, [0.25, 0.5, 0.75])
    return title, group, len(days), float(low), float(middle), float(high)
