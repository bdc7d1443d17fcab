"""The framework appendix: each standard with its criteria, levels, measures and evidence, and the crosswalk."""

from __future__ import annotations

import json

from compendium.framework.crosswalk import crosswalk
from compendium.framework.schema import Criterion, Measure, Standard
from compendium.framework.standards import Framework
from compendium.markdown import escape, pipe_table, slug
from compendium.report.place import Place

ROUNDS = {
    "structure": "what is there",
    "process": "what is done",
    "outcome": "what comes of it",
    "balancing": "what must not get worse",
}
SUBTITLE = "What good help for children looks like. Framework appendix"
LEVELS = "Each criterion is rated on four levels. A rating is for learning: it is no rank, and no service is named."
CROSSWALK = (
    "Which items of published frameworks the standards take up, and which nobody does. Items not read are left out."
)


def page(place: Place, framework: Framework) -> str:
    """The appendix of one locality as a page of the site."""
    outline = framework.outline
    head = [
        "---",
        f"title: {json.dumps(outline.title)}",
        f"subtitle: {json.dumps(f'{SUBTITLE}, version {outline.version}')}",
        "provenance: illustrative",
        "quick-exit: true",
        f"provenance-note: {json.dumps(outline.statement)}",
        "---",
        "",
        '::: {.callout-important title="Illustrative, not the study\'s standards"}',
        escape(outline.statement),
        ":::",
        "",
        LEVELS,
        "",
        pipe_table(
            ["Level", "Name", "What it means"],
            [[str(level.level), escape(level.name), escape(level.meaning)] for level in outline.levels],
            caption="The four levels",
            anchor="tbl-levels",
        ),
        "",
        pipe_table(
            ["Standard", "In one sentence", "Criteria", "Version"],
            [
                [
                    f"[{escape(s.title)}](#sec-{_anchor(s)})",
                    escape(s.statement),
                    ", ".join(c.id for c in s.criteria),
                    s.version,
                ]
                for s in framework.standards
            ],
            caption="The standards at a glance",
            anchor="tbl-standards",
        ),
        "",
    ]
    body = [text for standard in framework.standards for text in _standard(standard, framework)]
    return "\n".join([*head, *body, *_crosswalk(framework), *_orphans(framework)]) + "\n"


def _standard(standard: Standard, framework: Framework) -> list[str]:
    return [
        f"## {standard.id[1:]}. {escape(standard.title)} {{#sec-{_anchor(standard)}}}",
        "",
        f"**{escape(standard.statement)}**",
        "",
        escape(standard.rationale),
        "",
        "::: {.panel-tabset}",
        "",
        "### For children",
        "",
        escape(standard.audiences.children),
        "",
        "### For practitioners",
        "",
        escape(standard.audiences.practitioners),
        "",
        "### For commissioners",
        "",
        escape(standard.audiences.commissioners),
        "",
        ":::",
        "",
        pipe_table(
            ["Criterion", "What is asked", "Counted as", "Where from, how often", "Part"],
            [_criterion(criterion) for criterion in standard.criteria],
            caption=f"Criteria of standard {standard.id[1:]}",
            anchor=f"tbl-criteria-{standard.id[1:]}",
        ),
        "",
        '::: {.callout-note collapse="true" title="Measures, definitions, equality, evidence and changes"}',
        "",
        "**Measures**",
        "",
        *[f"- {_measure(measure)}" for measure in standard.measures],
        "",
        "**Definitions**",
        "",
        *[f"- *{escape(item.term)}*: {escape(item.meaning)}" for item in standard.definitions],
        "",
        f"**Equality.** {escape(standard.equality)}",
        "",
        f"**Priorities it takes up.** {', '.join(standard.priority_ids)}",
        "",
        f"**Evidence.** {'; '.join(f'@{study}' for study in standard.evidence_ids)}. {escape(standard.evidence_note)}",
        "",
        "**Guidance it stands beside**",
        "",
        *[f"- {_item(key, framework)}" for key in (*standard.guidance, *standard.equality_guidance)],
        "",
        "**Changes**",
        "",
        *[
            f"- Version {change.version}, {change.dated.isoformat()}: {escape(change.what)} {escape(change.decided_by)}"
            for change in standard.changes
        ],
        "",
        ":::",
        "",
    ]


def _criterion(criterion: Criterion) -> list[str]:
    counted = f"{escape(criterion.numerator)} / {escape(criterion.denominator)}"
    return [
        criterion.id,
        escape(criterion.text),
        counted,
        f"{escape(criterion.source)}; {escape(criterion.frequency)}",
        criterion.kind,
    ]


def _measure(measure: Measure) -> str:
    counted = f" ({escape(measure.numerator)} / {escape(measure.denominator)})" if measure.numerator else ""
    return f"{measure.kind.capitalize()}, {ROUNDS[measure.kind]}: {escape(measure.text)}{counted}"


def _item(key: str, framework: Framework) -> str:
    item = framework.items[key]
    return f"{escape(item.framework)}, {escape(item.number)}: {escape(item.name)}"


def _crosswalk(framework: Framework) -> list[str]:
    found = crosswalk(framework)
    lines = [
        "## Beside published frameworks {#sec-crosswalk}",
        "",
        CROSSWALK,
        "",
    ]
    rows = []
    for source, items in found.rows.items():
        taken = "; ".join(f"{escape(item.number)} ({', '.join(standards)})" for item, standards in items if standards)
        gaps = "; ".join(f"{escape(item.number)} {escape(item.name)}" for item in found.gaps(source))
        rows.append([escape(framework.outline.sources[source]), taken or "none", gaps or "none"])
    table = pipe_table(
        ["Framework", "Taken up: item (standards)", "Not taken up"],
        rows,
        caption="Crosswalk with gaps",
        anchor="tbl-crosswalk",
    )
    return [*lines, table, ""]


def _orphans(framework: Framework) -> list[str]:
    studies = "; ".join(f"@{study}" for study in framework.outline.orphans.evidence_ids)
    return [
        "## Evidence that no standard takes up {#sec-orphans}",
        "",
        f"{escape(framework.outline.orphans.reason)} {studies}.",
        "",
    ]


def _anchor(standard: Standard) -> str:
    return f"standard-{slug(standard.id)}"
