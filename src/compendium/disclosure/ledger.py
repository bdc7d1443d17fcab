"""The ledger of a locality: every number ever released, each entry chained to the one before by its hash.

An entry is a release that two people approved, or the withdrawal of one. It holds released numbers only. Entries are
never changed: what was public once stays known to an intruder, so withdrawn releases are attacked like standing ones.
This module knows what a ledger says; where its files lie is the business of `release.ledger_files`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from compendium.aggregate import COUNT, Dimension, Released
from compendium.disclosure.known import KnownTable
from compendium.errors import Problem

FORMAT = 1
SEAL = "entry"  # the key of an entry's own hash
Kind = Literal["release", "withdrawal"]


@dataclass(frozen=True)
class Entry:
    """One entry, as it stands in its file."""

    record: Mapping[str, Any]

    @property
    def number(self) -> int:
        return int(self.record["number"])

    @property
    def kind(self) -> Kind:
        kind: Kind = self.record["kind"]
        return kind

    @property
    def date(self) -> str:
        return str(self.record["date"])

    @property
    def period(self) -> tuple[str, str]:
        """First and last month of the records counted; of releases only."""
        return str(self.record["period"]["from"]), str(self.record["period"]["to"])

    @property
    def release(self) -> str:
        """The hash of all that was released; of releases only."""
        return str(self.record["release"])

    @property
    def withdraws(self) -> int:
        """The number of the release that this entry withdraws; 0 for a release."""
        return int(self.record.get("withdraws", 0))

    @property
    def real(self) -> bool:
        """Whether it rests on real records of persons."""
        return self.record.get("records") == "real"

    @property
    def seal(self) -> str:
        return str(self.record[SEAL])


def seal(record: Mapping[str, Any]) -> str:
    """The hash of an entry: of all it says but the hash itself, whatever its spaces and line ends."""
    said = {key: value for key, value in record.items() if key != SEAL}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def first_link(locality: str) -> str:
    """What the first entry of a locality is chained to: no ledger of another locality can stand in for this one."""
    return hashlib.sha256(f"ledger of {locality}".encode()).hexdigest()


def next_entry(entries: Sequence[Entry], locality: str, said: Mapping[str, Any]) -> Entry:
    """The entry that says `said`, chained to the last of `entries`."""
    record = {
        **said,
        "format": FORMAT,
        "locality": locality,
        "number": len(entries) + 1,
        "previous": entries[-1].seal if entries else first_link(locality),
    }
    return Entry({**record, SEAL: seal(record)})


def chain_problems(records: Sequence[tuple[str, Any]], locality: str) -> list[Problem]:
    """What is wrong with entries in the order of their files, given as file name and what it holds; all of it."""
    problems = []
    previous = first_link(locality)
    for number, (file, record) in enumerate(records, 1):
        found = _wrong(record, number, previous, locality)
        if found:
            problems.append(Problem(file, message=found, remedy=RESTORE))
        previous = record.get(SEAL, "") if isinstance(record, Mapping) else ""
    return problems


RESTORE = "Restore the file from version control; an entry is never changed or removed."


def _wrong(record: Any, number: int, previous: str, locality: str) -> str:
    if not isinstance(record, Mapping) or not _is_whole(record):
        return "This is no entry of a ledger, or it was cut short."
    if record["locality"] != locality:
        return "The entry belongs to the ledger of another locality."
    if record[SEAL] != seal(record):
        return "The entry was changed after it was approved: its content doesn't give its hash."
    if record["number"] != number:
        return f"Entry {number} was expected here, and this is entry {record['number']}: entries were moved or removed."
    if record["previous"] != previous:
        return "The chain is broken before this entry: another entry stood there when this one was written."
    return ""


def _is_whole(record: Mapping[str, Any]) -> bool:
    wanted = {"locality", "number", "previous", "kind", "date", "by", SEAL}
    wanted |= {"withdraws", "reason"} if record.get("kind") == "withdrawal" else {"release", "period", "tables", "kept"}
    return wanted <= set(record) and record.get("kind") in ("release", "withdrawal") and record.get("format") == FORMAT


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """The releases that nobody withdrew, oldest first."""
    entries = list(entries)
    withdrawn = {entry.withdraws for entry in entries}
    return [entry for entry in entries if entry.kind == "release" and entry.number not in withdrawn]


def numbers_of(released: Iterable[Released]) -> dict[str, Any]:
    """What an entry keeps of released objects that aren't public figures: `tables` of counts and `statistics`."""
    tables, statistics = {}, {}
    for item in released:
        if item.origin.sensitivity == "public" or item.frame.empty:
            continue
        said: dict[str, Any] = {
            "title": item.title,
            "unit": item.unit,
            "policy": item.policy,
            "source": item.origin.table,
        }
        if item.kind == "counts":
            columns = [*(dimension.name for dimension in item.dimensions), COUNT]
            said |= {"dimensions": [_dimension(d) for d in item.dimensions], "cells": _rows(item, columns)}
            tables[item.name] = said
        else:
            columns = [str(column) for column in item.frame.columns]
            statistics[item.name] = {**said, "kind": item.kind, "columns": columns, "rows": _rows(item, columns)}
    return {"tables": tables, "statistics": statistics}


def _rows(item: Released, columns: list[str]) -> list[list[Any]]:
    rows: list[list[Any]] = json.loads(item.frame[columns].to_json(orient="values", double_precision=15))
    return rows


def _dimension(dimension: Dimension) -> dict[str, Any]:
    return {
        "name": dimension.name,
        "title": dimension.title,
        "variable": dimension.variable,
        "categories": [list(pair) for pair in dimension.categories.items()],
        "members": [[code, list(members)] for code, members in dimension.members.items()],
    }


def dimensions_of(table: Mapping[str, Any]) -> tuple[Dimension, ...]:
    """The dimensions of a table in an entry."""
    return tuple(
        Dimension(
            said["name"],
            said["title"],
            dict(said["categories"]),
            variable=said["variable"],
            members={code: tuple(members) for code, members in said["members"]},
        )
        for said in table["dimensions"]
    )


def cells_of(table: Mapping[str, Any]) -> dict[tuple[str, ...], int | None]:
    """Every cell and margin of a table in an entry: labels to the count that was shown, None where it was hidden."""
    return {tuple(labels): count for *labels, count in table["cells"]}


def known_tables(entries: Iterable[Entry]) -> tuple[KnownTable, ...]:
    """What an intruder has from all releases, withdrawn ones too. A table that a later release repeats counts once."""
    found: list[KnownTable] = []
    for entry in entries:
        if entry.kind != "release":
            continue
        for name, table in sorted(entry.record["tables"].items()):
            shown = {labels: (count, count) for labels, count in cells_of(table).items() if count is not None}
            if not shown:
                continue
            told = f"{name} (release {entry.number} of {entry.date})"
            known = KnownTable(told, "earlier release", table["unit"], dimensions_of(table), entry.period, shown)
            found = [old for old in found if not _says_all_of(known, old)]
            found.append(known)
    return tuple(found)


def _says_all_of(new: KnownTable, old: KnownTable) -> bool:
    same = (new.unit, new.dimensions, new.period) == (old.unit, old.dimensions, old.period)
    return same and all(new.cells.get(labels) == bounds for labels, bounds in old.cells.items())
