"""A sheet to draw on: points from the top left corner, the height found at the end, then written as SVG and PNG.

Text is measured in the fonts that the drawings carry, so that the layout is the same on every machine; no system font,
configuration file or locale is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, degrees, radians, sin
from typing import Any, Literal

from compendium.charts import fonts, picture, svg, theme
from compendium.charts.measure import clean, width_of, wrap
from compendium.charts.svg import Point

Align = Literal["left", "center", "right"]
_ANCHORS = {"left": "", "center": "middle", "right": "end"}
_TURN = radians(19.8)  # of the repeated word


class Sheet:
    """What a chart draws on. `y` is the next free line; every drawing method takes points from the top left."""

    def __init__(self, provenance: str = "real", width: float = theme.WIDTH, name: str = "chart") -> None:
        self.width = width
        self.name = svg.slug(name)
        self.provenance = provenance
        self.left = theme.MARGIN
        self.right = width - theme.MARGIN
        self.y = theme.MARGIN
        self.letters: dict[bool, set[str]] = {False: set(), True: set()}  # drawn so far, regular and bold
        self._marks: list[tuple[float, str]] = []  # a layer and what stands on it, in the order of drawing
        self._hatched = False

    @property
    def narrow(self) -> bool:
        """The drawing is for a telephone: words stand above what they name, not beside it."""
        return self.width < theme.WIDTH

    # text

    def text(
        self,
        x: float,
        y: float,
        words: object,
        *,
        size: float = theme.BODY,
        colour: str = theme.INK,
        bold: bool = False,
        align: Align = "left",
        angle: float = 0.0,
        layer: float = 5,
        silent: bool = False,
    ) -> None:
        """One line with its baseline at `y`; `silent`: not read aloud. Signs such as `$` and `<` stand as they are."""
        line = clean(words)
        self.letters[bold].update(line)
        attributes = {
            "x": float(x),
            "y": float(y),
            "font-weight": fonts.WEIGHTS[bold] if bold else "",
            "font-size": f"{svg.number(size)}px",
            "font-family": "" if fonts.is_ours(line, bold) else theme.FALLBACK_FAMILY,
            "text-anchor": _ANCHORS[align],
            "transform": f"rotate({svg.number(-angle)} {svg.number(x)} {svg.number(y)})" if angle else "",
            "fill": colour,
            "aria-hidden": "true" if silent else "",
        }
        self._marks.append((layer, svg.tag("text", attributes, line)))

    def paragraph(
        self,
        x: float,
        y: float,
        words: object,
        width: float,
        *,
        size: float = theme.BODY,
        colour: str = theme.INK,
        bold: bool = False,
        align: Align = "left",
        most: int = 99,
    ) -> float:
        """Wrapped text whose first line's top is at `y`; gives the y below its last line."""
        for line in wrap(words, width, size, bold, most):
            self.text(x, y + size, line, size=size, colour=colour, bold=bold, align=align)
            y += size * theme.LEADING
        return y

    def centred(self, x: float, y: float, words: object, width: float, **style: Any) -> None:
        """Wrapped text whose block is centred on the height `y`."""
        size = style.get("size", theme.BODY)
        lines = len(wrap(words, width, size, style.get("bold", False), style.get("most", 99)))
        block = size * (1 + theme.LEADING * (lines - 1))
        self.paragraph(x, y - block / 2 - size * 0.11, words, width, **style)

    # shapes

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str = "none",
        *,
        edge: str = "none",
        line: float = 1.0,
        dashed: bool = False,
        layer: float = 3,
    ) -> None:
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        self._path(svg.path(corners, closed=True), layer, fill, edge, line, sharp=True, dash=(3, 2) if dashed else None)

    def hidden(self, x: float, y: float, width: float = theme.SWATCH, height: float = theme.BAR) -> None:
        """The one neutral tint for what isn't shown."""
        self.rect(x, y, width, height, self._hatching())
        self.rect(x, y, width, height, edge=theme.HIDDEN_EDGE, line=0.8, layer=3.1)

    def line(
        self,
        points: Sequence[Point],
        colour: str = theme.AXIS,
        width: float = 1.0,
        *,
        dash: bool = False,
        layer: float = 2,
    ) -> None:
        self._path(svg.path(points), layer, "none", colour, width, dash=(4, 3) if dash else None)

    def circle(
        self, x: float, y: float, radius: float, fill: str, edge: str = "none", *, line: float = 1.0, layer: float = 4
    ) -> None:
        place = {"cx": float(x), "cy": float(y), "r": float(radius)}
        self._marks.append((layer, svg.tag("circle", {**place, **_drawn(fill, edge, line)})))

    def polygon(
        self, points: Sequence[Point], fill: str, edge: str = "none", *, line: float = 1.0, layer: float = 4
    ) -> None:
        self._path(svg.path(points, closed=True), layer, fill, edge, line, sharp=True)

    def ribbon(
        self, start: Point, end: Point, thickness: float, fill: str, *, hatched: bool = False, alpha: float = 1.0
    ) -> None:
        """A band between two heights, `start` and `end` its upper corners, as thick at both."""
        (x0, y0), (x1, y1) = start, end
        below = (x1, y1 + thickness), (x0, y0 + thickness)
        outline = f"{svg.path([start])}{svg.curve(start, end)}L{svg.path(below[:1])[1:]}{svg.curve(*below)}Z"
        self._path(outline, 2.5, self._hatching() if hatched else fill, alpha=1.0 if hatched else alpha)

    def link(self, start: Point, end: Point, colour: str, width: float = 1.2) -> None:
        """A curved line between two columns."""
        self._path(svg.path([start]) + svg.curve(start, end), 2, "none", colour, width)

    def _path(
        self,
        outline: str,
        layer: float,
        fill: str,
        edge: str = "none",
        line: float = 1.0,
        *,
        sharp: bool = False,
        dash: tuple[int, int] | None = None,
        alpha: float = 1.0,
    ) -> None:
        """A path; `sharp` corners of its edge, `dash` in widths of it."""
        more = {
            "stroke-linejoin": "miter" if sharp and edge != "none" else "",
            "stroke-dasharray": " ".join(svg.number(part * line) for part in dash) if dash else "",
            "opacity": "" if alpha == 1 else alpha,
        }
        self._marks.append((layer, svg.tag("path", {"d": outline, **_drawn(fill, edge, line), **more})))

    def _hatching(self) -> str:
        self._hatched = True
        return f"url(#{self.name}-hidden)"

    def mark(self, x: float, y: float, shape: str, colour: str, radius: float = 5.0) -> None:
        """`disc`, `ring`, `square`, `diamond` or `cross`: a shape says what a colour says."""
        if shape == "disc":
            self.circle(x, y, radius, colour, theme.GROUND)
        elif shape == "ring":
            self.circle(x, y, radius - 0.7, theme.GROUND, colour, line=1.8)
        elif shape == "square":
            self.rect(
                x - radius * 0.85, y - radius * 0.85, radius * 1.7, radius * 1.7, colour, edge=theme.GROUND, layer=4
            )
        elif shape == "diamond":
            self.polygon([(x - radius, y), (x, y - radius), (x + radius, y), (x, y + radius)], colour, theme.GROUND)
        else:
            arm = radius * 0.8
            self.line([(x - arm, y - arm), (x + arm, y + arm)], colour, 2.6, layer=4)
            self.line([(x - arm, y + arm), (x + arm, y - arm)], colour, 2.6, layer=4)

    def plot_area(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Says where the data stand. What isn't real has its provenance repeated there, so that a cut-out keeps it."""
        if self.provenance == "real":
            return
        long = width_of(self.provenance, theme.BODY)
        across, tall = long * cos(_TURN) + theme.BODY * sin(_TURN), long * sin(_TURN) + theme.BODY * cos(_TURN)
        columns, rows = max(1, int((x1 - x0) / (1.9 * across))), max(1, round((y1 - y0) / (1.9 * tall)))
        wide, high = (x1 - x0) / columns, (y1 - y0) / rows
        for row in range(rows):
            shift = 0.25 if columns > 1 else 0.0
            for column in range(columns):  # the middle of each word, every second row half a step aside
                x = x0 + (column + 0.5 + (shift if row % 2 else -shift)) * wide
                y = y0 + (row + 0.5) * high
                self._word(x - across / 2, y + tall / 2)

    def _word(self, x: float, y: float) -> None:
        self.text(x, y, self.provenance, colour=theme.TEXTURE, angle=degrees(_TURN), layer=1.45, silent=True)

    # output

    def svg(self, title: str = "", description: str = "", faces: str = "") -> bytes:
        """The drawing as it is published, with its title, its description and the letters it needs."""
        ground = svg.tag("rect", {"width": float(self.width), "height": float(self.y), "fill": theme.GROUND})
        marks = [element for _, element in sorted(self._marks, key=lambda mark: mark[0])]  # in one layer as drawn
        pattern = [svg.hatching(f"{self.name}-hidden")] if self._hatched else []
        elements = [*pattern, ground, *marks]
        return svg.whole(
            (self.width, self.y), elements, name=self.name, title=title, description=description, faces=faces
        )

    def png(self) -> bytes:
        """The same drawing as a picture of `theme.DPI` dots an inch."""
        return picture.png(self.svg(), self.width)


def _drawn(fill: str, edge: str, line: float) -> dict[str, object]:
    """Fill and edge as attributes; an edge of one point has the width that SVG gives it anyway."""
    stroke = {} if edge == "none" else {"stroke": edge, "stroke-width": "" if line == 1 else float(line)}
    return {"fill": fill, **stroke}
