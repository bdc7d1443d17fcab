"""Sources of help on pages about abuse: those of the whole site from `report/help_lines.yml`, a place's own from its
`locality.yml`. Each says on which day it was written down.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from pydantic import ConfigDict, StrictBool, StrictStr
from pydantic.dataclasses import dataclass

from compendium import jsonfile
from compendium.errors import InputRefused
from compendium.locality import HelpLine, Locality
from compendium.locality.mistakes import is_day
from compendium.markdown import escape
from compendium.paths import Root
from compendium.report.wording import day_in_words, joined
from compendium.yamlfile import read_yaml
from compendium.yamlrecord import validated

FILE = "report/help_lines.yml"
SECTION = "sec-help"
NOTE = "::: {{.content-note}}\nThis page is about sexual harm done to children. {help}\n:::"
BELOW = f"Help stands [at the end of it](#{SECTION})."
DANGER = "If somebody is in danger now, call {number}."
EMERGENCY = "999"
NOT_YOUR_FAULT = "If somebody has harmed you online, it is not your fault, and you can talk to someone."
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, config=_STRICT)
class Line:
    """A source of help for the whole country: what it does, where that was read, and when."""

    name: StrictStr
    url: StrictStr
    does: StrictStr  # sentences
    short: StrictStr  # a few words; empty: only the long list names it
    source: StrictStr
    checked: StrictStr
    for_children: StrictBool
    phone: StrictStr = ""


@dataclass(frozen=True, config=_STRICT)
class Lines:
    """The file."""

    lines: tuple[Line, ...]


def load(root: Root) -> tuple[Line, ...]:
    """The lines of the whole site. Raises `InputRefused` with the line of each mistake."""
    source = read_yaml(root.path / FILE, FILE)
    found = validated(Lines, source).lines
    wrong = [
        source.problem(("lines", at, "checked"), "This is no date.", "Write it as 2026-11-22.")
        for at, line in enumerate(found)
        if not is_day(line.checked)
    ]
    if wrong:
        raise InputRefused(wrong)
    return found


def everywhere(lines: Sequence[Line], locality: Locality | None = None, *, own_words: bool = True) -> str:
    """The long list, with the help lines of a locality last and the days of all."""
    lines, local = _named(lines, locality)
    items = [*(_item(line) for line in lines), *(help_line(line) for line in local)]
    first = [f"{NOT_YOUR_FAULT} {_danger(locality)}", ""] if own_words else []
    return "\n".join([*first, *items, "", _written_down([*local, *lines])])


def section(lines: Sequence[Line], locality: Locality, *, heading: str = "Where there is help") -> str:
    """The long list under a heading of its own."""
    return f"## {heading} {{#{SECTION}}}\n\n{everywhere(lines, locality)}"


def short(lines: Sequence[Line], locality: Locality) -> str:
    """One paragraph for the foot of a page."""
    lines, local = _named(lines, locality)
    named = [
        *(f"{_name(line.name, line.url, line.phone)}, {line.short}" for line in lines if line.short),
        *(f"{_name(line.name, line.url, line.phone)}{f', {escape(line.note)}' if line.note else ''}" for line in local),
    ]
    words = f"{NOT_YOUR_FAULT} {'; '.join(named)}. {_danger(locality)} {_written_down([*local, *lines])}"
    return f"::: {{.help-lines}}\n### Where there is help {{#{SECTION}}}\n\n{words}\n:::"


def of_children(lines: Sequence[Line], locality: Locality) -> list[str]:
    """Items of a list for young people: no line that is only for adults."""
    lines, local = _named(lines, locality)
    told = [line for line in lines if line.for_children]
    return [*map(_item, told), *map(help_line, local), "", _written_down(told or local)]


def help_line(line: HelpLine) -> str:
    """A help line of a locality as an item of a list."""
    note = f": {escape(line.note)}" if line.note else ""
    return f"- {_name(line.name, line.url, line.phone)}{note}."


def of_notebook(notebook: str, lines: Sequence[Line], locality: Locality) -> str:
    """A gated notebook with a quick way out, a content note below its first words and help at its end.

    No cell is put between others: their numbers are what links lead to.
    """
    record: dict[str, Any] = json.loads(notebook)
    cells = record["cells"]
    head = next((cell for cell in cells[:1] if cell["cell_type"] == "raw"), None)
    first = next((cell for cell in cells if cell["cell_type"] == "markdown"), None)
    if head is None or first is None:
        return notebook
    text = "".join(head["source"])
    if "quick-exit:" not in text:
        head["source"] = re.sub(r"\n---\s*\Z", "\nquick-exit: true\n---", text)
    first["source"] = noted("".join(first["source"]))
    cells.append({"cell_type": "markdown", "id": "sources-of-help", "metadata": {}, "source": short(lines, locality)})
    return jsonfile.text_of(record)


def noted(text: str, *, help: str = BELOW) -> str:
    """A page with the content note below its first words, or before its text where no first words are marked."""
    if text.startswith("---\n"):
        head, mark, body = text.partition("\n---\n")
        return f"{head}{mark}\n{noted(body.strip(), help=help)}\n"
    note = NOTE.format(help=help)
    end = text.find("\n:::", 1) + len("\n:::") if text.startswith("::: {.lead}") else 0
    return f"{text[:end]}\n\n{note}\n{text[end:]}".strip()


def _named(lines: Sequence[Line], locality: Locality | None) -> tuple[Sequence[Line], list[HelpLine]]:
    """The lines of the whole site, unless a place in another country has only its own; and those of the place that the
    whole site doesn't name anyway.
    """
    if locality is None:
        return lines, []
    lines = () if locality.help.only_own else lines
    known = {line.name for line in lines}
    return lines, [line for line in locality.help_lines if line.name not in known]


def _danger(locality: Locality | None) -> str:
    return DANGER.format(number=(locality.help.emergency if locality else "") or EMERGENCY)


def _item(line: Line) -> str:
    return f"- {_name(line.name, line.url, line.phone)}: {escape(line.does)}"


def _name(name: str, url: str, phone: str) -> str:
    linked = f"[{escape(name)}]({url})" if url else f"**{escape(name)}**"
    return f"{linked} {escape(phone)}".strip()


def _written_down(lines: Sequence[Line | HelpLine]) -> str:
    days = joined(sorted({day_in_words(line.checked) for line in lines if line.checked}))
    return f"Written down on {days}. Help lines change: if one does not answer, look it up."
