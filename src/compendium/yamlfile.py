"""A YAML file as plain values that remember their lines. A leaf.

Hostile until read: aliases (billion laughs), tags, duplicate keys, deep nesting and large files are refused.
Scalars follow the core schema of YAML 1.2 without dates: `2022-05-01` and `yes` are text.

libyaml's parser gives the events, some fifteen times faster than one in Python. Values are built here from one event
after the other: its composer calls itself for every level and would crash on a file nested deep enough.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from compendium import bounded
from compendium.errors import InputRefused, Problem

LARGEST = 500_000  # bytes; the longest file of the project is a tenth of it
DEEPEST = 30
Path_ = tuple[str | int, ...]

_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in Python where libyaml isn't there
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
    return parse_yaml(bounded.text_of(path, LARGEST, name), name)


def parse_yaml(text: str, name: str) -> YamlFile:
    """The same from text. Raises `InputRefused` with every duplicate key, alias and tag."""
    reader = _Reader(name)
    try:
        for event in yaml.parse(text, Loader=_PARSER):
            reader.take(event)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputRefused(_invalid(name, error)) from error
    if reader.problems:
        raise InputRefused(reader.problems)
    return YamlFile(name, reader.data, reader.lines, frozenset(reader.unquoted))


def _invalid(name: str, error: Exception) -> Problem:
    """Where the parser stopped, and where that began in which it did."""
    mark, begun = (getattr(error, which, None) for which in ("problem_mark", "context_mark"))
    line = f"line {mark.line + 1}: " if mark else ""
    what = getattr(error, "problem", None) or "it can't be parsed"
    if begun and mark and begun.line != mark.line:
        what = f"{error.context} from line {begun.line + 1}, {what}"  # type: ignore[attr-defined]
    return Problem(
        name, message=f"{line}This isn't valid YAML: {what}.", remedy="Check indentation, colons and quotes."
    )


@dataclass
class _Open:
    """A mapping or a list whose end was not read yet."""

    path: Path_
    holds: dict[str, Any] | list[Any]
    key: str | None = None  # of the value that comes next; None: a key comes next
    skips: int = 0  # levels of a key that is no text


class _Reader:
    """Turns events into plain values; keeps lines, duplicate keys and plain `yes`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.data: Any = None
        self.lines: dict[Path_, int] = {}
        self.unquoted: set[Path_] = set()
        self.problems: list[Problem] = []
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: Event) -> None:
        """The next event. Raises `InputRefused` at once for what is nested too deep."""
        line = event.start_mark.line + 1
        if isinstance(event, NodeEvent):
            self._forbidden(event, line)
        if self._passed_over(event):
            return
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents == 2:
                self._wrong(line, "a second document begins.", "Keep one in a file.")
        elif isinstance(event, ScalarEvent):
            self._text(event, line)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._begin({} if isinstance(event, MappingStartEvent) else [], line)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._open.pop()
        elif isinstance(event, AliasEvent):
            self._put(None, line)

    def _wrong(self, line: int, message: str, remedy: str = "") -> None:
        self.problems.append(Problem(self.name, message=f"line {line}: {message}", remedy=remedy))

    def _forbidden(self, event: NodeEvent, line: int) -> None:
        if isinstance(event, AliasEvent) or event.anchor:
            self._wrong(line, "anchors and aliases are refused.", "Write it out.")
        elif getattr(event, "tag", None):
            self._wrong(line, "tags (!) are refused.", "Write the plain value.")

    def _passed_over(self, event: Event) -> bool:
        """Whether the event belongs to a key that is no text; the value of such a key is put under no name."""
        within = self._open[-1] if self._open else None
        if within is None or not (within.skips or self._is_key(within)):
            return False
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            if not within.skips:
                self._wrong(event.start_mark.line + 1, "a key must be plain text.")
            within.skips += 1
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            if not within.skips:
                return False
            within.skips -= 1
            if not within.skips:
                within.key = ""
        elif not within.skips:
            return False
        return True

    @staticmethod
    def _is_key(within: _Open) -> bool:
        return isinstance(within.holds, dict) and within.key is None

    def _begin(self, new: dict[str, Any] | list[Any], line: int) -> None:
        path = self._put(new, line)
        if len(path) >= DEEPEST:
            self._wrong(line, "nested too deep.", "Flatten it.")
            raise InputRefused(self.problems)
        self._open.append(_Open(path, new))

    def _text(self, event: ScalarEvent, line: int) -> None:
        within = self._open[-1] if self._open else None
        if within is not None and self._is_key(within):
            if event.value in within.holds:
                self._wrong(line, f"the key {event.value} stands twice.", "Keep one of them.")
            within.key = event.value
            self.lines[(*within.path, event.value)] = line
            return
        self._put(self._scalar(event, self._next()), line)

    def _next(self) -> Path_:
        """Where the next value stands."""
        if not self._open:
            return ()
        within = self._open[-1]
        return (*within.path, len(within.holds) if isinstance(within.holds, list) else within.key or "")

    def _put(self, value: Any, line: int) -> Path_:
        path = self._next()
        self.lines.setdefault(path, line)
        if not self._open:
            self.data = value
        elif isinstance(within := self._open[-1].holds, list):
            within.append(value)
        else:
            within[self._open[-1].key or ""] = value
            self._open[-1].key = None
        return path

    def _scalar(self, event: ScalarEvent, path: Path_) -> Any:
        text = event.value
        if event.style in ("'", '"', "|", ">"):
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
