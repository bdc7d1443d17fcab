"""Words of the field, explained where a page first uses them: a link to the glossary with the meaning as its title.

The glossary is `report/glossary.qmd`. Works without scripts, under Quarto, and on paper: the style sheet prints a
title in brackets behind its word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from compendium import jsonfile
from compendium.markdown import attribute
from compendium.paths import Root

FILE = "report/glossary.qmd"
BELOW_A_TABLE = "::: {.table-note}"
EVERYDAY = frozenset({"word-child"})  # explained in the glossary, and known to every reader
_ENTRY = re.compile(
    r"^\[(?P<term>[^\]]+)\]\{#(?P<id>word-[a-z0-9-]+)(?: also=\"(?P<also>[^\"]*)\")?\}\n:\s+(?P<text>.+)$", re.M
)
_SENTENCE = re.compile(r"^.+?[.!?](?=\s|$)")
_UNREAD = re.compile(r"^(?:#|\||:::|: |---|<!--|\s*!\[|$)")
_FENCED = re.compile(r"^\s*(?:```|~~~)")
_APART = re.compile(
    r"\{\{<.*?>\}\}|`[^`]*`|\$[^$]+\$|!?\[(?:[^\[\]]|\[[^\[\]]*\])*\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\{[^}]*\})*"
    r"|\{[^}]*\}|<[^>]+>|https?://\S+|@[\w:-]+"
)


@dataclass(frozen=True)
class Word:
    """An entry: its anchor, how pages may write it, and what it means."""

    id: str
    forms: tuple[str, ...]
    text: str

    @property
    def short(self) -> str:
        """The first sentence."""
        found = _SENTENCE.match(self.text)
        return found[0] if found else self.text

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        written = sorted(self.forms, key=len, reverse=True)
        forms = "|".join(f"(?-i:{re.escape(form)})" if form.isupper() else re.escape(form) for form in written)
        return re.compile(rf"(?<![\w-])(?:{forms})s?(?![\w-])", re.I)


def words(root: Root) -> tuple[Word, ...]:
    """The entries of the glossary, in its order; none where a compendium has no glossary."""
    path = root.path / FILE
    return tuple(_words(path.read_text("utf-8"))) if path.is_file() else ()


def linked(text: str, known: Sequence[Word], glossary: str, seen: set[str] | None = None) -> str:
    """A page's markdown with each word linked to `glossary` where it is first used in running text.

    What stands in headings, tables, code, links and pictures is left alone. `seen`: the ids that earlier parts of the
    page have; those of this part are added. A word that a link of the page explains already is not linked again.
    """
    seen = set() if seen is None else seen
    seen |= {word.id for word in known if f"#{word.id}" in text} | EVERYDAY
    lines = text.split("\n")
    for at in _read(lines):
        lines[at] = _line(lines[at], known, glossary, seen)
    return "\n".join(lines)


def linked_notebook(notebook: str, known: Sequence[Word], glossary: str) -> str:
    """The same for the markdown cells of a notebook, read as one page."""
    record, seen = json.loads(notebook), set[str]()
    for cell in record["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = linked("".join(cell["source"]), known, glossary, seen)
    return jsonfile.text_of(record)


def _words(text: str) -> Iterator[Word]:
    for found in _ENTRY.finditer(text):
        plain = re.sub(r"\s*\(([^)]+)\)", r", \1", found["term"])
        forms = [part.strip() for part in f"{plain}; {found['also'] or ''}".replace(";", ",").split(",")]
        yield Word(found["id"], tuple(dict.fromkeys(form for form in forms if form)), found["text"].strip())


def _read(lines: Sequence[str]) -> Iterator[int]:
    """Where running text stands: not front matter, headings, tables, code, pictures, and what explains a table."""
    head, fenced, note = lines[0] == "---", False, False
    for at, line in enumerate(lines):
        if head:
            head = not (at and line.strip() == "---")
            continue
        fenced ^= bool(_FENCED.match(line))
        note = line.startswith(BELOW_A_TABLE) or (note and not line.startswith(":::"))
        if not (fenced or note or _UNREAD.match(line)):
            yield at


def _line(line: str, known: Sequence[Word], glossary: str, seen: set[str]) -> str:
    """The first use of each word that the page hasn't used; of two that begin at one place the longer."""
    for word in sorted(known, key=lambda each: -max(map(len, each.forms))):
        if word.id not in seen and (span := _first(word, line)):
            start, end = span
            title = attribute(word.short)
            line = f'{line[:start]}[{line[start:end]}]({glossary}#{word.id} "{title}"){{.term}}{line[end:]}'
            seen.add(word.id)
    return line


def _first(word: Word, line: str) -> tuple[int, int] | None:
    """Where running text of a line uses a word first."""
    apart = [match.span() for match in _APART.finditer(line)]
    for match in word.pattern.finditer(line):
        within = any(start < match.end() and match.start() < end for start, end in apart)
        if not within and not _is_a_name(match[0], line[match.end() :], word):
            return match.span()
    return None


def _is_a_name(text: str, after: str, word: Word) -> bool:
    """Whether a word is part of a name: it has more capitals than the glossary gives it, or another follows an `&`."""
    most = max(sum(map(str.isupper, form)) for form in word.forms if text.lower().startswith(form.lower()))
    return sum(map(str.isupper, text)) > most or after.startswith(" &")
