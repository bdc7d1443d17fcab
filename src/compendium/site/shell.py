"""The frame around a page: navigation, contents, sources, policy; written with jinja from what pandoc gave."""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from html import unescape
from importlib import resources
from typing import Any
from urllib.parse import quote

from jinja2 import Environment

from compendium.site.project import Project, section
from compendium.site.source import Page, page_name

ASSETS = resources.files("compendium.site") / "assets"
OWN_FOLDER = "site_libs/compendium"
PROVENANCE = {
    "synthetic": "Synthetic data.",
    "real": "Published figures.",
    "illustrative": "Illustrative.",
    "records": "Real records, approved for release.",
    "mixed": "Real and synthetic data.",
}
_PARTS = ("title", "subtitle", "description", "note", "body", "sources", "sources_id")


def of_page(page: Page) -> dict[str, Any]:
    """What the frame of a page takes from its metadata."""
    provenance = str(page.meta.get("provenance", ""))
    return {
        "lang": page.meta.get("lang", "en"),
        "provenance": provenance if provenance in PROVENANCE else "",
        "provenance_label": PROVENANCE.get(provenance, ""),
        "locality": page.meta.get("locality", ""),
        "quick_exit": page.meta.get("quick-exit") is True,
        "toc_title": page.option("toc-title", "On this page"),
        "toc": bool(page.option("toc", False)),
    }


def write_page(project: Project, source: str, parts: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """The whole HTML of one page: `parts` from pandoc and `of_page`; `titles` of all pages, for the navigation."""
    name = page_name(source)
    up, site_title = relative_to(name), str(project.website.get("title", ""))
    navbar, footer = section(project.website, "navbar"), project.website.get("page-footer") or ""
    sides = [footer.get(side) for side in ("left", "center", "right")] if isinstance(footer, Mapping) else [footer]

    def items(entries: Any) -> list[dict[str, Any]]:
        return [_item(entry, source, titles, up) for entry in (entries if isinstance(entries, list) else [])]

    words = dict.fromkeys(text for text in (plain(str(parts.get("title") or "")), site_title) if text)
    html = _template().render(
        {key: parts.get(key) for key in _PARTS},
        **{
            key: parts[key] for key in ("lang", "provenance", "provenance_label", "locality", "quick_exit", "toc_title")
        },
        policy=policy(),
        script=script(),
        libs=up(OWN_FOLDER),
        top=up("."),
        shard=parts.get("shard", ""),
        sheets=[up(f"{OWN_FOLDER}/site.css"), *(up(style) for style in project.styles())],
        window_title=" – ".join(words),
        description_text=plain(str(parts.get("description") or "")),
        brand=navbar.get("title") or site_title,
        home=up("index.html"),
        navbar=[items(navbar.get(side)) for side in ("left", "right")],
        sidebar=items(_sidebar(project, source).get("contents")),
        footer=[items(side) if isinstance(side, list) else [{"text": str(side)}] for side in sides if side],
        contents=(parts.get("contents") or "") if parts["toc"] else "",
    )
    return re.sub(r"\n{2,}", "\n", html)


def _sidebar(project: Project, source: str) -> Mapping[str, Any]:
    """The one sidebar of the site; of several, the one that names the page (Quarto's rule)."""
    sidebar = project.website.get("sidebar") or {}
    several = [one for one in sidebar if isinstance(one, Mapping)] if isinstance(sidebar, list) else [sidebar]
    return next((one for one in several if len(several) == 1 or source in named(one.get("contents"))), {})


def named(value: Any) -> Iterator[str]:
    """Every page or address that a navigation names, at any depth."""
    if isinstance(value, list):
        for one in value:
            yield from [one] if isinstance(one, str) else named(one)
    elif isinstance(value, Mapping):
        yield from (str(value[key]) for key in ("href", "section", "contents") if isinstance(value.get(key), str))
        yield from (name for one in value.values() if not isinstance(one, str) for name in named(one))


def relative_to(name: str) -> Callable[[str], str]:
    """From a path in the site to a link as the page `name` must write it."""
    folder = posixpath.dirname(name)
    return lambda target: quote(posixpath.relpath(target, folder or "."))


def plain(html: str) -> str:
    """HTML as plain text."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def policy() -> str:
    """Nothing from elsewhere, and of scripts only our own; no style in a page; holds from file:// as well."""
    return (
        "default-src 'none'; img-src 'self' data:; font-src 'self'; style-src 'self'; "
        f"script-src 'self' {content_hash(script())}; base-uri 'none'; form-action 'none'"
    )


def content_hash(text: str) -> str:
    """A script or style as a Content-Security-Policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@lru_cache(maxsize=1)
def script() -> str:
    """The script that stands in each page: the policy names its hash."""
    return (ASSETS / "site.js").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _template() -> Any:
    source = (ASSETS / "page.html.j2").read_text(encoding="utf-8")
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(source)


@lru_cache(maxsize=1)
def own_ids() -> frozenset[str]:
    """The ids of the frame, which no page may use again."""
    return frozenset(re.findall(r'\bid="([\w-]+)"', (ASSETS / "page.html.j2").read_text(encoding="utf-8")))


def _item(entry: Any, source: str, titles: Mapping[str, str], up: Callable[[str], str]) -> dict[str, Any]:
    """An entry of `_quarto.yml` as a link that this page writes."""
    if isinstance(entry, str):
        entry = {"text": entry} if entry not in titles else {"href": entry}
    below = entry.get("menu") or entry.get("contents")
    href = str(entry.get("href") or (entry.get("section") if entry.get("section") in titles else "") or "")
    target = page_name(href) if href in titles else href
    away = bool(re.match(r"[a-zA-Z][\w+.-]*:", href))
    menu = [_item(part, source, titles, up) for part in below] if isinstance(below, list) else []
    return {
        "text": entry.get("text") or titles.get(href) or entry.get("section") or href,
        "href": target if away or not target else up(target),
        "away": away,
        "current": href == source,
        "menu": menu,
        "open": any(part["current"] or part["open"] for part in menu) or bool(entry.get("section")),
    }
