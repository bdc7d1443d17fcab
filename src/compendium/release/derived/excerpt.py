"""Some rows and columns of a released statistic, in the order and under the titles in which people read them.

The whole table is released beside it; this says nothing that it does not say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from compendium.aggregate import Released
from compendium.errors import UnknownName, nearest


def excerpt(sources: Sequence[Released], options: Mapping[str, Any]) -> tuple[pd.DataFrame, dict[str, str]]:
    """Rows of the first source. `columns`: pairs of column and title, in their order; `where`: column -> values kept.

    Raises `UnknownName` for a column that the source does not have.
    """
    source = sources[0]
    columns = {str(name): str(title) for name, title in options["columns"]}
    kept: Mapping[str, Sequence[str]] = options.get("where", {})
    for name in (*columns, *kept):
        if name not in source.frame.columns:
            raise UnknownName(f"{source.name} has no column {name}.", nearest(name, map(str, source.frame.columns)))
    frame = source.frame
    for name, values in kept.items():
        frame = frame[frame[name].astype(str).isin(list(values))]
    return frame[list(columns)].reset_index(drop=True), columns
