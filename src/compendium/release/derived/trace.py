"""From what was said to what the pilot found, from released tables alone: every link, and the same read both ways."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from compendium.aggregate import Released
from compendium.errors import CompendiumError
from compendium.release.tables import HIDDEN

LINKS = {
    "from_id": "From",
    "from_label": "Name",
    "from_kind": "Kind",
    "to_id": "To",
    "to_label": "Name of end",
    "to_kind": "Kind of end",
}
KINDS = ("code", "priority", "standard", "criterion", "measure", "result")
FORWARDS = {
    "code": "Theme",
    "priority": "Priority",
    "standard": "Standard",
    "criterion": "Criterion",
    "measure": "Counted as",
    "result": "Level found in the pilot (0 to 3)",
}
BACKWARDS = {kind: FORWARDS[kind] for kind in reversed(KINDS)}
SELF, YOUTH = "The service itself", "Young evaluators"  # who rated, as the dictionary of ratings names them
WHO = {SELF: "Services", YOUTH: "Young people"}  # short, for boxes and cells
NO_RESULT = "Nothing is released"
NONE = "–"
_CRITERION = re.compile(r"(?<![\d.])(\d+\.\d+)(?![\d.])")
Frame = tuple[pd.DataFrame, Mapping[str, str]]
Key = tuple[str, str]  # kind, id


def trace_results(sources: Sequence[Released], options: Mapping[str, Any]) -> Frame:
    """Every link of a released trace, and from each measure to what the pilot's released scores say of its criterion.

    `sources`: the trace, then tables of kind `scores` or `levels` whose `measure` names a criterion. A criterion
    without a score, or with a hidden one, says so.
    """
    trace = _trace(sources)
    found = _results(sources[1:])
    measures = [row for row in trace.to_dict("records") if row["to_kind"] == "measure"]
    rows = [
        (row["to_id"], row["to_label"], "measure", f"R{row['from_id']}", found.get(row["from_id"], NO_RESULT), "result")
        for row in measures
    ]
    return pd.concat([trace, pd.DataFrame(rows, columns=list(LINKS))], ignore_index=True), LINKS


def trace_forwards(sources: Sequence[Released], options: Mapping[str, Any]) -> Frame:
    """A row for each way from a theme to a result, from the same tables; a theme that leads nowhere has a row."""
    labels, follows, _ = _graph(trace_results(sources, options)[0])
    starts = [key for key in labels if key[0] == "code"]
    rows = [_named(way, labels) for start in starts for way in _ways(start, follows)]
    return pd.DataFrame(rows, columns=list(KINDS)).fillna(NONE)[list(FORWARDS)], FORWARDS


def trace_backwards(sources: Sequence[Released], options: Mapping[str, Any]) -> Frame:
    """A row for each result, from the same tables: what it is about, and every priority and theme that led to it."""
    labels, _, comes_from = _graph(trace_results(sources, options)[0])
    rows = []
    for end in (key for key in labels if key[0] == "result"):
        row, level = {"result": labels[end]}, [end]
        for kind in reversed(KINDS[:-1]):
            level = list(dict.fromkeys(start for key in level for start in comes_from[key] if start[0] == kind))
            row[kind] = "; ".join(labels[key] for key in level) or NONE
        rows.append(row)
    return pd.DataFrame(rows, columns=list(BACKWARDS)), BACKWARDS


def _trace(sources: Sequence[Released]) -> pd.DataFrame:
    if not sources or not set(LINKS) <= set(sources[0].frame.columns):
        raise CompendiumError("A trace is worked out from a released trace.", "Name it first in of.")
    return sources[0].frame[list(LINKS)].fillna("").astype(str)


def _results(tables: Sequence[Released]) -> dict[str, str]:
    """What each criterion's scores are, in words, in the order of the tables."""
    found: dict[str, list[str]] = defaultdict(list)
    for table in tables:
        if table.kind not in ("scores", "levels"):
            raise CompendiumError(f"{table.name} holds no scores by criterion.", "Leave it out of of.")
        for row in table.frame.to_dict("records"):
            if criterion := criterion_in(str(row["measure"])):
                found[criterion].append(f"{WHO.get(str(row['group']), str(row['group']))}{_after_a_name(row)}")
    return {criterion: "; ".join(words) for criterion, words in found.items()}


def criterion_in(measure: str) -> str:
    """The number of the criterion that a measure names, such as `2.1`; empty when it names none."""
    found = _CRITERION.search(measure)
    return found[1] if found else ""


def level_text(row: Mapping[Any, Any]) -> str:
    """`1.6 (1.2 to 2.0)`: a level from 0 to 3 and its interval, from a released row with `mean`, `low` and `high`."""
    if pd.isna(row["mean"]):
        return HIDDEN
    between = "" if pd.isna(row["low"]) or pd.isna(row["high"]) else f" ({row['low']:.1f} to {row['high']:.1f})"
    return f"{row['mean']:.1f}{between}"


def _after_a_name(row: Mapping[Any, Any]) -> str:
    text = level_text(row)
    return f": {text}" if text == HIDDEN else f" {text}"


def _graph(
    trace: pd.DataFrame,
) -> tuple[dict[Key, str], dict[Key, list[Key]], dict[Key, list[Key]]]:
    """Labels of nodes in the order of the table, and links in both directions."""
    labels: dict[Key, str] = {}
    follows: dict[Key, list[Key]] = defaultdict(list)
    comes_from: dict[Key, list[Key]] = defaultdict(list)
    for row in trace.to_dict("records"):
        start, end = (row["from_kind"], row["from_id"]), (row["to_kind"], row["to_id"])
        labels.setdefault(start, _label(start, row["from_label"]))
        if end[1]:
            labels.setdefault(end, _label(end, row["to_label"]))
            follows[start].append(end)
            comes_from[end].append(start)
    return labels, follows, comes_from


def _label(key: Key, label: str) -> str:
    """Standards and criteria with their number."""
    number = key[1].removeprefix("S") if key[0] in ("standard", "criterion") else ""
    return f"{number} {label}".strip()


def _ways(start: Key, follows: Mapping[Key, list[Key]]) -> Iterator[list[Key]]:
    later = [key for key in follows.get(start, []) if KINDS.index(key[0]) > KINDS.index(start[0])]
    if not later:
        yield [start]
    for key in later:
        for way in _ways(key, follows):
            yield [start, *way]


def _named(way: Sequence[Key], labels: Mapping[Key, str]) -> dict[str, str]:
    named = {kind: labels[kind, id] for kind, id in way}
    return {**named, "priority": "Nothing takes it up"} if len(way) == 1 else named
