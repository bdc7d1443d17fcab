"""Counts of cases, crimes, victims, recorded suspects and events from five linked tables.

Every table of a unit is a margin of one cross-classification of the same records: nothing is ever filtered, so no two
tables differ by a set that nobody sees. A victim is counted once in each case; persons are linked across roles by
`person_id`. Totals of different units are never added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from compendium.aggregate import COUNT, CheckedTable, Counts, Dimension, with_coarser
from compendium.analysis.concentration import area_parents
from compendium.errors import CompendiumError, UnknownName, nearest

UNITS: Mapping[str, str] = {
    "case": "cases",
    "crime": "crimes",
    "victim": "victims",
    "suspect": "suspects",
    "event": "case_events",
}
MONTHS_A_QUARTER = 3
ENDS = (
    "end",
    "end_group",
    "end_flow",
    "outcome_group",
    "stage",
    "stage_group",
)  # all are groupings of the variable `end`


def counts(
    case_files: Any,
    by: Sequence[str],
    unit: str = "victim",
    *,
    areas: CheckedTable | None = None,
    period: tuple[str, str] | None = None,
) -> Counts:
    """Count every `unit` (case, crime, victim, suspect or event) by the dimensions named in `by`, zeros included.

    Dimensions are those of the unit's own table, of its case, and of the principal crime of its case, with their
    hierarchies, and: `month` and `quarter` of recording (need `period`, first and last month as `2022-05`), `area`
    (the largest parts of the locality; needs `areas`), `end`, `end_group` and `end_flow` (how the case stands or ended;
    it has the outcome of its principal crime), `also_suspect` (victims only). Raises `UnknownName` for any other.
    """
    if unit not in UNITS:
        raise UnknownName(f"Nothing is counted as {unit}.", nearest(unit, UNITS))
    origin = case_files[UNITS[unit]].origin
    rows = records(case_files, unit)
    dimensions = tuple(_dimension(name, case_files, unit, areas, period) for name in by)
    coded = pd.DataFrame({dimension.name: categories(rows, dimension) for dimension in dimensions})
    if not case_files["cases"].supplied:
        frame = pd.DataFrame(columns=[*coded.columns, COUNT])
        return Counts(frame, unit, dimensions, origin)
    frame = crossing(coded, dimensions)
    return Counts(frame, unit, dimensions, origin, _structural_zeros(frame, dimensions))


def records(case_files: Any, unit: str) -> pd.DataFrame:
    """One row a unit with what is known of its case and of the principal crime of that case. Private."""
    cases, crimes = case_files["cases"].frame, case_files["crimes"].frame
    principal = crimes[crimes["principal"].astype(str).str.lower() == "true"]
    rows = case_files[UNITS[unit]].frame
    for attributes in (cases, principal):
        new = ["case_id", *[column for column in attributes.columns if column not in rows.columns]]
        rows = rows.merge(attributes[new], on="case_id", how="left", validate="m:1")
    blank = rows["outcome_type"].isna() | (rows["outcome_type"] == "")
    rows = rows.assign(
        # a further crime of a case that has an outcome may itself still be open
        end=rows["outcome_type"].mask(blank, rows["stage"].replace("outcome", "open")),
        month=pd.to_datetime(rows["recorded_on"]).dt.strftime("%Y-%m"),
    )
    if unit == "victim":
        suspects = set(case_files["suspects"].frame["person_id"])
        rows = rows.assign(also_suspect=rows["person_id"].isin(suspects).map({True: "yes", False: "no"}))
    counted: pd.DataFrame = rows
    return counted


def categories(rows: pd.DataFrame, dimension: Dimension) -> pd.Series[Any]:
    """The category of each row; a blank is the first missing category, a code that no category holds an error."""
    code_of = {member: category for category, members in dimension.members.items() for member in members}
    found = rows[dimension.variable].map(code_of)
    blank = rows[dimension.variable].isna() | (rows[dimension.variable] == "")
    if dimension.missing:
        found = found.mask(blank, dimension.missing[0])
    if found.isna().any():
        raise CompendiumError(
            f"{int(found.isna().sum())} rows have no category of {dimension.name}.",
            f"Add a category for them to {dimension.name}, such as not_recorded; nothing may be left out.",
        )
    return found


def crossing(coded: pd.DataFrame, dimensions: Sequence[Dimension]) -> pd.DataFrame:
    """Number of rows in every combination of categories, in the dimensions' order, combinations without any as 0."""
    names = [dimension.name for dimension in dimensions]
    every = pd.MultiIndex.from_product([list(dimension.categories) for dimension in dimensions], names=names)
    return coded.groupby(names).size().reindex(every, fill_value=0).rename(COUNT).reset_index()


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


