"""What an attack on published tables comes to, in sentences: what is shown too small, and what follows too exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from compendium.aggregate import TOTAL
from compendium.disclosure.attack import HiddenCell, ReleasedTable, attack_tables, subtracted
from compendium.disclosure.between_units import AGAIN, PERSON, SERIES, STEP, WHOLE
from compendium.disclosure.folder import Together, in_steps, linked
from compendium.disclosure.intruder import Interval
from compendium.disclosure.known import Bounds
from compendium.errors import DisclosureRefused

STEPS = (10, 5, 3)  # what counts of an unknown tool may be rounded to, the coarsest first


@dataclass(frozen=True)
class Findings:
    """`faults`: what is wrong, a line each. `notes`: how the tables were read."""

    cells: tuple[HiddenCell, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...] = ()


def look_at(group: Together) -> Findings:
    """Attack tables together; bare tables that contradict each other apart, and those rounded as intervals."""
    small = [fault for table in group.tables if group.policy is None for fault in _small_counts(table)]
    try:
        found = _attack(group)
    except DisclosureRefused as refused:
        if group.certain and group.unit:
            return Findings((), (*small, str(refused)))
        found = _apart(group) if len(group.tables) > 1 else _perhaps_rounded(group, str(refused))
        return Findings(found.cells, (*small, *found.faults), found.notes)
    names = ", ".join(table.shape.name for table in group.tables)
    notes = () if group.certain else (f"Attacked together, by columns with the same labels: {names}.",)
    bare = [table.shape.name for table in group.tables if group.unit == "" and _without_margins(table)]
    if bare:
        notes = (*notes, f"No margin was found in {', '.join(bare)}: if there are totals, call them Total.")
    return Findings(found.cells, (*small, *found.faults), (*found.notes, *notes))


def left_standing(groups: Mapping[str, Sequence[ReleasedTable]]) -> list[str]:
    """What released files tell between units after all, a line each: a check that shares nothing with settling.

    `groups`: by unit, its tables as a reader has them.
    """
    cases = groups.get(WHOLE, ())
    hiding = [table.shape.name for table in cases if any(len(_labelled(labels)) <= 1 for labels in table.hidden)]
    series = [
        table.shape.name
        for table in cases
        if table.hidden and SERIES in [dimension.variable for dimension in table.shape.dimensions]
    ]
    wrong = []
    for steps in groups.get(STEP, ()):
        counts = [count for labels, count in steps.counts.items() if TOTAL not in labels]
        if hiding and steps.counts:
            wrong.append(f"{steps.shape.name}: cases less a step may give what {hiding[0]} hides")
        if any(0 < max(counts) - count < steps.threshold for count in counts):
            wrong.append(f"{steps.shape.name}: cases less a step are fewer than {steps.threshold}")
    for persons in groups.get(PERSON, ()):
        variables = [dimension.variable for dimension in persons.shape.dimensions]
        if series and AGAIN in variables and any(len(_labelled(labels)) == 1 for labels in persons.counts):
            wrong.append(f"{persons.shape.name}: suspects of several cases tell what {series[0]} hides")
    return wrong


def _labelled(labels: Sequence[str]) -> list[str]:
    return [label for label in labels if label != TOTAL]


def _without_margins(table: ReleasedTable) -> bool:
    return bool(table.hidden) and not any(TOTAL in labels for labels in (*table.counts, *table.hidden))


def _apart(group: Together) -> Findings:
    alike = linked(group.tables, alike=True)
    if len(alike) == 1:
        alike = [(table,) for table in alike[0]]
    parts = [look_at(replace(group, tables=tables)) for tables in alike]
    names = "; ".join(", ".join(table.shape.name for table in tables) for tables in alike)
    return Findings(
        tuple(cell for part in parts for cell in part.cells),
        tuple(fault for part in parts for fault in part.faults),
        (
            *dict.fromkeys(note for part in parts for note in part.notes),
            f"Attacked apart, since they don't count the same records: {names}.",
        ),
    )


def _perhaps_rounded(group: Together, refused: str) -> Findings:
    """One bare table whose counts don't add up: rounded, when all are multiples of a usual base; else a fault."""
    table = group.tables[0]
    for base in STEPS:
        if table.counts and all(count % base == 0 for count in table.counts.values()):
            try:
                found = _attack(replace(group, tables=(in_steps(table, base),)))
            except DisclosureRefused:
                continue
            note = f"{table.shape.name} doesn't add up as it stands and was read as rounded to {base}."
            return Findings(found.cells, found.faults, (note,))
    return Findings((), (f"{table.shape.name}: {refused}",))


def _attack(group: Together) -> Findings:
    cells = attack_tables(group.tables)
    marks = {(table.shape.name, *labels): bounds for table in group.tables for labels, bounds in table.bounds.items()}
    if group.policy is not None:
        cells = [_as_rounded(cell, marks[_key(cell)]) for cell in cells]
    faults = []
    if away := 0 if group.policy else subtracted(group.tables):
        faults.append(f"{away} groups under the threshold follow from unlike groupings by subtraction")
    by_mark: dict[str, int] = {}
    for cell in cells:
        if cell.interval.verdict == "protected":
            continue
        said = marks.get(_key(cell))
        if group.policy is None and said and (cell.interval.lowest, cell.interval.highest) == said:
            by_mark[cell.table] = by_mark.get(cell.table, 0) + 1
        else:
            faults.append(_sentence(cell))
    faults += [
        f"{table}: {number} cells say by themselves, by a mark such as <10 or a percentage, between which counts they "
        "lie; nothing narrower follows"
        for table, number in by_mark.items()
    ]
    return Findings(tuple(cells), tuple(faults))


def _as_rounded(cell: HiddenCell, printed: Bounds) -> HiddenCell:
    """Under a policy that rounds, a cell is protected when nothing narrows what its printed number stands for."""
    low, high = cell.interval.lowest, cell.interval.highest
    if printed in ((low, high), (0, 0)):
        return replace(cell, interval=Interval(low, high, "protected"))
    return replace(cell, interval=Interval(low, high, "exact" if low == high else "narrow"))


def _key(cell: HiddenCell) -> tuple[str, ...]:
    return (cell.table, *cell.labels.values())


def _sentence(cell: HiddenCell) -> str:
    at_most = "any number" if cell.interval.highest is None else cell.interval.highest
    return (
        f"{cell.table}: {', '.join(f'{name} {label}' for name, label in cell.labels.items())} is "
        f"{cell.interval.verdict}: at least {cell.interval.lowest}, at most {at_most}"
    )


def _small_counts(table: ReleasedTable) -> Sequence[str]:
    """Counts from 1 up to the threshold that are not hidden at all."""
    names = [dimension.name for dimension in table.shape.dimensions]
    return [
        f"{table.shape.name}: {', '.join(f'{n} {c}' for n, c in zip(names, labels, strict=True))} shows a count under "
        f"{table.threshold}"
        for labels, count in table.counts.items()
        if 0 < count < table.threshold
    ]
