"""Lookups between official areas of different years and levels, as one kind of table: from an area to an area.

Columns: `relation`, `from_code`, `from_name`, `to_code`, `to_name`, `change`. None of the lookups carries weights: an
area that was split or merged can't be carried across without saying what was lost.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from compendium.importers.layout import Layout, layout, rows_of
from compendium.importers.reading import Reading, importer

COLUMNS = ["relation", "from_code", "from_name", "to_code", "to_name", "change"]
CHANGES = {"U": "unchanged", "S": "split", "M": "merged", "X": "irregular"}
LSOA = r"[EW]01\d{6}"
WARD = r"[EW]05\d{6}"
DISTRICT = r"[EW]0[6-9]\d{6}"
NOT_KEPT = {".*NMW|.*_name_welsh": "names in Welsh: the code is kept", "ObjectId|OBJECTID|FID": "number of the row"}


def _lookup(*areas: tuple[str, str], change: bool = False) -> Layout:
    """Codes and names of `areas` (`lsoa11`, `LSOA11`), as one column each; `LSOA11CD` on the Open Geography portal."""
    also = {f"{ours}_{what}": (f"{theirs}{end}",) for ours, theirs in areas for what, end in ENDS.items()}
    columns = [*also, *(["change_code"] if change else [])]
    return layout(*columns, also={**also, "change_code": ("CHGIND",)}, left_out=NOT_KEPT)


ENDS = {"code": "CD", "name": "NM"}
LSOAS = _lookup(("lsoa11", "LSOA11"), ("lsoa21", "LSOA21"), ("ltla22", "LAD22"), change=True)
WARDS = _lookup(("lsoa21", "LSOA21"), ("ward24", "WD24"), ("ltla24", "LAD24"))
FORCES = _lookup(("ltla24", "LAD24"), ("csp24", "CSP24"), ("pfa24", "PFA24"))


@importer
def lsoa_lookup(reading: Reading, path: Path) -> pd.DataFrame:
    """LSOA of 2011 to LSOA of 2021 (`lsoa11_lsoa21`) with what changed, and LSOA of 2011 to local authority of 2022."""
    records: set[tuple[str, ...]] = set()
    changed: dict[str, int] = {}
    for row in rows_of(reading, path, LSOAS):
        old = reading.code(row, "lsoa11_code", LSOA, "a code of an LSOA of 2011")
        new = reading.code(row, "lsoa21_code", LSOA, "a code of an LSOA of 2021")
        district = reading.code(row, "ltla22_code", DISTRICT, "a code of a local authority")
        change = CHANGES.get(reading.code(row, "change_code", "[USMX]", "U, S, M or X"), "")
        changed[change] = changed.get(change, 0) + 1
        records.add(("lsoa11_lsoa21", old, row["lsoa11_name"], new, row["lsoa21_name"], change))
        records.add(("lsoa11_lad22", old, row["lsoa11_name"], district, row["ltla22_name"], ""))
    moved = [f"{changed[change]} {change}" for change in ("split", "merged", "irregular") if changed.get(change)]
    if moved:
        reading.remark(f"Not one to one, and without weights: {', '.join(moved)}.", column="change_code")
    return _table(records)


@importer
def lsoa_ward_lookup(reading: Reading, path: Path) -> pd.DataFrame:
    """LSOA of 2021 to ward of 2024 by best fit (`lsoa21_ward24`), ward to local authority of 2024 (`ward24_lad24`)."""
    records: set[tuple[str, ...]] = set()
    wards: dict[str, str] = {}
    for row in rows_of(reading, path, WARDS):
        area = reading.code(row, "lsoa21_code", LSOA, "a code of an LSOA of 2021")
        ward = reading.code(row, "ward24_code", WARD, "a code of a ward")
        district = reading.code(row, "ltla24_code", DISTRICT, "a code of a local authority")
        if area in wards:
            reading.refuse(f"{area} stands in the file more than once.", row=row.number, column="lsoa21_code")
        wards[area] = ward
        records.add(("lsoa21_ward24", area, row["lsoa21_name"], ward, row["ward24_name"], "best fit"))
        records.add(("ward24_lad24", ward, row["ward24_name"], district, row["ltla24_name"], ""))
    return _table(records)


@importer
def lad_csp_pfa_lookup(reading: Reading, path: Path) -> pd.DataFrame:
    """Local authority to community safety partnership (`lad24_csp24`) to police force area (`csp24_pfa24`), 2024.

    Many to many: a partnership may hold several authorities, an authority several partnerships. Join on codes: names
    differ between publications (`Devon & Cornwall`, `Devon and Cornwall`).
    """
    records: set[tuple[str, ...]] = set()
    for row in rows_of(reading, path, FORCES):
        district = reading.code(row, "ltla24_code", DISTRICT, "a code of a local authority")
        partnership = reading.code(row, "csp24_code", r"E22\d{6}|W14\d{6}", "a code of a community safety partnership")
        force = reading.code(row, "pfa24_code", r"E23\d{6}|W15\d{6}", "a code of a police force area")
        records.add(("lad24_csp24", district, row["ltla24_name"], partnership, row["csp24_name"], ""))
        records.add(("csp24_pfa24", partnership, row["csp24_name"], force, row["pfa24_name"], ""))
    return _table(records)


def _table(records: set[tuple[str, ...]]) -> pd.DataFrame:
    return pd.DataFrame(sorted(records), columns=COLUMNS)
