"""Floors for people who took part in workshops: this project's own, and they say so."""

from __future__ import annotations

from compendium.aggregate import Counts
from compendium.errors import DisclosureRefused, Problem

GROUP = "stakeholder_group"
NEVER_ALONE = "victims_survivors"
LEAST_GROUP = 5  # below: merged upward by the declared order
LEAST_SIZE = 10  # below: verdict and median only


def refuse_unmerged(name: str, counts: Counts) -> None:
    """Refuse a table of participants in which victims and survivors stand alone."""
    alone = [
        Problem(
            file=name,
            column=dimension.name,
            message="Victims and survivors are never counted or shown alone.",
            remedy=f"Merge {NEVER_ALONE} with another group, by the order declared for the workshops.",
        )
        for dimension in counts.dimensions
        for members in dimension.members.values()
        if counts.origin.units == "participants" and dimension.variable == GROUP and set(members) == {NEVER_ALONE}
    ]
    if alone:
        raise DisclosureRefused(alone)
