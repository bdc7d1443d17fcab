"""Recorded crime in official tables: by community safety partnership (ONS), by offence code (Home Office)."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from compendium.importers.layout import layout, rows_of, table_of
from compendium.importers.reading import Reading, Row, importer

FORCE_CODE = "Police Force Area code"
FORCE = "Police Force Area name"
CSP_CODE = "Community Safety Partnership code"
CSP = "Community Safety Partnership name"
DISTRICT_CODE = "Local Authority code"
DISTRICT = "Local Authority name"
UNAVAILABLE = "[x]"
SEVERAL = "Combined Local Authorities"  # stands where the code of the one authority would

OFFENCES = {
    "Total recorded crime (excluding fraud)": "total",
    "Violence against the person": "violence",
    "Homicide": "homicide",
    "Death or serious injury caused by illegal driving": "illegal_driving",
    "Violence with injury": "violence_with_injury",
    "Violence without injury": "violence_without_injury",
    "Stalking and harassment": "stalking_harassment",
    "Sexual offences": "sexual_offences",
    "Robbery": "robbery",
    "Theft offences": "theft",
    "Burglary": "burglary",
    "Residential burglary": "burglary_residential",
    "Non-residential burglary": "burglary_non_residential",
    "Vehicle offences": "vehicle",
    "Theft from the person": "theft_from_person",
    "Bicycle theft": "bicycle_theft",
    "Shoplifting": "shoplifting",
    "All other theft offences": "other_theft",
    "Criminal damage and arson": "damage_arson",
    "Drug offences": "drugs",
    "Possession of weapons offences": "weapons",
    "Public order offences": "public_order",
    "Miscellaneous crimes against society": "miscellaneous",
}
GROUPS = (
    "violence",
    "sexual_offences",
    "robbery",
    "theft",
    "damage_arson",
    "drugs",
    "weapons",
    "public_order",
    "miscellaneous",
)
TABLE_C2 = layout(
    *(FORCE_CODE, FORCE, CSP_CODE, CSP, DISTRICT_CODE, *OFFENCES),
    left_out={DISTRICT: "the code is kept"},
    sheet="Table C2",
)


@importer
def ons_csp_crime(reading: Reading, path: Path) -> pd.DataFrame:
    """Table C2 of the Police Force Area tables (ONS): a row a partnership, plus force totals and unassigned crime.

    Columns: `force_code`, `force_name`, `area_code`, `area_name`, `level` (force, csp, csp_and_force, unassigned,
    other), `district_code`, `vintage`, `period`, and a whole number for each offence group of `OFFENCES`. Crimes of a
    force's partnerships, unassigned and other rows add up to its force row. `csp_and_force` is the City of London,
    which has one row.

    Read right: thousands as text with blanks around them, names with blanks at their end. Mended and remarked upon:
    notes in names, a force code that contradicts the force's own row (with the sums that the printed code gives).
    """
    above, below = table_of(reading, path, TABLE_C2)
    rows = list(below)
    period = _period(reading, " ".join(cell for row in above for cell in row))
    codes = {_name(row[FORCE]): row[FORCE_CODE] for row in rows if not row[CSP] and not row[CSP_CODE]}
    forces_without_total = {_name(row[FORCE]) for row in rows} - set(codes)
    table = pd.DataFrame([_csp_row(reading, row, codes, forces_without_total, period) for row in rows])
    if not table.empty:
        table = table.astype(dict.fromkeys(OFFENCES.values(), "Int64"))
        numbers = [row.number for row in rows]
        _check_sums(reading, table, numbers, "force_name", "when its parts are added")
        printed = table.assign(force_code=[row[FORCE_CODE] for row in rows])
        _check_sums(reading, printed, numbers, "force_code", "when rows are added by the force code printed in them")
        _check_groups(reading, table, numbers)
    return table


def _period(reading: Reading, title: str) -> str:
    """The last month of the year covered, such as `2025-06`, from the title above the table."""
    found = re.search(
        r"year ending (January|February|March|April|May|June|July|August|September|October|November|December) (\d{4})",
        title,
    )
    if not found:
        reading.refuse("The title names no year ending.", row=1, remedy="The first row must be the title of Table C2.")
        return ""
    month = pd.Timestamp(f"1 {found[1]} {found[2]}").month
    return f"{found[2]}-{month:02d}"


def _name(text: str) -> str:
    return re.sub(r"\s*\[[^\]]*\]", "", text).strip()


def _csp_row(reading: Reading, row: Row, codes: dict[str, str], alone: set[str], period: str) -> dict[str, object]:
    force, name = _name(row[FORCE]), _name(row[CSP])
    for column in (FORCE, CSP):
        if _name(row[column]) != row[column]:
            reading.remark(f"A note was taken off the name {_name(row[column])}.", row=row.number, column=column)
    if row[DISTRICT_CODE] == SEVERAL:
        reading.remark(f"{name} has several authorities: no code stands there.", row=row.number, column=DISTRICT_CODE)
    elif row[DISTRICT_CODE]:
        reading.code(row, DISTRICT_CODE, r"[EW]0[6-9]\d{6}", "a code of a local authority")
    code = codes.get(force, row[FORCE_CODE])
    if code != row[FORCE_CODE]:
        reading.remark(
            f"{name} of {force} stands under {row[FORCE_CODE]}; the row of the force says {code}, which was taken.",
            row=row.number,
            column=FORCE_CODE,
        )
    level = _level(row, force in alone)
    empty = not any(row[column] for column in OFFENCES)
    if empty and level == "unassigned":
        reading.remark(f"{name}: every number is empty and stays so.", row=row.number)
    reading.code(row, FORCE_CODE, r"E23\d{6}|W15\d{6}", "a code of a police force area")
    if level in ("csp", "csp_and_force"):
        reading.code(row, CSP_CODE, r"[EW]\d{8}", "a code of a community safety partnership")
    absent = empty and level == "unassigned"
    numbers = {
        offence: None if absent or row[column] == UNAVAILABLE else reading.whole(row, column)
        for column, offence in OFFENCES.items()
    }
    return {
        "force_code": code,
        "force_name": force,
        "area_code": code if level == "force" else row[CSP_CODE],
        "area_name": force if level == "force" else name,
        "level": level,
        "district_code": "" if row[DISTRICT_CODE] == SEVERAL else row[DISTRICT_CODE],
        "vintage": 2025,
        "period": period,
        **numbers,
    }


def _level(row: Row, force_has_no_total: bool) -> str:
    if not row[CSP] and not row[CSP_CODE]:
        return "force"
    if row[CSP].lower().startswith("unassigned"):
        return "unassigned"
    if not row[CSP_CODE]:
        return "other"
    return "csp_and_force" if force_has_no_total else "csp"


def _check_groups(reading: Reading, table: pd.DataFrame, numbers: list[int]) -> None:
    """Remark where offence groups miss their total; the cells stay as printed."""
    apart = table["total"] - table[list(GROUPS)].sum(axis=1, min_count=len(GROUPS))
    for position in table.index[apart.fillna(0) != 0]:
        reading.remark(
            f"The offence groups differ from the total by {abs(apart[position])}.",
            row=numbers[position],
            column="Total recorded crime (excluding fraud)",
        )


def _check_sums(reading: Reading, table: pd.DataFrame, numbers: list[int], by: str, when: str) -> None:
    """Remark where partnerships, unassigned and other crime miss their force's total; the cells stay as printed."""
    parts = table[table["level"].isin(["csp", "unassigned", "other"])].groupby(by)["total"].sum()
    added = table[by].map(parts)
    misses = (table["level"] == "force") & (added != table["total"]).fillna(False)
    for position in table.index[misses]:
        force, printed = str(table.at[position, "force_name"]), int(table["total"][position])
        reading.remark(
            f"{force}: {printed} printed, {int(added[position])} {when}.",
            row=numbers[position],
            column="Total recorded crime (excluding fraud)",
        )


