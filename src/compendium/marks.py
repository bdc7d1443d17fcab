"""Where in a series of periods a change in recording stands: shared by analyses of public tables and derived tables."""

from __future__ import annotations

import re

import pandas as pd

from compendium.errors import CompendiumError

PERIOD, MARK, CHANGED = "period", "mark", "changed"
TITLES = {MARK: "Mark", CHANGED: "What changed in recording"}
MONTHS = ("from_month", "to_month")  # for charts, and for whoever takes the table along
NEEDED = {MARK, "when", "what", "series", "first", "last"}  # columns of a list of changes
_MONTH = re.compile(r"\d{4}-\d{2}")
_YEAR = re.compile(r"(\d{4})/\d{2}")


def began_in(changes: pd.DataFrame, months: tuple[str, str], *, earliest: bool) -> tuple[str, str]:
    """Letters and words of the changes that began in these months; in the earliest, also of those still under way.

    `changes` has the columns `NEEDED`; `months` are the first and last, as `2019-04`.
    """
    began = changes["first"].between(*months)
    if earliest:
        began |= (changes["first"] < months[0]) & (changes["last"] >= months[0])
    here = changes[began]
    words = [
        f"{mark} ({when}): {what}" for mark, when, what in zip(here[MARK], here["when"], here["what"], strict=True)
    ]
    return ", ".join(here[MARK]), "; ".join(words)


def months_of(period: str) -> tuple[str, str]:
    """First and last month of `2020-03` or of the financial year `2019/20`."""
    if _MONTH.fullmatch(period):
        return period, period
    if found := _YEAR.fullmatch(period):
        return f"{found[1]}-04", f"{int(found[1]) + 1}-03"
    raise CompendiumError(f"{period} is no month and no financial year.", "Write 2020-03 or 2019/20.")


def is_month(code: str) -> bool:
    """Whether it is a month, as `2020-03`."""
    return bool(_MONTH.fullmatch(code))


def written(period: str) -> str:
    """`March 2020`; other periods as they are."""
    return str(pd.Period(period, "M").strftime("%B %Y")) if is_month(period) else period
