"""Counts of cases, crimes, victims, recorded suspects and events from five linked tables.

Every table of a unit is a margin of one cross-classification of the same records: nothing is ever filtered, so no two
tables differ by a set that nobody sees. A victim is counted once in each case; persons are linked across roles by
`person_id`. Totals of different units are never added.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from compendium.aggregate import COUNT, CheckedTable, Counts, Dimension
from compendium.analysis import case_dimensions, known_before, repeats
from compendium.analysis.case_dimensions import DELAYS, ROLES
from compendium.analysis.case_records import UNITS, records, variable
from compendium.analysis.counting import categories, without_category
from compendium.errors import CompendiumError, UnknownName, nearest

__all__ = ["UNITS", "counts", "records"]
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
    dimensions = tuple(_dimension(name, case_files, unit, areas, period) for name in by)
    if not (case_files["cases"].supplied and case_files[UNITS[unit]].supplied):
        frame = pd.DataFrame(columns=[*(dimension.name for dimension in dimensions), COUNT])
        return Counts(frame, unit, dimensions, origin)
    frame = _crossed(case_files, unit, dimensions)
    return Counts(frame, unit, dimensions, origin, _structural_zeros(frame, dimensions))


def _crossed(case_files: Any, unit: str, dimensions: Sequence[Dimension]) -> pd.DataFrame:
    """As `crossing`, from the codes of the variables: no row of a million is looked at as text."""
    names, sizes = [d.name for d in dimensions], [len(d.categories) for d in dimensions]
    places = [_places(variable(case_files, unit, d.variable), d) for d in dimensions]
    cells = np.ravel_multi_index(places, sizes) if places else np.zeros(0, dtype=int)
    every = pd.MultiIndex.from_product([list(d.categories) for d in dimensions], names=names)
    return pd.Series(np.bincount(cells, minlength=prod(sizes)), index=every, name=COUNT).reset_index()


def _places(values: pd.Categorical, dimension: Dimension) -> npt.NDArray[np.int64]:
    """The place of each row's category in the dimension's order, by the category of each value that there is."""
    found = categories(
        pd.DataFrame({dimension.variable: [*values.categories.astype(object), None]}), dimension, strict=False
    )
    order = {category: place for place, category in enumerate(dimension.categories)}
    place = np.array([order.get(category, -1) for category in found])
    places: npt.NDArray[np.int64] = place[values.codes]  # a missing value has code -1: the last
    if absent := int((places < 0).sum()):
        raise without_category(absent, dimension)
    return places


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
    known |= known_before.dimensions() if unit == "victim" else {}
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
