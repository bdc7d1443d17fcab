"""What is missing, and where: for every field of the released tables how many records do not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from compendium.aggregate import Dimension, Released
from compendium.charts.words import listed, plural
from compendium.release.tables import count_text

MISSING = {
    "label": "What the files should say",
    "of": "Of all",
    "says": "What they say instead",
    "missing": "Number",
    "value": "Share",
}
MERGED = "merged with others"


def missing(
    sources: Sequence[Released], options: Mapping[str, Any] | None = None
) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """A row a unit and field, the first table that shows it, most missing first, then those hidden or merged.

    A hidden number stays hidden; where the released design merges missing records with others, the row says so.
    Column `share` (0 to 1) is for the chart.
    """
    rows: dict[tuple[str, str], tuple[Any, ...]] = {}
    for source in sources:
        if source.kind != "counts" or source.frame.empty:
            continue
        for finest in source.forms[0] if source.forms else source.dimensions:
            shown = next((one for one in source.dimensions if one.variable == finest.variable), None)
            if finest.missing and shown is not None:
                row = _row(source, finest, shown)
                before = rows.get((source.unit, finest.variable))
                if before is None or (before[-1] is None and row[-1] is not None):
                    rows[source.unit, finest.variable] = row
    found = [(*row, unit) for (unit, _), row in rows.items()]
    ordered = sorted(found, key=lambda row: -1.0 if row[-2] is None else -row[-2] - 1)
    shown_first = sorted(ordered, key=lambda row: row[-2] is None)
    return pd.DataFrame(shown_first, columns=[*MISSING, "share", "unit"]), MISSING


def _row(source: Released, finest: Dimension, shown: Dimension) -> tuple[Any, ...]:
    total = source.count()
    title = shown.title.split(" (", maxsplit=1)[0]
    of = f"{count_text(total)} {plural(source.unit)}"
    says = listed(finest.categories[code] for code in finest.missing)
    if not shown.missing:
        return title, of, says, MERGED, MERGED, None
    counts = [source.count(**{shown.name: code}) for code in shown.missing]
    known = [count for count in counts if count is not None]
    if len(known) < len(counts) or not total:
        return title, of, says, "hidden", "hidden", None
    share = sum(known) / total
    return title, of, says, f"{sum(known):,}", f"{share:.0%}", round(share, 4)
