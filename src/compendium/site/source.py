"""A page's source: front matter, shortcodes carried out, every line still knowing the file and line it came from."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from compendium.errors import Problem, RenderRefused, nearest
from compendium.site import check, subset
from compendium.site.notebook import Cell, fold_option, read_notebook
from compendium.site.project import Project, merged, read_yaml, section

_SHORTCODE = re.compile(r"(?<!\{)\{\{<\s*(.*?)\s*>\}\}(?!\})")
_ESCAPED = re.compile(r"\{(\{\{<.*?>\}\})\}")
_HEADING = re.compile(r"^#\s+(.*?)(\s*\{[^}]*\})?\s*$")
_FRONT = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*$\n?", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of markdown, and `file:line` where a person would mend it."""

    text: str
    place: str
    stored: bool = False  # left by a run, not written by an author: takes values in, but no files


@dataclass
class Page:
    """One page, ready for pandoc."""

    source: str  # relative to the root
    meta: dict[str, Any]
    lines: list[Line] = field(default_factory=list)
    images: dict[str, bytes] = field(default_factory=dict)  # stored in notebooks; keyed by path in the site
    problems: list[Problem] = field(default_factory=list)
    reads: set[str] = field(default_factory=set)  # files of the project that it was made from

    @property
    def name(self) -> str:
        """The page's file in the site."""
        return page_name(self.source)

    @property
    def folder(self) -> str:
        return str(PurePosixPath(self.source).parent)

    @property
    def title(self) -> str:
        """As written; a page without `title` is named by the level-one heading that it begins with."""
        first = next((line.text for line in self.lines if line.text.strip()), "")
        heading = _HEADING.match(first)
        return str(self.meta.get("title") or (heading[1] if heading else ""))

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines) + "\n"

    def option(self, name: str, default: Any = None) -> Any:
        """An option of the HTML format, from the page, its folders or the project."""
        return self.meta.get(name, section(section(self.meta, "format"), "html").get(name, default))

    def place_of(self, needle: str) -> str:
        """`file:line` of the first line that holds the text."""
        return next((line.place for line in self.lines if needle and needle in line.text), self.source)

    def refuse(self, place: str, message: str, remedy: str = "") -> None:
        self.problems.append(Problem(place, message=message, remedy=remedy))


def page_name(source: str) -> str:
    """The file in the site that a source becomes."""
    return str(PurePosixPath(source).with_suffix(".html"))


def read_page(project: Project, source: str) -> Page:
    """Read a `.qmd` or `.ipynb` and carry out its shortcodes. Problems are collected in the page."""
    inherited = {key: value for key, value in project.config.items() if key not in ("project", "website")}
    page = Page(source, inherited, reads={source, *project.metadata_files(source)})
    reader = _Reader(project, page)
    try:
        page.meta = merged(inherited, project.folder_metadata((project.root / source).parent))
        front, lines = reader.text_of(project.root / source)
        page.meta = merged(page.meta, front)
        if source.endswith(".ipynb"):
            lines = list(reader.notebook())
        page.lines = list(reader.expanded(lines, (project.root / source,)))
    except RenderRefused as refused:
        page.problems += refused.problems
    page.problems += subset.line_problems((line.text, line.place) for line in page.lines)
    return page


