"""Each proposed table as its checker sees it: true counts beside what would be shown, and why. Private."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from compendium.aggregate import COUNT, TOTAL, Counts, Released, Statistic
from compendium.disclosure.differencing import Difference, true_counts
from compendium.disclosure.known import Labels
from compendium.disclosure.ledger import Entry, cells_of, dimensions_of
from compendium.release.settle import Made

WHY = {"primary": "small itself", "secondary": "would give a small one away"}
SAME = "The same numbers as in release {0}."


@dataclass(frozen=True)
class Cell:
    """One cell or margin: its labels, the true count, what would be shown, why not, and what an intruder can tell."""

    labels: Labels
    codes: Labels
    count: int
    shown: int | None
    why: str
    lowest: int | None
    highest: int | None
    verdict: str


@dataclass(frozen=True)
class CheckedCounts:
    """A table of counts under check."""

    released: Released
    threshold: int
    cells: tuple[Cell, ...]
    because_of_earlier: tuple[Difference, ...]  # small numbers that subtracting an earlier release would leave
    changes: tuple[str, ...]

    @property
    def hidden(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.shown is None]

    def hidden_for(self, reason: str) -> int:
        """How many cells are hidden for `primary` or `secondary` reasons."""
        return sum(cell.why == WHY[reason] for cell in self.cells)


@dataclass(frozen=True)
class CheckedStatistic:
    """A statistic under check: what was proposed beside what would be shown."""

    released: Released
    contributors: int
    proposed: pd.DataFrame
    changes: tuple[str, ...]


def counts_under_check(made: Made, last: Entry | None) -> list[CheckedCounts]:
    """Every proposed table of counts about persons, participants or services, in the order of publication."""
    certificate = made.protected.certificate["tables"]
    found = []
    for name, released in made.released.items():
        aggregate = made.found[name].aggregate
        if isinstance(aggregate, Counts) and _is_checked(released):
            threshold = int(certificate.get(name, {}).get("threshold", 0))
            counts = true_counts(aggregate)
            cells = _cells(released, counts, certificate.get(name, {}), made.protected.reasons.get(name, []))
            differences = tuple(found for found in made.earlier.differences if found.table == name)
            found.append(CheckedCounts(released, threshold, cells, differences, counts_changed(released, last)))
    return found


def statistics_under_check(made: Made, last: Entry | None) -> list[CheckedStatistic]:
    """Every proposed statistic that isn't about public figures."""
    return [
        CheckedStatistic(released, aggregate.contributors, aggregate.frame, _statistic_changed(released, last))
        for name, released in made.released.items()
        if isinstance(aggregate := made.found[name].aggregate, Statistic) and _is_checked(released)
    ]


def counts_changed(released: Released, last: Entry | None) -> tuple[str, ...]:
    """How a table differs from the last release, in words: from numbers that are, or would be, public."""
    if last is None:
        return ("There is no earlier release.",)
    table = last.record["tables"].get(released.name)
    if table is None:
        return (f"Not in release {last.number} of {last.date}.",)
    if [d.categories for d in dimensions_of(table)] != [d.categories for d in released.dimensions]:
        return (f"Other categories than in release {last.number}.",)
    before, now = cells_of(table), _shown(released)
    words = [
        f"{_said(released, labels)}: {_number(before.get(labels))}, now {_number(count)}"
        for labels, count in now.items()
        if before.get(labels) != count
    ]
    return tuple(words) or (SAME.format(last.number),)


def gone(released: Iterable[str], last: Entry | None) -> list[str]:
    """Tables and statistics of the last release that the candidate has no more."""
    before = {*last.record["tables"], *last.record.get("statistics", {})} if last else set()
    return sorted(before - set(released))


def _statistic_changed(released: Released, last: Entry | None) -> tuple[str, ...]:
    if last is None:
        return ("There is no earlier release.",)
    before = last.record.get("statistics", {}).get(released.name)
    if before is None:
        return (f"Not in release {last.number} of {last.date}.",)
    now = [[_plain(value) for value in row] for row in released.frame.itertuples(index=False, name=None)]
    if before["columns"] == [str(column) for column in released.frame.columns] and before["rows"] == now:
        return (SAME.format(last.number),)
    return (f"Other numbers than in release {last.number}: two results for nearly the same people can be subtracted.",)


def _is_checked(released: Released) -> bool:
    return released.origin.sensitivity != "public" and not released.frame.empty


def _cells(
    released: Released, counts: Mapping[Labels, int], certificate: Mapping[str, Any], reasons: Sequence[Any]
) -> tuple[Cell, ...]:
    names = [dimension.name for dimension in released.dimensions]
    proved = {tuple(row[name] for name in names): row for row in certificate.get("cells", [])}
    why = {tuple(row[name] for name in names): row["reason"] for row in reasons}
    return tuple(
        Cell(
            _labels(released, codes),
            codes,
            counts.get(codes, 0),
            shown,
            WHY.get(why.get(codes, ""), why.get(codes, "")),
            proved.get(codes, {}).get("lowest"),
            proved.get(codes, {}).get("highest"),
            str(proved.get(codes, {}).get("verdict", "")),
        )
        for codes, shown in _shown(released).items()
    )


def _shown(released: Released) -> dict[Labels, int | None]:
    names = [dimension.name for dimension in released.dimensions]
    rows = released.frame[[*names, COUNT]].itertuples(index=False, name=None)
    return {tuple(codes): None if pd.isna(count) else int(count) for *codes, count in rows}


def _labels(released: Released, codes: Labels) -> Labels:
    pairs = zip(released.dimensions, codes, strict=True)
    return tuple(TOTAL if code == TOTAL else dimension.categories[code] for dimension, code in pairs)


def _said(released: Released, codes: Labels) -> str:
    return ", ".join(label for label in _labels(released, codes) if label != TOTAL) or "the total"


def _number(count: int | None) -> str:
    return "hidden" if count is None else f"{count:,}"


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return None
    return value.item() if hasattr(value, "item") else value
