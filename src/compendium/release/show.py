"""A released object as the markdown that takes a placeholder's place: figure, the table behind it, downloads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from compendium import charts
from compendium.aggregate import Released
from compendium.markdown import attribute, escape, label
from compendium.release import figure, tables, values

NOT_SUPPLIED = "*{title}: this locality supplies no such table.*\n"
ELSEWHERE = "*{title}: on the page [{page}]({link}), made after everything was settled.*\n"
NOTHING = "*{title}: nothing to show.*\n"
HIDDEN = "the number is small, or would give a small one away"
FIGURES = "figures"  # the folder of drawings
FOLDED = 4000  # characters; a longer listing without a figure is folded, one key press away; so is one with `fold`


Draw = Callable[[Released, str], charts.Drawing]  # the chart of a release, and what its files are called


def stem(released: Released) -> str:
    """File name without ending; one of synthetic or illustrative data says so."""
    provenance = released.origin.provenance
    return released.name if provenance == "real" else f"{released.name}.{provenance}"


def drawn_now(released: Released, stem: str) -> charts.Drawing:
    """The chart as it is drawn when none is kept."""
    return charts.draw(released)


def as_markdown(released: Released, out: Path, draw: Draw = drawn_now) -> str:
    """Markdown with a figure (drawn into `out/figures`) and its table, or the table alone."""
    if released.frame.empty:
        words = NOTHING if released.origin.file else NOT_SUPPLIED
        return words.format(title=escape(released.title))
    if page := released.options.get("on_page"):  # [title, link]: laid out there beside what it belongs to
        return ELSEWHERE.format(title=escape(released.title), page=escape(page[0]), link=page[1])
    if released.chart:
        return _figure(released, out, draw)
    table = tables.as_markdown(released)
    whole = f"{table}\n\n{_below(released)}"
    long = (len(table) > FOLDED and released.kind != "counts") or bool(released.options.get("fold"))
    return folded(f"{released.title}: {len(released.frame)} rows", whole) if long else whole


def _figure(released: Released, out: Path, draw: Draw) -> str:
    name = stem(released)
    drawing = draw(released, name)
    sizes = figure.write(drawing, out / FIGURES, name)
    links = {
        "numbers (CSV)": (f"tables/{name}.csv", len(tables.as_csv(released).encode())),
        "drawing (SVG)": (f"figures/{name}.svg", sizes["svg"]),
        "picture (PNG)": (f"figures/{name}.png", sizes["png"]),
    }
    drawn = {"svg": drawing.svg, "narrow.svg": drawing.narrow}
    behind = "\n\n".join(filter(None, [tables.as_markdown(released, behind_figure=True), _small_print(released)]))
    return "\n\n".join(
        [
            figure.shown(_captioned(released), label("fig", released.name), drawing.alt, name, drawn),
            folded("The numbers behind this figure", behind),
            figure.downloads(released.title, links, _whence(released)),
        ]
    )


def folded(title: str, body: str) -> str:
    """Markdown that stands closed under its title until somebody opens it."""
    return f'::: {{.callout-note collapse="true" title="{attribute(title)}"}}\n\n{body}\n:::\n'


def _captioned(released: Released) -> str:
    """The caption, which says what kind of data it is when they aren't real: a picture is copied with its caption."""
    caption = (released.caption or released.title).rstrip(".")
    words = tables.PROVENANCE_WORDS[released.origin.provenance]
    return f"{caption}." if released.origin.provenance == "real" else f"{caption}. {words}."


def _below(released: Released) -> str:
    """Small print under a table: its note, what `hidden` means, where it comes from, its file."""
    size = figure.size_in_words(len(tables.as_csv(released).encode()))
    file = f"{_whence(released)} · Download: [table as CSV, {size}](tables/{stem(released)}.csv)"
    return _small_print(released, file)


def _small_print(released: Released, *more: str) -> str:
    hidden = "status" in released.frame and bool((released.frame["status"] == "hidden").any())
    why = f"*hidden*: {HIDDEN} (rule: {escape(released.policy)})." if hidden else ""
    text = "\n\n".join(text for text in (escape(released.note), why, *more) if text)
    return f"::: {{.table-note}}\n{text}\n:::\n" if text else ""


def _whence(released: Released) -> str:
    return f"[Where this comes from]({values.PAGE}#{values.entry(released.name)})"
