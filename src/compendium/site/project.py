"""A Quarto website project, read once: its configuration, variables and list of pages."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from compendium.errors import Problem, RenderRefused, nearest
from compendium.site import subset

_NO_PAGE = (".", "_")
_SOURCES = (".qmd", ".ipynb")


def read_yaml(text: str, place: str, first: int = 1) -> dict[str, Any]:
    """A YAML mapping that knows the line of each key. Raises RenderRefused with file and line."""
    try:
        loaded = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + first if mark else first
        raise RenderRefused(Problem(f"{place}:{line}", message=f"Not readable as YAML: {error.problem}.")) from error
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise RenderRefused(Problem(f"{place}:{first}", message="Expected `key: value` lines."))
    return loaded


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` laid on `base`: mappings merge, lists are appended, the rest is replaced (as Quarto does)."""
    out = dict(base)
    for key, value in over.items():
        old = out.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            out[key] = merged(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            out[key] = [*old, *value]
        else:
            out[key] = value
    return out


@dataclass(frozen=True)
class Project:
    """A website project: everything that holds for more than one page."""

    root: Path
    config: dict[str, Any]
    variables: dict[str, Any]
    sources: tuple[str, ...]  # the pages' sources, relative to the root
    _folders: dict[Path, dict[str, Any]] = field(default_factory=dict, compare=False)

    @cached_property
    def html(self) -> dict[str, Any]:
        """Options under `format: html`."""
        form = self.config.get("format")
        options = form.get("html") if isinstance(form, Mapping) else None
        return dict(options) if isinstance(options, Mapping) else {}

    @cached_property
    def website(self) -> dict[str, Any]:
        return dict(self.config.get("website") or {})

    @property
    def output_dir(self) -> Path:
        return self.root / str((self.config.get("project") or {}).get("output-dir", "_site"))

    @cached_property
    def rendered(self) -> frozenset[str]:
        return frozenset(self.sources)

    def styles(self) -> list[str]:
        css = self.html.get("css") or []
        return [css] if isinstance(css, str) else [str(name) for name in css]

    def folder_metadata(self, folder: Path) -> dict[str, Any]:
        """`_metadata.yml` of a folder, laid on those of the folders above it."""
        if folder not in self._folders:
            above = self.folder_metadata(folder.parent) if folder != self.root else {}
            file = folder / "_metadata.yml"
            own = read_yaml(file.read_text(encoding="utf-8"), self.name(file)) if file.is_file() else {}
            self._folders[folder] = merged(above, own)
        return self._folders[folder]

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def read_project(root: Path) -> Project:
    """Read `_quarto.yml`, what it merges, `_variables.yml` and the list of pages.

    Raises RenderRefused with every key outside the subset and every page that isn't there.
    """
    root = root.resolve()
    file = root / "_quarto.yml"
    if not file.is_file():
        raise RenderRefused("There is no _quarto.yml in this folder.", "Name the project's folder.")
    config = read_yaml(file.read_text(encoding="utf-8"), "_quarto.yml")
    problems = list(subset.config_problems(config, "_quarto.yml"))
    for name in config.get("metadata-files") or []:
        part = root / str(name)
        if not part.is_file():
            message, remedy = f"{name} of metadata-files isn't there.", "Make it first, or take it out of the list."
            problems.append(Problem("_quarto.yml", message=message, remedy=remedy))
            continue
        more = read_yaml(part.read_text(encoding="utf-8"), str(name))
        problems += subset.config_problems(more, str(name))
        config = merged(config, more)
    project = Project(root, config, _variables(root), ())
    problems += _theme_problems(project)
    sources = _sources(project, problems)
    problems += subset.navigation_problems(project.website, frozenset(sources), "_quarto.yml")
    if problems:
        raise RenderRefused(problems)
    return Project(root, config, project.variables, tuple(sources))


def _variables(root: Path) -> dict[str, Any]:
    file = root / "_variables.yml"
    return read_yaml(file.read_text(encoding="utf-8"), "_variables.yml") if file.is_file() else {}


def _sources(project: Project, problems: list[Problem]) -> list[str]:
    """The pages that `render` names, in its order; without it, every page below the root."""
    patterns = (project.config.get("project") or {}).get("render") or ["**/*.qmd", "**/*.ipynb"]
    found: list[str] = []
    for entry in patterns:
        pattern = str(entry).removeprefix("/")
        if pattern.startswith("!"):
            found = [name for name in found if not fnmatch.fnmatch(name, pattern[1:].removeprefix("/"))]
            continue
        if pattern.endswith("/") or (project.root / pattern).is_dir():
            pattern = pattern.rstrip("/") + "/**/*"
        hits = sorted(project.name(path) for path in project.root.glob(pattern) if path.is_file())
        if not hits and not any(mark in pattern for mark in "*?["):
            message, remedy = f"The page {pattern} isn't there.", "Write it, or take it out of `render`."
            problems.append(Problem("_quarto.yml", message=message, remedy=remedy))
        if hits == [pattern] and Path(pattern).suffix not in _SOURCES:
            message = f"{pattern} is neither .qmd nor .ipynb."
            problems.append(Problem("_quarto.yml", message=message, remedy="Rename it, or take it out of `render`."))
        found += [name for name in hits if _is_page(name, project) and name not in found]
    outputs: dict[str, str] = {}
    for name in found:
        other = outputs.setdefault(str(Path(name).with_suffix(".html")), name)
        if other != name:
            problems.append(Problem(name, message=f"{other} makes the same page.", remedy="Rename one of them."))
    return found


def _is_page(name: str, project: Project) -> bool:
    inside_output = (project.root / name).is_relative_to(project.output_dir)
    hidden = any(part.startswith(_NO_PAGE) for part in Path(name).parts)
    return Path(name).suffix in _SOURCES and not hidden and not inside_output


def _theme_problems(project: Project) -> list[Problem]:
    theme = project.html.get("theme") or []
    chosen = list(theme.values()) if isinstance(theme, Mapping) else [theme]
    names = [name for part in chosen for name in (part if isinstance(part, list) else [part])]
    problems = []
    for name in map(str, names):
        if name in subset.THEMES:
            continue
        file = project.root / name
        if not name.endswith(".scss"):
            problems.append(
                Problem(
                    "_quarto.yml",
                    message=f"The theme {name} is outside the supported subset.",
                    remedy=nearest(name, subset.THEMES),
                )
            )
        elif not file.is_file() or _rules(file) != [subset.WEB_FONT_RULE]:
            problems.append(
                Problem(
                    name,
                    message="SCSS is outside the supported subset, but for one line.",
                    remedy=f"Hold `{subset.WEB_FONT_RULE}` only; write styles into the style sheet.",
                )
            )
    for style in project.styles():
        if not (project.root / style).is_file():
            problems.append(Problem("_quarto.yml", message=f"The style sheet {style} isn't there."))
    return problems


def _rules(file: Path) -> list[str]:
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith(("//", "/*"))]
