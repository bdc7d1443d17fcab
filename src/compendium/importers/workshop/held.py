"""What a locality holds of its workshops already: rows, people, priorities, links; and what would not fit with them."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from compendium import csvfile, dictionary
from compendium.csvfile import Row
from compendium.dictionary import Dictionaries
from compendium.errors import InputRefused, Problem, refuse_errors
from compendium.importers.workshop import people
from compendium.locality import FILE, Locality, Provenance

PEOPLE = "workshop_people.csv"  # what files call people, and their number in the tables


def rows_of(file: Path, header: Collection[str]) -> list[Row]:
    """The rows of a file of ours, none when there is no file. Raises `InputRefused` for other columns than `header`."""
    if not file.is_file():
        return []
    columns, rows = csvfile.rows_of(file.read_text(encoding="utf-8"))
    if list(columns) != list(header):
        message = "The file that is there has other columns than this table."
        raise InputRefused(Problem(file.name, message=message, remedy="Run compendium check and mend it first."))
    return rows


def people_of(home: Path) -> dict[str, str]:
    """Number by what files call people, from earlier imports."""
    file = home / PEOPLE
    if not file.is_file():
        return {}
    rows = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline=""))
    return {people.plain(row["called"]): row["number"] for row in rows}


def numbers_taken(rows: Sequence[Row]) -> set[str]:
    """Numbers of people that rows on record hold: each begins with one."""
    return {row[0] for row in rows}


def items_of(locality: Locality, dictionaries: Dictionaries) -> dict[str, str]:
    """The priorities by number, with their titles."""
    source = locality.source("priorities", dictionaries)
    if source is None or not source.path.is_file():
        message = "The locality has no priorities yet, so nothing says what was rated."
        remedy = "Fill in priorities first: compendium template priorities --out templates."
        raise InputRefused(Problem(f"localities/{locality.id}/{FILE}", message=message, remedy=remedy))
    frame, problems = dictionary.read(source.path, dictionaries["priorities"])
    refuse_errors(problems)
    return dict(zip(frame["priority_id"].to_list(), frame["title"].to_list(), strict=True))


def links_lost(codes: Sequence[Row], locality: Locality, dictionaries: Dictionaries) -> list[Problem]:
    """Codes that lead to a priority and that the project does not have any more."""
    source = locality.source("code_links", dictionaries)
    if source is None or not source.path.is_file():
        return []
    linked = {row[0] for row in rows_of(source.path, dictionaries["code_links"].names)}
    lost = sorted(linked - {row[0] for row in codes})
    if not lost:
        return []
    message = f"{len(lost)} codes that lead to a priority are not in the project: {', '.join(lost[:12])}."
    return [Problem(source.path.name, message=message, remedy="Mend code_links: what leads where?", level="warning")]


def refuse_other_sources(named: Mapping[str, tuple[str, Provenance]], locality: Locality) -> None:
    """Raises `InputRefused` where `locality.yml` names another file, or another provenance, for one of the tables."""
    problems = []
    for table, (file, provenance) in named.items():
        source = locality.sources.get(table)
        if source and (source.file, source.provenance) != (file, provenance):
            message = f"sources: {table} names {source.file} ({source.provenance}) so far."
            remedy = "Give --replace to name the imported table; the other file stays where it is."
            problems.append(Problem(f"localities/{locality.id}/{FILE}", message=message, remedy=remedy))
    if problems:
        raise InputRefused(problems)


def left_behind(
    named: Mapping[str, tuple[str, Provenance]], locality: Locality, provenance: Provenance
) -> list[Problem]:
    """Tables of the workshops that stay of another provenance: one page would show real and invented side by side."""
    others = [
        table
        for table in ("workshops", "workshop_groups", "ratings", "votes", "codes", "coding_agreement", "priorities")
        if table not in named and (source := locality.sources.get(table)) and source.provenance != provenance
    ]
    if not others:
        return []
    message = f"Of another provenance than this import: {', '.join(others)}."
    remedy = "Bring them in as well, or take their lines out, before a page is made."
    return [Problem(f"localities/{locality.id}/{FILE}", message=message, remedy=remedy, level="warning")]
