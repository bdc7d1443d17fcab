"""Stop, amend or go for each criterion declared beforehand: a shape, a word and a colour say it."""

from __future__ import annotations

from typing import Any

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.frame import nothing, subtitle
from compendium.charts.sheet import Sheet
from compendium.charts.words import listed, rows_of, text

_MARK = 84.0  # width of the verdict's column
_ORDER = ("go", "amend", "stop")


def draw(sheet: Sheet, released: Released) -> str:
    """One row a criterion: verdict, value, limits, and for `amend` what is done, by whom and by when."""
    rows = rows_of(released)
    if not rows:
        return nothing(sheet)
    subtitle(sheet, str(released.options.get("subtitle") or "Each criterion against limits declared before the data"))
    top = sheet.y
    x = sheet.left + _MARK
    width = sheet.right - x
    for row in rows:
        verdict = text(row.verdict).lower()
        colour, shape = theme.VERDICTS.get(verdict, (theme.REST, "ring"))
        sheet.line([(sheet.left, sheet.y), (sheet.right, sheet.y)], theme.GRID)
        y = sheet.y + 7
        sheet.mark(sheet.left + 9, y + 7, shape, colour, 7.5)
        sheet.text(
            sheet.left + 23, y + theme.BODY, verdict.capitalize() or "Open", bold=True, colour=theme.words_in(colour)
        )
        y = sheet.paragraph(x, y, text(row.criterion), width, bold=True)
        for words in _lines(row):
            quiet = theme.INK if words == _lines(row)[0] else theme.QUIET
            y = sheet.paragraph(x, y, words, width, size=theme.SMALL, colour=quiet)
        sheet.y = y + 6
    sheet.plot_area(sheet.left, top, sheet.right, sheet.y)
    sheet.y += theme.GAP
    found = {
        verdict: [text(row.criterion) for row in rows if text(row.verdict).lower() == verdict] for verdict in _ORDER
    }
    parts = [f"{len(names)} {verdict}" for verdict, names in found.items() if names]
    others = [f"{verdict.capitalize()}: {listed(found[verdict])}" for verdict in ("amend", "stop") if found[verdict]]
    return f"{len(rows)} criteria: {listed(parts) or 'none decided'}." + "".join(f" {words}." for words in others)


def _lines(row: Any) -> list[str]:
    measure, value = text(row.measure), text(row.value_text)
    lines = [f"{measure}: {value}" if measure else value]
    lines.append(f"Go (green): {text(row.green)}; amend (amber): {text(row.amber)}; else stop (red)")
    if text(row.verdict).lower() == "amend":
        parts = [text(row.remedy), text(row.owner), text(row.due)]
        lines.append("To do: " + ", ".join(filter(None, parts)))
    return lines
