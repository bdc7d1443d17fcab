"""What a report of the workshops should say, by published guidelines: what the data fill, what people must write."""

from __future__ import annotations

import pandas as pd

from compendium.aggregate import CheckedTable, Statistic

COLUMNS = {
    "item_id": "Item",
    "item": "What it asks for (in our own words)",
    "filled_by": "What the data here fill",
    "to_write": "What is to be written",
}
SUMMARY = {
    "guideline": "Guideline",
    "items": "Items",
    "by_data": "Filled by the data",
    "partly": "Data, and something to write",
    "to_write": "To be written",
}


def items(table: CheckedTable, guideline: str) -> Statistic:
    """The items of one guideline in its own order (kind `listing`)."""
    rows = table.frame[table.frame["guideline"] == guideline]
    frame = rows[list(COLUMNS)].fillna("").reset_index(drop=True)
    return Statistic("listing", frame, COLUMNS, "item", len(frame), table.origin)


def summary(table: CheckedTable) -> Statistic:
    """How many items of each guideline the data fill, partly fill, or leave to be written (kind `listing`)."""
    given = table.frame.fillna("")
    given = given.assign(data=given["filled_by"] != "", words=given["to_write"] != "")
    rows = []
    for code, label in table.dimensions["guideline"].categories.items():
        of = given[given["guideline"] == code]
        data, words = of["data"], of["words"]
        numbers = (len(of), int((data & ~words).sum()), int((data & words).sum()), int((~data & words).sum()))
        rows.append((label, *numbers))
    frame = pd.DataFrame(rows, columns=list(SUMMARY))
    return Statistic("listing", frame, SUMMARY, "guideline", len(frame), table.origin)
