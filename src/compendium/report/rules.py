"""What no page of the site may say or lack, checked on the sources of every page before it is rendered.

Words, sentences that carry a survey's figure over to a place, pages about help without a quick way out or without the
day on which its numbers were checked. Each is named by file and line, with what to do.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path

from compendium.errors import Problem
from compendium.locality import known_localities, load_locality
from compendium.paths import Root
from compendium.release import words
from compendium.release.help_lines import FRESH
from compendium.report import asking, helping, typed_numbers

PAGES = ("index.qmd", "_quarto.yml", "_variables.yml", "report/*.qmd", "report/*.md", "places/**/*.*")
TEXTS = {".qmd", ".md", ".yml", ".ipynb", ".html"}
FORMS_FOR_CHILDREN = "places/*/forms/young_people_*.html"
QUICK_EXIT = re.compile(r"^quick-exit:\s*true\s*$", re.M)
FREEPHONE = re.compile(r"\b0(?:800|808)[ \d]{3,9}\d\b|\b116[ ]?\d{3}\b")
FOR_CHILDREN = re.compile(r"^#+ .*\b(?:for|to) (?:children|young people)\s*(?:\{.*)?$", re.M | re.I)
DAY = re.compile(
    r"\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}"
)
SHORTCODE = re.compile(r"\{\{<.*?>\}\}")


@dataclass(frozen=True)
class Source:
    """The text of a page, each line with where a person would mend it."""

    file: str
    lines: tuple[tuple[str, str], ...]  # place, text

    @cached_property
    def text(self) -> str:
        return "\n".join(text for _, text in self.lines)


def problems(root: Root) -> list[Problem]:
    """Every rule that a page breaks; all pages, all rules."""
    sources = list(_sources(root))
    quoted, places = titles(root), [load_locality(root, name) for name in known_localities(root)]
    names = sorted({word for place in places for word in (place.name, place.name.split(" (")[0])})
    found = [problem for source in sources for problem in (*_words(source, quoted), *_prevalence(source, names))]
    found += [problem for source in sources for problem in _help(source)]
    for place in places:
        undated = [line.name for line in place.help_lines if not line.checked]
        message = "does not say when it was checked."
        file, remedy = f"localities/{place.id}/locality.yml", "Write checked: with the day, such as 2026-11-22."
        found += [Problem(file, message=f"help_lines: {name} {message}", remedy=remedy) for name in undated]
    found += asking.problems(root, ((source.file, source.lines) for source in sources))
    found += typed_numbers.problems(root)
    return list(dict.fromkeys(found))


def titles(root: Root) -> list[str]:
    """Titles of publications, longest first: words in them are their authors'."""
    found = set()
    register, references = root.evidence / "studies.csv", root.evidence / "references.bib"
    if register.exists():
        with register.open(encoding="utf-8", newline="") as stream:
            found |= {row.get("title") or "" for row in csv.DictReader(stream)}
    if references.exists():
        found |= set(re.findall(r"title\s*=\s*\{+([^{}]+)\}+", references.read_text("utf-8")))
    return sorted((title for title in found if len(title) > 12), key=len, reverse=True)


def _sources(root: Root) -> Iterator[Source]:
    for pattern in PAGES:
        for path in sorted(root.path.glob(pattern)):
            if path.suffix in TEXTS and path.is_file():
                file = root.relative(path)
                lines = _of_notebook(path, file) if path.suffix == ".ipynb" else _of_text(path, file)
                yield Source(file, tuple(lines))


def _of_text(path: Path, file: str) -> Iterator[tuple[str, str]]:
    for number, text in enumerate(path.read_text("utf-8-sig").splitlines(), 1):
        yield f"{file}:{number}", text


def _of_notebook(path: Path, file: str) -> Iterator[tuple[str, str]]:
    for number, cell in enumerate(json.loads(path.read_text("utf-8"))["cells"], 1):
        texts = [
            cell["source"],
            *(output.get("data", {}).get("text/markdown", "") for output in cell.get("outputs", ())),
        ]
        for text in texts:
            for line in "".join(text).splitlines():
                yield f"{file}, cell {number}", line


