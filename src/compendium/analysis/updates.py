"""An update of a review: what was known before it and after it, the studies that came in, and what follows.

Prevalences of one outcome, recall period and definition are pooled from three samples on, each sample once, by its
largest report; anything else is a range.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from compendium.aggregate import Statistic, TableGroup
from compendium.analysis import meta
from compendium.analysis.pools import ESTIMATES, LEAST_FOR_PREDICTION, LEAST_STUDIES, wilson


def before_and_after(review: TableGroup) -> Statistic:
    """The prevalences of each round of searching and their pool, before the update and after (kind `estimates`).

    One recall period and definition at a time, those to which the update added something; a sample enters once, by its
    largest report. New studies are marked.
    """
    rows: list[dict[str, Any]] = []
    first, labels = _first_round(review), labels_of(review)
    last = max(first.values(), default=0)
    for name, part in _alike(agreed(review)):
        if last and not (part["study_id"].map(first) == last).any():
            continue
        stages = {"before the update": last - 1, "with it": last} if last else {"so far": 0}
        for words, at in stages.items():
            known = part[part["study_id"].map(first) <= at]
            rows += _forest(known, f"{name}: {words}", first, at if last else -1, labels)
    return Statistic(
        "estimates", pd.DataFrame(rows, columns=list(ESTIMATES)), ESTIMATES, "estimate", 0, review["findings"].origin
    )


def changes(review: TableGroup) -> Statistic:
    """What the last update changed, a row an outcome (kind `listing`): before, after, new studies, and why."""
    first, labels = _first_round(review), labels_of(review)
    last = max(first.values(), default=0)
    rows = []
    for name, part in _alike(agreed(review)) if last else []:
        before, after = part[part["study_id"].map(first) < last], part
        new = [labels[study] for study in after["study_id"] if first[study] == last]
        rows.append((name, in_words(before), in_words(after), "; ".join(new) or "none", _why(before, after)))
    columns = {
        "label": "Outcome",
        "before": "Before the update",
        "value": "After it",
        "new": "New studies",
        "why": "What changed",
    }
    return Statistic(
        "listing", pd.DataFrame(rows, columns=list(columns)), columns, "outcome", 0, review["findings"].origin
    )


def without_each(review: TableGroup) -> Statistic:
    """Every pool without each of its studies in turn (kind `estimates`); no rows where nothing is pooled."""
    rows: list[dict[str, Any]] = []
    labels = labels_of(review)
    for name, part in _alike(agreed(review)):
        chosen = once(part)
        if len(chosen) <= LEAST_STUDIES:
            continue
        hits, asked = chosen["events"].astype(int).tolist(), chosen["participants"].astype(int).tolist()
        rows.append(_row("All studies", name, _pool(chosen)))
        for study, pooled in zip(chosen["study_id"], meta.leave_one_out(hits, asked), strict=True):
            rows.append(_row(f"Without {labels[study]}", name, pooled))
    return Statistic(
        "estimates", pd.DataFrame(rows, columns=list(ESTIMATES)), ESTIMATES, "estimate", 0, review["findings"].origin
    )


def agreed(review: TableGroup) -> pd.DataFrame:
    """The findings that both extractors settled on."""
    frame = review["findings"].frame
    return frame[frame["extractor"] == "agreed"].reset_index(drop=True)


def _alike(agreed: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Prevalences that answer one question: one outcome, recall period and definition."""
    rows = agreed[(agreed["heading"] == "prevalence") & agreed["events"].notna() & agreed["participants"].notna()]
    rows = rows.assign(definition=rows["definition"].fillna(""))
    return [
        (f"{outcome} ({str(recall).replace('_', ' ')})", part)
        for (outcome, recall, _), part in rows.groupby(["outcome", "recall", "definition"], sort=True)
    ]


def once(part: pd.DataFrame) -> pd.DataFrame:
    """Each sample once, by the report that asked most of it; a finding without a sample's name is its own sample."""
    sample = part["sample"].fillna(part["study_id"])
    chosen = part.assign(sample=sample).sort_values("participants", ascending=False, kind="stable")
    return chosen.drop_duplicates("sample").sort_index()


def _pool(chosen: pd.DataFrame) -> meta.Pooled:
    return meta.pool_proportions(np.asarray(chosen["events"], float), np.asarray(chosen["participants"], float))


