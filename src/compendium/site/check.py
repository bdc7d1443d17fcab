"""What a finished site is held to: every link and anchor leads somewhere, nothing comes from another host."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LOADS = {"img", "script", "iframe", "source", "video", "audio", "embed", "object", "link", "track"}
_LIVE = {"iframe", "object", "embed", "form", "base"}


@dataclass
class Links(HTMLParser):
    """Ids, links and loaded files of one page."""

    html: str
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    live: list[str] = field(default_factory=list)
    _in_body: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_body = self._in_body or tag == "body"
        if tag in _LIVE or (self._in_body and tag in ("script", "style")):
            self.live.append(f"<{tag}>")
        for name, value in attrs:
            if name == "id" and value:
                self.twice += [value] if value in self.ids else []
                self.ids.add(value)
            elif name in ("src", "href", "data", "poster", "srcset") and value:
                (self.loads if tag in _LOADS else self.links).append(value)
            elif name.startswith("on"):
                self.live.append(f"{name}=")

    @property
    def targets(self) -> list[str]:
        return [*self.links, *self.loads]


def is_away(url: str) -> bool:
    return bool(urlsplit(url).scheme) or url.startswith("//")


def local_target(page: str, url: str) -> tuple[str, str]:
    """A relative link as a path in the site and an anchor."""
    path, _, mark = url.partition("#")
    path = unquote(path.split("?")[0])
    if not path:
        return page, unquote(mark)
    found = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
    return (posixpath.join(found, "index.html") if path.endswith("/") else found), unquote(mark)


def wrong_links(pages: Mapping[str, Links], root: Path) -> Iterator[tuple[str, str, str, str]]:
    """(page, the link as written, what is wrong, what to do) for each link that leads nowhere."""
    for name, links in pages.items():
        for url in dict.fromkeys(links.targets):
            if is_away(url):
                if url in links.loads and not url.startswith("data:"):
                    yield name, url, "would be loaded from another host.", "Keep a copy in the project."
                elif re.match(r"(?i)\s*(javascript|vbscript|data|file):", url) and url in links.links:
                    yield name, url, "is no address that a page may link to.", "Link to a page or file of the project."
                continue
            path, mark = local_target(name, url)
            if path in pages:
                if mark and mark not in pages[path].ids:
                    yield name, url, f"leads nowhere: {path} has no #{mark}.", "Name an id that the page has."
            elif (
                path.startswith("..") or not (root / path).is_file() or any(p.startswith(".") for p in path.split("/"))
            ):
                yield name, url, "leads nowhere.", "Mend the path, or add the page to `render`."
        for found in dict.fromkeys(links.live):
            yield name, found, "is live HTML, which pages may not hold.", "Write it in markdown."
        for found in dict.fromkeys(links.twice):
            yield name, found, "is the id of two things on this page.", "Rename one."


def linked_files(pages: Mapping[str, Links]) -> list[str]:
    """Files, not pages, that pages link to or show: they must lie beside them in the site."""
    found = set()
    for name, links in pages.items():
        for url in links.targets:
            if not is_away(url):
                path = local_target(name, url)[0]
                if path not in pages:
                    found.add(path)
    return sorted(found)
