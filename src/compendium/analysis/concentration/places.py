"""Which events happened in which place, and how many people could have met them there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from compendium.aggregate import CheckedTable, Origin
from compendium.analysis.concentration.measures import Numbers

FEWEST_EVENTS = 10  # events that a figure about a sensitive table rests on
EVERYONE = (0, 90)  # ages in the official table; 90 means 90 and over
CHILDREN = (0, 17)
SMALL_AREA = "lsoa"


@dataclass(frozen=True, repr=False)
class Places:
    """Events and exposure of every place; its repr shows no numbers."""

    events: npt.NDArray[np.int64]
    exposure: Numbers
    unit: str
    origin: Origin

    @property
    def enough(self) -> bool:
        """Whether there are events, and ten of them where the table is sensitive."""
        return self.events.sum() >= (FEWEST_EVENTS if self.origin.sensitivity == "sensitive" else 1)

    def __repr__(self) -> str:
        return f"<{len(self.events)} places, events counted as {self.unit}>"


def case_places(case_files: Any, areas: CheckedTable, population: CheckedTable, *, level: str) -> Places:
    """Cases of each area of `level`, with its resident children as exposure. Cases without an area are left out.

    `areas` says which area lies in which; `population` has `area_id`, `age_band`, `persons`.
    """
    cases = case_files["cases"]
    parents = area_parents(areas.frame, level)
    names = areas.frame.loc[areas.frame["level"] == level, "area_id"].tolist()
    events = cases.frame["zone"].map(parents).value_counts().reindex(names, fill_value=0)
    living = population.frame.assign(place=population.frame["area_id"].map(parents))
    exposure = living.groupby("place")["persons"].sum().reindex(names, fill_value=0)
    return Places(events.to_numpy("int64"), exposure.to_numpy("float64"), "case", cases.origin)


def area_parents(areas: pd.DataFrame, level: str) -> dict[str, str]:
    """Each area's ancestor (or itself) of that level; areas above it have none. `areas`: area_id, level, parent_id."""
    above = dict(zip(areas["area_id"], areas["parent_id"], strict=True))
    levels = dict(zip(areas["area_id"], areas["level"], strict=True))
    found: dict[str, str] = {}
    for area in above:
        here: str | None = area
        for _ in range(len(above)):
            if here is None or levels.get(here) in (None, level):
                break
            here = above.get(here)
        if here is not None and levels.get(here) == level:
            found[area] = here
    return found


def residents(population: CheckedTable, ages: tuple[int, int] = EVERYONE) -> pd.Series:
    """Residents of these ages (both ends included) of every small area, by code, in the order of the codes."""
    rows = population.frame
    wanted = rows[(rows["level"] == SMALL_AREA) & rows["age"].between(*ages)] if len(rows) else rows
    living: pd.Series = wanted.groupby("area_code")["persons"].sum().sort_index()
    return living


def incident_places(incidents: CheckedTable, population: CheckedTable, *, ages: tuple[int, int] = EVERYONE) -> Places:
    """All published incidents of each small area (`area_code`, `incidents`), with residents of `ages` as exposure.

    Small areas without any incident count as 0; those of other localities are left out.
    """
    counted = incidents_by_area(incidents, population, ages)
    return Places(
        counted["events"].to_numpy("int64"), counted["exposure"].to_numpy("float64"), "incident", incidents.origin
    )


def incidents_by_area(
    incidents: CheckedTable, population: CheckedTable, ages: tuple[int, int] = EVERYONE
) -> pd.DataFrame:
    """`events` and `exposure` by code of small area; empty when one of the two tables is."""
    exposure = residents(population, ages)
    here = set(incidents.frame["area_code"])
    exposure = exposure[exposure.index.isin(here)]
    events = incidents.frame.groupby("area_code")["incidents"].sum().reindex(exposure.index, fill_value=0)
    return pd.DataFrame({"events": events, "exposure": exposure})
