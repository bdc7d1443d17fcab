"""Cells of a public table that lead somewhere: a DOI to its publisher, a report to its row further down the page.

Only what has the form of a DOI becomes an address; everything else stays the inert text that it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from compendium.aggregate import Released
from compendium.markdown import escape, slug

RESOLVER = "https://doi.org/"
DOI = re.compile(r"10\.\d{4,9}/[^\s|<>\"'`\\]+")
ANCHOR = "anchor"  # column of a listing, not shown: the name by which another table leads to the row
LEADS = "leads_to"  # option of a gap map: the listing on the same page whose rows have anchors of this kind


def cell(released: Released, column: str, row: Mapping[Any, Any]) -> str | None:
    """The cell as a link, or None where it is no link. Never for a sensitive table."""
    if released.origin.sensitivity != "public":
        return None
    value = row[column]
    if column == "source" and isinstance(value, str) and DOI.fullmatch(value):
        return f"[{escape(value)}]({RESOLVER}{quote(value, safe='/._-:')})"
    if column == "names" and released.options.get(LEADS) and isinstance(value, str) and value:
        kind = slug(released.options[LEADS])
        pairs = zip(value.split("; "), str(row["members"]).split("; "), strict=True)
        return "; ".join(f"[{escape(name)}](#{kind}-{_id(member)})" for name, member in pairs)
    return None


def anchored(released: Released, text: str, row: Mapping[Any, Any]) -> str:
    """The first cell of a row, with the name that leads to it where the listing has one."""
    name = row.get(ANCHOR)
    if released.origin.sensitivity != "public" or not isinstance(name, str) or not name:
        return text
    return f"[{text}]{{#{_id(name)}}}"


def _id(text: str) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", text.lower()).strip("-")
