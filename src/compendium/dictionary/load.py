"""Dictionaries from their YAML files: every mistake at once, each with its file, line and the nearest known name."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from compendium.dictionary.consistent import faults, faults_between
from compendium.dictionary.consistent_rules import Fault
from compendium.dictionary.local import localised
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


def load(folder: Path, local: Mapping[str, Path] | None = None, *, only: Iterable[str] | None = None) -> Dictionaries:
    """Every dictionary (`*.yml`) in a folder, by name. Raises `InputRefused` with every mistake of every file.

    `local` names, for a table, the file of what a locality says differently of it (`Locality.dictionary_files`).
    `only`: no others than these tables, the members of these groups and the tables that they lead to; all groups.
    """
    paths, own = {path.stem: path for path in sorted(folder.glob("*.yml"))}, dict(local or {})
    left_out: frozenset[str] = frozenset()
    if only is not None:
        reached = _reached(paths, own, only)
        own = {table: path for table, path in own.items() if table in reached or table not in paths}
        left_out = frozenset(paths.keys() - reached)
        paths = {name: path for name, path in paths.items() if name in reached}
    files = tuple(_seen(path) for path in paths.values())
    return _load(files, tuple((table, *_seen(path)) for table, path in sorted(own.items())), left_out)


def _reached(paths: Mapping[str, Path], own: Mapping[str, Path], names: Iterable[str]) -> set[str]:
    """These names, all groups, and what they lead to; a file that can't be read leads nowhere."""
    reached: set[str] = set()
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name not in paths or name in reached:
            continue
        reached.add(name)
        try:
            source, found = _read(*_seen(paths[name]))
            if name in own:
                found = read_one(localised(source, own[name], _named(own[name]))[0])
        except InputRefused:
            continue
        waiting += found.group if isinstance(found, Group) else found.references
    return reached | {name for name, path in paths.items() if _is_group(*_seen(path))}


@lru_cache(maxsize=256)
def _is_group(path: Path, changed: int, size: int) -> bool:
    """Whether the file describes a group of tables, without parsing it; one that can't be read does not."""
    try:
        return b"\ngroup:" in b"\n" + path.read_bytes()
    except OSError:
        return False


Seen = tuple[Path, int, int]


def _seen(path: Path) -> Seen:
    """A file and what tells whether it changed; one that isn't there is told when it is read."""
    if not path.exists():
        return path, 0, 0
    return path, path.stat().st_mtime_ns, path.stat().st_size


@lru_cache(maxsize=256)
def _read(path: Path, changed: int, size: int) -> tuple[YamlFile, Dictionary | Group]:
    """One file as it was when it was last changed: localities that differ in one table share all others."""
    source = read_yaml(path, f"{path.parent.name}/{path.name}")
    return source, read_one(source)


@lru_cache(maxsize=64)
def _load(
    files: tuple[Seen, ...], local: tuple[tuple[str, Path, int, int], ...] = (), left_out: frozenset[str] = frozenset()
) -> Dictionaries:
    """From these files; what leads to a table in `left_out` is not looked at."""
    own = {table: path for table, path, _, _ in local}
    problems = _for_no_table(own, [path.stem for path, _, _ in files])
    without: list[tuple[YamlFile, YamlFile, tuple[str, ...]]] = []
    tables: dict[str, tuple[YamlFile, Dictionary]] = {}
    groups: dict[str, tuple[YamlFile, Group]] = {}
    broken = set(left_out)
    for path, changed, size in files:
        try:
            source, found = _read(path, changed, size)
            if path.stem in own:
                base, (source, said) = source, localised(source, own[path.stem], _named(own[path.stem]))
                without.append((source, base, said.without_rules))
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
    problems += _between(tables, groups, broken, local=bool(own))
    if problems:
        raise InputRefused(problems)
    named = {name: table for name, (_, table) in tables.items()}
    if problems := [problem for source, base, ids in without for problem in _still_apply(source, base, ids, named)]:
        raise InputRefused(problems)
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
    tables: Mapping[str, tuple[YamlFile, Dictionary]],
    groups: Mapping[str, tuple[YamlFile, Group]],
    broken: set[str],
    *,
    local: bool = False,
) -> Iterator[Problem]:
    """Faults between files; what leads to a file that couldn't be read is left out, since that is reported already."""
    known = {name: table for name, (_, table) in tables.items()}
    for source, table in tables.values():
        for fault in faults_between(table, known, broken):
            found = _located(fault, source)
            if local and fault.path[:1] == ("rules",):
                own = f"Or leave the rule out: without_rules in the locality's own file of {table.name}."
                found = dataclasses.replace(found, remedy=f"{found.remedy} {own}".strip())
            yield found
    for source, group in groups.values():
        for index, name in enumerate(group.group):
            if name not in known and name not in broken:
                yield source.problem(("group", index), f"No table is called {name}.", nearest(name, known))


def _named(path: Path) -> str:
    """A file of a locality as its people know it: `localities/leeds/dictionaries/crimes.yml`."""
    at = max((index for index, part in enumerate(path.parts) if part == "localities"), default=-2)
    return "/".join(path.parts[at:])


def _for_no_table(own: Mapping[str, Path], known: list[str]) -> list[Problem]:
    return [
        Problem(_named(path), message=f"dictionaries: no table is called {table}.", remedy=nearest(table, known))
        for table, path in own.items()
        if table not in known
    ]


def _still_apply(
    source: YamlFile, base: YamlFile, ids: tuple[str, ...], tables: Mapping[str, Dictionary]
) -> Iterator[Problem]:
    """Rules that a locality leaves out though they speak of nothing that is different there."""
    for rule in base.data.get("rules") or []:
        if rule["id"] not in ids:
            continue
        alone = validated(Dictionary, dataclasses.replace(source, data={**source.data, "rules": [rule]}))
        if not [*faults(alone), *faults_between(alone, tables)]:
            message = f"The rule {rule['id']} holds for the codes of this locality too and can't be left out."
            yield source.problem(("without_rules",), message, "Take it from the list.")


def _located(fault: Fault, source: YamlFile) -> Problem:
    return source.problem(fault.path, fault.message, fault.remedy)
