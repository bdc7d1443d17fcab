"""The part of Quarto that pages may use, and what to write instead of the rest.

Real Quarto takes these sources as well. What lies outside is refused by file and line,
never passed over: a page must not say something else in one engine than in the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from compendium.errors import Problem, nearest

# Keys of _quarto.yml by place; None: any value. What is missing here is refused.
_ITEM = {"text": None, "href": None, "menu": None, "rel": None, "target": None, "aria-label": None}
_MENU_ITEM = {key: None for key in _ITEM if key != "menu"}  # menus have one level
CONFIG: dict[str, Any] = {
    "project": {"type": None, "title": None, "output-dir": None, "render": None, "resources": None},
    "website": {
        "title": None,
        "description": None,
        "site-url": None,
        "search": None,
        "navbar": {"title": None, "left": [_ITEM], "right": [_ITEM], "search": None},
        "sidebar": {"title": None, "style": None, "contents": None, "search": None},
        "page-footer": {"left": None, "center": None, "right": None, "border": None},
    },
    "execute": {"enabled": None, "echo": None, "warning": None},
    "format": {
        "html": dict.fromkeys(
            [
                "theme",
                "css",
                "toc",
                "toc-depth",
                "toc-title",
                "code-fold",
                "code-summary",
                "html-math-method",
                "notebook-view",
                "notebook-links",
                "code-copy",
                "anchor-sections",
                "smooth-scroll",
            ]
        )
    },
}
# Keys that Quarto knows, at the top of _quarto.yml or of a page, and that the subset leaves out.
REFUSED_KEYS = {
    "filters": "Extensions are outside the subset: write the result out.",
    "shortcodes": "Only include, embed, var and meta are supported.",
    "listing": "Write the list out, or make it before rendering and include it.",
    "about": "Write the page as a plain one.",
    "number-sections": "Sections have no numbers; refer to them with @sec-name.",
    "crossref": "The words and numbers of references are fixed; remove this key.",
    "engine": "Notebooks are stored with their outputs; remove this key.",
    "book": "Use `type: website`.",
    "include-in-header": "Put styles into the style sheet; scripts aren't taken.",
    "include-before-body": "Write it in the page, or include it with a shortcode.",
    "include-after-body": "Write it in the page, or include it with a shortcode.",
    "template": "Remove this key; the page's frame is fixed.",
    "page-layout": "Remove this key; pages have one layout.",
    "reference-location": "Remove this key; notes stand at the foot of the page.",
    "citation-location": "Remove this key; sources stand at the foot of the page.",
}
SHORTCODES = ("include", "embed", "var", "meta")
CALLOUTS = ("note", "tip", "warning", "caution", "important")
CELL_OPTIONS = ("label", "fig-cap", "tbl-cap", "fig-alt", "echo", "include", "output", "warning", "code-fold")
THEMES = ("cosmo", "darkly")
WEB_FONT_RULE = "$web-font-path: false;"

# What a line of a page may not hold: pattern, what it is, what to write instead.
_LINES: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern), what, remedy)
    for pattern, what, remedy in (
        (r"\{[^}]*\blayout(-ncol|-nrow|-align|-valign)?=", "Layout blocks", "Set figures one below the other."),
        (r"\{[^}]*\.(column-|aside\b|g-col|grid\b)", "Column blocks", "Leave the block in the text's column."),
        (r"\{[^}]*\.content-(visible|hidden)", "Conditional blocks", "Write the text for every format."),
        (
            r"\{[^}]*#(lst|thm|lem|cor|prp|cnj|def|exm|exr|sol|rem|alg|nte|tip|wrn|imp|cau|suppl|supp)-",
            "Cross-references of this kind",
            "Only @sec-, @fig-, @tbl- and @eq- are supported.",
        ),
        (
            r"(?<![\w@\\])@(lst|thm|lem|cor|prp|cnj|def|exm|exr|alg|nte|wrn)-\w",
            "Cross-references of this kind",
            "Only @sec-, @fig-, @tbl- and @eq- are supported.",
        ),
        (r"^\s*(?:\\begin\{|\\end\{)", "LaTeX blocks", "Write the equation between $$ and $$."),
        (r"(?i)<(script|iframe|object|embed|form|style|link|meta)\b", "Live HTML", "Write it in markdown."),
    )
)
_FENCE_CELL = re.compile(r"^\{(?![.#=])(\w+)")
_CALLOUT = re.compile(r"\.callout-(\w+)")


def line_problems(text: str, place: str) -> Iterator[Problem]:
    """What one line of markdown (outside code) holds that the subset doesn't have."""
    bare = re.sub(r"`[^`]*`", "", text)
    for pattern, what, remedy in _LINES:
        if pattern.search(bare):
            yield Problem(place, message=f"{what}: outside the supported subset.", remedy=remedy)
    for kind in _CALLOUT.findall(bare) if ":::" in bare else ():
        if kind not in CALLOUTS:
            yield Problem(place, message=f"There is no callout of kind {kind}.", remedy=nearest(kind, CALLOUTS))


