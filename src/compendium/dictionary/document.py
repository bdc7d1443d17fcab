"""The codebook: every table, every column, in markdown made from the dictionaries. Text of a dictionary is data."""

from __future__ import annotations

from collections.abc import Iterator

from compendium.dictionary.load import Dictionaries
from compendium.dictionary.schema import Dictionary, Field
from compendium.markdown import escape, pipe_table

_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "date": "date",
    "year": "year",
    "yearmonth": "month",
}
_UNITS = {"persons": "persons", "participants": "participants of workshops", "services": "services", "none": ""}


def codebook(dictionaries: Dictionaries, level: int = 2) -> str:
    """All tables, those of a group together: markdown that can stand inside a page, headings from `level` down."""
    grouped = {name for members in dictionaries.groups.values() for name in members}
    order = [name for members in dictionaries.groups.values() for name in members]
    order += [name for name in dictionaries if name not in grouped]
    return "\n".join(line for name in dict.fromkeys(order) for line in _table(dictionaries[name], level))


def _table(dictionary: Dictionary, level: int) -> Iterator[str]:
    yield f"{'#' * level} {escape(dictionary.title)} {{#sec-table-{dictionary.name.replace('_', '-')}}}"
    yield from ("", escape(dictionary.description), "")
    columns = len(dictionary.fields)
    yield from (f'::: {{.callout-note collapse="true" title="{columns} columns, key, source and rules"}}', "")
    facts = [[escape(name), value] for name, value in _facts(dictionary) if value]
    title = escape(dictionary.title)
    yield from (pipe_table(["Fact", "What it is"], facts, caption=f"About the table: {title}"), "")
    rows = [[f"`{field.name}`", _meaning(field), _TYPES[field.type], _allowed(field)] for field in dictionary.fields]
    header = ["Column", "Meaning", "Type", "Allowed"]
    yield from (pipe_table(header, rows, caption=f"Columns of the table: {title}"), "")
    if dictionary.rules:
        yield from ("Rules across columns:", "")
        yield from (
            f"- {escape(rule.message)}{' (a warning)' * (rule.level == 'warning')}" for rule in dictionary.rules
        )
        yield ""
    yield from (":::", "")


def _facts(dictionary: Dictionary) -> Iterator[tuple[str, str]]:
    yield "File name", f"`{dictionary.name}`"
    yield "One row is", f"one {escape(dictionary.unit)}"
    if dictionary.sensitive:
        floor = f"{escape(dictionary.policy)}, counted in {_UNITS[dictionary.units]}"
        yield "Sensitivity", "sensitive: rows are never shown, counts only after protection"
        yield "Floor", floor
    else:
        yield "Sensitivity", "public"
    yield "Key", ", ".join(f"`{name}`" for name in dictionary.primary_key)
    links = [
        f"{', '.join(f'`{name}`' for name in key.fields)} in `{key.reference.resource}`"
        + (f", as valid on `{key.valid_on}`" if key.valid_on else "")
        for key in dictionary.foreign_keys
    ]
    yield "Leads to", "; ".join(links)
    source = dictionary.source
    yield "Source", escape(str(source))
    yield "Licence", escape(source.licence)
    yield "Note", escape(source.note)


def _meaning(field: Field) -> str:
    parts = [escape(field.heading)]
    if field.description:
        parts.append(escape(field.description))
    return ". ".join(part.rstrip(".") for part in parts) + "."


def _allowed(field: Field) -> str:
    limits = field.constraints
    parts = ["must be filled in"] if limits.required else []
    if field.codes:
        parts.append("; ".join(_code(field, code) for code in field.codes))
    if limits.pattern:
        parts.append(f"pattern {escape(limits.pattern)}")
    if limits.minimum is not None:
        parts.append(f"from {escape(limits.minimum)}")
    if limits.maximum is not None:
        parts.append(f"to {escape(limits.maximum)}")
    if limits.unique:
        parts.append("each value once")
    return ", ".join(parts)


def _code(field: Field, code: str) -> str:
    label = field.label(code)
    return escape(code) if label == code else f"{escape(code)}: {escape(label)}"
