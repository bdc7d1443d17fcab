"""From voice to standard and back: the released trace, drawn and as tables, and what nothing takes up."""

from __future__ import annotations

from compendium.framework.standards import Framework
from compendium.markdown import escape
from compendium.release.derived.trace import BACKWARDS, FORWARDS
from compendium.report import read
from compendium.report.framework_page import shown
from compendium.report.place import Place

TRACE = "voice_to_standard"
ORPHANS = ["from_kind", "from_id", "from_label", "to_label"]


def section(place: Place, framework: Framework) -> list[str]:
    """The trace drawn, as tables forwards and backwards, and what leads nowhere."""
    studies = "; ".join(f"@{study}" for study in framework.outline.orphans.evidence_ids)
    left = f"{escape(framework.outline.orphans.reason)} {studies}." if studies else "None."
    lines = [
        "## From voice to standard, and back {#sec-trace}",
        "",
        "Themes that coders found in the workshops led to priorities, standards, criteria and what is counted; "
        "the pilot then tried them. No word of anybody is here: codes only.",
        "",
        shown.figure(place, TRACE, "fig-voice-to-standard", "From theme to priority to standard to criterion."),
        shown.figure(
            place, "voice_to_result", "fig-voice-to-result", "From standard to criterion, measure and what was found."
        ),
        *_table(place, "trace_from_voice", list(FORWARDS), "Forwards", "From each theme to what the pilot found"),
        *_table(place, "trace_from_result", list(BACKWARDS), "Backwards", "From each result back to what was said"),
        *_table(place, "voice_orphans", ORPHANS, "What nothing takes up", "What leads nowhere, and why"),
    ]
    return [*lines, f"**Evidence left aside on purpose.** {left}", ""]


def priorities(place: Place) -> dict[str, str]:
    """The titles of priorities by their id, as the released trace has them."""
    record = read.released(place, TRACE)
    rows = record["rows"] if record else []
    return {str(row["from_id"]): str(row["from_label"]) for row in rows if row["from_kind"] == "priority"}


def _table(place: Place, name: str, columns: list[str], title: str, caption: str) -> list[str]:
    record = read.released(place, name)
    if record is None:
        return [f"**{title}.** {caption}: {shown.NOT_RELEASED} here.", ""]
    table = shown.as_table(record, columns, f"tbl-{name.replace('_', '-')}", caption)
    return [f"### {title}", "", table, ""]
