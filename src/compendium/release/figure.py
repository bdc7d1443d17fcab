"""A drawing in a page: its files, the markdown that shows it at both widths, and the links to take it along."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from compendium import charts
from compendium.markdown import attribute, escape
from compendium.writing import write_whole

_SIZE = re.compile(rb'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"')
_PIXELS = 96 / 72  # of a screen, a point


def write(drawing: charts.Drawing, folder: Path, stem: str) -> dict[str, int]:
    """Writes the drawing, its narrow twin and its picture into `folder`; gives the bytes of each by its ending."""
    files = files_of(drawing)
    for ending, data in files.items():
        write_whole(folder / f"{stem}.{ending}", data)
    return {ending: len(data) for ending, data in files.items()}


def files_of(drawing: charts.Drawing) -> dict[str, bytes]:
    """The files of a drawing by their endings."""
    return {"svg": drawing.svg, "narrow.svg": drawing.narrow, "png": drawing.png}


def shown(caption: str, anchor: str, words: str, stem: str, files: Mapping[str, bytes]) -> str:
    """Markdown of a figure; `files` holds the bytes of `svg` and, when there is one, of `narrow.svg`.

    The embedded engine shows the narrow drawing on a narrow screen; Quarto and the PDF know the wide one alone.
    """
    width, height = _pixels(files["svg"])
    parts = [f'fig-alt="{attribute(words)}"', f'width="{width}"', f'height="{height}"']
    if narrow := files.get("narrow.svg"):
        parts += [f'narrow="figures/{stem}.narrow.svg"', f'narrow-height="{_pixels(narrow)[1]}"']
    return f"![{escape(caption)}](figures/{stem}.svg){{#{anchor} {' '.join(parts)}}}"


def downloads(title: str, links: Mapping[str, tuple[str, int]], whence: str = "") -> str:
    """One line of links to files, `kind: (path, bytes)`; a screen reader hears with each whose it is."""
    parts = [
        f'[{kind}, {size_in_words(size)}]({path}){{aria-label="{kind}, {size_in_words(size)}: {attribute(title)}"}}'
        for kind, (path, size) in links.items()
    ]
    return f"::: {{.figure-files}}\n{' · '.join([*filter(None, [whence]), 'Download: ' + ' · '.join(parts)])}\n:::\n"


def size_in_words(size: int) -> str:
    """`12 kB`; never less than 1."""
    return f"{max(1, round(size / 1000)):,} kB"


def _pixels(svg: bytes) -> tuple[int, int]:
    found = _SIZE.search(svg[:400])
    assert found is not None  # `charts.svg` writes it
    return round(float(found[1]) * _PIXELS), round(float(found[2]) * _PIXELS)
