"""What rules must keep: names that exist, values of the right type, tables and columns to look into."""

from __future__ import annotations

import datetime
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from compendium.dictionary import rules
from compendium.dictionary.schema import Dictionary, Field
from compendium.errors import nearest

_YEARMONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Fault:
    """What is wrong at a path of the YAML file."""

    path: tuple[str | int, ...]
    message: str
    remedy: str = ""


def rule_faults(dictionary: Dictionary) -> Iterator[Fault]:
    """Rules that can't be read, or name what the table doesn't have."""
    ids: set[str] = set()
    for index, rule in enumerate(dictionary.rules):
        path = ("rules", index, "test")
        if rule.id in ids:
            yield Fault(("rules", index, "id"), f"Two rules are called {rule.id}.", "Give each its own id.")
        ids.add(rule.id)
        try:
            test = rules.parse(rule.test)
        except rules.RuleError as error:
            yield Fault(path, f"The test can't be read: {error}.", "See the rules in the reference of dictionaries.")
            continue
        unknown = unknown_names(dict.fromkeys([*test.columns, *rule.fields]), dictionary)
        for name in unknown:
            yield Fault(path, f"The rule names {name}, which is no field.", nearest(name, dictionary.names))
        if not unknown:
            yield from (Fault(path, *words) for words in _values(test.literals(), dictionary))
            yield from (Fault(path, *words) for words in _types((*test.given, *test.then), dictionary, dictionary))


def related_faults(dictionary: Dictionary, others: Mapping[str, Dictionary], broken: Container[str]) -> Iterator[Fault]:
    """Rules that look into a table nobody described, or into columns it doesn't have.

    The rules have no `rule_faults`: every column of their own table that they name is there.
    """
    for index, rule in enumerate(dictionary.rules):
        related = rules.parse(rule.test).related
        if related is None or related.table in broken:
            continue
        path, target = ("rules", index, "test"), others.get(related.table)
        if target is None:
            remedy = nearest(related.table, others)
            yield Fault(path, f"The rule looks into {related.table}, which has no dictionary.", remedy)
            continue
        unknown = unknown_names(dict.fromkeys((*related.theirs, *(one.left.name for one in related.has))), target)
        for name in unknown:
            yield Fault(path, f"{target.name} has no column {name}.", nearest(name, target.names))
        if not unknown:
            yield from (Fault(path, *words) for words in _values(related.literals(), target))
            yield from (Fault(path, *words) for words in _types(related.has, target, dictionary))
            yield from (Fault(path, *words) for words in _pairs(related, dictionary, target))


def _pairs(related: rules.Related, dictionary: Dictionary, target: Dictionary) -> Iterator[tuple[str, str]]:
    for own, theirs in zip(related.own, related.theirs, strict=True):
        if dictionary.field(own).type != target.field(theirs).type:
            yield f"{own} and {target.name}.{theirs} have different types.", "Look up by columns of one type."


def _values(literals: Iterable[tuple[str, rules.Scalar]], dictionary: Dictionary) -> Iterator[tuple[str, str]]:
    for name, value in literals:
        field = dictionary.field(name)
        if not same_kind(field, value):
            yield f"{name} is a {field.type}, and {value!r} is none.", "Compare it with a value of its own type."
        elif field.codes and str(value) not in field.codes and field.type == "string":
            yield f"{value} is no code of {name}.", nearest(str(value), field.codes)


def _types(
    conditions: Iterable[rules.Condition], of_left: Dictionary, of_right: Dictionary
) -> Iterator[tuple[str, str]]:
    for condition in conditions:
        if isinstance(condition, rules.Comparison) and isinstance(condition.right, rules.Column):
            left, right = of_left.field(condition.left.name), of_right.field(condition.right.name)
            if not _comparable(left, right):
                yield f"{left.name} and {right.name} have different types.", "Compare columns of one type."


def _comparable(left: Field, right: Field) -> bool:
    numbers = {"integer", "number", "year"}
    return left.type == right.type or {left.type, right.type} <= numbers


def same_kind(field: Field, value: object) -> bool:
    """Whether a value in the YAML is of the field's type."""
    if field.type == "boolean":
        return isinstance(value, bool)
    if field.type in ("integer", "year"):
        return isinstance(value, int) and not isinstance(value, bool)
    if field.type == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if not isinstance(value, str):
        return False
    if field.type == "yearmonth":
        return bool(_YEARMONTH.fullmatch(value))
    return field.type != "date" or _is_date(value)


def _is_date(value: str) -> bool:
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == 10


def unknown_names(names: Iterable[str], dictionary: Dictionary) -> list[str]:
    """Those of the names that are no columns of the table."""
    return [name for name in names if name not in dictionary.names]
