"""A released object as the markdown that takes a placeholder's place: figure, the table behind it, downloads."""

from __future__ import annotations

from pathlib import Path

from compendium import charts
from compendium.aggregate import Released
from compendium.markdown import escape, label
from compendium.paths import write_whole
from compendium.release import tables

NOT_SUPPLIED = "*{title}: this locality supplies no such table.*\n"
NOTHING = "*{title}: nothing to show.*\n"
FOLDED = 15  # rows; a longer table without a figure is folded, one key press away


def stem(released: Released) -> str:
    """File name without ending; one of synthetic or illustrative data says so."""
    provenance = released.origin.provenance
    return released.name if provenance == "real" else f"{released.name}.{provenance}"


def as_markdown(released: Released, out: Path) -> str:
    """Markdown with a figure (drawn into `out/figures`) and its table, or the table alone."""
    if released.frame.empty:
        words = NOTHING if released.origin.file else NOT_SUPPLIED
        return words.format(title=escape(released.title))
    table = tables.as_markdown(released)
    links = f"Download: [table as CSV](tables/{stem(released)}.csv)"
    if not released.chart:
        whole = f"{table}\n\n[{links}]{{.downloads}}\n\n{_notes(released)}".rstrip() + "\n"
        rows = len(released.frame)
        return (
            _folded(f"{released.title}: {rows} rows", whole) if rows > FOLDED and released.kind != "counts" else whole
        )
    drawing = charts.draw(released)
    write_whole(out / "figures" / f"{stem(released)}.svg", drawing.svg)
    write_whole(out / "figures" / f"{stem(released)}.png", drawing.png)
    links += f" · [figure as SVG](figures/{stem(released)}.svg) · [PNG](figures/{stem(released)}.png)"
    anchor = label("fig", released.name)
    behind = f"{table}\n\n[{links}]{{.downloads}}\n"
    alt = drawing.alt.replace("\\", "").replace('"', "'").replace("{{<", "{ {<")
    return (
        f"![{escape(_captioned(released))}](figures/{stem(released)}.svg)"
        f'{{#{anchor} fig-alt="{alt}"}}\n\n'
        f"{_folded('The numbers behind this figure', behind)}\n{_notes(released)}"
    ).rstrip() + "\n"


def _folded(title: str, body: str) -> str:
    words = title.replace('"', "'").replace("{", "(").replace("}", ")")
    return f'::: {{.callout-note collapse="true" title="{words}"}}\n\n{body}\n:::\n'


def _captioned(released: Released) -> str:
    """The caption, which says what kind of data it is when they aren't real: a picture is copied with its caption."""
    caption = (released.caption or released.title).rstrip(".")
    words = tables.PROVENANCE_WORDS[released.origin.provenance]
    return f"{caption}." if released.origin.provenance == "real" else f"{caption}. {words}."


def _notes(released: Released) -> str:
    hidden = "status" in released.frame and bool((released.frame["status"] == "hidden").any())
    reason = "a number under the threshold, or one that would give such a number away"
    why = f"*hidden*: {reason} (policy {escape(released.policy)})." if hidden else ""
    return " ".join(text for text in (escape(released.note), why) if text)
