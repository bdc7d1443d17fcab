"""What anybody can see of a finished site with a parser of HTML: nothing of the engine's own is used."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

HEAVIEST = 300_000  # bytes of a page before images
INDEX = 300_000  # bytes of what a search loads first


class Seen(HTMLParser):
    """Ids, links, what is loaded, the policy, and what may not be there."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.policy, self.wrong, self.text = "", list[str](), ""
        self.scripts = list[str]()
        self._within = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self._within = tag
        self.ids += [named["id"]] if named.get("id") else []
        for name in ("href", "src", "srcset", "data", "poster", "action"):
            if name in named:
                (self.links if tag == "a" else self.loads).append(named[name])
        self.wrong += [f"{tag} {name}" for name in named if name.startswith("on") or name == "style"]
        self.wrong += [tag] if tag in ("iframe", "object", "embed", "base") else []
        if named.get("http-equiv") == "Content-Security-Policy":
            self.policy = named["content"]

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "script":
            self.scripts.append(data)
        elif self._within not in ("code", "pre", "span"):
            self.text += data


def wrong(site: Path, forms: str = "forms") -> Iterator[str]:
    """What is wrong with the pages of a site, but for the forms, which stand alone and have tests of their own."""
    pages = {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*.html"))}
    seen = {name: Seen(path.read_text("utf-8")) for name, path in pages.items()}
    for name, page in seen.items():
        if forms in name.split("/"):
            continue
        if pages[name].stat().st_size >= HEAVIEST:
            yield f"{name}: {pages[name].stat().st_size} bytes"
        yield from (f"{name}: {found}" for found in page.wrong)
        yield from (f"{name}: twice #{one}" for one in sorted({one for one in page.ids if page.ids.count(one) > 1}))
        yield from (f"{name}: {mark} is left" for mark in re.findall(r"\?(?:meta|var):\S+|\{\{<|\?@\S+", page.text))
        if "default-src 'none'" not in page.policy or "unsafe" in page.policy:
            yield f"{name}: the policy is {page.policy!r}"
        for address in dict.fromkeys((*page.links, *page.loads)):
            yield from _leads_nowhere(site, name, address, seen, loaded=address in page.loads)


def _leads_nowhere(site: Path, name: str, address: str, seen: dict[str, Seen], *, loaded: bool) -> Iterator[str]:
    if urlsplit(address).scheme or address.startswith("//"):
        if loaded or urlsplit(address).scheme not in ("https", "http", "mailto", "tel"):
            yield f"{name}: {address} is loaded or run"
        return
    path, _, mark = address.partition("#")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(path))) if path else name
    if not (site / target).is_file() and not (site / target / "index.html").is_file():
        yield f"{name}: {address} leads nowhere"
    elif mark and target in seen and unquote(mark) not in seen[target].ids:
        yield f"{name}: {address} names no part of {target}"
