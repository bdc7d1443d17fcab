"""Census 2021 by ward and district: age, sex, household deprivation (ONS by way of Nomis, as JSON)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from compendium.importers.files import json_of
from compendium.importers.reading import Reading, importer

COLUMNS = ["area_code", "vintage", "level", "topic", "category", "counted", "number"]
SEX = {"Female": "female", "Male": "male"}
DEPRIVATION = {
    "Household is not deprived in any dimension": "0",
    "Household is deprived in one dimension": "1",
    "Household is deprived in two dimensions": "2",
    "Household is deprived in three dimensions": "3",
    "Household is deprived in four dimensions": "4",
}
TOPICS = ("age", "sex", "household_deprivation")


@importer
def census_demographics(reading: Reading, path: Path) -> pd.DataFrame:
    """Residents by single year of age and by sex, households by dimensions of deprivation, for a district and its
    wards.

    Columns: `area_code`, `vintage` (wards carry codes of 2013, the district of 2021), `level`, `topic`, `category`
    (age `0` to `100`, 100 and over; sex; `0` to `4` dimensions), `counted` (persons, households), `number`. Subtotals
    of the file are left out: they repeat the single years. Totals differ by a few between topics and levels because
    the census office perturbs cells.
    """
    data = _document(reading, path)
    reading.left_out["subtotals and bands of age"] = "they repeat the single years, which are kept"
    meta, whole, wards = (data.get(key) for key in ("meta", "council_totals", "wards"))
    if not (isinstance(meta, dict) and isinstance(whole, dict) and isinstance(wards, dict)):
        raise reading.stop("It needs the keys meta, council_totals and wards.", "Is this file of the named format?")
    district = str(meta.get("ons_code", ""))
    if not re.fullmatch(r"[EW]0[6-9]\d{6}", district):
        reading.refuse("meta.ons_code is not a code of a local authority.", column="ons_code")
    records = _area(reading, district, 2021, "district", whole)
    for code, ward in wards.items():
        if not re.fullmatch(r"[EW]05\d{6}", code) or not isinstance(ward, dict):
            reading.refuse(f"{code[:20]!r} is not the code of a ward with its figures.", column="wards")
            continue
        records += _area(reading, code, 2013, "ward", ward)
    table = pd.DataFrame(records, columns=COLUMNS)
    _remark_on_totals(reading, table)
    return table


def _document(reading: Reading, path: Path) -> dict[str, Any]:
    data = json_of(reading, path)
    if not isinstance(data, dict):
        raise reading.stop("The file is not an object with keys.", "Is this file of the named format?")
    return data


def _area(reading: Reading, code: str, vintage: int, level: str, topics: Mapping[str, Any]) -> list[tuple[object, ...]]:
    records: list[tuple[object, ...]] = []
    for topic in TOPICS:
        cells = topics.get(topic)
        if not isinstance(cells, dict):
            reading.refuse(f"{code}: the topic is missing.", column=topic)
            continue
        wanted = _categories(topic, cells)
        counted = "households" if topic == "household_deprivation" else "persons"
        if len(wanted) != {"age": 101, "sex": 2, "household_deprivation": 5}[topic]:
            reading.refuse(f"{code}: {len(wanted)} categories were found, some are missing.", column=topic)
        for label, category in wanted.items():
            number = cells[label]
            if isinstance(number, bool) or not isinstance(number, int) or number < 0:
                reading.refuse(f"{code}, {label}: not a whole number of 0 or more.", column=topic)
                continue
            records.append((code, vintage, level, topic, category, counted, number))
    return records


def _categories(topic: str, cells: Mapping[str, Any]) -> dict[str, str]:
    """The labels to keep, and our codes. Single years of age only: bands stand beside them in the file."""
    if topic == "sex":
        return {label: code for label, code in SEX.items() if label in cells}
    if topic == "household_deprivation":
        return {label: code for label, code in DEPRIVATION.items() if label in cells}
    ages: dict[str, str] = {}
    for label in cells:
        if label == "Aged under 1 year":
            ages[label] = "0"
        elif found := re.fullmatch(r"Aged (\d{1,3}) years?|Aged (100) years and over", label):
            ages[label] = found[1] or found[2]
    return ages


def _remark_on_totals(reading: Reading, table: pd.DataFrame) -> None:
    sums = table.groupby(["topic", "level"])["number"].sum()
    for topic in TOPICS:
        if {(topic, "district"), (topic, "ward")} <= set(sums.index) and sums[topic, "district"] != sums[topic, "ward"]:
            message = (
                f"District {sums[topic, 'district']}, its wards together {sums[topic, 'ward']}: cells are perturbed."
            )
            reading.remark(message, column=topic)
