"""The drop-down lists of a template: where the codes of each column stand on the sheet of code lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from compendium.dictionary.schema import Dictionary, Field

if TYPE_CHECKING:
    from compendium.dictionary.load import Dictionaries

SHEET = "Code lists"  # a blank, which no table's name has: never taken for a table
LONGEST_LIST = 2_000  # codes; a longer drop-down helps nobody
LAST_ROW = 20_001  # as far down as a template looks at what is typed
_NAMES = ("label", "name", "title")  # columns that name what a key stands for

Labels = Mapping[str, str]


@dataclass(frozen=True)
class CodeList:
    """The codes that a column may hold, with their labels."""

    table: str
    column: str
    entries: tuple[tuple[str | int, str], ...]


def lookups(names: Sequence[str], dictionaries: Dictionaries, files: Mapping[str, Path]) -> dict[str, Labels]:
    """Codes and labels of the public tables that the named tables lead to, from their files; broken files give none."""
    from compendium.dictionary.tables import read

    wanted = {key.reference.resource for name in names for key in dictionaries[name].foreign_keys} - set(names)
    found: dict[str, Labels] = {}
    for table in sorted(wanted & set(files)):
        dictionary = dictionaries[table]
        if dictionary.sensitive or len(dictionary.primary_key) != 1:
            continue
        frame, problems = read(files[table], dictionary)
        if any(problem.level == "error" for problem in problems):
            continue
        codes = [str(code) for code in frame[dictionary.primary_key[0]]]
        named = next((frame[name].to_list() for name in _NAMES if name in frame.columns), codes)
        found[table] = {code: str(label or code) for code, label in zip(codes, named, strict=True)}
    return found


def code_lists(tables: Sequence[Dictionary], known: Mapping[str, Labels]) -> Iterator[CodeList]:
    """A list for each column with declared codes, or with codes of a lookup."""
    for dictionary in tables:
        for field in dictionary.fields:
            entries = tuple(_entries(field, dictionary, known))
            if 0 < len(entries) <= LONGEST_LIST:
                yield CodeList(dictionary.name, field.name, entries)


def _entries(field: Field, dictionary: Dictionary, known: Mapping[str, Labels]) -> Iterator[tuple[str | int, str]]:
    elsewhere = next((known[table] for table in _targets(field, dictionary) if table in known), {})
    if field.type == "boolean" and not field.codes:
        yield from ((value, value) for value in (field.true_values[0], field.false_values[0]))
    for code in field.codes or tuple(elsewhere):
        label = field.labels.get(code) or elsewhere.get(code, code)
        yield (int(code) if field.type in ("integer", "year") else code), label


def _targets(field: Field, dictionary: Dictionary) -> Iterator[str]:
    return (key.reference.resource for key in dictionary.foreign_keys if key.fields == (field.name,))


def ranges(lists: Sequence[CodeList], first_row: int) -> dict[tuple[str, str], str]:
    """Where the codes of each column stand when the lists follow each other from `first_row` in column C."""
    found, row = {}, first_row
    for listed in lists:
        last = row + len(listed.entries) - 1
        found[listed.table, listed.column] = f"'{SHEET}'!$C${row}:$C${last}"
        row = last + 1
    return found


def linked_range(field: Field, dictionary: Dictionary, tables: Mapping[str, Dictionary]) -> str:
    """The keys typed so far on another sheet of the same workbook; empty when the column leads to none of them."""
    from openpyxl.utils import get_column_letter

    for key in dictionary.foreign_keys:
        if key.fields == (field.name,) and key.reference.resource in tables:
            target = tables[key.reference.resource]
            letter = get_column_letter(target.names.index(key.reference.fields[0]) + 1)
            filled = f"COUNTA('{target.name}'!${letter}$2:${letter}${LAST_ROW})"
            return f"OFFSET('{target.name}'!${letter}$2,0,0,MAX(1,{filled}),1)"
    return ""