class _Reader:
    """Reads one page of a project, and what it takes in."""

    def __init__(self, project: Project, page: Page) -> None:
        self.project, self.page = project, page
        self.linked = ""  # the notebook that was last named as a source

    def text_of(self, path: Path) -> tuple[dict[str, Any], list[Line]]:
        """Front matter of a file, and the lines after it. Raises RenderRefused."""
        name = self.project.name(path)
        self.page.reads.add(name)
        if path.suffix == ".ipynb":
            front, text = read_notebook(path, name).front, ""
        else:
            try:
                text = path.read_text(encoding="utf-8-sig")
            except UnicodeDecodeError as error:
                raise RenderRefused(Problem(name, message="Not UTF-8 text.", remedy="Save it as UTF-8.")) from error
            found = _FRONT.match(f"{text}\n")
            if not found and re.match(r"---[ \t]*\n", text):
                raise RenderRefused(Problem(f"{name}:1", message="The front matter has no closing ---."))
            front = found[1] if found else ""
            text = "\n" * found[0].count("\n") + text[found.end() :] if found else text
        read = read_yaml(front, name, 1 if path.suffix == ".ipynb" else 2)
        self.page.problems += subset.key_problems(read)
        return read.data, [Line(row, f"{name}:{number}") for number, row in enumerate(text.splitlines(), 1)]

    def notebook(self) -> Iterator[Line]:
        source = self.page.source
        read = read_notebook(self.project.root / source, source)
        self.page.problems += read.problems
        fold = fold_option(self.page.option("code-fold"))
        for cell in read.cells:
            text = cell.source
            if cell.kind == "code":
                cell = self._with_defaults(cell)  # noqa: PLW2901
                parts = [cell.code(fold), *cell.shown("", PurePosixPath(source), self.page.images)]
                text = "\n\n".join(part for part in parts if part)
                text = f":::::::: {{{cell.anchor}.cell}}\n\n{text}\n\n::::::::" if text else ""
            for number, row in enumerate(["", *text.splitlines(), ""]):
                yield Line(row, f"{source} (cell {cell.number}):{number}", cell.kind == "code")

    def _with_defaults(self, cell: Cell) -> Cell:
        """The cell with what the page's or the project's `execute:` says of every cell."""
        said = section(self.page.meta, "execute")
        return replace(cell, options={**{k: said[k] for k in ("echo", "warning") if k in said}, **cell.options})

    def expanded(self, lines: list[Line], chain: tuple[Path, ...]) -> Iterator[Line]:
        """The lines with every shortcode carried out. Outputs that a run stored take values in, but no files."""
        for line in lines:
            place = line.place
            alone = None if line.stored else _SHORTCODE.fullmatch(line.text.strip())
            words = _words(alone[1]) if alone else [""]
            if words[0] == "include":
                yield from self._included(place, words, chain)
            elif words[0] == "embed":
                yield from self._embedded(place, words)
            else:
                said = _SHORTCODE.sub(lambda found, at=place: self._value(at, _words(found[1])), line.text)  # type: ignore[misc]
                yield replace(line, text=_ESCAPED.sub(r"\1", said))

    def _value(self, place: str, words: list[str]) -> str:
        """A `var` or `meta` as text for markdown; a pipe in it can't end a table's cell."""
        name, *keys = words or [""]
        if name in ("include", "embed"):
            self.page.refuse(place, f"`{name}` must stand alone on its line, outside stored outputs.")
        elif name not in subset.SHORTCODES:
            message = f"The shortcode `{name}` is outside the supported subset."
            self.page.refuse(place, message, nearest(name, subset.SHORTCODES))
        elif len(keys) != 1:
            self.page.refuse(place, f"`{name}` takes one key.")
        else:
            value: Any = self.project.variables if name == "var" else self.page.meta
            for key in keys[0].split("."):
                known = [str(one) for one in value] if isinstance(value, Mapping) else []
                value = value.get(key) if isinstance(value, Mapping) else None
                if value is None:
                    break
            if value is not None and not isinstance(value, Mapping | list):
                text = str(value).lower() if isinstance(value, bool) else str(value)
                return " ".join(text.split()).replace("|", "\\|")
            where = "" if place.startswith(self.page.source) else f" on the page {self.page.source}"
            remedy = nearest(key, known) if value is None else "Name one value in it."
            self.page.refuse(place, f"`{name} {keys[0]}` has no value{where}.", remedy)
        return ""

    def _file(self, place: str, name: str, suffix: str = "") -> Path | None:
        """A file of the project that a shortcode names, relative to the file it is written in."""
        root = self.project.root
        here = root / place.rpartition(":")[0].split(" (cell")[0]
        path = (root / name[1:] if name.startswith("/") else here.parent / name).resolve()
        inside = path.is_relative_to(root) and path.suffix.endswith(suffix)
        if inside and check.may_be_shown(root, self.project.name(path)):
            self.page.reads.add(self.project.name(path))
            return path
        self.page.refuse(place, f"{name} isn't a file of this project.", "Mend the path.")
        return None

    def _included(self, place: str, words: list[str], chain: tuple[Path, ...]) -> Iterator[Line]:
        path = self._file(place, " ".join(words[1:2]))
        if path in chain:
            self.page.refuse(place, f"{words[1]} includes itself.", "Break the circle.")
        elif path is not None:
            yield Line("", place)
            yield from self.expanded(self.text_of(path)[1], (*chain, path))
            yield Line("", place)

    def _embedded(self, place: str, words: list[str]) -> Iterator[Line]:
        """What the named cells of a notebook left on the page; without names, every cell's outputs."""
        target, _, names = " ".join(words[1:2]).partition("#")
        if len(words) > 2:
            self.page.refuse(place, f"`embed` takes no option {words[2]}.", "Name the notebook and its cells only.")
        path = self._file(place, target, "ipynb")
        if path is None:
            return
        source = self.project.name(path)
        read = read_notebook(path, source)
        self.page.problems += [problem for problem in read.problems if problem not in self.page.problems]
        wanted = [name.strip() for name in names.split(",") if name.strip()]
        for name in wanted:
            if not any(cell.is_called(name) for cell in read.cells):
                known = [cell.label for cell in read.cells if cell.label]
                self.page.refuse(place, f"{source} has no cell {name}.", nearest(name, known))
        base = posixpath.relpath(str(PurePosixPath(source).parent), self.page.folder)
        for cell in read.cells:
            if cell.kind != "code" or (wanted and not any(cell.is_called(name) for name in wanted)):
                continue
            parts = self._with_defaults(cell).shown(base, PurePosixPath(source), self.page.images)
            body = ["", ":::::::::: {.quarto-embed-nb-cell}", ":::::::: {.cell}", ""]
            body += [
                *"\n\n".join(parts).splitlines(),
                "",
                "::::::::",
                *self._origin(source, read.front),
                "::::::::::",
                "",
            ]
            yield from self.expanded([Line(row, place, stored=True) for row in body], ())

    def _origin(self, source: str, front: str) -> list[str]:
        """A link to the notebook's page, once a page."""
        if source not in self.project.rendered or self.page.option("notebook-links") is False or self.linked == source:
            return []
        self.linked = source
        title = read_yaml(front, source).data.get("title", source)
        return ["", f"[Source: {title}](/{source}){{.quarto-notebook-link}}", ""]


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text) or [""]
    except ValueError:
        return text.split() or [""]
