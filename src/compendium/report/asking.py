"""What pages ask for: each value must exist, must be a link in sentences and plain where no link can stand, and each
fact of `_variables.yml` must be told somewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from compendium.errors import Problem, nearest
from compendium.paths import Root
from compendium.release.kept import VALUES
from compendium.report import facts, numbers

_HEAD = re.compile(r"^\s*(?:#{1,6}\s|(?:title|subtitle|description|provenance-note):)|^:\s.*\{#tbl-[\w-]+\}\s*$")
_INSIDE = re.compile(r"!?\[[^\[\]]*\]\([^()]*\)|\{(?!\{)[^{}]*(?:\{\{<[^<>]*>\}\}[^{}]*)*\}")
Lines = Iterable[tuple[str, str]]  # place, text


def problems(root: Root, sources: Iterable[tuple[str, Lines]]) -> Iterator[Problem]:
    """What is wrong with what the pages ask for; `sources` are their files and lines."""
    known: dict[Path, Mapping[str, Any]] = {}
    for file, lines in sources:
        folder = (root.path / file).parent
        if folder not in known:
            path = folder / VALUES
            known[folder] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        for place, text in lines if known[folder] else ():
            yield from _of_line(place, text, known[folder])
    for fact in facts.facts(root):
        if not fact.pages:
            message = f"line {fact.line}: no page tells {fact.name}."
            yield Problem(facts.FILE, message=message, remedy="Take it out, or write {{< var … >}} where it belongs.")


def _of_line(place: str, text: str, values: Mapping[str, Any]) -> Iterator[Problem]:
    plain = [(0, len(text))] if _HEAD.match(text) else [found.span() for found in _INSIDE.finditer(text)]
    for asked in numbers.ASKED.finditer(text):
        form, name = asked.groups()
        if name not in values:
            yield Problem(place, message=f"No released value is called {name}.", remedy=nearest(name, values))
            continue
        no_link = any(low <= asked.start() and asked.end() <= high for low, high in plain)
        if no_link and form == numbers.LINKED:
            message = f"{name} is a link, and none can stand in a title, a caption, an attribute or another link."
            yield Problem(place, message=message, remedy=f"Write {{{{< meta {numbers.PLAIN}.{name} >}}}}.")
        elif not no_link and form == numbers.PLAIN:
            message = f"{name} stands in a sentence without leading to where it comes from."
            yield Problem(place, message=message, remedy=f"Write {{{{< meta {numbers.LINKED}.{name} >}}}}.")
