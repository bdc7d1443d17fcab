"""The part of Quarto that pages may use: `assets/subset.yml` says what, this module finds the rest by file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import resources
from typing import Any

import yaml

from compendium.errors import Problem, nearest
from compendium.yamlfile import YamlFile

ASSETS = resources.files("compendium.site") / "assets"
_SUBSET: dict[str, Any] = yaml.safe_load((ASSETS / "subset.yml").read_text("utf-8"))
_KEYS = {where: known.split() for where, known in _SUBSET["keys"].items()}
CELL_OPTIONS, SHORTCODES, CALLOUTS, THEMES = (
    _SUBSET[name].split() for name in ("cell-options", "shortcodes", "callouts", "themes")
)
_RULES = {
    name: [(re.compile(pattern), what, remedy) for pattern, what, remedy in _SUBSET[name]]
    for name in ("lines", "in-code-spans", "in-code-blocks", "fences")
}
_FENCE = re.compile(r"^\s*(?:>\s*)*(`{3,}|~{3,})(.*)$")
_CALLOUT = re.compile(r":::.*\.callout-(\w+)")


def line_problems(lines: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    """What lines of a page, each with its place, hold that the subset doesn't have."""
    fence = ""
    for text, place in lines:
        mark = _FENCE.match(text)
        if fence and mark and mark[1].startswith(fence) and not mark[2].strip():
            fence = ""
        elif fence:
            yield from _found("in-code-blocks", text, place)
        elif mark:
            fence = mark[1]
            yield from list(_found("fences", mark[2].strip(), place))[:1]
        else:
            bare = re.sub(r"`[^`]*`", "", text)
            yield from _found("in-code-spans", text, place)
            yield from _found("lines", bare, place)
            for kind in set(_CALLOUT.findall(bare)) - set(CALLOUTS):
                yield Problem(place, message=f"There is no callout of kind {kind}.", remedy=nearest(kind, CALLOUTS))


def _found(rules: str, text: str, place: str) -> Iterator[Problem]:
    for pattern, what, remedy in _RULES[rules]:
        if pattern.search(text):
            shown = f" ({text})" if rules == "fences" else ""
            yield Problem(place, message=f"{what}{shown}: outside the supported subset.", remedy=remedy)


def key_problems(read: YamlFile) -> Iterator[Problem]:
    """Keys of a configuration, folder or page that Quarto would obey and this engine doesn't."""
    for path, line in read.lines.items():
        if not path or isinstance(path[-1], int):
            continue
        place, key, value = f"{read.name}:{line}", path[-1], _value_at(read.data, path)
        where = ".".join(part for part in path[:-1] if isinstance(part, str))
        if not where and key in _SUBSET["refused"] and value not in (False, "article"):
            message = f"`{key}` is outside the supported subset."
            yield Problem(place, message=message, remedy=_SUBSET["refused"][key])
        elif where in _KEYS and key not in _KEYS[where]:
            message = f"`{where}: {key}` is outside the supported subset."
            yield Problem(place, message=message, remedy=nearest(key, _KEYS[where]))
        elif path == ("project", "type") and value != "website":
            message = f"Project type {value} is outside the supported subset."
            yield Problem(place, message=message, remedy="Use `type: website`.")
        elif path == ("execute", "enabled") and value is not False:
            yield Problem(place, message="Pages run no code.", remedy="Write `execute: enabled: false`.")
        elif path == ("lang",) and not str(value).lower().startswith("en"):
            message = "The words that the engine adds (Figure, Table, Note) are English."
            yield Problem(place, message=message, remedy="Write `lang: en`, or render with Quarto.")
        elif _holds_keys(path) and not isinstance(value, dict | list | bool | None) and value != "html":
            known = ", ".join(sorted(_KEYS[".".join(map(str, path))]))
            yield Problem(place, message=f"`{key}` must hold keys.", remedy=f"Known: {known}.")


def _holds_keys(path: tuple[str | int, ...]) -> bool:
    return ".".join(map(str, path)) in _KEYS and path[-1] != "page-footer"


def _value_at(data: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        data = data[part]
    return data
