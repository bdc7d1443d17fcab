"""Residents by single year of age, mid-year estimates of ONS, by small area and by local authority."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from compendium.importers.layout import Layout, layout, rows_of
from compendium.importers.reading import Imported, Reading, importer

AGES = (*(str(age) for age in range(90)), "90+")
TOTAL = "total_population"


@dataclass(frozen=True)
class Areas:
    """The areas of a file: the column of their codes, what a code looks like, their level and vintage.

    `others` is what codes of areas of other levels look like: they stand between the wanted ones and are left out.
    """

    column: str
    pattern: str
    level: str
    vintage: int
    layout: Layout
    others: str = "(?!)"


NAMES = {".*(name|Name|NM).*": "the code is kept", "LA Code .*|Geography": "authorities and kinds of areas: by lookup"}
LSOAS_2011 = Areas(
    "lsoa11_code",
    r"[EW]01\d{6}",
    "lsoa",
    2011,
    layout(
        "lsoa11_code",
        TOTAL,
        *AGES,
        also={"lsoa11_code": ("LSOA Code", "LSOA11CD"), TOTAL: ("All Ages",)},
        left_out=NAMES,
        sheet="Mid-2020 Persons",
    ),
)
AUTHORITIES_2021 = Areas(
    "ltla21_code",
    r"[EW]0[6-9]\d{6}",
    "district",
    2021,
    layout(
        "ltla21_code",
        TOTAL,
        *AGES,
        also={"ltla21_code": ("Code", "LAD21CD"), TOTAL: ("All ages",)},
        left_out=NAMES,
        sheet="MYE2 - Persons",
    ),
    others=r"[KNS]\d{8}|[EW]92\d{6}|E1[0-3]\d{6}",
)


def _population(reading: Reading, path: Path, areas: Areas) -> pd.DataFrame:
    records: list[tuple[str, int, str, int, int | None]] = []
    seen: set[str] = set()
    elsewhere = 0
    for row in rows_of(reading, path, areas.layout):
        if re.fullmatch(areas.others, row[areas.column]):
            elsewhere += 1
            continue
        area = reading.code(row, areas.column, areas.pattern, f"a code of level {areas.level}")
        if area in seen:
            reading.refuse(f"{area} stands in the file more than once.", row=row.number, column=areas.column)
        seen.add(area)
        persons = [reading.whole(row, age) for age in AGES]
        total = reading.whole(row, TOTAL)
        if total is not None and None not in persons and sum(filter(None, persons)) != total:
            reading.refuse(
                f"The ages add up to {sum(filter(None, persons))}, the total says {total}.",
                row=row.number,
                column=TOTAL,
            )
        records.extend((area, areas.vintage, areas.level, age, count) for age, count in enumerate(persons))
    if elsewhere:
        reading.remark(f"{elsewhere} rows are of other levels or countries and were left out.", column=areas.column)
    return pd.DataFrame(records, columns=["area_code", "vintage", "level", "age", "persons"])


def ons_population_lsoa(path: Path) -> Imported:
    """Mid-2020 residents by single year of age, LSOA of 2011.

    Columns: `area_code`, `vintage` (2011), `level` (lsoa), `age` (0 to 90; 90 means 90 and over), `persons`.
    The ages of each row must add up to its total.
    """
    return importer(lambda reading, file: _population(reading, file, LSOAS_2011))(path)


def ons_population_lad(path: Path) -> Imported:
    """Mid-2020 residents by single year of age, local authority of 2021: as `ons_population_lsoa`, level `district`."""
    return importer(lambda reading, file: _population(reading, file, AUTHORITIES_2021))(path)
