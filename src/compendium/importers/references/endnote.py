"""EndNote XML. Read with `defusedxml`: a file with entities or an external document is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import pandas as pd
from defusedxml import DefusedXmlException, ElementTree

from compendium.importers.reading import Reading, importer
from compendium.importers.references.record import EXPORT_AGAIN, SEPARATOR, Fields, record, table, text_of

LEAVES = ("author", "keyword", "url")  # elements of a list: one value each


@importer
def endnote_xml(reading: Reading, path: Path) -> pd.DataFrame:
    """Records of an EndNote XML file. Columns: `record.COLUMNS`; `line` is the number of the record in the file."""
    records = list(_tree(reading, path).iter("record"))
    if not records:
        raise reading.stop("The file holds no element `record`: it is not EndNote XML.", "Export as XML from EndNote.")
    found = (_fields(element, number) for number, element in enumerate(records, start=1))
    return table(_record(reading, fields, number) for number, fields in enumerate(found, start=1))


def _tree(reading: Reading, path: Path) -> Any:
    text = text_of(reading, path)
    try:
        return ElementTree.fromstring(text.partition("?>")[2] if text.startswith("<?xml") else text, forbid_dtd=True)
    except ParseError as error:
        line, column = error.position
        raise reading.stop(
            f"The XML breaks off or is not well formed, at character {column + 1} of the line.", EXPORT_AGAIN, row=line
        ) from error
    except DefusedXmlException as error:
        raise reading.stop("The XML declares entities or another document.", "Export it again from EndNote.") from error


def _fields(element: Element, number: int) -> Fields:
    fields = Fields(number)
    for name, text in _texts(element, ""):
        fields.add(name, text)
    for kind in element.iter("ref-type"):
        fields.add("ref-type name", kind.get("name", ""))
    return fields


def _texts(element: Element, path: str) -> Iterator[tuple[str, str]]:
    """The texts below an element by path; what EndNote wraps in `style` counts as the text of the element itself."""
    for child in element:
        name = f"{path}/{child.tag}" if path else str(child.tag)
        if all(part.tag == "style" for part in child) or child.tag in LEAVES:
            yield name, re.sub(r"[\r\n]+", "\n", "".join(child.itertext())).strip()
        else:
            yield from _texts(child, name)


def _record(reading: Reading, fields: Fields, number: int) -> dict[str, object]:
    known = {
        "type": fields.first("ref-type name"),
        "title": fields.first("titles/title"),
        "authors": SEPARATOR.join(fields.all("contributors/authors/author")),
        "year": fields.first("dates/year", "dates/pub-dates/date"),
        "journal": fields.first("periodical/full-title", "titles/secondary-title"),
        "volume": fields.first("volume"),
        "issue": fields.first("number"),
        "pages": fields.first("pages"),
        "doi": fields.first("electronic-resource-num"),
        "accession": fields.first("accession-num"),
        "database": SEPARATOR.join(
            part for value in fields.all("remote-database-name") for part in value.split("\n") if part
        ),
        "language": fields.first("language"),
        "keywords": SEPARATOR.join(fields.all("keywords/keyword")),
        "abstract": fields.first("abstract"),
        "url": fields.first("urls/related-urls/url"),
        "label": fields.first("caption", "label"),
    }
    return record(reading, fields, number, **known)
