"""Protect all counts of a locality together: what `release` calls when it settles."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from compendium.aggregate import COUNT, STATUS, TOTAL, Counts
from compendium.disclosure.addition import document, written
from compendium.disclosure.beside import suppress_beside
from compendium.disclosure.between_units import in_order, told_elsewhere
from compendium.disclosure.crossing import LARGEST_COUNT, Shape, refuse_if_wide
from compendium.disclosure.intruder import Interval
from compendium.disclosure.joint import join, linked_to
from compendium.disclosure.known import KnownTable, Period, known_rows, public_figures
from compendium.disclosure.participants import refuse_unmerged
from compendium.disclosure.policy import Policy, policy_for
from compendium.disclosure.suppression import Candidate, Labels, Protection, suppress
from compendium.errors import InputRefused, Problem

PROMISE = (
    "A hidden cell is protected when its interval includes 0 and reaches the threshold, "
    "or when its lowest possible value is at least the threshold and it is not exact."
)


@dataclass(frozen=True)
class Protected:
    """Tables as they may be released. `reasons` (which hidden cell was small itself) is private: it is disclosive.

    `frames`: by table, the dimensions, `count` (Int64, empty when hidden) and `status`, margins as `Total`.
    `certificate`: JSON-able; by table, the cells that are hidden with lowest, highest (None: no bound) and verdict.
    `reasons`: JSON-able; by table, the cells that are hidden with `reason` primary or secondary.
    `masks`: JSON-able, private; by unit, what hiding loses, what any safe choice loses at least, and the gap.
    `witnesses`: JSON-able; the tables that show each protected cell protected (`addition.check` adds them up).
    """

    frames: Mapping[str, pd.DataFrame]
    certificate: Mapping[str, Any]
    reasons: Mapping[str, Any]
    witnesses: Mapping[str, Any] = field(default_factory=dict)
    masks: Mapping[str, Any] = field(default_factory=dict)


def settle_counts(
    tables: Mapping[str, Counts],
    *,
    policy: str | None = None,
    seed: int | None = None,
    period: Period | None = None,
    known: Sequence[KnownTable] = (),
    hide: Mapping[str, Collection[Labels]] | None = None,
) -> Protected:
    """Protect the tables of one locality: all those of the same unit together, as margins of one crossing.

    `policy`: a stricter policy than the tables' floors. `seed`: private tie-break between equally good masks.
    `period`: first and last month of the records that the tables count. `known`: what an intruder has from elsewhere.
    `hide`: by table, cells that stay hidden whatever they count, such as those that an earlier release hid.
    Raises `DisclosureRefused` (disagreeing tables, too large a cycle, a floor of participants), `InputRefused`
    (broken counts), `UnknownName` (a policy nobody declared).
    """
    frames: dict[str, pd.DataFrame] = {}
    shown: dict[str, dict[str, Any]] = {}
    why: dict[str, list[dict[str, Any]]] = {}
    groups: dict[str, dict[str, Candidate]] = {}
    attacked: list[dict[str, Any]] = []
    proofs: list[dict[str, Any]] = []
    masks: dict[str, dict[str, Any]] = {}
    for name, counts in tables.items():
        chosen = policy_for(name, counts, policy)
        refuse_unmerged(name, counts)
        shown[name] = {"unit": counts.unit, "policy": chosen.name, "threshold": chosen.threshold, "cells": []}
        why[name] = []
        if counts.frame.empty:
            frames[name] = _empty(counts)
        elif chosen.method == "none":
            frames[name] = frame_of(_candidate(name, counts, chosen), frozenset())
        else:
            concealed = frozenset((hide or {}).get(name, ()))
            groups.setdefault(counts.unit, {})[name] = replace(_candidate(name, counts, chosen), concealed=concealed)
    for unit in sorted(groups, key=in_order):
        group = {
            name: replace(candidate, concealed=candidate.concealed | told_elsewhere(tables[name], tables, frames))
            for name, candidate in groups[unit].items()
        }
        beside = [table for table in (*known, *public_figures(tables, unit, period)) if table.unit == unit]
        found, linked, within = _protect_unit(list(group.values()), period, beside, seed)
        attacked.extend(known_rows(linked))
        masks[unit] = {"tables": list(group), "loss": found.loss, "bound": found.bound, "gap": round(found.gap, 4)}
        if found.hidden and found.proof:
            shapes = [candidate.shape for candidate in group.values()]
            covered = [list(hidden_cells(found, number)) for number in range(len(group))]
            proofs.append(written(unit, found.crossing, found.proof, shapes, covered, within))
        for number, (name, candidate) in enumerate(group.items()):
            cells = hidden_cells(found, number)
            frames[name] = frame_of(candidate, frozenset(cells))
            shown[name]["cells"] = certificate_rows(candidate, cells)
            why[name] = [
                {**dict(zip(_names(candidate), labels, strict=True)), "reason": found.reason(region)}
                for labels, (region, _) in cells.items()
            ]
    certificate = {"rule": PROMISE, "known": attacked, "tables": {name: shown[name] for name in tables}}
    ordered, reasons = {name: frames[name] for name in tables}, {name: why[name] for name in tables}
    return Protected(ordered, certificate, reasons, document(proofs), masks)


def _protect_unit(
    group: Sequence[Candidate], period: Period | None, beside: Sequence[KnownTable], seed: int | None
) -> tuple[Protection, tuple[KnownTable, ...], Mapping[str, tuple[str, ...]]]:
    """Protect the tables of one unit: the mask, the known tables that it was attacked with, what its records share."""
    linked = linked_to(period, beside)
    if not linked:
        return suppress(group, seed=seed), (), {}
    joint = join([candidate.shape for candidate in group], period, linked)
    return suppress_beside(group, joint, seed=seed), linked, joint.within


def hidden_cells(found: Protection, table: int) -> dict[Labels, tuple[int, Interval]]:
    """The hidden cells of one table, in the order of publication: labels -> region, interval."""
    return {
        labels: (region, found.certificate[region])
        for labels, region in found.crossing.where[table].items()
        if region in found.certificate
    }


def certificate_rows(candidate: Candidate, cells: Mapping[Labels, tuple[int, Interval]]) -> list[dict[str, Any]]:
    """A row a hidden cell: its labels by dimension, lowest, highest, verdict."""
    return [
        {
            **dict(zip(_names(candidate), labels, strict=True)),
            "lowest": interval.lowest,
            "highest": interval.highest,
            "verdict": interval.verdict,
        }
        for labels, (_, interval) in cells.items()
    ]


def frame_of(candidate: Candidate, hidden: frozenset[Labels]) -> pd.DataFrame:
    """The table as it may be shown: every cell and margin, counts empty where hidden."""
    rows = list(candidate.shape.labels())
    frame = pd.DataFrame(rows, columns=_names(candidate), dtype=object)
    covered = np.array([labels in hidden for labels in rows], dtype=bool)
    counts = np.array([candidate.counts[labels] for labels in rows], dtype=np.int64)
    frame[COUNT] = pd.array(np.where(covered, 0, counts), dtype="Int64")
    frame.loc[covered, COUNT] = pd.NA
    frame[STATUS] = np.where(covered, "hidden", "published").astype(object)
    return frame


def with_margins(inner: np.ndarray, categories: Sequence[Sequence[str]]) -> dict[Labels, int]:
    """Counts of all cells and margins, by label, from an array of the inner cells."""
    full = inner
    for axis in range(inner.ndim):
        full = np.concatenate([full, full.sum(axis=axis, keepdims=True)], axis=axis)
    labels = product(*((*names, TOTAL) for names in categories))
    return {label: int(count) for label, count in zip(labels, full.ravel(), strict=True)}


def _names(candidate: Candidate) -> list[str]:
    return [dimension.name for dimension in candidate.shape.dimensions]


def _empty(counts: Counts) -> pd.DataFrame:
    columns: dict[str, Any] = {dimension.name: pd.Series(dtype=object) for dimension in counts.dimensions}
    return pd.DataFrame({**columns, COUNT: pd.array([], dtype="Int64"), STATUS: pd.Series(dtype=object)})


def _candidate(name: str, counts: Counts, chosen: Policy) -> Candidate:
    names = [dimension.name for dimension in counts.dimensions]
    categories = [list(dimension.categories) for dimension in counts.dimensions]
    problems = _broken(name, counts)
    if problems:
        raise InputRefused(problems)
    refuse_if_wide(f"table {name}", [len(c) for c in categories])
    inner = np.zeros([len(c) for c in categories], dtype=np.int64)
    if names:
        at = tuple(
            counts.frame[column].map({code: i for i, code in enumerate(codes)}).to_numpy(dtype=np.int64)
            for column, codes in zip(names, categories, strict=True)
        )
        inner[at] = counts.frame[COUNT].to_numpy(dtype=np.int64)
    else:
        inner = np.array(int(counts.frame[COUNT].iloc[0]))
    return Candidate(
        Shape(name, counts.dimensions), with_margins(inner, categories), chosen, frozenset(counts.structural_zeros)
    )


def _broken(name: str, counts: Counts) -> list[Problem]:
    """What keeps a frame from being a table of counts; rows as in a spreadsheet whose header is row 1."""
    frame, found = counts.frame, []
    columns = [dimension.name for dimension in counts.dimensions]
    absent = [column for column in (*columns, COUNT) if column not in frame.columns]
    if absent:
        return [Problem(file=name, column=column, message="The column is missing.") for column in absent]
    for dimension in counts.dimensions:
        for row in np.flatnonzero(~frame[dimension.name].isin(list(dimension.categories))):
            found.append(Problem(name, int(row) + 2, dimension.name, "The code is not one of the dimension's."))
        if TOTAL in dimension.categories:
            found.append(Problem(name, None, dimension.name, "A category is labelled Total, the label of margins."))
    numbers = pd.to_numeric(frame[COUNT], errors="coerce")
    for row in np.flatnonzero(~((numbers >= 0) & (numbers % 1 == 0)).fillna(False)):
        found.append(Problem(name, int(row) + 2, COUNT, "A count must be a whole number, 0 or more."))
    for row in np.flatnonzero((numbers > LARGEST_COUNT).fillna(False)):
        found.append(Problem(name, int(row) + 2, COUNT, f"A count is at most {LARGEST_COUNT:,}."))
    if columns:
        for row in np.flatnonzero(frame.duplicated(columns)):
            found.append(Problem(name, int(row) + 2, ", ".join(columns), "The cell stands in the table twice."))
    return found
