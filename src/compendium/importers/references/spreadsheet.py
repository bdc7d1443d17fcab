"""References as CSV: Embase, Scopus, and the labelled files of ASReview."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from compendium.importers.files import grid_of
from compendium.importers.reading import Reading, importer
from compendium.importers.references.record import SEPARATOR, Fields, record, table

MOST_RECORDS = 200_000  # of one file; databases export some thousands at once
# Column of ours -> the names that exporters give it, the first that is there.
ASREVIEW = {
    "title": ("title", "primary_title"),
    "authors": ("authors", "author names", "first_authors"),
    "year": ("year", "publication_year", "date"),
    "journal": ("journal", "secondary_title", "journal_name"),
    "doi": ("doi",),
    "accession": ("record_id", "openalex_id", "id"),
    "keywords": ("keywords",),
    "abstract": ("abstract", "notes_abstract"),
    "url": ("url", "urls"),
    "label": ("label_abstract_screening", "label", "included", "asreview_label", "label_included"),
    "label_full_text": ("label_included", "final_included"),
    "same_as": ("duplicate_record_id",),
}
SCOPUS = {
    "type": ("document type",),
    "title": ("title",),
    "authors": ("author full names", "authors"),
    "year": ("year",),
    "journal": ("source title",),
    "volume": ("volume",),
    "issue": ("issue",),
    "doi": ("doi",),
    "accession": ("eid",),
    "database": ("source",),
    "language": ("language of original document",),
    "keywords": ("author keywords",),
    "abstract": ("abstract",),
    "url": ("link",),
}
EMBASE = {
    "title": ("title",),
    "keywords": ("keywords",),
    "abstract": ("abstract",),
    "doi": ("doi",),
    "accession": ("pui", "accession number"),
    "url": ("embase link",),
}
# Endoscopic Ultrasound (2014) 3:3 (152-160). Date of Publication: 2014
EMBASE_SOURCE = re.compile(
    r"(?P<journal>.+?) \((?P<year>\d{4})\)(?: (?P<volume>[^: (]+))?(?::(?P<issue>[^ (]+))?(?: \((?P<pages>[^)]*)\))?"
    r"(?:\.|$).*",
    re.DOTALL,
)


@importer
def asreview_csv(reading: Reading, path: Path) -> pd.DataFrame:
    """Records of a file that ASReview reads or wrote: `title`, and what else of it is known; labels are kept."""
    rows = _rows(reading, path, needed=("title", "primary_title"))
    return table(
        record(reading, fields, number, **_known(fields, ASREVIEW)) for number, fields in enumerate(rows, start=1)
    )


@importer
def scopus_csv(reading: Reading, path: Path) -> pd.DataFrame:
    """Records of a Scopus export as CSV."""
    found = []
    for number, fields in enumerate(_rows(reading, path, needed=("source title",)), start=1):
        known = _known(fields, SCOPUS)
        first, last, article = fields.first("page start"), fields.first("page end"), fields.first("art. no.")
        known["pages"] = f"{first}-{last}" if first and last else first or article
        if first and article:
            fields.add("art. no.", article)
        found.append(record(reading, fields, number, **known))
    return table(found)


@importer
def embase_csv(reading: Reading, path: Path) -> pd.DataFrame:
    """Records of an Embase export as CSV: authors in one cell, journal, year, volume and pages in another."""
    found = []
    for number, fields in enumerate(_rows(reading, path, needed=("author names", "source")), start=1):
        known = _known(fields, EMBASE) | {"database": "Embase"}
        known["authors"] = SEPARATOR.join(name.strip() for name in fields.first("author names").split(","))
        source = fields.first("source")
        matched = EMBASE_SOURCE.fullmatch(source)
        known |= {name: value or "" for name, value in matched.groupdict().items()} if matched else {"journal": source}
        if source and not matched:
            reading.remark("The source is not written as Embase writes it; kept whole.", row=fields.line)
        fields.add("source", source)
        found.append(record(reading, fields, number, **known))
    return table(found)


def _rows(reading: Reading, path: Path, *, needed: tuple[str, ...]) -> Iterator[Fields]:
    """The rows of a CSV as fields by column, names in small letters. `needed`: one of these tells the format."""
    rows = grid_of(reading, path)
    header = [name.strip() for name in next(rows, (0, []))[1]]
    names = [name.lower() for name in header]
    if not set(needed) & set(names):
        raise reading.stop(f"No column is called {' or '.join(needed)}.", "Is this the export of another database?")
    if doubled := sorted({name for name in names if name and names.count(name) > 1}):
        raise reading.stop(f"Two columns are called {doubled[0]}.", "Export the file again.", row=1)
    for number, cells in rows:
        if number > MOST_RECORDS:
            raise reading.stop(f"The file has more than {MOST_RECORDS:,} records.", "Export the search in parts.")
        if len(cells) > len(names):
            reading.refuse(f"The row has {len(cells)} cells, the header {len(names)}.", row=number)
            continue
        fields = Fields(number)
        for name, cell in zip(names, cells, strict=False):
            fields.add(name or "column without a name", cell.strip())
        if fields.values:
            yield fields


def _known(fields: Fields, columns: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Our columns from the exporter's. A column that two of ours may read serves the first only."""
    return {ours: fields.first(*theirs) for ours, theirs in columns.items()}
