"""All tables of a locality together: each against its dictionary, then all against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from compendium.dictionary.between import ReadTables, problems_between
from compendium.dictionary.check import check_table
from compendium.dictionary.load import Dictionaries
from compendium.dictionary.raw import RawTable, read_raw
from compendium.dictionary.schema import Dictionary
from compendium.errors import Problem, errors_among, refuse_errors
from compendium.writing import temporary_folder


@dataclass(frozen=True, repr=False)
class Checked:
    """Typed tables by name, and everything that is wrong with them. A table with errors is for no one to use."""

    tables: Mapping[str, pl.DataFrame]
    problems: list[Problem] = field(default_factory=list)
    origins: Mapping[str, RawTable] = field(default_factory=dict)  # where the rows stood; without their cells

    @property
    def errors(self) -> list[Problem]:
        return errors_among(self.problems)

    def __repr__(self) -> str:
        return f"<checked: {', '.join(self.tables)}; {len(self.problems)} problems>"


def read_tables(
    sources: Mapping[str, Path], dictionaries: Dictionaries, *, labels: Mapping[str, str] | None = None
) -> Checked:
    """Read and check the file of each table named in `sources`.

    `labels` says what a file is called in messages. A foreign key to a table that isn't among them is a warning.
    Problems come in the order of tables, rows and columns; what is counted and not listed comes last of its table.
    Raises `UnknownName` for a table without dictionary.
    """
    shown = labels or {}
    raws: dict[str, RawTable] = {}
    tables: dict[str, pl.DataFrame] = {}
    found: dict[str, list[Problem]] = {}
    for name, path in sources.items():
        dictionary = dictionaries.named(name)
        raws[name] = read_raw(path, dictionary, shown.get(name, path.name))
        tables[name], found[name] = check_table(raws[name], dictionary)
    everything = ReadTables(dictionaries, raws, tables)
    for name in sources:
        found[name] += problems_between(name, everything)
    problems = [raws[name].placed(one) for name in sources for one in _in_order(found[name], dictionaries[name])]
    return Checked(tables, problems, {name: raw.without_cells() for name, raw in raws.items()})


def read(path: Path, dictionary: Dictionary, file: str = "") -> tuple[pl.DataFrame, list[Problem]]:
    """One table by itself; its foreign keys aren't checked."""
    raw = read_raw(path, dictionary, file)
    frame, problems = check_table(raw, dictionary)
    return frame, [raw.placed(problem) for problem in _in_order(problems, dictionary)]


def refuse_what_breaks(text: str, dictionary: Dictionary, made_from: str) -> None:
    """Check a table that is about to be written, given as its CSV. Raises `InputRefused` with every error."""
    with temporary_folder() as folder:
        made = folder / f"{dictionary.name}.csv"
        made.write_text(text, encoding="utf-8")
        _, problems = read(made, dictionary, f"{dictionary.name} made from {made_from}")
    refuse_errors(problems)


def _in_order(problems: list[Problem], dictionary: Dictionary) -> list[Problem]:
    place = {name: index for index, name in enumerate(dictionary.names)}
    return sorted(
        problems, key=lambda problem: (problem.times > 1, problem.row or 0, place.get(problem.column, len(place)))
    )
