"""Weights of harm as public tables, for the appendix: what each index is, and what each offence weighs in it.

The sums are made after settling, from released counts of crimes (`study.derive(…, "harm")`), and never by area.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from compendium.aggregate import CheckedTable, Statistic

INDICES = {
    "index": "Short name",
    "title": "Index",
    "weight": "What a weight is",
    "leaves_out": "What it leaves out",
    "source": "Source",
}
WEIGHTS = {"index": "Index", "offence_code": "Offence code", "weight": "Weight", "basis": "Where it was read"}


def indices(table: CheckedTable) -> Statistic:
    """The indices of harm in the order of their file (kind `listing`); what each leaves out stands beside its sum."""
    listed = _listing(table, INDICES, "index")
    return replace(listed, columns={name: title for name, title in INDICES.items() if name != "leaves_out"})


def weights(table: CheckedTable) -> Statistic:
    """Every weight that was read in its source (kind `listing`). A code that has none here is outside its index."""
    listed = _listing(table, WEIGHTS, "weight")
    return replace(listed, frame=listed.frame[listed.frame["weight"].notna()].reset_index(drop=True))


def _listing(table: CheckedTable, columns: dict[str, str], unit: str) -> Statistic:
    frame = pd.DataFrame(table.frame, columns=list(columns)).reset_index(drop=True)
    return Statistic("listing", frame, columns, unit, 0, table.origin)
