"""A grid of rows and columns as small multiples on shared row labels: the ground of gap maps and coverage."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from compendium.charts import theme
from compendium.charts.measure import width_of, wrap
from compendium.charts.sheet import Sheet

Key = tuple[str, str, str]  # panel, row, column
Paint = Callable[[Key, float, float, float, float], None]  # x, y of the cell's corner, its width and height
_LABELS = 0.27
_CELL = 30.0  # height
_NARROWEST = 36.0  # width of a cell


def tidy(code: str) -> str:
    """`grooming_solicitation` as `Grooming solicitation`; words that are labels already stay."""
    words = code.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def draw_grid(sheet: Sheet, panels: Sequence[str], rows: Sequence[str], columns: Sequence[str], paint: Paint) -> None:
    """Bands of panels side by side, each with its heading and column heads; `paint` fills a cell."""
    span = sheet.right - sheet.left
    labels = 0.0 if sheet.narrow else min(span * _LABELS, max(width_of(tidy(row)) for row in rows) + 10)
    side_by_side = max(1, min(len(panels), int((span - labels) // (len(columns) * _NARROWEST + 10))))
    panel = (span - labels) / side_by_side
    cell = min((panel - 8) / len(columns), 90.0 if sheet.narrow else 74.0)
    for start in range(0, len(panels), side_by_side):
        band = panels[start : start + side_by_side]
        corners = [sheet.left + labels + at * panel for at in range(len(band))]
        _heads(sheet, band, corners, columns, cell)
        top = sheet.y
        for row in rows:
            height = _CELL
            if sheet.narrow:  # the name of a row stands above it
                sheet.y = sheet.paragraph(sheet.left, sheet.y + 2, tidy(row), span) + 1
            else:
                height = max(_CELL, len(wrap(tidy(row), labels - 8)) * theme.BODY * theme.LEADING + 3)
                sheet.centred(sheet.left, sheet.y + height / 2, tidy(row), labels - 8)
            for x, name in zip(corners, band, strict=True):
                for at, column in enumerate(columns):
                    paint((name, row, column), x + at * cell, sheet.y, cell, height)
            sheet.y += height
        sheet.plot_area(sheet.left + labels, top, corners[-1] + cell * len(columns), sheet.y)
        sheet.y += theme.GAP + 6


def _heads(sheet: Sheet, band: Sequence[str], corners: Sequence[float], columns: Sequence[str], cell: float) -> None:
    """Panel headings, then the names of the columns: level where they fit, else upright."""
    width = cell * len(columns)
    if any(band):
        deepest = max(len(wrap(tidy(name), width, bold=True, most=8)) for name in band)
        for x, name in zip(corners, band, strict=True):
            sheet.paragraph(x, sheet.y, tidy(name), width, bold=True, most=8)
        sheet.y += deepest * theme.BODY * theme.LEADING + 3
    longest = max(width_of(word, theme.SMALL) for column in columns for word in tidy(column).split() or [""])
    level = longest <= cell - 2
    if level:
        lines = max(len(wrap(tidy(column), cell - 2, theme.SMALL, most=8)) for column in columns)
        room = lines * theme.SMALL * theme.LEADING + 3
    else:
        room = max(width_of(tidy(column), theme.SMALL) for column in columns) + 5
    for x in corners:
        for at, column in enumerate(columns):
            middle = x + (at + 0.5) * cell
            if level:
                sheet.paragraph(
                    middle,
                    sheet.y,
                    tidy(column),
                    cell - 2,
                    size=theme.SMALL,
                    colour=theme.QUIET,
                    align="center",
                    most=8,
                )
            else:
                sheet.text(middle + 3, sheet.y + room - 3, tidy(column), size=theme.SMALL, colour=theme.QUIET, angle=90)
    sheet.y += room


def gap(sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    """An empty cell, seen to be empty."""
    sheet.rect(x + 2, y + 2, width - 4, height - 4, edge=theme.AXIS, line=0.9, dashed=True, layer=2)
