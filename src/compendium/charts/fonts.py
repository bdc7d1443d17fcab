"""The letters of every chart: Source Sans 3, as on the pages; DejaVu Sans for lines with signs that it lacks.

A drawing shown by `<img>` sees no font of its page, so each SVG carries the letters it uses, cut out of the shipped
files: about 4 kB a weight. matplotlib (for the PNG) and Typst (for the PDF) take the files themselves.
"""

from __future__ import annotations

import base64
import warnings
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from unicodedata import combining, east_asian_width

import matplotlib
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from matplotlib.ft2font import FT2Font, LoadFlags

FOLDER = Path(__file__).parents[1] / "site" / "assets" / "fonts"  # one copy, for pages, print and drawings
NAME, FALLBACK = "Source Sans 3", "DejaVu Sans"
WEIGHTS = {False: 400, True: 700}  # as the drawings say them; the bold one is the semibold cut
_FILES = {False: "SourceSans3-Regular.otf", True: "SourceSans3-Semibold.otf"}
_FALLBACKS = {False: "DejaVuSans.ttf", True: "DejaVuSans-Bold.ttf"}
_USUAL = "".join(map(chr, [*range(0x20, 0x250), *range(0x2010, 0x2027)])) + "′€→−≤≥"
_LEFT_OUT = ("GPOS", "GSUB", "GDEF", "BASE", "STAT", "gasp")  # kerning too: widths are measured without it


def file_of(words: str, bold: bool) -> Path:
    """The file that a line is drawn with, all of it: ours when it has every sign."""
    return _file(bold, fallback=not is_ours(words, bold))


def is_ours(words: str, bold: bool) -> bool:
    """Source Sans 3 has every sign of the line."""
    return _signs(bold, False).issuperset(map(ord, words))


def width_at_100(words: str, bold: bool) -> float:
    """Points that a line takes at a size of 100: the sum of its letters, as a drawing shows it without kerning."""
    fallback = not is_ours(words, bold)
    return sum(_advance(sign, bold, fallback) for sign in words)


def faces(letters: dict[bool, set[str]]) -> str:
    """The style sheet that a drawing with these letters of each weight carries, as `@font-face` rules."""
    rules = []
    for bold in sorted(letters):
        signs = "".join(sorted(sign for sign in letters[bold] if is_ours(sign, bold)))
        if signs:
            data = base64.b64encode(_cut_out(signs, bold)).decode("ascii")
            rules.append(
                f'@font-face{{font-family:"{NAME}";font-weight:{WEIGHTS[bold]};src:url(data:font/woff;base64,{data})}}'
            )
    return "".join(rules)


def _file(bold: bool, *, fallback: bool) -> Path:
    shipped = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return shipped / _FALLBACKS[bold] if fallback else FOLDER / _FILES[bold]


@cache
def _font(bold: bool, fallback: bool) -> FT2Font:
    font = FT2Font(str(_file(bold, fallback=fallback)))
    font.set_size(100, 72)
    return font


@cache
def _signs(bold: bool, fallback: bool) -> frozenset[int]:
    return frozenset(_font(bold, fallback).get_charmap())


@lru_cache(maxsize=4096)
def _advance(sign: str, bold: bool, fallback: bool) -> float:
    """A sign that no font of ours has is as wide as a reader's font may draw it."""
    if combining(sign):
        return 0.0
    if ord(sign) not in _signs(bold, fallback):
        return 100.0 if east_asian_width(sign) in "WF" else 70.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(_font(bold, fallback).load_char(ord(sign), flags=LoadFlags.NO_HINTING).linearHoriAdvance) / 65536


@lru_cache(maxsize=256)
def _cut_out(signs: str, bold: bool) -> bytes:
    """A WOFF file with these signs alone: the same bytes for the same signs."""
    small = _usual(bold) if set(signs) <= set(_USUAL) else FOLDER.joinpath(_FILES[bold]).read_bytes()
    return _subset(small, signs, "woff")


@cache
def _usual(bold: bool) -> bytes:
    """The Latin part of the font: small, so that cutting a drawing's letters out of it is quick."""
    return _subset(FOLDER.joinpath(_FILES[bold]).read_bytes(), _USUAL, None)


def _subset(font: bytes, signs: str, flavour: str | None) -> bytes:
    options = Options(layout_features=[], hinting=False, name_IDs=[], notdef_outline=True, recalc_timestamp=False)
    options.drop_tables = [*options.drop_tables, *_LEFT_OUT]
    with TTFont(BytesIO(font), lazy=True, recalcTimestamp=False) as found:
        subsetter = Subsetter(options)
        subsetter.populate(text=signs)
        subsetter.subset(found)
        found.flavor = flavour
        written = BytesIO()
        found.save(written, reorderTables=None)
    return written.getvalue()
