"""Templates made from the dictionary: a workbook for people, a CSV heading, a JSON Schema for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from compendium import csvfile
from compendium.dictionary.load import Dictionaries
from compendium.dictionary.schema import Dictionary
from compendium.dictionary.template_lists import Labels, code_lists, lookups, ranges
from compendium.errors import CompendiumError, Problem, UnknownName, nearest
from compendium.writing import write_whole

Shape = Literal["xlsx", "csv", "json-schema"]


@dataclass(frozen=True)
class Template:
    """What one workbook is made of: a table by itself, or a group of tables that are filled in together."""

    name: str
    title: str
    description: str
    tables: tuple[Dictionary, ...]
    known: Mapping[str, Labels] = field(default_factory=dict)  # codes and labels of lookups, by table


def templates(dictionaries: Dictionaries, names: Sequence[str], files: Mapping[str, Path]) -> list[Template]:
    """The templates of the named tables and groups; of all groups and all other tables when none is named.

    `files` says where the lookups lie whose codes become drop-down lists. Raises `UnknownName` with the nearest.
    """
    grouped = {member for members in dictionaries.groups.values() for member in members}
    everything = [*dictionaries.groups, *(name for name in dictionaries if name not in grouped)]
    known = [*dictionaries.groups, *dictionaries]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UnknownName(
            [
                Problem(message=f"No table or group is called {name[:40]}.", remedy=nearest(name, known))
                for name in unknown
            ]
        )
    return [_template(name, dictionaries, files) for name in dict.fromkeys(names or everything)]


def _template(name: str, dictionaries: Dictionaries, files: Mapping[str, Path]) -> Template:
    members = dictionaries.groups.get(name, (name,))
    tables = tuple(dictionaries[member] for member in members)
    about = dictionaries.about.get(name) or tables[0]
    codes = lookups(members, dictionaries, files)
    return Template(name, about.title or name, about.description, tables, codes)


def workbook(template: Template) -> bytes:
    """The template as an Excel workbook: a guide, a sheet a table, what each column and each code means."""
    import openpyxl

    from compendium import sheets
    from compendium.dictionary import template_guide, template_sheet

    lists = tuple(code_lists(template.tables, template.known))
    places = ranges(lists, template_guide.FIRST_CODE)
    together = {table.name: table for table in template.tables}
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    template_guide.add_guide(book, template.title, template.description, template.tables, f"{template.name}.xlsx")
    for table in template.tables:
        template_sheet.add(book, table, places, together)
    template_guide.add_columns(book, template.tables)
    if lists:
        template_guide.add_codes(book, lists)
    return sheets.saved(book, f"{template.title}: template")


def _shaped(template: Template, shape: Shape) -> Iterator[tuple[str, bytes]]:
    """File names and contents."""
    if shape == "xlsx":
        yield f"{template.name}.xlsx", workbook(template)
        return
    for table in template.tables:
        if shape == "csv":
            yield f"{table.name}.csv", csvfile.text_of(table.names).encode()
        else:
            from compendium.dictionary import json_schema

            text = json.dumps(json_schema(table), indent=2, ensure_ascii=False)
            yield f"{table.name}.schema.json", f"{text}\n".encode()


def write(wanted: Sequence[Template], folder: Path, shape: Shape = "xlsx") -> list[Path]:
    """Write the templates. A file that somebody has filled in is never overwritten: then nothing is written."""
    made = {folder / name: data for template in wanted for name, data in _shaped(template, shape)}
    taken = [path for path, data in made.items() if path.exists() and (not path.is_file() or path.read_bytes() != data)]
    if taken:
        remedy = "It may hold somebody's work: move it away, or name another folder with --out."
        raise CompendiumError(
            [Problem(path.name, message="The file is there already.", remedy=remedy) for path in taken]
        )
    for path, data in made.items():
        if not path.exists():
            write_whole(path, data)
    return list(made)
