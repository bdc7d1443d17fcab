"""Which published format a file looks like, from its header, sheets or keys alone."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from compendium.importers.files import bytes_of, grid_of, is_workbook, json_of, open_workbook
from compendium.importers.force_tables import SHEET
from compendium.importers.layout import HEADER_WITHIN, Layout, plain
from compendium.importers.reading import Reading, UnreadableError


def looks_like(path: Path, looks: Layout | str) -> bool:
    """Whether a file has a header with the needed columns of a layout, or is of a kind: `pfa-workbook`, `geojson`,
    `census-json`. False for a file that can't be read.
    """
    reading = Reading(path.name)
    try:
        if isinstance(looks, Layout):
            needed = set(looks.columns) - set(looks.optional)
            rows = islice(grid_of(reading, path, looks.sheet), HEADER_WITHIN)
            return any(needed <= set(looks.found([plain(cell) for cell in cells])) for _, cells in rows)
        if looks == "pfa-workbook":
            return is_workbook(bytes_of(reading, path)) and _has_force_tables(reading, path)
        return _has_keys(json_of(reading, path), looks)
    except UnreadableError:
        return False


def _has_force_tables(reading: Reading, path: Path) -> bool:
    return any(SHEET.fullmatch(name.strip()) for name in open_workbook(reading, path).sheetnames)


def _has_keys(data: object, kind: str) -> bool:
    if not isinstance(data, dict):
        return False
    if kind == "geojson":
        return data.get("type") == "FeatureCollection"
    return {"meta", "council_totals", "wards"} <= set(data)
