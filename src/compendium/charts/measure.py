"""How wide words are, and where their lines break: measured in the font that matplotlib ships."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from pathlib import Path

import matplotlib
from matplotlib.ft2font import FT2Font, LoadFlags

from compendium.charts import theme

_FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
_CONTROL = re.compile(r"[ \x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]+")


def font_file(bold: bool) -> Path:
    """The file of the font, regular or bold."""
    return _FONTS / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")


@lru_cache(maxsize=2)
def _font(bold: bool) -> FT2Font:
    font = FT2Font(str(font_file(bold)))
    font.set_size(100, 72)
    return font


@lru_cache(maxsize=8192)
def _width_at_100(words: str, bold: bool) -> float:
    font = _font(bold)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter the font lacks is drawn as a box
        font.set_text(words, 0.0, flags=LoadFlags.NO_HINTING)
    return font.get_width_height()[0] / 64


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
    """Lines no wider than `width`, at most `most` of them; a word too long for a line is shortened."""
    lines: list[str] = []
    rest = clean(words).split(" ")  # a no-break space keeps its words together
    while rest and len(lines) < most:
        line = rest.pop(0)
        while rest and width_of(f"{line} {rest[0]}", size, bold) <= width:
            line = f"{line} {rest.pop(0)}"
        lines.append(line)
    if rest and lines:
        lines[-1] = " ".join([lines[-1], *rest])
    return [shorten(line, width, size, bold) for line in lines] or [""]
