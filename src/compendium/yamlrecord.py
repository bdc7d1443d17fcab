"""Frozen records from YAML: unknown keys with the nearest known one, every mistake with its line. A leaf."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from compendium.errors import InputRefused, Problem, nearest
from compendium.yamlfile import YamlFile

Record = TypeVar("Record")


def validated(model: type[Record], source: YamlFile, problems: Iterable[Problem] = ()) -> Record:
    """The record that a file describes; `model` is a pydantic dataclass that forbids unknown keys.

    Raises `InputRefused` with everything that pydantic finds, and with the `problems` that are known already.
    """
    found = list(problems)
    if not isinstance(source.data, dict):
        raise InputRefused(source.problem((), "The file isn't a mapping of keys.", "Begin with name: or id:."))
    try:
        record = TypeAdapter(model).validate_python(source.data)
    except ValidationError as error:
        found += [_told(item, model, source) for item in error.errors(include_url=False)]
        raise InputRefused(found) from None
    if found:
        raise InputRefused(found)
    return record


def _told(error: Any, model: type, source: YamlFile) -> Problem:
    """One finding of pydantic in the words of the person who writes the YAML."""
    path = tuple(error["loc"])
    name = path[-1] if path else ""
    if error["type"] == "unexpected_keyword_argument":
        return source.problem(path, f"The key {name} isn't known here.", nearest(str(name), keys_at(model, path[:-1])))
    if error["type"] == "missing":
        return source.problem(path[:-1], f"The key {name} is missing.", "Add it.")
    where = ".".join(str(part) for part in path if isinstance(part, str))
    what = error["msg"].replace("Input should be", "It should be").replace("a valid tuple", "a list")
    remedy = "Quote it if it is text." if error["type"] == "string_type" else ""
    return source.problem(path, f"{where}: {what}.", remedy)


def keys_at(model: type, path: Sequence[str | int]) -> tuple[str, ...]:
    """The keys that a record accepts at a path of the YAML."""
    found: Any = model
    for part in path:
        found = _inner(found, part)
    names: Mapping[str, FieldInfo] = getattr(found, "__pydantic_fields__", {})
    return tuple(info.alias or name for name, info in names.items())


def _inner(found: Any, part: str | int) -> Any:
    """The type of what stands at `part` of a value of type `found`."""
    if isinstance(part, int):
        return next((item for item in typing.get_args(found) if item is not Ellipsis), None)
    names: Mapping[str, FieldInfo] = getattr(found, "__pydantic_fields__", {})
    for name, info in names.items():
        if part in (name, info.alias):
            kept = info.annotation
            is_union = typing.get_origin(kept) in (typing.Union, types.UnionType)
            return typing.get_args(kept)[0] if is_union else kept
    return typing.get_args(found)[-1] if typing.get_origin(found) is not None else None
