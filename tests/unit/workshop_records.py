"""Hand-made ratings: every group as large as a test asks for."""

from __future__ import annotations

from typing import Any

from compendium.aggregate import CheckedTable, Dimension
from tests.unit.case_files import table

GROUPS = ("children", "parents", "victims_survivors", "police", "health")
MERGED = Dimension(
    "stakeholder_merged",
    "Group",
    {"children": "Children", "families_survivors": "Families and survivors", "police": "Police", "health": "Health"},
    "stakeholder_group",
    {
        "children": ("children",),
        "families_survivors": ("parents", "victims_survivors"),
        "police": ("police",),
        "health": ("health",),
    },
)
SIDE = Dimension(
    "stakeholder_side",
    "Side",
    {"children": "Children", "families_survivors": "Families and survivors", "professionals": "Professionals"},
    "stakeholder_group",
    {
        "children": ("children",),
        "families_survivors": ("parents", "victims_survivors"),
        "professionals": ("police", "health"),
    },
)


def ratings(**groups: list[Any]) -> CheckedTable:
    """One item in one round; `None` is somebody unable to score."""
    rows = [
        {"rater_id": f"{group}-{at}", "stakeholder_group": group, "round": 2, "item_id": "P01", "rating": rating}
        for group, given in groups.items()
        for at, rating in enumerate(given)
    ]
    return table("ratings", "rating", rows, MERGED, SIDE)


def priorities(*items: str) -> CheckedTable:
    return table("priorities", "priority", [{"priority_id": item, "title": f"Title of {item}"} for item in items])


def votes(ballots: dict[str, dict[str, int]], group: str = "police") -> CheckedTable:
    rows = [
        {"voter_id": voter, "stakeholder_group": group, "item_id": item, "points": points}
        for voter, given in ballots.items()
        for item, points in given.items()
    ]
    return table("votes", "vote", rows, SIDE, columns=["voter_id", "stakeholder_group", "item_id", "points"])
