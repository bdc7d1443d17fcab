"""Data dictionaries as pages: one for each group of tables, and an index of every table and every column.

The index stands in `report/dictionaries.qmd`; it needs no script, and each table keeps its anchor there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from compendium import dictionary
from compendium.dictionary import Dictionaries, Dictionary
from compendium.markdown import escape, label, pipe_table
from compendium.report import front
from compendium.writing import write_whole

FOLDER = "data-dictionaries"  # no locality can have this id: it has a hyphen
UNGROUPED = {  # by how a table's name or its file begins
    "areas": ("Areas and official figures", "Where children live, and what publishers say of those places.", ("area",)),
    "evidence": (
        "Evidence",
        "The register of studies, programmes and quality frameworks.",
        ("evidence/", "framework/"),
    ),
    "codes": ("Codes and terms", "Lists of codes, weights and words that ship with this compendium.", ("data_",)),
}
REST = ("Other tables", "Fieldwork, and what is known from outside.")


@dataclass(frozen=True)
class Group:
    """Tables that stand on one page."""

    id: str
    title: str
    description: str
    tables: tuple[str, ...]


def groups(dictionaries: Dictionaries) -> list[Group]:
    """Every table in one group: as declared, then by what its name or file begins with."""
    found = [
        Group(id.replace("_", "-"), about.title, " ".join(about.description.split()), tuple(about.group))
        for id, about in dictionaries.about.items()
    ]
    left = [name for name in dictionaries if name not in {table for group in found for table in group.tables}]
    for id, (title, description, starts) in UNGROUPED.items():
        members = tuple(
            name
            for name in left
            if name.startswith(starts) or (dictionaries[name].default_file or "").startswith(starts)
        )
        left = [name for name in left if name not in members]
        found.append(Group(id, title, description, members))
    found.append(Group("other", *REST, tuple(left)))
    return sorted((group for group in found if group.tables), key=lambda group: (group.id == "other", group.title))


def write(folder: Path, dictionaries: Dictionaries) -> None:
    """A page for each group of tables into `folder`."""
    for group in groups(dictionaries):
        write_whole(folder / f"{group.id}.qmd", page(group, dictionaries))


def page(group: Group, dictionaries: Dictionaries) -> str:
    """The tables of a group, each with its columns."""
    tables = Dictionaries({name: dictionaries[name] for name in group.tables})
    head = front.matter(f"Data dictionary: {group.title}", print=False)
    back = "[All tables and columns](../../report/dictionaries.qmd)"
    return "\n".join([*head, escape(group.description), "", back, "", dictionary.codebook(tables)])


def index(dictionaries: Dictionaries, up: str = "../") -> str:
    """Every table by group, then every column from A to Z; `up` leads from the page to the project's root."""
    found = groups(dictionaries)
    columns = sum(len(dictionaries[name].fields) for name in dictionaries)
    said = (
        f"{len(dictionaries)} tables with {columns} columns, in {len(found)} groups. Each group has a page of its own."
    )
    where = {name: f"{up}places/{FOLDER}/{group.id}.qmd" for group in found for name in group.tables}
    lines = [said, "", "## Tables {#sec-tables}", ""]
    for group in found:
        lines += [f"### {escape(group.title)} {{#sec-group-{group.id}}}", "", escape(group.description), ""]
        rows = [_table_row(dictionaries[name], where[name]) for name in group.tables]
        caption = f"Tables: {escape(group.title)}"
        lines += [pipe_table(["Table", "One row is", "Rows shown?", "Columns"], rows, right=[3], caption=caption), ""]
    return "\n".join([*lines, "## Columns from A to Z {#sec-columns}", "", *_columns(dictionaries, where), ""])


def _table_row(table: Dictionary, where: str) -> list[str]:
    anchor = label("sec-table", table.name)
    shown = "never" if table.sensitive else "public"
    return [
        f"[{escape(table.title)}]({where}#{anchor}){{#{anchor}}}",
        escape(table.unit),
        shown,
        str(len(table.fields)),
    ]


def _columns(dictionaries: Dictionaries, where: Mapping[str, str]) -> Iterator[str]:
    """An item a column: its name, and every table that has it."""
    tables: dict[str, list[str]] = {}
    for name in dictionaries:
        for field in dictionaries[name].fields:
            tables.setdefault(field.name, []).append(name)
    for letter, names in groupby(sorted(tables), key=lambda name: name[0].upper()):
        yield from (f"### {letter} {{#sec-columns-{letter.lower()}}}", "", "::: {.index-list}")
        for name in names:
            links = (f"[{escape(table)}]({where[table]}#{label('sec-table', table)})" for table in tables[name])
            yield f"- `{name}` in {', '.join(links)}"
        yield from (":::", "")
