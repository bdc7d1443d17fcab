"""Charts: functions of a `Released` and of nothing else, drawn by one theme, as SVG, PNG and words.

Names of charts are the keys of `KINDS`; a `Released` without one gets the chart of its kind (`chart_of`). What a
chart reads from `Released.options` (all of it optional):

| option | charts | meaning |
|---|---|---|
| `subtitle` | all | the line under the title instead of the chart's own |
| `y`, `split` | bars | dimension of the rows; of the panels |
| `order` | bars | `"size"`: largest first, not recorded last (one dimension) |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from compendium.aggregate import Released
from compendium.errors import UnknownName, nearest

if TYPE_CHECKING:
    from compendium.charts.sheet import Sheet

TABLE_ONLY = "table_only"


@dataclass(frozen=True)
class Drawing:
    """A chart as it is published. All three are empty for `table_only`."""

    svg: bytes
    png: bytes
    alt: str

    def __bool__(self) -> bool:
        return bool(self.svg)


def _later(module: str) -> Callable[[Sheet, Released], str]:
    """The module's `draw`, imported when it is called: listing the kinds loads no drawing library."""

    def call(sheet: Sheet, released: Released) -> str:
        words: str = import_module(f"compendium.charts.{module}").draw(sheet, released)
        return words

    call.__name__ = module
    return call


KINDS: Mapping[str, Callable[[Sheet, Released], str]] = {
    name: _later(module)
    for name, module in {
        "bars": "bars",
        "case_flow": "case_flow",
        "forest": "forest",
        "consensus": "consensus",
        "consensus": "consensus",
    }.items()
}
_BY_STATISTIC = {"estimates": "forest", "counts": "bars"}


def chart_of(released: Released) -> str:
    """The chart a release asks for, or the one of its kind, or `table_only`."""
    if released.chart == TABLE_ONLY:
        return TABLE_ONLY
    name = released.chart or _BY_STATISTIC.get(released.kind, released.kind)
    if name in KINDS:
        return name
    if released.chart:
        raise UnknownName(f"{released.name}: no chart called {name}.", remedy=nearest(name, [*KINDS, TABLE_ONLY]))
    return TABLE_ONLY


def draw(released: Released) -> Drawing:
    """The chart of a release; `Drawing("", "", "")` for `table_only`.

    Raises `UnknownName` for a chart or a dimension in `options` that isn't there.
    """
    name = chart_of(released)
    if name == TABLE_ONLY:
        return Drawing(b"", b"", "")
    from compendium.charts import frame  # noqa: PLC0415  matplotlib is loaded here and not before
    from compendium.charts.finish import finish  # noqa: PLC0415
    from compendium.charts.sheet import Sheet  # noqa: PLC0415

    sheet = Sheet(released.origin.provenance)
    frame.head(sheet, released)
    alt = frame.alt_text(released, KINDS[name](sheet, released))
    frame.foot(sheet, released)
    svg, png = sheet.write()
    return Drawing(finish(svg, name=released.name, title=frame.full_title(released), description=alt), png, alt)
