"""The standards beside published frameworks: what is taken up, what is not, and what was not read."""

from __future__ import annotations

from compendium.framework.crosswalk import crosswalk, structure
from compendium.framework.standards import Framework
from compendium.markdown import escape, pipe_table

NOT_READ = (
    "A published item that was not read has no row, so that a gap is never an item nobody looked at. Not read: the "
    "sections of General Comment 25 after its principles but for three paragraphs, the criteria under the WHO "
    "standards, later statements of NICE QS179, the texts of the 21 capabilities (their names were)."
)


def section(framework: Framework) -> list[str]:
    """The crosswalk with its gaps, and the make-up of a standard beside that of NICE."""
    found = crosswalk(framework)
    rows = []
    for source, items in found.rows.items():
        taken = "; ".join(
            f"{escape(item.number)} {escape(item.name)} ({', '.join(ids)})" for item, ids in found.taken(source)
        )
        gaps = "; ".join(f"{escape(item.number)} {escape(item.name)}" for item in found.gaps(source))
        size = f"{len(found.taken(source))} of {len(items)}"
        rows.append([escape(framework.outline.sources[source]), size, taken or "none", gaps or "none"])
    parts = [
        [escape(part.part), escape(part.field), "all" if not part.without else f"all but {', '.join(part.without)}"]
        for part in structure(framework)
    ]
    return [
        "## Beside published frameworks {#sec-crosswalk}",
        "",
        "Which items of published frameworks the standards take up, and which nobody does. Names of items are "
        f"shortened. {NOT_READ}",
        "",
        pipe_table(
            ["Framework", "Taken up", "Item (standards)", "Not taken up"],
            rows,
            caption="Crosswalk with gaps",
            anchor="tbl-crosswalk",
        ),
        "",
        "A standard is made up as those of NICE are (process guide PMG43); levels, priorities, and "
        "core and adaptable parts were added.",
        "",
        pipe_table(
            ["Part of a NICE quality standard", "Held here by", "Standards that have it"],
            parts,
            caption="The make-up of each standard beside that of NICE",
            anchor="tbl-nice",
        ),
        "",
    ]
