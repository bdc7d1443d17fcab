"""Which forms of harm are covered by services, at which level and for which ages; gaps are drawn as gaps."""

from __future__ import annotations

from compendium.aggregate import Released
from compendium.charts import theme
from compendium.charts.frame import subtitle
from compendium.charts.grid import Key, draw_grid, gap, tidy
from compendium.charts.sheet import Sheet
from compendium.charts.words import in_order, known, listed, number, rows_of


def draw(sheet: Sheet, released: Released) -> str:
    """A deeper tint is more services; a dashed square has none; a hatched one isn't shown."""
    frame = released.frame
    services = {
        (str(row.age_band), str(row.form), str(row.level)): int(row.services) if known(row.services) else None
        for row in rows_of(released)
    }
    most = max([count for count in services.values() if count], default=1)
    subtitle(
        sheet, str(released.options.get("subtitle") or "Number of services by age of child; a dashed square has none")
    )

    def paint(key: Key, x: float, y: float, width: float, height: float) -> None:
        count = services.get(key, 0)
        if count is None:
            sheet.hidden(x + 2, y + 2, width - 4, height - 4)
        elif not count:
            gap(sheet, x, y, width, height)
        else:
            deep = min(len(theme.TINTS) - 1, (count - 1) * len(theme.TINTS) // most)
            sheet.rect(x + 2, y + 2, width - 4, height - 4, theme.TINTS[deep], edge=theme.MAIN, line=0.8)
            ink = theme.INK if deep < theme.TINTS_DARK else theme.GROUND
            sheet.text(x + width / 2, y + height / 2 + 4, number(count), bold=True, align="center", colour=ink)

    draw_grid(sheet, in_order(frame["age_band"]), in_order(frame["form"]), in_order(frame["level"]), paint)
    empty = [key for key, count in services.items() if count == 0]
    gaps = [f"{tidy(form)}, {tidy(level).lower()}, {age}" for age, form, level in empty[:3]]
    more = f" and {len(empty) - 3} more" if len(empty) > 3 else ""
    words = f"Gaps: {'; '.join(gaps)}{more}." if gaps else "No combination is without a service."
    hidden = sum(count is None for count in services.values())
    ages = listed(in_order(frame["age_band"]))
    return (
        f"{len(services) - len(empty) - hidden} of {len(services)} combinations have a service (ages {ages}). {words}"
    )
