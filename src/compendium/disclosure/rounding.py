"""Rounding instead of hiding: OpenSAFELY's two ways, and what a rounded percentage gives away."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

REDACT, BASE = 7, 5
MIDPOINT = 6


def redact_and_round(counts: Iterable[int]) -> list[int | None]:
    """Counts of 7 or fewer become None, others the nearest 5; a zero stays.

    Totals are sums of what is left, never rounded true totals. Source: OpenSAFELY documentation, statistical
    disclosure control, rounding counts (2025).
    """
    return [
        0 if count == 0 else None if count <= REDACT else BASE * ((count + BASE // 2) // BASE)
        for count in (_whole(count) for count in counts)
    ]


def midpoint_6(counts: Iterable[int]) -> list[int]:
    """0 stays, 1 to 6 become 3, 7 to 12 become 9, and so on: a published x means x - 2 to x + 3.

    Source: OpenSAFELY documentation, midpoint 6 rounding. Not for tables by area.
    """
    return [
        0 if count == 0 else MIDPOINT * -(-count // MIDPOINT) - MIDPOINT // 2
        for count in (_whole(count) for count in counts)
    ]


def numerators_of(percentage: float, denominator: int, *, decimals: int) -> list[int]:
    """Every count that gives this percentage when rounded (halves either way): what a reader can work out."""
    step = Decimal(1).scaleb(-decimals)
    wanted = Decimal(repr(percentage)).quantize(step)
    return [
        count
        for count in range(denominator + 1)
        if wanted
        in {
            (Decimal(100 * count) / denominator).quantize(step, rounding=way)
            for way in (ROUND_HALF_UP, ROUND_HALF_EVEN)
        }
    ]


def _whole(count: int) -> int:
    if count != int(count) or count < 0:
        raise ValueError("A count must be a whole number, 0 or more.")
    return int(count)
