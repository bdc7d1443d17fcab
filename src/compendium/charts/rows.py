"""Rows of a table-like chart: a label, a lane for marks, a figure; on a narrow sheet the label is above its lane."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from compendium.charts import theme
from compendium.charts.measure import width_of, wrap
from compendium.charts.sheet import Sheet

_PAD = 8.0  # between a label and its lane, and between a lane and its figure
_LANE = 17.0  # height of a lane below its label


@dataclass(frozen=True)
class Rows:
    """Where the parts of a row stand: labels from the left edge, marks from `start` to `end`, figures at the right."""

    sheet: Sheet
    labels: float  # width
    figures: float  # width; 0: none
    start: float
    end: float

    @classmethod
    def on(cls, sheet: Sheet, labels: float, figures: Iterable[str] = (), *, end: float = 0.0) -> Rows:
        """Labels take the width `labels` where they stand beside their lanes; `end` is kept free at the right."""
        span = sheet.right - sheet.left
        wide = max((width_of(words, theme.SMALL, bold=True) for words in figures), default=0.0)
        if sheet.narrow:  # a figure stands on the line of its label, at most half of it
            wide = min(wide, span / 2)
            return cls(sheet, span - (wide + _PAD if wide else 0), wide, sheet.left + 6, sheet.right - max(6.0, end))
        return cls(
            sheet, labels - _PAD, wide, sheet.left + labels, sheet.right - (wide + 12 if wide else 0) - max(end, 0.0)
        )

    def heading(self, words: str) -> None:
        """A bold line over the rows of a group, from edge to edge."""
        sheet, top = self.sheet, self.sheet.y
        sheet.y = sheet.paragraph(sheet.left, top + 7, words, sheet.right - sheet.left, bold=True) + 1
        if sheet.narrow:
            sheet.rect(sheet.left, top + 5, sheet.right - sheet.left, sheet.y - top - 5, theme.GROUND, layer=1.4)

    def row(
        self,
        label: str,
        small: str = "",
        figure: str = "",
        *,
        bold: bool = False,
        strong: bool = False,
        colour: str = theme.INK,
        least: float = theme.ROW,
        lane: float = _LANE,
        most: int = 8,
    ) -> float:
        """Writes a row and gives the height of its lane's middle; the sheet goes on below it.

        `small` stands under the label, `figure` at the right (bold when `strong`); `least` is the height of a row
        whose label stands beside its lane, `lane` that of a lane below its label.
        """
        sheet, line, note = self.sheet, theme.BODY * theme.LEADING, theme.SMALL * theme.LEADING
        words = len(wrap(label, self.labels, bold=bold, most=most)) if label else 0
        under = len(wrap(small, self.labels, theme.SMALL, most=most)) if small else 0
        block, top = words * line + under * note, sheet.y
        height = block + lane + 9 if sheet.narrow else max(least, block + 6)
        if sheet.narrow:  # no line of a grid goes through the words
            sheet.rect(sheet.left, top, sheet.right - sheet.left, block + 4, theme.GROUND, layer=1.4)
        y = top + 4 if sheet.narrow else top + (height - block) / 2 - 0.5
        if label:
            y = sheet.paragraph(sheet.left, y, label, self.labels, bold=bold, colour=colour, most=most)
        if small:
            y = sheet.paragraph(sheet.left, y, small, self.labels, size=theme.SMALL, colour=theme.QUIET, most=most)
        middle = y + lane / 2 if sheet.narrow else top + height / 2
        if figure:
            lines = wrap(figure, self.figures + 1, theme.SMALL, bold=strong, most=2)
            at = top + 4 + theme.BODY if sheet.narrow else middle + theme.SMALL * 0.35 - (len(lines) - 1) * note / 2
            for step, part in enumerate(lines):
                sheet.text(sheet.right, at + step * note, part, size=theme.SMALL, bold=strong, align="right")
        sheet.y = top + max(height, lane + 5)
        return middle


def label_width(sheet: Sheet, labels: Iterable[str], share: float, *, bold: bool = False) -> float:
    """Room that labels beside their lanes need: as much as the longest takes, at most a share of the sheet."""
    longest = max((width_of(label, bold=bold) for label in labels), default=0.0)
    return min(longest + _PAD + 2, (sheet.right - sheet.left) * share)
