"""A YAML file as plain values that remember their lines. A leaf.

Hostile until read: aliases (billion laughs), tags, duplicate keys, deep nesting and large files are refused.
Scalars follow the core schema of YAML 1.2 without dates: `2022-05-01` and `yes` are text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from compendium.errors import InputRefused, Problem

LARGEST = 500_000  # bytes; the longest file of the project is a tenth of it
DEEPEST = 30
Path_ = tuple[str | int, ...]

_SUSPECT = re.compile(r"(^|[\s\[{,:?-])[&*!%]")  # may be an alias, an anchor, a tag: then events tell
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]{1,3})")
_OLD_BOOLEANS = frozenset({"yes", "no", "on", "off"})


@dataclass(frozen=True)
class YamlFile:
    """What a file says (`data`), and on which line each part of it stands."""

    name: str
    data: Any
    lines: Mapping[Path_, int]
    unquoted: frozenset[Path_]  # plain `yes`, `no`, `on`, …: YAML 1.1 tools read them as true and false

    def line(self, path: Path_) -> int:
        """The line of a part, or of the nearest part that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: Path_, message: str, remedy: str = "") -> Problem:
        return Problem(file=self.name, message=f"line {self.line(path)}: {message}", remedy=remedy)


def read_yaml(path: Path, name: str = "") -> YamlFile:
    """Read one file of YAML; `name` is what a user calls it. Raises `InputRefused`."""
    name = name or path.name
    try:
        if path.stat().st_size > LARGEST:
            raise InputRefused(Problem(name, message=f"It is larger than {LARGEST:,} bytes.", remedy="Shorten it."))
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputRefused(Problem(name, message="The file can't be read.", remedy="Is it there?")) from error
    except UnicodeDecodeError as error:
        raise InputRefused(Problem(name, message="The file isn't UTF-8.", remedy="Save it as UTF-8.")) from error
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str) -> YamlFile:
    """The same from text. Raises `InputRefused` with every duplicate key, alias and tag."""
    try:
        problems = list(_forbidden(text, name)) if _SUSPECT.search(text) else []
        if problems:
            raise InputRefused(problems)
        node = YAML(typ="safe", pure=True).compose(text)
    except (YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark else ""
        what = getattr(error, "problem", None) or "it can't be parsed"
        message = f"{line}This isn't valid YAML: {what}."
        raise InputRefused(Problem(name, message=message, remedy="Check indentation, colons and quotes.")) from error
    reader = _Reader(name)
    data = reader.value(node, ()) if node is not None else None
    if reader.problems:
        raise InputRefused(reader.problems)
    return YamlFile(name, data, reader.lines, frozenset(reader.unquoted))


def _forbidden(text: str, name: str) -> Iterator[Problem]:
    for event in YAML(typ="safe", pure=True).parse(text):
        line = event.start_mark.line + 1
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            yield Problem(name, message=f"line {line}: anchors and aliases are refused.", remedy="Write it out.")
        elif getattr(event, "tag", None):
            yield Problem(name, message=f"line {line}: tags (!) are refused.", remedy="Write the plain value.")


class _Reader:
    """Turns composed nodes into plain values; keeps lines, duplicate keys and plain `yes`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Path_, int] = {}
        self.unquoted: set[Path_] = set()
        self.problems: list[Problem] = []

    def value(self, node: Node, path: Path_) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if len(path) > DEEPEST:
            self.problems.append(
                Problem(self.name, message=f"line {self.lines[path]}: nested too deep.", remedy="Flatten it.")
            )
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        return self._scalar(node, path)

    def _mapping(self, node: MappingNode, path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, item in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode):
                self.problems.append(Problem(self.name, message=f"line {line}: a key must be plain text."))
                continue
            if key.value in found:
                message = f"line {line}: the key {key.value} stands twice."
                self.problems.append(Problem(self.name, message=message, remedy="Keep one of them."))
            self.lines[(*path, key.value)] = line
            found[key.value] = self.value(item, (*path, key.value))
        return found

    def _scalar(self, node: ScalarNode, path: Path_) -> Any:
        text = node.value
        if node.style in ("'", '"', "|", ">"):
            return text
        if text in ("", "~", "null", "Null", "NULL"):
            return None
        if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
            return text.lower() == "true"
        if text.lower() in _OLD_BOOLEANS:
            self.unquoted.add(path)
            return text
        if _WHOLE.fullmatch(text):
            return int(text)
        return float(text) if _NUMBER.fullmatch(text) else text
