"""A flow through two or three stages whose parts add up, from released cells and margins alone.

A node is a released margin. A ribbon is a released cell of two neighbouring stages. What a node holds beyond its
released ribbons runs through one hatched band: the difference of released numbers, and so nothing new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, repeat

from compendium.aggregate import Dimension, Released
from compendium.charts import theme
from compendium.charts.frame import nothing, subtitle
from compendium.charts.measure import width_of, wrap
from compendium.charts.sheet import Align, Sheet
from compendium.charts.words import chosen, listed, margin, number, plural, total

_NODE = 11.0  # width
_LABEL = 116.0
_MIDDLE = 74.0  # width of a label between stages
_HEIGHT = 210.0  # of all units on top of one another
_MOST_STAGES = 3
_END = "#4a5158"


@dataclass
class _Node:
    """One or several categories at a stage: several when their margins are hidden."""

    codes: tuple[str, ...]
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
    """What every part of the drawing needs: the stages, their nodes and the scale of all units."""

    sheet: Sheet
    stages: Sequence[Dimension]
    columns: Sequence[list[_Node]]
    whole: int

    @property
    def scale(self) -> float:
        """Points a unit."""
        return _HEIGHT / self.whole

    @property
    def last(self) -> int:
        return len(self.stages) - 1

    def x(self, at: int) -> float:
        """Left edge of the nodes of a stage."""
        first, last = self.sheet.left + _LABEL, self.sheet.right - _LABEL - _NODE
        return first + (last - first) * at / self.last


def draw(sheet: Sheet, released: Released) -> str:
    """Stages are the dimensions that option `stages` lists, in order; else all of them, three at most."""
    stages = _stages(released)
    whole = total(released)
    if not whole or len(stages) < 2:
        return nothing(sheet, "The total is hidden or zero, so no flow can be drawn: see the table.")
    unit = plural(released.unit)
    plain = f"{number(whole)} {unit}; the parts add up at every stage"
    subtitle(sheet, str(released.options.get("subtitle") or plain))
    colours = chain(theme.SERIES, repeat(theme.MAIN))
    ends = repeat(_END)  # ribbons carry the colour of where they come from; the last stage has none of its own
    columns = [_nodes(released, stage, whole, ends if stage is stages[-1] else colours) for stage in stages]
    flow = _Flow(sheet, stages, columns, whole)
    top = sheet.y + _heads(stages) * theme.BODY * theme.LEADING + 6
    _lay_out(flow, top)
    words = [_step(flow, margin(released, stages[at : at + 2]), at) for at in range(flow.last)]
    sheet.plot_area(flow.x(0), top, flow.x(flow.last) + _NODE, sheet.y)
    sheet.y += theme.GAP
    return f"{number(whole)} {unit}. " + " ".join(words)


def _stages(released: Released) -> list[Dimension]:
    wanted = [str(name) for name in released.options.get("stages", ())][:_MOST_STAGES]
    if not wanted:
        return list(released.dimensions)[:_MOST_STAGES]
    return chosen(replace(released, options={name: name for name in wanted}), *wanted, most=len(wanted))


def _nodes(released: Released, stage: Dimension, whole: int, colours: Iterator[str]) -> list[_Node]:
    """A node a released margin above zero; the hidden margins of the stage together are one more."""
    counts = {key[0]: count for key, count in margin(released, [stage]).items()}
    nodes = []
    for code, label in stage.categories.items():
        count = counts.get(code)
        if count:
            nodes.append(_Node((code,), label, count, theme.REST if code in stage.missing else next(colours)))
    rest = whole - sum(node.count for node in nodes)
    unseen = tuple(code for code in stage.categories if counts.get(code) is None)
    if rest > 0:
        label = "Hidden: " + listed(stage.categories[code] for code in unseen)
        nodes.append(_Node(unseen, label, rest, theme.HIDDEN, hidden=True))
    return nodes


def _heads(stages: Sequence[Dimension]) -> int:
    """Lines that the titles of the stages need."""
    return max(len(wrap(stage.title, _LABEL + _NODE, bold=True, most=2)) for stage in stages)


def _lay_out(flow: _Flow, top: float) -> None:
    """Heads, nodes and labels, every column centred; each label has room of its own."""
    sheet, line = flow.sheet, theme.BODY * theme.LEADING
    slots = []
    for at, nodes in enumerate(flow.columns):
        inner = 0 < at < flow.last
        rows = [1 if inner else 1 + len(wrap(node.label, _LABEL - 8, most=3)) for node in nodes]
        slots.append([max(node.count * flow.scale, row * line) + 7 for node, row in zip(nodes, rows, strict=True)])
    tallest = max(sum(slot) for slot in slots)
    for at, nodes in enumerate(flow.columns):
        x = flow.x(at)
        side: Align = "right" if at == 0 else "left"
        edge = x + _NODE if at == 0 else x if at == flow.last else x - 20
        title, room = flow.stages[at].title, _LABEL + _NODE
        high = sheet.y + (_heads(flow.stages) - len(wrap(title, room, bold=True, most=2))) * line
        sheet.paragraph(edge, high, title, room, align=side, bold=True, colour=theme.QUIET, most=2)
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
    lines = wrap(node.label, _LABEL - 8, most=3)
    y = middle - (len(lines) + 1) * theme.BODY * theme.LEADING / 2 + theme.BODY
    sheet.text(edge, y, number(node.count), bold=True, align=side, colour=theme.QUIET if node.hidden else node.colour)
    sheet.paragraph(edge, y + theme.BODY * (theme.LEADING - 1), node.label, _LABEL - 8, align=side, most=3)


def _step(flow: _Flow, cells: dict[tuple[str, ...], int | None], at: int) -> str:
    """Ribbons between a stage and the next one, and what to say about them."""
    sheet, scale = flow.sheet, flow.scale
    left = {id(node): node.count for node in flow.columns[at]}
    right = {id(node): node.count for node in flow.columns[at + 1]}
    largest: list[tuple[int, str]] = []
    for source in flow.columns[at]:
        for target in flow.columns[at + 1]:
            count = sum(cells.get((a, b)) or 0 for a in source.codes for b in target.codes)
            count = min(count, left[id(source)], right[id(target)])
            if count <= 0:
                continue
            left[id(source)] -= count
            right[id(target)] -= count
            end = (flow.x(at + 1), target.take("in", count * scale))
            start = (flow.x(at) + _NODE, source.take("out", count * scale))
            sheet.ribbon(start, end, count * scale, source.colour, hatched=source.hidden, alpha=0.42)
            if count * scale > theme.SMALL + 2 and at + 1 == flow.last:
                sheet.text(end[0] - 5, end[1] + count * scale / 2 + 3.5, count, size=theme.SMALL, align="right")
            if not (source.hidden or target.hidden):
                largest.append((count, f"{source.label} to {target.label} {number(count)}"))
    gathered = _gather(flow, at, left, right)
    largest.sort(key=lambda item: -item[0])
    shown = "; ".join(words for _, words in largest[:3])
    hidden = f" {number(gathered)} run through links that are hidden." if gathered else ""
    stage = f"From {flow.stages[at].title.lower()} to {flow.stages[at + 1].title.lower()}"
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
