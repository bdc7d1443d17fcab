"""A stored notebook as markdown: its cells, their options, and the outputs that a run left in them. Nothing is run."""

from __future__ import annotations

import base64
import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from compendium.errors import Problem, RenderRefused, nearest
from compendium.site.project import read_yaml
from compendium.site.subset import CELL_OPTIONS

_IMAGES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpeg"}
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Cell:
    """One cell; the first has number 1."""

    number: int
    kind: str
    source: str
    options: dict[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ()  # its id and tags: what `embed` may call it by, beside its label
    outputs: tuple[dict[str, Any], ...] = ()
    anchor: str = ""  # `#id ` of a cell without a label on the notebook's own page, as Quarto writes it

    @property
    def label(self) -> str:
        return str(self.options.get("label", ""))

    def is_called(self, name: str) -> bool:
        return name == self.label or name in self.names

    def code(self, fold: str) -> str:
        """Its code as markdown, folded (`hide`), open (`show`) or as it stands (`none`)."""
        if self.options.get("include") is False or self.options.get("echo") is False or not self.source.strip():
            return ""
        own = fold_option(self.options["code-fold"]) if "code-fold" in self.options else fold
        block = _fenced(self.source, " {.python}")
        return block if own == "none" else _div(block, f".code-fold fold={own}")

    def shown(self, base: str, source: PurePosixPath, images: dict[str, bytes]) -> Iterator[str]:
        """Each of its outputs as markdown.

        `base` leads from the page to the folder of the notebook, whose path in the project is `source`: images stored
        in it are added to `images` by their path in the site.
        """
        alt = json.dumps(str(self.options.get("fig-alt", "")), ensure_ascii=False)
        described = f" fig-alt={alt}" if alt != '""' else ""  # the author's words; without any there are none
        named = self.label.startswith(("fig-", "tbl-"))
        caption = str(self.options.get("fig-cap") or self.options.get("tbl-cap") or "") if named else ""
        name = f"#{self.label} " if named else ""
        hidden = self.options.get("include") is False or self.options.get("output") is False
        for number, output in enumerate(() if hidden else self.outputs, 1):
            data = output.get("data", {})
            if output["output_type"] == "stream":
                if output["name"] != "stderr" or self.options.get("warning") is not False:
                    text = _fenced(_ANSI.sub("", _joined(output["text"])))
                    yield _div(text, f".cell-output .cell-output-{output['name']}")
                continue
            kind = next((kind for kind in ("text/markdown", "text/html", *_IMAGES, "text/plain") if kind in data), "")
            if not kind:
                continue
            raw = _joined(data[kind])
            attributes = f'{name}.cell-output .cell-output-display base="{base}"{described}'
            if kind in _IMAGES:
                local = f"{source.stem}_files/{self.label or f'cell-{self.number}'}-{number}.{_IMAGES[kind]}"
                stored = raw.encode() if kind == "image/svg+xml" else base64.b64decode(raw)
                images[posixpath.normpath(str(source.parent / local))] = stored
                raw = f"![]({local}){{{described}}}" if described else f"![]({local})"
            elif kind == "text/html":
                raw = _fenced(raw, "{=html}")
            elif kind == "text/plain":
                raw, attributes = _fenced(raw), ".cell-output .cell-output-display"
            yield _div(f"{raw}\n\n{caption}" if caption and kind != "text/plain" else raw, attributes)


@dataclass(frozen=True)
class Notebook:
    """Front matter as written, every cell after it, and what the subset doesn't have."""

    front: str
    cells: tuple[Cell, ...]
    problems: tuple[Problem, ...]


def read_notebook(path: Path, source: str) -> Notebook:
    """Read a notebook of format 4. Raises RenderRefused for anything else."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))["cells"]
        rows = [(cell["cell_type"], _joined(cell["source"]), cell) for cell in stored]
    except (ValueError, TypeError, KeyError) as error:
        raise RenderRefused(Problem(source, message="Not a Jupyter notebook (format 4).")) from error
    front, cells, problems, ids = "", [], [], [str(cell.get("id", "")) for cell in stored]
    for number, (kind, text, cell) in enumerate(rows, 1):
        place = f"{source}, cell {number}"
        begun = (
            re.match(r"\s*---[ \t]*\n(.*?)(?:^(?:---|\.\.\.)[ \t]*$|\Z)", text, re.M | re.S) if number == 1 else None
        )
        if begun and kind in ("raw", "markdown"):
            front = begun[1]
            if kind == "markdown":
                cells.append(Cell(number, kind, text[begun.end() :].strip("\n")))
            continue
        if kind == "raw":
            message = "Raw cells are outside the supported subset."
            problems.append(Problem(place, message=message, remedy="Make it a markdown cell."))
        options, code = _options(text, place, problems) if kind == "code" else ({}, text.strip("\n"))
        name = str(cell.get("id", ""))
        named = options.get("label") or ids.count(name) > 1 or not re.fullmatch(r"(?!(fig|tbl|eq|sec)-)[\w-]+", name)
        names = (name, *cell.get("metadata", {}).get("tags", ()))
        outputs = tuple(cell.get("outputs", ()))
        cells.append(Cell(number, kind, code, options, names, outputs, "" if named else f"#{name} "))
    return Notebook(front, tuple(cells), tuple(problems))


def fold_option(value: Any) -> str:
    """Quarto's `code-fold`: true, false or show."""
    return "show" if value == "show" else "hide" if value is True else "none"


def _options(text: str, place: str, problems: list[Problem]) -> tuple[dict[str, Any], str]:
    """The `#|` lines at the head of a code cell, and the code below them."""
    head, code = re.match(r"((?:#\|[^\n]*(?:\n|$))*)(.*)", text, re.S).groups()  # type: ignore[union-attr]
    try:
        options = dict(read_yaml(re.sub(r"^#\| ?", "", head, flags=re.M), place).data) if head else {}
    except RenderRefused as refused:
        problems += refused.problems
        return {}, code.strip("\n")
    for key in sorted(set(options) - set(CELL_OPTIONS)):
        message = f"The cell option `{key}` is outside the supported subset."
        problems.append(Problem(place, message=message, remedy=nearest(key, CELL_OPTIONS)))
    return options, code.strip("\n")


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _fenced(text: str, info: str = "") -> str:
    """A code block whose fence is longer than any in the text."""
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", text)), 0)
    return f"{fence}{info}\n{text.rstrip(chr(10))}\n{fence}"


def _div(body: str, attributes: str) -> str:
    return f"::::: {{{attributes}}}\n\n{body}\n\n:::::"
