"""From voice to standard and back: the released trace, drawn and as tables, and what nothing takes up."""

from __future__ import annotations

from compendium.framework.standards import Framework
from compendium.markdown import escape
from compendium.report.framework_page import shown
from compendium.report.place import Place


def section(place: Place, framework: Framework) -> list[str]:
    studies = "; ".join(f"@{study}" for study in framework.outline.orphans.evidence_ids)
    left = f"{escape(framework.outline.orphans.reason)} {studies}." if studies else "None."
    lines = [
        "## From voice to standard, and back {#sec-trace}",
        "",
        "Themes that coders found in the workshops led to priorities, standards, criteria and what is counted; "
        "the pilot then tried them. No word of anybody is here: codes only.",
        "",
        shown.figure(
            place, "voice_to_standard", "fig-voice-to-standard", "From theme to priority to standard to criterion."
        ),
        shown.figure(
            place, "voice_to_result", "fig-voice-to-result", "From standard to criterion, measure and what was found."
        ),
        *_table(place, "trace_from_voice", "Forwards", "From each theme to what the pilot found"),
        *_table(place, "trace_from_result", "Backwards", "From each result back to what was said"),
        *_table(place, "voice_orphans", "What nothing takes up", "Themes, priorities and evidence that lead nowhere"),
    ]
    return [*lines, f"**Evidence left aside on purpose.** {left}", ""]


def _table(place: Place, name: str, title: str, caption: str) -> list[str]:
    record = shown.table(place, name)
    if record is None:
        return [f"**{title}.** {caption}: {shown.NOT_RELEASED} here.", ""]
    record = {
        **record,
        "columns": {key: text for key, text in record["columns"].items() if _says_something(record, key)},
    }
    return [f"### {title}", "", shown.as_table(record, f"tbl-{name.replace('_', '-')}", caption), ""]


def _says_something(record: object, column: str) -> bool:
    """Whether any row of a table has a text in a column."""
    rows = record["rows"] if isinstance(record, dict) else []
    return any(row.get(column) for row in rows)
