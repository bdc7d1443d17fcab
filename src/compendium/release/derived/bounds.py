"""What missing records could change: each share at its least and its most, whatever the missing ones were.

Worst-case bounds without any assumption (Manski 1989, J Human Resources 24:343-360; Manski 2003, Partial Identification
of Probability Distributions, ch. 1): at least, if all that are missing are a no; at most, if all are a yes. A number
that is hidden or stands together with missing ones counts as missing, so that nothing hidden is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import pandas as pd

from compendium.aggregate import Dimension, Released
from compendium.charts.words import plural
from compendium.release.derived.parts import asked_for, named

BOUNDS = {
    "label": "Share",
    "of": "Of all",
    "recorded": "Of those on record",
    "left_out": "Left out of that",
    "value": "Whatever the missing ones were",
}
SHARES = ("known", "low", "high")  # for the chart, between 0 and 1
NOT_SHOWN = "not shown in the tables of this page"


@dataclass(frozen=True)
class Bounded:
    """Numbers of units: surely yes, surely no, all; `whole`: whether every yes and no is published."""

    yes: int
    no: int
    total: int
    whole: bool

    @property
    def low(self) -> float:
        """The least the share can be, rounded down to 0.01."""
        return floor(100 * self.yes / self.total) / 100

    @property
    def high(self) -> float:
        """The most the share can be, rounded up to 0.01."""
        return ceil(100 * (self.total - self.no) / self.total) / 100

    @property
    def known(self) -> float | None:
        """The share among those on record; none when some of these are hidden or merged with missing ones."""
        return self.yes / (self.yes + self.no) if self.whole and self.yes + self.no else None


def bounds(sources: Sequence[Released], options: Mapping[str, Any]) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """Option `headlines`: the name of a list in `rows.json`, or a list of `label`, `table`, `variable`, `yes` (codes of
    the variable) and `missing` (codes that a record may yet turn out either way). A row a headline; percentages of
    whole numbers, so nothing but what the released cells tell. No row for a table that is not supplied.
    """
    rows = []
    for headline in asked_for(options.get("headlines", ())):
        source = named(sources, headline["table"])
        if source.frame.empty:
            continue
        found = bounded(source, str(headline["variable"]), headline["yes"], headline.get("missing", ()))
        rows.append((str(headline["label"]), *_row(source, found), source.unit))
    return pd.DataFrame(rows, columns=[*BOUNDS, *SHARES, "unit"]), BOUNDS


def bounded(source: Released, variable: str, yes: Sequence[str], missing: Sequence[str]) -> Bounded | None:
    """What the released margin of a variable says of the codes `yes`; None when it isn't shown by it."""
    dimension = next((one for one in source.dimensions if variable in (one.variable, one.name)), None)
    total = source.count()
    if dimension is None or not total:
        return None
    counts = {code: source.count(**{dimension.name: code}) for code in dimension.categories}
    sure = {code: _answer(dimension, code, set(yes), set(missing)) for code in dimension.categories}
    published = {code: count for code, count in counts.items() if count is not None}
    return Bounded(
        yes=sum(count for code, count in published.items() if sure[code] == "yes"),
        no=sum(count for code, count in published.items() if sure[code] == "no"),
        total=total,
        whole=all(counts[code] is not None for code in sure if sure[code] in ("yes", "no"))
        and "mixed" not in sure.values(),
    )


def _answer(dimension: Dimension, category: str, yes: set[str], missing: set[str]) -> str:
    held = set(dimension.members[category])
    if held <= yes:
        return "yes"
    if held <= missing:
        return "missing"
    return "mixed" if held & (yes | missing) else "no"


def _row(source: Released, found: Bounded | None) -> tuple[Any, ...]:
    if found is None:
        return "", "", "", NOT_SHOWN, None, None, None
    left = found.total - found.yes - found.no
    on_record = "" if found.known is None else f"{found.known:.0%} of {found.yes + found.no:,}"
    why = "" if found.known is not None or not left else " (some hidden, or merged with others)"
    words = f"between {found.low:.0%} and {found.high:.0%}" if left else f"{found.yes / found.total:.0%}"
    share = (None if found.known is None else round(found.known, 4), found.low, found.high)
    return f"{found.total:,} {plural(source.unit)}", on_record or "not shown", f"{left:,}{why}", words, *share
