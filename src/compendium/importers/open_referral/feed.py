"""The records of an Open Referral file: a folder or archive of CSV tables, one service in full, or a list of them."""

from __future__ import annotations

import csv
import itertools
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from compendium import unzipped
from compendium.importers.files import LARGEST_FILE, json_of, rows_of
from compendium.importers.open_referral.specification import KEPT, LEFT_OUT, PLURALS
from compendium.importers.reading import Reading

NEEDED = "services.csv"
MOST_FILES = 60
MOST_RECORDS = 200_000  # of a table
AGAIN = "Export the services again."


@dataclass(frozen=True)
class Entry:
    """One record: its values as they stand, the file and row, or the place within a JSON document."""

    values: Mapping[str, Any]
    file: str
    row: int | None
    place: str = ""

    def at(self, name: str) -> str:
        """Where one of its fields stands, for a message."""
        return f"{self.place}.{name}" if self.place else name


@dataclass
class Feed:
    """Records by table (names in the singular); `left_out` counts records of tables that are not kept."""

    tables: dict[str, list[Entry]] = field(default_factory=lambda: {name: [] for name in KEPT})
    left_out: dict[str, int] = field(default_factory=dict)


def read_feed(reading: Reading, path: Path) -> Feed:
    """Read a folder of CSV tables, a `.zip` of them, a `datapackage.json` beside them, or a JSON document.

    Raises `UnreadableError` for what is none of these; what is wrong within the records is for `checked`.
    """
    if path.is_dir():
        return _tables(reading, {file.name: file for file in sorted(path.glob("*.csv"))})
    if path.suffix.lower() == ".zip":
        return _archive(reading, path)
    document = json_of(reading, path)
    if isinstance(document, dict) and "resources" in document:
        return _package(reading, path, document)
    feed = Feed()
    for place, service in _services(reading, document):
        _flatten(feed, service, path.name, place)
    return feed


def _tables(reading: Reading, files: Mapping[str, Path]) -> Feed:
    if NEEDED not in files:
        raise reading.stop(f"There is no {NEEDED} among the files.", "Name the folder that the export unpacked to.")
    feed = Feed()
    for name, file in files.items():
        if file.is_symlink() or not file.is_file():
            reading.refuse(f"{name} is a link, or no file.", remedy="Put the file itself there.")
        elif file.stat().st_size > LARGEST_FILE:
            reading.refuse(f"{name} is larger than {LARGEST_FILE // 1024**2} MB.", remedy="Is this the export?")
        else:
            _table(reading, feed, name, file.read_bytes())
    return feed


def _archive(reading: Reading, path: Path) -> Feed:
    if not path.is_file():
        raise reading.stop("There is no such file.", "Check the path.")
    try:
        with unzipped.opened(path) as archive:
            members = [one for one in archive.infolist() if one.filename.lower().endswith(".csv")]
            if len(members) > MOST_FILES or sum(one.file_size for one in members) > LARGEST_FILE:
                raise reading.stop("The archive holds more than an export of services does.", AGAIN)
            if any(stat.S_ISLNK(one.external_attr >> 16) for one in members):
                raise reading.stop("The archive holds a symbolic link.", AGAIN)
            found = {PurePosixPath(one.filename).name: archive.read(one) for one in members}
    except unzipped.DAMAGED as error:
        raise reading.stop("The archive can't be unpacked.", AGAIN) from error
    if NEEDED not in found:
        raise reading.stop(f"There is no {NEEDED} in the archive.", "Is this an export as CSV?")
    feed = Feed()
    for name, data in sorted(found.items()):
        _table(reading, feed, name, data)
    return feed


def _package(reading: Reading, path: Path, document: Mapping[str, Any]) -> Feed:
    """The files that a data package names, which must lie beside it."""
    files: dict[str, Path] = {}
    for resource in document["resources"] if isinstance(document["resources"], list) else []:
        named = resource.get("path") if isinstance(resource, dict) else None
        if not isinstance(named, str):
            continue
        file = path.parent / named
        if PurePosixPath(named).name != named or file.is_symlink():
            reading.refuse("A file of the package does not lie beside it.", column="path", remedy="Put it there.")
        elif file.is_file() and named.endswith(".csv"):
            files[named] = file
    return _tables(reading, files)


