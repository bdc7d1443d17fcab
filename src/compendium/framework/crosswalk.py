"""How the standards stand beside published frameworks: what each takes up, and what nobody takes up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from compendium.framework.published import Item
from compendium.framework.schema import Standard
from compendium.framework.standards import Framework

# The parts that a quality standard of NICE has (process guide PMG43, section 1), and where a standard here holds them.
NICE_PARTS: tuple[tuple[str, str, Callable[[Standard], bool]], ...] = (
    ("Statement of one concept", "statement", lambda s: bool(s.statement)),
    ("Rationale", "rationale", lambda s: bool(s.rationale)),
    ("Measures of structure", "measures", lambda s: _measures(s, "structure")),
    ("Measures of process", "measures and criteria", lambda s: _measures(s, "process") or bool(s.criteria)),
    ("Measures of outcome", "measures", lambda s: _measures(s, "outcome")),
    ("What it means for each audience", "audiences", lambda s: bool(s.audiences)),
    ("Source guidance", "guidance", lambda s: bool(s.guidance)),
    ("Definitions of terms", "definitions", lambda s: bool(s.definitions)),
    ("Equality and diversity", "equality", lambda s: bool(s.equality)),
)


@dataclass(frozen=True)
class Crosswalk:
    """For each published framework (its short name): each item, and the ids of the standards that cite it."""

    rows: Mapping[str, tuple[tuple[Item, tuple[str, ...]], ...]]

    def taken(self, source: str) -> tuple[tuple[Item, tuple[str, ...]], ...]:
        """The items of a framework that a standard takes up."""
        return tuple((item, standards) for item, standards in self.rows[source] if standards)

    def gaps(self, source: str) -> tuple[Item, ...]:
        """The items of a framework that no standard takes up."""
        return tuple(item for item, standards in self.rows[source] if not standards)


@dataclass(frozen=True)
class StructurePart:
    """A part of a NICE quality standard, the field that holds it here, and the standards without it."""

    part: str
    field: str
    without: tuple[str, ...]


def crosswalk(framework: Framework) -> Crosswalk:
    """Every item of every cited framework, with the standards that cite it, in the order of the outline.

    Rows of the register about a framework as a whole (`count`, `note`) are no items.
    """
    citing: dict[str, list[str]] = {}
    for standard in framework.standards:
        for key in (*standard.guidance, *standard.equality_guidance):
            citing.setdefault(key, [])
            if standard.id not in citing[key]:
                citing[key].append(standard.id)
    rows: dict[str, list[tuple[Item, tuple[str, ...]]]] = {source: [] for source in framework.outline.sources}
    for key, item in framework.items.items():
        if item.number not in ("count", "note"):
            rows[key.split(":", 1)[0]].append((item, tuple(citing.get(key, ()))))
    return Crosswalk({source: tuple(found) for source, found in rows.items()})


def structure(framework: Framework) -> tuple[StructurePart, ...]:
    """The parts of a NICE quality standard beside the fields of ours."""
    return tuple(
        StructurePart(part, field, tuple(one.id for one in framework.standards if not holds(one)))
        for part, field, holds in NICE_PARTS
    )


def _measures(standard: Standard, kind: str) -> bool:
    return any(measure.kind == kind for measure in standard.measures)
