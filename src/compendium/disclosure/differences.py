"""Cells that no table shows and that follow by subtraction from two unlike groupings of one variable.

Ages 0-13 less ages 0-9 are ages 10-13, whether or not a table has that group. Where several tables group a variable so
that neither grouping is a refinement of the other, the smallest common parts are attacked like cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from compendium.disclosure.crossing import NOTHING, Crossing, Region
from compendium.disclosure.intruder import Intruder


def with_differences(crossing: Crossing) -> tuple[Crossing, list[int]]:
    """The crossing with the parts that no table shows as further regions, and their numbers."""
    known = set(crossing.regions)
    found: dict[Region, None] = {}
    for here in crossing.where:
        for region in {crossing.regions[number]: None for number in here.values()}:
            if region != NOTHING:
                found.update(dict.fromkeys(_parts(crossing, region)))
    new = [region for region in found if region not in known]
    first = len(crossing.regions)
    return replace(crossing, regions=(*crossing.regions, *new)), list(range(first, first + len(new)))


def _parts(crossing: Crossing, region: Region) -> list[Region]:
    """The region with one variable narrowed to a part of it that is no category of any table."""
    parts = []
    for place, (variable, mask) in enumerate(region):
        for atom in crossing.odd_atoms[variable]:
            if mask >> atom & 1 and mask != 1 << atom:
                parts.append((*region[:place], (variable, 1 << atom), *region[place + 1 :]))
    return parts


def given_away(crossing: Crossing, known: Mapping[int, int], threshold: int) -> list[Region]:
    """Parts of which the published counts say that they hold somebody, and fewer than `threshold`."""
    if not any(crossing.odd_atoms):
        return []
    extended, numbers = with_differences(crossing)
    found = Intruder(extended, known).certify(numbers, dict.fromkeys(numbers, threshold))
    return [
        extended.regions[number]
        for number, interval in found.items()
        if interval.lowest > 0 and interval.highest is not None and interval.highest < threshold
    ]


def touching(crossing: Crossing, part: Region) -> list[int]:
    """The regions shown that hold a part, or some of it: hiding them takes the difference away."""
    wanted = dict(part)

    def holds(region: Region) -> bool:
        masks = dict(region)
        return all(masks.get(v, -1) & mask == mask for v, mask in wanted.items()) and len(masks) > 0

    return [n for n, region in enumerate(crossing.regions) if region != NOTHING and holds(region)]
