"""The first page of a locality: its words are `report/_locality.md`, its numbers are released values."""

from __future__ import annotations

import calendar
import json
from collections.abc import Iterable
from datetime import date

from compendium.locality import HelpLine, Locality
from compendium.markdown import escape
from compendium.report import releases
from compendium.report.place import Place

WORDS = "../../report/_locality.md"


def page(place: Place) -> str:
    """The overview as a page of the site, with the help lines that the locality names."""
    locality = place.locality
    lines = [
        "---",
        f"title: {json.dumps(locality.name, ensure_ascii=False)}",
        f"subtitle: {json.dumps(span(locality))}",
        'locality: ""',
        "quick-exit: true",
        "toc: false",
        "---",
        "",
        f"{{{{< include {WORDS} >}}}}",
        "",
        releases.notice(place),
        "",
    ]
    if locality.help_lines:
        lines += ["## Where there is help {#sec-help}", "", *[help_line(line) for line in locality.help_lines], ""]
    return "\n".join(lines)


def cards(localities: Iterable[tuple[Locality, str]]) -> str:
    """What the first page of the site shows of each locality, with where its records come from."""
    items = [
        f"- [{escape(place.name)}](places/{place.id}/index.qmd) {span(place)}. {said}" for place, said in localities
    ]
    return "\n".join(["::: {.card-grid}", *items, ":::"]) + "\n"


def span(locality: Locality) -> str:
    """`Cases recorded from May 2022 to April 2023`."""
    return f"Cases recorded from {_month(locality.period.first)} to {_month(locality.period.last)}"


def _month(written: str) -> str:
    """`2022-05` as `May 2022`."""
    return f"{calendar.month_name[int(written[5:])]} {written[:4]}"


def in_words(written: str) -> str:
    """`2022-05-01` as `1 May 2022`."""
    day = date.fromisoformat(written)
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def help_line(line: HelpLine) -> str:
    """A help line as an item of a list, with the day on which it was written down."""
    name = f"[{escape(line.name)}]({line.url})" if line.url else f"**{escape(line.name)}**"
    seen = f"(written down {in_words(line.checked)})" if line.checked else ""
    parts = [name, escape(line.phone), escape(line.note), seen]
    return f"- {' '.join(part for part in parts if part)}"
