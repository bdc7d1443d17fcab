"""Rounding instead of hiding: OpenSAFELY's two ways, as intervals, and what a rounded percentage gives away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pandas as pd

from compendium.aggregate import TOTAL
from compendium.disclosure.intruder import Interval
from compendium.disclosure.policy import Policy
from compendium.disclosure.suppression import Candidate
from compendium.errors import DisclosureRefused

AREA_NAME = re.compile(
    r"area|zone|ward|district|region|lsoa|msoa|postcode|borough|county|town|local.?authority|neighbou?rhood",
    re.IGNORECASE,
)
AREA_CODE = r"[EWSNK]\d{8}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"  # codes of the Office for National Statistics; postcodes
REDACT, BASE = 7, 5
MIDPOINT = 6
Labels = tuple[str, ...]


def rule_of(policy: Policy) -> str:
    """What a policy that rounds promises, in words."""
    if policy.method == "midpoint":
        return (
            f"A printed count x above 0 stands for the {policy.base} counts from x - {policy.base // 2 - 1} to "
            f"x + {policy.base // 2}; totals are sums of printed counts."
        )
    return (
        f"A redacted count may be anything up to {policy.threshold - 1}, a printed count x anything from "
        f"x - {policy.base // 2} to x + {policy.base // 2}; totals are sums of printed counts."
    )


def rounded_table(candidate: Candidate) -> dict[Labels, int | None]:
    """Every cell and margin as it is printed under a policy that rounds (None: redacted).

    Margins are sums of the printed cells, so that they say nothing more (OpenSAFELY, 2025).
    """
    inner: dict[Labels, int | None] = {}
    for labels, count in candidate.counts.items():
        if TOTAL in labels:
            continue
        if candidate.policy.method == "midpoint":
            inner[labels] = midpoint_6([count])[0]
        elif count == 0 and not candidate.is_structural(labels):
            inner[labels] = None if candidate.hides(labels) else 0
        else:
            inner[labels] = redact_and_round([count])[0]
    printed: dict[Labels, int | None] = {}
    for labels in candidate.counts:
        held = (n for key, n in inner.items() if all(a in (b, TOTAL) for a, b in zip(labels, key, strict=True)))
        printed[labels] = inner[labels] if labels in inner else sum(n or 0 for n in held)
    return printed


def refuse_areas(policy: Policy, frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse a policy that is not for areas when a column looks like one: by its name, or by codes of the ONS."""
    if policy.areas:
        return
    by_area = [
        column
        for column in columns
        if AREA_NAME.search(str(column)) or frame[column].astype(str).str.fullmatch(AREA_CODE).any()
    ]
    if by_area:
        raise DisclosureRefused(
            f"Policy {policy.name} is not for tables by area, and {', '.join(by_area)} looks like one.",
            "Use opensafely or threshold-10.",
        )


def redacted_interval(candidate: Candidate) -> Interval:
    """What a redacted count may be: 0 only where zeros are redacted as well."""
    least = 0 if candidate.policy.hides_zeros(candidate.sensitive) else 1
    return Interval(least, candidate.policy.threshold - 1, "protected")


def bounds_of(printed: int, policy: Policy) -> tuple[int, int]:
    """The least and the greatest count that a printed one may stand for."""
    if printed == 0:
        return 0, 0
    if policy.method == "midpoint":
        return printed - policy.base // 2 + 1, printed + policy.base // 2
    return max(policy.threshold, printed - policy.base // 2), printed + policy.base // 2


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
