"""Dimensions of the case files that are no column of a table: how a case ended, its delay, a child's roles, time, area.

Each is one variable with declared groupings, so that tables which group it unlike are protected together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from compendium.aggregate import CheckedTable, Dimension, with_coarser
from compendium.analysis.concentration import area_parents
from compendium.errors import CompendiumError

MONTHS_A_QUARTER = 3
NOT_RECORDED = "not_recorded"
Groupings = dict[str, dict[str, tuple[str, tuple[str, ...]]]]  # name -> category -> label, codes of the variable


DELAYS: Groupings = {
    "delay": {
        "week": ("Within a week", ("week",)),
        "month": ("A week to a month", ("month",)),
        "quarter": ("One to three months", ("quarter",)),
        "year": ("Three months to a year", ("year",)),
        "non_recent": ("More than a year (non-recent)", ("non_recent",)),
        "not_recorded": ("Not recorded", ("not_recorded",)),
    },
    "delay_bands": {
        "week": ("Within a week", ("week",)),
        "month": ("A week to a month", ("month",)),
        "year": ("One month to a year", ("quarter", "year")),
        "non_recent": ("More than a year (non-recent)", ("non_recent",)),
        "not_recorded": ("Not recorded", ("not_recorded",)),
    },
    "delay_group": {
        "month": ("Within a month", ("week", "month")),
        "year": ("One month to a year", ("quarter", "year")),
        "non_recent": ("More than a year (non-recent)", ("non_recent",)),
        "not_recorded": ("Not recorded", ("not_recorded",)),
    },
}
LONGEST = {"week": 7, "month": 31, "quarter": 92, "year": 365}  # days from the end of the offence to its record
ROLES: Groupings = {
    "child_role": {
        "also_suspect": ("Identified, and also recorded as a suspect", ("also_suspect",)),
        "victim_only": ("Identified, not recorded as a suspect", ("victim_only",)),
        "not_identified": ("Not identified", ("not_identified",)),
    },
    "child_known": {
        "identified": ("Identified", ("also_suspect", "victim_only")),
        "not_identified": ("Not identified", ("not_identified",)),
    },
}


def largest_parts(areas: pd.DataFrame, whole: str = "locality") -> str:
    """The level of area right below the whole locality: the smallest for which a case rate may be shown.

    `whole` is the level of the whole locality. Where no area has it, the areas that lie in no other are the parts.
    """
    below = areas[areas["parent_id"].isin(areas.loc[areas["level"] == whole, "area_id"])]
    if below.empty:
        alone = areas["parent_id"].isna() | (areas["parent_id"] == "")
        below = areas[alone & (areas["level"] != whole)]
    if below.empty:
        raise CompendiumError("No area lies directly in the locality.", "Give areas a parent_id in areas.csv.")
    return str(below["level"].iloc[0])


def ends(case_files: Any) -> dict[str, Dimension]:
    """How a case stands or ended, from its stage and the outcome of its principal crime, in every grouping.

    One variable with one code for each outcome type and each stage without outcome, so that stage and outcome, which
    say partly the same, are never taken for independent. Types 21 and 22 are never added to "no further action".
    """
    stage = case_files["cases"].dimensions["stage"].categories
    of_crimes = case_files["crimes"].dimensions
    three, four, groups = (
        {code: (label, grouping.members[code]) for code, label in grouping.categories.items()}
        for grouping in (of_crimes[name] for name in ("outcome_three", "outcome_four", "outcome_group"))
    )
    named = of_crimes["outcome_type"].categories
    every = tuple(number for _, members in groups.values() for number in members)
    standing = {code: (label, (code,)) for code, label in stage.items() if code != "outcome"}
    withdrawn = ("Record cancelled or reclassified", ("cancelled", "reclassified"))
    no_outcome = ("No outcome (open, or record withdrawn)", tuple(standing))
    has_outcome = {"outcome": (stage["outcome"], every)}
    found: Groupings = {
        "end": {**{n: (f"Outcome {named[n]}", (n,)) for n in every}, **standing},
        "outcome_group": {**groups, **standing},
        "end_group": {**four, "open": standing["open"], "withdrawn": withdrawn},
        "end_flow": {**four, "no_outcome": no_outcome},
        "end_four": {**three, "no_outcome": no_outcome},
        "stage": {**has_outcome, **standing},
        "stage_group": {**has_outcome, "open": standing["open"], "withdrawn": withdrawn},
    }
    titles = {name: "Where the case stands" if name.startswith("stage") else "Outcome so far" for name in found}
    return _groupings("end", found, titles)


def delays() -> dict[str, Dimension]:
    """From the end of the offence to the record of its case, in bands."""
    return _groupings("delay", DELAYS, dict.fromkeys(DELAYS, "Time from the offence to its record"))


def roles() -> dict[str, Dimension]:
    """Whether a child is identified, and is also recorded as a suspect: an overlap that is shown as a count alone."""
    titles = {"child_role": "Child identified, and in which roles", "child_known": "Child identified"}
    return _groupings("child_role", ROLES, titles, sensitive=True)


def delay_codes(ended: pd.Series[Any], recorded: pd.Series[Any]) -> pd.Series[Any]:
    """The code of `delay` of each record: days from the end of the offence. An offence that goes on has none yet."""
    days = (pd.to_datetime(recorded) - pd.to_datetime(ended)).dt.days
    codes = pd.Series("non_recent", index=days.index, dtype=object)
    for code, longest in reversed(LONGEST.items()):
        codes = codes.mask(days <= longest, code)
    found: pd.Series[Any] = codes.mask(days.isna(), "not_recorded")
    return found


def times(period: tuple[str, str]) -> dict[str, Dimension]:
    """Months of recording, and quarters counted from the first month of the period."""
    return with_coarser({step: _time(step, period) for step in ("month", "quarter")})


def _groupings(
    variable: str, groupings: Groupings, titles: Mapping[str, str], *, sensitive: bool = False
) -> dict[str, Dimension]:
    found = {}
    for name, held in groupings.items():
        labels = {code: label for code, (label, _) in held.items()}
        members = {code: codes for code, (_, codes) in held.items()}
        missing = tuple(code for code in held if code == NOT_RECORDED)
        found[name] = Dimension(name, titles[name], labels, variable, members, missing, sensitive)
    return with_coarser(found)


def _time(name: str, period: tuple[str, str]) -> Dimension:
    """Months of recording, or quarters counted from the first month of the period."""
    months = pd.period_range(*period, freq="M")
    if name == "month":
        return Dimension(name, "Month of recording", {str(m): m.strftime("%B %Y") for m in months}, ordered=True)
    quarters = [months[start : start + MONTHS_A_QUARTER] for start in range(0, len(months), MONTHS_A_QUARTER)]
    labels = {f"q{number}": _span(quarter) for number, quarter in enumerate(quarters, start=1)}
    members = {f"q{number}": tuple(map(str, quarter)) for number, quarter in enumerate(quarters, start=1)}
    return Dimension(name, "Quarter of recording", labels, "month", members, ordered=True)


def _span(months: pd.PeriodIndex) -> str:
    first, last = months[0], months[-1]
    if first == last:
        return str(first.strftime("%B %Y"))
    return f"{first.strftime('%B' if first.year == last.year else '%B %Y')} to {last.strftime('%B %Y')}"


def parts(table: CheckedTable) -> Dimension:
    """The largest parts of the locality."""
    areas = table.frame
    if areas.empty:
        return Dimension("area", "Area", {}, "zone", area=True)
    levels = table.dimensions.get("level")  # declared from the whole locality down
    level = largest_parts(areas, next(iter(levels.categories)) if levels else "locality")
    parents = area_parents(areas, level)
    here = areas[areas["level"] == level]
    labels = {str(area): str(name) for area, name in zip(here["area_id"], here["name"], strict=True)}
    members = {part: tuple(area for area, above in parents.items() if above == part) for part in labels}
    return Dimension("area", "Part of the locality", labels, "zone", members, area=True)
