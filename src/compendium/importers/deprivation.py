"""English Indices of Deprivation, editions of 2019 and 2025: no column holds both without `edition` beside it."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from compendium.importers.layout import Layout, layout, rows_of
from compendium.importers.reading import Imported, Reading, Row, importer

# our name -> names of the domain: in "File 7" of the publisher, in the R package IMD (2019, 2025);
# decile 1 is the most deprived tenth
DOMAINS = {
    "imd": ("Index of Multiple Deprivation (IMD)", "IMD"),
    "income": ("Income", "Income"),
    "employment": ("Employment", "Employment"),
    "education": ("Education, Skills and Training", "Education"),
    "health": ("Health Deprivation and Disability", "Health"),
    "crime": ("Crime", "Crime"),
    "housing": ("Barriers to Housing and Services", "Housing_and_Access", "Housing_and_Services"),
    "environment": ("Living Environment", "Environment"),
}
DECILE, RANK = " Decile (where 1 is most deprived 10% of LSOAs)", " Rank (where 1 is most deprived)"
OTHERS = {
    "LSOA name .*|Local Authority District .*": "names and authorities: by lookup",
    ".*[_ ][Rr]ank.*": "ranks of domains: their deciles are kept",
    ".*[_ ][Ss]core.*": "scores of domains: their deciles are kept",
    ".* Decile .*": "supplementary indices and sub-domains",
    "(Total|Older|Working age) population.*|Dependent Children.*": "residents: there are newer tables of them",
}


def _edition(edition: int) -> Layout:
    """The columns of an edition: codes, the deciles of all domains, rank and score of the index."""
    vintage = {2019: 2011, 2025: 2021}[edition]
    also: dict[str, tuple[str, ...]] = {"area_code": (f"lsoa{vintage - 2000}_code", f"LSOA code ({vintage})")}
    for ours, (published, *short) in DOMAINS.items():
        names = short if len(short) == 1 else [short[edition == 2025]]
        also[f"{ours}_decile"] = (*(f"{name}_decile" for name in names), published + DECILE)
    also["imd_rank"] = ("IMD_rank", DOMAINS["imd"][0] + RANK)
    also["imd_score"] = ("IMD_score", DOMAINS["imd"][0] + " Score")
    optional = ("imd_score",) if edition == 2019 else ()
    return Layout(also, OTHERS, optional=optional)


EDITIONS = {edition: _edition(edition) for edition in (2019, 2025)}
SMALL_AREAS = {2019: 32_844, 2025: 33_755}  # LSOAs of England in each edition: the last rank
LSOA = r"E01\d{6}"


def _small_areas(reading: Reading, path: Path, edition: int, vintage: int) -> pd.DataFrame:
    records = []
    for row in rows_of(reading, path, EDITIONS[edition]):
        record: dict[str, object] = {
            "area_code": reading.code(row, "area_code", LSOA, f"a code of an LSOA of {vintage}"),
            "vintage": vintage,
            "edition": edition,
            "imd_rank": reading.between(row, "imd_rank", 1, SMALL_AREAS[edition]),
            "imd_score": reading.decimal(row, "imd_score") if "imd_score" in row.cells else math.nan,
        }
        record |= {f"{ours}_decile": reading.between(row, f"{ours}_decile", 1, 10) for ours in DOMAINS}
        _check_decile(reading, row, record["imd_rank"], record["imd_decile"], edition)
        records.append(record)
    table = pd.DataFrame(records)
    _refuse_repeats(reading, table, "area_code")
    return table


def _check_decile(reading: Reading, row: Row, rank: object, decile: object, edition: int) -> None:
    """The decile follows from the rank: a rank in the first tenth of England is decile 1."""
    if isinstance(rank, int) and isinstance(decile, int) and (rank - 1) * 10 // SMALL_AREAS[edition] + 1 != decile:
        reading.refuse(
            f"Rank {rank} does not lie in decile {decile} of edition {edition}.", row=row.number, column="imd_decile"
        )


def _refuse_repeats(reading: Reading, table: pd.DataFrame, column: str) -> None:
    if not table.empty:
        for code in sorted(set(table.loc[table["area_code"].duplicated(), "area_code"]) - {""}):
            reading.refuse(f"{code} stands in the file more than once.", column=column)


def imd_2019(path: Path) -> Imported:
    """Indices of Deprivation 2019 by LSOA of 2011: `area_code`, `vintage`, `edition`, `imd_rank`, `imd_score` (empty:
    the file has none), and a decile for the index and each of seven domains, 1 the most deprived tenth of England.
    """
    return importer(lambda reading, file: _small_areas(reading, file, 2019, 2011))(path)


def imd_2025(path: Path) -> Imported:
    """Indices of Deprivation 2025 by LSOA of 2021: the columns of `imd_2019`, with the score."""
    return importer(lambda reading, file: _small_areas(reading, file, 2025, 2021))(path)


LAD_COLUMNS = {
    "imd_average_score": "average_score",
    "imd_rank_of_average_score": "rank_of_average_score",
    "imd_proportion_of_lso_as_in_most_deprived_10_percent_nationally": "share_most_deprived_tenth",
    "imd_rank_of_proportion_of_lso_as_in_most_deprived_10_percent_nationally": "rank_of_share",
    "imd25_extent": "extent",
    "imd25_rank_of_extent": "rank_of_extent",
}
SUMMARIES = layout(
    "ltla24_code",
    "ltla24_name",
    *LAD_COLUMNS,
    left_out={".+": "a summary of a domain, or another one of the index: score, share and extent are kept"},
)


@importer
def imd_2025_lad(reading: Reading, path: Path) -> pd.DataFrame:
    """Summaries of the Indices of Deprivation 2025 by local authority of 2024: values and, apart from them, their
    ranks.

    Columns: `area_code`, `area_name`, `vintage`, `edition`, and those of `LAD_COLUMNS`; rank 1 is the most deprived.
    """
    records = []
    for row in rows_of(reading, path, SUMMARIES):
        record: dict[str, object] = {
            "area_code": reading.code(row, "ltla24_code", r"E0[6-9]\d{6}", "a code of a local authority"),
            "area_name": row["ltla24_name"],
            "vintage": 2024,
            "edition": 2025,
        }
        for published, ours in LAD_COLUMNS.items():
            is_rank = ours.startswith("rank")
            record[ours] = reading.between(row, published, 1, 296) if is_rank else reading.decimal(row, published)
        records.append(record)
    table = pd.DataFrame(records)
    _refuse_repeats(reading, table, "ltla24_code")
    return table
