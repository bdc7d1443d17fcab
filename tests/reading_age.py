"""How old a reader must be to follow a text, and what of a page is text: as made (HTML) and as written (markdown).

The age is the Flesch-Kincaid grade of the sentences, plus five: 0.39 x words a sentence + 11.8 x syllables a word
- 15.59. A grade of six is a child of about eleven. Kincaid, Fishburne, Rogers & Chissom 1975, Derivation of new
readability formulas (Research Branch Report 8-75).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser

import pyphen

_BLOCKS = {"p", "li", "h1", "h2", "h3", "h4", "legend", "label", "button", "option", "td", "th", "title", "div", "br"}
_UNREAD = {"script", "style", "title"}
_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")


@cache
def _hyphens() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_GB")


@cache
def syllables(word: str) -> int:
    """Syllables of an English word: the larger of what hyphenation and groups of vowels give.

    Hyphenation leaves out breaks after one letter (a-bout); groups of vowels miss two vowels that are spoken apart. A
    silent e inside a word (some-body) counts as one too many, so a text is never younger than it is measured.
    """
    letters = re.sub(r"(?:n?['’][a-z]*)$|[^a-z]", "", word.lower())
    broken = _hyphens().inserted(letters).count("-") + 1
    groups = len(re.findall(r"[aeiouy]+", letters)) + bool(re.search(r"[aeiouy]ing$", letters))
    silent = re.search(r"[^aeiouy](?:e|(?<![sxzcgh])es|(?<![td])ed)$", letters) and not re.search(
        r"[^aeiouy]les?$", letters
    )
    return max(1, broken, groups - bool(silent))


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence; a line is a sentence too, whatever it ends with."""
    parts = re.split(r"[.!?:;]+(?:\s|$)|\n+", text)
    return [words for part in parts if (words := _WORD.findall(part))]


def reading_age(text: str) -> float:
    """Years of age at which the text as a whole can be read. Raises `ValueError` for a text without words."""
    found = sentences(text)
    words = [word for sentence in found for word in sentence]
    if not words:
        raise ValueError("no words")
    grade = 0.39 * len(words) / len(found) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    return grade + 5


class _Text(HTMLParser):
    def __init__(self, leave_out: Iterable[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.leave_out, self.inside, self.tags = frozenset(leave_out), 0, list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")
        given = dict(attrs)
        if (
            tag in _UNREAD
            or given.get("id") in self.leave_out
            or self.leave_out & set((given.get("class") or "").split())
        ):
            self.inside += 1
            self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")
        if self.tags and self.tags[-1] == tag:
            self.tags.pop()
            self.inside -= 1

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.parts.append(data.replace("\n", " "))


def text_of(html: str, *, leave_out: Iterable[str] = ()) -> str:
    """What people read of a page, a line a block, without elements whose id or class is in `leave_out` (no such element
    may hold another of its own tag)."""
    reader = _Text(leave_out)
    reader.feed(html)
    return "".join(reader.parts)


_GONE = re.compile(
    r"(?s)\A---.*?\n---\n|```.*?```|\$\$.*?\$\$|<#.*?#>|<%.*?%>|\{\{<\s*(?:include|meta data\.\w+\.statement).*?>\}\}"
    r"|!\[.*?\]\([^)]*\)(?:\{[^}]*\})?|\[-?@[^\]]*\]|@\w+|\$[^$\n]*\$|`[^`\n]*`"
)
_LINES = re.compile(r"^(?::::.*|\|.*)$", re.M)
_VALUE = re.compile(r"\{\{<.*?>\}\}|<<.*?>>")
_MARKUP = re.compile(r"\]\([^)]*\)(?:\{[^}]*\})?|\{[^}]*\}|[*\[\]#>]")
_ITEM = re.compile(r"\s*(?:[-*]|\d+\.|:) ")


def prose(source: str) -> str:
    """What people read of a `.qmd` or of words in `report/`, a line a paragraph or item, each number as one short word.

    Tables, code and titles are left out.
    """
    text = _MARKUP.sub("", _LINES.sub("", _VALUE.sub("ten", _GONE.sub("", source))))
    lines = list[str]()
    for block in re.split(r"\n\s*\n", text):
        for number, line in enumerate(block.splitlines()):
            if number and not _ITEM.match(line):
                lines[-1] += f" {line.strip()}"
            else:
                lines.append(line.strip())
    return "\n".join(lines)
