"""Subgroups of a set of estimates, by recall period or by definition: each judged by the same rules as a whole set.

A subgroup of fewer than three samples, or one in which the other of the two still differs, is a range, never a pool.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pandas as pd

from compendium.aggregate import CheckedTable, Statistic
from compendium.analysis import pools
from compendium.errors import UnknownName, nearest

By = Literal["recall", "definition"]
TITLES = {"recall": "By recall period", "definition": "By definition"}


def forest(sets: CheckedTable, prevalence: CheckedTable, set_id: str, by: By) -> Statistic:
    """The estimates of one set under each recall period or definition (kind `estimates`, as `pools.forest`)."""
    return pools.forest(_split(sets, set_id, by), prevalence)


def table(sets: CheckedTable, prevalence: CheckedTable, set_id: str) -> Statistic:
    """One row a subgroup, by recall period and then by definition (kind `listing`): pooled or range, and why."""
    parts = [
        pools.verdicts(_split(sets, set_id, by), prevalence).frame.assign(split=title) for by, title in TITLES.items()
    ]
    columns = {
        "split": "Subgroups",
        "label": "Estimates of",
        "estimates": "Estimates",
        "verdict": "Shown as",
        "value": "Result",
        "why": "Why",
    }
    frame = pd.concat(parts, ignore_index=True)[list(columns)]
    return Statistic("listing", frame, columns, "subgroup", 0, sets.origin)


def _split(sets: CheckedTable, set_id: str, by: str) -> CheckedTable:
    """The rows of one set as if each category of `by` were a set of its own."""
    known = sets.dimensions["set_id"].categories
    if set_id not in known:
        raise UnknownName(f"No set of estimates is called {set_id}.", nearest(set_id, known))
    if by not in TITLES:
        raise UnknownName(f"Estimates have no subgroups by {by}.", nearest(by, TITLES))
    rows = sets.frame[sets.frame["set_id"] == set_id]
    split = replace(sets.dimensions["set_id"], categories=sets.dimensions[by].categories, members={})
    return replace(sets, frame=rows.assign(set_id=rows[by]), dimensions={**sets.dimensions, "set_id": split})
