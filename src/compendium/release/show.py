"""A released object as the markdown that takes a placeholder's place: figure, the table behind it, downloads."""

from __future__ import annotations

from pathlib import Path

from compendium import charts
from compendium.aggregate import Released
from compendium.markdown import escape, label
from compendium.paths import write_whole
from compendium.release import tables

NOT_SUPPLIED = "*{title}: this locality supplies no such table.*"


def stem(released: Released) -> str:
    """File name without ending; one of synthetic or illustrative data says so."""
    provenance = released.origin.provenance
    return released.name if provenance == "real" else f"{released.name}.{provenance}"


def as_markdown(released: Released, out: Path) -> str:
    """Markdown with a figure (drawn into `out/figures`) and its table, or the table alone."""
    if released.frame.empty:
        return NOT_SUPPLIED.format(title=escape(released.title))
    table = tables.as_markdown(released)
    links = f"Download: [table as CSV](tables/{stem(released)}.csv)"
    if not released.chart:
        return f"{table}\n\n[{links}]{{.downloads}}\n\n{_notes(released)}".rstrip() + "\n"
    drawing = charts.draw(released)
    write_whole(out / "figures" / f"{stem(released)}.svg", drawing.svg)
    write_whole(out / "figures" / f"{stem(released)}.png", drawing.png)
    links += f" · [figure as SVG](figures/{stem(released)}.svg) · [PNG](figures/{stem(released)}.png)"
    anchor = label("fig", released.name)
    alt = drawing.alt.replace("\\", "").replace('"', "'").replace("{{<", "{ {<")
    return (
        f"![{escape(released.caption or released.title)}](figures/{stem(released)}.svg)"
        f'{{#{anchor} fig-alt="{alt}"}}\n\n'
        f'::: {{.callout-note collapse="true" title="The numbers behind this figure"}}\n\n{table}\n\n'
        f"[{links}]{{.downloads}}\n\n:::\n\n{_notes(released)}"
    ).rstrip() + "\n"


def _notes(released: Released) -> str:
    hidden = "status" in released.frame and bool((released.frame["status"] == "hidden").any())
    reason = "a number under the threshold, or one that would give such a number away"
    why = f"*hidden*: {reason} (policy {escape(released.policy)})." if hidden else ""
    return " ".join(text for text in (escape(released.note), why) if text)
