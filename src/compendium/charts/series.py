"""Counts over months or other periods in order: columns, or a line where there are many; breaks in recording marked."""

from __future__ import annotations

from collections.abc import Sequence

from compendium.aggregate import Dimension, Released
from compendium.charts import theme
from compendium.charts.frame import nothing, subtitle
from compendium.charts.measure import shorten, width_of
from compendium.charts.sheet import Sheet
from compendium.charts.time_axis import Plot, name_of, panel, time_axis
from compendium.charts.words import chosen, how_many_hidden, margin, number, plural, total


def draw(sheet: Sheet, released: Released) -> str:
    """Option `x` names the time dimension (else the first ordered one), `split` a panel each.

    `break_marks` is a list of `{"at": period code, "label": words}`.
    """
    time, split = _dimensions(released)
    values = margin(released, [time, split] if split else [time])
    codes = tuple(code for code in time.categories if any(key[0] == code for key in values))
    if not codes:
        return nothing(sheet)
    whole = total(released)
    word = time.title.lower().split()[0]
    every = word if word in {"month", "quarter", "year", "week", "day"} else "period"
    end = f", {number(whole)} in all" if whole is not None else ""
    subtitle(sheet, str(released.options.get("subtitle") or f"Number of {plural(released.unit)} each {every}{end}"))
    most = max([count for count in values.values() if count is not None], default=0)
    plot = Plot(codes, sheet.left + width_of(number(most), theme.SMALL) + 8, sheet.right)
    top = sheet.y
    marks = [mark for mark in released.options.get("break_marks", ()) if mark.get("at") in codes]
    _mark_labels(sheet, plot, marks)
    below = sheet.y
    panels = [(split.categories[code], code) for code in split.categories] if split else [("", "")]
    for label, code in panels:
        counts = [values.get((period, code) if split else (period,)) for period in codes]
        panel(sheet, plot, label, counts, most, tall=len(panels) == 1)
    for at, mark in enumerate(marks):
        x = plot.x(codes.index(mark["at"]))
        first = top + at * theme.SMALL * theme.LEADING + theme.SMALL
        sheet.line([(x, first), (x, sheet.y)], theme.ACCENT, 1.3, dash=True, layer=4)
    sheet.plot_area(plot.start, below, plot.end, sheet.y)
    time_axis(sheet, plot, [time.categories[code] for code in codes])
    return _alt(released, time, codes, values, marks)


def _dimensions(released: Released) -> tuple[Dimension, Dimension | None]:
    """The time dimension and the one of the panels."""
    found = next((dimension for dimension in released.dimensions if dimension.ordered), released.dimensions[0])
    time = chosen(released, "x", most=1)[0] if released.options.get("x") else found
    if released.options.get("split"):
        return time, chosen(released, "split", most=1)[0]
    others = [dimension for dimension in released.dimensions if dimension.name != time.name]
    return time, others[0] if len(others) == 1 else None


def _mark_labels(sheet: Sheet, plot: Plot, marks: Sequence[dict[str, str]]) -> None:
    for mark in marks:
        x = plot.x(plot.codes.index(mark["at"]))
        right = x > (plot.start + plot.end) / 2
        room = (x - plot.start if right else plot.end - x) - 6
        words = shorten(mark.get("label", ""), room, theme.SMALL)
        sheet.text(
            x - 4 if right else x + 4,
            sheet.y + theme.SMALL,
            words,
            size=theme.SMALL,
            align="right" if right else "left",
            colour=theme.ACCENT,
        )
        sheet.y += theme.SMALL * theme.LEADING
    sheet.y += 4 if marks else 0


def _alt(
    released: Released,
    time: Dimension,
    codes: Sequence[str],
    values: dict[tuple[str, ...], int | None],
    marks: Sequence[dict[str, str]],
) -> str:
    name = {code: name_of(label) for code, label in time.categories.items()}
    whole = total(released)
    start = f"{number(whole)} {plural(released.unit)}" if whole is not None else plural(released.unit).capitalize()
    words = f"{start} from {name[codes[0]]} to {name[codes[-1]]}"
    single = [(count, key[0]) for key, count in values.items() if count is not None and len(key) == 1]
    if len(single) > 1 and all(count is not None for count in values.values()):
        high, low = max(single), min(single)
        words += f", between {number(low[0])} ({name[low[1]]}) and {number(high[0])} ({name[high[1]]})"
    hidden = sum(count is None for count in values.values())
    said = "".join(f" Marked at {name[mark['at']]}: {mark.get('label', '')}." for mark in marks)
    return f"{words}.{how_many_hidden(hidden)}{said}"
