"""English Indices of Deprivation, editions of 2019 and 2025: no column holds both without `edition` beside it."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from compendium.importers.reading import Imported, Reading, Row, importer, rows_of

# our name -> name of the domain in the files of 2019 and of 2025; decile 1 is the most deprived tenth
DOMAINS = {
    "imd": ("IMD", "IMD"),
    "income": ("Income", "Income"),
    "employment": ("Employment", "Employment"),
    "education": ("Education", "Education"),
    "health": ("Health", "Health"),
    "crime": ("Crime", "Crime"),
    "housing": ("Housing_and_Access", "Housing_and_Services"),
    "environment": ("Environment", "Environment"),
}
SMALL_AREAS = {2019: 32_844, 2025: 33_755}  # LSOAs of England in each edition: the last rank
LSOA = r"E01\d{6}"


def _small_areas(reading: Reading, path: Path, edition: int, code: str, vintage: int) -> pd.DataFrame:
    names = {ours: published[0 if edition == 2019 else 1] for ours, published in DOMAINS.items()}
    needed = [f"{name}_{what}" for name in names.values() for what in ("decile", "rank")]
    scored = edition == 2025
    records = []
    for row in rows_of(reading, path, [code, *needed, *(["IMD_score"] if scored else [])]):
        record: dict[str, object] = {
            "area_code": reading.code(row, code, LSOA, f"a code of an LSOA of {vintage}"),
            "vintage": vintage,
            "edition": edition,
            "imd_rank": reading.between(row, "IMD_rank", 1, SMALL_AREAS[edition]),
            "imd_score": reading.decimal(row, "IMD_score") if scored else math.nan,
        }
        record |= {f"{ours}_decile": reading.between(row, f"{name}_decile", 1, 10) for ours, name in names.items()}
        _check_decile(reading, row, record["imd_rank"], record["imd_decile"], edition)
        records.append(record)
    table = pd.DataFrame(records)
    _refuse_repeats(reading, table, code)
    return table


def _check_decile(reading: Reading, row: Row, rank: object, decile: object, edition: int) -> None:
    """The decile follows from the rank: a rank in the first tenth of England is decile 1."""
    if isinstance(rank, int) and isinstance(decile, int) and (rank - 1) * 10 // SMALL_AREAS[edition] + 1 != decile:
        reading.refuse(
            f"Rank {rank} does not lie in decile {decile} of edition {edition}.", row=row.number, column="IMD_decile"
        )


def _refuse_repeats(reading: Reading, table: pd.DataFrame, column: str) -> None:
    if not table.empty:
        for code in sorted(set(table.loc[table["area_code"].duplicated(), "area_code"]) - {""}):
            reading.refuse(f"{code} stands in the file more than once.", column=column)


def imd_2019(path: Path) -> Imported:
    """Indices of Deprivation 2019 by LSOA of 2011: `area_code`, `vintage`, `edition`, `imd_rank`, `imd_score` (empty:
    the file has none), and a decile for the index and each of seven domains, 1 the most deprived tenth of England.
    """
    return importer(lambda reading, file: _small_areas(reading, file, 2019, "lsoa11_code", 2011))(path)


def imd_2025(path: Path) -> Imported:
    """Indices of Deprivation 2025 by LSOA of 2021: the columns of `imd_2019`, with the score."""
    return importer(lambda reading, file: _small_areas(reading, file, 2025, "lsoa21_code", 2021))(path)


LAD_COLUMNS = {
    "imd_average_score": "average_score",
    "imd_rank_of_average_score": "rank_of_average_score",
    "imd_proportion_of_lso_as_in_most_deprived_10_percent_nationally": "share_most_deprived_tenth",
    "imd_rank_of_proportion_of_lso_as_in_most_deprived_10_percent_nationally": "rank_of_share",
    "imd25_extent": "extent",
    "imd25_rank_of_extent": "rank_of_extent",
}


@importer
def imd_2025_lad(reading: Reading, path: Path) -> pd.DataFrame:
    """Summaries of the Indices of Deprivation 2025 by local authority of 2024: values and, apart from them, their
    ranks.

    Columns: `area_code`, `area_name`, `vintage`, `edition`, and those of `LAD_COLUMNS`; rank 1 is the most deprived.
    """
    records = []
    for row in rows_of(reading, path, ["ltla24_code", "ltla24_name", *LAD_COLUMNS]):
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
