"""Outcomes of recorded crime by financial year (Home Office, crime outcomes open data, as aggregates)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from compendium.importers.layout import layout, rows_of
from compendium.importers.reading import Reading, Row, doubled, importer

TYPES = ("t1", "t2", "t3", "t6", "t7", "t8", "t22")
SUMS = ("oocd", "positive", "assigned")
BASES = {"closed": "year of outcome", "recorded": "year of crime"}
YEAR = r"20\d{2}/\d{2}"
BY_YEAR = layout("fy", *(f"{basis}_{name}" for basis in BASES for name in (*TYPES, *SUMS)))
BY_GROUP = layout("fy", "offence_group", *(f"{basis}_{what}" for basis in BASES for what in ("oocd", "charged")))


@importer
def home_office_outcomes(reading: Reading, path: Path) -> pd.DataFrame:
    """Outcomes by financial year: a row a year and basis (`closed`: by year of outcome, `recorded`: by year of crime).

    Columns: `financial_year`, `basis`, `t1` … `t22` (numbers of outcomes by Home Office type), `oocd` (out of court:
    types 2, 3, 6, 7, 8 and 22), `positive` (type 1 and out of court, the publisher's term), `assigned` (all
    outcomes). The sums are checked row by row.
    """
    records = []
    for row in rows_of(reading, path, BY_YEAR):
        year = reading.code(row, "fy", YEAR, "a financial year such as 2024/25")
        for basis in BASES:
            numbers = {name: reading.whole(row, f"{basis}_{name}") for name in (*TYPES, *SUMS)}
            _check_sums(reading, row, basis, numbers)
            records.append({"financial_year": year, "basis": basis, **numbers})
    table = pd.DataFrame(records)
    if records:
        last = max(str(record["financial_year"]) for record in records)
        reading.remark(
            f"Counts by year of crime are not final: the last years, up to {last}, still grow.",
            column="recorded_assigned",
        )
        doubled(reading, table, ["financial_year", "basis"], "fy")
    return table


def _check_sums(reading: Reading, row: Row, basis: str, numbers: dict[str, int | None]) -> None:
    if any(number is None for number in numbers.values()):
        return
    known = {name: number or 0 for name, number in numbers.items()}
    out_of_court = sum(known[name] for name in TYPES if name != "t1")
    if known["oocd"] != out_of_court:
        reading.refuse(f"The types add up to {out_of_court}.", row=row.number, column=f"{basis}_oocd")
    if known["positive"] != known["t1"] + known["oocd"]:
        reading.refuse(
            "Type 1 and out-of-court outcomes do not add up to it.", row=row.number, column=f"{basis}_positive"
        )


@importer
def home_office_outcomes_by_group(reading: Reading, path: Path) -> pd.DataFrame:
    """Out-of-court outcomes and charges by offence group, where published: not a full cross-table.

    Columns: `financial_year`, `basis`, `offence_group`, `charged` (type 1), `oocd`.
    """
    records = []
    for row in rows_of(reading, path, BY_GROUP):
        for basis in BASES:
            records.append(
                {
                    "financial_year": reading.code(row, "fy", YEAR, "a financial year such as 2024/25"),
                    "basis": basis,
                    "offence_group": row["offence_group"],
                    "charged": reading.whole(row, f"{basis}_charged"),
                    "oocd": reading.whole(row, f"{basis}_oocd"),
                }
            )
    table = pd.DataFrame(records)
    if records:
        doubled(reading, table, ["financial_year", "basis", "offence_group"], "offence_group")
        _remark_on_groups(reading, table)
    return table


def _remark_on_groups(reading: Reading, table: pd.DataFrame) -> None:
    groups = table.groupby("financial_year")["offence_group"].nunique()
    every = table["offence_group"].nunique()
    fewer = [f"{year} ({number})" for year, number in groups.items() if number < every]
    if fewer:
        reading.remark(
            f"Not a full cross-table: fewer than {every} offence groups in {', '.join(fewer)}.", column="offence_group"
        )
