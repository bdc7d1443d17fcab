"""From a page of the project to print: its markdown through pandoc, its pictures beside it."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from compendium.errors import RenderRefused
from compendium.site import check, pandoc, shell
from compendium.site.pdf.document import Chapter, Frame, SignRefused, marked, printed
from compendium.site.project import Project
from compendium.site.source import Page

FILTER = "print.lua"
_SAID = (
    "subtitle",
    "description",
    "locality",
    "provenance-note",
    "print-mark",
)  # words of a page beside its text and its title
_PICTURE = re.compile(r'#drawing\("files/((?:[^"\\]|\\.)+)", ')


def pdf_name(page: Page) -> str | None:
    """The PDF that a page asks for with `print: true`, as a path in the site."""
    return str(PurePosixPath(page.source).with_suffix(".pdf")) if page.meta.get("print") is True else None


def page_pdf(project: Project, page: Page) -> bytes:
    """One page as a document of its own: its headings are the chapters. Raises `RenderRefused`."""
    return with_signs(
        lambda sign: printed(_frame(project, page).said(sign), [chapter(project, said_page(page, sign), top=1)])
    )


def with_signs(work: Callable[[Callable[[str], str]], bytes]) -> bytes:
    """What `work` makes; a sign that no font of ours has is marked: one in a label must not stop a whole report."""
    try:
        return work(str)
    except SignRefused:
        return work(marked)


def said_page(page: Page, sign: Callable[[str], str]) -> Page:
    """The page with each of its lines, and its title, put through `sign`."""
    lines = [replace(line, text=sign(line.text)) for line in page.lines]
    said = {key: sign(str(page.meta[key])) for key in _SAID if page.meta.get(key)}
    return replace(page, lines=lines, meta={**page.meta, **said, "title": sign(page.title)})


def chapter(
    project: Project, page: Page, *, top: int, prefix: str = "", chapters: Mapping[str, str] | None = None
) -> Chapter:
    """A page as Typst. `top`: the level of its highest headings; `prefix` keeps names of several pages apart.

    `chapters`: in a book, the prefix of each page by its source, so that links between pages lead to chapters.
    """
    site = {"folder": page.folder, "prefix": prefix, "top": 2}  # pandoc shifts it afterwards
    if chapters is not None:
        site |= {"book": True, "chapters": chapters}
    options = [
        *("--to", "typst-citations", "--wrap", "none"),
        *("--lua-filter", str(shell.ASSETS / FILTER), "--syntax-highlighting", "none"),
        *("--shift-heading-level-by", str(top - 2)),
        *("--metadata", f"site={json.dumps(site, ensure_ascii=False, sort_keys=True)}"),
    ]
    ran = pandoc.run(project, page, options)
    if ran.returncode:
        said = ran.stderr.decode(errors="replace").strip()
        raise RenderRefused(f"{page.source}: pandoc can't set this page for print: {said}")
    body = ran.stdout.decode()
    return Chapter(page.source, body, _pictures(project, page, body))


def _pictures(project: Project, page: Page, body: str) -> dict[str, bytes]:
    """The pictures a page shows: stored in a notebook, or files of the project."""
    found = {}
    for name in _PICTURE.findall(body):
        clean = posixpath.normpath(name)
        if clean in page.images:
            found[clean] = page.images[clean]
        elif check.may_be_shown(project.root, clean):
            found[clean] = (project.root / clean).read_bytes()
    return found


def _frame(project: Project, page: Page) -> Frame:
    place, title = str(page.meta.get("locality") or ""), shell.plain(page.title)
    site = str(project.website.get("title") or "")
    return Frame(
        title=title,
        brand=brand(project),
        place=place,
        licence=licence(project),
        subtitle=shell.plain(str(page.meta.get("subtitle") or "")),
        description=shell.plain(str(page.meta.get("description") or "")),
        note=str(page.meta.get("provenance-note") or ""),
        mark=mark_of([page]),
        header=f"{place}: {title}" if place else title,
        footer=site,
    )


def mark_of(pages: Sequence[Page]) -> str:
    """Where the records of the pages come from: on every sheet, so that one alone keeps it."""
    said = [
        str(page.meta.get("print-mark") or shell.PROVENANCE.get(str(page.meta.get("provenance")), "")) for page in pages
    ]
    return " ".join(dict.fromkeys(word for word in said if word))


def mark_of_book(pages: Sequence[Page]) -> str:
    """What the cover says of all pages together: a sentence a kind, the first that a page of it has."""
    said = dict[str, str]()
    for page in pages:
        first, stop, _ = mark_of([page]).partition(".")
        said.setdefault(str(page.meta.get("provenance")) if first else "", first + stop)
    return " ".join(dict.fromkeys(word for word in said.values() if word))


def typst_text(words: str) -> str:
    """Words as a string of Typst, which nothing is read from."""
    return json.dumps(shell.plain(words), ensure_ascii=False)


def brand(project: Project) -> str:
    """The short name of the site."""
    return str((project.website.get("navbar") or {}).get("title") or project.website.get("title") or "")


def licence(project: Project) -> str:
    """What the site's footer says first."""
    footer = project.website.get("page-footer") or ""
    left = footer.get("left") if isinstance(footer, Mapping) else footer
    return left if isinstance(left, str) else ""
