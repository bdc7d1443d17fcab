"""Name the file of a table in a `locality.yml` that a person wrote: comments, order and quotes stay as they are."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from compendium.errors import InputRefused
from compendium.locality.written import Provenance
from compendium.yamlfile import YamlFile, parse_yaml

_WIDEST = 10_000  # no line is broken that was not broken before
SOURCES = "sources"


def with_sources(text: str, named: Mapping[str, tuple[str, Provenance]]) -> str:
    """The text of a `locality.yml` whose `sources` name a file and its provenance for each table of `named`.

    The same text where they do already. Raises `InputRefused` when the text can't be read.
    """
    for table, (file, provenance) in named.items():
        text = _with_source(text, table, {"file": file, "provenance": provenance})
    return text


def _with_source(text: str, table: str, source: dict[str, str]) -> str:
    before = parse_yaml(text, "locality.yml")
    sources: dict[str, Any] = before.data.get(SOURCES) or {}
    if sources.get(table) == source:
        return text
    if sources and table not in sources:
        # a line of its own below the last source: a round trip would move the comments that stand there
        added = _line_added(text, before, f"{table}: {{file: {source['file']}, provenance: {source['provenance']}}}")
        if _says(added, {**before.data, SOURCES: {**sources, table: source}}):
            return added
    return _round_trip(text, table, source)


def _line_added(text: str, read: YamlFile, line: str) -> str:
    lines = text.split("\n")
    last = max(number for path, number in read.lines.items() if path[:1] == (SOURCES,))
    key = next(number for path, number in read.lines.items() if path[:1] == (SOURCES,) and len(path) == 2)
    indent = len(lines[key - 1]) - len(lines[key - 1].lstrip(" "))
    lines.insert(last, " " * indent + line)
    return "\n".join(lines)


def _says(text: str, data: object) -> bool:
    try:
        return bool(parse_yaml(text, "locality.yml").data == data)
    except InputRefused:
        return False


def _round_trip(text: str, table: str, source: dict[str, str]) -> str:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDEST
    yaml.indent(mapping=2, sequence=4, offset=2)
    data = yaml.load(text)
    if not data.get(SOURCES):
        data[SOURCES] = CommentedMap()
    if table in data[SOURCES]:
        data[SOURCES][table].update(source)
    else:
        data[SOURCES][table] = CommentedMap(source)
        data[SOURCES][table].fa.set_flow_style()
    written = io.StringIO()
    yaml.dump(data, written)
    return written.getvalue()
