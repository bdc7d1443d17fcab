"""A force's own export, brought in through a mapping file: whole tables with numbers of the study's own, or nothing.

`planned` reads, turns and checks everything and writes nothing outside the folder of the records; `carry_out` writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from compendium import csvfile, dictionary
from compendium.dictionary import Dictionaries
from compendium.errors import InputRefused, Problem, UnknownName, refuse_errors
from compendium.importers.force_export.agreement import disagreements
from compendium.importers.force_export.mapping import ExportMapping, read_mapping
from compendium.importers.force_export.pseudonyms import Key
from compendium.importers.force_export.records import Made, made_from
from compendium.importers.force_export.sheet import Export, read_export
from compendium.locality import FILE, Locality, Provenance
from compendium.locality.folders import in_checkout
from compendium.locality.naming import with_sources
from compendium.together import write_together
from compendium.writing import temporary_folder

NAME = "force-export"
TITLE = "A police force's own export of cases, by a mapping file that says what each column means"
EXAMPLE = "export.csv or export.xlsx, a row a crime, victim or suspect"
GROUP = "case_files"
SYNTHETIC = "data/imported"


@dataclass(frozen=True, repr=False)
class Plan:
    """What an import of an export would write, and the account of every row and column."""

    files: Mapping[Path, str]
    settings: str | None  # new text of locality.yml; None: it stays
    provenance: Provenance
    account: tuple[tuple[str, str], ...]  # kind of line, line
    warnings: tuple[Problem, ...]
    changes: bool


def planned(
    path: Path,
    mapping_file: Path,
    locality: Locality,
    dictionaries: Dictionaries,
    key: Key,
    *,
    provenance: Provenance = "real",
    replace: bool = False,
) -> Plan:
    """Read an export through a mapping. Raises `InputRefused` with all that is wrong with either."""
    if provenance == "real":
        _refuse_inside(path, locality)
    mapping, source = read_mapping(mapping_file)
    if GROUP not in dictionaries.groups:
        raise UnknownName(
            f"There is no group of tables called {GROUP}.", "Restore data_dictionaries/ from the project."
        )
    if wrong := disagreements(mapping, source, dictionaries, dictionaries.groups[GROUP]):
        raise InputRefused(wrong)
    export = read_export(path, mapping)
    made = made_from(export, mapping, dictionaries, key, (locality.period.first, locality.period.last))
    files = {_file(table, locality, provenance): text for table, text in _texts(made, dictionaries).items()}
    warnings = _checked(made, export, files, locality, dictionaries, provenance)
    warnings += tuple(_left_behind(made, locality, dictionaries.groups[GROUP], provenance))
    settings = _settings(list(made.tables), files, locality, provenance)
    changed = [file for file, text in files.items() if not _holds(file, text)]
    if not replace:
        _refuse_to_replace(made, changed, locality, provenance)
    return Plan(
        files, settings, provenance, tuple(_account(export, mapping, made)), warnings, bool(changed or settings)
    )


def carry_out(plan: Plan, locality: Locality) -> None:
    """Write the tables and the sources of `locality.yml`, all or nothing; nobody else may read real records."""
    settings = {} if plan.settings is None else {locality.folder / FILE: plan.settings}
    private = plan.files if plan.provenance == "real" else ()
    write_together({**plan.files, **settings}, locality.room, private=private)


def _refuse_inside(path: Path, locality: Locality) -> None:
    if in_checkout(path, locality.root):
        message = "An export of real records lies inside the checkout."
        raise InputRefused(Problem(path.name, message=message, remedy="Move it out; with --synthetic it may stay."))
    if not locality.safe_records:
        message = "The locality names no data_root outside the checkout, where real records could go."
        raise InputRefused(Problem(f"localities/{locality.id}/{FILE}", message=message, remedy="Set data_root."))


def _file(table: str, locality: Locality, provenance: Provenance) -> Path:
    if provenance == "real" and locality.records is not None:
        return locality.records / f"{table}.csv"
    return locality.folder / SYNTHETIC / f"{table}.synthetic.csv"


def _texts(made: Made, dictionaries: Dictionaries) -> dict[str, str]:
    """Each table as CSV, in the order of its new numbers: the order of the export is gone."""
    texts = {}
    for table, records in made.tables.items():
        names = dictionaries[table].names
        rows = [tuple(records[number].values.get(name, "") for name in names) for number in sorted(records)]
        texts[table] = csvfile.text_of(names, rows)
    return texts


def _checked(
    made: Made,
    export: Export,
    files: Mapping[Path, str],
    locality: Locality,
    dictionaries: Dictionaries,
    provenance: Provenance,
) -> tuple[Problem, ...]:
    """What `check` would warn of, at the rows of the export. Raises `InputRefused` for what it would refuse."""
    home = locality.records if provenance == "real" and locality.records else locality.folder
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with temporary_folder(home) as staged:
        paths = {}
        for table, (file, text) in zip(made.tables, files.items(), strict=True):
            paths[table] = staged / file.name
            paths[table].write_text(text, encoding="utf-8")
        for table in sorted({other for name in made.tables for other in dictionaries[name].references} - set(paths)):
            if (found := locality.source(table, dictionaries)) and found.path.is_file():
                paths[table] = found.path
        problems = dictionary.read_tables(paths, dictionaries, labels={table: table for table in paths}).problems
    placed = (_at_its_row(problem, made, export) for problem in problems)
    told = sorted(placed, key=lambda problem: (problem.file, problem.column, problem.row or 0))
    refuse_errors(told)
    return tuple(told)


def _at_its_row(problem: Problem, made: Made, export: Export) -> Problem:
    if problem.file not in made.tables or problem.row is None:
        return problem
    records = made.tables[problem.file]
    record = records[sorted(records)[problem.row - 2]]
    column = made.columns.get((problem.file, problem.column), f"{problem.file}.{problem.column}")
    row = record.said.get(problem.column, record.row)
    return Problem(export.file, row, column, problem.message, problem.remedy, problem.level)


def _settings(tables: list[str], files: Mapping[Path, str], locality: Locality, provenance: Provenance) -> str | None:
    home = locality.records if provenance == "real" and locality.records else locality.folder
    named = {table: (file.relative_to(home).as_posix(), provenance) for table, file in zip(tables, files, strict=True)}
    text = (locality.folder / FILE).read_text(encoding="utf-8")
    changed = with_sources(text, named)
    return None if changed == text else changed


def _holds(file: Path, text: str) -> bool:
    return file.is_file() and file.read_bytes() == text.encode("utf-8")


def _refuse_to_replace(made: Made, changed: list[Path], locality: Locality, provenance: Provenance) -> None:
    problems = []
    for file in changed:
        if file.exists():
            rows = max(file.read_bytes().count(b"\n") - 1, 0)
            now = len(made.tables[file.name.split(".")[0]])
            message = f"The file is there with {rows:,} rows; this export gives {now:,}. Nothing was written."
            problems.append(
                Problem(file.name, message=message, remedy="Give --replace when the new one is to be kept.")
            )
    for table in made.tables:
        named = locality.sources.get(table)
        if named and (named.file, named.provenance) != _named(table, locality, provenance):
            message = f"sources: {table} names {named.file} ({named.provenance}) so far."
            remedy = "Give --replace to name the imported table; the other file stays where it is."
            problems.append(Problem(f"localities/{locality.id}/{FILE}", message=message, remedy=remedy))
    if problems:
        raise InputRefused(problems)


def _left_behind(made: Made, locality: Locality, group: tuple[str, ...], provenance: Provenance) -> Iterator[Problem]:
    """Tables of the case files that this export doesn't fill and that go on being about other, say synthetic, cases."""
    for table in group:
        named = locality.sources.get(table)
        if table not in made.tables and named and named.provenance != provenance:
            message = f"sources: {table} names {named.file} ({named.provenance}), whose cases aren't in this export."
            remedy = f"Take the line of {table} out, or map columns to it."
            yield Problem(f"localities/{locality.id}/{FILE}", message=message, remedy=remedy, level="warning")


