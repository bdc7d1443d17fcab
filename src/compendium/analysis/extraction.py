"""Findings taken down by two people: where they differ, and the summary of what both settled on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from compendium.aggregate import Statistic, TableGroup
from compendium.analysis.pools import LEAST_STUDIES
from compendium.analysis.updates import agreed, in_words, labels_of, once

COMPARED = (
    *("heading", "outcome", "statement", "measure", "value", "low", "high"),
    *("events", "participants", "recall", "definition", "sample"),
)


def differences(review: TableGroup) -> Statistic:
    """Every field that two extractors took down differently, and what both settled on (kind `listing`)."""
    table = review["findings"]
    labels = labels_of(review)
    found = []
    for (study, finding), part in _groups(table.frame, ["study_id", "finding"]):
        said = {row["extractor"]: row for row in part.to_dict("records")}
        if not {"A", "B"} <= set(said):
            continue
        for field in COMPARED:
            one, two = (_plain(said[extractor][field]) for extractor in ("A", "B"))
            if one != two:
                last = _plain(said["agreed"][field]) if "agreed" in said else "not agreed yet"
                found.append((labels[study], finding.replace("_", " "), table.labels[field], one, two, last))
    columns = {"study": "Study", "finding": "Finding", "field": "Field", "a": "A", "b": "B", "agreed": "Agreed"}
    return Statistic("listing", pd.DataFrame(found, columns=list(columns)), columns, "difference", 0, table.origin)


def double(review: TableGroup) -> Statistic:
    """How much was extracted twice and how much of it alike (kind `listing`: measure, value)."""
    table = review["findings"]
    said = [set(part["extractor"]) for _, part in _groups(table.frame, ["study_id", "finding"])]
    twice = sum({"A", "B"} <= who for who in said)
    settled = sum("agreed" in who for who in said)
    apart = differences(review).frame
    alike = twice * len(COMPARED) - len(apart)
    rows = [
        ("Findings", f"{len(said):,}"),
        ("Taken down by two", f"{twice} of {len(said)}"),
        ("Agreed", f"{settled} of {len(said)}"),
        ("Fields taken down alike", f"{alike:,} of {twice * len(COMPARED):,}"),
        ("Fields that differed", f"{len(apart):,}"),
    ]
    columns = {"measure": "Measure", "value": "Number"}
    frame = pd.DataFrame(rows if said else [], columns=list(columns))
    return Statistic("listing", frame, columns, "finding", 0, table.origin)


def summary(review: TableGroup) -> Statistic:
    """Summary of findings, a row an outcome and heading (kind `listing`): studies, people, result, pooled or not."""
    table = review["findings"]
    settled, heads = agreed(review), table.dimensions["heading"].categories
    order = {heading: place for place, heading in enumerate(heads)}
    rows = []
    placed = settled.assign(place=settled["heading"].map(order))
    recalls = table.dimensions["recall"].categories
    for (_, outcome, recall), part in _groups(placed, ["place", "outcome", "recall"]):
        asked = part.drop_duplicates("sample")["participants"] if part["sample"].notna().all() else part["participants"]
        people = f"{int(asked.sum()):,}" if asked.notna().any() else ""
        when = "" if pd.isna(recall) else f" ({recalls[recall].lower()})"
        rows.append(
            (heads[part["heading"].iloc[0]], f"{outcome}{when}", part["study_id"].nunique(), people, *_result(part))
        )
    columns = {
        "heading": "Kind",
        "outcome": "Outcome",
        "studies": "Studies",
        "people": "People",
        "value": "What was found",
        "how": "How it is put together",
    }
    return Statistic("listing", pd.DataFrame(rows, columns=list(columns)), columns, "outcome", 0, table.origin)


def _result(part: pd.DataFrame) -> tuple[str, str]:
    if part["heading"].iloc[0] == "prevalence" and part["events"].notna().all():
        one = part["definition"].fillna("").nunique() == 1
        chosen = once(part)
        if one and len(chosen) >= LEAST_STUDIES:
            return in_words(part), "Pooled: one recall period, one definition, each sample once"
        return in_words(part), "Range" if len(part) > 1 else "One study"
    numbers = part[part["value"].notna()]
    said = [_number(row) for row in numbers.to_dict("records")] + part["statement"].dropna().tolist()
    return "; ".join(dict.fromkeys(said)), "As reported, not pooled"


def _number(row: Mapping[Any, Any]) -> str:
    measure = str(row["measure"]).replace("_", " ")
    interval = "" if pd.isna(row["low"]) or pd.isna(row["high"]) else f" ({row['low']:g} to {row['high']:g})"
    return f"{measure} {row['value']:,g}{interval}".replace("cost gbp", "cost in pounds")


def _groups(frame: pd.DataFrame, by: list[str]) -> list[tuple[Any, pd.DataFrame]]:
    """The parts of a table in the order of `by`, empty cells too."""
    return list(frame.groupby(by, dropna=False, sort=True))


def _plain(value: Any) -> str:
    if value is None or pd.isna(value):
        return "–"
    return f"{value:g}" if isinstance(value, int | float) else str(value)
