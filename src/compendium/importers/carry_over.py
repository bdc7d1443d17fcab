"""From the publishers' files to the small official tables of Blackpool: all of `data/official/` is made here.

python -m compendium.importers.carry_over PUBLISHED OUT

`PUBLISHED` holds the folders `crime` and `geography` with the publishers' files under the names of `FILES`.
Same files, same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from compendium.errors import CompendiumError, InputRefused, Problem
from compendium.importers import read
from compendium.importers.outlines import as_text
from compendium.writing import write_whole

DISTRICT = "E06000009"  # Blackpool
FORCE = "E23000003"  # Lancashire
ALL_FORCES = "England and Wales, 43 forces and British Transport Police"

FILES: Mapping[str, tuple[str, str]] = {  # short name -> format, file below the folder of published files
    "csp": ("ons-csp-crime", "crime/policeforceareatablesyejune25final_TableC2_csp.csv"),
    "incidents": ("police-uk-lsoa-counts", "crime/police_uk_blackpool_lsoa_month_type_counts.csv"),
    "outcomes": ("home-office-outcomes", "crime/outcomes_lancashire_by_year.csv"),
    "outcomes_all": ("home-office-outcomes", "crime/outcomes_england_wales_44_forces_by_year.csv"),
    "outcomes_by_group": ("home-office-outcomes-by-group", "crime/outcomes_lancashire_by_offence_group_extract.csv"),
    "population_lsoa": (
        "ons-population-lsoa",
        "geography/population_mid2020_lsoa11_single_year_age_lancashire_pfa.csv",
    ),
    "population_lad": ("ons-population-lad", "geography/population_mid2020_lad21_single_year_age.csv"),
    "imd_2019": ("imd-2019", "geography/imd2019_lsoa11_lancashire_pfa.csv"),
    "imd_2025": ("imd-2025", "geography/imd2025_lsoa21_lancashire_pfa.csv"),
    "imd_2025_lad": ("imd-2025-lad", "geography/imd2025_england_lad24.csv"),
    "lsoa_lookup": ("lsoa-lookup", "geography/lookup_lsoa11_lsoa21_lad22_lancashire_pfa.csv"),
    "ward_lookup": ("lsoa-ward-lookup", "geography/lookup_lsoa21_ward24_lad24_lancashire_pfa.csv"),
    "csp_lookup": ("lad-csp-pfa-lookup", "geography/lookup_lad24_csp24_pfa24_ew.csv"),
    "census": ("census-demographics", "geography/blackpool_demographics.json"),
    "outlines_lsoa11": ("area-outlines", "geography/lsoa11_blackpool.geojson"),
    "outlines_ward13": ("area-outlines", "geography/wards2013_blackpool.geojson"),
    "outlines_ward24": ("area-outlines", "geography/wards2024_blackpool_bsc.geojson"),
}


def carry_over(published: Path, out: Path) -> list[Path]:
    """Write the official tables into `out`; returns the files written, in order of name.

    Raises `InputRefused` with every problem of every published file, and writes nothing then.
    """
    imported = {name: read(format_, published / file) for name, (format_, file) in FILES.items()}
    problems: list[Problem] = [problem for found in imported.values() for problem in found.errors]
    if problems:
        raise InputRefused(problems)
    tables = {name: found.table for name, found in imported.items()}
    texts = {f"{name}.csv": as_csv(table) for name, table in official_tables(tables).items()}
    for name, text in sorted(texts.items()):
        write_whole(out / name, text)
    return [out / name for name in sorted(texts)]


def official_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The imported tables, cut to what Blackpool and its comparators need, by the name of their dictionary."""
    lookup = pd.concat([tables["lsoa_lookup"], tables["ward_lookup"], tables["csp_lookup"]], ignore_index=True)
    small_areas = _members(lookup, "lsoa11_lad22", {DISTRICT})
    partnerships = _members(lookup, "csp24_pfa24", {FORCE})
    districts = _members(lookup, "lad24_csp24", partnerships)
    residents = pd.concat(
        [
            _within(tables["population_lsoa"], small_areas),
            _within(tables["population_lad"], districts),
        ]
    )
    outcomes = pd.concat(
        [
            tables["outcomes"].assign(area_code=FORCE, area_name="Lancashire"),
            tables["outcomes_all"].assign(area_code="", area_name=ALL_FORCES),
        ]
    )
    outlines = pd.concat([tables[name] for name in FILES if name.startswith("outlines_")])
    return {
        "area_crime": tables["csp"],
        "area_incidents": _within(tables["incidents"], small_areas),
        "area_population_official": residents,
        "area_deprivation": pd.concat([tables["imd_2019"], tables["imd_2025"]]),
        "area_deprivation_district": tables["imd_2025_lad"],
        "area_lookup": lookup.sort_values(["relation", "from_code", "to_code"]),
        "area_outcomes": outcomes[["area_code", "area_name", *tables["outcomes"].columns]],
        "area_outcomes_by_group": _first(tables["outcomes_by_group"].assign(area_code=FORCE), "area_code"),
        "area_census": tables["census"],
        "area_outlines": as_text(outlines),
    }


def _members(lookup: pd.DataFrame, relation: str, areas: set[str]) -> set[str]:
    """The codes that a relation leads from into one of `areas`."""
    return set(lookup.loc[(lookup["relation"] == relation) & lookup["to_code"].isin(areas), "from_code"])


def _within(table: pd.DataFrame, areas: set[str]) -> pd.DataFrame:
    return table[table["area_code"].isin(areas)]


def _first(table: pd.DataFrame, column: str) -> pd.DataFrame:
    return table[[column, *table.columns.drop(column)]]


def as_csv(table: pd.DataFrame) -> str:
    """A table as CSV text: UTF-8, LF, a missing value as an empty cell."""
    return table.to_csv(index=False, lineterminator="\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Usage: python -m compendium.importers.carry_over PUBLISHED OUT")
    try:
        for written in carry_over(Path(sys.argv[1]), Path(sys.argv[2])):
            print(written.name)
    except CompendiumError as refused:
        sys.exit(str(refused))
