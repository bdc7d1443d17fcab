"""Words of SVG: elements as text, numbers of two decimals, and the root that holds a drawing.

Plain attributes rather than `style=""` let a page with a strict Content-Security-Policy hold the drawing inline, and
let Typst read the fonts; the one style sheet holds the letters and nothing else, and a page that refuses it has the
same font. Ids carry the drawing's name: two drawings in one page don't collide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from compendium.charts import theme

Point = tuple[float, float]
_TILE, _STEP = 18, 6  # of the hatching, in points: a tile is whole pixels of a screen and of a picture


def number(value: float) -> str:
    """Two decimals at most: a fiftieth of a screen's pixel."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def tag(name: str, attributes: Mapping[str, object], content: str | None = None) -> str:
    """An element, its content escaped; attributes that are empty are left out."""
    said = "".join(
        f" {key}={quoteattr(number(value) if isinstance(value, float) else str(value))}"
        for key, value in attributes.items()
        if value != ""
    )
    return f"<{name}{said}/>" if content is None else f"<{name}{said}>{escape(content)}</{name}>"


def path(points: Iterable[Point], *, closed: bool = False) -> str:
    """Straight lines from point to point."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + ("Z" if closed else "")


def curve(start: Point, end: Point) -> str:
    """From point to point, level at both ends; goes on a path that is at `start`."""
    (x0, y0), (x1, y1) = start, end
    middle = number((x0 + x1) / 2)
    return f"C{middle} {number(y0)} {middle} {number(y1)} {number(x1)} {number(y1)}"


def slug(name: str) -> str:
    """The start of a drawing's ids."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "chart"


def hatching(name: str) -> str:
    """The pattern of what is hidden, under this id."""
    lines = "".join(f"M-1 {at + 1}L{at + 1} -1" for at in range(0, 2 * _TILE + 1, _STEP))
    ground = tag("rect", {"width": _TILE, "height": _TILE, "fill": theme.HIDDEN})
    drawn = tag("path", {"d": lines, "fill": "none", "stroke": theme.HIDDEN_EDGE, "stroke-width": 0.9})
    start = f'<pattern id="{name}" patternUnits="userSpaceOnUse" width="{_TILE}" height="{_TILE}">'
    return f"<defs>{start}{ground}{drawn}</pattern></defs>"


def whole(
    size: tuple[float, float], elements: Sequence[str], *, name: str, title: str, description: str, faces: str
) -> bytes:
    """The drawing as it is published: UTF-8, one root with role `img`, the letters it needs (`faces`)."""
    width, height = map(number, size)
    ids = f"{name}-title", f"{name}-desc"
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}pt" height="{height}pt" viewBox="0 0 {width} {height}" '
        f'font-family="{theme.FAMILY}" stroke-linejoin="round" role="img" aria-labelledby="{" ".join(ids)}">'
    )
    said = [tag("title", {"id": ids[0]}, title), tag("desc", {"id": ids[1]}, description)]
    style = [f"<style>{faces}</style>"] if faces else []
    return ("\n".join([root, *said, *style, *elements, "</svg>"]) + "\n").encode()
