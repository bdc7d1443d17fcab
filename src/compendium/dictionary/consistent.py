"""What a dictionary must keep beyond its format: names that exist, codes that agree, rules that can be read."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from pathlib import PurePosixPath

from compendium.dictionary.consistent_rules import Fault, related_faults, rule_faults, same_kind, unknown_names
from compendium.dictionary.schema import VALID_FROM, VALID_TO, Dictionary, Field, ForeignKey, Hierarchy
from compendium.errors import nearest

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_LOOKAROUND = re.compile(r"\(\?(<?[=!]|P=)|\\[1-9]")


def faults(dictionary: Dictionary) -> Iterator[Fault]:
    """Everything about one dictionary that contradicts itself."""
    if not NAME.fullmatch(dictionary.name):
        yield Fault(("name",), f"{dictionary.name!r} is no name for a table.", "Use a-z, 0-9 and _, a letter first.")
    yield from _floor(dictionary)
    yield from _twice(dictionary)
    for index, field in enumerate(dictionary.fields):
        for fault in _field(field, dictionary):
            yield Fault(("fields", index, *fault.path), fault.message, fault.remedy)
    yield from _keys(dictionary)
    yield from rule_faults(dictionary)


def faults_between(
    dictionary: Dictionary, others: Mapping[str, Dictionary], broken: Container[str] = ()
) -> Iterator[Fault]:
    """Foreign keys that lead nowhere, or to columns that aren't a key of the same types; rules that look nowhere.

    What leads to a table in `broken`, whose own file couldn't be read, is left out.
    """
    yield from related_faults(dictionary, others, broken)
    for index, key in enumerate(dictionary.foreign_keys):
        path = ("foreignKeys", index)
        if key.reference.resource in broken:
            continue
        target = others.get(key.reference.resource)
        if target is None:
            remedy = nearest(key.reference.resource, others)
            yield Fault(path, f"The foreign key leads to {key.reference.resource}, which has no dictionary.", remedy)
            continue
        unknown = [name for name in key.reference.fields if name not in target.names]
        if unknown:
            yield Fault(path, f"{target.name} has no column {unknown[0]}.", nearest(unknown[0], target.names))
        else:
            yield from _key_types(path, key, dictionary, target)


def _floor(dictionary: Dictionary) -> Iterator[Fault]:
    if dictionary.sensitive and not dictionary.policy:
        yield Fault(("sensitivity",), "A sensitive table needs a policy.", "Write, for example, policy: threshold-10.")
    if dictionary.sensitive and dictionary.units == "none":
        remedy = "Write units: persons, participants or services."
        yield Fault(("sensitivity",), "A sensitive table says whose floor counts.", remedy)
    if "" not in dictionary.missing_values:
        yield Fault(("missingValues",), "The empty cell must be among the missing values.", 'Add "" to missingValues.')
    path = PurePosixPath(dictionary.default_file)
    if dictionary.default_file and (path.is_absolute() or ".." in path.parts or "\\" in dictionary.default_file):
        yield Fault(
            ("default_file",), "The default file must lie below the root.", "Write, for example, evidence/x.csv."
        )
    if dictionary.default_file and dictionary.sensitive and dictionary.default_provenance == "real":
        yield Fault(("default_file",), "A sensitive table has no default file of real records.", "Leave it out.")


def _twice(dictionary: Dictionary) -> Iterator[Fault]:
    taken: set[str] = set()
    for index, field in enumerate(dictionary.fields):
        named = [(field.name, ("name",)), *((merged, ("hierarchies", merged)) for merged in field.hierarchies)]
        for name, path in named:
            if name in taken:
                yield Fault(("fields", index, *path), f"The name {name} is taken twice.", "Give each its own name.")
            taken.add(name)
    if not dictionary.fields:
        yield Fault(("fields",), "A table has at least one field.", "Describe its columns.")


def _field(field: Field, dictionary: Dictionary) -> Iterator[Fault]:
    if not NAME.fullmatch(field.name):
        yield Fault(("name",), f"{field.name!r} is no name for a column.", "Use a-z, 0-9 and _, a letter first.")
    yield from _limits(field)
    yield from _codes(field)
    for name, merged in field.hierarchies.items():
        yield from _hierarchy(field, name, merged)
    if field.format != "default" and (field.type != "date" or "%" not in field.format):
        yield Fault(("format",), f"A field of type {field.type} has no such format.", "Only dates: format: '%d/%m/%Y'.")
    lost = [value for value in field.codes if value in dictionary.missing_values]
    if lost:
        yield Fault(("constraints", "enum"), f"{lost[0]!r} is both a code and a missing value.", "Keep one of them.")


def _limits(field: Field) -> Iterator[Fault]:
    limits = field.constraints
    for name in ("minimum", "maximum"):
        value = getattr(limits, name)
        if value is None:
            continue
        if field.type in ("string", "boolean"):
            yield Fault(("constraints", name), f"A {field.type} has no {name}.", f"Remove {name}.")
        elif not same_kind(field, value):
            yield Fault(("constraints", name), f"{value!r} is no {field.type}.", f"Give the {name} as a {field.type}.")
    if field.type != "string" and (limits.pattern or limits.min_length is not None or limits.max_length is not None):
        yield Fault(("constraints",), f"pattern and lengths are for strings, not for a {field.type}.", "Remove them.")
    if limits.pattern and not _readable(limits.pattern):
        yield Fault(
            ("constraints", "pattern"),
            "The pattern can't be read.",
            "Use a regular expression without look-around and back-references.",
        )


def _readable(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return not _LOOKAROUND.search(pattern)


def _codes(field: Field) -> Iterator[Fault]:
    path = ("constraints", "enum")
    pattern = field.constraints.pattern
    for index, value in enumerate(field.constraints.enum):
        if not same_kind(field, value):
            yield Fault((*path, index), f"The code {value!r} is no {field.type}.", "Quote it if it is text.")
        elif pattern and _readable(pattern) and not re.fullmatch(pattern, str(value)):
            yield Fault((*path, index), f"The code {value!r} doesn't follow the pattern.", "Correct one of the two.")
    if len(set(field.codes)) < len(field.codes):
        yield Fault(path, "A code stands twice.", "Keep one of them.")
    for name, listed in (("labels", tuple(field.labels)), ("missing_codes", field.missing_codes)):
        for code in listed:
            if code not in field.codes:
                yield Fault((name, code), f"{name} names {code}, which isn't in enum.", nearest(code, field.codes))
    if field.role == "dimension" and field.labels and len(field.labels) < len(field.codes):
        bare = [code for code in field.codes if code not in field.labels]
        yield Fault(("labels",), f"No label for {', '.join(bare)}.", "Every code of a dimension with labels needs one.")


def _hierarchy(field: Field, name: str, merged: Hierarchy) -> Iterator[Fault]:
    path = ("hierarchies", name)
    if not NAME.fullmatch(name):
        yield Fault(path, f"{name!r} is no name for a hierarchy.", "Use a-z, 0-9 and _, a letter first.")
    placed: list[str] = []
    for code, category in merged.categories.items():
        for member in category.members:
            where = (*path, "categories", code, "members")
            if member not in field.codes:
                yield Fault(where, f"{member} isn't a code of {field.name}.", nearest(member, field.codes))
            if member in placed:
                yield Fault(where, f"{member} stands in two categories.", "Put it in one.")
            placed.append(member)
    left = [code for code in field.codes if code not in placed]
    if left:
        yield Fault(path, f"{', '.join(left)} stands in no category.", "Every code belongs to exactly one category.")
    for code in merged.missing:
        if code not in merged.categories:
            yield Fault((*path, "missing"), f"{code} is no category.", nearest(code, merged.categories))


def _keys(dictionary: Dictionary) -> Iterator[Fault]:
    named: list[tuple[tuple[str | int, ...], tuple[str, ...]]] = [(("primaryKey",), dictionary.primary_key)]
    named += [(("uniqueKeys", index), key) for index, key in enumerate(dictionary.unique_keys)]
    named += [(("foreignKeys", index, "fields"), key.fields) for index, key in enumerate(dictionary.foreign_keys)]
    for path, fields in named:
        for name in unknown_names(fields, dictionary):
            yield Fault(path, f"The key names {name}, which is no field.", nearest(name, dictionary.names))
    for index, key in enumerate(dictionary.foreign_keys):
        if len(key.fields) != len(key.reference.fields):
            yield Fault(("foreignKeys", index), "Both sides name as many fields.", "Name them in pairs.")
        if key.valid_on and key.valid_on not in dictionary.names:
            remedy = nearest(key.valid_on, dictionary.names)
            yield Fault(("foreignKeys", index, "valid_on"), f"{key.valid_on} is no field.", remedy)
        elif key.valid_on and dictionary.field(key.valid_on).type != "date":
            remedy = "Name the date on which the code must have been in use."
            yield Fault(("foreignKeys", index, "valid_on"), f"{key.valid_on} is no date.", remedy)


def _key_types(
    path: tuple[str | int, ...], key: ForeignKey, dictionary: Dictionary, target: Dictionary
) -> Iterator[Fault]:
    for own, other in zip(key.fields, key.reference.fields, strict=True):
        if dictionary.field(own).type != target.field(other).type:
            yield Fault(path, f"{own} and {target.name}.{other} have different types.", "Give both one type.")
    dates = {field.name for field in target.fields if field.type == "date"}
    if key.valid_on and not {VALID_FROM, VALID_TO} <= dates:
        remedy = f"Give it the dates {VALID_FROM} and {VALID_TO}, or leave out valid_on."
        yield Fault(path, f"{target.name} doesn't say when a code is valid.", remedy)
    single = {(field.name,) for field in target.fields if field.constraints.unique}
    keys = {frozenset(names) for names in (target.primary_key, *target.unique_keys, *single)}
    versions = frozenset((*key.reference.fields, VALID_FROM)) if key.valid_on else frozenset()
    if not {frozenset(key.reference.fields), versions} & keys:
        yield Fault(
            path,
            f"{', '.join(key.reference.fields)} is no key of {target.name}.",
            f"Declare it as primaryKey or in uniqueKeys of {target.name}.",
        )
