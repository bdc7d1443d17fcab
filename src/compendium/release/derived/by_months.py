"""What had come of cases within some whole months, read off released curves of outcomes that exclude one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from compendium.aggregate import Released
from compendium.errors import CompendiumError

MONTHS = (3, 6, 12)


def by_months(sources: Sequence[Released], options: Mapping[str, Any]) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """One table of curves (kind `competing`): a row an outcome, a column each of option `months`, as percentages.

    A month that the curves don't reach says so. Column `value`, for prose, is the share by the second month.
    """
    if len(sources) != 1 or sources[0].kind != "competing":
        raise CompendiumError("Shares by months take one table of outcomes over time.", "Name it in of.")
    frame = sources[0].frame
    months = [int(month) for month in options.get("months", MONTHS)]
    columns = {"label": "What had come of the case"} | {f"within_{m}": f"Within {m} months" for m in months}
    rows = []
    for code in dict.fromkeys(frame["outcome"]):
        held = frame[frame["outcome"] == code]
        by_month = dict(zip(held["month"], held["incidence"], strict=True))
        shares = [_percent(by_month.get(month)) for month in months]
        rows.append((str(held["outcome_label"].iloc[0]), *shares, shares[min(1, len(shares) - 1)]))
    return pd.DataFrame(rows, columns=[*columns, "value"]), columns


def _percent(share: float | None) -> str:
    return "too few followed" if share is None else f"{100 * share:.0f}%"
