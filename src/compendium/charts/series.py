"""Counts over months or other periods in order: columns, or a line where there are many; breaks in recording marked."""

from __future__ import annotations

from collections.abc import Sequence

from compendium.aggregate import Dimension, Released
from compendium.charts import theme
from compendium.charts.frame import nothing, subtitle
from compendium.charts.measure import width_of
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
    marks = [mark for mark in released.options.get("break_marks", ()) if mark.get("at") in codes]
    heights = _mark_labels(sheet, plot, marks)
    below = sheet.y
    panels = [(split.categories[code], code) for code in split.categories] if split else [("", "")]
    for label, code in panels:
        counts = [values.get((period, code) if split else (period,)) for period in codes]
        panel(sheet, plot, label, counts, most, tall=len(panels) == 1)
    for height, mark in zip(heights, marks, strict=True):
        x = plot.x(codes.index(mark["at"]))
        sheet.line([(x, height), (x, sheet.y)], theme.ACCENT, 1.3, dash=True, layer=4)
    sheet.plot_area(plot.start, below, plot.end, sheet.y)
    time_axis(sheet, plot, [time.categories[code] for code in codes])
    return _alt(released, (time, split), codes, values, marks)


def _dimensions(released: Released) -> tuple[Dimension, Dimension | None]:
    """The time dimension and the one of the panels."""
    found = next((dimension for dimension in released.dimensions if dimension.ordered), released.dimensions[0])
    time = chosen(released, "x", most=1)[0] if released.options.get("x") else found
    if released.options.get("split"):
        return time, chosen(released, "split", most=1)[0]
    others = [dimension for dimension in released.dimensions if dimension.name != time.name]
    return time, others[0] if len(others) == 1 else None


def _mark_labels(sheet: Sheet, plot: Plot, marks: Sequence[dict[str, str]]) -> list[float]:
    """Words beside the line of each break, on the side with more room; gives the height at which each line begins."""
    heights = []
    for mark in marks:
        x = plot.x(plot.codes.index(mark["at"]))
        right = x > (plot.start + plot.end) / 2
        room = (x - plot.start if right else plot.end - x) - 6
        heights.append(sheet.y + 2)
        sheet.y = sheet.paragraph(
            x - 5 if right else x + 5,
            sheet.y,
            mark.get("label", ""),
            room,
            size=theme.SMALL,
            align="right" if right else "left",
            colour=theme.ACCENT,
        )
    sheet.y += 4 if marks else 0
    return heights


def _alt(
    released: Released,
    dimensions: tuple[Dimension, Dimension | None],
    codes: Sequence[str],
    values: dict[tuple[str, ...], int | None],
    marks: Sequence[dict[str, str]],
) -> str:
    time, split = dimensions
    name = {code: name_of(label) for code, label in time.categories.items()}
    whole = total(released)
    start = f"{number(whole)} {plural(released.unit)}" if whole is not None else plural(released.unit).capitalize()
    words = f"{start} from {name[codes[0]]} to {name[codes[-1]]}"
    single = [(count, key[0]) for key, count in values.items() if count is not None and len(key) == 1]
    if len(single) > 1 and all(count is not None for count in values.values()):
        high, low = max(single), min(single)
        words += f", between {number(low[0])} ({name[low[1]]}) and {number(high[0])} ({name[high[1]]})"
    for part in dict.fromkeys(key[1] for key in values if len(key) == 2):
        known = [(count, key[0]) for key, count in values.items() if key[1] == part and count is not None]
        if known:
            (least, first), (most, last) = min(known), max(known)
            label = split.categories[part] if split else part
            words += f". {label}: between {number(least)} ({name[first]}) and {number(most)} ({name[last]})"
    hidden = sum(count is None for count in values.values())
    said = "".join(f" Marked at {name[mark['at']]}: {mark.get('label', '')}." for mark in marks)
    return f"{words}.{how_many_hidden(hidden)}{said}"
