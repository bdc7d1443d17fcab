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
WEIGHTS = {
    "index": "Index",
    "index_label": "Index",
    "offence_code": "Offence code",
    "weight": "Weight",
    "basis": "Where it was read",
}


def indices(table: CheckedTable) -> Statistic:
    """The indices of harm in the order of their file (kind `listing`); what each leaves out stands beside its sum."""
    listed = _listing(table, INDICES, "index")
    return replace(listed, columns={name: INDICES[name] for name in ("title", "weight", "source")})


def weights(table: CheckedTable, named: CheckedTable) -> Statistic:
    """Every weight that was read in its source (kind `listing`), with its index as the table `named` calls it.

    A code that has none here is outside its index.
    """
    listed = _listing(table, WEIGHTS, "weight")
    frame = listed.frame[listed.frame["weight"].notna()].reset_index(drop=True)
    titles = dict(zip(named.frame["index"], named.frame["title"], strict=True))
    frame.insert(1, "index_label", frame["index"].map(titles))
    return replace(listed, frame=frame)


def _listing(table: CheckedTable, columns: dict[str, str], unit: str) -> Statistic:
    held = [name for name in columns if not name.endswith("_label")]
    frame = pd.DataFrame(table.frame, columns=held).reset_index(drop=True)
    return Statistic("listing", frame, columns, unit, 0, table.origin)
