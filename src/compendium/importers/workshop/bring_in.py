"""Ratings, votes and coded material come into a locality: added to what is there, never over an earlier round.

`planned_ratings`, `planned_votes` and `planned_codes` read and check, and write nothing; `carry_out` writes all or
nothing. What a file calls people stands in a list beside the records, so that a second round finds them again; the
list is never released.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from compendium import csvfile
from compendium.csvfile import Row
from compendium.dictionary import Dictionaries
from compendium.errors import InputRefused, Problem
from compendium.importers.qdpx import read_qdpx
from compendium.importers.together import refuse_what_breaks
from compendium.importers.workshop import read_ratings, read_votes
from compendium.importers.workshop.held import (
    PEOPLE,
    items_of,
    left_behind,
    links_lost,
    numbers_taken,
    people_of,
    refuse_other_sources,
    rows_of,
)
from compendium.locality import FILE, Locality, Provenance
from compendium.locality.folders import in_checkout
from compendium.locality.naming import with_sources
from compendium.together import write_together

SYNTHETIC = "data/imported"


@dataclass(frozen=True, repr=False)
class Plan:
    """What an import would write (nothing: it is all there), and the account of what was read."""

    files: Mapping[Path, str]
    provenance: Provenance
    account: tuple[tuple[str, str], ...]
    remarks: tuple[Problem, ...]
    room: Path  # the private folder of the locality


@dataclass(frozen=True)
class Wanted:
    """How a file is to be read, as the command says it."""

    provenance: Provenance = "real"
    replace: bool = False
    scale: str = "1-9"
    group: str = ""
    round: str = ""
    sheet: str = ""
    ranks: bool = False
    left_out: tuple[str, ...] = ()


def planned_ratings(path: Path, locality: Locality, dictionaries: Dictionaries, wanted: Wanted) -> Plan:
    """Read ratings for a locality. Raises `InputRefused` with everything that is wrong with the file, or when a rating
    that is there would become another and `replace` is false.
    """
    home = _home(path, locality, wanted.provenance)
    before = rows_of(_file("ratings", home, wanted.provenance), dictionaries["ratings"].names)
    numbers = people_of(home)
    found = read_ratings(
        path,
        items=items_of(locality, dictionaries),
        groups=dictionaries["ratings"].field("stakeholder_group").labels,
        scale=wanted.scale,
        group=wanted.group,
        round_=wanted.round,
        sheet=wanted.sheet,
        left_out=wanted.left_out,
        numbers=numbers,
        taken=numbers_taken(before),
    )
    if found.errors:
        raise InputRefused(found.errors)
    table = found.table
    unable, rounds = int((table["unable"] == "yes").sum()), sorted(table["round"].unique())
    account = [
        ("read", f"{len(table):,} ratings of {table['rater_id'].nunique()} people from {path.name}"),
        ("read", f"round {', '.join(map(str, rounds))}, scale {wanted.scale}; {unable:,} unable to score"),
        ("left out", f"{found.blank:,} empty cells: no answer was given"),
    ]
    added = _added("ratings", table, before, path, wanted)
    return _plan({"ratings": added}, found.people, found.problems, account, home, locality, dictionaries, wanted)


def planned_votes(path: Path, locality: Locality, dictionaries: Dictionaries, wanted: Wanted) -> Plan:
    """Read votes for a locality, as `planned_ratings`."""
    home = _home(path, locality, wanted.provenance)
    before = rows_of(_file("votes", home, wanted.provenance), dictionaries["votes"].names)
    found = read_votes(
        path,
        items=items_of(locality, dictionaries),
        groups=dictionaries["votes"].field("stakeholder_group").labels,
        ranks=wanted.ranks,
        group=wanted.group,
        sheet=wanted.sheet,
        left_out=wanted.left_out,
        numbers=people_of(home),
        taken=numbers_taken(before),
    )
    if found.errors:
        raise InputRefused(found.errors)
    account = [("read", f"{len(found.table):,} votes of {found.table['voter_id'].nunique()} people from {path.name}")]
    added = _added("votes", found.table, before, path, wanted)
    return _plan({"votes": added}, found.people, found.problems, account, home, locality, dictionaries, wanted)


def planned_codes(path: Path, locality: Locality, dictionaries: Dictionaries, wanted: Wanted) -> Plan:
    """Read a REFI-QDA project for a locality: codes and counts. A later export needs `replace`, and keeps the numbers
    of codes whose names are the same.
    """
    home = _home(path, locality, wanted.provenance)
    names = dictionaries["codes"].names
    before = rows_of(_file("codes", home, wanted.provenance), names)
    ids = {row[names.index("label")]: row[names.index("code_id")] for row in before}
    found = read_qdpx(path, ids=ids)
    tables = {"codes": found.codes, "coding_agreement": found.coding_agreement}
    whole = {name: _as_rows(table, dictionaries[name].names) for name, table in tables.items()}
    twice = found.coding_agreement["unit_id"].nunique()
    account = [
        ("read", f"{found.codings:,} codings of {found.sources:,} sources, {found.codes['code_id'].nunique()} codes"),
        ("read", f"{twice:,} passages of sources that two people coded or more"),
        *(("left out", f"{what}: {times:,}") for what, times in found.passed_over.items()),
        ("left out", "every word of every source, memo, description and name of a passage"),
    ]
    for name, rows in whole.items():
        old = rows_of(_file(name, home, wanted.provenance), dictionaries[name].names)
        if old and old != rows and not wanted.replace:
            message = f"{name} is there with {len(old):,} rows; this project gives {len(rows):,}. Nothing was written."
            raise InputRefused(Problem(path.name, message=message, remedy="Give --replace to keep the new one."))
    remarks = [*found.remarks, *links_lost(whole["codes"], locality, dictionaries)]
    return _plan(whole, {}, remarks, account, home, locality, dictionaries, wanted)


def carry_out(plan: Plan) -> None:
    """Write tables, the list of people and the sources of `locality.yml`; real ones are for nobody else to read."""
    private = [file for file in plan.files if file.name != FILE and plan.provenance == "real"]
    write_together(plan.files, plan.room, private=private)


def _plan(
    rows: Mapping[str, Sequence[Row]],
    found_people: Mapping[str, str],
    problems: Sequence[Problem],
    account: Sequence[tuple[str, str]],
    home: Path,
    locality: Locality,
    dictionaries: Dictionaries,
    wanted: Wanted,
) -> Plan:
    texts = {name: csvfile.text_of(dictionaries[name].names, table) for name, table in rows.items() if table}
    refuse_what_breaks(texts, locality, dictionaries)
    files = {_file(name, home, wanted.provenance): text for name, text in texts.items()}
    named = {
        name: (_file(name, home, wanted.provenance).relative_to(_root(locality, wanted.provenance)).as_posix(),
               wanted.provenance)
        for name in texts
    }  # fmt: skip
    if not wanted.replace:
        refuse_other_sources(named, locality)
    if found_people:
        by_number = sorted(found_people.items(), key=lambda one: one[1])
        files[home / PEOPLE] = csvfile.text_of(("called", "number"), by_number)
    settings = locality.folder / FILE
    files[settings] = with_sources(settings.read_text(encoding="utf-8"), named)
    same = all(file.is_file() and file.read_bytes() == text.encode("utf-8") for file, text in files.items())
    account = [*account, *(("holds", f"{name}: {len(table):,} rows afterwards") for name, table in rows.items())]
    remarks = [
        *(problem for problem in problems if problem.level == "warning"),
        *left_behind(named, locality, wanted.provenance),
    ]
    return Plan({} if same else files, wanted.provenance, tuple(account), tuple(remarks), locality.room)


def _root(locality: Locality, provenance: Provenance) -> Path:
    return locality.records if provenance == "real" and locality.records else locality.folder


def _home(path: Path, locality: Locality, provenance: Provenance) -> Path:
    if provenance != "real":
        return locality.folder / SYNTHETIC
    if in_checkout(path, locality.root):
        message = "A file of real answers lies inside the checkout."
        raise InputRefused(Problem(path.name, message=message, remedy="Move it out; with --synthetic it may stay."))
    if locality.records is None or not locality.safe_records:
        message = "The locality names no data_root outside the checkout, where real records could go."
        raise InputRefused(Problem(f"localities/{locality.id}/{FILE}", message=message, remedy="Set data_root."))
    return locality.records


def _file(table: str, home: Path, provenance: Provenance) -> Path:
    return home / (f"{table}.csv" if provenance == "real" else f"{table}.{provenance}.csv")


def _as_rows(table: pd.DataFrame, names: Sequence[str]) -> list[Row]:
    return [tuple("" if pd.isna(cell) else str(cell) for cell in row) for row in table[list(names)].itertuples(False)]


def _added(name: str, table: pd.DataFrame, before: Sequence[Row], path: Path, wanted: Wanted) -> list[Row]:
    """The rows that are there with the new ones beside them. A row that would become another needs `replace`."""
    key = 3 if name == "ratings" else 2  # columns: person, round and item; person and item
    order = (0, 2, 3) if name == "ratings" else (0, 2)
    new = _as_rows(table, list(table.columns))
    at = {tuple(row[index] for index in order[:key]): row for row in before}
    changed = 0
    for row in new:
        place = tuple(row[index] for index in order[:key])
        changed += place in at and at[place] != row
        at[place] = row
    if changed and not wanted.replace:
        message = f"{changed:,} answers of {name} are there already and would become others. Nothing was written."
        remedy = "Was another round meant (--round)? Give --replace to put the new ones in their place."
        raise InputRefused(Problem(path.name, message=message, remedy=remedy))
    return [at[place] for place in sorted(at, key=lambda one: (one[1], one[0], *one[2:]) if name == "ratings" else one)]
