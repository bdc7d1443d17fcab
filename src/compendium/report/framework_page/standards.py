"""One standard on the page: what it asks, for whom, how it is rated and counted, what it leans on."""

from __future__ import annotations

from collections.abc import Mapping

from compendium.framework.schema import Criterion, Measure, Standard
from compendium.framework.standards import Framework
from compendium.markdown import escape, pipe_table
from compendium.report.framework_page import found, trace
from compendium.report.place import Place

ROUNDS = {
    "structure": "what is there",
    "process": "what is done",
    "outcome": "what comes of it",
    "balancing": "what must not get worse",
}


def anchor(standard: Standard) -> str:
    """Where other parts of the appendix link to."""
    return f"sec-standard-{standard.id[1:]}"


def section(standard: Standard, framework: Framework, place: Place, results: found.Found) -> list[str]:
    """One standard with its criteria, what is counted for each, and what was found."""
    number = standard.id[1:]
    return [
        f"## {number}. {escape(standard.title)} {{#{anchor(standard)}}}",
        "",
        f"**{escape(standard.statement)}**",
        "",
        escape(standard.rationale),
        "",
        *_audiences(standard),
        pipe_table(
            ["Criterion", "What is asked", "Part"],
            [[one.id, escape(one.text), one.kind] for one in standard.criteria],
            caption=f"Criteria of standard {number}",
            anchor=f"tbl-criteria-{number}",
        ),
        "",
        found.of_standard(standard, place, results),
        "",
        *_folded("Levels: what each looks like", [text for one in standard.criteria for text in _levels(one)]),
        *_folded(
            "Measures, definitions, equality, evidence and changes",
            _details(standard, framework, trace.priorities(place)),
        ),
    ]


def _audiences(standard: Standard) -> list[str]:
    said = {
        "For children": standard.audiences.children,
        "For practitioners": standard.audiences.practitioners,
        "For commissioners": standard.audiences.commissioners,
    }
    tabs = [line for title, text in said.items() for line in (f"### {title}", "", escape(text), "")]
    return ["::: {.panel-tabset}", "", *tabs, ":::", ""]


def _levels(criterion: Criterion) -> list[str]:
    levels = [f"- Level {one.level}: {escape(one.meaning)}" for one in criterion.levels]
    return [f"**{criterion.id}** {escape(criterion.text)}", "", *levels, ""]


def _details(standard: Standard, framework: Framework, titles: Mapping[str, str]) -> list[str]:
    named = [f"{id} {titles.get(id, '')}".strip() for id in standard.priority_ids]
    guidance = [*standard.guidance, *standard.equality_guidance]
    rows = [
        [one.id, escape(one.numerator), escape(one.denominator), escape(one.source), escape(one.frequency)]
        for one in standard.criteria
    ]
    return [
        "**Measures**",
        "",
        *[f"- {_measure(one)}" for one in standard.measures],
        "",
        pipe_table(["Criterion", "Of these", "Out of these", "Where from", "How often"], rows),
        "",
        "**Definitions**",
        "",
        *[f"- *{escape(one.term)}*: {escape(one.meaning)}" for one in standard.definitions],
        "",
        f"**Equality.** {escape(standard.equality)}",
        "",
        f"**Priorities it takes up.** {escape('; '.join(named) or 'none')}.",
        "",
        f"**Evidence.** {'; '.join(f'@{study}' for study in standard.evidence_ids) or 'none'}. "
        f"{escape(standard.evidence_note)}",
        "",
        "**Guidance it stands beside**",
        "",
        *[f"- {_item(key, framework)}" for key in guidance],
        "",
        "**Changes**",
        "",
        *[
            f"- Version {one.version}, {one.dated.isoformat()}: {escape(one.what)} Decided by: {escape(one.decided_by)}"
            for one in standard.changes
        ],
        "",
    ]


def _folded(title: str, lines: list[str]) -> list[str]:
    return [f'::: {{.callout-note collapse="true" title="{title}"}}', "", *lines, ":::", ""]


def _measure(measure: Measure) -> str:
    counted = f": {escape(measure.numerator)} / {escape(measure.denominator)}" if measure.numerator else ""
    often = "; ".join(escape(text) for text in (measure.source, measure.frequency) if text)
    told = f" ({often})" if often else ""
    return f"{measure.kind.capitalize()}, {ROUNDS[measure.kind]}: {escape(measure.text.rstrip('.'))}{counted}{told}"


def _item(key: str, framework: Framework) -> str:
    item = framework.items[key]
    return f"{escape(item.framework)}, {escape(item.number)}: {escape(item.name)}"
