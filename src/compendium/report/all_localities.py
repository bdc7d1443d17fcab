"""The page that lists every locality: which place and months, whose records, which release, which chapters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compendium.across.part import Part
from compendium.markdown import attribute, escape, pipe_table
from compendium.report import front, provenance
from compendium.report.place import Place
from compendium.report.wording import day_in_words, month_in_words

FOLDER, TITLE = "all-localities", "All localities"  # no locality can have this id: it has a hyphen
NONE = "–"
LEAD = """\
::: {.lead}
Every place that this site knows, in the order of their names: which months its records are from, whether they are real
or invented, and which chapters it has.
:::
"""
BROUGHT = """\
Places marked *brought in* are worked on by another team. This site holds the tables that they released, checked against
the hashes and attacked once more, and nothing else; their chapters are on their own sites.
"""


def page(places: Sequence[Place], parts: Sequence[Part], *, together: str = "") -> str:
    """The page. `places`: the localities with chapters here; `parts`: those and the ones brought in, in order."""
    here = {place.locality.id: place for place in places}
    band = provenance.band(kind for part in parts for kind in part.kinds)
    note = "Each row says which records are invented. Invented records are about no real child, case or service."
    said = {"provenance": band, "provenance_note": note} if band and band != provenance.RECORDS else {}
    lines = [*front.matter(TITLE, subtitle="Which places, which months, which records", **said), LEAD]
    lines += [_who(parts, here), "", *([BROUGHT] if any(part.brought for part in parts) else [])]
    if any(place.notebooks for place in places):
        lines += ["## What each has {#sec-chapters}", "", _chapters(places), ""]
    more = [f"- [{together}](together.qmd): what places counted alike, added up and pooled"] if together else []
    more += ["- [Areas side by side](../side-by-side/index.qmd): the pilot, area by area"]
    return "\n".join([*lines, "## Read on {#sec-more}", "", *more, ""])


def _who(parts: Sequence[Part], here: Mapping[str, Place]) -> str:
    rows = [
        [_name(part), _area(part, here), _months(part), _kinds(part), _cases(part), _release(part)] for part in parts
    ]
    header = ["Place", "Area", "Months", "Records", "Cases", "Shown here"]
    return pipe_table(header, rows, right=[4], caption="Every place", anchor="tbl-localities")


def _name(part: Part) -> str:
    if not part.brought:
        return f"[{escape(part.short)}](../{part.id}/index.qmd)"
    return (
        f"[{escape(part.short)}]({part.link}) *(brought in)*" if part.link else f"{escape(part.short)} *(brought in)*"
    )


def _area(part: Part, here: Mapping[str, Place]) -> str:
    """`E06000009, a district, in Lancashire`; what is not an official area says so."""
    place = here.get(part.id)
    force = place.locality.force_area.name if place else ""
    official = ", ".join(escape(word) for word in (part.area, part.level) if word) if part.area else ""
    if not official:
        return escape(force) if force else "no official code"
    return f"{official}; {escape(force)}" if force else official


def _months(part: Part) -> str:
    first, last = (month_in_words(month) for month in part.period)
    return f"{first} to {last}"


def _kinds(part: Part) -> str:
    return " and ".join(sorted(part.kinds)) or NONE


def _cases(part: Part) -> str:
    """How many cases: the total of any table of cases, which is the same in all."""
    totals = [table.total for table in part.tables.values() if table.unit == "case"]
    shown = [total for total in totals if total is not None]
    return f"{shown[0]:,}" if shown else "hidden" if totals else NONE


def _release(part: Part) -> str:
    if part.number:
        what = f"release {part.number}"
        linked = what if part.brought else f"[{what}](../{part.id}/releases.qmd)"
        return f"{linked} of {day_in_words(part.date)}" if part.date else linked
    return (
        f"a release, hash `{part.release[:12]}`" if part.brought else "no release: nothing here rests on a real record"
    )


def _chapters(places: Sequence[Place]) -> str:
    """A column for each chapter that any place has, a link in it where this place has it."""
    titles = {name: title for place in places for name, title in place.notebooks}
    rows = []
    for place in sorted(places, key=lambda place: place.locality.name.casefold()):
        short = place.locality.name.split(" (")[0]
        own = dict(place.notebooks)
        links = [
            f'[read](../{place.locality.id}/{name}.ipynb){{aria-label="read {attribute(f"{title}: {short}")}"}}'
            if name in own
            else NONE
            for name, title in sorted(titles.items())
        ]
        rows.append([escape(short), *links])
    header = ["Place", *(escape(title) for _, title in sorted(titles.items()))]
    return pipe_table(header, rows, caption="Chapters of each place", anchor="tbl-chapters")
