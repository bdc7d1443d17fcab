"""Real context of a locality from official tables: how many children live there, how deprived its small areas are.

Published figures of published areas only; nothing synthetic is ever joined to them. Two editions of the Index of
Multiple Deprivation are two tables: their ranks and areas differ, so one column never holds both.
"""

from __future__ import annotations

from typing import Protocol

import pandas as pd

from compendium.aggregate import CheckedTable, Counts, Dimension, Statistic
from compendium.analysis.counting import crossing
from compendium.errors import CompendiumError, UnknownName

TENTHS = {
    "1": "Most deprived tenth of England",
    **{str(tenth): f"Tenth {tenth}" for tenth in range(2, 10)},
    "10": "Least deprived tenth of England",
}
IN_DISTRICT = "lsoa11_lad22"
LATER = "lsoa11_lsoa21"
VINTAGES = {2019: 2011, 2025: 2021}  # edition of the index -> year of the small areas it ranks


class OfficialArea(Protocol):
    """A published area; `code` is empty for a locality of invented areas only."""

    @property
    def code(self) -> str: ...


def population(residents: CheckedTable, area: OfficialArea) -> Statistic:
    """Residents and children of one local authority (kind `listing`): measure, label, value (text)."""
    rows = residents.frame
    rows = rows[(rows["area_code"] == area.code) & (rows["level"] == "district")]
    bands = {
        "residents": ("Residents of all ages", 0, 200),
        "children": ("Children aged 0 to 17", 0, 17),
        "aged_0_9": ("Children aged 0 to 9", 0, 9),
        "aged_10_13": ("Children aged 10 to 13", 10, 13),
        "aged_14_15": ("Children aged 14 and 15", 14, 15),
        "aged_16_17": ("Children aged 16 and 17", 16, 17),
    }
    found = []
    for measure, (label, first, last) in bands.items() if len(rows) else ():
        number = int(rows.loc[rows["age"].between(first, last), "persons"].sum())
        found.append((measure, label, f"{number:,}"))
    columns = {"label": "Who", "value": "Number"}
    return Statistic(
        "listing", pd.DataFrame(found, columns=["measure", *columns]), columns, "resident", 0, residents.origin
    )


def deprivation(indices: CheckedTable, lookup: CheckedTable, area: OfficialArea, *, edition: int) -> Counts:
    """Small areas (LSOAs) of one local authority by tenth of the Index of Multiple Deprivation, one edition.

    Edition 2019 ranks the small areas of 2011, edition 2025 those of 2021; the lookup says which lie in the authority.
    """
    _refuse_unknown(edition)
    tenth = Dimension("tenth", f"Index of Multiple Deprivation {edition}", TENTHS, ordered=True)
    if not (area.code and indices.supplied and lookup.supplied):
        return Counts(pd.DataFrame(columns=["tenth", "count"]), "small area", (tenth,), indices.origin)
    rows = _ranked(indices, lookup, area, edition)
    coded = pd.DataFrame({"tenth": rows["imd_decile"].astype(int).astype(str)})
    return Counts(crossing(coded, (tenth,)), "small area", (tenth,), indices.origin)


def deprivation_map(
    indices: CheckedTable, lookup: CheckedTable, outlines: CheckedTable, area: OfficialArea, *, edition: int
) -> Statistic:
    """Each small area of one local authority with its tenth and its outline (kind `listing`), in the order of codes.

    Columns: area_code (of the edition's vintage), area (name), tenth (1: most deprived), outline (well-known text;
    empty where an area of 2021 is not one of 2011 unchanged, for the outlines are those of 2011).
    """
    _refuse_unknown(edition)
    columns = {"area_code": "Code", "area": "Small area", "tenth": "Tenth of England (1: the most deprived)"}
    found = pd.DataFrame(columns=[*columns, "outline"])
    if area.code and indices.supplied and lookup.supplied and outlines.supplied:
        rows = _ranked(indices, lookup, area, edition)
        named = _named(lookup.frame, outlines.frame, VINTAGES[edition])
        found = rows[["area_code"]].assign(tenth=rows["imd_decile"].astype(int)).merge(named, "left", "area_code")
        found = found.sort_values("area_code", ignore_index=True)[[*columns, "outline"]]
    return Statistic("listing", found, columns, "small area", 0, indices.origin)


def _refuse_unknown(edition: int) -> None:
    if edition not in VINTAGES:
        raise UnknownName(
            f"There is no edition {edition} of the index here.", f"Known: {', '.join(map(str, VINTAGES))}."
        )


def _ranked(indices: CheckedTable, lookup: CheckedTable, area: OfficialArea, edition: int) -> pd.DataFrame:
    """The rows of one edition for the small areas of an authority."""
    here = _small_areas(lookup.frame, area.code, VINTAGES[edition])
    rows = indices.frame
    found = rows[(rows["edition"].astype(int) == edition) & rows["area_code"].isin(here)]
    one_vintage(found, "vintage", "edition")
    return found


def one_vintage(table: pd.DataFrame, *columns: str) -> None:
    """Refuse a table that mixes areas of several years, or several editions, in one column.

    `columns` are those that say so, such as `vintage` and `edition`. Raises `CompendiumError` naming what is mixed.
    """
    for column in columns:
        found = sorted(str(value) for value in table[column].dropna().unique())
        if len(found) > 1:
            raise CompendiumError(
                f"{column} {', '.join(found)} stand in one column: they count different areas, or by different rules.",
                "Make a table of each; counts of one can be carried over with analysis.vintages.carried_over.",
            )


def _named(lookup: pd.DataFrame, outlines: pd.DataFrame, vintage: int) -> pd.DataFrame:
    """Code, name and outline of every small area of a vintage; an outline of 2011 serves for 2021 when unchanged."""
    drawn = outlines[(outlines["level"] == "lsoa") & (outlines["vintage"].astype(int) == 2011)]
    shapes = drawn.set_index("area_code")["geometry"]
    if vintage == 2011:
        pairs = lookup[lookup["relation"] == IN_DISTRICT]
        named = pd.DataFrame({"area_code": pairs["from_code"], "area": pairs["from_name"]})
        return named.assign(outline=pairs["from_code"].map(shapes))
    pairs = lookup[lookup["relation"] == LATER].drop_duplicates("to_code")  # merged areas have several older ones
    unchanged = pairs["from_code"].where(pairs["change"] == "unchanged")
    named = pd.DataFrame({"area_code": pairs["to_code"], "area": pairs["to_name"]})
    return named.assign(outline=unchanged.map(shapes))


def _small_areas(lookup: pd.DataFrame, area_code: str, vintage: int) -> set[str]:
    """Codes of the LSOAs of an authority; those of 2021 are the successors of those of 2011."""
    inside = lookup[(lookup["relation"] == IN_DISTRICT) & (lookup["to_code"] == area_code)]
    older = set(inside["from_code"])
    if vintage == 2011:  # the LSOAs that the lookup to authorities holds
        return older
    later = lookup[(lookup["relation"] == LATER) & lookup["from_code"].isin(older)]
    return set(later["to_code"])
