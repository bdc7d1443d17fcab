"""History: the versions, what changed from one to the next, and which workshop decided it; what was adapted here."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from compendium.framework.adapting import Adapted
from compendium.framework.compare import Difference, compare, in_words
from compendium.framework.standards import Framework
from compendium.markdown import escape, pipe_table


def section(versions: Sequence[Framework], framework: Framework) -> list[str]:
    """The change log of every standard, and what each version changed in the one before."""
    rows = [
        [
            f"{standard.id[1:]}. {escape(standard.title)}",
            one.version,
            one.dated.isoformat(),
            escape(one.what),
            escape(one.decided_by),
        ]
        for standard in framework.standards
        for one in standard.changes
    ]
    lines = [
        "## History {#sec-history}",
        "",
        "A version is never edited once it is released: a change is a new version, and says who decided it.",
        "",
        pipe_table(
            ["Standard", "Version", "Date", "What changed", "Decided by"],
            rows,
            caption="Change log of every standard",
            anchor="tbl-changes",
        ),
        "",
    ]
    for before, after in pairwise(versions):
        lines += [f"### From {escape(before.name)} to {escape(after.name)}", "", *_said(before, after)]
        lines += [
            _table(compare(before, after), f"tbl-from-{before.outline.version.replace('.', '-')}", before, after),
            "",
        ]
    return lines


def adapted_section(adapted: Adapted) -> list[str]:
    """Side by side, what is said differently here than in the framework this one was made from, and why."""
    base, here = adapted.base, adapted.framework
    touched = list(dict.fromkeys(_standard_of(one) for one in adapted.differences if one.of != "levels"))
    reasons = [[escape(id), escape(adapted.why(id))] for id in touched if adapted.why(id)]
    lines = ["## What was adapted here {#sec-adapted}", "", *_said(base, here)]
    if reasons:
        header = ["Standard", "Why, and who decided it"]
        lines += [pipe_table(header, reasons, caption="Why it was adapted", anchor="tbl-why-adapted"), ""]
    if adapted.differences:
        lines += [_table(adapted.differences, "tbl-adapted", base, here), ""]
    return lines


def compared(before: Framework, after: Framework) -> str:
    """A comparison of two frameworks in words and as a table, in markdown."""
    lines = _said(before, after)
    found = compare(before, after)
    return "\n".join([*lines, *([_table(found, "tbl-compared", before, after)] if found else [])])


def _said(before: Framework, after: Framework) -> list[str]:
    first, *rest = in_words(before, after)
    return [escape(first), "", *[f"- {escape(line)}" for line in rest], ""] if rest else [escape(first), ""]


def _table(found: Sequence[Difference], anchor: str, before: Framework, after: Framework) -> str:
    rows = [[one.of, escape(one.field), one.kind, escape(one.before or "–"), escape(one.after or "–")] for one in found]
    header = ["Of", "Part", "What", escape(before.name), escape(after.name)]
    return pipe_table(header, rows, caption=f"What differs from {escape(before.name)}", anchor=anchor)


def _standard_of(one: Difference) -> str:
    return one.of if one.of.startswith("S") else f"S{one.of.split('.')[0]}"
