"""An official file as published becomes a table of a locality: read, cut to the locality, checked, written whole.

`planned` reads and decides, and changes nothing; `carry_out` writes what was planned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from compendium import csvfile
from compendium.dictionary import Dictionaries, Dictionary
from compendium.dictionary.tables import refuse_what_breaks
from compendium.errors import InputRefused, Problem, UnknownName, nearest
from compendium.importers import FORMATS, Format, read
from compendium.importers.carry_over import as_csv
from compendium.importers.editions import Merged, merge
from compendium.importers.outlines import as_text
from compendium.locality import FILE, Locality, Place
from compendium.locality.naming import with_sources
from compendium.together import write_together

FOLDER = "data/official"
# of these only the small areas of the locality and the districts of its force are kept, if its lookups name them
CUT_TO_THE_LOCALITY = ("area_incidents", "area_population_official")
SMALL_AREA, DISTRICT = r"[EW]01\d{6}", r"[EW]0[6-9]\d{6}"
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


def planned(
    format: str,
    path: Path,
    locality: Locality,
    dictionaries: Dictionaries,
    *,
    replace: bool = False,
    area: Place | None = None,
) -> Plan:
    """Read a publisher's file for a locality; `area` says whose figures these are when the file does not.

    Raises `InputRefused` with every problem of the file by row and column, when the table would break its dictionary,
    or when rows of an edition that is there already would become others and `replace` is false; `UnknownName` for a
    format that nobody knows or that fills no table.
    """
    known = _format(format)
    described = dictionaries.named(known.table)
    imported = read(format, path)
    table = imported.accepted()
    if known.table == "area_outlines":
        table = as_text(table)
    table, filled_in = _completed(table, described, locality, path, area)
    kept, left_out = _cut(table, known.table, locality, dictionaries)
    target = _target(known.table, locality, dictionaries)
    header, new = csvfile.rows_of(as_csv(kept[list(described.names)]))
    before = _before(target, header, replace=replace)
    merged = merge(known.table, header, described.primary_key, before, new)
    if merged.replaces and not replace:
        raise InputRefused(_already_there(merged, target.name, locality))
    text = csvfile.text_of(header, merged.rows)
    refuse_what_breaks(text, described, path.name)
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
    write_together(files, locality.room)


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
    table: pd.DataFrame, described: Dictionary, locality: Locality, path: Path, area: Place | None
) -> tuple[pd.DataFrame, list[str]]:
    """The table with the columns that its file leaves to the reader: whose figures they are."""
    missing = [name for name in described.names if name not in table.columns]
    if area and not missing:
        message = "The file says itself whose figures these are."
        raise InputRefused(Problem(path.name, message=message, remedy="Leave out --area and --area-code."))
    whose, said = (area, "as told") if area else (locality.force_area, f"the force area of {locality.id}")
    told = []
    for name in missing:
        value = {"area_code": whose.code, "area_name": whose.name}.get(name, "")
        may_be_empty = area is not None and not described.field(name).constraints.required
        if name not in FROM_THE_FORCE or not (value or may_be_empty):
            message = f"The file does not say {name}, and neither does the locality."
            remedy = f"Give --area and --area-code, or set force_area in {FILE} of {locality.id}."
            raise InputRefused(Problem(path.name, None, name, message, remedy))
        table = table.assign(**{name: value})
        told.append(f"{name}: {value or 'empty'}, {said}; the file names none")
    return table, told


def _cut(
    table: pd.DataFrame, name: str, locality: Locality, dictionaries: Mapping[str, Dictionary]
) -> tuple[pd.DataFrame, list[str]]:
    """The rows of the locality's small areas and of the districts of its force, as far as its lookups say which."""
    if name not in CUT_TO_THE_LOCALITY:
        return table, []
    pairs = _lookups(locality, dictionaries)
    kept, told = table, []
    for kind, pattern, inside, where in (
        ("small areas", SMALL_AREA, _small_areas(pairs, locality.area.code), locality.area.code),
        ("districts", DISTRICT, _districts(pairs, locality.force_area.code), locality.force_area.code),
    ):
        outside = kept["area_code"].str.fullmatch(pattern) & ~kept["area_code"].isin(inside)
        if inside and outside.any():
            areas = kept.loc[outside, "area_code"].nunique()
            told.append(f"{int(outside.sum()):,} rows of {areas:,} {kind} outside {where}")
            kept = kept[~outside]
    if kept.empty:
        message = f"None of its {table['area_code'].nunique():,} areas lies in {locality.name}."
        raise InputRefused(Problem(column="area_code", message=message, remedy="Is this the file of your area?"))
    return kept, told


Pairs = Mapping[str, list[tuple[str, str]]]  # relation -> from, to


def _lookups(locality: Locality, dictionaries: Mapping[str, Dictionary]) -> Pairs:
    found = locality.source("area_lookup", dictionaries)
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    if found is not None and found.path.is_file():
        header, rows = csvfile.rows_of(found.path.read_text(encoding="utf-8"))
        relation, start, end = (header.index(name) for name in ("relation", "from_code", "to_code"))
        for row in rows:
            pairs[row[relation]].append((row[start], row[end]))
    return pairs


def _small_areas(pairs: Pairs, authority: str) -> frozenset[str]:
    """LSOAs of 2011 and 2021 in a local authority."""
    here = {area for area, above in pairs["lsoa11_lad22"] if above == authority}
    return frozenset(here | {later for area, later in pairs["lsoa11_lsoa21"] if area in here})


def _districts(pairs: Pairs, force: str) -> frozenset[str]:
    """Local authorities in a police force area, by way of their partnerships."""
    partnerships = {area for area, above in pairs["csp24_pfa24"] if above == force}
    return frozenset(area for area, above in pairs["lad24_csp24"] if above in partnerships)


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
        columns, rows = csvfile.rows_of(target.read_text(encoding="utf-8"))
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


def _settings(table: str, target: Path, locality: Locality) -> str | None:
    path = locality.folder / FILE
    text = path.read_text(encoding="utf-8")
    changed = with_sources(text, {table: (target.relative_to(locality.folder).as_posix(), "real")})
    return None if changed == text else changed


def listed() -> Iterator[tuple[str, str, str, str]]:
    """Every format: its name, what it is, an example of the publisher's file, the table it fills (or none)."""
    for name, format_ in FORMATS.items():
        yield name, format_.title, format_.example, format_.table
