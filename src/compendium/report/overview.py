"""The first page of a locality: its words are `report/_locality.md`, its numbers are released values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from compendium.locality import Locality
from compendium.markdown import escape
from compendium.paths import Root
from compendium.report import filled, front, helping, releases
from compendium.report.place import Place
from compendium.report.wording import month_in_words

WORDS = "_locality"


def page(place: Place, root: Root, shown: Mapping[str, str], lines: Sequence[helping.Line]) -> str:
    """The overview as a page of the site, with sources of help."""
    locality = place.locality
    head = front.matter(locality.name, subtitle=span(locality), locality="", quick_exit=True, toc=False)
    text = helping.noted(filled.page(place, root, WORDS, shown))
    return "\n".join([*head, text, releases.notice(place), "", helping.section(lines, locality), ""])


def cards(localities: Iterable[tuple[Locality, str]]) -> str:
    """What the first page of the site shows of each locality, with where its records come from."""
    items = [
        f"- [{escape(place.name)}](places/{place.id}/index.qmd) {span(place)}. {said}" for place, said in localities
    ]
    return "\n".join(["::: {.card-grid}", *items, ":::"]) + "\n"


def span(locality: Locality) -> str:
    """`Cases recorded from May 2022 to April 2023`."""
    return f"Cases recorded from {month_in_words(locality.period.first)} to {month_in_words(locality.period.last)}"
