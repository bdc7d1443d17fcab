"""What a finished site is held to: every link leads somewhere, nothing is live or from another host."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

_TAG = re.compile(r'<([a-zA-Z][\w:-]*)((?:[^<>"\']|"[^"]*"|\'[^\']*\')*)>')
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_LOADS = {"img", "script", "iframe", "source", "video", "audio", "embed", "object", "link", "track"}
_LIVE = {"iframe", "object", "embed", "form", "base", "script", "style"}


@dataclass(frozen=True)
class Links:
    """Ids, links and loaded files of the text of one page."""

    html: str

    @cached_property
    def _tags(self) -> list[tuple[str, list[tuple[str, str]]]]:
        return [
            (tag[1].lower(), [(name.lower(), unescape(a or b or c)) for name, a, b, c in _ATTRIBUTE.findall(tag[2])])
            for tag in _TAG.finditer(self.html)
        ]

    def _values(self, *names: str, loads: bool | None = None) -> list[str]:
        wanted = (pairs for tag, pairs in self._tags if loads is None or (tag in _LOADS) == loads)
        return [value for pairs in wanted for name, value in pairs if name in names and value]

    @property
    def ids(self) -> list[str]:
        return self._values("id")

    @property
    def links(self) -> list[str]:
        return list(dict.fromkeys(self._values("href", "src", loads=False)))

    @property
    def loads(self) -> list[str]:
        return list(dict.fromkeys(self._values("src", "href", "data", "poster", "srcset", loads=True)))

    @property
    def targets(self) -> list[str]:
        return [*self.links, *self.loads]

    @property
    def live(self) -> list[str]:
        """Tags and attributes that would run or take over something."""
        tags = [f"<{tag}>" for tag, _ in self._tags if tag in _LIVE]
        return tags + [f"{name}=" for _, pairs in self._tags for name, _ in pairs if name.startswith("on")]


def is_away(url: str) -> bool:
    """Whether an address leads out of the site."""
    return bool(urlsplit(url).scheme) or url.startswith("//")


def local_target(page: str, url: str) -> tuple[str, str]:
    """A relative link as a path in the site and an anchor."""
    path, _, mark = url.partition("#")
    path = unquote(path.split("?")[0])
    if not path:
        return page, unquote(mark)
    found = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
    return (posixpath.join(found, "index.html") if path.endswith("/") else found), unquote(mark)


def own_problems(found: Links, taken: Container[str]) -> Iterator[tuple[str, str, str]]:
    """(what, why, remedy) for what a page may not hold whatever the others hold; `taken`: the ids of the frame."""
    for url in found.targets:
        if is_away(url) and url in found.loads and not url.startswith("data:"):
            yield url, "would be loaded from another host.", "Keep a copy in the project."
        elif re.match(r"(?i)\s*(javascript|vbscript|data|file):", url) and url in found.links:
            yield url, "is no address that a page may link to.", "Link to a page or file of the project."
    for live in dict.fromkeys(found.live):
        yield live, "is live HTML, which pages may not hold.", "Write it in markdown."
    seen: set[str] = set()
    for name in found.ids:
        if name in seen or name in taken:
            yield name, "is the id of two things on this page.", "Rename one."
        seen.add(name)


def wrong_links(
    page: str, urls: list[str], pages: Mapping[str, Container[str] | None], files: Container[str], root: Path
) -> Iterator[tuple[str, str, str]]:
    """(the link as written, why, remedy) for each link that leads nowhere; `pages` are all pages with their ids.

    The ids of a page that could not be made are None: no link to it is called wrong.
    """
    for url in urls:
        if is_away(url):
            continue
        path, mark = local_target(page, url)
        if path in pages:
            if mark and (ids := pages[path]) is not None and mark not in ids:
                yield url, f"leads nowhere: {path} has no #{mark}.", "Name an id that the page has."
        elif path not in files and not may_be_shown(root, path):
            yield url, "leads nowhere.", "Mend the path, or add the page to `render`."


def is_hidden(path: str) -> bool:
    """Whether a path leaves the site, or leads to what is kept out of sight."""
    return any(part.startswith(".") for part in path.split("/"))


def may_be_shown(root: Path, path: str) -> bool:
    """Whether a file may lie in the site: of the project and in sight, also where a link of the system leads to."""
    if is_hidden(path) or not (root / path).is_file():
        return False
    real, top = (root / path).resolve(), root.resolve()
    return real.is_relative_to(top) and not is_hidden(real.relative_to(top).as_posix())
