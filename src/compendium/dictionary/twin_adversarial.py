"""A twin of edge cases: what is legal and rare, each at least once, to try a method or a release on.

Two twins. `full`: an ordinary twin with rows added until every code of every column, every boundary, the longest and
the least expected labels, and every awkward relation between persons and cases occur. `bare`: one row a table where
the table allows it, every optional cell empty. Both agree with their dictionaries without an error; they are for
tests and are never written into a locality. Invented areas, services and people only, as in the ordinary twin.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from compendium.dictionary import twin_edge_records as edges
from compendium.dictionary.load import load
from compendium.dictionary.schema import Dictionary
from compendium.dictionary.twin import as_csv, load_parameters, make, parameters_path
from compendium.dictionary.twin_bare import bare_tables
from compendium.dictionary.twin_draw import month_days
from compendium.dictionary.twin_edge_cases import edge_case_files
from compendium.errors import InputRefused, Problem
from compendium.paths import Root
from compendium.writing import write_whole

Tables = dict[str, pd.DataFrame]
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def make_adversarial(locality_id: str, root: Root, *, area_level: str, period: tuple[str, str]) -> dict[str, Tables]:
    """`full` and `bare`: every synthetic table of a locality by name, as `twin.make` gives them."""
    dictionaries = load(root.dictionaries)
    parameters = load_parameters(parameters_path(root))
    tables = make(locality_id, parameters, dictionaries, area_level=area_level, period=period, seed="adversarial")
    first, last = month_days(*period)
    return {
        "full": _with(tables, _edges(tables, dictionaries, area_level, first, last), dictionaries),
        "bare": _typed(bare_tables(area_level, first), dictionaries),
    }


def write_adversarial(
    root: Root, locality_id: str, out: Path, *, area_level: str, period: tuple[str, str]
) -> list[Path]:
    """Write both twins below `out`, as `full/*.synthetic.csv` and `bare/*.synthetic.csv`; returns the files.

    Raises `InputRefused` when `out` lies among the localities: an edge case must never pass for a locality's data.
    """
    if out.resolve().is_relative_to(root.localities.resolve()):
        problem = "The folder lies among the localities: edge cases are not data of a locality."
        raise InputRefused([Problem(message=problem, remedy="Name a folder elsewhere with --out.")])
    written = []
    for kind, tables in make_adversarial(locality_id, root, area_level=area_level, period=period).items():
        for name, table in tables.items():
            path = out / kind / f"{name}.synthetic.csv"
            write_whole(path, as_csv(table))
            written.append(path)
    return written


def _edges(
    tables: Tables, dictionaries: Mapping[str, Dictionary], area_level: str, first: dt.date, last: dt.date
) -> Rows:
    counted = sorted(tables["areas"].loc[tables["areas"]["level"] == area_level, "area_id"])
    return {
        **edges.areas(area_level),
        **edge_case_files(dictionaries, counted, first, last),
        **edges.services(dictionaries, counted, last),
        **edges.workshops(dictionaries, last),
        **edges.pilot(dictionaries, last),
    }


def _with(tables: Tables, added: Rows, dictionaries: Mapping[str, Dictionary]) -> Tables:
    """The tables with rows added below; cells that a row does not name are empty."""
    more = _typed(added, dictionaries)
    return {
        name: pd.concat([table, more[name]], ignore_index=True) if added.get(name) else table
        for name, table in tables.items()
    }


def _typed(rows: Rows, dictionaries: Mapping[str, Dictionary]) -> Tables:
    """The rows as tables with the columns of their dictionaries; whole numbers may be empty."""
    found = {}
    for name, records in rows.items():
        fields = dictionaries[name].fields
        table = pd.DataFrame([[record.get(field.name) for field in fields] for record in records])
        table.columns = pd.Index(dictionaries[name].names)
        types = {field.name: {"integer": "Int64", "boolean": "bool"}.get(field.type, "object") for field in fields}
        found[name] = table.astype(types)
    return found
