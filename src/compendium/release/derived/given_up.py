"""What small numbers cost each table: what was asked for, what is shown, and what was given up, in plain words.

Made from the declared designs and the released table alone. It says which design is shown, never which cell was small.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from compendium.aggregate import Dimension, Released

GIVEN_UP = {
    "table": "Table",
    "asked": "Asked for (categories)",
    "shown": "Shown",
    "given_up": "Given up",
    "hidden": "Numbers hidden",
}
NOTHING = "Nothing"


def given_up(
    sources: Sequence[Released], options: Mapping[str, Any] | None = None
) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """A row a table of counts: dimensions asked for and shown, what was merged or left out, how much is hidden."""
    rows = [
        (
            source.title,
            _said(source.forms[0] if source.forms else source.dimensions),
            _said(source.dimensions),
            _lost(source),
            f"{int((source.frame['status'] == 'hidden').sum())} of {len(source.frame)}",
            source.unit,
        )
        for source in sources
        if source.kind == "counts" and not source.frame.empty
    ]
    return pd.DataFrame(rows, columns=[*GIVEN_UP, "unit"]), GIVEN_UP


def _said(dimensions: Sequence[Dimension]) -> str:
    """`form of harm (3) by person responsible (3)`: with how many categories each has."""
    return " by ".join(f"{_plain(dimension.title)} ({len(dimension.categories)})" for dimension in dimensions)


def _plain(title: str) -> str:
    """The title without what a grouping adds to it: `Form of harm (grouped)`."""
    return title.split(" (", maxsplit=1)[0].lower()


def _lost(source: Released) -> str:
    shown = {dimension.variable: dimension for dimension in source.dimensions}
    words = []
    for dimension in source.forms[0] if source.forms else ():
        kept = shown.get(dimension.variable)
        if kept is None:
            words.append(f"the split by {_plain(dimension.title)}")
        elif kept.name != dimension.name:
            words.append(f"{_plain(dimension.title)} in {len(kept.categories)} groups, not {len(dimension.categories)}")
    said = "; ".join(words)
    return f"{said[0].upper()}{said[1:]}" if said else NOTHING
