"""Importers: a module per published format, from a publisher's file to a table with the project's column names.

from compendium import importers
imported = importers.read("imd-2025", "IMD2025.csv")
imported.table, imported.problems
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from compendium.errors import Problem, UnknownName, nearest
from compendium.importers.census import census_demographics
from compendium.importers.deprivation import EDITIONS, SUMMARIES, imd_2019, imd_2025, imd_2025_lad
from compendium.importers.force_tables import ons_pfa_workbook
from compendium.importers.layout import Layout
from compendium.importers.lookups import FORCES, LSOAS, WARDS, lad_csp_pfa_lookup, lsoa_lookup, lsoa_ward_lookup
from compendium.importers.outcomes import BY_GROUP, BY_YEAR, home_office_outcomes, home_office_outcomes_by_group
from compendium.importers.outlines import area_outlines
from compendium.importers.population import AUTHORITIES_2021, LSOAS_2011, ons_population_lad, ons_population_lsoa
from compendium.importers.reading import Imported
from compendium.importers.recognise import looks_like
from compendium.importers.recorded_crime import OPEN_DATA, TABLE_C2, home_office_recorded_crime, ons_csp_crime
from compendium.importers.references import (
    ASREVIEW_TITLES,
    EMBASE,
    SCOPUS,
    asreview_csv,
    embase_csv,
    endnote_xml,
    pubmed_nbib,
    ris,
    scopus_csv,
)
from compendium.importers.street_crime import COUNTS, STREET, police_uk_lsoa_counts, police_uk_street
from compendium.importers.street_outcomes import OUTCOMES, police_uk_outcomes

__all__ = ["FORMATS", "Format", "Imported", "read", "recognised"]


class Format(NamedTuple):
    """A published format: its title, its importer, an example of such a file, the table (dictionary) it fills, and
    what such a file looks like: its columns, or its kind (`pfa-workbook`, `geojson`, `census-json`).
    """

    title: str
    read: Callable[[Path], Imported]
    example: str
    table: str
    looks: Layout | str


FORMATS: dict[str, Format] = {
    "ons-csp-crime": Format(
        "Recorded crime by community safety partnership, Table C2 (ONS)",
        ons_csp_crime,
        "workbook with the sheet Table C2, or that sheet as CSV",
        "area_crime",
        TABLE_C2,
    ),
    "ons-pfa-workbook": Format(
        "Police Force Area data tables, tables P1, P2 … of both layouts (ONS)",
        ons_pfa_workbook,
        "pfatablesdec19.xlsx",
        "",
        "pfa-workbook",
    ),
    "home-office-recorded-crime": Format(
        "Police recorded crime open data by quarter and offence code (Home Office)",
        home_office_recorded_crime,
        "prc-pfa CSV of one financial year",
        "",
        OPEN_DATA,
    ),
    "police-uk-lsoa-counts": Format(
        "Incidents by month, LSOA 2011 and type, counted (police.uk)",
        police_uk_lsoa_counts,
        "CSV of counts",
        "area_incidents",
        COUNTS,
    ),
    "police-uk-street": Format(
        "Street-level incidents of one force and month (police.uk)",
        police_uk_street,
        "2020-01-lancashire-street.csv",
        "area_incidents",
        STREET,
    ),
    "police-uk-outcomes": Format(
        "Outcomes of one force and month (police.uk)",
        police_uk_outcomes,
        "2020-01-lancashire-outcomes.csv",
        "",
        OUTCOMES,
    ),
    "ons-population-lsoa": Format(
        "Mid-2020 population by single year of age, LSOA 2011 (ONS)",
        ons_population_lsoa,
        "workbook with the sheet Mid-2020 Persons, or CSV",
        "area_population_official",
        LSOAS_2011.layout,
    ),
    "ons-population-lad": Format(
        "Mid-2020 population by single year of age, local authority 2021 (ONS)",
        ons_population_lad,
        "workbook with the sheet MYE2 - Persons, or CSV",
        "area_population_official",
        AUTHORITIES_2021.layout,
    ),
    "imd-2019": Format(
        "Indices of Deprivation 2019, LSOA 2011 (MHCLG)", imd_2019, "File 7 as CSV", "area_deprivation", EDITIONS[2019]
    ),
    "imd-2025": Format(
        "Indices of Deprivation 2025, LSOA 2021 (MHCLG)", imd_2025, "File 7 as CSV", "area_deprivation", EDITIONS[2025]
    ),
    "imd-2025-lad": Format(
        "Indices of Deprivation 2025, summaries by local authority 2024 (MHCLG)",
        imd_2025_lad,
        "CSV",
        "area_deprivation_district",
        SUMMARIES,
    ),
    "lsoa-lookup": Format(
        "LSOA 2011 to LSOA 2021 (ONS)", lsoa_lookup, "CSV of the Open Geography portal", "area_lookup", LSOAS
    ),
    "lsoa-ward-lookup": Format(
        "LSOA 2021 to ward 2024, best fit (ONS)",
        lsoa_ward_lookup,
        "CSV of the Open Geography portal",
        "area_lookup",
        WARDS,
    ),
    "lad-csp-pfa-lookup": Format(
        "Local authority to partnership to police force area 2024 (ONS)",
        lad_csp_pfa_lookup,
        "CSV of the Open Geography portal",
        "area_lookup",
        FORCES,
    ),
    "home-office-outcomes": Format(
        "Crime outcomes by financial year (Home Office)", home_office_outcomes, "CSV", "area_outcomes", BY_YEAR
    ),
    "home-office-outcomes-by-group": Format(
        "Crime outcomes by financial year and offence group (Home Office)",
        home_office_outcomes_by_group,
        "CSV",
        "area_outcomes_by_group",
        BY_GROUP,
    ),
    "census-demographics": Format(
        "Census 2021 by ward: age, sex, household deprivation (ONS by way of Nomis)",
        census_demographics,
        "JSON",
        "area_census",
        "census-json",
    ),
    "area-outlines": Format(
        "Boundaries of official areas (ONS Open Geography)", area_outlines, "GeoJSON", "area_outlines", "geojson"
    ),
    "ris": Format("References as RIS, of any database or reference manager", ris, "export.ris", "records", "ris"),
    "endnote-xml": Format("References of EndNote", endnote_xml, "library.xml", "records", "endnote-xml"),
    "pubmed-nbib": Format("References of PubMed", pubmed_nbib, "pubmed-set.nbib", "records", "pubmed-nbib"),
    "embase-csv": Format("References of Embase as CSV", embase_csv, "records.csv", "records", EMBASE),
    "scopus-csv": Format("References of Scopus as CSV", scopus_csv, "scopus.csv", "records", SCOPUS),
    "asreview-csv": Format(
        "References with or without screening labels, as ASReview reads and writes them",
        asreview_csv,
        "CSV with a column title",
        "records",
        ASREVIEW_TITLES,
    ),
}


def read(format: str, path: Path | str) -> Imported:
    """Read a published file of a named format.

    Problems of the file's content come back in `Imported.problems`; with an error among them the table has no rows.
    Raises `UnknownName` for a format that is not known.
    """
    if format not in FORMATS:
        raise UnknownName(f"No format is called {format}.", nearest(format, FORMATS))
    path = Path(path)
    found = FORMATS[format].read(path)
    if not found.errors or len(found.table.columns):
        return found
    others = [name for name in recognised(path) if name != format]
    if not others:
        return found
    hint = Problem(
        path.name, None, "", f"This looks like a file of the format {' or '.join(others)}.", "Name that one."
    )
    return Imported(found.table, [hint, *found.problems], found.left_out)


def recognised(path: Path | str) -> list[str]:
    """The formats whose columns or keys a file has, in order of name; none for a file that can't be read."""
    return sorted(name for name, entry in FORMATS.items() if looks_like(Path(path), entry.looks))
