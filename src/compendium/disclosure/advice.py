"""Advice before hiding: what is hidden and why, which redesign would save what, and how many tables the records carry.

Private: it tells which cells were small themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from compendium.aggregate import COUNT, TOTAL, Counts, Dimension
from compendium.disclosure.crossing import Shape
from compendium.disclosure.folder import read_csv
from compendium.disclosure.policy import Policy, policy, policy_for
from compendium.disclosure.redesign import Redesigns, budget, redesigns
from compendium.disclosure.settle import with_margins
from compendium.disclosure.suppression import Candidate, suppress
from compendium.errors import InputRefused, Problem, UnknownName, nearest

PRIVATE = "For you alone: what follows tells which counts are small."
LISTED = 60  # hidden cells that a text lists
PLANS = 12  # designs tried for each table of a locality
LARGE = 1_000  # cells and margins above which a locality's table is left to `protect --explain`


@dataclass(frozen=True)
class Budget:
    """How many tables of one unit are proposed, and how many so many records carry."""

    unit: str
    records: int
    tables: int
    allowed: int

    def __str__(self) -> str:
        tables = "1 table counts" if self.tables == 1 else f"{self.tables} tables count"
        said = f"{tables} {self.records} records by {self.unit}; they carry about {self.allowed}"
        return f"{said}: leave some out or merge them." if self.tables > self.allowed else f"{said}."


@dataclass(frozen=True)
class Advice:
    """Redesigns by table (of those that hide anything), and a budget for each unit."""

    tables: Mapping[str, Redesigns]
    budgets: tuple[Budget, ...]

    def words(self, table: str) -> tuple[str, ...]:
        """Sentences about one table; none when it hides nothing or no redesign is declared."""
        return self.tables[table].words if table in self.tables else ()

    @property
    def record(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "private": PRIVATE,
            "budgets": [str(each) for each in self.budgets],
            "tables": {name: list(found.words) for name, found in self.tables.items()},
        }

    @property
    def markdown(self) -> str:
        lines = ["# Other designs", "", PRIVATE, "", *(f"- {each}" for each in self.budgets)]
        for name, found in self.tables.items():
            lines += ["", f"## {name}", "", *(f"{i}. {said}" for i, said in enumerate(found.words, 1))]
            lines += [] if found.words else ["No declared grouping would show a larger share of this table."]
        return "\n".join(lines) + "\n"


def advise(
    tables: Mapping[str, Counts], *, policy: str | None = None, seed: int | None = None, plans: int = PLANS
) -> Advice:
    """The best redesigns of each sensitive table by itself, and the table budget of each unit.

    Groupings are those of the dimensions (`coarser`) and those under which another table shows the same variable.
    """
    chosen = {name: policy_for(name, counts, policy) for name, counts in tables.items() if not counts.frame.empty}
    hiding = [name for name, each in chosen.items() if each.method == "suppress" and tables[name].dimensions]
    others = [dimension for name in hiding for dimension in tables[name].dimensions]
    found = {}
    for name in hiding:
        counts = tables[name]
        dimensions = [with_groupings(dimension, others) for dimension in counts.dimensions]
        candidate = _of_counts(name, counts, dimensions, chosen[name])
        if any(map(candidate.hides, candidate.counts)) and len(candidate.counts) <= LARGE:
            found[name] = redesigns(candidate, seed=seed, limit=plans)
    units: dict[str, list[int]] = {}
    for name in hiding:
        units.setdefault(tables[name].unit, []).append(int(tables[name].frame[COUNT].sum()))
    budgets = tuple(Budget(unit, max(n), len(n), budget(max(n))) for unit, n in sorted(units.items()))
    return Advice(found, budgets)


def explain_csv(
    table: Path,
    *,
    rows: str,
    columns: str,
    count: str,
    policy_name: str,
    merges: Mapping[str, Path],
) -> str:
    """What `protect` hides in a long CSV (which it has accepted) and why, and the three best redesigns in words.

    `merges`: column -> a CSV with the columns `child` and `parent` that says how its labels may be grouped.
    """
    frame = read_csv(table)
    names = [n for given in (rows, columns) for n in ([given] if given in frame else map(str.strip, given.split(",")))]
    unknown = [column for column in merges if column not in names]
    if unknown:
        raise UnknownName([Problem(column=c, message=f"No column '{c}'.", remedy=nearest(c, names)) for c in unknown])
    groupings = {column: _groups(path, column, frame) for column, path in merges.items()}
    candidate = _of_frame(frame, names, count, policy_name, groupings)
    found, advice = suppress([candidate]), redesigns(candidate)
    reasons = {labels: found.reason(r) for labels, r in found.crossing.where[0].items() if r in found.certificate}
    primary = sum(reason == "primary" for reason in reasons.values())
    lines = [
        PRIVATE,
        f"{len(reasons)} of {len(candidate.counts)} cells and margins are hidden: {primary} for their own sake "
        f"(primary), {len(reasons) - primary} to protect those (secondary).",
        f"Any other safe choice of cells would lose at most {100 * found.gap:.1f} % less; large counts and margins "
        "weigh more.",
    ]
    for cell, reason in list(reasons.items())[:LISTED]:
        lines.append(f"  {', '.join(f'{n} {label}' for n, label in zip(names, cell, strict=True))}: {reason}")
    if len(reasons) > LISTED:
        lines.append(f"  … and {len(reasons) - LISTED} more")
    if not merges:
        lines.append("Groupings of labels can be named with --merge COLUMN=FILE.")
    lines.append(
        "Redesigns that would hide a smaller share:"
        if advice.words
        else "No redesign tried would hide a smaller share."
    )
    lines += [f"  {number}. {said}" for number, said in enumerate(advice.words, 1)]
    return "\n".join(lines)


def with_groupings(dimension: Dimension, others: Sequence[Dimension]) -> Dimension:
    """A dimension that knows its declared groupings and those of `others` that merge its categories."""
    merging = {other.name: replace(other, coarser=()) for other in others if dimension.merges_into(other)}
    return replace(dimension, coarser=tuple({**merging, **{c.name: c for c in dimension.coarser}}.values()))


def _of_counts(name: str, counts: Counts, dimensions: Sequence[Dimension], chosen: Policy) -> Candidate:
    inner = _inner(counts.frame, dimensions, counts.frame[COUNT])
    codes = [list(dimension.categories) for dimension in dimensions]
    shape = Shape(name, tuple(dimensions))
    return Candidate(shape, with_margins(inner, codes), chosen, frozenset(counts.structural_zeros))


def _of_frame(
    frame: pd.DataFrame, names: Sequence[str], count: str, policy_name: str, groupings: Mapping[str, Dimension]
) -> Candidate:
    dimensions = [
        Dimension(
            name,
            name,
            {str(label): str(label) for label in sorted(frame[name].unique())},
            sensitive=True,
            coarser=(groupings[name],) if name in groupings else (),
        )
        for name in names
    ]
    inner = _inner(frame, dimensions, pd.to_numeric(frame[count]))
    codes = [list(dimension.categories) for dimension in dimensions]
    return Candidate(Shape("the table", tuple(dimensions)), with_margins(inner, codes), policy(policy_name))


def _inner(frame: pd.DataFrame, dimensions: Sequence[Dimension], counts: pd.Series) -> np.ndarray:
    inner = np.zeros([len(dimension.categories) for dimension in dimensions], dtype=np.int64)
    places = [
        frame[d.name].map({code: place for place, code in enumerate(d.categories)}).to_numpy(dtype=np.int64)
        for d in dimensions
    ]
    inner[tuple(places)] = counts.to_numpy(dtype=np.int64)
    return inner


def _groups(path: Path, column: str, frame: pd.DataFrame) -> Dimension:
    """The grouping of a column's labels that a CSV of `child` and `parent` declares; every label needs a parent."""
    given = read_csv(path)
    if not {"child", "parent"} <= set(given.columns):
        raise InputRefused(Problem(path.name, 1, message="The columns child and parent are needed."))
    twice = [
        Problem(path.name, int(row) + 2, "child", "The label is grouped twice.")
        for row in np.flatnonzero(given["child"].duplicated())
    ]
    empty = [
        Problem(path.name, int(row) + 2, "parent", "The label or its group is missing, or is called Total.")
        for row in np.flatnonzero(given["child"].isna() | given["parent"].isna() | (given["parent"] == TOTAL))
    ]
    known = dict(zip(given["child"], given["parent"], strict=True))
    lost = [str(label) for label in sorted(frame[column].dropna().unique()) if label not in known]
    missing = [Problem(path.name, None, "child", f"'{label}' of column {column} has no group.") for label in lost]
    if twice or empty or missing:
        raise InputRefused([*twice, *empty, *missing])
    members: dict[str, list[str]] = {}
    for child, parent in known.items():
        if child in set(frame[column]):
            members.setdefault(str(parent), []).append(str(child))
    categories = {parent: parent for parent in members}
    held = {parent: tuple(children) for parent, children in members.items()}
    return Dimension(path.stem, path.stem, categories, variable=column, members=held, sensitive=True)
