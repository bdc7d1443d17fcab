"""A released object as the markdown that takes a placeholder's place: figure, the table behind it, downloads."""

from __future__ import annotations

from pathlib import Path

from compendium import charts
from compendium.aggregate import Released
from compendium.markdown import attribute, escape, label
from compendium.paths import write_whole
from compendium.release import tables, values

NOT_SUPPLIED = "*{title}: this locality supplies no such table.*\n"
ELSEWHERE = "*{title}: on the page [{page}]({link}), made after everything was settled.*\n"
NOTHING = "*{title}: nothing to show.*\n"
HIDDEN = "the number is small, or would give a small one away"
FOLDED = 4000  # characters; a longer listing without a figure is folded, one key press away; so is one with `fold`


def stem(released: Released) -> str:
    """File name without ending; one of synthetic or illustrative data says so."""
    provenance = released.origin.provenance
    return released.name if provenance == "real" else f"{released.name}.{provenance}"


def as_markdown(released: Released, out: Path) -> str:
    """Markdown with a figure (drawn into `out/figures`) and its table, or the table alone."""
    if released.frame.empty:
        words = NOTHING if released.origin.file else NOT_SUPPLIED
        return words.format(title=escape(released.title))
    if page := released.options.get("on_page"):  # [title, link]: laid out there beside what it belongs to
        return ELSEWHERE.format(title=escape(released.title), page=escape(page[0]), link=page[1])
    if released.chart:
        return _figure(released, out)
    table = tables.as_markdown(released)
    whole = f"{table}\n\n{_below(released)}"
    long = (len(table) > FOLDED and released.kind != "counts") or bool(released.options.get("fold"))
    return folded(f"{released.title}: {len(released.frame)} rows", whole) if long else whole


def _figure(released: Released, out: Path) -> str:
    drawing = charts.draw(released)
    write_whole(out / "figures" / f"{stem(released)}.svg", drawing.svg)
    write_whole(out / "figures" / f"{stem(released)}.png", drawing.png)
    files = f" · [figure as SVG](figures/{stem(released)}.svg) · [figure as PNG](figures/{stem(released)}.png)"
    behind = f"{tables.as_markdown(released, behind_figure=True)}\n\n{_below(released, files)}"
    return (
        f"![{escape(_captioned(released))}](figures/{stem(released)}.svg)"
        f'{{#{label("fig", released.name)} fig-alt="{attribute(drawing.alt)}"}}\n\n'
        f"{folded('The numbers behind this figure', behind)}"
    )


def folded(title: str, body: str) -> str:
    """Markdown that stands closed under its title until somebody opens it."""
    return f'::: {{.callout-note collapse="true" title="{attribute(title)}"}}\n\n{body}\n:::\n'


def _captioned(released: Released) -> str:
    """The caption, which says what kind of data it is when they aren't real: a picture is copied with its caption."""
    caption = (released.caption or released.title).rstrip(".")
    words = tables.PROVENANCE_WORDS[released.origin.provenance]
    return f"{caption}." if released.origin.provenance == "real" else f"{caption}. {words}."


def _below(released: Released, files: str = "") -> str:
    """Small print under a table: its note, what `hidden` means, the files."""
    hidden = "status" in released.frame and bool((released.frame["status"] == "hidden").any())
    why = f"*hidden*: {HIDDEN} (rule: {escape(released.policy)})." if hidden else ""
    whence = f"[Where this comes from]({values.PAGE}#{values.entry(released.name)})"
    links = f"{whence} · Download: [table as CSV](tables/{stem(released)}.csv){files}"
    text = "\n\n".join(text for text in (escape(released.note), why, links) if text)
    return f"::: {{.table-note}}\n{text}\n:::\n"
