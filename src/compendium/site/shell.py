"""The frame around a page: navigation, contents, sources, policy; written with jinja from what pandoc gave."""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from importlib import resources
from typing import Any
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup, escape

from compendium.site.project import Project
from compendium.site.source import Page

ASSETS = resources.files("compendium.site") / "assets"
OWN_FOLDER = "site_libs/compendium"
PROVENANCE = {
    "synthetic": "Synthetic data.",
    "real": "Published figures.",
    "illustrative": "Illustrative.",
    "records": "Real records, approved for release.",
    "mixed": "Real and synthetic data.",
}
_STYLE = re.compile(r"<(\w+)((?:\s[^<>]*?)?)\s+style=\"([^\"<>{}]*)\"([^<>]*)>")
_CLASS = re.compile(r'(\sclass=")')


@dataclass(frozen=True)
class Rendered:
    """A page as pandoc gave it: HTML fragments, the flat list of headings and problems."""

    parts: Mapping[str, Any]

    @property
    def problems(self) -> list[dict[str, str]]:
        return list(self.parts.get("problems") or [])


def write_page(project: Project, page: Page, rendered: Rendered, titles: Mapping[str, str]) -> str:
    """The whole HTML of one page; `titles` are those of all pages, for navigation without words of its own."""
    up = relative_to(page.name)
    parts = rendered.parts
    body, styles = without_inline_styles(with_scopes(str(parts["body"])))
    website = project.website
    site_title = str(website.get("title", ""))
    navbar, footer = website.get("navbar") or {}, website.get("page-footer") or {}
    provenance = str(page.meta.get("provenance", ""))
    items = _items(page, titles, up)
    script = (ASSETS / "site.js").read_text(encoding="utf-8")
    html = _template().render(
        lang=page.meta.get("lang", "en"),
        policy=_policy(script, styles),
        script=script,
        styles=styles,
        sheets=[up(f"{OWN_FOLDER}/site.css"), *(up(name) for name in project.styles())],
        window_title=" – ".join(
            dict.fromkeys(text for text in (plain(str(parts.get("title") or "")), site_title) if text)
        ),
        description_text=plain(str(parts.get("description") or "")),
        brand=navbar.get("title") or site_title,
        home=up("index.html"),
        navbar=[items(navbar.get(side) or []) for side in ("left", "right")],
        sidebar=items((website.get("sidebar") or {}).get("contents") or []),
        footer=[_footer_part(footer.get(side), items) for side in ("left", "center", "right") if footer.get(side)]
        if isinstance(footer, Mapping)
        else [_footer_part(footer, items)],
        provenance=provenance if provenance in PROVENANCE else "",
        provenance_label=PROVENANCE.get(provenance, ""),
        locality=page.meta.get("locality", ""),
        byline=_byline(page.meta),
        quick_exit=page.meta.get("quick-exit") is True,
        toc_title=page.option("toc-title", "On this page"),
        contents=_contents(list(parts.get("contents") or [])) if page.option("toc", False) else "",
        body=body,
        **{key: parts.get(key) for key in ("title", "subtitle", "description", "note", "sources", "sources_id")},
    )
    return re.sub(r"\n{2,}", "\n", html)


def relative_to(name: str) -> Callable[[str], str]:
    """From a path in the site to a link as the page `name` must write it."""
    folder = posixpath.dirname(name)
    return lambda target: quote(posixpath.relpath(target, folder or "."))


def plain(html: str) -> str:
    """HTML as plain text."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def with_scopes(html: str) -> str:
    """Header cells that say what they head: columns in thead, rows elsewhere."""
    html = re.sub(
        r"<thead>.*?</thead>", lambda head: re.sub(r"<th(?=[\s>])", '<th scope="col"', head[0]), html, flags=re.S
    )
    return re.sub(r"<th(?![\w])(?! scope)", '<th scope="row"', html)


def without_inline_styles(html: str) -> tuple[str, str]:
    """Every style attribute as a class, and the rules for those: the policy allows no inline style."""
    names = {style: f"s{i}" for i, style in enumerate(sorted({found[3] for found in _STYLE.finditer(html)}))}

    def as_class(found: re.Match[str]) -> str:
        rest = found[2] + found[4]
        if _CLASS.search(rest):
            rest = _CLASS.sub(rf"\g<1>{names[found[3]]} ", rest, count=1)
        else:
            rest = f' class="{names[found[3]]}"{rest}'
        return f"<{found[1]}{rest}>"

    while (changed := _STYLE.sub(as_class, html)) != html:
        html = changed
    return html, "".join(f".{name}{{{style}}}" for style, name in names.items())


def _policy(script: str, styles: str) -> str:
    """Nothing from elsewhere, nothing inline but what is named by its hash; holds from file:// as well."""
    style = f" {content_hash(styles)}" if styles else ""
    return (
        f"default-src 'none'; img-src 'self' data:; font-src 'self'; style-src 'self'{style}; "
        f"script-src {content_hash(script)}; base-uri 'none'; form-action 'none'"
    )


def content_hash(text: str) -> str:
    """A script or style as a Content-Security-Policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@lru_cache(maxsize=1)
def _template() -> Any:
    source = (ASSETS / "page.html.j2").read_text(encoding="utf-8")
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(source)


def _items(page: Page, titles: Mapping[str, str], up: Callable[[str], str]) -> Callable[[Any], list[dict[str, Any]]]:
    """From entries of `_quarto.yml` to links as this page writes them."""

    def one(entry: Any) -> dict[str, Any]:
        if isinstance(entry, str):
            entry = {"text": entry} if entry not in titles else {"href": entry}
        below = entry.get("menu") or entry.get("contents")
        href = str(entry.get("href") or (entry.get("section") if entry.get("section") in titles else "") or "")
        target = re.sub(r"\.(qmd|ipynb)$", ".html", href) if href in titles else href
        away = bool(re.match(r"[a-zA-Z][\w+.-]*:", href))
        menu = [one(part) for part in below] if isinstance(below, list) else []
        return {
            "text": entry.get("text") or titles.get(href) or entry.get("section") or href,
            "href": target if away or not target else up(target),
            "away": away,
            "current": href == page.source,
            "menu": menu,
            "open": any(part["current"] or part["open"] for part in menu) or bool(entry.get("section")),
        }

    return lambda entries: [one(entry) for entry in (entries if isinstance(entries, list) else [])]


def _footer_part(part: Any, items: Callable[[Any], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return items(part) if isinstance(part, list) else [{"text": str(part)}]


def _contents(rows: list[dict[str, Any]]) -> Markup:
    """Headings as nested lists; a level that is skipped adds no list."""
    out: list[str] = []
    open_levels: list[int] = []
    for row in rows:
        while open_levels and row["level"] < open_levels[-1]:
            open_levels.pop()
            out.append("</li></ul>")
        if not open_levels or row["level"] > open_levels[-1]:
            open_levels.append(row["level"])
            out.append("<ul><li>")
        else:
            out.append("</li><li>")
        out.append(f'<a href="#{escape(row["id"])}">{row["html"]}</a>')
    return Markup("".join(out) + "</li></ul>" * len(open_levels))  # noqa: S704 (pandoc wrote the headings)


def _byline(meta: Mapping[str, Any]) -> str:
    authors = meta.get("author") or []
    names = [
        a.get("name", "") if isinstance(a, Mapping) else a
        for a in (authors if isinstance(authors, list) else [authors])
    ]
    return ", ".join(str(part) for part in [*names, meta.get("date", "")] if part)
