"""Check every input of a locality: its tables, its parameters, where they lie, and its ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from compendium import declared, dictionary
from compendium.dictionary.raw import LISTED, not_listed
from compendium.disclosure.policy import policies
from compendium.errors import CompendiumError, Problem, nearest
from compendium.framework import links, recording, standards, versions
from compendium.framework.adapting import half_said
from compendium.framework.local import framework_of
from compendium.locality import Locality, load_locality
from compendium.paths import Root
from compendium.release import ledger_files
from compendium.workflow import notebooks

DATED = ("cases", "recorded_on")  # the period of a study is about the day of recording


@dataclass(frozen=True)
class CheckedFile:
    """The file of a table that could be read: its name in messages, its height, whether it is about real persons."""

    table: str
    path: Path
    name: str
    rows: int
    private: bool
    described: dictionary.Dictionary = field(compare=False, repr=False)


@dataclass(frozen=True)
class Found:
    """What a check came to."""

    tables: int
    rows: int
    problems: tuple[Problem, ...]
    files: tuple[CheckedFile, ...] = ()


def check_locality(root: Root, name: str) -> Found:
    """Read and check all tables of a locality and the parameters it gives; every problem, none raised."""
    try:
        locality = load_locality(root, name)
        dictionaries = dictionary.load(root.dictionaries, locality.dictionary_files())
    except CompendiumError as refused:
        return Found(0, 0, refused.problems)
    problems = [
        *_of_parameters(root, locality),
        *locality.problems(dictionaries),
        *_of_settings(locality, dictionaries),
        *ledger_files.problems(root, name),
        *_of_framework(root, locality, dictionaries),
    ]
    paths, private = {}, set()
    for table in dictionaries:
        try:
            if source := locality.source(table, dictionaries):
                paths[table] = source.path
                private |= {table} if source.provenance == "real" and dictionaries[table].sensitive else set()
        except CompendiumError as refused:
            problems += refused.problems
    labels = {table: root.relative(path) for table, path in paths.items()}
    checked = dictionary.read_tables(paths, dictionaries, labels=labels)
    rows = sum(frame.height for frame in checked.tables.values())
    own = {table: paths[table] for table in paths if table in locality.sources}
    problems += [*checked.problems, *_not_filled_in(own, checked)]
    problems += [*_outside_period(locality, checked), *not_as_declared(checked)]
    files = tuple(
        CheckedFile(table, paths[table], origin.file, len(origin.rows), table in private, dictionaries[table])
        for table, origin in checked.origins.items()
        if origin.frame.width
    )
    return Found(len(paths), rows, tuple(dict.fromkeys(problems)), files)


def _of_settings(locality: Locality, dictionaries: dictionary.Dictionaries) -> list[Problem]:
    """Names in the settings that nobody declared: a level of areas, a policy of disclosure control."""
    file, found = f"localities/{locality.id}/locality.yml", []
    levels = dictionaries["areas"].field("level").codes[1:] if "areas" in dictionaries else ()
    if levels and locality.area_level not in levels:
        message = f"area_level: {locality.area_level[:40]} is no level of areas below the whole locality."
        found.append(Problem(file, message=message, remedy=f"Write one of {', '.join(levels)}."))
    named, known = locality.disclosure.policy, policies()
    if named and named not in known:
        message = f"disclosure: no policy is called {named[:40]}."
        found.append(Problem(file, message=message, remedy=nearest(named, known)))
    return found


def _not_filled_in(own: Mapping[str, Path], checked: dictionary.Checked) -> Iterator[Problem]:
    """Files that a locality names and that hold no row on any sheet, such as a template as it was made: warnings."""
    by_file: dict[Path, list[str]] = {}
    for table, path in own.items():
        by_file.setdefault(path, []).append(table)
    for tables in by_file.values():
        if all(table in checked.origins and not checked.tables[table].height for table in tables):
            named = checked.origins[tables[0]].file.partition(", sheet ")[0]
            message, remedy = "No row is filled in.", "Fill it in. Where there is nothing to tell, leave it as it is."
            yield Problem(named, message=message, remedy=remedy, level="warning")


def _outside_period(locality: Locality, checked: dictionary.Checked) -> list[Problem]:
    """Cases recorded before or after the period: they would belong to no month or quarter."""
    table, column = DATED
    tables = checked.tables
    if table not in tables or tables[table].schema.get(column) != pl.Date:
        return []
    month = tables[table][column].dt.strftime("%Y-%m")
    first, last = locality.period.first, locality.period.last
    message = f"The date lies outside the period of the study ({first} to {last})."
    remedy = "Correct the date, leave the case out, or set period in locality.yml."
    outside = ((month < first) | (month > last)).fill_null(False).arg_true()
    origin = checked.origins[table]
    rows = origin.rows.gather(outside.head(LISTED))
    listed = [origin.placed(Problem(origin.file, row, column, message, remedy)) for row in rows]
    return [*listed, *not_listed(origin.file, len(outside), "outside the period of the study", column)]


def not_as_declared(checked: dictionary.Checked) -> list[Problem]:
    """Progression criteria that were changed, added, taken out, or declared after the first rating."""
    named = ("progression_criteria", "pilot_protocol", "pilot_waves")
    tables = {name: checked.tables[name] for name in named if name in checked.tables}
    if "progression_criteria" not in tables or any(_incomplete(frame) for frame in tables.values()):
        return []  # nothing was declared, or its mistakes are told already
    criteria, protocol, waves = (tables[name].to_dicts() if name in tables else [] for name in named)
    first = min((row["began_on"] for row in waves), default=None)
    found = []
    for one in declared.broken(criteria, protocol, first):
        origin = checked.origins[one.table]
        row = None if one.row is None else int(origin.rows[one.row])
        found.append(origin.placed(Problem(origin.file, row, "criterion", one.message, one.remedy)))
    return found


def _incomplete(frame: pl.DataFrame) -> bool:
    return any(frame[column].null_count() for column in frame.columns)


def _of_framework(root: Root, locality: Locality, dictionaries: dictionary.Dictionaries) -> list[Problem]:
    """Versions that were edited after their release, faults of the locality's own, a table of links that is stale."""
    if not root.framework.exists() and locality.framework == type(locality.framework)():
        return []  # a compendium that keeps no standards
    problems = list(versions.problems(root.framework, root.evidence))
    try:
        local = framework_of(root, locality)
        chosen = local.framework
        source = locality.source("framework_links", dictionaries)
    except CompendiumError as refused:
        return [*problems, *refused.problems]
    if local.adapted:
        problems += half_said(local.adapted.adaptation, f"localities/{locality.id}/{locality.framework.adapt}")
    if source and source.path.is_file() and source.path.read_text("utf-8", "replace") != links.as_csv(chosen):
        message = f"It isn't what {chosen.name} says: the trace would lead to other standards than the page shows."
        newest = standards.load(root.framework, root.evidence).name
        command = "compendium framework links" + ("" if chosen.name == newest else f" {locality.id}")
        remedy = f"`{command}` makes it anew; one of the locality's own is named in its sources."
        problems.append(Problem(root.relative(source.path), message=message, remedy=remedy))
    return [*problems, *recording.undeclared(dictionaries, chosen, locality.id)]


def _of_parameters(root: Root, locality: Locality) -> list[Problem]:
    try:
        stored = notebooks.load(root)
    except CompendiumError as refused:
        return list(refused.problems)
    problems: list[Problem] = []
    for notebook in stored.values():
        try:
            notebooks.parameters(notebook, locality)
        except CompendiumError as refused:
            problems += refused.problems
    return problems
