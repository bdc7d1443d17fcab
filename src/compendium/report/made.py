"""How each released number of a locality was made: read back from what was released and from its pages, nothing else.

The page on sources shows it and `compendium why` tells it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from compendium.release.kept import LINEAGE
from compendium.release.values import PAGE, entry
from compendium.report import numbers, side_by_side
from compendium.report.empty_sections import HIDE
from compendium.report.read import every

FLOAT = re.compile(r"\{#((?:fig|tbl)-[\w-]+)")
ENTRY = re.compile(rf"{re.escape(PAGE)}#(from-[\w-]+)\)\{{\.number\}}")  # in a sentence
TITLE = re.compile(r"^title: (.+)$", re.M)
PAGES = (".qmd", ".ipynb")
TOGETHER = f"{side_by_side.FOLDER}/index.qmd"
Record = Mapping[str, Any]
UNTOLD: Record = {"version": "", "notebooks": {}, "inputs": {}, "tables": {}}
UNMADE: Record = {"notebook": "", "cell": 0, "how": "", "of": (), "inputs": (), "code": {}}


@dataclass(frozen=True)
class Source:
    """An input table: what it is and where its rows come from. Of real records it names no file."""

    name: str
    title: str
    provenance: str
    sensitivity: str
    source: str
    file: str
    hash: str


@dataclass(frozen=True)
class Made:
    """A released table: who made it, where, and from what."""

    name: str
    notebook: str
    cell: int  # of all cells of the stored notebook; the first is 1
    how: str  # the call that counts, or the kind of derivation
    of: tuple[str, ...]  # released tables that it is worked out from
    inputs: tuple[str, ...]
    code: Mapping[str, str]  # modules named in the call: hash of their source
    said: Record  # what the table says of itself

    @property
    def title(self) -> str:
        return str(self.said["title"])

    @property
    def id(self) -> str:
        """The name of the cell, in the gated notebook and on its page."""
        return f"cell-{self.cell}"

    @property
    def hidden(self) -> int:
        """Cells and totals that are hidden."""
        return sum(row.get("status") == "hidden" for row in self.said["rows"])


@dataclass(frozen=True)
class Page:
    """A page of a locality: what is shown on it, and the values and tables whose numbers it tells."""

    file: str
    title: str
    anchors: frozenset[str]
    values: frozenset[str]
    entries: frozenset[str]


@dataclass(frozen=True)
class Whole:
    """A locality's released tables with their lineage, and its pages."""

    locality: str
    version: str
    notebooks: Mapping[str, Record]
    sources: Mapping[str, Source]
    tables: Mapping[str, Made]
    values: Mapping[str, Record]
    pages: tuple[Page, ...] = field(default=())

    def shown(self, table: str) -> str:
        """Where a table or its figure stands, as `page.ipynb#tbl-name`; empty when it stands on no page."""
        tail = entry(table).removeprefix("from-")
        for page in self.pages:
            for name in (f"fig-{tail}", f"tbl-{tail}"):
                if name in page.anchors:
                    return f"{page.file}#{name}"
        return ""

    def used(self, table: str) -> dict[Page, list[str]]:
        """Pages whose sentences tell a number of the table, each with the names of the values."""
        own = entry(table)
        found = {}
        for page in self.pages:
            told = [name for name in sorted(page.values) if name in self.values and self._is_of(name, table)]
            if told or own in page.entries:
                found[page] = told
        return found

    def _is_of(self, value: str, table: str) -> bool:
        return bool(self.values[value]["table"] == table)

    def roots(self, table: str) -> tuple[list[str], list[str]]:
        """The published tables behind a table (itself, when it isn't derived), and their inputs."""
        published, inputs, left = [], [], [table]
        while left:
            made = self.tables.get(left.pop(0))
            if made and made.name not in published:
                left += [name for name in made.of if name not in published]
                published += [made.name] if not made.of else []
                inputs += [name for name in made.inputs if name not in inputs]
        return published, inputs

    def step(self, made: Made) -> str:
        """Where the cell that published a table stands; empty where the page leaves it out, with all it showed."""
        place = f"{made.notebook}.ipynb"
        return next((f"{place}#{made.id}" for page in self.pages if page.file == place and made.id in page.anchors), "")

    @cached_property
    def told(self) -> frozenset[str]:
        """Values that some page tells."""
        return frozenset(name for page in self.pages for name in page.values)

    @property
    def unused(self) -> list[str]:
        """Values that no page tells."""
        return sorted(set(self.values) - self.told)


def read(locality: str, released: Path, values: Mapping[str, Record], pages: Iterable[Page]) -> Whole:
    """From a folder of released objects; what was settled before lineages were written tells only what it is."""
    path = released / LINEAGE
    lineage = json.loads(path.read_text("utf-8")) if path.is_file() else UNTOLD
    tables = {}
    for said in every(released / "tables"):
        record = lineage["tables"].get(said["name"], UNMADE)
        of, inputs = tuple(record["of"]), tuple(record["inputs"])
        made = Made(said["name"], record["notebook"], record["cell"], record["how"], of, inputs, record["code"], said)
        tables[made.name] = made
    sources = {name: Source(name=name, **record) for name, record in lineage["inputs"].items()}
    return Whole(locality, lineage["version"], lineage["notebooks"], sources, tables, values, tuple(pages))


def pages(folder: Path) -> Iterator[Page]:
    """The pages in a locality's folder, with what they include, and that of areas side by side."""
    own = sorted(path for path in folder.iterdir() if path.suffix in PAGES and path.name != PAGE)
    together = folder.parent / TOGETHER
    for path in [*own, together] if together.is_file() else own:
        text, title, cells = _text(path)
        yield Page(
            path.name if path.parent == folder else f"../{TOGETHER}",
            title or path.stem,
            frozenset([*FLOAT.findall(text), *cells]),
            frozenset(numbers.asked(text)),
            frozenset(ENTRY.findall(text)),
        )


def _text(path: Path) -> tuple[str, str, list[str]]:
    """All that a page says, its title, and the names of its cells."""
    if path.suffix == ".ipynb":
        notebook = json.loads(path.read_text("utf-8"))
        title = str(notebook["metadata"].get("compendium", {}).get("title", ""))
        return "\n".join(_cells(notebook)), title, [str(cell["id"]) for cell in notebook["cells"] if _is_shown(cell)]
    text = path.read_text("utf-8")
    for name in re.findall(r"\{\{< include (\S+) >\}\}", text):
        included = path.parent / name
        text += included.read_text("utf-8") if included.is_file() else ""
    titles = [found.strip("\"'") for found in TITLE.findall(text)]
    return text, titles[0] if titles else "", []


def _is_shown(cell: Record) -> bool:
    """Whether a cell stands on its page: one whose section has nothing to show is left out."""
    source = "".join(cell["source"])
    return cell["cell_type"] == "code" and bool(source.strip()) and not source.startswith(HIDE)


def _cells(notebook: Record) -> Iterator[str]:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            yield "".join(cell["source"])
        for output in cell.get("outputs", ()):
            yield "".join(output.get("data", {}).get("text/markdown", ""))
