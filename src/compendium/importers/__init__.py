"""Importers: a module per published format, from a publisher's file to a table with the project's column names.

from compendium import importers
imported = importers.read("imd-2025", "IMD2025.csv")
imported.table, imported.problems
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from compendium.errors import UnknownName, nearest
from compendium.importers.census import census_demographics
from compendium.importers.deprivation import imd_2019, imd_2025, imd_2025_lad
from compendium.importers.force_tables import ons_pfa_workbook
from compendium.importers.lookups import lad_csp_pfa_lookup, lsoa_lookup, lsoa_ward_lookup
from compendium.importers.outcomes import home_office_outcomes, home_office_outcomes_by_group
from compendium.importers.outlines import area_outlines
from compendium.importers.population import ons_population_lad, ons_population_lsoa
from compendium.importers.reading import Imported
from compendium.importers.recorded_crime import home_office_recorded_crime, ons_csp_crime
from compendium.importers.street_crime import police_uk_lsoa_counts, police_uk_street

__all__ = ["FORMATS", "Format", "Imported", "read"]


class Format(NamedTuple):
    """A published format: its title, its importer, an example of such a file, the table (dictionary) it fills."""

    title: str
    read: Callable[[Path], Imported]
    example: str
    table: str


FORMATS: dict[str, Format] = {
    "ons-csp-crime": Format(
        "Recorded crime by community safety partnership, Table C2 (ONS)", ons_csp_crime, "Table C2 as CSV", "area_crime"
    ),
    "ons-pfa-workbook": Format(
        "Police Force Area data tables, older layout, tables P1 and P3 (ONS)",
        ons_pfa_workbook,
        "pfatablesdec19.xlsx",
        "",
    ),
    "home-office-recorded-crime": Format(
        "Police recorded crime open data by quarter and offence code (Home Office)",
        home_office_recorded_crime,
        "prc-pfa CSV of one financial year",
        "",
    ),
    "police-uk-lsoa-counts": Format(
        "Incidents by month, LSOA 2011 and type, counted (police.uk)",
        police_uk_lsoa_counts,
        "CSV of counts",
        "area_incidents",
    ),
    "police-uk-street": Format(
        "Street-level incidents of one force and month (police.uk)",
        police_uk_street,
        "2020-01-lancashire-street.csv",
        "area_incidents",
    ),
    "ons-population-lsoa": Format(
        "Mid-2020 population by single year of age, LSOA 2011 (ONS)",
        ons_population_lsoa,
        "CSV",
        "area_population_official",
    ),
    "ons-population-lad": Format(
        "Mid-2020 population by single year of age, local authority 2021 (ONS)",
        ons_population_lad,
        "CSV",
        "area_population_official",
    ),
    "imd-2019": Format("Indices of Deprivation 2019, LSOA 2011 (MHCLG)", imd_2019, "CSV", "area_deprivation"),
    "imd-2025": Format("Indices of Deprivation 2025, LSOA 2021 (MHCLG)", imd_2025, "CSV", "area_deprivation"),
    "imd-2025-lad": Format(
        "Indices of Deprivation 2025, summaries by local authority 2024 (MHCLG)",
        imd_2025_lad,
        "CSV",
        "area_deprivation_district",
    ),
    "lsoa-lookup": Format("LSOA 2011 to LSOA 2021 (ONS)", lsoa_lookup, "CSV", "area_lookup"),
    "lsoa-ward-lookup": Format("LSOA 2021 to ward 2024, best fit (ONS)", lsoa_ward_lookup, "CSV", "area_lookup"),
    "lad-csp-pfa-lookup": Format(
        "Local authority to partnership to police force area 2024 (ONS)", lad_csp_pfa_lookup, "CSV", "area_lookup"
    ),
    "home-office-outcomes": Format(
        "Crime outcomes by financial year (Home Office)", home_office_outcomes, "CSV", "area_outcomes"
    ),
    "home-office-outcomes-by-group": Format(
        "Crime outcomes by financial year and offence group (Home Office)",
        home_office_outcomes_by_group,
        "CSV",
        "area_outcomes_by_group",
    ),
    "census-demographics": Format(
        "Census 2021 by ward: age, sex, household deprivation (ONS by way of Nomis)",
        census_demographics,
        "JSON",
        "area_census",
    ),
    "area-outlines": Format(
        "Boundaries of official areas (ONS Open Geography)", area_outlines, "GeoJSON", "area_outlines"
    ),
}


def read(format: str, path: Path | str) -> Imported:
    """Read a published file of a named format.

    Problems of the file's content come back in `Imported.problems`; with an error among them the table has no rows.
    Raises `UnknownName` for a format that is not known.
    """
    if format not in FORMATS:
        raise UnknownName(f"No format is called {format}.", nearest(format, FORMATS))
    return FORMATS[format].read(Path(path))
