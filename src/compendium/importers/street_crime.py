"""Incidents of police.uk: the published street-level file of a month, and counts made from such files."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pandas as pd

from compendium.importers.layout import layout, rows_of
from compendium.importers.reading import Reading, Row, doubled, importer

TYPES = {
    "Anti-social behaviour": "asb",  # not a crime: the files hold incidents
    "Bicycle theft": "bicycle",
    "Burglary": "burglary",
    "Criminal damage and arson": "damage",
    "Drugs": "drugs",
    "Other crime": "other",
    "Other theft": "theft_other",
    "Possession of weapons": "weapons",
    "Public order": "order",
    "Robbery": "robbery",
    "Shoplifting": "shoplifting",
    "Theft from the person": "theft_person",
    "Vehicle crime": "vehicle",
    "Violence and sexual offences": "violence_sexual",  # one type: never to be called sexual offences
}
LSOA = r"[EW]01\d{6}"
MONTH = r"20\d{2}-(0[1-9]|1[0-2])"
COLUMNS = ["area_code", "month", "incident_type", "incidents"]
NOT_KEPT = {
    "Reported by|Falls within": "the force that gave the file, also for places outside its area",
    "Longitude|Latitude|Location": "points moved by the publisher: counting is by LSOA",
    "LSOA name": "the code is kept",
}
COUNTS = layout("Month", "LSOA code", "Crime type", "n", left_out=NOT_KEPT)
STREET = layout(
    "Crime ID",
    "Month",
    "LSOA code",
    "Crime type",
    left_out={
        **NOT_KEPT,
        "Last outcome category": "changes from month to month: outcomes have files of their own",
        "Context": "text of the force, empty in the files seen",
    },
)


@importer
def police_uk_lsoa_counts(reading: Reading, path: Path) -> pd.DataFrame:
    """Counts by month, LSOA of 2011 and type, made from the monthly files; combinations without incident have no row.

    Columns: `area_code` (LSOA 2011), `month`, `incident_type` (a code of `TYPES`), `incidents`. Months missing
    between the first and the last are named in a remark: they were not published there and are not months without
    incident.
    """
    rows = rows_of(reading, path, COUNTS)
    records = [
        (
            reading.code(row, "LSOA code", LSOA, "a code of a Lower layer Super Output Area"),
            reading.code(row, "Month", MONTH, "a month such as 2020-01"),
            _type(reading, row),
            reading.whole(row, "n"),
        )
        for row in rows
    ]
    table = pd.DataFrame(records, columns=COLUMNS)
    doubled(reading, table, COLUMNS[:3], "LSOA code")
    _missing_months(reading, table)
    return _sorted(table)


@importer
def police_uk_street(reading: Reading, path: Path) -> pd.DataFrame:
    """The street-level file of one month and force, counted by LSOA and type: the columns of `police_uk_lsoa_counts`.

    Every row with an LSOA counts, also where one `Crime ID` occurs twice or an LSOA lies outside the force's area:
    both as published. Rows without location are left out, and a remark says how many of which type. Points are
    anonymised by the publisher.
    """
    records: list[tuple[str, str, str]] = []
    identifiers: list[str] = []
    without_place: list[str] = []
    for row in rows_of(reading, path, STREET):
        kind = _type(reading, row)
        month = reading.code(row, "Month", MONTH, "a month such as 2020-01")
        if row["Crime ID"]:
            identifiers.append(row["Crime ID"])
        if not row["LSOA code"]:
            without_place.append(row["Crime type"])
            continue
        records.append((reading.code(row, "LSOA code", LSOA, "a code of a Lower layer Super Output Area"), month, kind))
    remark_on_places(reading, without_place, len(records) + len(without_place))
    repeated = len(identifiers) - len(set(identifiers))
    if repeated:
        reading.remark(f"{repeated} rows repeat the identifier of another row; each is counted.", column="Crime ID")
    return counted(records, COLUMNS)


def remark_on_places(reading: Reading, without: list[str], rows: int) -> None:
    """Say how many rows, of which types, have no location and so are in no area's count."""
    if without:
        types = ", ".join(f"{number} {kind}" for kind, number in sorted(Counter(without).items()))
        reading.remark(
            f"{len(without)} of {rows} rows have no location and can't be counted by area: {types}.",
            column="LSOA code",
        )


def counted(records: list[tuple[str, str, str]], columns: list[str]) -> pd.DataFrame:
    """How often each combination of the first three columns occurs, as the fourth; in order of code."""
    table = pd.DataFrame(records, columns=columns[:3])
    if table.empty:
        return table.assign(**{columns[3]: pd.Series(dtype="int64")})
    found = table.value_counts(sort=False).rename(columns[3]).reset_index()
    return found.sort_values(columns[:3], ignore_index=True)


def _type(reading: Reading, row: Row) -> str:
    kind = TYPES.get(row["Crime type"], "")
    if not kind:
        reading.code(row, "Crime type", "|".join(map(re.escape, TYPES)), "a type of police.uk")
    return kind


def _missing_months(reading: Reading, table: pd.DataFrame) -> None:
    months = sorted(month for month in set(table["month"]) if month)
    if not months:
        return
    wanted = [str(month) for month in pd.period_range(months[0], months[-1], freq="M")]
    missing = [month for month in wanted if month not in months]
    if missing:
        reading.remark(f"No file was published here for {', '.join(missing)}: missing, not zero.", column="Month")


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values(COLUMNS[:3], ignore_index=True)
