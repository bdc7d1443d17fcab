"""How linked tables add up: for each unit one total that every table gives, and how the units hang together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from compendium.aggregate import Released
from compendium.charts.words import plural
from compendium.disclosure.redesign import budget
from compendium.errors import DisclosureRefused
from compendium.release.tables import count_text

UNITS = {
    "counted": "What is counted",
    "total": "Number",
    "tables": "Tables that count it",
    "agree": "Their totals",
    "carries": "Tables that so many carry",
    "beside": "Beside the number of cases",
}
NAMES = {"suspect": "recorded suspects", "event": "dated steps"}
FEW = 10  # a difference of totals that is smaller is not spelled out
WHY = {  # how a unit hangs together with the case it belongs to: more of them, fewer of them
    "crime": ("a case can hold several crimes, and has exactly one principal crime", "some cases have no crime row"),
    "victim": ("a case can harm several children", "some cases have no child row"),
    "suspect": ("a case can have several recorded suspects", "many cases have no recorded suspect"),
    "event": ("a case has a row for each dated step", "some cases have no dated step"),
}


def units_reconcile(
    sources: Sequence[Released], options: Mapping[str, Any] | None = None
) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """A row a unit, in the order in which `sources` bring them; the unit `case` is what the others are set beside.

    `options`: `each_case`, as `[table, dimension, category]`, names a cell that stands once for each case, such as the
    step "recorded". Raises `DisclosureRefused` when two tables of a unit give different totals, or that cell is not the
    number of cases. A table without records makes no row; a hidden total is no difference.
    """
    totals: dict[str, dict[str, int | None]] = {}
    for source in sources:
        if not source.frame.empty:
            totals.setdefault(source.unit, {})[source.name] = source.count()
    _refuse_different(totals)
    numbers = {unit: next((n for n in found.values() if n is not None), None) for unit, found in totals.items()}
    cases = numbers.get("case")
    _refuse_missing_cases(sources, cases, (options or {}).get("each_case", ()))
    rows = [
        (
            NAMES.get(unit, plural(unit)).capitalize(),
            count_text(number),
            len(totals[unit]),
            "hidden" if number is None else "the same in each" if len(totals[unit]) > 1 else "one table",
            "" if number is None else f"about {budget(number):,}",
            _beside(unit, number, cases),
            unit,
        )
        for unit, number in numbers.items()
    ]
    return pd.DataFrame(rows, columns=[*UNITS, "unit"]), UNITS


def _beside(unit: str, number: int | None, cases: int | None) -> str:
    if unit not in WHY or number is None or cases is None:
        return ""
    more, fewer = WHY[unit]
    if abs(number - cases) < FEW:
        return f"about as many: {more}"
    return f"{number - cases:,} more: {more}" if number > cases else f"{cases - number:,} fewer: {fewer}"


def _refuse_different(totals: Mapping[str, Mapping[str, int | None]]) -> None:
    for unit, found in totals.items():
        shown = {name: number for name, number in found.items() if number is not None}
        first = next(iter(shown), "")
        for name, number in shown.items():
            if number != shown[first]:
                raise DisclosureRefused(
                    f"{first} and {name} both count by {unit}, and their totals differ.",
                    "Count all records in both: use a dimension instead of a filter.",
                )


def _refuse_missing_cases(sources: Sequence[Released], cases: int | None, each_case: Sequence[str]) -> None:
    for source in sources:
        if each_case and source.name == each_case[0] and not source.frame.empty:
            number = source.count(**{each_case[1]: each_case[2]})
            if None not in (number, cases) and number != cases:
                raise DisclosureRefused(
                    f"{source.name}: there is not one {each_case[2]} step for each case.",
                    "Check case_events against cases: every case has this step exactly once.",
                )