def _dimension(
    name: str, case_files: Any, unit: str, areas: CheckedTable | None, period: tuple[str, str] | None
) -> Dimension:
    if name in ENDS:
        return with_coarser({end: _end(end, case_files) for end in ENDS})[name]
    if name in ("month", "quarter"):
        if period is None:
            raise CompendiumError(f"{name} needs the period of the study.", "Give period=study.period.")
        return with_coarser({step: _time(step, period) for step in ("month", "quarter")})[name]
    if name == "area":
        if areas is None:
            raise CompendiumError("area needs the table of areas.", 'Give areas=study.table("areas").')
        return _area(areas)
    if name == "also_suspect" and unit == "victim":
        labels = {"yes": "Also recorded as a suspect", "no": "Not recorded as a suspect"}
        return Dimension(name, "Child also recorded as a suspect", labels, sensitive=True)
    known: dict[str, Dimension] = {}
    for table in dict.fromkeys(("crimes", "cases", UNITS[unit])):
        known |= case_files[table].dimensions
    if name not in known:
        derived = ["area", "month", "quarter", *ENDS]
        raise UnknownName(f"A {unit} has no dimension {name}.", nearest(name, [*known, *derived]))
    return known[name]


def _end(name: str, case_files: Any) -> Dimension:
    """How a case stands or ended, from its stage and the outcome of its principal crime.

    One variable with one code for each outcome type and each stage without outcome, so that stage and outcome, which
    say partly the same, are never taken for independent. Types 21 and 22 are never added to "no further action".
    """
    stage = case_files["cases"].dimensions["stage"].categories
    of_crimes = case_files["crimes"].dimensions
    merged, outcomes = (
        {code: (label, grouping.members[code]) for code, label in grouping.categories.items()}
        for grouping in (of_crimes["outcome_three"], of_crimes["outcome_group"])
    )
    named = of_crimes["outcome_type"].categories
    every = tuple(number for _, members in outcomes.values() for number in members)
    standing = {code: (label, (code,)) for code, label in stage.items() if code != "outcome"}
    withdrawn = ("Record cancelled or reclassified", ("cancelled", "reclassified"))
    no_outcome = ("No outcome (open, or record withdrawn)", tuple(standing))
    has_outcome = {"outcome": (stage["outcome"], every)}
    groupings: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {
        "end": {**{n: (f"Outcome {named[n]}", (n,)) for n in every}, **standing},
        "outcome_group": {**outcomes, **standing},
        "end_flow": {**merged, "no_outcome": no_outcome},
        "end_group": {**merged, "open": standing["open"], "withdrawn": withdrawn},
        "stage": {**has_outcome, **standing},
        "stage_group": {**has_outcome, "open": standing["open"], "withdrawn": withdrawn},
    }
    chosen = groupings[name]
    title = "Where the case stands" if name.startswith("stage") else "Outcome so far"
    labels = {code: label for code, (label, _) in chosen.items()}
    return Dimension(name, title, labels, "end", {code: members for code, (_, members) in chosen.items()})


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


def _area(table: CheckedTable) -> Dimension:
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


def _structural_zeros(frame: pd.DataFrame, dimensions: Sequence[Dimension]) -> frozenset[tuple[str, ...]]:
    """Cells empty by law: an offence of sexual communication with a child (88A) needs an adult.

    A file that records one with a child responsible all the same has a warning, and the cell is no zero.
    """
    by_variable = {dimension.variable: dimension for dimension in dimensions}
    if not {"offence_code", "responsible"} <= set(by_variable):
        return frozenset()
    offence, responsible = by_variable["offence_code"], by_variable["responsible"]
    adult_only = {code for code, members in offence.members.items() if set(members) == {"88A"}}
    cells = frame[frame[offence.name].isin(adult_only) & (frame[responsible.name] == "child")]
    if cells[COUNT].sum() > 0:
        return frozenset()
    return frozenset(tuple(map(str, row)) for row in cells[[d.name for d in dimensions]].itertuples(index=False))
