"""The parameters of the synthetic twin, as data: each with its value, its basis, its source and its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from compendium.errors import InputRefused, UnknownName, nearest
from compendium.markdown import pipe_table
from compendium.yamlfile import YamlFile, read_yaml

_ESCAPED = str.maketrans({character: f"\\{character}" for character in "\\`*_{}[]<>|$@#"})


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


def twin_assumptions_markdown(parameters: Parameters) -> str:
    """A pipe table of all parameters for the site: what, value, basis, source and why. Text is escaped for markdown."""
    rows = []
    for entry in parameters:
        basis = f"{entry.basis}, borrowed from elsewhere" if entry.borrowed else entry.basis
        cells = (entry.title, _shown(entry.value), basis, entry.source, entry.reason)
        rows.append([_escaped(cell) for cell in cells])
    return pipe_table(["Parameter", "Value", "Basis", "Source", "Why"], rows) + "\n"


def _shown(value: Any) -> str:
    """A value as a reader would write it: `adult 0.54, child 0.05`; nested groups divided by semicolons."""
    if isinstance(value, dict):
        nested = any(isinstance(inner, dict) for inner in value.values())
        if nested:
            return "; ".join(f"{_words(key)}: {_shown(inner)}" for key, inner in value.items())
        return ", ".join(f"{_words(key)} {_shown(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_shown(inner) for inner in value)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _words(code: object) -> str:
    return str(code).replace("_", " ")


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED).replace("\n", " ")
