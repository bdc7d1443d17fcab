"""Whether a mapping and the dictionaries agree: its tables, fields and codes exist, nothing required is forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compendium.dictionary import Dictionaries, Dictionary
from compendium.errors import Problem, nearest
from compendium.importers.force_export.mapping import ExportMapping, Target, as_text
from compendium.yamlfile import Path_, YamlFile

EVENTS = "case_events"
LINKS = {"case_id": "cases"}  # a field that every table of the group has -> the table whose key it is
MADE = ("identifier", "person")  # roles of the fields that are made here and never taken from an export


def disagreements(
    mapping: ExportMapping, source: YamlFile, dictionaries: Dictionaries, group: tuple[str, ...]
) -> list[Problem]:
    """Everything in a mapping that the dictionaries of the tables in `group` contradict, each with its line."""
    found = [*_tables(mapping, source, group)]
    if found:
        return found
    tables = written_tables(mapping)
    for column, target in mapping.targets():
        found += _target(column, target, source, dictionaries, group)
    for name, value in mapping.values.items():
        found += _field_named(name, ("values", name), source, dictionaries, group)
        if not found:
            found += _codes_known(name, {"": as_text(value)}, ("values", name), source, dictionaries)
    for name in mapping.derived:
        if name != "crimes.principal":
            found.append(
                source.problem(("derived", name), "Only crimes.principal can be derived.", "Map a column to it.")
            )
    both = sorted(set(mapping.ignored) & (set(mapping.columns) | mapping.keys))
    found += [
        source.problem(("ignored", name), f"The column {name} is used and ignored.", "Keep one.") for name in both
    ]
    empty = [name for name, reason in mapping.ignored.items() if not reason.strip()]
    found += [
        source.problem(("ignored", name), f"No reason is given for ignoring {name}.", "Say why.") for name in empty
    ]
    return found or [*_forgotten(mapping, source, dictionaries, tables), *_filled_twice(mapping, source)]


def written_tables(mapping: ExportMapping) -> tuple[str, ...]:
    """The tables that a mapping fills, in its order."""
    events = (EVENTS,) if any(target.event for _, target in mapping.targets()) else ()
    return tuple(dict.fromkeys([*mapping.records, *events]))


def _tables(mapping: ExportMapping, source: YamlFile, group: tuple[str, ...]) -> Iterator[Problem]:
    for table, columns in mapping.records.items():
        if table not in group or table == EVENTS:
            known = [name for name in group if name != EVENTS]
            yield source.problem(("records", table), f"{table} is no table of the case files.", nearest(table, known))
        if not columns:
            yield source.problem(("records", table), f"No column tells {table} apart.", "Name one or more.")
    for table in mapping.persons:
        if table not in ("victims", "suspects"):
            yield source.problem(
                ("persons", table), f"{table} has no persons.", nearest(table, ["victims", "suspects"])
            )
    for table in ("victims", "suspects"):
        if table in mapping.records and table not in mapping.persons:
            yield source.problem(
                ("records", table),
                f"persons doesn't say whose number a row of {table} has.",
                f"Add {table} to persons.",
            )
    for table in mapping.unnumbered:
        if table not in mapping.persons:
            yield source.problem(("unnumbered",), f"{table} isn't among persons.", nearest(table, mapping.persons))
    if "cases" not in mapping.records:
        yield source.problem(("records",), "Nothing says which columns tell cases apart.", "Add cases to records.")


def _target(
    column: str, target: Target, source: YamlFile, dictionaries: Dictionaries, group: tuple[str, ...]
) -> Iterator[Problem]:
    path: Path_ = ("columns", column)
    if bool(target.to) == bool(target.event):
        yield source.problem(path, f"{column} goes nowhere.", "Give it to: table.field, or event:.")
        return
    if target.event:
        known = dictionaries[EVENTS].field("event").codes
        if target.event not in known:
            yield source.problem(path, f"No event is called {target.event}.", nearest(target.event, known))
        return
    problems = list(_field_named(target.to, path, source, dictionaries, group))
    yield from problems
    if not problems:
        given = {**target.codes, **dict.fromkeys(target.bands, "")}
        wanted = {name: as_text(code) for name, code in target.codes.items()} | {band: band for band in target.bands}
        if target.blank != "":
            wanted["blank"] = as_text(target.blank)
        yield from _codes_known(target.to, wanted, path, source, dictionaries)
        if target.codes and target.bands:
            yield source.problem(path, f"{column} has codes and bands.", "Keep one of them.")
        folded = [" ".join(code.split()).casefold() for code in given]
        if len(set(folded)) < len(folded):
            yield source.problem(path, f"Two codes of {column} differ in capitals or blanks only.", "Keep one of them.")


def _field_named(
    name: str, path: Path_, source: YamlFile, dictionaries: Dictionaries, group: tuple[str, ...]
) -> Iterator[Problem]:
    table, dot, field = name.partition(".")
    if not dot or table not in group:
        yield source.problem(
            path, f"{name} names no table of the case files.", f"Write table.field. {nearest(table, group)}"
        )
    elif field not in dictionaries[table].names:
        yield source.problem(path, f"{table} has no column {field}.", nearest(field, dictionaries[table].names))
    elif dictionaries[table].field(field).role in MADE or field in LINKS:
        remedy = f"Name the column under records.{table} or persons.{table}."
        yield source.problem(path, f"{name} is made from the key and can't be filled from a column.", remedy)


def _codes_known(
    name: str, wanted: Mapping[str, str], path: Path_, source: YamlFile, dictionaries: Dictionaries
) -> Iterator[Problem]:
    table, _, field = name.partition(".")
    known = dictionaries[table].field(field).codes
    for code in sorted(set(wanted.values())):
        if known and code and code not in known:
            yield source.problem(path, f"{code} is no code of {name}.", nearest(code, known))


def _forgotten(
    mapping: ExportMapping, source: YamlFile, dictionaries: Dictionaries, tables: tuple[str, ...]
) -> Iterator[Problem]:
    """Required fields that nothing fills; other fields may stay empty."""
    filled = {target.to for _, target in mapping.targets()} | set(mapping.values) | set(mapping.derived)
    for table in tables:
        for name in _required(dictionaries[table]):
            if table != EVENTS and f"{table}.{name}" not in filled:
                remedy = f"Map a column to {table}.{name}, or give it under values."
                yield source.problem(("columns",), f"Nothing fills {table}.{name}, which every row needs.", remedy)


def _required(described: Dictionary) -> Iterator[str]:
    for field in described.fields:
        if field.constraints.required and field.role not in MADE and field.name not in LINKS:
            yield field.name


def _filled_twice(mapping: ExportMapping, source: YamlFile) -> Iterator[Problem]:
    filled: dict[str, str] = {}
    for column, target in mapping.targets():
        name = target.to or f"event {target.event}"
        if name in filled:
            yield source.problem(("columns", column), f"{name} is filled from {filled[name]} too.", "Keep one of them.")
        filled[name] = column
    for name in [*mapping.values, *mapping.derived]:
        if name in filled:
            yield source.problem(("values", name), f"{name} is filled from {filled[name]} too.", "Keep one of them.")
