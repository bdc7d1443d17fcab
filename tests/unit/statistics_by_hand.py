"""Statistics written down row by row, and what the floors make of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
import pytest

from compendium.aggregate import Statistic
from compendium.disclosure import settle_statistic
from compendium.errors import DisclosureRefused, Problem


def table(columns: str, rows: Iterable[Iterable[object]]) -> pd.DataFrame:
    """Rows as they come out of a filter: their numbers do not start at 0."""
    rows = [list(row) for row in rows]
    return pd.DataFrame([rows[0], *rows], columns=columns.split()).iloc[1:]


def settled(stat: Statistic, columns: str) -> list[list[Any]]:
    found = settle_statistic(stat)[columns.split()]
    return [[None if pd.isna(cell) else cell for cell in row] for row in found.astype(object).to_numpy()]


def refused(stat: Statistic) -> list[Problem]:
    with pytest.raises(DisclosureRefused) as told:
        settle_statistic(stat)
    return list(told.value.problems)