def _forest(
    part: pd.DataFrame, group: str, first: Mapping[str, int], newest: int, labels: Mapping[str, str]
) -> list[dict[str, Any]]:
    chosen = once(part)
    pooled = _pool(chosen) if len(chosen) >= LEAST_STUDIES else None
    weights = dict(zip(chosen.index, pooled.weights, strict=True)) if pooled else {}
    rows = []
    for at, row in part.iterrows():
        events, asked = int(row["events"]), int(row["participants"])
        low, high = wilson(events, asked)
        words = labels[row["study_id"]] + (" (new)" if first[row["study_id"]] == newest and newest > 0 else "")
        words += "" if at in chosen.index else " (same sample)"
        size = {"k_or_n": f"n = {asked:,}", "estimate": events / asked, "low": low, "high": high}
        rows.append({"label": words, "group": group, **size, "weight": weights.get(at, math.nan), "role": "study"})
    if pooled is None:
        shares = part["events"].astype(float) / part["participants"].astype(float)
        ends = {"k_or_n": f"k = {len(chosen)}", "estimate": math.nan, "low": shares.min(), "high": shares.max()}
        return [*rows, {"label": "Range", "group": group, **ends, "weight": math.nan, "role": "range"}] if rows else []
    rows.append(_row("Pooled estimate", group, pooled))
    if pooled.k >= LEAST_FOR_PREDICTION:
        ahead = {"estimate": math.nan, "low": pooled.prediction_low, "high": pooled.prediction_high}
        rows.append({**rows[-1], **ahead, "label": "Prediction for another study", "role": "prediction"})
    return rows


def _row(label: str, group: str, pooled: meta.Pooled) -> dict[str, Any]:
    ends = {"estimate": pooled.estimate, "low": pooled.low, "high": pooled.high, "weight": math.nan}
    return {"label": label, "group": group, "k_or_n": f"k = {pooled.k}", **ends, "role": "pooled"}


def in_words(part: pd.DataFrame) -> str:
    """`22.1% (12.0 to 37.1), pooled from 4` or `16% to 25%, 2 samples`."""
    chosen = once(part)
    if len(chosen) >= LEAST_STUDIES:
        pooled = _pool(chosen)
        interval = f"({100 * pooled.low:.1f} to {100 * pooled.high:.1f})"
        return f"{100 * pooled.estimate:.1f}% {interval}, pooled from {pooled.k} samples"
    shares = 100 * part["events"].astype(float) / part["participants"].astype(float)
    if shares.empty:
        return "nothing known"
    ends = sorted({f"{share:.1f}".removesuffix(".0") for share in (shares.min(), shares.max())}, key=float)
    return f"{'% to '.join(ends)}%, {len(chosen)} sample{'s' if len(chosen) > 1 else ''}, not pooled"


def _why(before: pd.DataFrame, after: pd.DataFrame) -> str:
    """In words: nothing, a first pool, or how far pool and interval moved."""
    if len(before) == len(after):
        return "No new study"
    old, new = once(before), once(after)
    if len(new) < LEAST_STUDIES:
        return f"Still fewer than {LEAST_STUDIES} samples: a range"
    if len(old) < LEAST_STUDIES:
        return f"Pooled for the first time: {len(new)} samples of one recall period and definition"
    one, two = _pool(old), _pool(new)
    moved = 100 * (two.estimate - one.estimate)
    wider = "wider" if two.high - two.low > one.high - one.low else "narrower"
    inside = "lies inside" if one.low <= two.estimate <= one.high else "lies outside"
    return (
        f"{moved:+.1f} percentage points; the interval is {wider}; the new estimate {inside} the old interval"
    ).replace("-", "−")


def _first_round(review: TableGroup) -> dict[str, int]:
    """The round in which each study was first found; one that no record names counts as of the first search."""
    records, searches = review["records"].frame, review["searches"].frame
    at = records["search_id"].map(searches.set_index("search_id")["round"])
    found = records.assign(at=at).dropna(subset=["study_id"]).groupby("study_id")["at"].min()
    return {study: int(found.get(study, 0)) for study in review["review_studies"].frame["study_id"]}


def labels_of(review: TableGroup) -> dict[str, str]:
    """Name for tables and figures, by study."""
    frame = review["review_studies"].frame
    return dict(zip(frame["study_id"], frame["label"], strict=True))
