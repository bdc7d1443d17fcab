"""Which published format a file looks like, from its header, sheets or keys alone."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from compendium.importers.files import Cells, bytes_of, decoded, grid_of, is_workbook, json_of, rows_of, sheet_names
from compendium.importers.force_tables import SHEET
from compendium.importers.layout import HEADER_WITHIN, Layout, plain
from compendium.importers.reading import Reading, UnreadableError

BEGINNING = 4096  # bytes: a reference manager's own lines may stand before the first record
TABLE_BEGINNING = 1 << 18  # bytes: the first rows of any table, and its header among them
BEGINS = {
    "ris": rb"^(\xef\xbb\xbf)?TY  - ",
    "pubmed-nbib": rb"^PMID- ",
    "endnote-xml": rb"<xml>\s*<records>",
}


def looks_like(path: Path, looks: Layout | str) -> bool:
    """Whether a file has a header with the needed columns of a layout, or is of a kind: `pfa-workbook`, `geojson`,
    `census-json`, `ris`, `pubmed-nbib`, `endnote-xml`. False for a file that can't be read.
    """
    reading = Reading(path.name)
    try:
        if is_workbook(bytes_of(reading, path)):
            sheet = looks.sheet if isinstance(looks, Layout) else SHEET.pattern if looks == "pfa-workbook" else ""
            names = sheet_names(reading, path) if sheet else []
            if not any(re.fullmatch(sheet, name, re.IGNORECASE) for name in names):
                return False
        if isinstance(looks, Layout):
            needed = set(looks.columns) - set(looks.optional)
            return any(
                needed <= set(looks.found([plain(cell) for cell in row])) for row in _first(reading, path, looks)
            )
        if looks == "pfa-workbook":
            return is_workbook(bytes_of(reading, path))
        if looks in BEGINS:
            return re.search(BEGINS[looks], bytes_of(reading, path)[:BEGINNING], re.MULTILINE) is not None
        is_object = bytes_of(reading, path)[:BEGINNING].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
        return is_object and _has_keys(json_of(reading, path), looks)
    except (UnreadableError, csv.Error):
        return False


def _first(reading: Reading, path: Path, looks: Layout) -> Iterator[Cells]:
    """The rows among which the header of a table stands; of a CSV only its beginning is read."""
    data = bytes_of(reading, path)
    if is_workbook(data):
        yield from (cells for _, cells in islice(grid_of(reading, path, looks.sheet), HEADER_WITHIN))
        return
    whole_lines = data[: data.rfind(b"\n", 0, TABLE_BEGINNING) + 1] if len(data) > TABLE_BEGINNING else data
    yield from islice(rows_of(decoded(reading, whole_lines)), HEADER_WITHIN)


def _has_keys(data: object, kind: str) -> bool:
    if not isinstance(data, dict):
        return False
    if kind == "geojson":
        return data.get("type") == "FeatureCollection"
    return {"meta", "council_totals", "wards"} <= set(data)
