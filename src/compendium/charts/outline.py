"""The trace of links on a narrow sheet: an outline, each thing below what leads to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compendium.charts import theme
from compendium.charts.nodes import Node, title_of
from compendium.charts.sheet import Sheet

_STEP = 14.0  # from one kind to the next
_ABOVE = "(see above)"


def draw_outline(sheet: Sheet, columns: Mapping[str, Sequence[Node]]) -> None:
    """First the kinds, each as far in as its things stand; then every thing, with what is missing said in words."""
    kinds, top = list(columns), sheet.y
    for depth, kind in enumerate(kinds):
        _line(sheet, depth, title_of(kind, columns), bold=True, colour=theme.QUIET)
    sheet.y += theme.GAP
    told: set[tuple[str, str]] = set()
    for depth, kind in enumerate(kinds):
        for node in columns[kind]:
            if depth == 0 or not node.sources:
                _tell(sheet, node, depth, kinds, told)
    sheet.plot_area(sheet.left, top, sheet.right, sheet.y)
    sheet.y += theme.GAP


def _tell(sheet: Sheet, node: Node, depth: int, kinds: Sequence[str], told: set[tuple[str, str]]) -> None:
    """A thing and, below it, what it leads to; what was told before is named and not followed again."""
    before = node.key in told
    told.add(node.key)
    if depth == 0:
        sheet.line([(sheet.left, sheet.y), (sheet.right, sheet.y)], theme.GRID)
        sheet.y += 4
    _line(sheet, depth, f"{node.label} {_ABOVE}" if before and node.targets else node.label, bold=depth == 0)
    if node.orphan:
        _line(sheet, depth, node.orphan, bold=True, colour=theme.ACCENT)
    for target in () if before else node.targets:
        _tell(sheet, target, kinds.index(target.key[0]), kinds, told)
    if depth == 0:
        sheet.y += 3


def _line(sheet: Sheet, depth: int, words: str, *, bold: bool = False, colour: str = theme.INK) -> None:
    x, top = sheet.left + depth * _STEP, sheet.y
    sheet.y = sheet.paragraph(x, top, words, sheet.right - x, size=theme.SMALL, bold=bold, colour=colour) + 2
    for level in range(1, depth + 1):
        at = sheet.left + level * _STEP - 7
        sheet.line([(at, top), (at, sheet.y)], theme.MAIN if level == depth else theme.GRID, 1.2)
