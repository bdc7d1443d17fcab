"""Charts: functions of a `Released` and of nothing else, drawn by one theme, as SVG, PNG and words.

Names of charts are the keys of `KINDS`, and `table_only`; `chart_of` says which one a release gets. What a chart reads
from `Released.options` (all of it optional):

| option | charts | meaning |
|---|---|---|
| `subtitle` | all | the line under the title instead of the chart's own |
| `y`, `split` | bars | dimension of the rows; of the panels |
| `order` | bars | `"size"`: largest first, not recorded last (one dimension) |
| `x`, `split` | months, periods | the time dimension; a dimension with a panel for each category |
| `break_marks` | months, periods | list of `{"at": code of a period, "label": words}` |
| `percent` | forest | `False` when estimates aren't proportions from 0 to 1 |
| `reference` | forest | where an upright line stands |
| `joint` | consensus | code of the group that stands for everybody (else `all` or `joint`) |
| `panels` | timeline | names of the columns to draw (else all) |
| `limits` | scores | lowest and highest possible score (else 1 and 5) |
| `columns` | areas, tile_grid | tiles side by side |
| `value`, `value_title` | map | the column of a statistic (which has an `outline` a row); what it is |
| `classes`, `decimals` | map | list of `{"label", "from", "to"}`, darkest first, or its name; else decimals |

Counts of more dimensions than a chart shows are taken at the margin of the others. Options that a chart doesn't know
are left alone: they belong to others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING

from compendium.aggregate import COUNT, Released
from compendium.errors import UnknownName, nearest

if TYPE_CHECKING:
    from compendium.charts.sheet import Sheet

TABLE_ONLY = "table_only"


@dataclass(frozen=True)
class Drawing:
    """A chart as it is published; all empty for `table_only`.

    `svg` is the drawing for a screen or paper, `narrow` the same for a telephone, `png` the first as a picture.
    """

    svg: bytes
    png: bytes
    alt: str
    narrow: bytes = b""

    def __bool__(self) -> bool:
        return bool(self.svg)


def _later(module: str, function: str = "draw") -> Callable[[Sheet, Released], str]:
    """A module's function, imported when it is called: listing the kinds loads no drawing library."""

    def call(sheet: Sheet, released: Released) -> str:
        words: str = getattr(import_module(f"compendium.charts.{module}"), function)(sheet, released)
        return words

    return call


KINDS: Mapping[str, Callable[[Sheet, Released], str]] = {
    "areas": _later("areas", "draw_counts"),
    "bars": _later("bars"),
    "beside": _later("beside"),
    "bounds": _later("ranges", "draw_bounds"),
    "case_flow": _later("case_flow"),
    "competing": _later("outcomes"),
    "concentration": _later("concentration"),
    "consensus": _later("consensus"),
    "coverage": _later("coverage"),
    "flow": _later("flow"),
    "forest": _later("forest"),
    "gap_map": _later("gap_map"),
    "lorenz": _later("lorenz"),
    "map": _later("areas", "draw_map"),
    "missing": _later("ranges", "draw_missing"),
    "months": _later("series"),
    "network": _later("network"),
    "paired": _later("paired"),
    "periods": _later("series"),
    "prisma": _later("prisma"),
    "progression": _later("progression"),
    "rates": _later("rates"),
    "scores": _later("scores"),
    "tile_grid": _later("tiles", "draw_tiles"),
    "timeline": _later("timeline"),
    "trace": _later("trace"),
    "unevenness": _later("unevenness"),
    "unevenness_months": _later("unevenness", "draw_months"),
}
_BY_STATISTIC = {
    "estimates": "forest",
    "need_beside_provision": "beside",
    "marked_series": "timeline",
    "trace_results": "trace",
}


def chart_of(released: Released) -> str:
    """The chart a release asks for; else that of its kind of statistic; else (counts, listings) `table_only`."""
    if released.chart == TABLE_ONLY:
        return TABLE_ONLY
    name = released.chart or _BY_STATISTIC.get(released.kind, released.kind)
    if name in KINDS:
        return name
    if released.chart:
        raise UnknownName(f"{released.name}: no chart called {name}.", remedy=nearest(name, [*KINDS, TABLE_ONLY]))
    return TABLE_ONLY


def _without_hidden(released: Released) -> Released:
    """Counts that are marked hidden are empty for every chart, whatever the frame holds."""
    if released.kind != "counts" or "status" not in released.frame:
        return released
    counts = released.frame[COUNT].where(released.frame["status"] != "hidden")
    return replace(released, frame=released.frame.assign(**{COUNT: counts}))


def draw(released: Released) -> Drawing:
    """The chart of a release; an empty `Drawing` for `table_only`.

    Raises `UnknownName` for a chart or a dimension in `options` that isn't there.
    """
    name = chart_of(released)
    if name == TABLE_ONLY:
        return Drawing(b"", b"", "")
    from compendium.charts import fonts, frame, theme  # what draws is loaded here and not before
    from compendium.charts.sheet import Sheet

    released = _without_hidden(released)
    wide = Sheet(released.origin.provenance, theme.WIDTH, released.name)
    narrow = Sheet(released.origin.provenance, theme.NARROW, f"{released.name}-narrow")
    for sheet in (wide, narrow):
        frame.head(sheet, released)
        words = KINDS[name](sheet, released) if len(released.frame) else frame.nothing(sheet)
        frame.foot(sheet, released)
    alt, title = frame.alt_text(released, words), frame.full_title(released)
    faces = fonts.faces({bold: wide.letters[bold] | narrow.letters[bold] for bold in (False, True)})
    return Drawing(wide.svg(title, alt, faces), wide.png(), alt, narrow.svg(title, alt, faces))
