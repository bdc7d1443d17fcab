"""Rows of a checked table counted in every combination of categories: what every table of counts is made with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from compendium.aggregate import COUNT, CheckedTable, Counts, Dimension
from compendium.errors import CompendiumError


def counted(table: CheckedTable, rows: pd.DataFrame, dimensions: Sequence[Dimension], unit: str) -> Counts:
    """`rows` of `table` by their categories, with every combination; without a dimension, their number alone.

    A table that is not supplied gives counts without a row. Raises `CompendiumError` for a row without a category.
    """
    dimensions = tuple(dimensions)
    if not table.supplied:
        frame = pd.DataFrame(columns=[*(dimension.name for dimension in dimensions), COUNT])
    elif not dimensions:
        frame = pd.DataFrame({COUNT: [len(rows)]})
    else:
        coded = pd.DataFrame({dimension.name: categories(rows, dimension) for dimension in dimensions})
        frame = crossing(coded, dimensions)
    return Counts(frame, unit, dimensions, table.origin)


def categories(rows: pd.DataFrame, dimension: Dimension, *, strict: bool = True) -> pd.Series[Any]:
    """The category of each row; a blank is the first missing category, a code that no category holds an error.

    Not `strict`: a code that no category holds has none.
    """
    code_of = {member: category for category, members in dimension.members.items() for member in members}
    found = rows[dimension.variable].map(code_of)
    blank = rows[dimension.variable].isna() | (rows[dimension.variable] == "")
    if dimension.missing:
        found = found.mask(blank, dimension.missing[0])
    if strict and found.isna().any():
        raise without_category(int(found.isna().sum()), dimension)
    return found


def without_category(rows: int, dimension: Dimension) -> CompendiumError:
    """The refusal of so many rows that would be left out."""
    return CompendiumError(
        f"{rows} rows have no category of {dimension.name}.",
        f"Add a category for them to {dimension.name}, such as not_recorded; nothing may be left out.",
    )


def crossing(coded: pd.DataFrame, dimensions: Sequence[Dimension]) -> pd.DataFrame:
    """Number of rows in every combination of categories, in the dimensions' order, combinations without any as 0."""
    names = [dimension.name for dimension in dimensions]
    every = pd.MultiIndex.from_product([list(dimension.categories) for dimension in dimensions], names=names)
    return coded.groupby(names).size().reindex(every, fill_value=0).rename(COUNT).reset_index()
