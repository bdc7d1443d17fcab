"""The part of the trace that the framework itself knows, as rows of the table `framework_links`."""

from __future__ import annotations

from collections.abc import Iterator

from compendium import csvfile
from compendium.framework.schema import Criterion
from compendium.framework.standards import Framework

OWN_FILE = "data/framework_links.csv"  # of a locality with a framework of its own
COLUMNS = ("from_id", "from_kind", "from_label", "to_id", "to_kind", "to_label")
End = tuple[str, str, str]  # id, kind, label
NOTHING = "nothing"  # id and kind of the end of evidence that no standard takes up, on purpose


def links(framework: Framework) -> list[dict[str, str]]:
    """Priority and evidence to standard, standard to criterion, criterion to what is counted for it.

    `framework/links.csv` is made from it.
    """
    return [dict(zip(COLUMNS, (*start, *end), strict=True)) for start, end in _ends(framework)]


def as_csv(framework: Framework) -> str:
    """The file of these rows."""
    return csvfile.text_of(COLUMNS, (row.values() for row in links(framework)))


def measure(criterion: Criterion) -> str:
    """What is counted for a criterion, in one line."""
    return f"{criterion.numerator} / {criterion.denominator}"


def _ends(framework: Framework) -> Iterator[tuple[End, End]]:
    for standard in framework.standards:
        here = (standard.id, "standard", standard.title)
        for priority in standard.priority_ids:
            yield (priority, "priority", priority), here
        for study in standard.evidence_ids:
            yield (study, "evidence", framework.evidence[study]), here
        for criterion in standard.criteria:
            asked = (criterion.id, "criterion", criterion.text)
            yield here, asked
            yield asked, (f"M{criterion.id}", "measure", measure(criterion))
    for study in framework.outline.orphans.evidence_ids:
        yield (study, "evidence", framework.evidence[study]), (NOTHING, NOTHING, framework.outline.orphans.reason)
