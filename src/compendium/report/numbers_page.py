"""The page of a locality on where its numbers come from: an entry for every released table, by notebook.

Each number in a sentence leads to the entry of its table; the entry leads on to the table, the cell that published it,
the inputs and the version of the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compendium.aggregate import TOTAL
from compendium.charts.words import plural
from compendium.markdown import escape, label, pipe_table
from compendium.release.show import folded
from compendium.release.tables import PROVENANCE_WORDS
from compendium.release.values import entry
from compendium.report import front
from compendium.report.made import Made, Source, Whole

TITLE = "Where the numbers come from"
SUBTITLE = "Each table with the step that made it, what went in, and the version of the program"
SHOWN = 12  # characters of a hash on the page; `compendium why` tells it whole


def page(whole: Whole, dictionaries: Iterable[str]) -> str:
    """The page of a locality; `dictionaries`: tables that the page on data dictionaries describes."""
    head = front.matter(TITLE, subtitle=SUBTITLE, toc_depth=2, print=False)
    known = set(dictionaries)
    body = [*_words(whole)]
    for notebook in whole.notebooks:
        body += _of_notebook(whole, notebook)
    untold = [made for made in whole.tables.values() if not made.notebook]
    if untold:
        body += ["## Other tables {#sec-made-before}", "", "This release does not say how these were made.", ""]
        body += [line for made in untold for line in _entry(whole, made)]
    return "\n".join([*head, *body, *_sources(whole, known)]) + "\n"


def _words(whole: Whole) -> Iterator[str]:
    yield "::: {.lead}"
    yield "A number in a sentence on these pages is a link. It leads here, to the table that the number stands in."
    yield "From there you can go on: to the table itself, to the step that made it, to the records that went in, and to"
    yield from ("the version of the program.", ":::", "")
    if whole.version:
        yield from (f"These numbers were made by version {escape(whole.version)} of the program.", "")
    yield "A *fingerprint* is short for all bytes of a file: where it is the same, the file is the same. For records of"
    yield "real persons it is made with a secret key, so that nobody can find out by trying what such a file holds."
    yield from ("The command `compendium why` tells the same, by the name of a number or by the address of a page.", "")


def _sources(whole: Whole, dictionaries: set[str]) -> Iterator[str]:
    yield from ("## What went in {#sec-inputs}", "")
    rows = [
        [_source(source, dictionaries), _kind(source), escape(source.source), _file(source)]
        for source in whole.sources.values()
    ]
    if not rows:
        yield from ("Nothing: no table was supplied.", "")
        return
    header = ["Table", "Kind", "Whose records or figures", "File, and how its fingerprint begins"]
    yield from (pipe_table(header, rows, caption="Tables that went in", anchor="tbl-inputs"), "")


def _source(source: Source, dictionaries: set[str]) -> str:
    """Its title with the anchor that entries lead to; what its columns mean is a page away."""
    text = escape(source.title)
    if source.name in dictionaries:
        text = f"[{text}](../../report/dictionaries.qmd#{label('sec-table', source.name)})"
    return f"[{text}]{{#{label('in', source.name)}}}"


def _kind(source: Source) -> str:
    records = source.provenance == "real" and source.sensitivity == "sensitive"
    return "Real records" if records else PROVENANCE_WORDS[source.provenance]


def _file(source: Source) -> str:
    """The name of a file with records of real persons stays private, and its fingerprint is made with a key."""
    digits = source.hash.rpartition(":")[2]
    name = f"{escape(source.file.rpartition('/')[2])} " if source.file else "not named; with a key: "
    return f"{name}`{digits[:SHOWN]}`"


def _of_notebook(whole: Whole, notebook: str) -> Iterator[str]:
    said = whole.notebooks[notebook]
    yield from (f"## {escape(said['title'])} {{#{label('sec-made-by', notebook)}}}", "")
    yield f"Made by [this notebook]({notebook}.ipynb). The version of the program is told by the fingerprint of all its"
    yield from (f"modules that the notebook ran, one after the other: `{said['code'][:SHOWN]}`.", "")
    modules = f"The {len(said['modules'])} modules"
    yield from (folded(modules, ", ".join(f"`{name}`" for name in said["modules"])), "")
    tables = [made for made in whole.tables.values() if made.notebook == notebook]
    for made in sorted(tables, key=lambda made: made.cell):
        yield from _entry(whole, made)


def _entry(whole: Whole, made: Made) -> Iterator[str]:
    yield from (f"### {escape(made.title)} {{#{entry(made.name)}}}", "")
    place = whole.shown(made.name)
    where = f"[See the {'figure' if '#fig-' in place else 'table'}]({place})" if place else "On no page of its own"
    yield f"- {where}. {_what(made)}"
    if made.notebook:
        code = ", ".join(f"`{module}` (`{digest[:SHOWN]}`)" for module, digest in made.code.items())
        step, place = f"cell {made.cell} of the notebook", whole.step(made)
        step = f"[{step}]({place})" if place else step
        version = f"[version of the program](#{label('sec-made-by', made.notebook)})"
        yield f"- Made in {step} by {code}; {version}."
    if made.of:
        parts = [f"[{escape(whole.tables[name].title)}](#{entry(name)})" for name in made.of if name in whole.tables]
        yield f"- Worked out from released tables only: {'; '.join(parts)}."
    if made.inputs:
        parts = [f"[{escape(whole.sources[name].title)}](#{label('in', name)})" for name in made.inputs]
        yield f"- From: {'; '.join(parts)}."
    told = [_told(whole, title, file, names) for (file, title), names in _used(whole, made).items()]
    if told:
        yield f"- Told on: {'; '.join(told)}."
    yield ""


def _what(made: Made) -> str:
    """Unit, total, rule; in words that a reader without the table understands."""
    said = made.said
    if not said["rows"]:
        return "Nothing to show."
    kind = PROVENANCE_WORDS[said["provenance"]]
    if said["sensitivity"] == "public":
        return f"{kind}: nothing is hidden."
    rule = f"{kind}. Rule: [{escape(said['policy'])}](../../report/privacy.qmd#tbl-policies)."
    if said["kind"] != "counts":
        return rule
    total = next((row for row in said["rows"] if all(row[d["name"]] == TOTAL for d in said["dimensions"])), None)
    counted = "hidden" if total is None or total["count"] is None else f"{int(total['count']):,}"
    hidden = f" {made.hidden} of {len(said['rows'])} cells and totals are hidden." if made.hidden else ""
    return f"Counts of {escape(plural(said['unit']))}, {counted} in all. {rule}{hidden}"


def _used(whole: Whole, made: Made) -> dict[tuple[str, str], list[str]]:
    return {(page.file, page.title): names for page, names in whole.used(made.name).items()}


def _told(whole: Whole, title: str, file: str, names: list[str]) -> str:
    texts = list(dict.fromkeys(escape(whole.values[name]["text"]) for name in names))
    listed = f" ({'; '.join(texts)})" if texts else ""
    return f"[{escape(title)}]({file}){listed}"
