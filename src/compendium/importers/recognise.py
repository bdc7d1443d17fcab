"""Which published format a file looks like, from its header, sheets or keys alone."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

from compendium.importers.files import bytes_of, grid_of, is_workbook, json_of, sheet_names
from compendium.importers.force_tables import SHEET
from compendium.importers.layout import HEADER_WITHIN, Layout, plain
from compendium.importers.reading import Reading, UnreadableError

BEGINNING = 4096  # bytes: a reference manager's own lines may stand before the first record
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
            rows = islice(grid_of(reading, path, looks.sheet), HEADER_WITHIN)
            return any(needed <= set(looks.found([plain(cell) for cell in cells])) for _, cells in rows)
        if looks == "pfa-workbook":
            return is_workbook(bytes_of(reading, path))
        if looks in BEGINS:
            return re.search(BEGINS[looks], bytes_of(reading, path)[:BEGINNING], re.MULTILINE) is not None
        return _has_keys(json_of(reading, path), looks)
    except UnreadableError:
        return False


def _has_keys(data: object, kind: str) -> bool:
    if not isinstance(data, dict):
        return False
    if kind == "geojson":
        return data.get("type") == "FeatureCollection"
    return {"meta", "council_totals", "wards"} <= set(data)
