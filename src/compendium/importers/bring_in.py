"""An official file as published becomes a table of a locality: read, cut to the locality, checked, written whole.

`planned` reads and decides, and changes nothing; `carry_out` writes what was planned.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from compendium import dictionary
from compendium.dictionary import Dictionaries, Dictionary
from compendium.errors import InputRefused, Problem, UnknownName, nearest
from compendium.importers import FORMATS, Format
from compendium.importers.carry_over import as_csv
from compendium.importers.editions import Merged, csv_of_rows, merge, rows_of_csv
from compendium.importers.outlines import as_text
from compendium.importers.together import write_together
from compendium.locality import FILE, Locality
from compendium.locality.naming import with_sources

FOLDER = "data/official"
# of these only the small areas of the locality are kept, when its lookups say which those are
CUT_TO_THE_LOCALITY = ("area_incidents", "area_population_official")
FROM_THE_FORCE = ("area_code", "area_name")  # a file about one force does not name it in each row


@dataclass(frozen=True, repr=False)
class Plan:
    """What an import would write, and what a person should know before it does."""

    format: str
    source: str  # name of the publisher's file
    table: str
    file: str  # below the locality's folder
    text: str
    read: int
    left_out: tuple[str, ...]
    filled_in: tuple[str, ...]
    remarks: tuple[Problem, ...]
    merged: Merged
    settings: str | None  # new text of locality.yml; None: the source is named there already

    @property
    def changes(self) -> bool:
        return bool(self.merged.added or self.merged.gone or self.merged.changed or self.settings is not None)


def planned(format: str, path: Path, locality: Locality, dictionaries: Dictionaries, *, replace: bool = False) -> Plan:
    """Read a publisher's file for a locality.

    Raises `InputRefused` with every problem of the file by row and column, when the table would break its dictionary,
    or when rows of an edition that is there already would become others and `replace` is false; `UnknownName` for a
    format that nobody knows or that fills no table.
    """
    known = _format(format)
    described = dictionaries.named(known.table)
    imported = known.read(path)
    table = imported.accepted()
    if known.table == "area_outlines":
        table = as_text(table)
    table, filled_in = _completed(table, described, locality, path)
    kept, left_out = _cut(table, known.table, locality, dictionaries)
    target = _target(known.table, locality, dictionaries)
    header, new = rows_of_csv(as_csv(kept[list(described.names)]))
    before = _before(target, header, replace=replace)
    merged = merge(known.table, header, described.primary_key, before, new)
    if merged.replaces and not replace:
        raise InputRefused(_already_there(merged, target.name, locality))
    text = csv_of_rows(header, merged.rows)
    _refuse_what_breaks(text, described, path.name)
    return Plan(
        format=format,
        source=path.name,
        table=known.table,
        file=target.relative_to(locality.folder).as_posix(),
        text=text,
        read=len(table),
        left_out=tuple(left_out),
        filled_in=tuple(filled_in),
        remarks=tuple(problem for problem in imported.problems if problem.level == "warning"),
        merged=merged,
        settings=_settings(known.table, target, locality),
    )


def carry_out(plan: Plan, locality: Locality) -> None:
    """Write the table, and the source line of `locality.yml` when it is new: both or neither."""
    files = {locality.folder / plan.file: plan.text}
    if plan.settings is not None:
        files[locality.folder / FILE] = plan.settings
    write_together(files)


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise UnknownName(f"No format is called {name[:40]}.", nearest(name[:40], FORMATS))
    if not FORMATS[name].table:
        filling = [known for known, format_ in FORMATS.items() if format_.table]
        raise UnknownName(
            f"{name} is read by compendium.importers.read and fills no table of a locality.",
            f"Formats that do: {', '.join(sorted(filling))}.",
        )
    return FORMATS[name]


def _completed(
    table: pd.DataFrame, described: Dictionary, locality: Locality, path: Path
) -> tuple[pd.DataFrame, list[str]]:
    """The table with the columns that its file leaves to the reader: whose figures they are."""
    missing = [name for name in described.names if name not in table.columns]
    told = []
    for name in missing:
        value = {"area_code": locality.force_area.code, "area_name": locality.force_area.name}.get(name)
        if name not in FROM_THE_FORCE or not value:
            message = f"The file does not say {name}, and neither does the locality."
            raise InputRefused(Problem(path.name, None, name, message, f"Set force_area in {FILE} of {locality.id}."))
        table = table.assign(**{name: value})
        told.append(f"{name}: {value}, the force area of {locality.id}; the file names none")
    return table, told


def _cut(
    table: pd.DataFrame, name: str, locality: Locality, dictionaries: Mapping[str, Dictionary]
) -> tuple[pd.DataFrame, list[str]]:
    if name not in CUT_TO_THE_LOCALITY or not locality.area.code:
        return table, []
    inside = _small_areas(locality, dictionaries)
    if not inside:
        return table, []
    small = table["area_code"].str.fullmatch(r"[EW]01\d{6}")
    kept = table[~small | table["area_code"].isin(inside)]
    if kept.empty:
        message = f"None of its {table['area_code'].nunique()} areas lies in {locality.name} ({locality.area.code})."
        raise InputRefused(Problem(column="area_code", message=message, remedy="Is this the file of your area?"))
    outside = table.loc[table.index.difference(kept.index), "area_code"].nunique()
    rows = len(table) - len(kept)
    return kept, [f"{rows:,} rows of {outside:,} small areas outside {locality.area.code}"] if rows else []


def _small_areas(locality: Locality, dictionaries: Mapping[str, Dictionary]) -> frozenset[str]:
    """LSOAs of 2011 and 2021 in the local authority of a locality, as far as its own lookups say."""
    found = locality.source("area_lookup", dictionaries)
    if found is None or not found.path.is_file():
        return frozenset()
    header, rows = rows_of_csv(found.path.read_text(encoding="utf-8"))
    relation, start, end = (header.index(name) for name in ("relation", "from_code", "to_code"))
    here = {row[start] for row in rows if row[relation] == "lsoa11_lad22" and row[end] == locality.area.code}
    return frozenset(here | {row[end] for row in rows if row[relation] == "lsoa11_lsoa21" and row[start] in here})


def _target(table: str, locality: Locality, dictionaries: Dictionaries) -> Path:
    """Where the table is or will be. A source of other provenance is another's table and stays so."""
    named = locality.sources.get(table)
    if named is None:
        return locality.folder / FOLDER / f"{table}.csv"
    found = locality.source(table, dictionaries)
    if named.provenance != "real" or found is None or found.path.suffix.lower() != ".csv":
        message = (
            f"sources: {table} names {named.file} ({named.provenance}), which an official table can't be put into."
        )
        remedy = f"Take the line of {table} out of {FILE}, then import again."
        raise InputRefused(Problem(f"localities/{locality.id}/{FILE}", message=message, remedy=remedy))
    return found.path


