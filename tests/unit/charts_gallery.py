"""Writes `docs/reference/charts.md` and its pictures: one small, made-up release for each kind of chart.

Run in the root after a change of how charts look: `python -m tests.unit.charts_gallery`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from compendium.charts import draw
from compendium.markdown import escape
from tests.unit.charts_samples import SAMPLES

ROOT = Path(__file__).resolve().parents[2]
PAGE, PICTURES = ROOT / "docs" / "reference" / "charts.md", ROOT / "docs" / "images" / "charts"
FOR = {  # kind: what it is for
    "areas": "Counts by area: tiles for persons and invented records, outlines for real services",
    "bars": "Counts by one or two dimensions, the second as panels on one scale",
    "beside": "Need beside provision by group of areas",
    "bounds": "Shares from the least to the most that they can be, whatever the missing ones were",
    "case_flow": "A flow whose parts add up at every step",
    "competing": "What had come of cases by each month",
    "concentration": "Measures of concentration beside what chance alone gives",
    "consensus": "Each group's median for each item; who differs is named",
    "coverage": "Which combinations have a service; gaps drawn as gaps",
    "flow": "Boxes from top to bottom, what leaves beside them",
    "forest": "Estimates with intervals, pooled or as a range",
    "gap_map": "Where there are studies and where there are none",
    "lorenz": "A Lorenz curve and the band that chance alone gives",
    "map": "Public, real figures on outlines",
    "missing": "Shares of records that do not say",
    "months": "Counts over months, with breaks in recording marked",
    "network": "Links in and out of each service, and who has none",
    "paired": "Before and after, and the shift with its interval",
    "periods": "Counts over periods, a panel for each category",
    "prisma": "The PRISMA 2020 flow of a search",
    "progression": "Go, amend or stop for each criterion",
    "rates": "Rates for every 1,000 children, each with its number and children",
    "scores": "Mean scores, or gaps between two, with intervals",
    "tile_grid": "Counts by area on tiles that are no map",
    "timeline": "Series of published numbers with changes of recording told below",
    "trace": "From what was said to what is measured; what nobody took up",
    "unevenness": "The Gini of many groups beside chance",
    "unevenness_months": "The Gini month by month beside chance",
}
HEAD = """# Charts

One of each kind, from small tables made up for the tests. How charts are made, and why:
[explanation](../explanation/charts.md);
how to add a kind: [how-to](../how-to/extend.md#a-chart). Options of each kind: `src/compendium/charts/__init__.py`.
Each has a second drawing for telephones, made from the same table; three of them stand at the end.

Written by `python -m tests.unit.charts_gallery`.
"""
NARROW = ("case_flow", "forest", "trace")


def write() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    parts, below = [HEAD], ["## For telephones\n"]
    for kind, purpose in sorted(FOR.items()):
        drawing = draw(replace(SAMPLES[kind], title=purpose))
        (PICTURES / f"{kind}.svg").write_bytes(drawing.svg)
        parts.append(f"## `{kind}`\n\n![{escape(drawing.alt)}](../images/charts/{kind}.svg)\n")
        if kind in NARROW:
            (PICTURES / f"{kind}.narrow.svg").write_bytes(drawing.narrow)
            below.append(f"![`{kind}` on a telephone](../images/charts/{kind}.narrow.svg)\n")
    PAGE.write_text("\n".join([*parts, *below]), encoding="utf-8")


if __name__ == "__main__":
    write()
