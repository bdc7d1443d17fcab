"""Which printed estimates may be pooled, and what a reader is shown where they may not: a range.

A set is pooled only when three or more estimates of different samples share one printed recall period and one
definition. Everything else is a range of what was printed. No result is ever applied to a local population.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from scipy import stats

from compendium.aggregate import CheckedTable, Statistic
from compendium.analysis import meta
from compendium.analysis.citation import short_names
from compendium.errors import InputRefused, Problem, UnknownName, nearest

LEAST_STUDIES = 3  # fewer: a range, not a pool
LEAST_FOR_PREDICTION = 5
NOT_PRINTED = "not_printed"
ESTIMATES = {
    "label": "Study",
    "group": "Set",
    "k_or_n": "Asked",
    "estimate": "Estimate",
    "low": "Lower",
    "high": "Upper",
    "weight": "Weight",
    "role": "Row",
}


@dataclass(frozen=True)
class Pool:
    """One set of like outcomes: its rows, whether they may be pooled, and why not."""

    set_id: str
    label: str
    rows: pd.DataFrame  # printed estimates as proportions: label, estimate, low, high, events, n, pooled (bool)
    reasons: tuple[str, ...]  # why there is no pool; empty when there is one

    @property
    def pooled(self) -> meta.Pooled | None:
        """The primary pool: logit, REML, Hartung-Knapp with multiplier of 1 or more."""
        if self.reasons:
            return None
        chosen = self.rows[self.rows["pooled"]]
        return meta.pool_proportions(chosen["events"].to_numpy(float), chosen["n"].to_numpy(float))

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest of what was printed, of every row of the set."""
        return float(self.rows["estimate"].min()), float(self.rows["estimate"].max())


def read_sets(sets: CheckedTable, prevalence: CheckedTable) -> list[Pool]:
    """The sets of comparable estimates, in the order of the dictionary, each with the verdict on pooling it.

    Raises `InputRefused` when two estimates of one sample may both enter one pool: a sample enters once.
    """
    known = sets.dimensions["set_id"].categories
    joined = sets.frame.merge(prevalence.frame, on=["study_id", "outcome"], how="left", validate="m:1")
    _each_sample_once(joined)
    return [
        _judged(set_id, label, joined[joined["set_id"] == set_id], sets)
        for set_id, label in known.items()
        if (joined["set_id"] == set_id).any()
    ]


def forest(sets: CheckedTable, prevalence: CheckedTable, only: Sequence[str] = ()) -> Statistic:
    """Every estimate of the sets named in `only` (all of them when empty), then the pool or the range of each set.

    Kind `estimates`: label, group, k_or_n, estimate, low, high, weight, role; proportions from 0 to 1. An interval is
    the printed one, or Wilson's from the number asked, which is too narrow for a survey with weights or clusters.
    """
    pools = read_sets(sets, prevalence)
    wanted = _chosen(pools, only)
    rows = [row for pool in wanted for row in (*_study_rows(pool), *_summary_rows(pool))]
    return _estimates(rows, sets, unit="estimate")


def verdicts(sets: CheckedTable, prevalence: CheckedTable) -> Statistic:
    """One row a set (kind `listing`): how many estimates, pooled or range, the result in words, and why."""
    rows = [
        {
            "measure": pool.set_id,
            "label": pool.label,
            "estimates": len(pool.rows),
            "verdict": "range" if pool.reasons else "pooled",
            "value": _in_words(pool),
            "printed": _spread(pool),
            "why": "; ".join(pool.reasons) or "One recall period, one definition, samples that do not overlap",
        }
        for pool in read_sets(sets, prevalence)
    ]
    columns = {
        "label": "Set",
        "estimates": "Estimates",
        "verdict": "Shown as",
        "value": "Result",
        "printed": "Printed",
        "why": "Why",
    }
    return Statistic("listing", pd.DataFrame(rows, columns=["measure", *columns]), columns, "set", 0, sets.origin)


def selection(sets: CheckedTable) -> Statistic:
    """The crosswalk behind every pool (kind `listing`): each estimate with its sample, recall period and definition."""
    labels = {name: sets.dimensions[name].categories for name in ("set_id", "recall", "definition", "use")}
    frame = sets.frame.assign(**{name: sets.frame[name].map(known) for name, known in labels.items()})
    columns = {
        "set_id": "Set",
        "label": "Estimate of",
        "recall": "Recall period",
        "definition": "Definition",
        "use": "May be pooled",
        "note": "Note",
    }
    return Statistic("listing", frame[list(columns)].fillna(""), columns, "estimate", 0, sets.origin)


