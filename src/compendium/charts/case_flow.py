"""A flow through two or three stages whose parts add up, from released cells and margins alone.

A node is a released margin. A ribbon is a released cell of two neighbouring stages. What a node holds beyond its
released ribbons runs through one hatched band: the difference of released numbers, and so nothing new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat

from compendium.aggregate import Dimension, Released
from compendium.charts import theme
from compendium.charts.frame import nothing, subtitle
from compendium.charts.sheet import Align, Sheet, shorten, width_of, wrap
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


def draw(sheet: Sheet, released: Released) -> str:
    """Stages are the dimensions that option `stages` lists, in order; else all of them, three at most."""
    if not len(released.frame):
        return nothing(sheet)
    wanted = [str(name) for name in released.options.get("stages", ())]
    stages = (
        chosen(_named(released, wanted), *wanted, most=len(wanted))
        if wanted
        else list(released.dimensions)[:_MOST_STAGES]
    )
    whole = total(released)
    if not whole or len(stages) < 2:
        return nothing(sheet, "The total is hidden or zero, so no flow can be drawn: see the table.")
    subtitle(
        sheet,
        str(released.options.get("subtitle") or f"{number(whole)} {plural(released.unit)}; the parts add up at every stage"),
    )
    colours = chain(theme.SERIES, repeat(theme.MAIN))
    ends = repeat(_END)  # ribbons carry the colour of where they come from; the last stage has none of its own
    columns = [_nodes(released, stage, whole, ends if stage is stages[-1] else colours) for stage in stages]
    top = sheet.y
    _lay_out(sheet, stages, columns, whole)
    words = [_step(sheet, released, stages, columns, at, whole) for at in range(len(stages) - 1)]
    first, last = _x(sheet, 0, len(stages)), _x(sheet, len(stages) - 1, len(stages)) + _NODE
    sheet.plot_area(first, top + theme.BODY * theme.LEADING + 6, last, sheet.y)
    sheet.y += theme.GAP
    return f"{number(whole)} {plural(released.unit)}. " + " ".join(words)


def _named(released: Released, wanted: Sequence[str]) -> Released:
    """The release with each stage as an option of its own name, as `chosen` reads them."""
    return type(released)(**{**released.__dict__, "options": {name: name for name in wanted}})


def _nodes(released: Released, stage: Dimension, whole: int, colours: Iterator[str]) -> list[_Node]:
    counts = {key[0]: count for key, count in margin(released, [stage]).items()}
    nodes = [
        _Node((code,), stage.categories[code], count, theme.REST if code in stage.missing else next(colours))
        for code in stage.categories
        if (count := counts.get(code)) is not None and count > 0
    ]
    rest = whole - sum(node.count for node in nodes)
    unseen = tuple(code for code in stage.categories if counts.get(code) is None)
    if rest > 0:
        label = "Hidden: " + listed(stage.categories[code] for code in unseen)
        nodes.append(_Node(unseen, label, rest, theme.HIDDEN, hidden=True))
    return nodes


def _x(sheet: Sheet, at: int, stages: int) -> float:
    """Left edge of the nodes of a stage."""
    first, last = sheet.left + _LABEL, sheet.right - _LABEL - _NODE
    return first + (last - first) * at / (stages - 1)


def _lay_out(sheet: Sheet, stages: Sequence[Dimension], columns: list[list[_Node]], whole: int) -> None:
    """Heads, nodes and labels, every column centred; each label has room of its own."""
    scale = _HEIGHT / whole
    top = sheet.y + theme.BODY * theme.LEADING + 6
    line = theme.BODY * theme.LEADING
    slots = []
    for at, nodes in enumerate(columns):
        middle = 0 < at < len(columns) - 1
        rows = [1 if middle else 1 + len(wrap(node.label, _LABEL - 8, most=3)) for node in nodes]
        slots.append([max(node.count * scale, row * line) + 7 for node, row in zip(nodes, rows, strict=True)])
    tallest = max(sum(slot) for slot in slots)
    for at, nodes in enumerate(columns):
        x = _x(sheet, at, len(stages))
        side: Align = "right" if at == 0 else "left"
        edge = x + _NODE if at == 0 else x if at == len(columns) - 1 else x - 20
        title = shorten(stages[at].title, _LABEL + _NODE, bold=True)
        sheet.text(edge, sheet.y + theme.BODY, title, align=side, bold=True, colour=theme.QUIET)
        y = top + (tallest - sum(slots[at])) / 2
        for node, slot in zip(nodes, slots[at], strict=True):
            node.y = y + (slot - node.count * scale) / 2
            if node.hidden:
                sheet.hidden(x, node.y, _NODE, node.count * scale)
            else:
                sheet.rect(x, node.y, _NODE, max(node.count * scale, 0.8), node.colour)
            _label(sheet, node, x, y + slot / 2, at, len(columns))
            y += slot
    sheet.y = top + tallest


def _label(sheet: Sheet, node: _Node, x: float, middle: float, at: int, stages: int) -> None:
    if 0 < at < stages - 1:
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


def _step(
    sheet: Sheet, released: Released, stages: Sequence[Dimension], columns: list[list[_Node]], at: int, whole: int
) -> str:
    """Ribbons between a stage and the next one."""
    scale = _HEIGHT / whole
    cells = margin(released, [stages[at], stages[at + 1]])
    x0, x1 = _x(sheet, at, len(stages)) + _NODE, _x(sheet, at + 1, len(stages))
    left = {id(node): node.count for node in columns[at]}
    right = {id(node): node.count for node in columns[at + 1]}
    largest: list[tuple[int, str]] = []
    for source in columns[at]:
        for target in columns[at + 1]:
            count = sum(cells.get((a, b)) or 0 for a in source.codes for b in target.codes)
            count = min(count, left[id(source)], right[id(target)])
            if count <= 0:
                continue
            left[id(source)] -= count
            right[id(target)] -= count
            start = (x0, source.take("out", count * scale))
            end = (x1, target.take("in", count * scale))
            sheet.ribbon(start, end, count * scale, source.colour, hatched=source.hidden, alpha=0.42)
            if count * scale > theme.SMALL + 2 and at == len(stages) - 2:
                sheet.text(x1 - 5, end[1] + count * scale / 2 + 3.5, number(count), size=theme.SMALL, align="right")
            if not (source.hidden or target.hidden):
                largest.append((count, f"{source.label} to {target.label} {number(count)}"))
    gathered = _gather(sheet, columns, at, (left, right), (x0, x1), scale)
    largest.sort(key=lambda item: -item[0])
    shown = "; ".join(words for _, words in largest[:3])
    hidden = f" {number(gathered)} run through links that are hidden." if gathered else ""
    stage = f"From {stages[at].title.lower()} to {stages[at + 1].title.lower()}"
    return f"{stage}: {f'the largest flows are {shown}' if shown else 'no single flow is shown'}.{hidden}"


def _gather(
    sheet: Sheet,
    columns: list[list[_Node]],
    at: int,
    rests: tuple[dict[int, int], dict[int, int]],
    ends: tuple[float, float],
    scale: float,
) -> int:
    """What the released ribbons leave over runs together into one hatched band and out of it again."""
    rest = sum(rests[0].values())
    if rest <= 0:
        return 0
    x = (ends[0] + ends[1]) / 2
    bottom = max(node.y + node.count * scale for column in columns for node in column)
    top = max(bottom - rest * scale * 0.3, sheet.y - rest * scale)
    into = out = top
    for node in columns[at]:
        thickness = rests[0][id(node)] * scale
        if thickness > 0:
            sheet.ribbon((ends[0], node.take("out", thickness)), (x, into), thickness, theme.HIDDEN, hatched=True)
            into += thickness
    for node in columns[at + 1]:
        thickness = rests[1][id(node)] * scale
        if thickness > 0:
            sheet.ribbon((x, out), (ends[1], node.take("in", thickness)), thickness, theme.HIDDEN, hatched=True)
            out += thickness
    low = top + rest * scale
    sheet.text(x, low + theme.BODY + 3, f"{number(rest)} go by hidden links", align="center", colour=theme.QUIET)
    sheet.y = max(sheet.y, low + theme.BODY + 8)
    return rest