def fence_problem(info: str, place: str) -> Problem | None:
    """A code block that asks to be run: `{python}`, `{mermaid}`, `{ojs}`."""
    cell = _FENCE_CELL.match(info.strip())
    if cell is None:
        return None
    remedy = "Run it in a notebook, stored with its outputs, and embed them; to show code only, write {.python}."
    if cell[1] in ("mermaid", "dot", "ojs"):
        remedy = "Draw it beforehand and show the image."
    return Problem(place, message=f"A code block {{{cell[1]}}} would be run, and pages run nothing.", remedy=remedy)


def config_problems(config: Mapping[str, Any], file: str, first: int = 1) -> Iterator[Problem]:
    """What a `_quarto.yml` (or a file merged into it) asks for outside the subset."""
    yield from key_problems(config, file, first)
    for name, known in CONFIG.items():
        if name in config and not (name == "format" and _is_html(config[name])):
            yield from _unknown_keys(config[name], known, name, file, first)
    execute = config.get("execute")
    if isinstance(execute, Mapping) and execute.get("enabled") is not False:
        yield Problem(
            _at(file, config, "execute", first), message="Pages run no code.", remedy="Write `execute: enabled: false`."
        )
    kind = (config.get("project") or {}).get("type", "website")
    if kind != "website":
        place = _at(file, config["project"], "type", first)
        yield Problem(
            place, message=f"Project type {kind} is outside the supported subset.", remedy="Use `type: website`."
        )


def navigation_problems(website: Mapping[str, Any], pages: frozenset[str], file: str) -> Iterator[Problem]:
    """Entries of navbar, sidebar and footer that lead to no page, and the sidebars that Quarto would make by itself."""
    sidebar = website.get("sidebar") or {}
    if isinstance(sidebar, list):
        yield Problem(file, message="More than one sidebar.", remedy="Keep one, as a mapping.")
        sidebar = {}
    for entry in _entries([website.get("navbar") or {}, sidebar, website.get("page-footer") or {}]):
        if entry == "auto" or "*" in entry or (entry.endswith((".qmd", ".ipynb")) and entry not in pages):
            yield Problem(
                file, message=f"The navigation names {entry}, which is no rendered page.", remedy="Name each page."
            )


def _entries(value: Any) -> Iterator[str]:
    """Every page that a navigation names, at any depth."""
    if isinstance(value, list):
        for one in value:
            yield from [one] if isinstance(one, str) else _entries(one)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            if key in ("href", "section") or (key == "contents" and isinstance(one, str)):
                yield str(one)
            elif key not in ("text", "title", "style"):
                yield from _entries(one)


def key_problems(meta: Mapping[str, Any], file: str, first: int = 1) -> Iterator[Problem]:
    """Keys of a page's or folder's metadata that Quarto would obey and this engine doesn't."""
    if not str(meta.get("lang", "en")).lower().startswith("en"):
        message = "The words that the engine adds (Figure, Table, Note) are English."
        yield Problem(
            _at(file, meta, "lang", first), message=message, remedy="Write `lang: en`, or render with Quarto."
        )
    for key in meta:
        if key in REFUSED_KEYS and meta[key] not in (False, "article"):
            yield Problem(
                _at(file, meta, key, first),
                message=f"`{key}` is outside the supported subset.",
                remedy=REFUSED_KEYS[key],
            )


def format_problems(meta: Mapping[str, Any], file: str, first: int = 1) -> Iterator[Problem]:
    """A page's own `format:`, which may hold `html` and its known options."""
    if "format" in meta and not _is_html(meta["format"]):
        yield from _unknown_keys(meta["format"], CONFIG["format"], "format", file, first)


def _is_html(value: Any) -> bool:
    return bool(value == "html")


def _unknown_keys(value: Any, known: Any, path: str, file: str, first: int) -> Iterator[Problem]:
    if isinstance(known, list):
        for item in value if isinstance(value, list) else []:
            if isinstance(item, Mapping):
                yield from _unknown_keys(item, known[0], path, file, first)
                for part in item.get("menu") or []:
                    if isinstance(part, Mapping):
                        yield from _unknown_keys(part, _MENU_ITEM, f"{path}.menu", file, first)
    elif isinstance(known, Mapping) and isinstance(value, Mapping):
        for key in value:
            place = _at(file, value, key, first)
            if key not in known:
                yield Problem(
                    place, message=f"`{path}: {key}` is outside the supported subset.", remedy=nearest(str(key), known)
                )
            elif known[key] is not None:
                yield from _unknown_keys(value[key], known[key], f"{path}.{key}", file, first)
    elif isinstance(known, Mapping) and value not in (None, True, False) and path != "website.page-footer":
        yield Problem(f"{file}", message=f"`{path}` must hold keys.", remedy=f"Known: {', '.join(sorted(known))}.")


def _at(file: str, mapping: Any, key: str, first: int) -> str:
    """`file:line` of a key, when the YAML reader kept its place."""
    try:
        return f"{file}:{mapping.lc.key(key)[0] + first}"
    except (AttributeError, KeyError, TypeError):
        return file
