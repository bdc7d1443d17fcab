"""The appendix as a page of the site; `print: true` makes the PDF beside it."""

from __future__ import annotations

from collections.abc import Sequence

from compendium.framework.local import Local
from compendium.framework.standards import Framework
from compendium.markdown import escape, pipe_table
from compendium.report import front
from compendium.report.framework_page import beside, found, history, standards, trace
from compendium.report.place import Place

SUBTITLE = "What good help for children looks like. Framework appendix"
LEVELS = "Each criterion is rated on four levels. A rating is for learning: it is no rank, and no service is named."


def page(place: Place, local: Local, versions: Sequence[Framework] = (), *, records: str = "") -> str:
    """The appendix of one locality. `versions`: those of its framework, oldest first; `records`: where its numbers
    come from, in a word or two: it stands on every sheet of the PDF.
    """
    framework, results = local.framework, found.found(place)
    body = [
        *_head(place, local, records),
        *_at_a_glance(framework),
        *(history.adapted_section(local.adapted) if local.adapted else []),
        *(line for one in framework.standards for line in standards.section(one, framework, place, results)),
        *found.conformance(framework, results),
        *trace.section(place, framework),
        *beside.section(framework),
        *history.section(versions, framework),
    ]
    return "\n".join(body) + "\n"


def _head(place: Place, local: Local, records: str) -> list[str]:
    """Front matter and the first words."""
    outline = local.framework.outline
    invented = outline.status == "illustrative"
    mark = f"{'Illustrative standards' if invented else 'Standards'}. {records}".strip()
    said = {"provenance": "illustrative"} if invented else {}
    return [
        *front.matter(
            outline.title,
            subtitle=f"{SUBTITLE}, version {outline.version}",
            **said,
            quick_exit=True,
            print=True,
            print_mark=mark,
            provenance_note=outline.statement,
        ),
        "::: {.screen-only}",
        "[Print this appendix: PDF, A4](framework.pdf)",
        ":::",
        "",
        f"For {escape(place.locality.name)}. {escape(local.how)}. Version {outline.version} of {outline.dated}. "
        "Numbers in it are those that were released here; what none was released for says so.",
        "",
    ]


def _at_a_glance(framework: Framework) -> list[str]:
    levels = [[str(one.level), escape(one.name), escape(one.meaning)] for one in framework.outline.levels]
    rows = [
        [f"[{one.id[1:]}. {escape(one.title)}](#{standards.anchor(one)})", escape(one.statement), one.version]
        for one in framework.standards
    ]
    return [
        "## At a glance {#sec-glance}",
        "",
        pipe_table(
            ["Standard", "In one sentence", "Version"],
            rows,
            caption="The standards at a glance",
            anchor="tbl-standards",
        ),
        "",
        LEVELS,
        "",
        pipe_table(["Level", "Name", "What it means"], levels, caption="The four levels", anchor="tbl-levels"),
        "",
    ]
