"""Figures of areas carried to the areas of another year, and what is lost on the way.

The official lookups say which area became which and carry no weights. So a count goes where its area went whole:
unchanged, or merged with others. What was split or changed irregularly can't be shared out, and is reported as lost.
Two sets of areas without a lookup between them, such as the wards of 2013 and of 2024, are never joined.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from compendium.aggregate import CheckedTable, Statistic
from compendium.analysis.context import IN_DISTRICT, LATER, OfficialArea
from compendium.errors import UnknownName, nearest

WHOLE = ("unchanged", "merged", "best fit", "")  # changes after which an area lies whole in one other
NOT_FOUND = "not in the lookup"
COLUMNS = {
    "what": "What became of the area",
    "areas": "Areas before",
    "later": "Areas after",
    "counted": "Counted in them",
    "verdict": "Carried over",
}
WORDS = {
    "unchanged": "Unchanged",
    "merged": "Merged with others",
    "split": "Split in several",
    "irregular": "Changed irregularly",
    "best fit": "Given to the area that holds most of it",
    "": "Lies in one other",
    NOT_FOUND: "Not in the lookup",
}


@dataclass(frozen=True, repr=False)
class Carried:
    """Counts by area of the other year (`area_code`, `count`), and what a join kept and lost.

    `kept`: a row a kind of change: `change`, `areas` (before), `later` (after), `counted`, `carried` (true or false).
    """

    counts: pd.DataFrame
    kept: pd.DataFrame

    @property
    def lost(self) -> int:
        """How much of what was counted can't be carried over."""
        return int(self.kept.loc[~self.kept["carried"], "counted"].sum())

    def __repr__(self) -> str:
        areas = int(self.kept.loc[~self.kept["carried"], "areas"].sum())
        return f"<{len(self.counts)} areas; {self.lost:,} in {areas} areas not carried over>"


def carried_over(counts: Mapping[str, int], lookup: pd.DataFrame, relation: str) -> Carried:
    """Counts by area (code -> number) carried along one relation of the table `area_lookup`.

    An area goes whole or not at all; whole areas that go to one place are added up, which holds for counts only: not
    for ranks, scores or rates. Raises `UnknownName` for a relation that the lookup does not have.
    """
    pairs = lookup[lookup["relation"] == relation]
    if pairs.empty:
        known = sorted(lookup["relation"].unique())
        raise UnknownName(f"No lookup says how to go {relation}: such areas can't be joined.", nearest(relation, known))
    before = pd.DataFrame({"from_code": list(counts), "counted": list(counts.values())})
    joined = before.merge(pairs[["from_code", "to_code", "change"]], on="from_code", how="left")
    change = joined["change"].fillna("").where(joined["to_code"].notna(), NOT_FOUND)
    several = joined.duplicated("from_code", keep=False) & change.isin(WHOLE)
    joined["change"] = change.mask(several, "split")  # whatever it is called: there is no weight to share it out by
    whole = joined[joined["change"].isin(WHOLE)]
    into = whole.groupby("to_code", sort=True)["counted"].sum()
    only = {code for code, filled in _filled(pairs, set(whole["from_code"])).items() if filled}
    found = pd.DataFrame({"area_code": into.index, "count": into.to_numpy()})
    return Carried(found[found["area_code"].isin(only)].reset_index(drop=True), _kept(joined, only))


def _filled(pairs: pd.DataFrame, carried: set[str]) -> dict[str, bool]:
    """Whether everything that lies in a later area was carried there: else its count would be too low."""
    whole = pairs["from_code"].isin(carried)
    return {str(code): bool(found.all()) for code, found in whole.groupby(pairs["to_code"])}


def _kept(joined: pd.DataFrame, complete: set[str]) -> pd.DataFrame:
    rows = []
    carried = joined["change"].isin(WHOLE) & joined["to_code"].isin(complete)
    for (change, goes), group in joined.assign(carried=carried).groupby(["change", "carried"], sort=False):
        once = group.drop_duplicates("from_code")
        rows.append((change, len(once), group["to_code"].nunique(), int(once["counted"].sum()), bool(goes)))
    found = pd.DataFrame(rows, columns=["change", "areas", "later", "counted", "carried"])
    order = {change: place for place, change in enumerate(WORDS)}
    return found.sort_values("change", key=lambda names: names.map(order), kind="stable", ignore_index=True)


def small_areas_2011_to_2021(residents: CheckedTable, lookup: CheckedTable, area: OfficialArea) -> Statistic:
    """What joining the small areas of 2011 to those of 2021 keeps of an authority's residents (kind `listing`).

    Columns: what became of the areas, how many before and after, residents in them, and whether a count is carried
    over. Empty for a locality without official areas.
    """
    found = pd.DataFrame(columns=list(COLUMNS))
    if area.code and residents.supplied and lookup.supplied:
        pairs = lookup.frame
        here = set(pairs.loc[(pairs["relation"] == IN_DISTRICT) & (pairs["to_code"] == area.code), "from_code"])
        rows = residents.frame
        counts = rows[rows["area_code"].isin(here)].groupby("area_code")["persons"].sum()
        if len(counts):
            found = _said(carried_over({str(code): int(n) for code, n in counts.items()}, pairs, LATER))
    return Statistic("listing", found, COLUMNS, "small area", 0, lookup.origin)


def _said(carried: Carried) -> pd.DataFrame:
    rows = [
        (
            WORDS[str(row.change)],
            row.areas,
            row.later,
            f"{row.counted:,}",
            "yes" if row.carried else "no: there are no weights",
        )
        for row in carried.kept.itertuples(index=False)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))
