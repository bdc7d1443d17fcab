"""What a review planned, what it changed, where it searched and what it left out: the record, as tables to read.

The search record follows PRISMA-S (Rethlefsen et al. 2021, Systematic Reviews 10:39): sixteen items. The list of merges
can be read, disputed and taken back; a merge that was taken back stays in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from compendium.aggregate import Counts, Statistic, TableGroup
from compendium.analysis.counting import counted

DEMONSTRATION = "Demonstration: every record is invented"
REAL = "A review of this locality’s own"


def status(review: TableGroup) -> Statistic:
    """What is shown (kind `listing`: measure, value): a demonstration or a review, its rounds, records, studies."""
    searches, records, studies = (review[name].frame for name in ("searches", "records", "review_studies"))
    kinds = {table.origin.provenance for table in review.tables.values() if len(table)}
    kind = DEMONSTRATION if kinds == {"illustrative"} or (studies["demonstration"] == "yes").any() else REAL
    rows = [
        ("What is shown", kind if kinds else "Nothing is supplied"),
        ("Searches", f"{len(searches):,}"),
        ("Last search", f"{searches['searched_on'].max():%Y-%m-%d}" if len(searches) else "none"),
        ("Records", f"{len(records):,}"),
        ("Studies", f"{len(studies):,}"),
        ("Reports", f"{int(records['study_id'].notna().sum()):,}"),
        ("Read in full", f"{int((studies['read_as'] == 'full_text').sum()):,}"),
    ]
    return _listing(review, "searches", rows if kinds else [], {"measure": "Measure", "value": "Value"}, "review")


def plan(review: TableGroup) -> Statistic:
    """The protocol as it was fixed, and what each part says now where it was amended (kind `listing`)."""
    table = review["protocol"]
    later = review["amendments"].frame.sort_values("amended_on").drop_duplicates(["part", "number"], keep="last")
    rows = table.frame.merge(later, on=["part", "number"], how="left", validate="1:1")
    labels = table.dimensions["part"].categories
    order = {part: place for place, part in enumerate(labels)}
    rows = rows.assign(place=rows["part"].map(order)).sort_values(["place", "number"], kind="stable")
    found = [
        (labels[row["part"]], row["wording"], _day(row["fixed_on"]), _text(row["changed_to"]))
        for row in rows.to_dict("records")
    ]
    columns = {"part": "Part", "wording": "As fixed", "fixed_on": "Fixed on", "now": "Since amended to"}
    return _listing(review, "protocol", found, columns, "part of the protocol")


def amendments(review: TableGroup) -> Statistic:
    """Every change of the protocol with its day, its reason and what was known by then (kind `listing`)."""
    table = review["amendments"]
    parts, known = review["protocol"].dimensions["part"].categories, table.dimensions["known_then"].categories
    rows = [
        (_day(row["amended_on"]), parts[row["part"]], row["changed_to"], row["reason"], known[row["known_then"]])
        for row in table.frame.sort_values(["amended_on", "amendment_id"]).to_dict("records")
    ]
    columns = {
        "amended_on": "Day",
        "part": "Part",
        "changed_to": "Changed to",
        "reason": "Why",
        "known_then": "Seen of the results by then",
    }
    return _listing(review, "amendments", rows, columns, "amendment")


def shortcuts(review: TableGroup) -> Statistic:
    """Where less was done than a full review does, and what that could cost (kind `listing`)."""
    table = review["shortcuts"]
    steps, costs = (table.dimensions[name].categories for name in ("step", "could_cost"))
    order = {step: place for place, step in enumerate(steps)}
    rows = [
        (steps[row["step"]], row["full_review"], row["this_review"], costs[row["could_cost"]], _text(row["safeguard"]))
        for row in table.frame.sort_values("step", key=lambda codes: codes.map(order), kind="stable").to_dict("records")
    ]
    columns = {
        "step": "Step",
        "full": "A full review would",
        "this": "This one did",
        "cost": "What it could cost",
        "safeguard": "What was done about it",
    }
    return _listing(review, "shortcuts", rows, columns, "shortcut")


def searched(review: TableGroup) -> Statistic:
    """The search record, a row a search of a source (kind `listing`): PRISMA-S in short; strategies are in the file."""
    table = review["searches"]
    kinds = table.dimensions["source_kind"].categories
    rows = [
        (
            row["search_id"],
            row["source_name"] if pd.isna(row["platform"]) else f"{row['source_name']} ({row['platform']})",
            kinds[row["source_kind"]],
            "First search" if row["round"] == 0 else f"Update {row['round']}",
            _day(row["searched_on"]),
            row["limits"],
            int(row["records"]),
        )
        for row in table.frame.to_dict("records")
    ]
    columns = {
        "search_id": "Search",
        "source": "Source",
        "kind": "Kind",
        "round": "Round",
        "day": "Day",
        "limits": "Limits",
        "records": "Records",
    }
    return _listing(review, "searches", rows, columns, "search of a source")


# item of PRISMA-S, its subject in our words, the searches it asks something of, the column that answers
ITEMS: tuple[tuple[str, str, Callable[[pd.DataFrame], pd.Series[bool]], str], ...] = (
    ("1", "Names of databases and their platforms", lambda rows: rows["source_kind"] == "database", "platform"),
    ("2", "Several databases searched at once", lambda rows: rows["searched_together"].notna(), "searched_together"),
    ("3", "Registers of studies", lambda rows: rows["source_kind"] == "register", "source_name"),
    ("4", "Websites and browsing", lambda rows: rows["source_kind"].isin(["website", "organisation"]), "source_name"),
    ("5", "Citation searching", lambda rows: rows["source_kind"] == "citations", "source_name"),
    ("6", "Contacts", lambda rows: rows["source_kind"] == "contact", "source_name"),
    ("7", "Other ways", lambda rows: rows["source_kind"] == "other", "source_name"),
    ("8", "Strategies as they were run", lambda rows: rows["source_kind"].isin(["database", "register"]), "strategy"),
    ("9", "Limits", lambda rows: rows["search_id"].notna(), "limits"),
    ("10", "Search filters", lambda rows: rows["search_id"].notna(), "filters"),
    ("11", "Strategies of earlier reviews", lambda rows: rows["search_id"].notna(), "prior_work"),
    ("12", "Updates", lambda rows: rows["round"] > 0, "update_method"),
    ("13", "Days of the searches", lambda rows: rows["search_id"].notna(), "searched_on"),
    ("14", "Review of the strategy", lambda rows: rows["source_kind"].isin(["database", "register"]), "peer_review"),
    ("15", "Records of each source", lambda rows: rows["search_id"].notna(), "records"),
    ("16", "Deduplication", lambda rows: rows["search_id"].notna(), "deduplication"),
)


def prisma_s(review: TableGroup) -> Statistic:
    """For each of the sixteen items of PRISMA-S, how many searches it asks something of and how many answer it."""
    searches = review["searches"].frame
    rows = []
    for item, subject, asks, column in ITEMS:
        asked = searches[asks(searches)]
        answered = int(asked[column].notna().sum())
        said = f"{answered} of {len(asked)}" if len(asked) else "none of this kind"
        rows.append((item, subject, said))
    columns = {"item": "Item", "subject": "What it asks for", "value": "Searches that record it"}
    return _listing(review, "searches", rows if len(searches) else [], columns, "item")


def merges(review: TableGroup) -> Statistic:
    """Every merge with both titles, the rule that found it and whether a person took it back (kind `listing`)."""
    table = review["merges"]
    rules = table.dimensions["rule"].categories
    titles = review["records"].frame.set_index("record_id")["title"]
    rows = [
        (
            row["record_id"],
            row["kept_id"],
            rules[row["rule"]],
            "" if pd.isna(row["similarity"]) else f"{row['similarity']:.2f}",
            _text(titles.get(row["record_id"])),
            "Yes" if row["undone"] == "yes" else "No",
            _text(row["note"]),
        )
        for row in table.frame.sort_values(["record_id", "kept_id"]).to_dict("records")
    ]
    columns = {
        "record_id": "Record",
        "kept_id": "Kept as",
        "rule": "Why",
        "similarity": "Likeness of titles",
        "title": "Title",
        "undone": "Taken back",
        "note": "Note",
    }
    return _listing(review, "merges", rows, columns, "merge")


def merges_by_rule(review: TableGroup) -> Counts:
    """How many merges there are by the rule that found them, and whether they were taken back."""
    table = review["merges"]
    stands = replace(table.dimensions["undone"], categories={"no": "Stands", "yes": "Taken back"})
    dimensions = (table.dimensions["rule"], stands)
    return counted(table, table.frame, dimensions, "merge")


def _listing(
    review: TableGroup, table: str, rows: Sequence[tuple[Any, ...]], columns: dict[str, str], unit: str
) -> Statistic:
    return Statistic("listing", pd.DataFrame(rows, columns=list(columns)), columns, unit, 0, review[table].origin)


def _day(value: Any) -> str:
    return "" if pd.isna(value) else f"{value:%Y-%m-%d}"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
