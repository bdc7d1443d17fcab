"""What an entry of a ledger keeps of a release, what reads it back, and what of it an intruder has."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pandas as pd
import pytest

from compendium.aggregate import Dimension, Origin, Released
from compendium.disclosure.known import KnownTable
from compendium.disclosure.ledger import (
    Entry,
    cells_of,
    chain_problems,
    dimensions_of,
    known_tables,
    next_entry,
    numbers_of,
    standing,
)

VICTIMS = Origin("victims", "Victims", "sensitive", "synthetic", "threshold-10", "invented")
PUBLIC = Origin("areas", "Areas", "public", "real", "", "the register")
HALF = Dimension("half", "Half", {"N": "North", "S": "South"}, "zone", {"N": ("Z1", "Z2"), "S": ("Z3",)}, area=True)
CELLS = [("N", None, "hidden"), ("S", 30, "published"), ("Total", 34, "published")]
COUNTS = pd.DataFrame(CELLS, columns=["half", "count", "status"]).astype({"count": "Int64"})
GINI = pd.DataFrame({"measure": ["Gini"], "observed": [0.1234567890123], "events": pd.array([185], dtype="Int64")})


def released(name: str, frame: pd.DataFrame, kind: str = "counts", origin: Origin = VICTIMS) -> Released:
    dimensions = (HALF,) if kind == "counts" else ()
    return Released(name, f"Title of {name}", "", frame, "victim", kind, dimensions, {}, origin, "threshold-10")


TABLE = {
    "title": "Title of by_half",
    "unit": "victim",
    "policy": "threshold-10",
    "source": "victims",
    "dimensions": [
        {
            "name": "half",
            "title": "Half",
            "variable": "zone",
            "categories": [["N", "North"], ["S", "South"]],
            "members": [["N", ["Z1", "Z2"]], ["S", ["Z3"]]],
        }
    ],
    "cells": [["N", None], ["S", 30], ["Total", 34]],
}
STATISTIC = {
    "title": "Title of gini",
    "unit": "victim",
    "policy": "threshold-10",
    "source": "victims",
    "kind": "concentration",
    "columns": ["measure", "observed", "events"],
    "rows": [["Gini", 0.1234567890123, 185]],
}


def test_an_entry_keeps_what_was_shown_and_nothing_of_public_figures_or_empty_tables() -> None:
    kept = numbers_of(
        [
            released("by_half", COUNTS),
            released("official", COUNTS, origin=PUBLIC),
            released("none", COUNTS.iloc[:0]),
            released("gini", GINI, "concentration"),
        ]
    )
    assert kept == {"tables": {"by_half": TABLE}, "statistics": {"gini": STATISTIC}}
    assert json.loads(json.dumps(kept)) == kept


def test_dimensions_and_cells_are_read_back_as_they_were() -> None:
    (half,) = dimensions_of(TABLE)
    assert half == Dimension("half", "Half", {"N": "North", "S": "South"}, "zone", {"N": ("Z1", "Z2"), "S": ("Z3",)})
    assert cells_of(TABLE) == {("N",): None, ("S",): 30, ("Total",): 34}


def release(tables: dict[str, Any], to: str = "2026-02", entries: list[Entry] | None = None) -> list[Entry]:
    said = {"kind": "release", "date": "2026-03-15", "by": ["Ann Lee"], "release": "r", "kept": [], "tables": tables}
    before = entries or []
    return [*before, next_entry(before, "leeds", {**said, "period": {"from": "2026-01", "to": to}})]


def withdrawal(entries: list[Entry], number: int) -> list[Entry]:
    said = {"kind": "withdrawal", "date": "2026-03-20", "by": ["Ann Lee"], "withdraws": number, "reason": "Twice."}
    return [*entries, next_entry(entries, "leeds", said)]


def test_an_intruder_has_what_was_ever_shown_and_a_repeated_table_counts_once() -> None:
    entries = withdrawal(release({"by_half": TABLE, "all_hidden": {**TABLE, "cells": [["N", None]]}}), 1)
    found = known_tables(entries)
    shown = {("S",): (30, 30), ("Total",): (34, 34)}
    table = KnownTable(
        "by_half (release 1 of 2026-03-15)",
        "earlier release",
        "victim",
        dimensions_of(TABLE),
        ("2026-01", "2026-02"),
        shown,
    )
    assert found == (table,)
    more = {**TABLE, "cells": [["N", 12], ["S", 30], ["Total", 34]]}
    assert [t.name for t in known_tables(release({"again": more}, entries=entries))] == [
        "again (release 3 of 2026-03-15)"
    ]
    for other in (
        {**TABLE, "cells": [["S", 31], ["Total", 34]]},  # another number: both are known
        {**TABLE, "cells": [["S", 30]]},  # less than before
        {**TABLE, "unit": "case"},
        {**TABLE, "dimensions": [{**TABLE["dimensions"][0], "members": [["N", ["Z1"]], ["S", ["Z3"]]]}]},  # type: ignore[index,dict-item]
    ):
        assert len(known_tables(release({"again": other}, entries=entries))) == 2
    assert len(known_tables(release({"again": TABLE}, "2026-03", entries))) == 2


def test_what_stands_is_what_nobody_withdrew() -> None:
    entries = release({"again": TABLE}, entries=withdrawal(release({"by_half": TABLE}), 1))
    assert [entry.number for entry in standing(entries)] == [3]
    assert [entry.number for entry in standing(iter(entries[:1]))] == [1]
    assert [entry.withdraws for entry in entries] == [0, 1, 0]


def test_an_entry_says_of_itself_what_its_file_says() -> None:
    (entry,) = release({})
    assert (entry.number, entry.kind, entry.date, entry.release) == (1, "release", "2026-03-15", "r")
    assert entry.period == ("2026-01", "2026-02")
    assert not entry.real and Entry({**entry.record, "records": "real"}).real
    assert entry.record["format"] == 1 and entry.record["locality"] == "leeds"


def test_the_chain_is_plain_hashes_that_another_program_can_check() -> None:
    """SHA-256 of `ledger of leeds`; then of the entry as JSON with sorted keys, no spaces, without its hash."""
    entries = withdrawal(release({"by_half": TABLE}), 1)
    previous = hashlib.sha256(b"ledger of leeds").hexdigest()
    for entry in entries:
        said = {key: value for key, value in entry.record.items() if key != "entry"}
        assert said["previous"] == previous
        previous = hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
        assert entry.seal == previous
    assert chain_problems([(f"{e.number}.json", e.record) for e in entries], "leeds") == []


@pytest.mark.parametrize("lost", ["locality", "number", "previous", "date", "by", "entry", "format", "kind"])
def test_an_entry_without_one_of_its_parts_is_named_with_its_file_and_what_to_do(lost: str) -> None:
    entries = withdrawal(release({"by_half": TABLE}), 1)
    own = ("release", "period", "tables", "kept"), ("withdraws", "reason")
    for number, entry in enumerate(entries):
        for key in (lost, *own[number]):
            cut = {name: value for name, value in entry.record.items() if name != key}
            files = [(f"{e.number}.json", cut if e is entry else e.record) for e in entries]
            first = chain_problems(files, "leeds")[0]
            assert (first.file, first.remedy[:7]) == (f"{number + 1}.json", "Restore")
            assert "cut short" in first.message
    found = chain_problems([("1.json", ["no entry"]), ("2.json", entries[1].record)], "leeds")
    assert [problem.file for problem in found] == ["1.json", "2.json"]
