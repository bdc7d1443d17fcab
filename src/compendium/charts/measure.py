"""How wide words are, and where their lines break: measured in the fonts that the drawings carry."""

from __future__ import annotations

import re
from functools import lru_cache

from compendium.charts import fonts, theme

# control characters, and those that turn the direction of what follows
_CONTROL = re.compile(r"[ \x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]+")

_BROKEN = "\u00ad"  # ends a line in the middle of a word


@lru_cache(maxsize=8192)
def _width_at_100(words: str, bold: bool) -> float:
    return fonts.width_at_100(words, bold)


def clean(words: object) -> str:
    """Any label as one line without control characters."""
    return _CONTROL.sub(" ", str(words)).strip()


def width_of(words: object, size: float = theme.BODY, bold: bool = False) -> float:
    """Width in points of a line of text."""
    return _width_at_100(clean(words), bold) * size / 100


def shorten(words: object, width: float, size: float = theme.BODY, bold: bool = False) -> str:
    """The words, or as many letters of them as fit with an ellipsis."""
    text = clean(words)
    if width_of(text, size, bold) <= width:
        return text
    while text and width_of(text + "…", size, bold) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def wrap(words: object, width: float, size: float = theme.BODY, bold: bool = False, most: int = 99) -> list[str]:
    """Lines no wider than `width`, at most `most` of them; a word too long for a line is broken with a hyphen."""
    lines: list[str] = []
    rest = [
        piece  # a no-break space keeps its words together
        for word in clean(words).split(" ")
        for piece in _pieces(word, width, size, bold)
    ]
    while rest and len(lines) < most:
        line = rest.pop(0)
        while rest and not line.endswith(_BROKEN) and width_of(f"{line} {rest[0]}", size, bold) <= width:
            line = f"{line} {rest.pop(0)}"
        lines.append(line)
    if rest and lines:
        lines[-1] = " ".join([lines[-1], *rest])
    return [shorten(line.replace(_BROKEN, "-"), width, size, bold) for line in lines] or [""]


def _pieces(word: str, width: float, size: float, bold: bool) -> list[str]:
    """A word that no line holds as up to three that do; what is longer still is shortened by its line."""
    pieces: list[str] = []
    while width_of(word, size, bold) > width and len(pieces) < 2:
        fits = next((n for n in range(len(word) - 2, 2, -1) if width_of(word[:n] + "-", size, bold) <= width), 0)
        if not fits:
            break
        pieces.append(word[:fits] + _BROKEN)
        word = word[fits:]
    return [*pieces, word]
