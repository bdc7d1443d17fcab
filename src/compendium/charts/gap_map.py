"""Where there are studies and where there are none: form of harm by level of prevention, a panel a setting."""

from __future__ import annotations

from math import sqrt

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.frame import subtitle
from compendium.charts.grid import Key, draw_grid, gap, tidy
from compendium.charts.measure import width_of
from compendium.charts.sheet import Sheet
from compendium.charts.words import in_order, known, number, rows_of


def draw(sheet: Sheet, released: Released) -> str:
    """The area of a circle is the number of studies; a dashed square has none."""
    frame = released.frame
    studies = {
        (str(row.setting), str(row.form), str(row.level)): int(row.studies) if known(row.studies) else 0
        for row in rows_of(released)
    }
    most = max(studies.values())
    subtitle(sheet, str(released.options.get("subtitle") or "Number of studies; a dashed square has none"))

    def paint(key: Key, x: float, y: float, width: float, height: float) -> None:
        count = studies.get(key, 0)
        if not count:
            gap(sheet, x, y, width, height)
            return
        sheet.rect(x + 2, y + 2, width - 4, height - 4, edge=theme.GRID, layer=2)
        radius = (min(width, height) / 2 - 3) * sqrt(count / most)
        words = number(count)
        inside = width_of(words, bold=True) + 4 <= 2 * radius
        shift = 0.0 if inside else (width_of(words, bold=True) + 3) / 2
        middle = x + width / 2 - shift
        sheet.circle(middle, y + height / 2, radius, theme.MAIN)
        if inside:
            sheet.text(middle, y + height / 2 + 4, words, bold=True, align="center", colour=theme.GROUND)
        else:
            sheet.text(middle + radius + 3, y + height / 2 + 4, words, bold=True)

    draw_grid(sheet, in_order(frame["setting"]), in_order(frame["form"]), in_order(frame["level"]), paint)
    return _alt(released, studies)


def _alt(released: Released, studies: dict[Key, int]) -> str:
    frame = released.frame
    cells = len(in_order(frame["setting"])) * len(in_order(frame["form"])) * len(in_order(frame["level"]))
    filled = {key: count for key, count in studies.items() if count}
    largest = sorted(filled, key=lambda key: -filled[key])[:2]
    named = "; ".join(
        f"{filled[setting, form, level]} ({tidy(form)}, {tidy(level).lower()}, {tidy(setting).lower()})"
        for setting, form, level in largest
    )
    return f"{cells - len(filled)} of {cells} combinations have no study." + (
        f" Most studies: {named}." if named else ""
    )
