"""Figures of few records: made blank, or rounded to steps that one more record is not seen through."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25)  # what figures are rounded to


def blank(frame: pd.DataFrame, rows: pd.Series, columns: list[str]) -> pd.DataFrame:
    """The frame with nothing in `columns` where `rows` is true."""
    for column in columns:
        frame[column] = pd.to_numeric(frame[column]).astype(float).mask(rows, np.nan)
    return frame


def step(least: float, steps: Sequence[float] = STEPS) -> float:
    """The first step that is at least `least`: one more record moves a figure by no more than that."""
    return next((step for step in steps if step >= least), steps[-1])


def to_steps(column: pd.Series, steps: Sequence[float]) -> pd.Series:
    """Each value to the nearest multiple of its step, written with its decimals."""
    values = pd.to_numeric(column).astype(float)
    rounded = [
        value if np.isnan(value) else round(round(value / size) * size, 2)
        for value, size in zip(values, steps, strict=True)
    ]
    return pd.Series(rounded, index=column.index, dtype=float)
