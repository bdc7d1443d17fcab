"""Dictionaries: the one description of each table, and everything that is made from it.

What reads tables is imported on first use: polars and pandas take longer to load than most commands to run.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from compendium.dictionary.load import Dictionaries, load
from compendium.dictionary.schema import Dictionary, Field

if TYPE_CHECKING:
    from compendium.dictionary.as_json_schema import json_schema
    from compendium.dictionary.document import codebook
    from compendium.dictionary.table import empty, to_checked
    from compendium.dictionary.tables import Checked, read, read_tables

__all__ = [
    "Checked",
    "Dictionaries",
    "Dictionary",
    "Field",
    "codebook",
    "empty",
    "json_schema",
    "load",
    "read",
    "read_tables",
    "to_checked",
]

_ROOMS = {
    "Checked": "tables",
    "read": "tables",
    "read_tables": "tables",
    "codebook": "document",
    "empty": "table",
    "json_schema": "as_json_schema",
    "to_checked": "table",
}


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return getattr(importlib.import_module(f"{__name__}.{_ROOMS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
