"""Check every input of a locality: its tables, its parameters, and where they lie."""

from __future__ import annotations

from dataclasses import dataclass

from compendium import dictionary
from compendium.errors import CompendiumError, Problem
from compendium.locality import load_locality
from compendium.paths import Root
from compendium.workflow import notebooks


@dataclass(frozen=True)
class Found:
    """What a check came to."""

    tables: int
    rows: int
    problems: tuple[Problem, ...]


def check_locality(root: Root, name: str) -> Found:
    """Read and check all tables of a locality and the parameters it gives; every problem, none raised."""
    try:
        dictionaries = dictionary.load(root.dictionaries)
        locality = load_locality(root, name)
    except CompendiumError as refused:
        return Found(0, 0, refused.problems)
    problems: list[Problem] = []
    stored = notebooks.load(root)
    for notebook in stored.values():
        try:
            notebooks.parameters(notebook, locality)
        except CompendiumError as refused:
            problems += refused.problems
    try:
        notebooks.choose(stored, list(locality.notebooks))
    except CompendiumError as refused:
        problems += refused.problems
    problems += locality.problems(dictionaries)
    if problems:
        return Found(0, 0, tuple(problems))
    sources = {table: found for table in dictionaries if (found := locality.source(table, dictionaries))}
    labels = {table: root.relative(source.path) for table, source in sources.items()}
    paths = {table: source.path for table, source in sources.items()}
    checked = dictionary.read_tables(paths, dictionaries, labels=labels)
    rows = sum(frame.height for frame in checked.tables.values())
    return Found(len(paths), rows, (*problems, *checked.problems))
