"""A sheet to draw on: points from the top left corner, the height found at the end, then written as SVG and PNG.

All of matplotlib is behind this module. Text is measured in the font that matplotlib ships, so that the layout is the
same on every machine; no system font, configuration file or locale is read.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from io import BytesIO
from math import cos, degrees, radians, sin
from typing import Any, Literal

import matplotlib
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse, PathPatch, Polygon, Rectangle
from matplotlib.path import Path as Curve
from matplotlib.text import Text

from compendium.charts import fonts, theme
from compendium.charts.measure import clean, width_of, wrap

Align = Literal["left", "center", "right"]
Point = tuple[float, float]
_TURN = radians(19.8)  # of the repeated word
_PACKED = {"compress_level": 3}  # charts are nearly as small as at 6, in two thirds of the time
_SETTINGS = {
    "svg.hashsalt": "compendium",
    "svg.fonttype": "none",
    "path.simplify": False,
    "hatch.linewidth": 0.9,
}


@contextmanager
def settings() -> Iterator[None]:
    """Our settings of matplotlib and no others, whatever a `matplotlibrc` says: marks take some when they are made."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        yield


class Sheet:
    """What a chart draws on. `y` is the next free line; every drawing method takes points from the top left."""

    def __init__(self, provenance: str = "real", width: float = theme.WIDTH) -> None:
        self.width = width
        self.provenance = provenance
        self.left = theme.MARGIN
        self.right = width - theme.MARGIN
        self.y = theme.MARGIN
        self.letters: dict[bool, set[str]] = {False: set(), True: set()}  # drawn so far, regular and bold
        self._artists: list[Artist] = []

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
    ) -> Text:
        """One line with its baseline at `y`. Signs such as `$` and `<` stand as they are."""
        line = clean(words)
        self.letters[bold].update(line)
        font = fonts.NAME if fonts.is_ours(line, bold) else fonts.FALLBACK
        artist = Text(
            x,
            y,
            line,
            color=colour,
            ha=align,
            va="baseline",
            rotation=angle,
            rotation_mode="anchor",
            parse_math=False,
            zorder=layer,
            fontproperties=FontProperties(
                family=font, fname=fonts.file_of(line, bold), size=size, weight=fonts.WEIGHTS[bold]
            ),
        )
        self._artists.append(artist)
        return artist

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
        self._artists.append(
            Rectangle((x, y), width, height, fc=fill, ec=edge, lw=line, ls=(0, (3, 2)) if dashed else "-", zorder=layer)
        )

    def hidden(self, x: float, y: float, width: float = theme.SWATCH, height: float = theme.BAR) -> None:
        """The one neutral tint for what isn't shown."""
        self._artists.append(
            Rectangle((x, y), width, height, fc=theme.HIDDEN, ec=theme.HIDDEN_EDGE, lw=0, hatch="////", zorder=3)
        )
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
        xs, ys = zip(*points, strict=True)
        self._artists.append(
            Line2D(xs, ys, color=colour, lw=width, ls=(0, (4, 3)) if dash else "-", zorder=layer, solid_capstyle="butt")
        )

    def circle(
        self, x: float, y: float, radius: float, fill: str, edge: str = "none", *, line: float = 1.0, layer: float = 4
    ) -> None:
        self._artists.append(Ellipse((x, y), 2 * radius, 2 * radius, fc=fill, ec=edge, lw=line, zorder=layer))

    def polygon(
        self, points: Sequence[Point], fill: str, edge: str = "none", *, line: float = 1.0, layer: float = 4
    ) -> None:
        self._artists.append(Polygon(list(points), closed=True, fc=fill, ec=edge, lw=line, zorder=layer))

    def ribbon(
        self, start: Point, end: Point, thickness: float, fill: str, *, hatched: bool = False, alpha: float = 1.0
    ) -> None:
        """A band between two heights, `start` and `end` its upper corners, as thick at both."""
        (x0, y0), (x1, y1) = start, end
        middle = (x0 + x1) / 2
        corners = [
            (x0, y0), (middle, y0), (middle, y1), (x1, y1),
            (x1, y1 + thickness), (middle, y1 + thickness), (middle, y0 + thickness), (x0, y0 + thickness),
            (x0, y0),
        ]  # fmt: skip
        codes = [Curve.MOVETO, *[Curve.CURVE4] * 3, Curve.LINETO, *[Curve.CURVE4] * 3, Curve.CLOSEPOLY]
        self._artists.append(
            PathPatch(
                Curve(corners, codes),
                fc=fill,
                ec=theme.HIDDEN_EDGE if hatched else "none",
                lw=0,
                hatch="////" if hatched else None,
                alpha=None if hatched else alpha,
                zorder=2.5,
            )
        )

    def link(self, start: Point, end: Point, colour: str, width: float = 1.2) -> None:
        """A curved line between two columns."""
        (x0, y0), (x1, y1) = start, end
        middle = (x0 + x1) / 2
        curve = Curve([(x0, y0), (middle, y0), (middle, y1), (x1, y1)], [Curve.MOVETO, *[Curve.CURVE4] * 3])
        self._artists.append(PathPatch(curve, fc="none", ec=colour, lw=width, zorder=2))

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
        artist = self.text(x, y, self.provenance, colour=theme.TEXTURE, angle=degrees(_TURN), layer=1.45)
        artist.set_gid(f"texture-{len(self._artists)}")

    # output

    @cached_property
    def _figure(self) -> Figure:
        height = self.y
        figure = Figure(figsize=(self.width / 72, height / 72), facecolor=theme.GROUND)
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        axes.set_xlim(0, self.width)
        axes.set_ylim(height, 0)
        for artist in self._artists:
            axes.add_artist(artist)
            artist.set_clip_on(False)
        return figure

    def svg(self) -> str:
        """The sheet as matplotlib writes it, under `settings`."""
        written = BytesIO()
        unsaid = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # letters that the font lacks
            FigureCanvasSVG(self._figure).print_svg(written, metadata=unsaid)
        return written.getvalue().decode()

    def png(self) -> bytes:
        """The sheet as a picture of `theme.DPI` dots an inch; comes after `svg`, which it draws the same way."""
        written = BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            figure = self._figure
            figure.set_dpi(theme.DPI)
            FigureCanvasAgg(figure).print_png(written, metadata={"Software": None}, pil_kwargs=_PACKED)
        return written.getvalue()
