"""All tables of a locality together: each against its dictionary, and their foreign keys against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from compendium.dictionary.cells import spoken
from compendium.dictionary.check import Check, check_table, located
from compendium.dictionary.load import Dictionaries
from compendium.dictionary.raw import RawTable, read_raw
from compendium.dictionary.schema import Dictionary, ForeignKey
from compendium.errors import Problem, nearest

FEW = 500  # codes of a public table among which the nearest is looked for


@dataclass(frozen=True, repr=False)
class Checked:
    """Typed tables by name, and everything that is wrong with them. A table with errors is for no one to use."""

    tables: Mapping[str, pl.DataFrame]
    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.level == "error"]

    def __repr__(self) -> str:
        return f"<checked: {', '.join(self.tables)}; {len(self.problems)} problems>"


def read_tables(
    sources: Mapping[str, Path], dictionaries: Dictionaries, *, labels: Mapping[str, str] | None = None
) -> Checked:
    """Read and check the file of each table named in `sources`.

    `labels` says what a file is called in messages. A foreign key to a table that isn't among them is a warning.
    Problems come in the order of tables, rows and columns. Raises `UnknownName` for a table without dictionary.
    """
    shown = labels or {}
    raws: dict[str, RawTable] = {}
    tables: dict[str, pl.DataFrame] = {}
    found: dict[str, list[Problem]] = {}
    for name, path in sources.items():
        dictionary = dictionaries.named(name)
        raws[name] = read_raw(path, dictionary, shown.get(name, path.name))
        tables[name], found[name] = check_table(raws[name], dictionary)
    for name in sources:
        for key in dictionaries[name].foreign_keys:
            found[name] += _strays(key, dictionaries[name], dictionaries, raws, tables)
    problems = [raws[name].placed(one) for name in sources for one in _in_order(found[name], dictionaries[name])]
    return Checked(tables, problems)


def read(path: Path, dictionary: Dictionary, file: str = "") -> tuple[pl.DataFrame, list[Problem]]:
    """One table by itself; its foreign keys aren't checked."""
    raw = read_raw(path, dictionary, file)
    frame, problems = check_table(raw, dictionary)
    return frame, [raw.placed(problem) for problem in _in_order(problems, dictionary)]


def _in_order(problems: list[Problem], dictionary: Dictionary) -> list[Problem]:
    place = {name: index for index, name in enumerate(dictionary.names)}
    return sorted(problems, key=lambda problem: (problem.row or 0, place.get(problem.column, len(place))))


def _strays(
    key: ForeignKey,
    dictionary: Dictionary,
    dictionaries: Dictionaries,
    raws: Mapping[str, RawTable],
    tables: Mapping[str, pl.DataFrame],
) -> Iterator[Problem]:
    """Rows whose key isn't in the table it leads to."""
    raw, target = raws[dictionary.name], key.reference.resource
    if target not in tables:
        message = f"The table {target} isn't supplied, so this column can't be held against it."
        yield Problem(raw.file, None, key.fields[-1], message, f"Supply {target}.", "warning")
        return
    frame, other = tables[dictionary.name], tables[target]
    if not raws[target].whole or not set(key.fields) <= set(frame.columns):
        return  # what is missing there is reported there
    missing = _absent(frame, other, key)
    if missing.any():
        yield from located(_stray_check(key, dictionary, dictionaries[target], raws[target].file, other), missing, raw)


def _absent(frame: pl.DataFrame, other: pl.DataFrame, key: ForeignKey) -> pl.Series:
    own, theirs = list(key.fields), list(key.reference.fields)
    if len(own) == 1:
        known = other[theirs[0]].drop_nulls().unique()
        return frame.select(pl.col(own[0]).is_not_null() & ~pl.col(own[0]).is_in(known.implode())).to_series()
    known_rows = other.select(pl.col(theirs)).unique().with_columns(pl.lit(True).alias("found"))
    joined = frame.select(own).join(known_rows, left_on=own, right_on=theirs, how="left", maintain_order="left")
    return joined.select(pl.col("found").is_null() & pl.all_horizontal(pl.col(own).is_not_null())).to_series()


def _stray_check(key: ForeignKey, dictionary: Dictionary, target: Dictionary, file: str, other: pl.DataFrame) -> Check:
    column = dictionary.field(key.fields[-1])
    names = ", ".join(key.reference.fields)
    known = other[key.reference.fields[-1]].drop_nulls().unique()

    def tell(cell: str) -> tuple[str, str]:
        message = f"{spoken(cell, column, dictionary)} isn't in {file}, column {names}."
        if not target.sensitive and len(known) <= FEW and known.dtype == pl.String:
            return message, nearest(cell, known.to_list())
        return message, f"Add it to {target.name} or correct it here."

    return Check(column.name, pl.lit(False), tell)
