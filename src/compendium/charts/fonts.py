"""The letters of every chart: Source Sans 3, as on the pages; DejaVu Sans for lines with signs that it lacks.

A drawing shown by `<img>` sees no font of its page, so each SVG carries the letters it uses, cut out of the shipped
files: about 3 kB a weight. Typst (for the PNG and the PDF) takes the files themselves. DejaVu comes with matplotlib.
"""

from __future__ import annotations

import base64
from functools import cache, lru_cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from unicodedata import combining, east_asian_width

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FOLDER = Path(__file__).parents[1] / "site" / "assets" / "fonts"  # one copy, for pages, print and drawings
NAME = "Source Sans 3"
WEIGHTS = {False: 400, True: 700}  # as the drawings say them; the bold one is the semibold cut
_FILES = {False: "SourceSans3-Regular.otf", True: "SourceSans3-Semibold.otf"}
_FALLBACKS = {False: "DejaVuSans.ttf", True: "DejaVuSans-Bold.ttf"}
_USUAL = "".join(map(chr, [*range(0x20, 0x250), *range(0x2010, 0x2027)])) + "′€→−≤≥"
_LEFT_OUT = ("GPOS", "GSUB", "GDEF", "BASE", "STAT", "gasp")  # kerning too: widths are measured without it


def is_ours(words: str, bold: bool) -> bool:
    """Source Sans 3 has every sign of the line."""
    return _measures(bold, False).advances.keys() >= set(map(ord, words))


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


def shipped() -> Path:
    """The folder of fonts that matplotlib brings; the library itself is not loaded for it."""
    found = find_spec("matplotlib")
    assert found is not None and found.origin is not None  # a dependency
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"


class _Measures(NamedTuple):
    """How wide each sign of a font is, in parts of its em."""

    advances: dict[int, int]
    em: int


@cache
def _measures(bold: bool, fallback: bool) -> _Measures:
    with TTFont(shipped() / _FALLBACKS[bold] if fallback else FOLDER / _FILES[bold], lazy=True) as font:
        widths = font["hmtx"].metrics
        return _Measures({sign: widths[name][0] for sign, name in font.getBestCmap().items()}, font["head"].unitsPerEm)


@lru_cache(maxsize=4096)
def _advance(sign: str, bold: bool, fallback: bool) -> float:
    """A sign that no font of ours has is as wide as a reader's font may draw it."""
    if combining(sign):
        return 0.0
    advances, em = _measures(bold, fallback)
    if ord(sign) not in advances:
        return 100.0 if east_asian_width(sign) in "WF" else 70.0
    return 100 * advances[ord(sign)] / em


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
    """The outlines of these signs, without hints and shared parts; the font's own bounds stay as they are."""
    options = Options(
        layout_features=[],
        hinting=False,
        desubroutinize=True,
        name_IDs=[],
        notdef_outline=True,
        recalc_timestamp=False,
        recalc_bounds=False,
    )
    options.drop_tables = [*options.drop_tables, *_LEFT_OUT]
    with TTFont(BytesIO(font), lazy=True, recalcTimestamp=False, recalcBBoxes=False) as found:
        subsetter = Subsetter(options)
        subsetter.populate(text=signs)
        subsetter.subset(found)
        found.flavor = flavour
        written = BytesIO()
        found.save(written, reorderTables=None)
    return written.getvalue()
