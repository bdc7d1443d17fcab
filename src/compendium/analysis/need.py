"""Need and provision by groups of areas: three or four groups by deprivation, never an order of named areas.

Only counts are made here. What is read from them (so many for so many children) is made after settling, from released
cells: `study.derive(…, "need_beside_provision")`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from compendium.aggregate import CheckedTable, Counts, Dimension, TableGroup
from compendium.analysis.cases import records
from compendium.analysis.concentration import area_parents
from compendium.analysis.context import one_vintage
from compendium.analysis.counting import counted
from compendium.analysis.places import ELSEWHERE, NO_AREA, UNIT, open_places
from compendium.errors import CompendiumError

NAME = "deprivation_group"
FEWEST = 3  # groups: two would hide that there is something between them; the dictionary has four at most


def victims(case_files: Any, areas: CheckedTable, groups: CheckedTable, *, apart: bool = False) -> Counts:
    """Victims by the group in which the area of their case lies.

    A margin of the same records as every other table of victims. With `apart`, cases filed under an area that lies in
    no group, such as the whole locality, are counted apart (`no_area`); without, they are refused. A locality says
    so itself: a category that came and went with the records would tell that there is somebody in it.
    """
    table = case_files["victims"]
    group = _dimension(areas, groups, "zone")
    if not table.supplied or len(group.categories) < FEWEST:
        return _none(table, "victim", group)
    rows = records(case_files, "victim")
    placed = {code for members in group.members.values() for code in members}
    if apart:
        outside = tuple(sorted(set(areas.frame["area_id"]) - placed))
        group = _with_no_area(group, "Not within one group", outside)
    elif set(rows["zone"]) <= placed:
        group = _with_larger_parts(group, areas.frame)
    else:
        raise CompendiumError(
            "Some cases are filed under areas that lie in no group by deprivation.",
            "Complete area_groups, or set the parameter victims_apart of the notebook to true.",
        )
    return counted(table, rows, (group,), "victim")


def services(service_map: TableGroup, areas: CheckedTable, groups: CheckedTable) -> Counts:
    """Running services at the places where they are given, by group of areas; confidential ones are left out.

    Online services and those without an area are counted apart (`no_area`).
    """
    table = service_map["service_at_location"]
    group = _with_no_area(_dimension(areas, groups, "group_place"), ELSEWHERE, (NO_AREA,))
    if not table.supplied or len(group.categories) <= FEWEST:  # one of them is no group
        return _none(table, UNIT, group)
    # a variable of its own: areas and groups may leave out different codes, and no count of places is protected
    rows = open_places(service_map, group).rename(columns={"place": "group_place"})
    return counted(table, rows, (group,), UNIT)


def children(population: CheckedTable, areas: CheckedTable, groups: CheckedTable) -> Counts:
    """Children who live in the areas of each group: what both rates are for."""
    group = _dimension(areas, groups, "area_id")
    if not population.supplied or len(group.categories) < FEWEST:
        return _none(population, "child", group)
    group_of = {code: label for label, members in group.members.items() for code in members}
    rows = population.frame
    found = rows.groupby(rows["area_id"].map(group_of))["persons"].sum().reindex(list(group.categories), fill_value=0)
    frame = pd.DataFrame({NAME: found.index, "count": found.to_numpy(dtype="int64")})
    return Counts(frame, "child", (group,), population.origin)


def _dimension(areas: CheckedTable, groups: CheckedTable, variable: str) -> Dimension:
    """The groups from most to least deprived, each holding its areas and the parts of these."""
    rows = groups.frame
    one_vintage(rows, "edition")
    used = sorted(rows[NAME].unique())
    group_of = dict(zip(rows["area_id"], rows[NAME], strict=True))
    placed = {str(area): str(code) for area, code in group_of.items()}
    level = dict(zip(areas.frame["area_id"], areas.frame["level"], strict=True))
    for wanted in sorted({level[area] for area in group_of if area in level}):
        for part, above in area_parents(areas.frame, wanted).items():
            if above in group_of:
                placed.setdefault(part, group_of[above])
    members = {group: tuple(area for area, code in placed.items() if code == group) for group in used}
    return Dimension(NAME, "Group of areas", _labels(used), variable, members, area=True, ordered=True)


def _labels(used: list[str]) -> dict[str, str]:
    """`Most deprived areas`, then those between, then `Least deprived areas`."""
    between = {3: ["Areas between"], 4: ["More deprived than average", "Less deprived than average"]}.get(len(used), [])
    return dict(zip(used, ["Most deprived areas", *between, "Least deprived areas"], strict=False))


def _with_no_area(group: Dimension, label: str, codes: tuple[str, ...]) -> Dimension:
    return replace(
        group,
        categories={**group.categories, NO_AREA: label},
        members={**group.members, NO_AREA: codes},
        missing=(NO_AREA,),
    )


def _with_larger_parts(group: Dimension, areas: pd.DataFrame) -> Dimension:
    """The groups, each larger part of the locality under the group of its first area: nobody is filed under it.

    Tables by larger parts name these codes. Where all tables have a place for them they are attacked together, and a
    part's code beside an area of that part and group adds nothing that could hide anybody.
    """
    group_of = {code: label for label, members in group.members.items() for code in members}
    above = dict(zip(areas["area_id"], areas["parent_id"], strict=True))
    larger = {above[code]: label for code, label in sorted(group_of.items(), reverse=True) if code in above}
    added = {code: label for code, label in larger.items() if code not in group_of and above.get(code) in set(above)}
    members = {
        label: (*held, *sorted(code for code, place in added.items() if place == label))
        for label, held in group.members.items()
    }
    return replace(group, members=members)


def _none(table: CheckedTable, unit: str, group: Dimension) -> Counts:
    return Counts(pd.DataFrame(columns=[NAME, "count"]), unit, (group,), table.origin)
