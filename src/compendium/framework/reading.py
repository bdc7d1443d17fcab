"""Read one YAML record of a framework: every fault with its file, line and key, unknown keys with the nearest one."""

from __future__ import annotations

import csv
import typing
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from compendium.errors import InputRefused, Problem, nearest
from compendium.framework.schema import Record
from compendium.yamlfile import YamlFile, read_yaml

Kind = TypeVar("Kind", bound=Record)


def read_record(path: Path, label: str, model: type[Kind], problems: list[Problem]) -> Kind | None:
    """The record, or None when `problems` got longer."""
    try:
        source: YamlFile = read_yaml(path, label)
    except InputRefused as refused:
        problems += refused.problems
        return None
    if not isinstance(source.data, dict):
        problems.append(source.problem((), "The file isn't a mapping of keys.", "Begin with id:."))
        return None
    try:
        return model.model_validate(source.data)
    except ValidationError as wrong:
        problems += [_told(error, model, source) for error in wrong.errors(include_url=False)]
    return None


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file of the project."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _told(error: Any, model: type[BaseModel], source: YamlFile) -> Problem:
    """One finding of pydantic in the words of the person who writes the YAML."""
    path = tuple(error["loc"])
    key = str(path[-1]) if path else ""
    if error["type"] == "extra_forbidden":
        return source.problem(path, f"The key {key} isn't known here.", nearest(key, _keys_at(model, path[:-1])))
    if error["type"] == "missing":
        return source.problem(path[:-1], f"The key {_where(path)} is missing.", "Add it.")
    what = error["msg"].replace("Input should be", "It should be").replace("valid tuple", "list")
    remedy = "Quote it if it is text." if error["type"] == "string_type" else ""
    return source.problem(path, f"{_where(path)}: {what}.", remedy)


def _where(path: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in path)


def _keys_at(model: type[BaseModel], path: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys that the record at a path of the YAML accepts."""
    found: Any = model
    for part in path:
        if isinstance(part, str) and hasattr(found, "model_fields"):
            found = found.model_fields[part].annotation if part in found.model_fields else None
        found = _record_in(found)
    return tuple(getattr(found, "model_fields", ()))


def _record_in(found: Any) -> Any:
    """The record that a list or an optional value is of."""
    if hasattr(found, "model_fields"):
        return found
    return next((inner for part in typing.get_args(found) if (inner := _record_in(part)) is not None), None)
