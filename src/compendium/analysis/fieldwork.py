"""Interviews, focus groups and observations as counts: how many there were, and what their coded material is about.

Never what anybody said. A kind of source with fewer than five sources is counted together with the others, by the
grouping that the dictionary declares.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from compendium.aggregate import CheckedTable, Counts, Dimension
from compendium.analysis.counting import categories, counted
from compendium.analysis.stakeholders import SMALLEST_GROUP

KIND, GROUPED = "source", "source_group"


def sources(table: CheckedTable) -> Counts:
    """How many sources there were of each kind (unit `fieldwork source`)."""
    return counted(table, table.frame, _kinds(table), "fieldwork source")


def segments(codes: CheckedTable, sources: CheckedTable, by: Sequence[str] = ("aim", KIND)) -> Counts:
    """Coded segments by dimensions of the codes, and by kind of source where `by` names it (unit `coded segment`).

    `codes` has a row for each code in a source, with `source_id` and `segments`; `sources` says what kind each is. In
    how many sources a code came up is not counted: of 31 sources, those in which it did not would be too few.
    """
    rows = codes.frame.merge(sources.frame[["source_id", KIND]], on="source_id", how="left", validate="m:1")
    times = pd.to_numeric(rows["segments"]).fillna(0).astype(int)
    kinds = _kinds(sources) if KIND in by else ()
    dimensions = (*(codes.dimensions[name] for name in by if name != KIND), *kinds)
    return counted(codes, rows.loc[rows.index.repeat(times)], dimensions, "coded segment")


def _kinds(sources: CheckedTable) -> tuple[Dimension, ...]:
    """The finest grouping of kinds of which none has only a few sources; none when even the coarser one has."""
    for name in (KIND, GROUPED):
        dimension = sources.dimensions[name]
        sizes = categories(sources.frame, dimension).value_counts()
        if (sizes >= SMALLEST_GROUP).all():
            return (dimension,)
    return ()
