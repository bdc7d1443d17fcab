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
from compendium.site import notebook, subset
from compendium.site.project import Project, merged, read_yaml

_SHORTCODE = re.compile(r"(?<!\{)\{\{<\s*(.*?)\s*>\}\}(?!\})")
_ESCAPED = re.compile(r"\{(\{\{<.*?>\}\})\}")
_FENCE = re.compile(r"^\s*(?:>\s*)*(`{3,}|~{3,})(.*)$")
_HEADING = re.compile(r"^#\s+(.*?)(\s*\{[^}]*\})?\s*$")


@dataclass(frozen=True)
class Line:
    """A line of markdown and where a person would mend it."""

    text: str
    file: str
    number: int
    stored: bool = False  # left by a run, not written by an author: takes values in, but no files

    @property
    def place(self) -> str:
        return f"{self.file}:{self.number}"


@dataclass
class Page:
    """One page, ready for pandoc."""

    source: str  # relative to the root
    meta: dict[str, Any]
    lines: list[Line] = field(default_factory=list)
    images: dict[str, bytes] = field(default_factory=dict)  # stored in notebooks; keyed by path in the site
    problems: list[Problem] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The page's file in the site."""
        return str(PurePosixPath(self.source).with_suffix(".html"))

    @property
    def folder(self) -> str:
        return str(PurePosixPath(self.source).parent)

    @property
    def title(self) -> str:
        """As written; a page without `title` is named by the level-one heading that it begins with."""
        if self.meta.get("title"):
            return str(self.meta["title"])
        first = next((line.text for line in self.lines if line.text.strip()), "")
        heading = _HEADING.match(first)
        return heading[1] if heading else ""

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines) + "\n"

    def option(self, name: str, default: Any = None) -> Any:
        """An option of the HTML format, from the page, its folders or the project."""
        form = self.meta.get("format")
        html = form.get("html") if isinstance(form, Mapping) else None
        options = html if isinstance(html, Mapping) else {}
        return self.meta.get(name, options.get(name, default))

    def place_of(self, needle: str) -> str:
        """`file:line` of the first line that holds the text."""
        return next((line.place for line in self.lines if needle and needle in line.text), self.source)


def read_page(project: Project, source: str) -> Page:
    """Read a `.qmd` or `.ipynb` and carry out its shortcodes. Problems are collected in the page."""
    path = project.root / source
    inherited = merged(
        {key: project.config[key] for key in project.config if key not in ("project", "website")},
        project.folder_metadata(path.parent),
    )
    try:
        front, first, lines = _split(path, source)
    except RenderRefused as refused:
        return Page(source, dict(inherited), problems=list(refused.problems))
    page = Page(source, merged(inherited, front))
    page.problems += subset.key_problems(front, source, first)
    page.problems += subset.format_problems(front, source, first)
    if path.suffix == ".ipynb":
        lines = _notebook_lines(page, path, source)
    page.lines = list(_expanded(project, page, lines, (path,)))
    page.problems += _outside_subset(page.lines)
    return page


def _split(path: Path, source: str) -> tuple[dict[str, Any], int, list[Line]]:
    """Front matter, the line of the file it begins on, and the lines after it."""
    if path.suffix == ".ipynb":
        return read_yaml(notebook.front_matter(path, source), source), 1, []
    try:
        rows = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise RenderRefused(Problem(source, message="Not UTF-8 text.", remedy="Save it as UTF-8.")) from error
    start = 0
    front: dict[str, Any] = {}
    if rows and rows[0].strip() == "---":
        end = next((i for i, row in enumerate(rows[1:], 1) if row.strip() in ("---", "...")), None)
        if end is None:
            raise RenderRefused(Problem(f"{source}:1", message="The front matter has no closing ---."))
        front, start = read_yaml("\n".join(rows[1:end]), source, 2), end + 1
    return front, 2, [Line(row, source, number) for number, row in enumerate(rows, 1) if number > start]


def _notebook_lines(page: Page, path: Path, source: str) -> list[Line]:
    cells, problems = notebook.read_cells(path, source)
    page.problems += problems
    lines: list[Line] = []
    for cell in cells:
        text = cell.source if cell.kind == "markdown" else _shown(page, cell)
        file, stored = f"{source} (cell {cell.number})", cell.kind == "code"
        lines += [Line(row, file, number, stored) for number, row in enumerate(["", *text.splitlines(), ""])]
    return lines


def _shown(page: Page, cell: notebook.Cell) -> str:
    shown = _with_defaults(page, cell).markdown(
        notebook.fold_option(page.option("code-fold")), "", PurePosixPath(page.source)
    )
    page.images |= shown.images
    return shown.text


def _with_defaults(page: Page, cell: notebook.Cell) -> notebook.Cell:
    """The cell with what the page's or the project's `execute:` says of every cell."""
    execute = page.meta.get("execute")
    defaults = (
        {key: execute[key] for key in ("echo", "warning") if key in execute} if isinstance(execute, Mapping) else {}
    )
    return replace(cell, options={**defaults, **cell.options})


