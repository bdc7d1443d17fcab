"""Facts of the published study that stand in `_variables.yml`, each with where it was read: nothing computes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from compendium.paths import Root
from compendium.report import naming
from compendium.yamlfile import read_yaml

FILE = "_variables.yml"
ASKED = re.compile(r"\{\{<\s*var\s+([\w.]+)\s*>\}\}")
AGAIN = "the same"
PAGES = ("*.qmd", "report/*.qmd", "report/*.md", "places/*/*.qmd", "notebooks/*.ipynb")


@dataclass(frozen=True)
class Fact:
    """One fact: its name, its text, the line it stands on, where it was read, the pages that tell it."""

    name: str
    text: str
    line: int
    source: str
    pages: tuple[str, ...]

    def record(self) -> dict[str, Any]:
        return asdict(self)

    def told(self) -> str:
        """In words."""
        lines = [
            f"{self.name} = {self.text}  (the whole site)",
            "  what       a fact of the published study, typed by hand; nothing here computes it",
            f"  file       {FILE}, line {self.line}",
            f"  source     {self.source or 'not said'}",
            f"  told on    {', '.join(self.pages) or 'no page'}",
        ]
        return "\n".join(lines)


def find(root: Root, name: str) -> Fact | None:
    """The fact that a name means, if it means one."""
    wanted = naming.plain(name)
    return next((fact for fact in facts(root) if fact.name == wanted), None)


def facts(root: Root) -> Iterator[Fact]:
    """Every fact, in the order of the file. What stands behind `#` on its line is its source."""
    path = root.path / FILE
    if not path.is_file():
        return
    read, rows = read_yaml(path, FILE), path.read_text("utf-8").splitlines()
    used = {name: tuple(pages) for name, pages in _used(root).items()}
    before = ""
    for place, text in _leaves(read.data, ()):
        name, line = ".".join(place), read.line(place)
        source = rows[line - 1].partition("#")[2].strip()
        before = before if source.startswith(AGAIN) else source
        yield Fact(name, text, line, before, used.get(name, ()))


def _used(root: Root) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pattern in PAGES:
        for path in sorted(root.path.glob(pattern)):
            for name in dict.fromkeys(ASKED.findall(path.read_text("utf-8"))):
                found.setdefault(name, []).append(root.relative(path))
    return found


def _leaves(data: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _leaves(value, (*place, str(key)))
    elif data is not None:
        yield place, str(data)
