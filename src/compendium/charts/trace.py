"""From what was said to what is measured: columns of nodes, a line for each link, and what nobody took up."""

from __future__ import annotations

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.frame import nothing, subtitle
from compendium.charts.grid import tidy
from compendium.charts.measure import shorten, width_of, wrap
from compendium.charts.nodes import Node, title_of
from compendium.charts.outline import draw_outline
from compendium.charts.sheet import Sheet
from compendium.charts.words import listed, plural, rows_of, text

_PAD = 4.0
_BETWEEN = 7.0
_GAP = 30.0  # between columns
_SWEEPS = 6
_MOST = 12  # lines of a label
_NOT_TAKEN_UP = "not taken up"
_NO_SOURCE = "no source"


def draw(sheet: Sheet, released: Released) -> str:
    """Kinds stand in the order of the links; an empty `to_id` is a node that leads nowhere.

    The option `kinds` names the kinds to draw, neighbours in the order of the links.
    """
    columns = _columns(released)
    if not columns:
        return nothing(sheet)
    plain = "Each line is a link; a dashed box has a link missing"
    if sheet.narrow:
        plain = "Each thing stands below what leads to it"
    subtitle(sheet, str(released.options.get("subtitle") or plain))
    kinds = list(columns)
    _find_orphans(columns, kinds)
    if sheet.narrow:
        draw_outline(sheet, columns)
        return _alt(columns)
    widths = _widths(columns, sheet.right - sheet.left - _GAP * (len(kinds) - 1))
    starts = {kind: sheet.left + sum(widths[other] + _GAP for other in kinds[:at]) for at, kind in enumerate(kinds)}
    for kind in kinds:
        title = shorten(title_of(kind, columns), widths[kind], theme.SMALL, bold=True)
        sheet.text(starts[kind], sheet.y + theme.SMALL, title, bold=True, size=theme.SMALL)
    sheet.y += theme.SMALL + 8
    _place(columns, sheet.y, widths)
    bottom = max(node.y + node.height for nodes in columns.values() for node in nodes)
    for kind in kinds:
        for node in columns[kind]:
            _node(sheet, node, starts[kind], widths[kind])
            for target in node.targets:
                start = (starts[kind] + widths[kind], node.middle)
                sheet.link(start, (starts[target.key[0]], target.middle), theme.MAIN)
    sheet.plot_area(sheet.left, sheet.y, sheet.right, bottom)
    sheet.y = bottom + theme.GAP
    return _alt(columns)


def _columns(released: Released) -> dict[str, list[Node]]:
    """Nodes by kind. A kind comes after every kind that links to it."""
    nodes: dict[tuple[str, str], Node] = {}
    follows: dict[str, set[str]] = {}
    wanted = set(released.options.get("kinds") or ())
    for row in rows_of(released):
        start, end = (text(row.from_kind), text(row.from_id)), (text(row.to_kind), text(row.to_id))
        if wanted and not {start[0], end[0] or start[0]} <= wanted:
            continue
        for key, label in ((start, text(row.from_label)), (end, text(row.to_label))):
            if key[1]:
                node = nodes.setdefault(key, Node(key, label or key[1]))
                node.label = label if label and node.label == key[1] else node.label
                follows.setdefault(key[0], set())
        if start[1] and end[1] and start[0] != end[0] and nodes[end] not in nodes[start].targets:
            nodes[start].targets.append(nodes[end])
            nodes[end].sources.append(nodes[start])
            follows[end[0]].add(start[0])
    kinds: list[str] = []
    while len(kinds) < len(follows):
        free = [kind for kind in follows if kind not in kinds and follows[kind] <= set(kinds)]
        kinds.append(free[0] if free else next(kind for kind in follows if kind not in kinds))
    return {kind: [node for node in nodes.values() if node.key[0] == kind] for kind in kinds}