def _expanded(project: Project, page: Page, lines: list[Line], chain: tuple[Path, ...]) -> Iterator[Line]:
    """The lines with every shortcode carried out."""
    for line in lines:
        alone = None if line.stored else _SHORTCODE.fullmatch(line.text.strip())
        words = _words(alone[1]) if alone else []
        if words and words[0] == "include":
            yield from _included(project, page, line, words, chain)
        elif words and words[0] == "embed":
            yield from _embedded(project, page, line, words)
        else:
            text = _SHORTCODE.sub(lambda found, at=line: _value(project, page, at, _words(found[1])), line.text)  # type: ignore[misc]
            yield Line(_ESCAPED.sub(r"\1", text), line.file, line.number)


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _value(project: Project, page: Page, line: Line, words: list[str]) -> str:
    """A `var` or `meta` as text for markdown; a pipe in it can't end a table's cell."""
    name = words[0] if words else ""
    if name not in ("var", "meta") or len(words) != 2:
        if name in ("include", "embed"):
            message, remedy = f"`{name}` must stand alone on its line, outside stored outputs.", ""
        elif name in ("var", "meta"):
            message, remedy = f"`{name}` takes one key.", ""
        else:
            message, remedy = (
                f"The shortcode `{name}` is outside the supported subset.",
                nearest(name, subset.SHORTCODES),
            )
        page.problems.append(Problem(line.place, message=message, remedy=remedy))
        return ""
    value: Any = project.variables if name == "var" else page.meta
    for key in words[1].split("."):
        known = [str(one) for one in value] if isinstance(value, Mapping) else []
        value = value.get(key) if isinstance(value, Mapping) else None
        if value is None:
            break
    if value is None or isinstance(value, Mapping | list):
        where = "" if line.file.startswith(page.source) else f" on the page {page.source}"
        remedy = nearest(key, known) if value is None else "Name one value in it."
        page.problems.append(Problem(line.place, message=f"`{name} {words[1]}` has no value{where}.", remedy=remedy))
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return " ".join(text.split()).replace("|", "\\|")


def _inside(project: Project, page: Page, line: Line, name: str, suffix: str = "") -> Path | None:
    """A file of the project that a shortcode names, relative to the file it is written in."""
    here = project.root / line.file.split(" (cell")[0]
    path = (project.root / name[1:] if name.startswith("/") else here.parent / name).resolve()
    if path.is_relative_to(project.root) and path.is_file() and path.suffix.endswith(suffix):
        return path
    page.problems.append(Problem(line.place, message=f"{name} isn't a file of this project.", remedy="Mend the path."))
    return None


def _included(project: Project, page: Page, line: Line, words: list[str], chain: tuple[Path, ...]) -> Iterator[Line]:
    path = _inside(project, page, line, words[1] if len(words) > 1 else "")
    if path is None:
        return
    if path in chain:
        page.problems.append(Problem(line.place, message=f"{words[1]} includes itself.", remedy="Break the circle."))
        return
    name = project.name(path)
    try:
        lines = _split(path, name)[2]
    except RenderRefused as refused:
        page.problems += refused.problems
        return
    yield Line("", line.file, line.number)
    yield from _expanded(project, page, lines, (*chain, path))
    yield Line("", line.file, line.number)


def _embedded(project: Project, page: Page, line: Line, words: list[str]) -> Iterator[Line]:
    """What the named cells of a notebook left on the page; without names, every cell's outputs."""
    target, _, names = (words[1] if len(words) > 1 else "").partition("#")
    if len(words) > 2:
        message, remedy = f"`embed` takes no option {words[2]}.", "Name the notebook and its cells only."
        page.problems.append(Problem(line.place, message=message, remedy=remedy))
    path = _inside(project, page, line, target, "ipynb")
    if path is None:
        return
    source = project.name(path)
    try:
        cells, problems = notebook.read_cells(path, source)
    except RenderRefused as refused:
        page.problems += refused.problems
        return
    page.problems += [problem for problem in problems if problem not in page.problems]
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    for name in wanted:
        if not any(cell.is_called(name) for cell in cells):
            known = [cell.label for cell in cells if cell.label]
            page.problems.append(
                Problem(line.place, message=f"{source} has no cell {name}.", remedy=nearest(name, known))
            )
    base = posixpath.relpath(str(PurePosixPath(source).parent), page.folder)
    chosen = [c for c in cells if c.kind == "code" and (not wanted or any(c.is_called(n) for n in wanted))]
    for cell in chosen:
        shown = _with_defaults(page, cell).markdown("none", base, PurePosixPath(source), code=False)
        page.images |= shown.images
        rows = [
            "",
            ":::::::::: {.quarto-embed-nb-cell}",
            *shown.text.splitlines(),
            *_origin(project, page, source),
            "::::::::::",
            "",
        ]
        yield from _expanded(project, page, [Line(row, line.file, line.number, stored=True) for row in rows], ())


def _origin(project: Project, page: Page, source: str) -> list[str]:
    """A link to the notebook's page, once a page."""
    if source not in project.rendered or page.option("notebook-links") is False or page.meta.get("_linked") == source:
        return []
    page.meta["_linked"] = source
    title = str(read_yaml(notebook.front_matter(project.root / source, source), source).get("title", source))
    return ["", f"[Source: {title}](/{source}){{.quarto-notebook-link}}", ""]


def _outside_subset(lines: list[Line]) -> Iterator[Problem]:
    fence = ""
    for line in lines:
        mark = _FENCE.match(line.text)
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
        elif mark:
            fence = mark[1]
            problem = subset.fence_problem(mark[2], line.place)
            if problem:
                yield problem
        else:
            yield from subset.line_problems(line.text, line.place)
