"""A stored notebook as markdown: its cells, their options, and the outputs that a run left in them. Nothing is run."""

from __future__ import annotations

import base64
import json
import posixpath
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from compendium.errors import Problem, RenderRefused, nearest
from compendium.site.project import read_yaml
from compendium.site.subset import CELL_OPTIONS

_IMAGES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpeg"}
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Shown:
    """What a cell leaves on a page: markdown, and the images stored in it by path in the site."""

    text: str
    images: dict[str, bytes]


@dataclass(frozen=True)
class Cell:
    """One cell; the first has number 1."""

    number: int
    kind: str
    source: str
    options: dict[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ()  # its label, id and tags: what `embed` may call it by
    outputs: tuple[dict[str, Any], ...] = ()

    @property
    def label(self) -> str:
        return str(self.options.get("label", ""))

    def is_called(self, name: str) -> bool:
        return name == self.label or name in self.names

    def markdown(self, fold: str, base: str, source: PurePosixPath, *, code: bool = True) -> Shown:
        """The cell as markdown.

        `fold` is `none`, `show` or `hide`; `base` leads from the page to the notebook's folder; `source` is the
        notebook's path in the project, beside which stored images are kept.
        """
        if self.options.get("include") is False:
            return Shown("", {})
        parts = []
        if code and self.options.get("echo") is not False and self.source.strip():
            own = fold_option(self.options["code-fold"]) if "code-fold" in self.options else fold
            block = _fenced(self.source, "python")
            parts.append(block if own == "none" else _div(block, f".code-fold fold={own}"))
        images: dict[str, bytes] = {}
        if self.options.get("output") is not False:
            for number, output in enumerate(self.outputs, 1):
                parts += self._output(output, number, base, source, images)
        return Shown(_div("\n\n".join(parts), ".cell", 8) if parts else "", images)

    def _output(
        self, output: dict[str, Any], number: int, base: str, source: PurePosixPath, images: dict[str, bytes]
    ) -> list[str]:
        if output["output_type"] == "stream":
            if output["name"] == "stderr" and self.options.get("warning") is False:
                return []
            return [
                _div(_fenced(_ANSI.sub("", _joined(output["text"]))), f".cell-output .cell-output-{output['name']}")
            ]
        data = output.get("data", {})
        caption = str(self.options.get("fig-cap") or self.options.get("tbl-cap") or "")
        name = f"#{self.label} " if self.label.startswith(("fig-", "tbl-")) else ""
        attributes = f'{name}.cell-output .cell-output-display base="{base}"'
        alt = str(self.options.get("fig-alt", ""))
        if "text/markdown" in data:
            body = _joined(data["text/markdown"])
        elif "text/html" in data:
            body = _fenced(_joined(data["text/html"]), "=html")
        elif kind := next((kind for kind in _IMAGES if kind in data), None):
            stem = self.label or f"cell-{self.number}"
            local = f"{source.stem}_files/{stem}-{number}.{_IMAGES[kind]}"
            raw = _joined(data[kind])
            images[posixpath.normpath(str(source.parent / local))] = (
                raw.encode() if kind == "image/svg+xml" else base64.b64decode(raw)
            )
            body = f"![]({local})"
            # A figure's text alternative is the author's; without one there is none, as in Quarto.
            body += f"{{fig-alt={json.dumps(alt, ensure_ascii=False)}}}" if alt else ""
            return [_div(f"{body}\n\n{caption}" if name else body, attributes)]
        elif "text/plain" in data:
            return [_div(_fenced(_joined(data["text/plain"])), ".cell-output .cell-output-display")]
        else:
            return []
        if alt:
            attributes += f" fig-alt={json.dumps(alt, ensure_ascii=False)}"
        return [_div(f"{body}\n\n{caption}" if name and caption else body, attributes)]


def fold_option(value: Any) -> str:
    """Quarto's `code-fold`: true, false or show."""
    return "show" if value == "show" else "hide" if value is True else "none"


def front_matter(path: Path, source: str) -> str:
    """The YAML of the first cell, when it holds only that."""
    cells = _load(path, source)["cells"]
    text = _joined(cells[0]["source"]).strip() if cells and cells[0]["cell_type"] in ("raw", "markdown") else ""
    if not text.startswith("---"):
        return ""
    return re.split(r"^(?:---|\.\.\.)\s*$", text[3:], maxsplit=1, flags=re.M)[0]


def read_cells(path: Path, source: str) -> tuple[list[Cell], list[Problem]]:
    """Every cell after the front matter, and the options that the subset doesn't have."""
    cells, problems = [], []
    front = front_matter(path, source)
    for number, cell in enumerate(_load(path, source)["cells"], 1):
        text = _joined(cell["source"])
        place = f"{source}, cell {number}"
        if number == 1 and front:
            text = text.strip()[3 + len(front) :].lstrip("-.").lstrip()
            if cell["cell_type"] == "raw":
                continue
        if cell["cell_type"] == "raw":
            problems.append(
                Problem(place, message="Raw cells are outside the supported subset.", remedy="Make it a markdown cell.")
            )
            continue
        options, code = _options(text, place, problems) if cell["cell_type"] == "code" else ({}, text)
        names = (str(cell.get("id", "")), *cell.get("metadata", {}).get("tags", ()))
        cells.append(Cell(number, cell["cell_type"], code, options, names, tuple(cell.get("outputs", ()))))
    return cells, problems


@lru_cache(maxsize=64)
def _read(path: Path, changed: int, size: int) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def _load(path: Path, source: str) -> dict[str, Any]:
    """The notebook's JSON, read once while it doesn't change."""
    try:
        found = _read(path, path.stat().st_mtime_ns, path.stat().st_size)
        if not isinstance(found.get("cells"), list):
            raise ValueError
    except (ValueError, UnicodeDecodeError, AttributeError) as error:
        raise RenderRefused(Problem(source, message="Not a Jupyter notebook (format 4).")) from error
    return found


def _options(text: str, place: str, problems: list[Problem]) -> tuple[dict[str, Any], str]:
    """The `#|` lines at the head of a code cell, and the code below them."""
    rows = text.splitlines()
    head = 0
    while head < len(rows) and rows[head].startswith("#|"):
        head += 1
    try:
        options = read_yaml("\n".join(row[2:].removeprefix(" ") for row in rows[:head]), place)
    except RenderRefused as refused:
        problems += refused.problems
        options = {}
    for key in options:
        if key not in CELL_OPTIONS:
            message = f"The cell option `{key}` is outside the supported subset."
            problems.append(Problem(place, message=message, remedy=nearest(str(key), CELL_OPTIONS)))
    return dict(options), "\n".join(rows[head:]).strip("\n")


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _fenced(text: str, language: str = "") -> str:
    """A code block whose fence is longer than any in the text."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    info = f" {{.{language}}}" if language and not language.startswith("=") else f"{{{language}}}" if language else ""
    return f"{fence}{info}\n{text.rstrip(chr(10))}\n{fence}"


def _div(body: str, attributes: str, colons: int = 5) -> str:
    fence = ":" * colons
    return f"{fence} {{{attributes}}}\n\n{body}\n\n{fence}"
