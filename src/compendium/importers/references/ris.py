"""RIS in the dialects that databases write: Embase, Ovid, ProQuest, Scopus, PubMed by way of Zotero, EndNote, ASReview.

`rispy` reads the tags; where a record begins and ends is found here, because `rispy` drops a record without an end and
the lines between records, and knows no line numbers. Specification: Research Information Systems (2001), as written
down at https://en.wikipedia.org/wiki/RIS_(file_format).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import pandas as pd
from rispy import RisParser

from compendium.importers.reading import Reading, importer
from compendium.importers.references.record import SEPARATOR, Fields, record, table, text_of

TAG = re.compile(r"[A-Z][A-Z0-9]  -")
NEARLY = re.compile(r"(TY|ER|TI|T1|AU|A1|PY|Y1|DO|AB|JO|JF|SN|SP|EP|VL|IS) ?- ")
LABEL = re.compile(r"ASReview_(relevant|irrelevant|not_seen)")
ONE_LINE = ("AB", "N2", "TI", "T1", "T2", "JF", "JO")  # broken by the exporter, not by the author


@dataclass
class Block:
    """The lines of one record, the line its `TY` stands in, and the lines after its end that belong to it."""

    line: int
    lines: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


class Tags(RisParser):  # type: ignore[misc]
    """Every tag under its own name, every value kept; a line without a tag continues the value before it."""

    DEFAULT_MAPPING: ClassVar[dict[str, str]] = {}  # type: ignore[misc]

    def _add_tag(self, record: dict, tag: str, content: str, extend_multiline: bool = False) -> None:  # type: ignore[type-arg]
        if extend_multiline and record.get(tag):
            record[tag][-1] = f"{record[tag][-1]}\n{content}"
        else:
            record.setdefault(tag, []).append(content)


@importer
def ris(reading: Reading, path: Path) -> pd.DataFrame:
    """Records of an RIS file. Columns: `record.COLUMNS`; errors name the line."""
    blocks = list(_blocks(reading, text_of(reading, path)))
    return table(_record(reading, block, number) for number, block in enumerate(blocks, start=1))


def _blocks(reading: Reading, text: str) -> Iterator[Block]:
    """The records of a file, each from its `TY` to its `ER`."""
    inside: Block | None = None
    last: Block | None = None
    before: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        tag = line[:2] if TAG.match(line) else ""
        if tag == "TY":
            if inside:
                _unended(reading, inside)
            inside = Block(number, [line])
        elif tag == "ER" and inside:
            yield inside
            inside, last = None, inside
        elif tag == "ER":
            reading.refuse("ER ends a record that has no beginning (TY).", row=number, remedy="Export the file again.")
        elif inside:
            inside.lines.append(line)
            if NEARLY.match(line):
                reading.remark("The line looks like a tag but has too few blanks; it was read as text.", row=number)
        elif line.strip():
            (last.after if last else before).append(line.strip())
    if inside:
        _unended(reading, inside)
    elif last is None:
        raise reading.stop("No record begins in this file (TY): it is not RIS.", "Export the records as RIS.")
    if [line for line in before if not re.fullmatch(r"\d+\.", line)]:
        reading.remark("Lines before the first record belong to none and are left out.", row=1)


def _unended(reading: Reading, block: Block) -> None:
    reading.refuse(
        f"The record that begins in line {block.line} has no end (ER).",
        row=block.line,
        remedy="The file is cut off, or another program wrote it; export it again.",
    )


def _record(reading: Reading, block: Block, number: int) -> dict[str, object]:
    tags = _tags(block)
    fields = Fields(block.line)
    for tag, values in tags.items():
        for value in values:
            fields.add(tag, " ".join(value.split("\n")) if tag in ONE_LINE else value)
    for line in block.after:
        if not re.fullmatch(r"\d+\.", line):
            fields.add("after the record", line)
    first, last = (_recorded(fields, tag) for tag in ("SP", "EP"))
    known = {
        "type": fields.first("TY"),
        "title": fields.first("TI", "T1", "CT", "BT"),
        "authors": SEPARATOR.join(_lines(fields.all("AU", "A1"))),
        "year": fields.first("PY", "Y1", "DA"),
        "journal": fields.first("JF", "T2", "JO", "J2", "JA"),
        "volume": fields.first("VL"),
        "issue": fields.first("IS"),
        "pages": f"{first}-{last}" if first and last else first or last,
        "doi": fields.first("DO"),
        "accession": fields.first("AN", "ID", "U2"),
        "database": fields.first("DB", "DP"),
        "language": fields.first("LA"),
        "keywords": SEPARATOR.join(_lines(fields.all("KW"))),
        "abstract": fields.first("AB", "N2"),
        "url": fields.first("UR"),
        "label": _label(fields),
    }
    return record(reading, fields, number, **known)


def _recorded(fields: Fields, tag: str) -> str:
    """A page; Ovid writes `No` and `Specified` where there is none, which stay among the other fields."""
    return "" if fields.values.get(tag, [""])[0] in ("No", "Specified") else fields.first(tag)


def _tags(block: Block) -> dict[str, list[str]]:
    """The values of each tag by `rispy`."""
    (found,) = _PARSER.parse_lines(iter([*block.lines, "ER  - "]))
    return {tag: [value] if isinstance(value, str) else value for tag, value in found.items()}


_PARSER = Tags(mapping={"TY": "TY"})


def _lines(values: list[str]) -> list[str]:
    return [line.strip() for value in values for line in value.split("\n") if line.strip()]


def _label(fields: Fields) -> str:
    """The screening label that ASReview writes among the notes; the notes stay as they are."""
    found = [match[1] for note in fields.values.get("N1", []) for match in LABEL.finditer(note)]
    return found[-1] if found else ""