def sensitivity(sets: CheckedTable, prevalence: CheckedTable, set_id: str) -> Statistic:
    """The pool of one set under every other choice of method (kind `estimates`); no rows when the set is a range."""
    pool = _chosen(read_sets(sets, prevalence), [set_id])[0]
    if pool.reasons:
        return _estimates([], sets, unit="choice")
    chosen = pool.rows[pool.rows["pooled"]]
    hits, sizes = chosen["events"].to_numpy(float), chosen["n"].to_numpy(float)
    choices: list[tuple[str, meta.Pooled]] = [
        ("Primary: logit, REML, modified Hartung-Knapp", meta.pool_proportions(hits, sizes)),
        ("Unmodified Hartung-Knapp", meta.pool_proportions(hits, sizes, interval="hksj")),
        ("Wald interval", meta.pool_proportions(hits, sizes, interval="wald")),
        ("DerSimonian-Laird", meta.pool_proportions(hits, sizes, tau2="DL")),
        ("Paule-Mandel", meta.pool_proportions(hits, sizes, tau2="PM")),
        ("Binomial-normal model, Wald interval", meta.pool_proportions(hits, sizes, method="glmm")),
        ("Design effect 1.5", meta.pool_proportions(hits, sizes, design_effect=1.5)),
        ("Design effect 2", meta.pool_proportions(hits, sizes, design_effect=2)),
    ]
    if len(chosen) > LEAST_STUDIES:
        without = meta.leave_one_out(list(hits), list(sizes))
        choices += [(f"Without {label}", pooled) for label, pooled in zip(chosen["label"], without, strict=True)]
    return _estimates([_pool_row(label, pool.label, pooled) for label, pooled in choices], sets, unit="choice")


def published(prevalence: CheckedTable, studies: CheckedTable, only: Sequence[str]) -> Statistic:
    """Estimates that other reviews have pooled, as printed, of the reviews named in `only` (kind `estimates`)."""
    frame = prevalence.frame
    rows = frame[frame["outcome"].str.startswith("POOLED ") & frame["study_id"].isin(only) & frame["ci_low"].notna()]
    names = short_names(studies)
    result = [
        {
            "label": row["outcome"].removeprefix("POOLED ").capitalize(),
            "group": f"{names[row['study_id']]}: {_recall(row['recall_period'])}",
            "k_or_n": f"k = {int(row['k_samples'])}" if pd.notna(row["k_samples"]) else "k not printed",
            "estimate": row["estimate_percent"] / 100,
            "low": row["ci_low"] / 100,
            "high": row["ci_high"] / 100,
            "weight": math.nan,
            "role": "pooled",
        }
        for row in rows.to_dict("records")
    ]
    return _estimates(result, prevalence, unit="estimate")


def _recall(period: object) -> str:
    return period if isinstance(period, str) else "recall period not printed"


def _each_sample_once(joined: pd.DataFrame) -> None:
    chosen = joined[joined["use"] == "yes"]
    twice = chosen[chosen.duplicated(["set_id", "sample"], keep="first")]
    if len(twice):
        message = "Two estimates of one sample are marked for one pool: a sample enters once."
        raise InputRefused(
            [
                Problem(file="pooling_sets", column="sample", message=message, remedy=f"Set use to no: {study}.")
                for study in twice["study_id"]
            ]
        )


def _judged(set_id: str, label: str, rows: pd.DataFrame, sets: CheckedTable) -> Pool:
    usable = (rows["use"] == "yes") & rows["n"].notna() & rows["estimate_percent"].notna()
    counted = rows["events"].notna() & rows["n"].notna()
    share = rows["estimate_percent"].astype(float) / 100
    n = rows["n"].astype(float)
    events = rows["events"].astype(float).where(counted, (share * n).round())
    estimate = (events / n).where(counted, share)
    judged = pd.DataFrame(
        {
            "label": rows["label"],
            "estimate": estimate,
            "low": rows["ci_low"].astype(float) / 100,
            "high": rows["ci_high"].astype(float) / 100,
            "events": events,
            "n": n,
            "pooled": usable,
        }
    )
    chosen = rows[usable]
    reasons = []
    if len(chosen) < LEAST_STUDIES:
        found = f"{len(chosen)} estimate{'' if len(chosen) == 1 else 's'} with the number asked"
        reasons.append(f"{found} may be pooled; a pool needs {LEAST_STUDIES}")
    if (chosen["recall"] == NOT_PRINTED).any():
        reasons.append("Recall period not printed for some")
    reasons += _mixed(chosen, sets, "recall", "Recall periods differ")
    reasons += _mixed(chosen, sets, "definition", "Definitions differ")
    judged["pooled"] &= not reasons
    return Pool(set_id, label, judged.reset_index(drop=True), tuple(reasons))