def _before(target: Path, header: tuple[str, ...], *, replace: bool) -> list[tuple[str, ...]]:
    if not target.exists():
        return []
    try:
        columns, rows = rows_of_csv(target.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, OSError):
        columns, rows = (), []
    if columns == header and all(len(row) == len(header) for row in rows):
        return rows
    if replace:
        return []
    message = "The file that is there has other columns than this table."
    raise InputRefused(
        Problem(target.name, message=message, remedy="Give --replace to put the new table in its place.")
    )


def _already_there(merged: Merged, file: str, locality: Locality) -> list[Problem]:
    what = "; ".join(merged.editions[:5]) + (
        f" and {len(merged.editions) - 5} more" if len(merged.editions) > 5 else ""
    )
    numbers = f"{merged.changed:,} rows would change, {merged.added:,} come and {merged.gone:,} go"
    message = f"{locality.id} has {what} already: {numbers}. Nothing was written."
    return [Problem(file, message=message, remedy="Give --replace when the new file is the one to keep.")]


def _refuse_what_breaks(text: str, described: Dictionary, file: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / f"{described.name}.csv"
        made.write_text(text, encoding="utf-8")
        _, problems = dictionary.read(made, described, f"{described.name} made from {file}")
    if errors := [problem for problem in problems if problem.level == "error"]:
        raise InputRefused(errors)


def _settings(table: str, target: Path, locality: Locality) -> str | None:
    path = locality.folder / FILE
    text = path.read_text(encoding="utf-8")
    changed = with_sources(text, {table: (target.relative_to(locality.folder).as_posix(), "real")})
    return None if changed == text else changed


def listed() -> Iterator[tuple[str, str, str, str]]:
    """Every format: its name, what it is, an example of the publisher's file, the table it fills (or none)."""
    for name, format_ in FORMATS.items():
        yield name, format_.title, format_.example, format_.table
