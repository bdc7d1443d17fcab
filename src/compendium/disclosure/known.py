"""What an intruder already knows beside a new release: earlier releases, public figures, knowledge from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compendium.aggregate import Dimension
from compendium.errors import InputRefused, Problem

Labels = tuple[str, ...]
Period = tuple[str, str]  # first and last whole month, as 2026-03
Bounds = tuple[int, int | None]  # lowest and highest count; equal: exact; highest None: no bound


@dataclass(frozen=True)
class KnownTable:
    """Counts, or bounds of counts, that an intruder has from elsewhere.

    `cells` maps labels (a code or `Total` for each dimension) to lowest and highest; cells it lacks are unknown, so
    a cell hidden in an earlier release is simply left out. Tables of one unit with the same period count the same
    records; of nested or overlapping periods, the records of the months in common; disjoint periods are not linked.
    `source` says in words where the numbers stand; both names appear in certificates, so neither may be private.
    """

    name: str
    source: str
    unit: str
    dimensions: tuple[Dimension, ...]
    period: Period
    cells: Mapping[Labels, Bounds]

    def __post_init__(self) -> None:
        problems = []
        first, last = self.period
        if not (_is_month(first) and _is_month(last) and first <= last):
            problems.append(Problem(self.name, message="A period is a first and a last whole month, as 2026-03."))
        for labels, (low, high) in self.cells.items():
            if len(labels) != len(self.dimensions):
                problems.append(Problem(self.name, message="A cell needs one label for each dimension."))
            if low < 0 or (high is not None and high < low):
                problems.append(Problem(self.name, message="Bounds of a count must be 0 or more, the lowest first."))
        if problems:
            raise InputRefused(problems)

    @property
    def exact(self) -> int:
        """How many cells are known exactly."""
        return sum(low == high for low, high in self.cells.values())


def _is_month(text: str) -> bool:
    year, _, month = text.partition("-")
    return len(year) == 4 and year.isdigit() and len(month) == 2 and month.isdigit() and 1 <= int(month) <= 12
