"""Police Force Area data tables of ONS: the workbook of tables P1, P2 …, in the layouts of before and since about 2022.

Before: title, unit and groups of columns above the header, footnote digits stuck to names, notes below the last row.
Since: title, notes and links above one header row, `[note 4]` in names, shorthand such as `[x]`, nothing below.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from compendium.importers.files import sheet_names, sheets_of
from compendium.importers.reading import Reading, importer

SHEET = re.compile(r"Table P\d{1,2}[a-z]?", re.IGNORECASE)
COLUMNS = ["table", "area_code", "area_name", "level", "measure", "value", "mark"]
MARKS = {
    "..": "not available",
    "-": "not calculated",
    "+": "not meaningful",
    "NA": "not available",
    "[x]": "not available",
    "[z]": "not applicable",
    "[c]": "confidential",
    "[low]": "rounds to nothing",
}
LEVELS = {"K04": "country", "E92": "country", "W92": "country", "E12": "region", "E23": "force", "W15": "force"}
FORCES = 43  # territorial police forces of England and Wales
STUCK_NOTES = re.compile(  # `ENGLAND AND WALES7,8`, `(excluding fraud3)`, `(mid-2018)3 rounded to 100`, `[note 4]`
    r"(?<=[A-Za-z)])\s?\d{1,2}(,\d{1,2})*(?=\)|$)|(?<=\))\d{1,2}(?=\s)|\s*\[note \d+\]"
)
NUMBER = re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
Cells = tuple[Any, ...]


@importer
def ons_pfa_workbook(reading: Reading, path: Path) -> pd.DataFrame:
    """Every table P of the workbook, a row an area and measure.

    Columns: `table`, `area_code` (empty for the British Transport Police, which has no area), `area_name`, `level`
    (country, region, force, part: a country or region without one force, body), `measure` (as printed, without notes;
    with the group above it where headers repeat), `value`, `mark` (one of `MARKS`: `value` is empty then). England
    and Wales leave out forces that gave no figures: they are named in a remark, as are totals that miss their parts.
    """
    names = sheet_names(reading, path)
    records: list[tuple[object, ...]] = []
    for name, rows in sheets_of(reading, path, SHEET.pattern):
        records += _sheet(reading, name, [(*row, "", "") for row in rows])  # however narrow: a code and a name
    others = [name for name in names if not SHEET.fullmatch(name)]
    reading.left_out |= {f"sheet {name}": "not a table by police force area" for name in others}
    if len(others) == len(names):
        reading.refuse("The workbook has no sheet called Table P1.", remedy="Is it a Police Force Area workbook?")
    table = pd.DataFrame(records, columns=COLUMNS).astype({"value": "float64"})
    _remark_on(reading, table)
    return table


def _sheet(reading: Reading, name: str, rows: list[Cells]) -> Iterator[tuple[object, ...]]:
    head = next((at for at, row in enumerate(rows) if re.match(r"\s*Area Codes?\b", _text(row[0]), re.I)), None)
    if head is None or head == 0:
        reading.refuse(f"{name} has no header row that begins with Area Code.")
        return
    measures = _measures(rows[head - 1], rows[head])
    closed = any(_text(row[0]).startswith("Source") for row in rows[:head])
    areas: set[tuple[str, str]] = set()
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        if _text(row[0]).startswith("Source"):
            closed = True
            break
        if not _text(row[0]) and not _text(row[1]):  # blank, or the units below the header
            continue
        area = (_text(row[0]), STUCK_NOTES.sub("", _text(row[1])))
        if area in areas:
            reading.refuse(f"{name}: {area[1][:40]} stands in the table more than once.", row=number)
        areas.add(area)
        yield from _area(reading, name, number, row, measures)
    if not closed:
        reading.refuse(f"{name} has no line of sources, above or below: rows may be missing.")


def _text(cell: Any) -> str:
    return " ".join(str(cell).split()) if cell is not None else ""


def _measures(groups: Cells, header: Cells) -> dict[int, str]:
    """The measure of each column: its header, or the group above it where the header is empty.

    Where headers repeat (`Number`, `%` under each offence) every measure is written `group: header`.
    """
    heads = [STUCK_NOTES.sub("", _text(cell)) for cell in header]
    above = [STUCK_NOTES.sub("", _text(cell)) for cell in groups] + [""] * len(header)
    repeated = max(Counter(head for head in heads[2:] if head).values(), default=0) > 1
    found: dict[int, str] = {}
    group = ""
    for column in range(2, len(header)):
        group = above[column] or group
        if repeated and heads[column]:
            found[column] = f"{group.rstrip(':')}: {heads[column]}"
        elif heads[column] or above[column]:
            found[column] = heads[column] or above[column]
    return found


def _area(
    reading: Reading, name: str, number: int, row: Cells, measures: dict[int, str]
) -> Iterator[tuple[object, ...]]:
    code = _text(row[0])
    area = STUCK_NOTES.sub("", _text(row[1]))
    level = LEVELS.get(code[:3], "") if code else "part" if "(excluding" in area else "body"
    if not level or (code and not re.fullmatch(r"[EWK]\d{8}", code)):
        reading.refuse(f"{name}: {code[:20]!r} is not a code of a country, region or force.", row=number)
        return
    for column, measure in measures.items():
        cell = row[column] if column < len(row) else None
        written = _text(cell)
        if written in MARKS:
            yield name, code, area, level, measure, None, written
        elif NUMBER.fullmatch(written) or (isinstance(cell, int | float) and not isinstance(cell, bool)):
            yield name, code, area, level, measure, float(written.replace(",", "")), ""
        else:
            reading.refuse(
                f"{name}, {area[:40]}: neither a number nor one of {', '.join(MARKS)}.", row=number, column=measure
            )


def _remark_on(reading: Reading, table: pd.DataFrame) -> None:
    without = sorted(set(table.loc[table["mark"].isin(["..", "[x]"]) & (table["level"] == "force"), "area_name"]))
    if without:
        reading.remark(f"Not available in some table, and not in the totals above them: {', '.join(without)}.")
    for name, rows in table.groupby("table"):
        forces = rows.loc[rows["level"] == "force", "area_code"].nunique()
        if forces != FORCES:
            reading.remark(f"{name} has {forces} police forces of {FORCES}.")
        for measure, cells in rows.groupby("measure", sort=False):
            if (cells["value"].dropna() % 1 == 0).all() and cells["value"].max() >= 100:
                _check_sums(reading, str(name), str(measure), cells)


def _check_sums(reading: Reading, name: str, measure: str, cells: pd.DataFrame) -> None:
    """Remark where a region or Wales misses the sum of the forces that stand below it; cells stay as printed."""
    above: tuple[str, float] | None = None
    added = 0.0
    for code, area, level, value in _closed(cells):
        if level == "force":
            added += 0.0 if math.isnan(value) else value
            continue
        if above and added and added != above[1]:
            reading.remark(
                f"{name}, {above[0]}: {above[1]:.0f} printed, {added:.0f} when its forces are added.", column=measure
            )
        above, added = (area, value) if level == "region" or code.startswith("W92") else None, 0.0


def _closed(cells: pd.DataFrame) -> Sequence[tuple[str, str, str, float]]:
    rows = list(cells[["area_code", "area_name", "level", "value"]].itertuples(index=False, name=None))
    return [*rows, ("", "", "end", 0.0)]
