"""A dictionary as frozen records: Table Schema's own words, and ours on top.

Read from YAML by `load`; nothing here reads a file. A dictionary is the only place where a column is described.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pydantic import ConfigDict, StrictBool, StrictFloat, StrictInt, StrictStr
from pydantic import Field as Key
from pydantic.dataclasses import dataclass

from compendium.errors import UnknownName, nearest

if TYPE_CHECKING:
    from compendium.aggregate import Dimension

FieldType = Literal["string", "integer", "number", "boolean", "date", "year", "yearmonth"]
Role = Literal["identifier", "person", "dimension", "measure", "date", "text", "link"]
Provenance = Literal["real", "synthetic", "illustrative"]
Text = StrictStr
Code = StrictStr | StrictBool | StrictInt | StrictFloat
TRUE = ("true", "True", "TRUE", "1")  # Table Schema's defaults
FALSE = ("false", "False", "FALSE", "0")

VALID_FROM, VALID_TO = "valid_from", "valid_to"  # columns of a list of codes with versions

_STRICT = ConfigDict(extra="forbid", arbitrary_types_allowed=False)


@dataclass(frozen=True, config=_STRICT)
class Constraints:
    """What a cell of a field may hold."""

    required: StrictBool = False
    unique: StrictBool = False
    enum: tuple[Code, ...] = ()
    pattern: Text = ""
    minimum: Code | None = None
    maximum: Code | None = None
    min_length: StrictInt | None = Key(default=None, alias="minLength")
    max_length: StrictInt | None = Key(default=None, alias="maxLength")


@dataclass(frozen=True, config=_STRICT)
class Category:
    """A category that merges codes of a finer field."""

    label: Text
    members: tuple[Text, ...]


@dataclass(frozen=True, config=_STRICT)
class Hierarchy:
    """A coarser reading of a field: every code in exactly one category."""

    title: Text
    categories: Mapping[str, Category]
    ordered: StrictBool = False
    missing: tuple[Text, ...] = ()


@dataclass(frozen=True, config=_STRICT)
class Field:
    """One column."""

    name: Text
    title: Text = ""
    type: FieldType = "string"
    format: Text = "default"
    description: Text = ""
    example: Code = ""
    role: Role = "text"
    sensitive: StrictBool = False
    area: StrictBool = False
    ordered: StrictBool = False
    local_codes: StrictBool = False  # a locality may have other codes here (`dictionary.local`)
    constraints: Constraints = Key(default_factory=Constraints)
    labels: Mapping[str, Text] = Key(default_factory=dict)
    missing_codes: tuple[Text, ...] = ()
    hierarchies: Mapping[str, Hierarchy] = Key(default_factory=dict)
    true_values: tuple[Text, ...] = Key(default=TRUE, alias="trueValues")
    false_values: tuple[Text, ...] = Key(default=FALSE, alias="falseValues")

    @property
    def heading(self) -> str:
        """The title, or the name where none is given."""
        return self.title or self.name

    @property
    def codes(self) -> tuple[str, ...]:
        """The declared codes as text, in their order; none for a field without a list of codes."""
        return tuple(_text(code) for code in self.constraints.enum)

    def label(self, code: str) -> str:
        return self.labels.get(code, code)

    def dimensions(self) -> Iterator[Dimension]:
        """The field itself, when it has codes, and each of its hierarchies."""
        from compendium.aggregate import Dimension  # brings pandas: not before somebody counts

        if not self.codes:
            return
        yield Dimension(
            name=self.name,
            title=self.heading,
            categories={code: self.label(code) for code in self.codes},
            missing=self.missing_codes,
            sensitive=self.sensitive,
            area=self.area,
            ordered=self.ordered,
        )
        for name, merged in self.hierarchies.items():
            yield Dimension(
                name=name,
                title=merged.title,
                categories={code: category.label for code, category in merged.categories.items()},
                variable=self.name,
                members={code: category.members for code, category in merged.categories.items()},
                missing=merged.missing or self._all_missing(merged),
                sensitive=self.sensitive,
                area=self.area,
                ordered=merged.ordered,
            )

    def _all_missing(self, merged: Hierarchy) -> tuple[str, ...]:
        lost = set(self.missing_codes)
        return tuple(code for code, category in merged.categories.items() if lost and set(category.members) <= lost)


@dataclass(frozen=True, config=_STRICT)
class Reference:
    resource: Text
    fields: tuple[Text, ...]


@dataclass(frozen=True, config=_STRICT)
class ForeignKey:
    """Where a row's code or number leads. `valid_on` names the date on which the code must have been in use there.

    The other table then has the dates `valid_from` and `valid_to` (empty: no end known), and may hold several versions
    of one code.
    """

    fields: tuple[Text, ...]
    reference: Reference
    valid_on: Text = ""


@dataclass(frozen=True, config=_STRICT)
class Rule:
    """A condition across the fields of a row (language: `rules`)."""

    id: Text
    test: Text
    message: Text
    remedy: Text = ""
    fields: tuple[Text, ...] = ()
    level: Literal["error", "warning"] = "error"


@dataclass(frozen=True, config=_STRICT)
class Source:
    """Whose data these are."""

    title: Text = ""
    publisher: Text = ""
    licence: Text = ""
    accessed: Text = ""
    date: Text = ""
    version: Text = ""
    url: Text = ""
    note: Text = ""

    def __str__(self) -> str:
        """`Publisher: title (date)`, as much of it as is known."""
        head = ": ".join(part for part in (self.publisher, self.title) if part)
        when = self.date or self.accessed
        return f"{head} ({when})" if head and when else head


@dataclass(frozen=True, config=_STRICT)
class Dictionary:
    """One table: what a row is, its fields, its keys, its floor, its source."""

    name: Text
    title: Text
    description: Text
    unit: Text
    sensitivity: Literal["public", "sensitive"]
    fields: tuple[Field, ...]
    units: Literal["persons", "participants", "services", "none"] = "none"
    policy: Text = ""
    default_file: Text = ""
    default_provenance: Provenance = "real"
    source: Source = Key(default_factory=Source)
    missing_values: tuple[Text, ...] = Key(default=("",), alias="missingValues")
    primary_key: tuple[Text, ...] = Key(default=(), alias="primaryKey")
    unique_keys: tuple[tuple[Text, ...], ...] = Key(default=(), alias="uniqueKeys")
    foreign_keys: tuple[ForeignKey, ...] = Key(default=(), alias="foreignKeys")
    rules: tuple[Rule, ...] = ()

    @property
    def sensitive(self) -> bool:
        return self.sensitivity == "sensitive"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns, in order."""
        return tuple(field.name for field in self.fields)

    @cached_property
    def references(self) -> frozenset[str]:
        """The tables that this one can't be checked without: where keys lead, and what rules look into."""
        from compendium.dictionary.rules import parse

        looked = (parse(rule.test).related for rule in self.rules)
        return frozenset(
            (*(key.reference.resource for key in self.foreign_keys), *(one.table for one in looked if one))
        )

    @cached_property
    def dimensions(self) -> Mapping[str, Dimension]:
        """Every declared dimension by name: fields with codes, and their hierarchies."""
        return {dimension.name: dimension for field in self.fields for dimension in field.dimensions()}

    def field(self, name: str) -> Field:
        """A field by name. Raises `UnknownName` with the nearest."""
        for field in self.fields:
            if field.name == name:
                return field
        raise UnknownName(f"The table {self.name} has no column {name}.", nearest(name, self.names))

    def dimension(self, name: str) -> Dimension:
        """A dimension by the name of its field or hierarchy. Raises `UnknownName` with the nearest."""
        if name not in self.dimensions:
            raise UnknownName(f"The table {self.name} has no dimension {name}.", nearest(name, self.dimensions))
        return self.dimensions[name]

    def hides(self, name: str) -> bool:
        """Whether a value of this column must never be shown in a message."""
        return self.sensitive or self.field(name).sensitive or self.field(name).role == "person"


@dataclass(frozen=True, config=_STRICT)
class Group:
    """Tables that belong together."""

    name: Text
    group: tuple[Text, ...]
    title: Text = ""
    description: Text = ""


def _text(code: str | bool | int | float) -> str:
    return str(code).lower() if isinstance(code, bool) else str(code)
