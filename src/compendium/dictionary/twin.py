"""The synthetic twin of a locality: every table it needs, invented, the same bytes each time.

Invented areas, services and people only; a null scenario (no area effect, no change between before and after). Each
value that shapes it is a parameter with a basis, a source and a reason: `localities/twin_parameters.yml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from compendium.dictionary.load import load
from compendium.dictionary.schema import Dictionary
from compendium.dictionary.twin_areas import make_area_groups, make_areas
from compendium.dictionary.twin_cases import FILES_DRAWN, crime_table, make_cases, make_events
from compendium.dictionary.twin_draw import Draw, month_days
from compendium.dictionary.twin_elsewhere import drawn_level, in_local_codes
from compendium.dictionary.twin_page import twin_assumptions_markdown
from compendium.dictionary.twin_parameters import Parameters, load_parameters
from compendium.dictionary.twin_people import add_people, suspect_table, victim_table
from compendium.dictionary.twin_pilot import make_pilot
from compendium.dictionary.twin_services import make_services
from compendium.dictionary.twin_workshops import make_workshops
from compendium.paths import Root
from compendium.writing import write_whole

__all__ = ["FOLDER", "load_parameters", "make", "parameters_path", "twin_assumptions_markdown", "write"]

FOLDER = Path("data") / "synthetic"


def parameters_path(root: Root) -> Path:
    """Where the parameters of all twins stand."""
    return root.localities / "twin_parameters.yml"


def make(
    locality_id: str,
    parameters: Parameters,
    dictionaries: Mapping[str, Dictionary],
    *,
    area_level: str,
    period: tuple[str, str],
    seed: str = "",
    local: Mapping[str, Dictionary] | None = None,
) -> dict[str, pd.DataFrame]:
    """Every synthetic table of a locality by name, with the columns of its dictionary in their order.

    `area_level` is `zone` or `district`, `period` the first and last month (`2022-05`, `2023-04`). The draws depend on
    the id, the version of the parameters and `seed` only. Dates are `datetime.date`, empty cells None or "".
    With `local`, the dictionaries as a locality has them, the tables are in its codes and `area_level` is one of its.
    """
    names = (locality_id, parameters.version, seed)
    if local is not None:
        drawn = drawn_level(locality_id, area_level, dictionaries, local)
        tables = make(locality_id, parameters, dictionaries, area_level=drawn, period=period, seed=seed)
        return in_local_codes(tables, dictionaries, local, area_level, Draw(*names, "elsewhere"))
    tables = make_areas(locality_id, parameters, area_level, Draw(*names, "areas"))
    tables |= _case_files(locality_id, parameters, tables["area_population"], period, names)
    counted = list(tables["area_population"]["area_id"].unique())
    tables["area_groups"] = make_area_groups(parameters, counted, Draw(*names, "area_groups"))
    tables |= make_services(parameters, counted, month_days(*period)[1], Draw(*names, "services"))
    tables |= make_workshops(parameters, dictionaries, Draw(*names, "workshops"), Draw(*names, "fieldwork"))
    tables |= make_pilot(parameters, dictionaries, Draw(*names, "pilot"))
    return {name: table[list(dictionaries[name].names)] for name, table in tables.items()}


def write(
    root: Root, locality_id: str, *, area_level: str, period: tuple[str, str], own: Mapping[str, Path] | None = None
) -> list[Path]:
    """Write the twin of a locality into its folder `data/synthetic`; returns the files, each `*.synthetic.csv`.

    `area_level` and `period` are those of its `locality.yml`, `own` the dictionary files that it names. Raises
    `InputRefused` when the parameters or those files are broken.
    """
    parameters = load_parameters(parameters_path(root))
    local = load(root.dictionaries, own) if own else None
    tables = make(locality_id, parameters, load(root.dictionaries), area_level=area_level, period=period, local=local)
    written = []
    for name, table in tables.items():
        path = root.localities / locality_id / FOLDER / f"{name}.synthetic.csv"
        write_whole(path, as_csv(table))
        written.append(path)
    return written


def as_csv(table: pd.DataFrame) -> str:
    """A table as CSV text: ISO dates, true and false, LF, empty cells for what is missing."""
    shown = table.copy()
    for column in shown.select_dtypes("bool"):
        shown[column] = shown[column].map({True: "true", False: "false"})
    return str(shown.to_csv(index=False, lineterminator="\n"))


def _case_files(
    locality_id: str,
    parameters: Parameters,
    population: pd.DataFrame,
    period: tuple[str, str],
    names: tuple[object, ...],
) -> dict[str, pd.DataFrame]:
    children = {str(area): int(persons) for area, persons in population.groupby("area_id")["persons"].sum().items()}
    cases = make_cases(locality_id, parameters, children, period, Draw(*names, "cases"))
    add_people(cases, parameters, children, Draw(*names, "people"))
    last = month_days(*period)[1] + FILES_DRAWN
    return {
        "cases": pd.DataFrame([case.row for case in cases]),
        "crimes": crime_table(cases),
        "victims": victim_table(cases),
        "suspects": suspect_table(cases),
        "case_events": make_events(cases, parameters, last, Draw(*names, "events")),
    }