def _words(source: Source, quoted: Sequence[str]) -> Iterator[Problem]:
    if not any(True for _ in words.refused(source.text)):  # most pages: one search instead of one a line
        return
    for place, text in source.lines:
        for hit in words.refused(_unescaped(text), quoted=quoted):
            yield Problem(place, message=f"The page says {hit.message}", remedy=hit.rule.remedy)


def _unescaped(text: str) -> str:
    """Markdown's backslashes away, so that titles are found as they are written."""
    return re.sub(r"\\([^\w\s])", r"\1", text)


def _prevalence(source: Source, names: Sequence[str]) -> Iterator[Problem]:
    for place, text in source.lines:
        if any(name in text for name in names):
            said = words.applied_prevalence(SHORTCODE.sub("9", _unescaped(text)), names)
            if said:
                remedy = (
                    "Give the survey's own figure, and say whom it asked; nobody counted the children of this place."
                )
                yield Problem(place, message=f"“{said}” carries a figure over to a place.", remedy=remedy)


def _help(source: Source) -> Iterator[Problem]:
    """A page that names a help line or speaks to children has a way out; one with numbers says when they were right."""
    if not source.file.endswith((".qmd", ".ipynb")):
        return
    numbers = [place for place, text in source.lines if FREEPHONE.search(text)]
    if (numbers or FOR_CHILDREN.search(source.text)) and not QUICK_EXIT.search(source.text):
        message = "This page is about help, or for children, and has no quick way out."
        yield Problem(
            numbers[0] if numbers else source.file, message=message, remedy="Write quick-exit: true at its head."
        )
    if numbers and not (DAY.search(source.text) or "{{< var help.checked" in source.text):
        message = "The page gives the number of a help line and no day on which it was checked."
        yield Problem(numbers[0], message=message, remedy="Ring or look it up, and write the day beside it.")


def stale_pages(root: Root, on: date) -> list[Problem]:
    """Help lines of the whole site, and pages with numbers of their own, last checked over half a year before `on`."""
    found = [
        Problem(
            helping.FILE,
            message=f"{line.name} was last checked on {line.checked}, over half a year ago.",
            remedy="Ring or look it up, and write the day.",
        )
        for line in (helping.load(root) if (root.path / helping.FILE).exists() else ())
        if on - date.fromisoformat(line.checked) > FRESH
    ]
    for source in _sources(root):
        days = [datetime.strptime(day, "%d %B %Y").date() for day in DAY.findall(source.text)]
        if days and FREEPHONE.search(source.text) and on - max(days) > FRESH:
            message = f"The numbers of help lines were last checked on {max(days).isoformat()}, over half a year ago."
            found.append(Problem(source.file, message=message, remedy="Ring or look them up, and write the day."))
    return found


class _FirstLink(HTMLParser):
    """The first thing of a page's body that the tab key reaches."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, str] | None = None
        self._in_body = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_body = self._in_body or tag == "body"
        given = {name: value or "" for name, value in attrs}
        reached = tag in {"button", "input", "select", "textarea", "summary"} or "tabindex" in given
        if self._in_body and self.found is None and (reached or (tag == "a" and "href" in given)):
            self.found = {"tag": tag, **given}


def built_problems(site: Path, quick: Sequence[str]) -> list[Problem]:
    """Pages (paths in the site) that should begin with a quick way out and do not: the first stop of the tab key is a
    plain link to another site that tells it nothing, and the page says that the history stays.
    """
    found = []
    for page in quick:
        html = (site / page).read_text("utf-8")
        first = _FirstLink(html).found or {}
        kept = {"nofollow", "noreferrer"} <= set(first.get("rel", "").split())
        away = first.get("tag") == "a" and first.get("href", "").startswith("https://")
        if not (kept and away and "quick-exit" in html and re.search(r"clear your browser.s history", html)):
            message = "The way out is not the first link of the page, or says too much, or promises too much."
            found.append(Problem(page, message=message, remedy="Put back the link of the page's frame."))
    return found


def quick_pages(root: Root) -> list[str]:
    """Pages of the site, as paths in it, whose sources ask for a quick way out."""
    sources = (source for source in _sources(root) if source.file.endswith((".qmd", ".ipynb")))
    asking = [re.sub(r"\.(?:qmd|ipynb)$", ".html", one.file) for one in sources if QUICK_EXIT.search(one.text)]
    return [*asking, *(root.relative(path) for path in sorted(root.path.glob(FORMS_FOR_CHILDREN)))]
