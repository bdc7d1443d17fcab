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
SOURCES, DICTIONARIES = "sources", "dictionaries"


def with_sources(text: str, named: Mapping[str, tuple[str, Provenance]]) -> str:
    """The text of a `locality.yml` whose `sources` name a file and its provenance for each table of `named`.

    The same text where they do already. Raises `InputRefused` when the text can't be read.
    """
    for table, (file, provenance) in named.items():
        text = _with(text, SOURCES, table, {"file": file, "provenance": provenance})
    return text


def with_dictionaries(text: str, named: Mapping[str, str]) -> str:
    """The same for the files of `dictionaries`, in which a locality says what is different about a table."""
    for table, file in named.items():
        text = _with(text, DICTIONARIES, table, {"file": file})
    return text


def _with(text: str, under: str, table: str, said: dict[str, str]) -> str:
    before = parse_yaml(text, "locality.yml")
    known: dict[str, Any] = before.data.get(under) or {}
    if known.get(table) == said:
        return text
    if known and table not in known:
        # a line of its own below the last table: a round trip would move the comments that stand there
        value = ", ".join(f"{key}: {word}" for key, word in said.items())
        added = _line_added(text, before, under, f"{table}: {{{value}}}")
        if _says(added, {**before.data, under: {**known, table: said}}):
            return added
    return _round_trip(text, under, table, said)


def _line_added(text: str, read: YamlFile, under: str, line: str) -> str:
    lines = text.split("\n")
    last = max(number for path, number in read.lines.items() if path[:1] == (under,))
    key = next(number for path, number in read.lines.items() if path[:1] == (under,) and len(path) == 2)
    indent = len(lines[key - 1]) - len(lines[key - 1].lstrip(" "))
    lines.insert(last, " " * indent + line)
    return "\n".join(lines)


def _says(text: str, data: object) -> bool:
    try:
        return bool(parse_yaml(text, "locality.yml").data == data)
    except InputRefused:
        return False


def _round_trip(text: str, under: str, table: str, said: dict[str, str]) -> str:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDEST
    yaml.indent(mapping=2, sequence=4, offset=2)
    data = yaml.load(text)
    if not data.get(under):
        data[under] = CommentedMap()
    if table in data[under]:
        data[under][table].update(said)
    else:
        data[under][table] = CommentedMap(said)
        data[under][table].fa.set_flow_style()
    written = io.StringIO()
    yaml.dump(data, written)
    return written.getvalue()
