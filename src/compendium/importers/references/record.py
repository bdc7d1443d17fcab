"""One bibliographic record: the columns all importers share, and how a file's own fields become them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from compendium.importers.files import bytes_of, is_workbook
from compendium.importers.reading import Reading

COLUMNS = (
    *("record_id", "line", "type", "title", "authors", "year", "journal", "volume", "issue", "pages", "doi"),
    *("accession", "database", "language", "keywords", "abstract", "url"),
    *("label", "label_full_text", "same_as", "other"),
)
SEPARATOR = "; "
DOI = re.compile(r"10\.\d{4,9}/\S+")
EXPORT_AGAIN = "Export it again from the database, as UTF-8."


@dataclass
class Fields:
    """The fields of one record as the file has them: a name, its values in order. What is taken is used up."""

    line: int
    values: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, value: str) -> None:
        if value:
            self.values.setdefault(name, []).append(value)

    def first(self, *names: str) -> str:
        """The first value of the first of `names` that has one."""
        for name in names:
            if found := self.values.get(name):
                value = found.pop(0)
                if not found:
                    del self.values[name]
                return value
        return ""

    def all(self, *names: str) -> list[str]:
        """Every value of `names`, in their order."""
        return [value for name in names for value in self.values.pop(name, [])]

    def other(self) -> str:
        """What nobody took, as sorted JSON; empty when nothing is left."""
        return json.dumps(self.values, ensure_ascii=False, sort_keys=True) if self.values else ""


def record(reading: Reading, fields: Fields, number: int, **known: str) -> dict[str, object]:
    """A row of the table from `known` columns and the rest of `fields`; remarks on a year or DOI that is none."""
    row: dict[str, object] = dict.fromkeys(COLUMNS, "")
    row |= {"record_id": f"R{number:05}", "line": fields.line, **known}
    row["year"] = _year(reading, known.get("year", ""), fields)
    row["doi"] = _doi(reading, known.get("doi", ""), fields)
    if not row["title"]:
        reading.remark("The record has no title.", row=fields.line, remedy="It can't be screened by its title.")
    row["other"] = fields.other()
    return row


def table(rows: Iterable[dict[str, object]]) -> pd.DataFrame:
    """Records as a table: `line` a whole number, all else text (empty where nothing is recorded)."""
    return pd.DataFrame(list(rows), columns=list(COLUMNS)).astype({"line": "int64"})


def text_of(reading: Reading, path: Path) -> str:
    """The text of an export, UTF-8 or UTF-16 by its byte order mark, line ends as `\\n`.

    Raises `UnreadableError`, with the line, for what is neither, and for zero bytes.
    """
    data = bytes_of(reading, path)
    if is_workbook(data):
        raise reading.stop("This is a workbook or another zip archive, no export of references.", EXPORT_AGAIN)
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise reading.stop("The text is not in UTF-8.", EXPORT_AGAIN, row=line) from error
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise reading.stop("The line holds zero bytes: the file is damaged or no text.", EXPORT_AGAIN, row=line)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _year(reading: Reading, printed: str, fields: Fields) -> str:
    found = re.search(r"(?<!\d)(1[5-9]|20)\d\d(?!\d)", printed)
    if printed and not found:
        reading.remark("What stands for a year is none; it is kept in `other`.", row=fields.line, column="year")
    if printed and (not found or found[0] != printed):
        fields.add("date as printed", printed)
    return found[0] if found else ""


def _doi(reading: Reading, printed: str, fields: Fields) -> str:
    """The DOI without the address before it."""
    found = DOI.search(printed)
    if printed and not found:
        reading.remark("What stands for a DOI is none; it is kept in `other`.", row=fields.line, column="doi")
        fields.add("doi as printed", printed)
    return found[0].rstrip(".,;") if found else ""
