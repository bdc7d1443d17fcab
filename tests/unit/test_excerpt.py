"""An excerpt of a released table holds its rows and columns, and nothing else."""

from __future__ import annotations

import pandas as pd
import pytest

from compendium.aggregate import Origin, Released
from compendium.errors import UnknownName
from compendium.release.derived.excerpt import excerpt

ORIGIN = Origin("ratings", "Ratings", "sensitive", "synthetic", "participants", "made by hand")
FRAME = pd.DataFrame({"item": ["A", "B", "A"], "group": ["all", "all", "children"], "median": [7.0, 8.0, None]})
RELEASED = Released("r", "R", "", FRAME, "participant", "spread", (), {}, ORIGIN, "participants")


def test_rows_and_columns_that_are_asked_for_in_their_order() -> None:
    options = {"columns": [["median", "Median"], ["item", "Item"]], "where": {"group": ["all"]}}
    frame, columns = excerpt([RELEASED], options)
    assert frame.to_dict("list") == {"median": [7.0, 8.0], "item": ["A", "B"]}
    assert columns == {"median": "Median", "item": "Item"}


def test_a_column_that_was_not_released_is_refused() -> None:
    with pytest.raises(UnknownName, match="no column medain"):
        excerpt([RELEASED], {"columns": [["medain", "Median"]]})
