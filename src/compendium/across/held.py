"""Whether what the registry says could be a release at all: names, months, tables, cells, bounds, small counts.

A file of the registry travels with the compendium, and its own hash shows accidents only: whoever edits it can make
that anew. What a page shows of it must still be inert, and no small count.
"""

from __future__ import annotations

import re
from typing import Any

from compendium.across import checking
from compendium.across.attacked import as_released
from compendium.across.part import Part, Table
from compendium.aggregate import Dimension
from compendium.disclosure.crossing import LARGEST_COUNT

RELEASE = re.compile(r"[0-9a-f]{64}")


def to_form(part: Part) -> None:
    """Raises `ValueError` or `TypeError` for what `gather` would never have taken in."""
    try:
        checking.text(part.name, 100)
        checking.text(part.level, 40, empty=True)
        _demand(all(checking.CODE.fullmatch(code) for code in (part.area, part.force)))
        _demand(all(checking.MONTH.fullmatch(month) for month in part.period) and part.period[0] <= part.period[1])
        _demand(RELEASE.fullmatch(part.release) and (not part.date or checking.DAY.fullmatch(part.date)))
        _demand(_is_count(part.number) and len(part.tables) <= checking.MOST_TABLES)
        for name, table in part.tables.items():
            _demand(checking.NAME.fullmatch(name))
            _table(table)
    except checking.WrongError as wrong:
        raise ValueError(str(wrong)) from None


def _table(table: Table) -> None:
    checking.texts(vars(table))
    checking.dimensions([_said(dimension) for dimension in table.dimensions])
    counts = [count for count in table.cells.values() if count is not None]
    _demand(set(table.cells) == set(table.every_cell()) and all(map(_is_count, counts)))
    for labels, (low, high) in table.bounds.items():
        _demand(labels in table.cells and table.cells[labels] is None)
        _demand(_is_count(low) and (high is None or (_is_count(high) and low < high)))
    if table.sensitivity != "public":
        threshold = as_released(table).threshold
        _demand(not any(0 < count < threshold for count in counts))


def _said(dimension: Dimension) -> dict[str, Any]:
    return {**vars(dimension), "members": {code: list(members) for code, members in dimension.members.items()}}


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_COUNT


def _demand(holds: Any) -> None:
    if not holds:
        raise ValueError
