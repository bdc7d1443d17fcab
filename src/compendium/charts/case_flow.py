"""A flow from step to step whose parts add up, from a derived table of that kind alone.

A node is a part of a step. A ribbon is a released link between parts of neighbouring steps. What a node holds beyond
its released ribbons runs through one hatched band, as wide as the table says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise, repeat

import pandas as pd

from compendium.aggregate import COUNT, Released
from compendium.charts import theme
from compendium.charts.frame import nothing, subtitle
from compendium.charts.measure import width_of, wrap
from compendium.charts.sheet import Align, Sheet
from compendium.charts.words import number, plural

_NODE = 11.0  # width
_LABEL, _NARROW_LABEL = 116.0, 84.0
_MIDDLE = 74.0  # width of a label between stages
_HEIGHT = 210.0  # of all units on top of one another
_MOST_STAGES = 3
_LINES = 8  # of a label at the sides


@dataclass
class _Node:
    """A part of a step: one or several categories, several when their totals are hidden."""

    label: str
    count: int
    colour: str
    hidden: bool = False
    y: float = 0.0  # top of its block
    used: dict[str, float] = field(default_factory=lambda: {"in": 0.0, "out": 0.0})  # points taken by ribbons

    def take(self, side: str, thickness: float) -> float:
        """The height at which the next ribbon starts."""
        start = self.y + self.used[side]
        self.used[side] += thickness
        return start


@dataclass(frozen=True)
class _Flow:
    """What every part of the drawing needs: the steps, their nodes and the scale of all units."""

    sheet: Sheet
    stages: Sequence[str]
    columns: Sequence[list[_Node]]
    whole: int

    @property
    def scale(self) -> float:
        """Points a unit."""
        return _HEIGHT / self.whole

    @property
    def label(self) -> float:
        """Room for words at either side."""
        return _NARROW_LABEL if self.sheet.narrow else _LABEL

    @property
    def size(self) -> float:
        """Of the letters of a label at the sides."""
        return theme.SMALL if self.sheet.narrow else theme.BODY

    @property
    def last(self) -> int:
        return len(self.stages) - 1

    def x(self, at: int) -> float:
        """Left edge of the nodes of a stage."""
        first, last = self.sheet.left + self.label, self.sheet.right - self.label - _NODE
        return first + (last - first) * at / self.last


def draw(sheet: Sheet, released: Released) -> str:
    """The steps after the first, which is everything and stands in the words under the title; three at most."""
    frame = released.frame
    first, *rest = list(dict.fromkeys(frame["step"]))
    stages = rest[:_MOST_STAGES]
    totals = frame.loc[frame["step"] == first, COUNT].dropna()
    if totals.empty or frame[COUNT].isna().any() or len(stages) < 2:
        return nothing(sheet, "The total is hidden or zero, so no flow can be drawn: see the table.")
    whole, unit = int(totals.iloc[0]), plural(released.unit)
    plain = f"{number(whole)} {unit}; the parts add up at every step"
    subtitle(sheet, str(released.options.get("subtitle") or plain))
    colours = chain(theme.SERIES, repeat(theme.MAIN))
    ends = repeat(theme.END)  # ribbons carry the colour of where they come from; the last step has none of its own
    words: list[str] = []
    for shown in pairwise(stages) if sheet.narrow else [stages]:  # on a narrow sheet one step below the other
        columns = [_nodes(frame, stage, ends if stage == stages[-1] else colours) for stage in shown]
        flow = _Flow(sheet, shown, columns, whole)
        top = sheet.y + _heads(flow) * theme.BODY * theme.LEADING + 6
        _lay_out(flow, top)
        words += [_step(flow, frame, at) for at in range(flow.last)]
        sheet.plot_area(flow.x(0), top, flow.x(flow.last) + _NODE, sheet.y)
        sheet.y += theme.GAP
    return f"{number(whole)} {unit}. " + " ".join(words)


def _nodes(frame: pd.DataFrame, stage: str, colours: Iterator[str]) -> list[_Node]:
    nodes = []
    for row in frame[frame["step"] == stage].to_dict("records"):
        if row["kind"] == "part":
            colour = theme.REST if row["quiet"] else next(colours)
            nodes.append(_Node(str(row["part"]), int(row[COUNT]), colour))
        elif row["kind"] == "hidden part":
            nodes.append(_Node(str(row["part"]), int(row[COUNT]), theme.HIDDEN, hidden=True))
    return nodes


def _heads(flow: _Flow) -> int:
    """Lines that the titles of the stages need."""
    return max(len(wrap(stage, flow.label + _NODE, bold=True, most=3)) for stage in flow.stages)


def _lay_out(flow: _Flow, top: float) -> None:
    """Heads, nodes and labels, every column centred; each label has room of its own."""
    sheet, line = flow.sheet, theme.BODY * theme.LEADING
    slots = []
    for at, nodes in enumerate(flow.columns):
        inner = 0 < at < flow.last
        rows = [1 if inner else 1 + len(wrap(node.label, flow.label - 8, flow.size, most=_LINES)) for node in nodes]
        slots.append([max(node.count * flow.scale, row * line) + 7 for node, row in zip(nodes, rows, strict=True)])
    tallest = max(sum(slot) for slot in slots)
    for at, nodes in enumerate(flow.columns):
        x = flow.x(at)
        side: Align = "right" if at == 0 else "left"
        edge = x + _NODE if at == 0 else x if at == flow.last else x - 20
        title, room = flow.stages[at], flow.label + _NODE
        high = sheet.y + (_heads(flow) - len(wrap(title, room, bold=True, most=3))) * line
        sheet.paragraph(edge, high, title, room, align=side, bold=True, colour=theme.QUIET, most=3)
        y = top + (tallest - sum(slots[at])) / 2
        for node, slot in zip(nodes, slots[at], strict=True):
            height = node.count * flow.scale
            node.y = y + (slot - height) / 2
            if node.hidden:
                sheet.hidden(x, node.y, _NODE, height)
            else:
                sheet.rect(x, node.y, _NODE, max(height, 0.8), node.colour)
            _label(flow, node, y + slot / 2, at)
            y += slot
    sheet.y = top + tallest


def _label(flow: _Flow, node: _Node, middle: float, at: int) -> None:
    sheet, x = flow.sheet, flow.x(at)
    if 0 < at < flow.last:
        lines = wrap(f"{number(node.count)} {node.label}", _MIDDLE, theme.SMALL, most=4)
        width = max(width_of(line, theme.SMALL) for line in lines)
        height = len(lines) * theme.SMALL * theme.LEADING + 3
        sheet.rect(x + _NODE + 2, middle - height / 2, width + 8, height, theme.GROUND, layer=4.5)
        sheet.centred(x + _NODE + 6, middle, " ".join(lines), _MIDDLE, size=theme.SMALL, most=4)
        return
    side: Align = "right" if at == 0 else "left"
    edge = x - 7 if at == 0 else x + _NODE + 7
    lines = wrap(node.label, flow.label - 8, flow.size, most=_LINES)
    y = middle - (len(lines) + 1) * theme.BODY * theme.LEADING / 2 + theme.BODY
    sheet.text(
        edge,
        y,
        number(node.count),
        bold=True,
        align=side,
        colour=theme.QUIET if node.hidden else theme.words_in(node.colour),
    )
    sheet.paragraph(
        edge, y + theme.BODY * (theme.LEADING - 1), node.label, flow.label - 8, size=flow.size, align=side, most=_LINES
    )


def _step(flow: _Flow, frame: pd.DataFrame, at: int) -> str:
    """Ribbons between a step and the next one, and what to say about them."""
    sheet, scale = flow.sheet, flow.scale
    rows = frame[(frame["step"] == flow.stages[at + 1]) & (frame["kind"] == "link")]
    links = {(row["came_from"], row["part"]): int(row[COUNT]) for row in rows.to_dict("records")}
    left = {id(node): node.count for node in flow.columns[at]}
    right = {id(node): node.count for node in flow.columns[at + 1]}
    largest: list[tuple[int, str]] = []
    for source in flow.columns[at]:
        for target in flow.columns[at + 1]:
            count = links.get((source.label, target.label), 0)
            if not count:
                continue
            left[id(source)] -= count
            right[id(target)] -= count
            end = (flow.x(at + 1), target.take("in", count * scale))
            start = (flow.x(at) + _NODE, source.take("out", count * scale))
            sheet.ribbon(start, end, count * scale, source.colour, alpha=0.42)
            if count * scale > theme.SMALL + 2 and at + 1 == flow.last:
                sheet.text(end[0] - 5, end[1] + count * scale / 2 + 3.5, count, size=theme.SMALL, align="right")
            largest.append((count, f"{number(count)} from “{source.label}” to “{target.label}”"))
    gathered = _gather(flow, at, left, right)
    largest.sort(key=lambda item: -item[0])
    shown = "; ".join(words for _, words in largest[:3])
    hidden = f" {number(gathered)} run through links that are hidden." if gathered else ""
    stage = f"From {flow.stages[at].lower()} to {flow.stages[at + 1].lower()}"
    return f"{stage}: {f'the largest flows are {shown}' if shown else 'no single flow is shown'}.{hidden}"


def _gather(flow: _Flow, at: int, left: dict[int, int], right: dict[int, int]) -> int:
    """What the released ribbons leave over runs together into one hatched band and out of it again."""
    sheet, scale = flow.sheet, flow.scale
    rest = sum(left.values())
    if rest <= 0:
        return 0
    start, end = flow.x(at) + _NODE, flow.x(at + 1)
    middle = (start + end) / 2
    bottom = max(node.y + node.count * scale for column in flow.columns for node in column)
    top = max(bottom - rest * scale * 0.3, sheet.y - rest * scale)
    into = out = top
    for node in flow.columns[at]:
        thickness = left[id(node)] * scale
        if thickness > 0:
            sheet.ribbon((start, node.take("out", thickness)), (middle, into), thickness, theme.HIDDEN, hatched=True)
            into += thickness
    for node in flow.columns[at + 1]:
        thickness = right[id(node)] * scale
        if thickness > 0:
            sheet.ribbon((middle, out), (end, node.take("in", thickness)), thickness, theme.HIDDEN, hatched=True)
            out += thickness
    low = top + rest * scale
    sheet.text(middle, low + theme.BODY + 3, f"{number(rest)} go by hidden links", align="center", colour=theme.QUIET)
    sheet.y = max(sheet.y, low + theme.BODY + 8)
    return rest