def _named(table: str, locality: Locality, provenance: Provenance) -> tuple[str, str]:
    file = _file(table, locality, provenance)
    home = locality.records if provenance == "real" and locality.records else locality.folder
    return file.relative_to(home).as_posix(), provenance


def _account(export: Export, mapping: ExportMapping, made: Made) -> list[tuple[str, str]]:
    """What became of every row and every column."""
    used = [name for name in export.header if name in mapping.keys or name in mapping.columns]
    ruled = [name for name in export.header if name not in used and name not in mapping.ignored]
    said = [("read", f"{len(export.rows):,} rows and {len(export.header)} columns of {export.file} by {mapping.name}")]
    said += [("remark", remark) for remark in export.remarks]
    said += [("columns", f"{len(used)} used, {len(mapping.ignored)} ignored, {len(ruled)} to leave rows out by")]
    said += [("ignored", f"{name}: {reason}") for name, reason in sorted(mapping.ignored.items())]
    said += [("left out", f"{rows:,} rows: {reason}") for reason, rows in sorted(made.rows_left_out.items())]
    if made.cases_outside:
        said.append(("left out", f"cases recorded outside the period: {made.cases_outside:,}, with all that is theirs"))
    said += [("chosen", f"{what}, in {records:,} records") for what, records in sorted(made.chosen.items())]
    said += [("tables", ", ".join(f"{table} {len(records):,}" for table, records in made.tables.items()))]
    return said
