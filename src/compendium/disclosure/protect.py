"""Protect any table of counts, alone: for a data frame of any project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from compendium.aggregate import STATUS, TOTAL, Dimension
from compendium.disclosure.addition import document, written
from compendium.disclosure.crossing import LARGEST_COUNT, Shape, refuse_if_wide
from compendium.disclosure.policy import Policy
from compendium.disclosure.policy import policy as policy_named
from compendium.disclosure.rounding import redacted_interval, refuse_areas, rounded_table, rule_of
from compendium.disclosure.settle import PROMISE, certificate_rows, frame_of, hidden_cells, with_margins
from compendium.disclosure.suppression import Candidate, Protection, suppress
from compendium.errors import DisclosureRefused, InputRefused, Problem, UnknownName, nearest

RESERVED = (STATUS, "lowest", "highest", "verdict", "reason", "table")
FILE = "protected.csv"
NOTHING_SHOWN = "Nothing in this table may be shown: every cell and margin is hidden."


@dataclass(frozen=True)
class ProtectedTable:
    """One table as it may be released. `reasons` (cell -> `primary` | `secondary`) is private: it is disclosive.

    `published`: the columns of labels and counts, rows labelled `Total` for every margin, `status`; hidden counts are
    empty. `certificate`: JSON-able; `cells` has a row a hidden cell: its labels by column, `lowest`, `highest`
    (None: no bound), `verdict`. `witnesses`: JSON-able; tables that show the hidden cells protected (`addition`).
    `mask`: private; what hiding loses, what any safe choice loses at least (`bound`), the share between them (`gap`).
    """

    published: pd.DataFrame
    reasons: Mapping[tuple[Any, ...], str]
    certificate: Mapping[str, Any]
    witnesses: Mapping[str, Any] = field(default_factory=dict)
    mask: Mapping[str, Any] = field(default_factory=dict)


def protect(
    frame: pd.DataFrame,
    *,
    rows: str | Sequence[str],
    columns: str | Sequence[str],
    count: str,
    policy: str | Policy = "threshold-10",
    seed: int | None = None,
) -> ProtectedTable:
    """Hide small counts, and as few others as it takes that no hidden one can be worked out.

    `frame` has a row a cell: labels in `rows` and `columns` (a name or a list of names), a whole number in `count`.
    Cells without a row count 0. Nothing is known about the labels, so zeros are hidden like small counts unless the
    policy never hides them. Other columns are left out. `seed`: private tie-break between equally good masks.
    Raises `InputRefused` with every broken cell by row and column, `UnknownName`, `DisclosureRefused`.
    """
    names = [*([rows] if isinstance(rows, str) else rows), *([columns] if isinstance(columns, str) else columns)]
    _check_names(frame, names, count)
    problems = _broken(frame, names, count)
    if problems:
        raise InputRefused(problems)
    chosen = policy_named(policy) if isinstance(policy, str) else policy
    if chosen.method == "none":
        raise DisclosureRefused(
            f"Policy {chosen.name} does not hide counts, so there is nothing to protect by it.",
            "Use threshold-10, sdap-10, ukllc, acro or opensafely.",
        )
    labels = {name: {str(label): label for label in frame[name]} for name in names}
    candidate = _candidate(frame, names, count, labels, chosen)
    if chosen.method != "suppress":
        refuse_areas(chosen, frame, names)
        return _rounded(candidate, names, count, labels)
    found = suppress([candidate], seed=seed)
    cells = hidden_cells(found, 0)
    published = frame_of(candidate, frozenset(cells)).rename(columns={"count": count})
    return ProtectedTable(
        _as_given(published, names, labels),
        {_originals(key, names, labels): found.reason(region) for key, (region, _) in cells.items()},
        {
            "rule": PROMISE,
            "policy": chosen.name,
            "threshold": chosen.threshold,
            "columns": names,
            "count": count,
            "note": NOTHING_SHOWN if len(cells) == len(published) else "",
            "cells": [_labelled(row, names, labels) for row in certificate_rows(candidate, cells)],
        },
        _witnesses(found, candidate, list(cells)),
        {"loss": found.loss, "bound": found.bound, "gap": round(found.gap, 4)},
    )


def _witnesses(found: Protection, candidate: Candidate, hidden: list[tuple[str, ...]]) -> dict[str, Any]:
    """The proof as a file says it; the table goes by the name of its file."""
    if not found.proof or not hidden:
        return document([])
    shape = replace(candidate.shape, name=FILE)
    return document([written("", found.crossing, found.proof, [shape], [hidden], {})])


def _rounded(
    candidate: Candidate, names: Sequence[str], count: str, labels: Mapping[str, Mapping[str, Any]]
) -> ProtectedTable:
    """The table by a policy that rounds. What is redacted is so for itself: nothing is hidden for others."""
    printed = rounded_table(candidate)
    hidden = frozenset(key for key, number in printed.items() if number is None)
    shown = replace(candidate, counts={key: number or 0 for key, number in printed.items()})
    cells = {key: (0, redacted_interval(candidate)) for key in hidden}
    ordered = {key: cells[key] for key in printed if key in cells}
    published = frame_of(shown, hidden).rename(columns={"count": count})
    return ProtectedTable(
        _as_given(published, names, labels),
        {_originals(key, names, labels): "primary" for key in ordered},
        {
            "rule": rule_of(candidate.policy),
            "policy": candidate.policy.name,
            "threshold": candidate.policy.threshold,
            "columns": list(names),
            "count": count,
            "note": f"{len(ordered)} of {len(published)} cells and margins are redacted, the others rounded.",
            "cells": [_labelled(row, names, labels) for row in certificate_rows(candidate, ordered)],
        },
        document([]),
    )


def _check_names(frame: pd.DataFrame, names: Sequence[str], count: str) -> None:
    absent = [name for name in (*names, count) if name not in frame.columns]
    if absent:
        known = [str(column) for column in frame.columns]
        raise UnknownName([Problem(column=n, message=f"No column '{n}'.", remedy=nearest(n, known)) for n in absent])
    twice = len({*names, count}) < len(names) + 1
    taken = [name for name in (*names, count) if name in RESERVED]
    if twice or taken or not names:
        said = f"is the name of a column of the result ({taken[0]})" if taken else "is given twice, or none is given"
        raise InputRefused(
            f"A column of rows, columns or counts {said}.", "Name each column once; rename it if need be."
        )


def _broken(frame: pd.DataFrame, names: Sequence[str], count: str) -> list[Problem]:
    """What keeps the frame from being a table of counts; row 2 is the first below a header, as in a spreadsheet."""
    if frame.empty:
        return [Problem(column=count, message="The table has no rows.")]
    found = []
    for name in names:
        text = frame[name].astype(str)
        for row in np.flatnonzero(frame[name].isna() | (text.str.strip() == "")):
            found.append(Problem(row=int(row) + 2, column=name, message="The label is missing."))
        for row in np.flatnonzero(text.str.strip() == TOTAL):
            remedy = "Take the margins out; they are added up again."
            found.append(
                Problem(row=int(row) + 2, column=name, message="Total is the label of margins.", remedy=remedy)
            )
        if frame[name].nunique() != text[frame[name].notna()].nunique():
            found.append(Problem(column=name, message="Two different labels are written alike."))
    numbers = pd.to_numeric(frame[count], errors="coerce")
    for row in np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0) & (numbers % 1 == 0)).fillna(False)):
        message = "A count must be a whole number, 0 or more."
        remedy = "Write 1204 for 1,204. Where a count is hidden already, take the true one."
        found.append(Problem(row=int(row) + 2, column=count, message=message, remedy=remedy))
    for row in np.flatnonzero((numbers > LARGEST_COUNT).fillna(False)):
        found.append(Problem(row=int(row) + 2, column=count, message=f"A count is at most {LARGEST_COUNT:,}."))
    for row in np.flatnonzero(frame[list(names)].astype(str).duplicated()):
        place = ", ".join(names)
        found.append(
            Problem(
                row=int(row) + 2, column=place, message="The cell stands in the table twice.", remedy="Add the rows up."
            )
        )
    return found


def _candidate(
    frame: pd.DataFrame, names: Sequence[str], count: str, labels: Mapping[str, Mapping[str, Any]], chosen: Policy
) -> Candidate:
    ordered = {name: [str(label) for label in sorted(labels[name].values(), key=_order)] for name in names}
    refuse_if_wide("the table", [len(ordered[name]) for name in names])
    at = tuple(
        frame[name].astype(str).map({text: i for i, text in enumerate(ordered[name])}).to_numpy(dtype=np.int64)
        for name in names
    )
    inner = np.zeros([len(ordered[name]) for name in names], dtype=np.int64)
    inner[at] = pd.to_numeric(frame[count]).to_numpy(dtype=np.int64)
    dimensions = tuple(Dimension(name, name, {text: text for text in ordered[name]}, sensitive=True) for name in names)
    return Candidate(Shape("the table", dimensions), with_margins(inner, list(ordered.values())), chosen)


def _order(label: Any) -> tuple[int, float, str]:
    """Numbers by size, then texts: the mask does not depend on the order of the rows."""
    is_number = isinstance(label, int | float | np.number)
    return (0, float(label), "") if is_number else (1, 0.0, str(label))


def _labelled(row: Mapping[str, Any], names: Sequence[str], labels: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A row of the certificate with its labels as they were given; those of numpy as Python's, for JSON."""
    given = {name: labels[name].get(row[name], row[name]) for name in names}
    return {**row, **{name: label.item() if isinstance(label, np.generic) else label for name, label in given.items()}}


def _originals(key: Sequence[str], names: Sequence[str], labels: Mapping[str, Mapping[str, Any]]) -> tuple[Any, ...]:
    return tuple(labels[name].get(text, text) for name, text in zip(names, key, strict=True))


def _as_given(published: pd.DataFrame, names: Sequence[str], labels: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Labels as they were (numbers stay numbers), in the order in which the table gave them; margins last."""
    ranks = [
        published[name].map({text: i for i, text in enumerate([*labels[name], TOTAL])}).rename(name) for name in names
    ]
    order = pd.concat(ranks, axis=1).sort_values(list(names)).index
    given = published.loc[order].reset_index(drop=True)
    for name in names:
        given[name] = pd.Series([labels[name].get(text, text) for text in given[name]], dtype=object)
    return given
