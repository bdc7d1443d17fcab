"""The parameters of the synthetic twin, as data: each with its value, its basis, its source and its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from compendium.errors import InputRefused, UnknownName, nearest
from compendium.yamlfile import YamlFile, read_yaml

KEYS = ("version", "parameters")


@dataclass(frozen=True)
class Parameter:
    """One parameter of the generator and why it has its value; `borrowed` means from another force or area."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: str
    title: str
    value: Any
    basis: Literal["published", "assumption"]
    source: str
    reason: str
    borrowed: bool = False


@dataclass(frozen=True)
class Parameters:
    """Every parameter by id, and the version of the file: a new version makes other files."""

    version: int
    entries: tuple[Parameter, ...]

    def __getitem__(self, name: str) -> Any:
        """The value of a parameter. Raises `UnknownName` with the nearest."""
        for entry in self.entries:
            if entry.id == name:
                return entry.value
        raise UnknownName(f"No parameter of the twin is called {name}.", nearest(name, (e.id for e in self.entries)))

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.entries)

    def replaced(self, **values: Any) -> Parameters:
        """The same parameters with other values (`cases__number=20` stands for `cases.number`)."""
        named = {name.replace("__", "."): value for name, value in values.items()}
        for name in named:
            self[name]
        entries = (Parameter(**{**vars(entry), "value": named.get(entry.id, entry.value)}) for entry in self.entries)
        return Parameters(self.version, tuple(entries))


def load_parameters(path: Path) -> Parameters:
    """Read the parameter file. Raises `InputRefused` with every mistake and its line."""
    source = read_yaml(path)
    data = source.data if isinstance(source.data, dict) else {}
    version, entries = data.get("version"), data.get("parameters")
    if not isinstance(version, int) or not isinstance(entries, list):
        raise InputRefused(source.problem((), "It lacks version: or parameters:.", "Begin with version: 1."))
    if unknown := [key for key in data if key not in KEYS]:
        raise InputRefused([source.problem((k,), f"The key {k} isn't known here.", nearest(k, KEYS)) for k in unknown])
    try:
        found = tuple(TypeAdapter(list[Parameter]).validate_python(entries))
    except ValidationError as error:
        raise InputRefused(_told(error, source)) from None
    ids = [entry.id for entry in found]
    twice = [
        source.problem(("parameters", index, "id"), f"{name} is there twice.", "Keep one of them.")
        for index, name in enumerate(ids)
        if name in ids[:index]
    ]
    if twice:
        raise InputRefused(twice)
    return Parameters(version, found)


def _told(error: ValidationError, source: YamlFile) -> Iterable[Any]:
    for item in error.errors(include_url=False):
        path = ("parameters", *item["loc"])
        yield source.problem(
            path, f"{'.'.join(map(str, item['loc'][1:]))}: {item['msg']}.", "See the entries beside it."
        )
