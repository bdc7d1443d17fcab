"""Dictionaries from their YAML files: every mistake at once, each with its file, line and the nearest known name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from compendium.dictionary.consistent import faults, faults_between
from compendium.dictionary.consistent_rules import Fault
from compendium.dictionary.schema import Dictionary, Group
from compendium.errors import InputRefused, Problem, UnknownName, nearest
from compendium.yamlfile import YamlFile, read_yaml
from compendium.yamlrecord import validated


@dataclass(frozen=True)
class Dictionaries(Mapping[str, Dictionary]):
    """Every dictionary by the name of its table, and the groups of tables."""

    tables: Mapping[str, Dictionary]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    about: Mapping[str, Group] = field(default_factory=dict)  # title and description of each group

    def __getitem__(self, name: str) -> Dictionary:
        if name not in self.tables:
            raise KeyError(name)
        return self.tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def named(self, name: str) -> Dictionary:
        """A dictionary by name. Raises `UnknownName` with the nearest."""
        if name not in self.tables:
            raise UnknownName(f"No table is called {name}.", nearest(name, self.tables))
        return self.tables[name]


def load(folder: Path) -> Dictionaries:
    """Every dictionary (`*.yml`) in a folder, by name. Raises `InputRefused` with every mistake of every file."""
    files = tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(folder.glob("*.yml")))
    return _load(files)


@lru_cache(maxsize=8)
def _load(files: tuple[tuple[Path, int, int], ...]) -> Dictionaries:
    problems: list[Problem] = []
    tables: dict[str, tuple[YamlFile, Dictionary]] = {}
    groups: dict[str, tuple[YamlFile, Group]] = {}
    broken: set[str] = set()
    for path, _, _ in files:
        try:
            source = read_yaml(path, f"{path.parent.name}/{path.name}")
            found = read_one(source)
        except InputRefused as refused:
            problems += refused.problems
            broken.add(path.stem)
            continue
        if found.name != path.stem:
            remedy = f"Name the file {found.name}.yml."
            problems.append(source.problem(("name",), f"{found.name} stands in {path.name}.", remedy))
        elif isinstance(found, Group):
            groups[found.name] = (source, found)
        else:
            tables[found.name] = (source, found)
    problems += _between(tables, groups, broken)
    if problems:
        raise InputRefused(problems)
    named = {name: table for name, (_, table) in tables.items()}
    about = {name: group for name, (_, group) in groups.items()}
    return Dictionaries(named, {name: group.group for name, group in about.items()}, about)


def read_one(source: YamlFile) -> Dictionary | Group:
    """One dictionary or group from its YAML. Raises `InputRefused` with every mistake."""
    if not isinstance(source.data, dict):
        raise InputRefused(source.problem((), "The file isn't a mapping of keys.", "Begin with name: and title:."))
    problems = [
        source.problem(path, "A bare yes, no, on or off is a boolean to other tools.", 'Write it in quotes, as "yes".')
        for path in sorted(source.unquoted, key=source.line)
    ]
    if "group" in source.data:
        return validated(Group, source, problems)
    table = validated(Dictionary, source, problems)
    found = [_located(fault, source) for fault in faults(table)]
    if found:
        raise InputRefused(found)
    return table


def _between(
    tables: Mapping[str, tuple[YamlFile, Dictionary]], groups: Mapping[str, tuple[YamlFile, Group]], broken: set[str]
) -> Iterator[Problem]:
    """Faults between files; what leads to a file that couldn't be read is left out, since that is reported already."""
    known = {name: table for name, (_, table) in tables.items()}
    for source, table in tables.values():
        for fault in faults_between(table, known, broken):
            yield _located(fault, source)
    for source, group in groups.values():
        for index, name in enumerate(group.group):
            if name not in known and name not in broken:
                yield source.problem(("group", index), f"No table is called {name}.", nearest(name, known))


def _located(fault: Fault, source: YamlFile) -> Problem:
    return source.problem(fault.path, fault.message, fault.remedy)
