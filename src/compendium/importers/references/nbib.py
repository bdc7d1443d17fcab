"""PubMed's own export (`.nbib`): four characters of tag, a dash, and lines indented by six blanks that go on.

Source: National Library of Medicine, MEDLINE/PubMed Data Element (Field) Descriptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from compendium.importers.reading import Reading, importer
from compendium.importers.references.record import SEPARATOR, Fields, record, table, text_of

LINE = re.compile(r"([A-Z][A-Z0-9]{0,3}) *- ?(.*)")
TAG_WIDTH = 4
JOINED = "      "


@importer
def pubmed_nbib(reading: Reading, path: Path) -> pd.DataFrame:
    """Records of a PubMed file. Columns: `record.COLUMNS`; errors name the line."""
    found = list(_records(reading, text_of(reading, path)))
    if not found and not reading.problems:
        raise reading.stop("No record begins in this file (PMID): it is not PubMed's format.", "Choose format PubMed.")
    return table(_record(reading, fields, number) for number, fields in enumerate(found, start=1))


def _records(reading: Reading, text: str) -> Iterator[Fields]:
    fields: Fields | None = None
    tag = ""
    for number, line in enumerate(text.split("\n"), start=1):
        matched = LINE.fullmatch(line) if line[TAG_WIDTH : TAG_WIDTH + 1] == "-" else None
        if matched:
            tag = matched[1]
            if tag == "PMID":
                if fields:
                    yield fields
                fields = Fields(number)
            if fields is None:
                reading.refuse("The line stands before the first record (PMID).", row=number)
                continue
            fields.values.setdefault(tag, []).append(matched[2].strip())
        elif line.startswith(JOINED) and fields and tag:
            fields.values[tag][-1] = f"{fields.values[tag][-1]} {line.strip()}"
        elif line.strip():
            reading.refuse(
                "The line has neither a tag nor the six blanks of a line that goes on.",
                row=number,
                remedy="Export the records again in PubMed's format.",
            )
    if fields:
        yield fields


def _record(reading: Reading, fields: Fields, number: int) -> dict[str, object]:
    pmid = fields.first("PMID")
    dois = [value for value in fields.values.get("LID", []) + fields.values.get("AID", []) if value.endswith("[doi]")]
    known = {
        "type": SEPARATOR.join(fields.all("PT")),
        "title": fields.first("TI", "BTI"),
        "authors": SEPARATOR.join(fields.all("FAU") or fields.all("AU")),
        "year": fields.first("DP", "DEP"),
        "journal": fields.first("JT", "TA"),
        "volume": fields.first("VI"),
        "issue": fields.first("IP"),
        "pages": fields.first("PG"),
        "doi": dois[0].removesuffix("[doi]").strip() if dois else "",
        "accession": pmid,
        "database": "PubMed",
        "language": SEPARATOR.join(fields.all("LA")),
        "keywords": SEPARATOR.join(fields.all("MH", "OT")),
        "abstract": fields.first("AB"),
    }
    return record(reading, fields, number, **known)