OPEN_DATA = layout(
    *("Financial Year", "Financial Quarter", "Force Name", "Offence Description", "Offence Group", "Offence Subgroup"),
    *("Offence Code", "Number of Offences", "ITL2 region"),
    left_out={"": "number of the row", "ITL1 region": "region, not a police force area"},
)


@importer
def home_office_recorded_crime(reading: Reading, path: Path) -> pd.DataFrame:
    """Police recorded crime open data (Home Office): a row a body, quarter and offence code, codes as text.

    Columns: `financial_year`, `quarter`, `body`, `has_area` (no for the British Transport Police and the fraud
    bodies, which must never be added to an area), `offence_code`, `offence`, `group`, `subgroup`,
    `outcome_only`, `offences`.
    """
    rows = rows_of(reading, path, OPEN_DATA)
    table = pd.DataFrame([_offence_row(reading, row) for row in rows])
    without = sorted(table.loc[table["has_area"] == "no", "body"].unique()) if not table.empty else []
    if without:
        reading.remark(f"Bodies without an area, never part of an area's total: {', '.join(without)}.")
    return table


BODIES_WITHOUT_AREA = re.compile(r"British Transport Police|Action Fraud|Report Fraud|CIFAS|UK Finance", re.IGNORECASE)


def _offence_row(reading: Reading, row: Row) -> dict[str, object]:
    no_area = BODIES_WITHOUT_AREA.search(row["Force Name"]) or row["ITL2 region"] == "['UK']"
    return {
        "financial_year": reading.code(row, "Financial Year", r"\d{4}/\d{2}", "a financial year such as 2024/25"),
        "quarter": reading.between(row, "Financial Quarter", 1, 4),
        "body": row["Force Name"],
        "has_area": "no" if no_area else "yes",
        "offence_code": reading.code(row, "Offence Code", r"\S.*", "an offence code"),
        "offence": row["Offence Description"],
        "group": row["Offence Group"],
        "subgroup": row["Offence Subgroup"],
        "outcome_only": "yes" if "outcome only" in row["Offence Description"] else "no",
        "offences": reading.whole(row, "Number of Offences"),
    }