def _table(reading: Reading, feed: Feed, name: str, data: bytes) -> None:
    stem = name.removesuffix(".csv").lower()
    table = PLURALS.get(stem, stem)
    singular = table if table in LEFT_OUT else _singular(table)
    if table not in KEPT and singular not in LEFT_OUT:
        reading.remark(f"{name} is no table of the specification: it was not read.")
        return
    try:
        rows = list(itertools.islice(_records(data.decode("utf-8-sig")), MOST_RECORDS + 1))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reading.refuse(f"{name} is not in UTF-8.", row=line, remedy="Save it as CSV UTF-8.")
        return
    except csv.Error:
        reading.refuse(f"{name} is no CSV.", remedy=AGAIN)
        return
    if len(rows) > MOST_RECORDS:
        reading.refuse(f"{name} has more than {MOST_RECORDS:,} records.", remedy="Is this the export?")
        return
    if table not in KEPT:
        feed.left_out[singular] = feed.left_out.get(singular, 0) + len(rows)
        return
    for number, row in enumerate(rows, start=2):
        if row is None:
            reading.refuse(f"{name}: the row has another number of cells than the header.", row=number, remedy=AGAIN)
        else:
            feed.tables[table].append(Entry(row, name, number))


def _records(text: str) -> Iterator[dict[str, str] | None]:
    """The rows below the header that hold anything; None for one that is not as wide as the header."""
    rows = rows_of(text)
    header = next(rows, [])
    for row in rows:
        if row:
            named = zip(header, map(str.strip, row), strict=False)
            yield dict(named) if len(row) == len(header) else None


def _singular(table: str) -> str:
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("s", "")):
        if table.endswith(ending):
            return table.removesuffix(ending) + instead
    return table


def _services(reading: Reading, document: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every service of a document with its place in it; what a page says of itself must be so."""
    listed = document
    if isinstance(document, dict) and "contents" in document:
        listed = document["contents"]
        _check_page(reading, document)
    if isinstance(listed, dict):
        yield "", listed
    elif isinstance(listed, list):
        start = "contents" if listed is not document else ""
        for number, service in enumerate(listed):
            if isinstance(service, dict):
                yield f"{start}[{number}]", service
            else:
                reading.refuse("A service must be an object.", column=f"{start}[{number}]", remedy=AGAIN)
    else:
        raise reading.stop("The document holds no service.", "Is this an Open Referral export?")


def _check_page(reading: Reading, page: Mapping[str, Any]) -> None:
    listed = page["contents"] if isinstance(page["contents"], list) else []
    claimed = {name: page[name] for name in ("total_items", "size") if isinstance(page.get(name), int)}
    whole = page.get("first_page") is True and page.get("last_page") is True
    for name, number in claimed.items():
        if number != len(listed) and (whole or name == "size"):
            reading.refuse(
                f"The list says {number:,} services and holds {len(listed):,}.",
                column=name,
                remedy="Ask the publisher which is right; a list that is cut off leaves services out.",
            )
            return
    if not whole and claimed.get("total_items", 0) > len(listed):
        reading.remark(
            f"This is one page of several: {len(listed):,} of {claimed['total_items']:,} services.",
            column="total_items",
            remedy="Join all pages, or the map has gaps that are none.",
        )


def _flatten(feed: Feed, service: Mapping[str, Any], file: str, place: str) -> None:
    """A service in full into records of tables; ids that nesting makes needless are filled in."""
    dot = f"{place}." if place else ""
    plain = {name: value for name, value in service.items() if not isinstance(value, dict | list)}
    organization = service.get("organization")
    if isinstance(organization, dict):
        plain.setdefault("organization_id", _single(organization, "id"))
        values = {name: value for name, value in organization.items() if not isinstance(value, dict | list)}
        feed.tables["organization"].append(Entry(values, file, None, f"{dot}organization"))
    feed.tables["service"].append(Entry(plain, file, None, place))
    for number, at in enumerate(_list(service.get("service_at_locations"))):
        there = f"{dot}service_at_locations[{number}]"
        location = at.get("location")
        link = {"id": _single(at, "id"), "service_id": _single(at, "service_id") or plain.get("id", "")}
        if isinstance(location, dict):
            values = {name: value for name, value in location.items() if not isinstance(value, dict | list)}
            feed.tables["location"].append(Entry(values, file, None, f"{there}.location"))
            _count(feed, location)
        within = location if isinstance(location, dict) else {}
        link["location_id"] = _single(at, "location_id") or _single(within, "id")
        feed.tables["service_at_location"].append(Entry(link, file, None, there))
    _count(feed, service)


def _single(record: Mapping[str, Any], name: str) -> Any:
    """A value of a record; nothing where a list or an object stands, which no id is."""
    value = record.get(name, "")
    return "" if isinstance(value, dict | list) else value


def _count(feed: Feed, record: Mapping[str, Any]) -> None:
    """Nested lists that are not kept, by the table they are."""
    for name, value in record.items():
        table = PLURALS.get(name, _singular(name))
        if isinstance(value, list) and table in LEFT_OUT and value:
            feed.left_out[table] = feed.left_out.get(table, 0) + len(value)


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
