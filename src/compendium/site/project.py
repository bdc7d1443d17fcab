"""A Quarto website project, read once: its configuration, variables and list of pages."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from compendium import bounded
from compendium.errors import InputRefused, Problem, RenderRefused, nearest
from compendium.site import check, subset
from compendium.yamlfile import LARGEST, YamlFile, parse_yaml

_SOURCES = (".qmd", ".ipynb")
_WEB_FONT_RULE = "$web-font-path: false;"  # the one line of SCSS that keeps Quarto's themes from loading fonts
CONFIG = "_quarto.yml"


def read_yaml(text: str, name: str, first: int = 1) -> YamlFile:
    """A YAML mapping that knows the line of each key. Raises RenderRefused with file and line."""
    try:
        read = parse_yaml("\n" * (first - 1) + text, name)
    except InputRefused as refused:
        raise RenderRefused([_at_line(problem) for problem in refused.problems]) from refused
    if not isinstance(read.data or {}, dict):
        raise RenderRefused(Problem(f"{name}:{first}", message="Expected `key: value` lines."))
    return YamlFile(read.name, read.data or {}, read.lines, read.unquoted)


def read_file(path: Path, name: str) -> YamlFile:
    """The same from a file. Raises RenderRefused."""
    try:
        text = bounded.text_of(path, LARGEST, name)
    except InputRefused as refused:
        raise RenderRefused(refused.problems) from None
    return read_yaml(text, name)


def _at_line(problem: Problem) -> Problem:
    """`line 3: This isn't …` of a file as a place `file:3`."""
    line, _, message = problem.message.partition(": ")
    return Problem(f"{problem.file}:{line.removeprefix('line ')}", message=message, remedy=problem.remedy)


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` laid on `base`: mappings merge, lists are appended, the rest is replaced (as Quarto does)."""
    out = dict(base)
    for key, value in over.items():
        old = out.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            out[key] = merged(old, value)
        else:
            out[key] = [*old, *value] if isinstance(old, list) and isinstance(value, list) else value
    return out


