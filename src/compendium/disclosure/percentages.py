"""What percentages beside hidden counts say: of which total they are, and between which counts each lies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import product

import pandas as pd

from compendium.aggregate import TOTAL
from compendium.disclosure.attack import ReleasedTable

Labels = tuple[str, ...]
NAME = re.compile(r"%|\bper ?cent|\bpct\b|percentage|_pct$|^share|_share$|proportion", re.IGNORECASE)
NUMBER = re.compile(r"\s*(\d+(?:\.(\d+))?)\s*%?\s*")
ENOUGH = 2  # published cells that must agree with a total before it is believed


def is_percentage(name: str, cells: pd.Series) -> bool:
    """Whether a column holds percentages: by its name or its signs, and its numbers."""
    texts = [cell for cell in cells if isinstance(cell, str) and NUMBER.fullmatch(cell)]
    signed = bool(texts) and all("%" in text for text in texts)
    return bool(texts) and (signed or NAME.search(name) is not None)


def bounds_from(table: ReleasedTable, printed: Mapping[Labels, object]) -> dict[Labels, tuple[int, int]]:
    """Between which counts each hidden cell lies that has a percentage, for the total that the shown cells agree with.

    Halves may have been rounded either way. Empty when no total fits, or the totals are hidden.
    """
    read = {key: found for key, cell in printed.items() if (found := _interval(cell))}
    for kept in _margins(len(table.shape.dimensions)):
        totals = {key: table.counts.get(_margin(key, kept)) for key in read}
        checks = [(key, totals[key]) for key in read if key in table.counts and totals[key]]
        fits = all(_within(table.counts[key], read[key], total) for key, total in checks)
        if fits and (len(checks) >= ENOUGH or _adds_up(read, kept)):
            return {key: _counts(read[key], total) for key in table.hidden if key in read and (total := totals[key])}
    return {}


def _adds_up(read: Mapping[Labels, tuple[Decimal, Decimal]], kept: tuple[bool, ...]) -> bool:
    """Whether the percentages of every line make up 100 per cent of what this total counts."""
    lines: dict[Labels, list[tuple[Decimal, Decimal]]] = {}
    for key, share in read.items():
        if all(keep or label != TOTAL for label, keep in zip(key, kept, strict=True)):
            lines.setdefault(_margin(key, kept), []).append(share)
    return any(len(line) > 1 for line in lines.values()) and all(
        sum(low for low, _ in line) <= 1 <= sum(high for _, high in line) for line in lines.values()
    )


def _margins(dimensions: int) -> list[tuple[bool, ...]]:
    """Which labels a total keeps: the whole table first, then lines along each dimension."""
    return sorted((kept for kept in product((False, True), repeat=dimensions) if not all(kept)), key=sum)


def _margin(key: Labels, kept: tuple[bool, ...]) -> Labels:
    return tuple(label if keep else TOTAL for label, keep in zip(key, kept, strict=True))


def _interval(cell: object) -> tuple[Decimal, Decimal] | None:
    """The share that a printed percentage may stand for, from least to greatest."""
    found = NUMBER.fullmatch(cell) if isinstance(cell, str) else None
    if not found:
        return None
    half = Decimal(1).scaleb(-len(found[2] or "")) / 2
    value = Decimal(found[1])
    return max(Decimal(0), value - half) / 100, (value + half) / 100


def _within(count: int, share: tuple[Decimal, Decimal], total: int | None) -> bool:
    return total is not None and share[0] * total <= count <= share[1] * total


def _counts(share: tuple[Decimal, Decimal], total: int) -> tuple[int, int]:
    least = (share[0] * total).to_integral_value(ROUND_CEILING)
    most = (share[1] * total).to_integral_value(ROUND_FLOOR)
    return int(least), int(most)
