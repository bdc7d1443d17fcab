"""What an intruder already knows beside a new release: earlier releases, public figures, knowledge from outside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from compendium.aggregate import COUNT, Counts, Dimension
from compendium.errors import InputRefused, Problem

OUTSIDE = "outside knowledge"  # how the source of such tables begins
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
    def outside(self) -> bool:
        """Whether it is knowledge from outside, which the certificate may use but not repeat."""
        return self.source.startswith(OUTSIDE)


def known_rows(tables: Iterable[KnownTable]) -> list[dict[str, Any]]:
    """What a certificate says of the tables that were attacked together with the new ones. JSON-able."""
    return [
        {
            "name": table.name,
            "source": table.source,
            "unit": table.unit,
            "from": table.period[0],
            "to": table.period[1],
            "cells": len(table.cells),
        }
        for table in tables
    ]


def public_figures(tables: Mapping[str, Counts], unit: str, period: Period | None) -> list[KnownTable]:
    """Public tables of the same unit as sensitive ones: official figures of the same records, which anybody has.

    Figures of real records say nothing about synthetic ones, so only tables of one provenance are held together.
    """
    kinds = {
        counts.origin.provenance
        for counts in tables.values()
        if counts.unit == unit and counts.origin.sensitivity != "public"
    }
    return [
        KnownTable(name, "public figures", unit, counts.dimensions, period, _cells(counts))
        for name, counts in tables.items()
        if period
        and counts.unit == unit
        and counts.origin.sensitivity == "public"
        and counts.origin.provenance in kinds
        and not counts.frame.empty
    ]


def _cells(counts: Counts) -> dict[Labels, Bounds]:
    names = [dimension.name for dimension in counts.dimensions]
    rows = counts.frame[[*names, COUNT]].itertuples(index=False, name=None)
    return {tuple(map(str, labels)): (int(count), int(count)) for *labels, count in rows}


def months(period: Period) -> tuple[str, ...]:
    """Every month of a period, as 2026-03."""
    (first_year, first), (last_year, last) = (map(int, end.split("-")) for end in period)
    numbers = range(12 * first_year + first - 1, 12 * last_year + last)
    return tuple(f"{number // 12:04}-{number % 12 + 1:02}" for number in numbers)


def _is_month(text: str) -> bool:
    year, _, month = text.partition("-")
    return len(year) == 4 and year.isdigit() and len(month) == 2 and month.isdigit() and 1 <= int(month) <= 12
