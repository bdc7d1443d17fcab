"""Released numbers over time, a panel each, with the changes in recording marked by letters and told below.

Panels have scales of their own. A mark is a dashed line at the start of its period with its letter; the words stand
under the chart, so that nothing is told by colour or place alone.
"""

from __future__ import annotations

import re

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.frame import nothing, subtitle
from compendium.charts.measure import width_of
from compendium.charts.sheet import Sheet
from compendium.charts.time_axis import Plot, name_of, panel, time_axis
from compendium.charts.words import HIDDEN, number, plural, rows_of, text

_ENDS = {"period", "mark", "changed", "from_month", "to_month"}
_NUMBER = re.compile(r"[\d,]+")
_GAP = "not published"
_LETTER = theme.SMALL + 5


def draw(sheet: Sheet, released: Released) -> str:
    """A panel for each column of numbers. Option `panels`: names of the columns to draw (else all of them)."""
    rows = rows_of(released)
    names = [name for name in released.columns if name not in _ENDS]
    names = [name for name in names if name in released.options.get("panels", names)]
    if not rows or not names:
        return nothing(sheet)
    marks = [(at, text(row.mark), text(row.changed)) for at, row in enumerate(rows) if text(row.mark)]
    gap = any(text(getattr(row, name)) == _GAP for row in rows for name in names)
    plain = (
        f"Number of {plural(released.unit)}; each panel has its own scale"
        if len(names) > 1
        else f"Number of {plural(released.unit)}"
    )
    words = str(released.options.get("subtitle") or plain)
    hidden = any(text(getattr(row, name)) == HIDDEN for row in rows for name in names)
    words += ". Hatched means hidden; it may be none" if hidden else ""
    subtitle(sheet, words + (". A dash or a gap: nothing was published" if gap else ""))
    codes = tuple(text(row.from_month) if row.from_month == row.to_month else text(row.period) for row in rows)
    columns = {name: [text(getattr(row, name)) for row in rows] for name in names}
    counts = {name: [_count(cell) for cell in cells] for name, cells in columns.items()}
    widest = max(width_of(number(_most(values)), theme.SMALL) for values in counts.values())
    plot = Plot(codes, sheet.left + widest + 8, sheet.right)
    top = sheet.y
    _letters(sheet, plot, marks)
    below = sheet.y
    for name in names:
        gaps = {at for at, cell in enumerate(columns[name]) if cell == _GAP}
        label = released.columns[name] if len(names) > 1 else ""
        panel(sheet, plot, label, counts[name], _most(counts[name]), tall=len(names) == 1, gaps=gaps)
    for at, _, _ in marks:
        sheet.line([(plot.x(at), top), (plot.x(at), sheet.y)], theme.ACCENT, 1.3, dash=True, layer=4)
    sheet.plot_area(plot.start, below, plot.end, sheet.y)
    time_axis(sheet, plot, codes)
    _told(sheet, [changed for _, _, changed in marks])
    return _alt(released, codes, [(released.columns[name], counts[name]) for name in names], marks)


def _count(cell: str) -> int | None:
    return int(cell.replace(",", "")) if _NUMBER.fullmatch(cell) else None


def _most(counts: list[int | None]) -> int:
    return max((count for count in counts if count is not None), default=0)


def _letters(sheet: Sheet, plot: Plot, marks: list[tuple[int, str, str]]) -> None:
    """The letters above the panels, at their periods; those that would touch stand on a second line."""
    if not marks:
        return
    ends = [0.0, 0.0]
    for at, letters, _ in marks:
        width = width_of(letters, theme.SMALL, bold=True)
        x = min(plot.x(at) + 4, plot.end - width)  # beside its line, as a flag
        line = 0 if x > ends[0] + 3 else 1
        ends[line] = x + width
        y = sheet.y + theme.SMALL * (1 + 1.1 * line)
        sheet.text(x, y, letters, size=theme.SMALL, bold=True, colour=theme.ACCENT)
    sheet.y += _LETTER + (theme.SMALL if ends[1] else 0)


def _told(sheet: Sheet, marked: list[str]) -> None:
    """What each letter means, a line each."""
    for changed in (one for changes in marked for one in changes.split("; ")):
        width = sheet.right - sheet.left
        sheet.y = sheet.paragraph(sheet.left, sheet.y, changed, width, size=theme.SMALL, colour=theme.ACCENT)
    sheet.y += theme.GAP / 2 if marked else 0


def _alt(
    released: Released,
    codes: tuple[str, ...],
    panels: list[tuple[str, list[int | None]]],
    marks: list[tuple[int, str, str]],
) -> str:
    first, last = name_of(codes[0]), name_of(codes[-1])
    said = []
    for title, counts in panels:
        known = [(count, at) for at, count in enumerate(counts) if count is not None]
        if not known:
            said.append(f"{title}: no number shown")
            continue
        (low, low_at), (high, high_at) = min(known), max(known)
        where = f"{number(low)} ({name_of(codes[low_at])}) and {number(high)} ({name_of(codes[high_at])})"
        said.append(f"{title}: between {where}")
    told = (
        f" Marked: {'; '.join(changed for _, _, changed in marks)}." if marks else " No change in recording is marked."
    )
    unit = plural(released.unit).capitalize()
    return f"{unit} over {len(codes)} periods, the first {first}, the last {last}. {'. '.join(said)}.{told}"