def _find_orphans(columns: dict[str, list[Node]], kinds: list[str]) -> None:
    for nodes in columns.values():
        for node in nodes:
            if not node.targets and node.key[0] != kinds[-1]:
                node.orphan = _NOT_TAKEN_UP
            elif not node.sources and node.key[0] != kinds[0]:
                node.orphan = _NO_SOURCE


def _widths(columns: dict[str, list[Node]], room: float) -> dict[str, float]:
    """Every column holds its title; what room is left goes to those with long labels."""
    least = {}
    for kind, nodes in columns.items():
        words = [title_of(kind, columns), *(node.orphan for node in nodes)]
        least[kind] = max(width_of(word, theme.SMALL, bold=True) for word in words) + 2 * _PAD
    longest = {
        kind: min(max(width_of(node.label, theme.SMALL) for node in nodes), 260.0) for kind, nodes in columns.items()
    }
    spare = max(room - sum(least.values()), 0.0)
    scale = min(1.0, room / sum(least.values()))
    return {kind: least[kind] * scale + spare * longest[kind] / sum(longest.values()) for kind in columns}


def _place(columns: dict[str, list[Node]], top: float, widths: dict[str, float]) -> None:
    """Each column spread over the height of the tallest; sweeps to and fro bring linked nodes level."""
    for kind, nodes in columns.items():
        for node in nodes:
            lines = len(wrap(node.label, widths[kind] - 2 * _PAD, theme.SMALL, most=_MOST)) + (1 if node.orphan else 0)
            node.height = lines * theme.SMALL * theme.LEADING + 2 * _PAD
    tallest = max(sum(node.height for node in nodes) + _BETWEEN * (len(nodes) - 1) for nodes in columns.values())
    for nodes in columns.values():
        _spread(nodes, top, tallest)
    for sweep in range(_SWEEPS):
        for nodes in list(columns.values())[:: -1 if sweep % 2 == 0 else 1]:
            level = {}
            for node in nodes:
                others = (node.targets or node.sources) if sweep % 2 == 0 else (node.sources or node.targets)
                # what nothing links to goes to the foot of its column
                level[node.key] = sum(other.middle for other in others) / len(others) if others else float("inf")
            nodes.sort(key=lambda node, level=level: level[node.key])  # type: ignore[misc]
            _spread(nodes, top, tallest)


def _spread(nodes: list[Node], top: float, tallest: float) -> None:
    free = tallest - sum(node.height for node in nodes)
    y = top if len(nodes) > 1 else top + free / 2
    for node in nodes:
        node.y = y
        y += node.height + free / max(len(nodes) - 1, 1)


def _node(sheet: Sheet, node: Node, x: float, width: float) -> None:
    edge = theme.ACCENT if node.orphan else theme.MAIN
    sheet.rect(x, node.y, width, node.height, theme.GROUND, edge=edge, dashed=bool(node.orphan))
    y = sheet.paragraph(x + _PAD, node.y + _PAD - 1, node.label, width - 2 * _PAD, size=theme.SMALL, most=_MOST)
    if node.orphan:
        sheet.text(x + _PAD, y + theme.SMALL - 1, node.orphan, size=theme.SMALL, bold=True, colour=theme.ACCENT)


def _many(kind: str, count: int) -> str:
    word = tidy(kind).lower()
    return word if count == 1 else plural(word)


def _alt(columns: dict[str, list[Node]]) -> str:
    sizes = listed(f"{len(nodes)} {_many(kind, len(nodes))}" for kind, nodes in columns.items())
    links = sum(len(node.targets) for nodes in columns.values() for node in nodes)
    words = f"{sizes}, joined by {links} links."
    for reason in (_NOT_TAKEN_UP, _NO_SOURCE):
        found = [node.label for nodes in columns.values() for node in nodes if node.orphan == reason]
        if found:
            more = f" and {len(found) - 4} more" if len(found) > 4 else ""
            words += f" {reason.capitalize()}: {'; '.join(found[:4])}{more}."
    return words
