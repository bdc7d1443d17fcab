"""The pages of a site as books: all of them in one, and each place's in one of its own."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from compendium.site import shell
from compendium.site.pdf.document import Chapter, Frame, printed
from compendium.site.pdf.pages import brand, chapter, licence, mark_of, mark_of_book, said_page, typst_text, with_signs
from compendium.site.project import Project
from compendium.site.source import Page

BOOK = "report.pdf"
WORKERS = 2


@dataclass(frozen=True)
class Part:
    """Pages that stand together in the navigation, in its order; `place`: the locality they are of.

    `alone`: links of the bar itself, not of a menu.
    """

    title: str
    sources: tuple[str, ...]
    place: str = ""
    alone: bool = False


@dataclass(frozen=True)
class Book:
    """A document to print: its path in the site, its parts, and the one of a place when it is that place's."""

    name: str
    parts: tuple[Part, ...]
    own: Part | None = None


def site_books(project: Project, pages: Sequence[Page]) -> list[Book]:
    """What the site's navigation makes: `report.pdf` of all, and one in the folder of each place.

    A page with `print: false` is left to the screen. A page that no navigation names comes last.
    """
    by_source = {page.source: page for page in pages if page.meta.get("print") is not False}
    parts = [part for part in _parts(project, by_source) if part.sources]
    named = {source for part in parts for source in part.sources}
    rest = tuple(source for source in by_source if source not in named)
    parts += [Part("More", rest)] if rest else []
    general = [part for number, part in enumerate(parts) if not part.place and (number == 0 or not part.alone)]
    made = [Book(BOOK, tuple(parts))]
    for own in (part for part in parts if part.place):
        name = posixpath.join(posixpath.dirname(own.sources[0]), BOOK)
        made.append(Book(name, (*general[:1], own, *general[1:]), own))
    return made


def _parts(project: Project, known: Mapping[str, Page]) -> Iterator[Part]:
    """The groups of the navigation, side bars first after the start; links alone next to each other are one group."""
    navbar, sidebar = project.website.get("navbar") or {}, project.website.get("sidebar") or []
    sides = [
        {"text": side.get("title"), "menu": side.get("contents")}
        for side in (sidebar if isinstance(sidebar, list) else [sidebar])
    ]
    left, right = list(navbar.get("left") or []), list(navbar.get("right") or [])
    rows = [_named(entry) for entry in [*left[:1], *sides, *left[1:], *right]]
    seen: set[str] = set()
    for alone, group in groupby(rows, key=lambda row: not row[2]):
        found = list(group)
        joined = (
            [(found[0][0], [source for row in found for source in row[1]])] if alone else [row[:2] for row in found]
        )
        for title, sources in joined:
            new = tuple(source for source in dict.fromkeys(sources) if source in known and source not in seen)
            seen.update(new)
            places = {str(known[source].meta.get("locality") or "") for source in new} - {""}
            yield Part(
                title or (known[new[0]].title if new else ""), new, places.pop() if len(places) == 1 else "", alone
            )


def _named(entry: Any) -> tuple[str, list[str], bool]:
    """An entry's words, the pages below it, and whether it is a menu."""
    if isinstance(entry, str):
        return "", [entry], False
    below = entry.get("menu") or entry.get("contents") or []
    own = [str(entry[key]) for key in ("href", "section") if entry.get(key)]
    sources = [source for part in below for source in _named(part)[1]] if isinstance(below, list) else []
    return str(entry.get("text") or entry.get("section") or ""), [*own, *sources], bool(below)


def print_books(project: Project, pages: Sequence[Page], found: Sequence[Book]) -> Iterator[tuple[str, bytes]]:
    """Each book: its path in the site and its bytes. A chapter is set once for all. Raises `RenderRefused`."""
    by_source = {page.source: page for page in pages}
    prefixes = {page.source: f"p{number}-" for number, page in enumerate(pages)}
    asked = list(dict.fromkeys(source for book in found for part in book.parts for source in part.sources))

    def one(page: Page) -> Chapter:
        return _in_book(project, page, prefixes)

    with ThreadPoolExecutor(WORKERS) as pool:
        plain = dict(zip(asked, pool.map(one, (by_source[source] for source in asked)), strict=True))
    for book in found:
        frame = _cover(project, by_source, book)

        def setting(sign: Any, book: Book = book, frame: Frame = frame) -> bytes:
            chapters = plain if sign is str else {s: one(said_page(by_source[s], sign)) for s in asked}
            return printed(frame.said(sign), list(_set(book, chapters, by_source, sign)))

        yield book.name, with_signs(setting)


def _set(book: Book, chapters: Mapping[str, Chapter], pages: Mapping[str, Page], sign: Any) -> Iterator[Chapter]:
    for part in book.parts:
        note = str(pages[part.sources[0]].meta.get("provenance-note") or "")
        yield Chapter(part.title, f"#part({typst_text(sign(part.title))}, {typst_text(sign(note))})")
        for source in part.sources:
            yield chapters[source]


def _in_book(project: Project, page: Page, prefixes: Mapping[str, str]) -> Chapter:
    one = chapter(project, page, top=3, prefix=prefixes[page.source], chapters=prefixes)
    place, title = str(page.meta.get("locality") or ""), shell.plain(page.title)
    said = (title, str(page.meta.get("subtitle") or ""), f"{place}: {title}" if place else title, mark_of([page]))
    words = ", ".join(typst_text(text) for text in (*said, f"{prefixes[page.source]}top"))
    return replace(one, body=f"#chapter({words})\n\n{one.body}")


def _cover(project: Project, pages: Mapping[str, Page], book: Book) -> Frame:
    title, home = str(project.website.get("title") or "Report"), pages[book.parts[0].sources[0]]
    own = [pages[source] for source in book.own.sources] if book.own else []
    return Frame(
        title=title,
        kind="book",
        brand=brand(project),
        place=book.own.place if book.own else "",
        subtitle=shell.plain(str(home.meta.get("subtitle") or "")),
        note=str(own[0].meta.get("provenance-note") or "") if own else "",
        mark=mark_of(own[:1]) if own else mark_of_book(list(pages.values())),
        help=str(home.meta.get("cover-note") or ""),
        licence=licence(project),
        footer=title,
    )
