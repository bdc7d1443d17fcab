"""How the standards stand beside published frameworks: what each takes up, and what nobody takes up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compendium.framework.standards import Framework, Item


@dataclass(frozen=True)
class Crosswalk:
    """For each published framework (its short name): each item, and the ids of the standards that cite it."""

    rows: Mapping[str, tuple[tuple[Item, tuple[str, ...]], ...]]

    def gaps(self, source: str) -> tuple[Item, ...]:
        """The items of a framework that no standard takes up."""
        return tuple(item for item, standards in self.rows[source] if not standards)


def crosswalk(framework: Framework) -> Crosswalk:
    """Every item of every cited framework, with the standards that cite it, in the order of the outline."""
    citing: dict[str, list[str]] = {}
    for standard in framework.standards:
        for key in (*standard.guidance, *standard.equality_guidance):
            citing.setdefault(key, [])
            if standard.id not in citing[key]:
                citing[key].append(standard.id)
    rows: dict[str, list[tuple[Item, tuple[str, ...]]]] = {source: [] for source in framework.outline.sources}
    for key, item in framework.items.items():
        rows[key.split(":", 1)[0]].append((item, tuple(citing.get(key, ()))))
    return Crosswalk({source: tuple(found) for source, found in rows.items()})


def links(framework: Framework) -> list[dict[str, str]]:
    """The part of the trace that the framework itself knows, as rows of the table `framework_links`.

    Priority to standard, standard to criterion, and evidence to standard; `framework/links.csv` is made from it.
    """
    rows = []
    for standard in framework.standards:
        ends = [(priority, "priority", priority) for priority in standard.priority_ids]
        ends += [(study, "evidence", framework.evidence[study]) for study in standard.evidence_ids]
        rows += [_row(end, (standard.id, "standard", standard.title)) for end in ends]
        for criterion in standard.criteria:
            rows.append(_row((standard.id, "standard", standard.title), (criterion.id, "criterion", criterion.text)))
    return rows


def _row(start: tuple[str, str, str], end: tuple[str, str, str]) -> dict[str, str]:
    return {
        "from_id": start[0],
        "from_kind": start[1],
        "from_label": start[2],
        "to_id": end[0],
        "to_kind": end[1],
        "to_label": end[2],
    }
