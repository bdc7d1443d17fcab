"""A mapping: how a force's own export becomes the tables of this project. What a mapping file may say.

name: Northshire crime system, layout of 2024
records:                          # what a row holds, and the columns by which each is known
  cases: [Investigation No]
  victims: [Investigation No, Victim No]
persons: {victims: Victim No, suspects: Suspect No}
columns:                          # column -> field, code -> code
  Date recorded: [cases.recorded_on, crimes.recorded_on]
  MO: {to: cases.form, codes: {Grooming: sexual_communication}, blank: not_recorded}
ignored: {Officer: names a person and is not needed}
values: {crimes.online: "yes"}    # fields that the export does not have
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, StrictBool, StrictFloat, StrictInt, StrictStr
from pydantic import Field as Key
from pydantic.dataclasses import dataclass

from compendium.yamlfile import YamlFile, read_yaml
from compendium.yamlrecord import validated

_STRICT = ConfigDict(extra="forbid")
Scalar = StrictStr | StrictInt | StrictBool | StrictFloat
DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %b %Y", "%d %B %Y")


@dataclass(frozen=True, config=_STRICT)
class Target:
    """Where a column goes: a field of a table, and how its cells become that field's values."""

    to: StrictStr = ""  # table.field
    event: StrictStr = ""  # instead: the column is the day of this event
    codes: Mapping[str, Scalar] = Key(default_factory=dict)
    bands: Mapping[str, tuple[StrictInt, StrictInt]] = Key(default_factory=dict)  # code -> first, last whole number
    blank: Scalar = ""  # what an empty cell means
    several: Literal["", "first", "earliest", "latest"] = ""  # which counts when rows of one record disagree

    @property
    def table(self) -> str:
        return "case_events" if self.event else self.to.partition(".")[0]

    @property
    def field(self) -> str:
        return "on" if self.event else self.to.partition(".")[2]


@dataclass(frozen=True, config=_STRICT)
class LeftOut:
    """Rows of the export that are no record of this study."""

    column: StrictStr
    equals: tuple[Scalar, ...]
    reason: StrictStr


@dataclass(frozen=True, config=_STRICT)
class ExportMapping:
    """Everything a mapping file says."""

    name: StrictStr
    records: Mapping[str, tuple[StrictStr, ...]]
    columns: Mapping[str, tuple[Target, ...]]
    persons: Mapping[str, StrictStr] = Key(default_factory=dict)
    unnumbered: tuple[StrictStr, ...] = ()  # tables whose rows count even where the person's number is empty
    ignored: Mapping[str, StrictStr] = Key(default_factory=dict)
    values: Mapping[str, Scalar] = Key(default_factory=dict)
    derived: Mapping[str, Literal["first_of_case"]] = Key(default_factory=dict)
    leave_out: tuple[LeftOut, ...] = ()
    outside_period: Literal["refuse", "leave_out"] = "refuse"
    dates: tuple[StrictStr, ...] = DAY_FIRST
    sheet: StrictStr = ""
    header_row: StrictInt = Key(default=1, ge=1)
    separator: Literal["", ",", ";", "\t", "|"] = ""

    @property
    def keys(self) -> frozenset[str]:
        """Columns that tell records and persons apart."""
        return frozenset(name for columns in self.records.values() for name in columns) | set(self.persons.values())

    @property
    def known(self) -> frozenset[str]:
        """Every column that the mapping speaks of."""
        return self.keys | set(self.columns) | set(self.ignored) | {rule.column for rule in self.leave_out}

    def within(self, header: Sequence[str]) -> ExportMapping:
        """The mapping without the columns that an export does not have."""
        columns = {name: targets for name, targets in self.columns.items() if name in header}
        rules = tuple(rule for rule in self.leave_out if rule.column in header)
        return dataclasses.replace(self, columns=columns, leave_out=rules)

    def targets(self) -> Iterator[tuple[str, Target]]:
        """Each column with each of its targets."""
        for column, targets in self.columns.items():
            for target in targets:
                yield column, target


def read_mapping(path: Path) -> tuple[ExportMapping, YamlFile]:
    """The mapping in a file. Raises `InputRefused` with every unknown key and wrong type, each with its line."""
    source = read_yaml(path)
    if isinstance(source.data, dict):
        source = dataclasses.replace(source, data=_written_out(source.data))
    return validated(ExportMapping, source), source


def _written_out(data: Mapping[str, Any]) -> dict[str, Any]:
    """The short ways of writing as the long ones: `cases.form` is a list of one target."""
    found = dict(data)
    columns = found.get("columns")
    if isinstance(columns, dict):
        found["columns"] = {name: [_target(item) for item in _many(value)] for name, value in columns.items()}
    if isinstance(found.get("records"), dict):
        found["records"] = {name: _many(value) for name, value in found["records"].items()}
    for key in ("dates", "unnumbered"):
        if isinstance(found.get(key), str):
            found[key] = [found[key]]
    return found


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _target(item: Any) -> Any:
    return {"to": item} if isinstance(item, str) else item


def as_text(value: Scalar) -> str:
    """A scalar of the YAML as a cell would hold it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
