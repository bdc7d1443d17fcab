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
SHARE = len(MISSING)  # its place in a row
MERGED = "merged with others"
NOT_KNOWN = "not_known"  # the code of what nobody could find out, a finding


def missing(
    sources: Sequence[Released], options: Mapping[str, Any] | None = None
) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """A row a unit and field, the first table that shows it, most missing first, then those hidden or merged.

    A hidden number stays hidden; where the released design merges missing records with others, the row says so.
    Columns for charts and prose, which know no words of a place: `share` (0 to 1), `name` (`victim_age_band`), and
    `recordable`: whether somebody could have written it down, which nobody can of a person whom nobody knows.
    """
    rows: dict[tuple[str, str], tuple[Any, ...]] = {}
    recordable: dict[tuple[str, str], bool] = {}
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
                    recordable[source.unit, finest.variable] = set(finest.missing) != {NOT_KNOWN}
    found = [(*row, key[0], f"{key[0]}_{key[1]}", recordable[key]) for key, row in rows.items()]
    ordered = sorted(found, key=lambda row: -1.0 if row[SHARE] is None else -row[SHARE] - 1)
    shown_first = sorted(ordered, key=lambda row: row[SHARE] is None)
    return pd.DataFrame(shown_first, columns=[*MISSING, "share", "unit", "name", "recordable"]), MISSING


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
