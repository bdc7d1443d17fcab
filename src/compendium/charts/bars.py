"""Bars for counts by one or two dimensions; the second one as small multiples on one scale."""

from __future__ import annotations

from compendium.aggregate import Dimension, Released
from compendium.charts import theme
from compendium.charts.frame import nothing, subtitle
from compendium.charts.measure import width_of, wrap
from compendium.charts.rows import Rows, label_width
from compendium.charts.sheet import Sheet
from compendium.charts.words import chosen, how_many_hidden, listed, margin, number, plural, total

Values = dict[tuple[str, ...], int | None]
_LABELS = 0.34  # of the width, at most, for row labels
_MOST_PANELS = 3  # side by side
_MOST_TOLD = 6  # numbers that the words give, all of them


def draw(sheet: Sheet, released: Released) -> str:
    """Rows are the dimension of option `y`, panels that of `split`; `order="size"` sorts rows of one dimension."""
    dimensions = chosen(released, "y", "split")
    values = margin(released, dimensions)
    if not values:
        return nothing(sheet)
    rows = [code for code in dimensions[0].categories if any(key[0] == code for key in values)]
    if len(dimensions) == 1 and released.options.get("order") == "size":
        missing = set(dimensions[0].missing)
        rows.sort(key=lambda code: (code in missing, values[(code,)] is None, -(values[(code,)] or 0)))
    _subtitle(sheet, released, dimensions)
    if len(dimensions) == 1:
        _panels(sheet, dimensions[0], rows, [("", theme.MAIN, {row: values[(row,)] for row in rows})], values)
    else:
        split = dimensions[1]
        colours = iter(theme.SERIES)
        panels = []
        for code, label in split.categories.items():
            colour = theme.REST if code in split.missing else next(colours, theme.MAIN)
            panels.append((label, colour, {row: values.get((row, code)) for row in rows if (row, code) in values}))
        for start in range(0, len(panels), _MOST_PANELS):
            _panels(sheet, dimensions[0], rows, panels[start : start + _MOST_PANELS], values)
    return _alt(released, dimensions, values)


def _subtitle(sheet: Sheet, released: Released, dimensions: list[Dimension]) -> None:
    titles = [dimension.title.removesuffix(" (grouped)") for dimension in dimensions]
    by = listed(title[:1].lower() + title[1:] for title in titles)
    whole = total(released)
    end = f", {number(whole)} in all" if whole is not None else ""
    subtitle(sheet, str(released.options.get("subtitle") or f"Number of {plural(released.unit)} by {by}{end}"))


def _panels(
    sheet: Sheet,
    dimension: Dimension,
    rows: list[str],
    panels: list[tuple[str, str, dict[str, int | None]]],
    values: Values,
) -> None:
    """One band of panels that share row labels and scale."""
    names = dimension.categories
    layout = Rows.on(sheet, label_width(sheet, (names[row] for row in rows), _LABELS))
    first = sheet.left if sheet.narrow else layout.start
    panel = (sheet.right - first) / len(panels)
    most = max([count for count in values.values() if count is not None], default=0)
    room = max(panel - 14 - width_of(number(most), bold=True), 8.0)
    starts = [first + at * panel for at in range(len(panels))]
    if any(heading for heading, _, _ in panels):
        deepest = max(len(wrap(heading, panel - 8, bold=True, most=8)) for heading, _, _ in panels)
        for x, (heading, colour, _) in zip(starts, panels, strict=True):
            sheet.paragraph(x, sheet.y, heading, panel - 8, bold=True, colour=theme.words_in(colour), most=8)
        sheet.y += deepest * theme.BODY * theme.LEADING + 4
    top = sheet.y
    for row in rows:
        quiet = row in dimension.missing
        middle = layout.row(names[row], colour=theme.QUIET if quiet else theme.INK)
        for x, (_, colour, counts) in zip(starts, panels, strict=True):
            if row in counts:
                _bar(sheet, (x, middle), counts[row], room / most if most else 0, theme.REST if quiet else colour)
                if sheet.narrow:
                    sheet.line([(x, middle - 9), (x, middle + 9)], theme.AXIS, 1.2, layer=3.5)
    for x in () if sheet.narrow else starts:
        sheet.line([(x, top), (x, sheet.y)], theme.AXIS, 1.2, layer=3.5)
    sheet.plot_area(first, top, sheet.right, sheet.y)
    sheet.y += theme.GAP


def _bar(sheet: Sheet, start: tuple[float, float], count: int | None, scale: float, colour: str) -> None:
    x, middle = start
    top = middle - theme.BAR / 2
    if count is None:
        sheet.hidden(x, top)
        sheet.text(x + theme.SWATCH + 5, middle + 4, "hidden", colour=theme.QUIET)
        return
    sheet.rect(x, top, count * scale, theme.BAR, colour)
    sheet.text(x + count * scale + 5, middle + 4, number(count), bold=True)


def _alt(released: Released, dimensions: list[Dimension], values: Values) -> str:
    """Every number of a short chart, in its order; else the largest three."""
    whole, unit = total(released), plural(released.unit)
    start = f"{number(whole)} {unit} in all" if whole is not None else f"Numbers of {unit}"
    shown = [(key, count) for key, count in values.items() if count is not None]
    largest = sorted(shown, key=lambda item: -item[1])[:3]  # stable: ties keep the order of publication
    told, word = (shown, "") if len(shown) <= _MOST_TOLD else (largest, "the largest numbers are ")
    names = []
    for key, count in told:
        labels = [dimension.categories[code] for dimension, code in zip(dimensions, key, strict=True)]
        names.append(f"{number(count)} ({', '.join(labels)})")
    hidden = sum(count is None for count in values.values())
    return f"{start}{': ' if names else ''}{word}{listed(names)}.{how_many_hidden(hidden)}"
