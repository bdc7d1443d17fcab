"""The committed demonstration review as its tables, and copies of them with something changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from compendium import Study
from compendium.aggregate import TableGroup


def demonstration(study: Study) -> TableGroup:
    group: TableGroup = study.table("review")
    return group


def changed(review: TableGroup, table: str, rows: pd.Series[bool], **values: Any) -> TableGroup:
    """The review with `values` in those rows of a table."""
    frame = review[table].frame.copy()
    for column, value in values.items():
        frame.loc[rows, column] = value
    return with_frame(review, table, frame)


def with_frame(review: TableGroup, table: str, frame: pd.DataFrame) -> TableGroup:
    return replace(review, tables={**review.tables, table: replace(review[table], frame=frame)})
