"""A checked table as analyses take it: pandas, with its dimensions, labels and origin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from compendium.aggregate import CheckedTable, Dimension, Origin, Provenance, with_coarser
from compendium.dictionary.cells import empty_type
from compendium.dictionary.schema import Dictionary, Field

MANY = 10_000  # rows: below, nothing is gained
_NAMES = ("label", "name", "title")  # columns that name what a key stands for


def to_checked(
    dictionary: Dictionary,
    frame: pl.DataFrame,
    *,
    provenance: Provenance,
    file: str,
    reference: Mapping[str, pl.DataFrame] | None = None,
) -> CheckedTable:
    """The table of `frame` (typed, without errors) with its dimensions.

    A dimension without declared codes takes them from the table that its foreign key leads to (`reference`, with the
    labels there), or from the rows themselves. Codes are text, dates `datetime64[s]`, whole numbers `Int64`, numbers
    `float64`, booleans `boolean`; missing is NA.
    """
    data = {field.name: _series(frame[field.name], field) for field in dictionary.fields}
    dimensions = {**_open_dimensions(dictionary, frame, reference or {}), **dictionary.dimensions}
    order = [name for field in dictionary.fields for name in (field.name, *field.hierarchies) if name in dimensions]
    return CheckedTable(
        origin=origin_of(dictionary, provenance, file),
        unit=dictionary.unit,
        frame=pd.DataFrame(data),
        dimensions=with_coarser({name: dimensions[name] for name in order}),
        labels={field.name: field.heading for field in dictionary.fields},
    )


def empty(dictionary: Dictionary) -> CheckedTable:
    """The table of a locality that doesn't supply it: its columns and no rows."""
    frame = pl.DataFrame(schema={field.name: empty_type(field) for field in dictionary.fields})
    table = to_checked(dictionary, frame, provenance=dictionary.default_provenance, file="")
    return CheckedTable(table.origin, table.unit, table.frame, table.dimensions, table.labels, supplied=False)


GENERATED = "records made by the generator of this compendium, in invented areas"
GENERATED_LICENCE = "CC BY 4.0"


def origin_of(dictionary: Dictionary, provenance: Provenance, file: str) -> Origin:
    """What a table of this dictionary says of itself wherever it goes.

    Whose the records are and on what terms is the dictionary's word for real ones; the generator's have one maker.
    """
    made = provenance == "synthetic"
    return Origin(
        table=dictionary.name,
        title=dictionary.title,
        sensitivity=dictionary.sensitivity,
        provenance=provenance,
        policy=dictionary.policy,
        source=GENERATED if made else str(dictionary.source),
        licence=GENERATED_LICENCE if made else dictionary.source.licence,
        file=file,
        units=dictionary.units,
    )


def _open_dimensions(
    dictionary: Dictionary, frame: pl.DataFrame, reference: Mapping[str, pl.DataFrame]
) -> dict[str, Dimension]:
    found = {}
    for field in dictionary.fields:
        if field.role == "dimension" and not field.codes and field.type == "string":
            categories = _categories(dictionary, field, frame, reference)
            found[field.name] = Dimension(
                name=field.name,
                title=field.heading,
                categories=categories,
                sensitive=field.sensitive,
                area=field.area,
                ordered=field.ordered,
            )
    return found


def _categories(
    dictionary: Dictionary, field: Field, frame: pl.DataFrame, reference: Mapping[str, pl.DataFrame]
) -> dict[str, str]:
    for key in dictionary.foreign_keys:
        if key.fields == (field.name,) and key.reference.resource in reference:
            table = reference[key.reference.resource]
            codes = table[key.reference.fields[0]]
            named = next((table[name] for name in _NAMES if name in table.columns), codes)
            return {code: label or code for code, label in zip(codes, named, strict=True) if code is not None}
    return {code: code for code in sorted(frame[field.name].drop_nulls().unique())}


def _series(column: pl.Series, field: Field) -> pd.Series:
    """pandas without a detour through Arrow, which isn't among the dependencies."""
    if field.type in ("integer", "year"):
        return pd.Series(pd.array(column.to_list(), dtype="Int64"))
    if field.type == "number":
        return pd.Series(column.to_numpy(), dtype="float64")
    if field.type == "boolean":
        return pd.Series(pd.array(column.to_list(), dtype="boolean"))
    if field.type == "date":
        return pd.Series(column.cast(pl.Datetime("ms")).to_numpy().astype("datetime64[s]"))
    return pd.Series(_shared(column), dtype="str")


def _shared(column: pl.Series) -> Any:
    """Texts as objects, each different text once in memory: of a million cells few differ in most columns."""
    if len(column) < MANY or column.n_unique() > len(column) // 2:
        return column.to_list()
    codes = column.drop_nulls().unique().sort()
    places = column.cast(pl.Enum(codes)).to_physical().fill_null(len(codes)).to_numpy()
    return np.array([*codes, None], dtype=object)[places]
