"""Shares of released counts beside shares that others have published, each row saying whose it is and of what whole.

Invented and real figures never stand in one row, and no number is made of both: no ratio, no difference. What is not
like with like says so in the row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from compendium import intervals
from compendium.aggregate import Released
from compendium.charts.words import plural
from compendium.errors import CompendiumError
from compendium.release.derived.parts import asked_for, part

OWN = "These are the files themselves"
LEAST_WHOLE = 10  # no share of fewer
HERE = {
    "real": "These case files",
    "synthetic": "These case files (synthetic)",
    "illustrative": "These case files (illustrative)",
}
BESIDE = {
    "group": "What is compared",
    "whose": "Whose",
    "counted": "What is counted",
    "number": "Number",
    "whole": "Of",
    "share": "Share in %",
    "low": "95% interval from",
    "high": "to",
    "comparable": "Like with like?",
}


def beside_published(sources: Sequence[Released], options: Mapping[str, Any]) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """A released table of counts, then a released listing of published figures.

    `options["groups"]`: a list of `{"label", "of", "published"}`, or its name in `rows.json`: categories by dimension
    or codes by variable of the counts, and names of figures that are added up; `within` names categories that are the
    whole, else all. `because` (of all groups or of one) says what keeps the two apart; empty: like with like.
    """
    if len(sources) != 2 or not options.get("groups"):
        raise CompendiumError(
            "A comparison takes counts, then published figures, and groups.", "Name them in of and options."
        )
    counts, published = sources
    if counts.frame.empty or published.frame.empty:
        return pd.DataFrame(columns=list(BESIDE)), BESIDE
    rows = []
    for group in asked_for(options["groups"]):
        because = str(group.get("because", options.get("because", "")))
        comparable = f"Not comparable, because {because}" if because else "Yes, as shares"
        rows.append((group["label"], *_here(counts, group["of"], group.get("within", {})), OWN))
        rows.append((group["label"], *_elsewhere(published.frame, group["published"]), comparable))
    return pd.DataFrame(rows, columns=list(BESIDE)), BESIDE


def _here(
    counts: Released, wanted: Mapping[str, Sequence[str]], within: Mapping[str, Sequence[str]]
) -> tuple[object, ...]:
    found, whole = part(counts, {**within, **wanted}), part(counts, within)
    shown = (found.text, whole.text)
    return (HERE[counts.origin.provenance], plural(counts.unit), *shown, *_share(found.count, whole.count))


def _elsewhere(figures: pd.DataFrame, names: Sequence[str]) -> tuple[object, ...]:
    """The sum of published figures of one whole. Raises `CompendiumError` for an unknown figure or several wholes."""
    rows = figures[figures["figure"].isin(names)]
    if absent := sorted(set(names) - set(rows["figure"])):
        raise CompendiumError(f"No published figure is called {absent[0]}.", "See the table published_counts.")
    if len(wholes := rows[["of_number", "of_what", "area", "period"]].drop_duplicates()) != 1:
        raise CompendiumError("Figures of several wholes are added up.", "Name figures of one place, year and whole.")
    of, what, area, period = wholes.iloc[0]
    number, whole = int(rows["number"].sum()), int(of)
    return (f"{area}, {period} (real)", str(what), f"{number:,}", f"{whole:,}", *_share(number, whole))


def _share(number: int | None, whole: int | None) -> tuple[float | None, float | None, float | None]:
    """Per cent with Wilson's interval; nothing of what is hidden or of a whole under ten."""
    if number is None or whole is None or whole < LEAST_WHOLE:
        return None, None, None
    low, high = intervals.wilson(number, whole)
    share, low, high = (round(100 * value, 1) for value in (number / whole, low, high))
    return share, low, high
