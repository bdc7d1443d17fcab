"""An attack on sums and parts together: nobody may learn more about a hidden cell than its own release tells.

Two checks that share nothing. `adds_nothing` adds up what each release tells and compares: every sum must follow from
the parts. `attack_together` plays the intruder: all tables of all localities and the sums, in one system, cell by cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from compendium.across.part import Labels, Part, Table
from compendium.across.sums import Line, Together
from compendium.aggregate import TOTAL, Dimension
from compendium.disclosure.attack import ReleasedTable, attack_tables
from compendium.disclosure.crossing import Shape
from compendium.disclosure.findings import left_standing, look_at
from compendium.disclosure.folder import LEAST, PERSONS
from compendium.disclosure.folder import Together as Group
from compendium.disclosure.intruder import Interval
from compendium.disclosure.known import Bounds
from compendium.disclosure.policy import policies, policy

PLACE = "locality"  # the variable that tells the parts of a sum apart


@dataclass(frozen=True)
class Attacked:
    """What an attack on sums and parts together came to. `learnt`: cells of which the sums tell more, by locality."""

    cells: int
    sums: int
    learnt: tuple[str, ...]


def as_released(table: Table) -> ReleasedTable:
    """A table as the attack reads it. Where persons are counted, no policy is believed that hides nothing."""
    chosen = policies().get(table.policy, policy(LEAST))
    persons = chosen.units != "services" or PERSONS.search(table.unit)
    threshold = policy(LEAST).threshold if chosen.method != "suppress" and persons else chosen.threshold
    shown = {labels: count for labels, count in table.cells.items() if count is not None}
    return ReleasedTable(Shape(table.name, table.dimensions), shown, table.hidden, threshold)


def protected_tables(tables: Sequence[Table]) -> tuple[list[Table], list[str]]:
    """The tables, each with the bounds of its hidden cells; and tables in which something can be found out, if any."""
    groups: dict[str, list[ReleasedTable]] = {}
    for table in tables:
        if table.sensitivity != "public":
            groups.setdefault(table.unit, []).append(as_released(table))
    faults = left_standing(groups)
    bounds: dict[str, dict[Labels, Bounds]] = {}
    for unit, group in sorted(groups.items()):
        found = look_at(Group(unit, tuple(group)))
        faults += found.faults
        for cell in found.cells:
            if cell.interval.verdict == "protected":
                at = tuple(cell.labels.values())
                bounds.setdefault(cell.table, {})[at] = (cell.interval.lowest, cell.interval.highest)
    held = [replace(table, bounds=bounds.get(table.name, {})) for table in tables]
    return held, sorted({fault.partition(":")[0] for fault in faults})


def adds_nothing(sums: Sequence[Together]) -> list[str]:
    """Sums that don't follow from what the parts show: none, unless a line was changed after it was added up."""
    wrong = []
    for one in sums:
        for line in (*one.lines, one.whole):
            for table, number in zip(one.tables, line.parts, strict=True):
                low, high, hidden = _told(table, one.dimension, line)
                wider = number.low <= low and (number.high is None or (high is not None and number.high >= high))
                if not wider or (number.hidden == 0) != (hidden == 0):
                    wrong.append(f"{one.name}: {line.label}")
    return wrong


def _told(table: Table, common: Dimension, line: Line) -> tuple[int, int | None, int]:
    """Lowest, highest and how many are hidden, by plain addition of the cells behind a line."""
    own = next(d for d in table.dimensions if d.variable == common.variable)
    held = set(common.members.get(line.code, ()))
    codes = [TOTAL] if line.code == TOTAL else [c for c, members in own.members.items() if set(members) <= held]
    low, high, hidden = 0, 0 if codes else None, 0
    for labels in (tuple(code if d is own else TOTAL for d in table.dimensions) for code in codes):
        count = table.cells.get(labels)
        least, most = (count, count) if count is not None else table.bounds.get(labels, (0, None))
        low, high, hidden = low + least, None if high is None or most is None else high + most, hidden + (count is None)
    return low, high, hidden


def attack_together(parts: Sequence[Part], sums: Sequence[Together]) -> Attacked:
    """Attack the tables of all parts together with the sums, and compare with what the parts tell without them.

    Raises `DisclosureRefused` when they contradict each other, or are too many to be attacked exactly.
    """
    cells, learnt = 0, []
    for unit, kind in sorted({(one.unit, one.provenance) for one in sums}):
        own = [one for one in sums if (one.unit, one.provenance) == (unit, kind)]
        tables = {
            part.id: [
                t for t in part.tables.values() if (t.unit, t.provenance, t.sensitivity) == (unit, kind, "sensitive")
            ]
            for part in parts
        }
        tables = {id: held for id, held in tables.items() if held}
        alike = _shared(tables)
        laid = [_within(id, table, tables, alike) for id, held in tables.items() for table in held]
        before = _found(laid)
        after = _found([*laid, *(_summed(one, number, alike) for number, one in enumerate(own))])
        cells += len(before)
        learnt += [place for place, interval in before.items() if _narrower(after[place], interval)]
    return Attacked(cells, len(sums), tuple(sorted({f"{table}" for table, *_ in learnt})))


def _narrower(after: Interval, before: Interval) -> bool:
    return (after.lowest, after.highest) != (before.lowest, before.highest)


def _found(tables: Sequence[ReleasedTable]) -> dict[tuple[str, ...], Interval]:
    return {(cell.table, *cell.labels.values()): cell.interval for cell in attack_tables(tables)}


def _shared(tables: Mapping[str, Sequence[Table]]) -> frozenset[str]:
    """Variables that mean the same in every locality: those with the same finest codes wherever they are counted by."""
    codes: dict[str, set[frozenset[str]]] = {}
    for held in tables.values():
        for variable, found in _codes(held).items():
            codes.setdefault(variable, set()).add(found)
    return frozenset(variable for variable, sets in codes.items() if len(sets) == 1)


def _codes(tables: Sequence[Table]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for dimension in (dimension for table in tables for dimension in table.dimensions):
        found.setdefault(dimension.variable, set()).update(*dimension.members.values())
    return {variable: frozenset(codes) for variable, codes in found.items()}


def _within(id: str, table: Table, tables: Mapping[str, Sequence[Table]], alike: frozenset[str]) -> ReleasedTable:
    """A locality's table as a part of the cross-classification of all: its records are those of this place."""
    released = as_released(table)
    dimensions = tuple(
        d if d.variable in alike else replace(d, variable=f"{d.variable} of {id}") for d in released.shape.dimensions
    )
    shape = Shape(f"{id}: {table.name}", dimensions, within={PLACE: (id,)})
    return replace(released, shape=shape)


def _summed(one: Together, number: int, alike: frozenset[str]) -> ReleasedTable:
    """A sum as one more released table. It counts the records of its parts, which may be fewer than all."""
    dimension = one.dimension if one.dimension.variable in alike else None
    lines = [*one.lines, one.whole] if dimension else [one.whole]
    dimensions = (dimension,) if dimension else ()
    counts = dict[Labels, int]()
    bounds = dict[Labels, Bounds]()
    for line in lines:
        labels: Labels = (line.code,) if dimension else ()
        found = line.together
        if found.count is not None:
            counts[labels] = found.count
        else:
            bounds[labels] = (found.low, found.high)
    held = tuple(part.id for part in one.parts)
    return ReleasedTable(Shape(f"sum {number}: {one.name}", dimensions, within={PLACE: held}), counts, (), 0, bounds)
