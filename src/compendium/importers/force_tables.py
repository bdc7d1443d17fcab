"""Police Force Area data tables of ONS, older layout: a workbook with titles and groups above each header."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from compendium.importers.reading import LARGEST_FILE, Reading, UnreadableError, importer

SHEETS = {"Table P1": "number of offences", "Table P3": "population, households and rates"}
COLUMNS = ["table", "area_code", "area_name", "level", "measure", "value", "mark"]
MARKS = {"..": "not available", "-": "not calculated", "+": "not meaningful"}
LEVELS = {"K04": "country", "E92": "country", "W92": "country", "E12": "region", "E23": "force", "W15": "force"}
STUCK_NOTES = re.compile(  # `ENGLAND AND WALES7,8`, `(excluding fraud3)`, `(mid-2018)3 rounded to 100`
    r"(?<=[A-Za-z)])\s?\d{1,2}(,\d{1,2})*(?=\)|$)|(?<=\))\d{1,2}(?=\s)"
)
Cells = tuple[Any, ...]


@importer
def ons_pfa_workbook(reading: Reading, path: Path) -> pd.DataFrame:
    """Tables P1 and P3 of the workbook, a row an area and measure.

    Columns: `table`, `area_code` (empty for the British Transport Police, which has no area), `area_name`, `level`
    (country, region, force, body), `measure` (as printed, without note numbers), `value`, `mark` (`..` not available,
    `-` not calculated: `value` is empty then). England and Wales leave out Greater Manchester, which gave no figures.
    """
    book = _open(reading, path)
    titles = {sheet.title.strip(): sheet for sheet in book.worksheets}  # some end in blanks
    records: list[tuple[object, ...]] = []
    for name in SHEETS:
        if name not in titles:
            reading.refuse(f"The workbook has no sheet called {name}.", remedy="Is it a Police Force Area workbook?")
            continue
        rows = [tuple(row) for row in titles[name].iter_rows(values_only=True)]
        records += _sheet(reading, name, rows)
    table = pd.DataFrame(records, columns=COLUMNS).astype({"value": "float64"})
    without = sorted(set(table.loc[table["mark"] == "..", "area_name"]))
    if without:
        reading.remark(f"Not available, and not in the totals above them: {', '.join(without)}.")
    return table


def _open(reading: Reading, path: Path) -> openpyxl.Workbook:
    if not path.is_file():
        raise reading.stop("There is no such file.", "Check the path.")
    if not path.read_bytes().strip():
        raise reading.stop("The file is empty.", "Fetch it again from its publisher.")
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_FILE:
                raise reading.stop("The workbook unpacks to far more than it is.", "Fetch it from its publisher.")
        return openpyxl.load_workbook(path, data_only=True, keep_links=False)
    except UnreadableError:
        raise
    except (ValueError, KeyError, OSError, TypeError, AttributeError, SyntaxError, zipfile.BadZipFile) as error:
        raise reading.stop("This is not a workbook that can be read.", "Fetch it as .xlsx.") from error


def _sheet(reading: Reading, name: str, rows: list[Cells]) -> Iterator[tuple[object, ...]]:
    head = next((number for number, row in enumerate(rows) if str(row[0] or "").startswith("Area Code")), None)
    if head is None or head == 0:
        reading.refuse(f"{name} has no header row that begins with Area Code.")
        return
    measures = _measures(rows[head - 1], rows[head])
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        if str(row[0] or "").startswith("Source"):
            return
        if row[1]:  # the row of units below the header has no name
            yield from _area(reading, name, number, row, measures)
    reading.refuse(f"{name} ends without its line of sources: rows may be missing.")


def _measures(groups: Cells, header: Cells) -> dict[int, str]:
    """The measure of each column: its header, or the group above it where the header is empty."""
    found = {}
    for column in range(2, len(header)):
        text = header[column] or groups[column]
        if text:
            found[column] = STUCK_NOTES.sub("", " ".join(str(text).split()))
    return found


def _area(
    reading: Reading, name: str, number: int, row: Cells, measures: dict[int, str]
) -> Iterator[tuple[object, ...]]:
    code = str(row[0] or "").strip()
    level = LEVELS.get(code[:3], "") if code else "body"
    area = STUCK_NOTES.sub("", " ".join(str(row[1]).split()))
    if not level or (code and not re.fullmatch(r"[EWK]\d{8}", code)):
        reading.refuse(f"{name}: {code[:20]!r} is not a code of a country, region or force.", row=number)
        return
    for column, measure in measures.items():
        cell = row[column]
        mark = str(cell).strip() if isinstance(cell, str) else ""
        if mark in MARKS:
            yield name, code, area, level, measure, None, mark
        elif isinstance(cell, int | float) and not isinstance(cell, bool):
            yield name, code, area, level, measure, float(cell), ""
        else:
            reading.refuse(
                f"{name}, {area}: neither a number nor one of {', '.join(MARKS)}.", row=number, column=measure
            )
