"""JSON Schema (draft 2020-12) of a table as an array of rows, for tools that take no Table Schema.

A row is an object with every column: dates as `2023-04-30`, months as `2023-04`, an empty cell as null. What JSON
Schema can't say (keys, limits of dates, rules that compare columns or rows) stands in `$comment`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from compendium.dictionary import rules
from compendium.dictionary.cells import LONGEST_CELL
from compendium.dictionary.schema import Constraints, Dictionary, Field, Rule

DRAFT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
_TYPES = {"integer": "integer", "year": "integer", "number": "number", "boolean": "boolean"}
_FORMS: dict[str, Schema] = {
    "date": {"format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    "yearmonth": {"pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
    "year": {"minimum": 0, "maximum": 9999},
}


def json_schema(dictionary: Dictionary) -> Schema:
    """The schema of a table's rows; JSON-able, keys in a fixed order."""
    conditional = [one for rule in dictionary.rules for one in _conditional(rule)]
    row: Schema = {
        "type": "object",
        "properties": {field.name: _property(field, dictionary) for field in dictionary.fields},
        "required": list(dictionary.names),
        "additionalProperties": False,
    }
    if conditional:
        row["allOf"] = conditional
    return {
        "$schema": DRAFT,
        "title": dictionary.title,
        "description": dictionary.description,
        **({"$comment": left} if (left := " ".join(_left_out(dictionary))) else {}),
        "type": "array",
        "items": row,
    }


def _property(field: Field, dictionary: Dictionary) -> Schema:
    limits = field.constraints
    needed = limits.required or field.name in dictionary.primary_key
    kind = _TYPES.get(field.type, "string")
    found: Schema = {"title": field.heading, "type": kind if needed else [kind, "null"]}
    if field.description:
        found["description"] = field.description
    if limits.enum:
        found["oneOf"] = [{"const": code, "title": field.label(text)} for code, text in _codes(field)]
        if not needed:
            found["oneOf"].append({"type": "null", "title": "Empty"})
        return found
    return {**found, **_FORMS.get(field.type, {}), **_limits(field, limits)}


def _codes(field: Field) -> list[tuple[Any, str]]:
    return list(zip(field.constraints.enum, field.codes, strict=True))


def _limits(field: Field, limits: Constraints) -> Schema:
    found: Schema = {}
    if field.type == "string":
        found["maxLength"] = min(limits.max_length or LONGEST_CELL, LONGEST_CELL)
        if limits.min_length is not None:
            found["minLength"] = limits.min_length
        if limits.pattern:
            found["pattern"] = f"^(?:{limits.pattern})$"
    elif field.type in _TYPES:
        found |= {name: value for name in ("minimum", "maximum") if (value := getattr(limits, name)) is not None}
    return found


def _conditional(rule: Rule) -> Iterator[Schema]:
    """A rule about the values of single columns, as if and then."""
    test = rules.parse(rule.test)
    if rule.level == "warning" or test.per or test.related or not all(map(_sayable, (*test.given, *test.then))):
        return
    then = _all([_said(condition, empty_holds=True) for condition in test.then])
    if not test.given:
        yield {"$comment": rule.message, **then}
    else:
        given = _all([_said(condition, empty_holds=False) for condition in test.given])
        yield {"$comment": rule.message, "if": given, "then": then}


def _sayable(condition: rules.Condition) -> bool:
    """Whether it is about one column, and not about the order of texts."""
    if not isinstance(condition, rules.Comparison):
        return True
    ordered = condition.sign not in ("==", "!=")
    return not isinstance(condition.right, rules.Column) and not (ordered and isinstance(condition.right, str))


def _all(said: Sequence[Schema]) -> Schema:
    return said[0] if len(said) == 1 else {"allOf": list(said)}


def _said(condition: rules.Condition, *, empty_holds: bool) -> Schema:
    """A condition on one column. Where it is asked for (`then`) an empty cell holds, where it is given it doesn't."""
    empty: Schema = {"type": "null"}
    if isinstance(condition, rules.Emptiness):
        return _on(condition, empty if condition.empty else {"not": empty})
    if isinstance(condition, rules.Membership):
        values: list[Any] = list(condition.values)
        inside = condition.inside
    elif condition.sign in ("==", "!="):
        values, inside = [condition.right], condition.sign == "=="
    else:
        limit = {"<=": "maximum", "<": "exclusiveMaximum", ">=": "minimum", ">": "exclusiveMinimum"}[condition.sign]
        return _on(condition, {limit: condition.right, **({} if empty_holds else {"type": "number"})})
    if inside:
        return _on(condition, {"enum": [*values, None] if empty_holds else values})
    return _on(condition, {"not": {"enum": values if empty_holds else [*values, None]}})


def _on(condition: rules.Condition, schema: Schema) -> Schema:
    return {"properties": {condition.left.name: schema}, "required": [condition.left.name]}


def _left_out(dictionary: Dictionary) -> Iterator[str]:
    if dictionary.primary_key:
        yield f"Key: {', '.join(dictionary.primary_key)}."
    for key in dictionary.foreign_keys:
        yield f"{', '.join(key.fields)} must be in {key.reference.resource}."
    for field in dictionary.fields:
        limits = (("from", field.constraints.minimum), ("to", field.constraints.maximum))
        if field.type in ("date", "yearmonth") and (said := [f"{way} {limit}" for way, limit in limits if limit]):
            yield f"{field.name}: {' '.join(said)}."
    for rule in dictionary.rules:
        if not list(_conditional(rule)):
            yield f"{'Warning' if rule.level == 'warning' else 'Error'}: {rule.message}"
