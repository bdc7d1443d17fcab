"""What is wrong in the records of a feed: every field against the specification, every id, every link."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Container, Mapping
from typing import Any

from compendium.importers.open_referral.feed import Entry, Feed
from compendium.importers.open_referral.specification import KEPT, Field, Kind
from compendium.importers.reading import Reading

LINKS = {  # table -> field -> table it leads to, and whether the map needs it
    "service": {"organization_id": ("organization", True)},
    "service_at_location": {"service_id": ("service", True), "location_id": ("location", True)},
    "location": {"organization_id": ("organization", False)},
    "organization": {"parent_organization_id": ("organization", False)},
}
UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
FORMULA = ("=", "+", "@", "\t", "\r")


def checked(reading: Reading, feed: Feed) -> dict[str, dict[str, Entry]]:
    """The records by table and id, each once; everything wrong is noted in `reading`, field by field."""
    found: dict[str, dict[str, Entry]] = {}
    for table, entries in feed.tables.items():
        for entry in entries:
            _check_fields(reading, table, entry, KEPT[table])
        found[table] = _by_id(reading, table, entries)
    for table, links in LINKS.items():
        for name, (other, needed) in links.items():
            for entry in found[table].values():
                _check_link(reading, entry, name, found[other], needed=needed)
    return found


def _check_fields(reading: Reading, table: str, entry: Entry, fields: Mapping[str, Field]) -> None:
    for name, field in fields.items():
        value = entry.values.get(name)
        if value in (None, ""):
            if field.required:
                _refuse(reading, entry, name, f"A {table.replace('_', ' ')} needs {name}.", "Fill it in.")
        elif field.values and value not in field.values:
            _refuse(reading, entry, name, f"{name} is none of {', '.join(field.values)}.", "Use one of these.")
        elif not KINDS[field.kind](value):
            _refuse(reading, entry, name, f"{name} is no {field.kind}.", "Mend it, or clear it.")
        elif isinstance(value, str) and value.startswith(FORMULA) and field.kind == "text":
            _refuse(reading, entry, name, f"{name} begins as a formula does.", "Take the first sign away.")


def _refuse(reading: Reading, entry: Entry, name: str, message: str, remedy: str) -> None:
    where = "" if entry.row is None else f"{entry.file}: "
    reading.refuse(f"{where}{message}", row=entry.row, column=entry.at(name), remedy=remedy)


def _by_id(reading: Reading, table: str, entries: list[Entry]) -> dict[str, Entry]:
    """Records by id. The same record again (an organisation stands with each of its services) counts once."""
    named: dict[str, list[Entry]] = {}
    for entry in entries:
        if name := str(entry.values.get("id") or ""):
            named.setdefault(name, []).append(entry)
    again = 0
    for first, *others in named.values():
        if any(dict(other.values) != dict(first.values) for other in others):
            message = f"One id stands for {len(others) + 1:,} records of {table} that are not all the same."
            _refuse(reading, first, "id", message, "Ask the publisher for ids that are unique.")
        elif table == "service":
            again += len(others)
    if again:
        reading.remark(f"{again:,} services stand in the file again, word for word; each counts once.", column="id")
    return {name: first for name, (first, *_) in named.items()}


def _check_link(reading: Reading, entry: Entry, name: str, known: Container[str], *, needed: bool) -> None:
    value = entry.values.get(name)
    if needed and not value:
        _refuse(reading, entry, name, f"{name} is empty.", "Say which one it is.")
    elif value and value not in known:
        message = f"{name} leads to a record that is not in the file."
        if needed:
            _refuse(reading, entry, name, message, "Add the record, or take the link out.")
        else:
            where = "" if entry.row is None else f"{entry.file}: "
            reading.remark(f"{where}{message} It is not used.", row=entry.row, column=entry.at(name))


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int | float) or bool(
        isinstance(value, str) and re.fullmatch(r"-?\d{1,9}(\.\d{1,12})?", value)
    )


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(dt.date.fromisoformat(value)) and len(value) == 10
    except ValueError:
        return False


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(dt.datetime.fromisoformat(value))
    except ValueError:
        return False


KINDS: Mapping[Kind, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "identifier": lambda value: isinstance(value, str) and UUID.fullmatch(value) is not None,
    "number": _is_number,
    "date": _is_date,
    "moment": _is_moment,
    "address of a page": lambda value: (
        isinstance(value, str) and re.fullmatch(r"https?://[^\s/]+\.[^\s]+", value) is not None
    ),
    "address of a mailbox": lambda value: (
        isinstance(value, str) and re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value) is not None
    ),
}