@dataclass(frozen=True)
class Project:
    """A website project: everything that holds for more than one page."""

    root: Path
    config: dict[str, Any]
    variables: dict[str, Any]
    sources: tuple[str, ...]  # the pages' sources, relative to the root
    read: tuple[str, ...]  # the files that it was read from
    _folders: dict[Path, dict[str, Any]] = field(default_factory=dict, compare=False)

    @cached_property
    def html(self) -> dict[str, Any]:
        """Options under `format: html`."""
        options = section(self.config, "format").get("html")
        return dict(options) if isinstance(options, Mapping) else {}

    @cached_property
    def website(self) -> dict[str, Any]:
        return section(self.config, "website")

    @property
    def output_dir(self) -> Path:
        return self.root / str(section(self.config, "project").get("output-dir", "_site"))

    @cached_property
    def rendered(self) -> frozenset[str]:
        return frozenset(self.sources)

    def styles(self) -> list[str]:
        return _names(self.html.get("css"), "css")

    def resources(self) -> list[str]:
        patterns = _names(section(self.config, "project").get("resources"), "resources")
        found = {self.name(path) for one in patterns for path in self.root.glob(one)}
        return sorted(name for name in found if check.may_be_shown(self.root, name))

    def folder_metadata(self, folder: Path) -> dict[str, Any]:
        """`_metadata.yml` of a folder, laid on those of the folders above it. Raises RenderRefused."""
        if folder not in self._folders:
            above = self.folder_metadata(folder.parent) if folder != self.root else {}
            own = self._metadata(folder / "_metadata.yml")
            self._folders[folder] = merged(above, own)
        return self._folders[folder]

    def _metadata(self, file: Path) -> dict[str, Any]:
        if not file.is_file():
            return {}
        read = read_file(file, self.name(file))
        if problems := list(subset.key_problems(read)):
            raise RenderRefused(problems)
        return dict(read.data)

    def metadata_files(self, source: str) -> list[str]:
        """Each `_metadata.yml` that a page takes values from, or would if it were there."""
        folders = (folder for folder in (self.root / source).parents if folder.is_relative_to(self.root))
        return [self.name(folder / "_metadata.yml") for folder in folders]

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def section(config: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A mapping in a mapping; empty where something else stands."""
    found = config.get(name)
    return dict(found) if isinstance(found, Mapping) else {}


def read_project(root: Path) -> Project:
    """Read `_quarto.yml`, what it merges, `_variables.yml` and the list of pages.

    Raises RenderRefused with every key outside the subset and every page that isn't there.
    """
    root = root.resolve()
    if not (root / CONFIG).is_file():
        raise RenderRefused(f"There is no {CONFIG} in this folder.", "Name the project's folder.")
    read = read_file(root / CONFIG, CONFIG)
    config, problems, files = dict(read.data), list(subset.key_problems(read)), [CONFIG]
    if "execute" in config and "enabled" not in section(config, "execute"):
        problems.append(_problem("Pages run no code.", "Write `execute: enabled: false`."))
    for name in _names(config.get("metadata-files"), "metadata-files"):
        if not (root / name).is_file():
            problems.append(_problem(f"{name} of metadata-files isn't there.", "Make it, or take it out of the list."))
            continue
        more = read_file(root / name, name)
        problems += subset.key_problems(more)
        config, files = merged(config, more.data), [*files, name]
    variables: dict[str, Any] = {}
    if (root / "_variables.yml").is_file():
        variables = read_file(root / "_variables.yml", "_variables.yml").data
    project = Project(root, config, variables, (), tuple(files))
    problems += _style_problems(project)
    sources = tuple(_sources(project, problems))
    if problems:
        raise RenderRefused(problems)
    return Project(root, config, variables, sources, tuple(files))


def _problem(message: str, remedy: str = "") -> Problem:
    return Problem(CONFIG, message=message, remedy=remedy)


def _names(value: Any, key: str) -> list[str]:
    """The files or patterns that a key names, in the project all of them. Raises RenderRefused for anything else."""
    names = value if isinstance(value, list) else [value] if value else []
    for name in names:
        if not isinstance(name, str) or not name.strip("/!") or "\0" in name:
            raise RenderRefused(_problem(f"{key}: this names no file.", "Write the name of a file or a pattern."))
        if ".." in Path(name).parts:
            raise RenderRefused(_problem(f"{key}: {name[:60]} leads out of the project.", "Name a file in it."))
    return [name.removeprefix("/") if key in ("css", "resources") else name for name in names]


def _sources(project: Project, problems: list[Problem]) -> list[str]:
    """The pages that `render` names, in its order; without it, every page below the root."""
    found: list[str] = []
    named = _names(section(project.config, "project").get("render"), "render")
    for entry in named or ["**/*.qmd", "**/*.ipynb"]:
        pattern = entry.removeprefix("/")
        if pattern.startswith("!"):
            found = [name for name in found if not fnmatch.fnmatch(name, pattern[1:].removeprefix("/"))]
            continue
        if pattern.endswith("/") or (project.root / pattern).is_dir():
            pattern = pattern.rstrip("/") + "/**/*"
        hits = sorted(project.name(path) for path in project.root.glob(pattern) if path.is_file())
        if not hits and not any(mark in pattern for mark in "*?["):
            problems.append(_problem(f"The page {pattern} isn't there.", "Write it, or take it out of `render`."))
        if hits == [pattern] and Path(pattern).suffix not in _SOURCES:
            problems.append(_problem(f"{pattern} is neither .qmd nor .ipynb.", "Take it out of `render`."))
        found += [name for name in hits if _is_page(name, project) and name not in found]
    outputs: dict[str, str] = {}
    for name in found:
        other = outputs.setdefault(str(Path(name).with_suffix(".html")), name)
        if other != name:
            problems.append(Problem(name, message=f"{other} makes the same page.", remedy="Rename one of them."))
    return found


def _is_page(name: str, project: Project) -> bool:
    inside_output = (project.root / name).is_relative_to(project.output_dir)
    of_ours = check.may_be_shown(project.root, name)
    return Path(name).suffix in _SOURCES and not inside_output and not _is_kept_apart(name) and of_ours


def _is_kept_apart(name: str) -> bool:
    """Whether a part of the path is hidden, or kept for parts and settings."""
    return any(part.startswith((".", "_")) for part in Path(name).parts)


def _style_problems(project: Project) -> list[Problem]:
    theme = project.html.get("theme") or []
    chosen = list(theme.values()) if isinstance(theme, Mapping) else [theme]
    problems = []
    for name in (str(name) for part in chosen for name in (part if isinstance(part, list) else [part])):
        file = project.root / name
        if name.endswith(".scss") and (not file.is_file() or _rules(file) != [_WEB_FONT_RULE]):
            message = "SCSS is outside the supported subset, but for one line."
            remedy = f"Hold `{_WEB_FONT_RULE}` only; write styles into the style sheet."
            problems.append(Problem(name, message=message, remedy=remedy))
        elif not name.endswith(".scss") and name not in subset.THEMES:
            message = f"The theme {name} is outside the supported subset."
            problems.append(_problem(message, nearest(name, subset.THEMES)))
    missing = [style for style in project.styles() if not check.may_be_shown(project.root, style)]
    return [*problems, *(_problem(f"The style sheet {style} isn't there.") for style in missing)]


def _rules(file: Path) -> list[str]:
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith(("//", "/*"))]
