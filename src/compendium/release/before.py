"""What earlier releases ask of a new one: what is known from them, what they hid, what the records now contradict.

- What was released is known, also after it was withdrawn.
- A cell that the last release of the same months hid stays hidden: the same records give the same mask.
- Records that contradict a standing release are refused: a released number never changes in silence.
- After a withdrawal the corrected records may be released. The withdrawn numbers then count other records and say
  nothing certain of these; cells that differ from them by less than the threshold are hidden, since what is left when
  one is taken from the other would be the correction of a few records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from compendium.aggregate import COUNT, Counts, Dimension, Released
from compendium.disclosure.differencing import (
    Difference,
    Numbers,
    contradictions,
    small_changes,
    small_differences,
    true_counts,
)
from compendium.disclosure.known import KnownTable, Labels, Period
from compendium.disclosure.ledger import Entry, cells_of, dimensions_of, known_tables
from compendium.disclosure.policy import policy_for
from compendium.errors import DisclosureRefused, Problem
from compendium.release.ledger_files import Ledger

NAMED = 3  # cells of a contradiction that a message names


@dataclass(frozen=True)
class Before:
    """`known`: tables that an intruder has; `hide`: by new table, the cells that may not be shown.

    `differences`: small numbers that would be left if one were taken from the other. Private: their words hold counts.
    """

    known: tuple[KnownTable, ...]
    hide: Mapping[str, frozenset[Labels]]
    differences: tuple[Difference, ...]


def before(ledger: Ledger, counts: Mapping[str, Counts], period: Period, *, policy: str | None, real: bool) -> Before:
    """What the releases of `ledger` ask of new tables `counts` of `period`. `real`: these count records of real people.

    Releases of synthetic records say nothing of real ones, and the reverse, so they are left aside.
    Raises `DisclosureRefused` when the records contradict a standing release: both tables and the cells are named.
    """
    releases = [entry for entry in ledger.entries if entry.kind == "release" and entry.real == real]
    new = []
    for name, table in counts.items():
        chosen = policy_for(name, table, policy)
        if chosen.method == "suppress" and not table.frame.empty:
            true = true_counts(table)
            new.append(Numbers(name, table.unit, table.dimensions, period, true, chosen.threshold))
    stand = {entry.number for entry in ledger.standing}
    hide = {numbers.name: set(_hidden_before(releases, numbers)) for numbers in new}
    kept, refused = [], []
    for entry in releases:
        told = known_tables([entry])
        against = [found for numbers in new for found in contradictions(numbers, told)]
        if against and entry.number in stand:
            refused.append(_refusal(entry, against, ledger.locality))
        elif against:
            for numbers in new:
                hide[numbers.name] |= {found.labels for found in small_changes(numbers, told)}
        else:
            kept.append(entry)
    if refused:
        raise DisclosureRefused(refused)
    known = known_tables(kept)
    differences = tuple(found for numbers in new for found in plainest(small_differences(numbers, known)))
    return Before(known, {name: frozenset(cells) for name, cells in hide.items() if cells}, differences)


def plainest(differences: Iterable[Difference]) -> list[Difference]:
    """One difference a cell: that with the earlier table of the same name, if there is one."""
    best: dict[tuple[str, Labels], Difference] = {}
    for found in sorted(
        differences, key=lambda found: (not found.earlier.startswith(f"{found.table} "), found.earlier)
    ):
        best.setdefault((found.table, found.labels), found)
    return list(best.values())


def still_left(
    released: Iterable[Released], period: Period, known: Sequence[KnownTable], thresholds: Mapping[str, int]
) -> list[Difference]:
    """Small numbers that published cells leave when known tables are taken from them: none, if settling is right.

    A check of its own, by plain subtraction, that shares nothing with the attack. `thresholds`: by table, the least
    count that may be shown; tables without one are left out.
    """
    found = []
    for item in released:
        least = thresholds.get(item.name, 0)
        if least and item.kind == "counts" and item.origin.sensitivity != "public" and not item.frame.empty:
            names = [dimension.name for dimension in item.dimensions]
            rows = item.frame[item.frame[COUNT].notna()][[*names, COUNT]].itertuples(index=False, name=None)
            shown = {tuple(codes): int(count) for *codes, count in rows}
            found += small_differences(Numbers(item.name, item.unit, item.dimensions, period, shown, least), known)
    return found


def in_public(differences: Sequence[Difference]) -> list[Problem]:
    """Which pairs of tables leave small numbers, without the numbers: what a refusal may say."""
    pairs = {found.pair: found.said for found in reversed(differences)}
    return [
        Problem(message=f"{pair} leaves a small number in {where}.", remedy="")
        for pair, where in sorted(pairs.items())[:NAMED]
    ]


def _hidden_before(releases: Iterable[Entry], new: Numbers) -> list[Labels]:
    """The cells that the last release of the same months hid in the table of this name and these categories."""
    for entry in reversed(list(releases)):
        table = entry.record["tables"].get(new.name)
        if table and entry.period == new.period and _shape(dimensions_of(table)) == _shape(new.dimensions):
            return [labels for labels, count in cells_of(table).items() if count is None]
    return []


def _shape(dimensions: Iterable[Dimension]) -> list[tuple[str, str, dict[str, tuple[str, ...]]]]:
    return [(dimension.name, dimension.variable, dict(dimension.members)) for dimension in dimensions]


def _refusal(entry: Entry, against: list[Difference], locality: str) -> Problem:
    first = against[0]
    where = list(dict.fromkeys(found.said for found in against if found.pair == first.pair))
    more = f" and {len(where) - NAMED} more" if len(where) > NAMED else ""
    return Problem(
        f"localities/{locality}/ledger/{entry.number:04}.json",
        message=f"{first.table} and {first.earlier} contradict each other ({'; '.join(where[:NAMED])}{more}).",
        remedy=(
            "If the records are wrong, mend them. If the release was, withdraw it "
            f'(`compendium release {locality} --withdraw {entry.number} --reason "…"`); cells that the correction '
            "changes by a small number are then hidden."
        ),
    )