def _mixed(chosen: pd.DataFrame, sets: CheckedTable, name: str, words: str) -> list[str]:
    found = set(chosen[name]) - {NOT_PRINTED}
    labels = [label for code, label in sets.dimensions[name].categories.items() if code in found]
    return [f"{words} ({', '.join(label[:1].lower() + label[1:] for label in labels)})"] if len(found) > 1 else []


def _study_rows(pool: Pool) -> list[dict[str, object]]:
    """The estimates from the lowest to the highest; only those that are pooled have a weight."""
    rows = pool.rows.assign(weight=math.nan)
    if pool.pooled:
        rows.loc[rows["pooled"], "weight"] = pool.pooled.weights
    result = []
    for row in rows.sort_values("estimate", kind="stable").to_dict("records"):
        low, high = (row["low"], row["high"]) if pd.notna(row["low"]) else wilson(row["events"], row["n"])
        asked = f"n = {int(row['n']):,}" if pd.notna(row["n"]) else "n not printed"
        figures = {"k_or_n": asked, "estimate": row["estimate"], "low": low, "high": high, "weight": row["weight"]}
        result.append({"label": row["label"], "group": pool.label, **figures, "role": "study"})
    return result


def _summary_rows(pool: Pool) -> list[dict[str, object]]:
    low, high = pool.range
    count = len(pool.rows)
    spread = {"group": pool.label, "k_or_n": f"k = {count}", "estimate": math.nan, "low": low, "high": high}
    range_row = {"label": "Range of what was printed", **spread, "weight": math.nan, "role": "range"}
    pooled = pool.pooled
    if pooled is None:
        return [range_row]
    rows = [_pool_row("Pooled estimate", pool.label, pooled)]
    if pooled.k >= LEAST_FOR_PREDICTION:
        ahead = {"estimate": math.nan, "low": pooled.prediction_low, "high": pooled.prediction_high}
        rows.append({**rows[0], **ahead, "label": "Prediction for another study", "role": "prediction"})
    return [*rows, range_row] if count > pooled.k else rows


def _pool_row(label: str, group: str, pooled: meta.Pooled) -> dict[str, object]:
    return {
        "label": label,
        "group": group,
        "k_or_n": f"k = {pooled.k}",
        "estimate": pooled.estimate,
        "low": pooled.low,
        "high": pooled.high,
        "weight": math.nan,
        "role": "pooled",
    }


def _in_words(pool: Pool) -> str:
    """`9.1% (1.0 to 49.5)` of a pool, `5% to 19%` of a range."""
    if (pooled := pool.pooled) is None:
        return _spread(pool)
    return f"{100 * pooled.estimate:.1f}% ({100 * pooled.low:.1f} to {100 * pooled.high:.1f})"


def _spread(pool: Pool) -> str:
    low, high = (f"{100 * value:.1f}".removesuffix(".0") for value in pool.range)
    return f"{low}% to {high}%" if low != high else f"{low}%"


def wilson(events: float, n: float) -> tuple[float, float]:
    """Interval of Wilson (1927) for a proportion; nan where it has no numbers."""
    if pd.isna(events) or pd.isna(n):
        return math.nan, math.nan
    interval = stats.binomtest(int(events), int(n)).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def _chosen(pools: list[Pool], only: Sequence[str]) -> list[Pool]:
    known = {pool.set_id: pool for pool in pools}
    for set_id in only:
        if set_id not in known:
            raise UnknownName(f"No set of estimates is called {set_id}.", nearest(set_id, known))
    return [known[set_id] for set_id in only] if only else pools


def _estimates(rows: list[dict[str, object]], table: CheckedTable, unit: str) -> Statistic:
    return Statistic("estimates", pd.DataFrame(rows, columns=list(ESTIMATES)), ESTIMATES, unit, 0, table.origin)
