"""Counts of cases, crimes, victims, recorded suspects and events from five linked tables.

Every table of a unit is a margin of one cross-classification of the same records: nothing is ever filtered, so no two
tables differ by a set that nobody sees. A victim is counted once in each case; persons are linked across roles by
`person_id`. Totals of different units are never added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from compendium.aggregate import COUNT, CheckedTable, Counts, Dimension
from compendium.analysis import case_dimensions, repeats
from compendium.analysis.case_dimensions import DELAYS, ROLES, delay_codes
from compendium.errors import CompendiumError, UnknownName, nearest

UNITS: Mapping[str, str] = {
    "case": "cases",
    "crime": "crimes",
    "victim": "victims",
    "suspect": "suspects",
    "event": "case_events",
}
ENDS = ("end", "outcome_group", "end_group", "end_flow", "end_four", "stage", "stage_group")  # of the variable `end`


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
    it has the outcome of its principal crime), `child_role` (victims only). Raises `UnknownName` for any other.
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
    if "offence_to" in rows:
        ended = rows["offence_to"].fillna(rows["offence_from"]) if "offence_from" in rows else rows["offence_to"]
        rows = rows.assign(delay=delay_codes(ended, rows["recorded_on"]))
    if unit == "victim":
        suspects = set(case_files["suspects"].frame["person_id"])
        role = rows["person_id"].isin(suspects).map({True: "also_suspect", False: "victim_only"})
        rows = rows.assign(child_role=role.mask(rows["identified"] == "no", "not_identified"))
    if unit in ("victim", "suspect"):
        rows = rows.assign(seen_again=repeats.seen_again(rows))
    if unit == "case":
        rows = rows.assign(series=repeats.in_series(rows, case_files["suspects"].frame))
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


def _dimension(
    name: str, case_files: Any, unit: str, areas: CheckedTable | None, period: tuple[str, str] | None
) -> Dimension:
    if name in ENDS:
        return case_dimensions.ends(case_files)[name]
    if name in ("month", "quarter"):
        if period is None:
            raise CompendiumError(f"{name} needs the period of the study.", "Give period=study.period.")
        return case_dimensions.times(period)[name]
    if name == "area":
        if areas is None:
            raise CompendiumError("area needs the table of areas.", 'Give areas=study.table("areas").')
        return case_dimensions.parts(areas)
    known = {**case_dimensions.delays(), **repeats.DIMENSIONS.get(unit, {})}
    known |= case_dimensions.roles() if unit == "victim" else {}
    for table in dict.fromkeys(("crimes", "cases", UNITS[unit])):
        known |= case_files[table].dimensions
    if name not in known:
        derived = ["area", "month", "quarter", *ENDS, *DELAYS, *ROLES, *repeats.DIMENSIONS.get(unit, {})]
        raise UnknownName(f"A {unit} has no dimension {name}.", nearest(name, [*known, *derived]))
    return known[name]


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
