"""The first page of a locality: its words are `report/_locality.md`, its numbers are released values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from compendium.markdown import escape

if TYPE_CHECKING:
    from compendium.locality import HelpLine
    from compendium.report.places import Place

WORDS = "../../report/_locality.md"


def page(place: Place) -> str:
    """The overview as a page of the site, with the help lines that the locality names."""
    locality = place.locality
    lines = [
        "---",
        f"title: {json.dumps(escape(locality.name))}",
        f'subtitle: "Recorded {locality.period.first} to {locality.period.last}"',
        f"description: {json.dumps(f'{locality.name}: what was found, for whom it matters, how sure it is.')}",
        "quick-exit: true",
        "---",
        "",
        f"{{{{< include {WORDS} >}}}}",
        "",
    ]
    if locality.help_lines:
        lines += ["## Where there is help {#sec-help}", "", *[_help(line) for line in locality.help_lines], ""]
    return "\n".join(lines)


def _help(line: HelpLine) -> str:
    name = f"[{escape(line.name)}]({line.url})" if line.url else f"**{escape(line.name)}**"
    parts = [name, escape(line.phone), escape(line.note), f"(written down {line.checked})" if line.checked else ""]
    return f"- {' '.join(part for part in parts if part)}"
