"""A search comes into a review of a locality: its records get numbers, what repeats another is found, all is written.

The export of a database is read by `importers`, duplicates are found by `analysis.deduplication` among all records of
the review; records that were screened before stay as they are. Nothing is written unless everything fits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from compendium import dictionary, importers
from compendium.analysis.deduplication import Deduplicated, deduplicate
from compendium.dictionary import Dictionaries
from compendium.dictionary.tables import refuse_what_breaks
from compendium.errors import InputRefused, Problem, nearest, refuse_errors
from compendium.importers.carry_over import as_csv
from compendium.locality import FILE, Locality
from compendium.locality.naming import with_sources
from compendium.together import write_together

FOLDER = "data/review"
DECIDED = {"no": "same", "yes": "apart"}  # what `undone` of a merge says about its two records
LEFT_OUT = ("abstract", "keywords", "url", "database", "label", "label_full_text", "same_as", "other", "line")
KINDS = {  # class -> how exports write it: RIS types, EndNote's names, PubMed's and Scopus's kinds
    "preprint": "unpb|preprint|unpublished work",
    "chapter": "chap|echap|book section|book chapter",
    "book": "book|ebook|edited book|books",
    "thesis": "thes|thesis|dissertation|academic dissertation",
    "report": "rprt|report|technical report|government document|govdoc",
    "conference": "conf|cpaper|conference paper|conference proceedings|congress|abst",
    "webpage": "elec|web page|website|blog",
    "article": "jour|ejour|jfull|mgzn|news|inpr|journal article|article|review|systematic review|editorial|letter|note",
}
LANGUAGES = {  # names that exports write out -> ISO 639
    **{"english": "en", "german": "de", "french": "fr", "spanish": "es", "portuguese": "pt", "italian": "it"},
    **{"dutch": "nl", "danish": "da", "swedish": "sv", "norwegian": "no", "finnish": "fi", "polish": "pl"},
    **{"czech": "cs", "turkish": "tr", "russian": "ru", "ukrainian": "uk", "greek": "el", "hungarian": "hu"},
    **{"chinese": "zh", "japanese": "ja", "korean": "ko", "arabic": "ar", "persian": "fa", "hebrew": "he"},
}


@dataclass(frozen=True, repr=False)
class SearchUpdate:
    """What an import of a search would write, and what a person should know before."""

    source: str
    search: str
    read: int
    duplicates: int  # of the new records
    found: Deduplicated
    kept_out: Mapping[str, int]  # column of the export -> records in which it holds something that is not kept
    remarks: tuple[Problem, ...]
    files: Mapping[Path, str]  # empty: everything is there already
    room: Path  # the private folder of the locality

    def __repr__(self) -> str:
        return f"<SearchUpdate {self.search}: {self.read} records, {self.duplicates} duplicates>"


def planned(format: str, path: Path, locality: Locality, dictionaries: Dictionaries, search: str) -> SearchUpdate:
    """Read the export of `search` (its number in the table `searches`) for a locality's review.

    Raises `InputRefused` with every problem of the file by line, when the search is not recorded, was imported with
    other records, or its record says another number; `UnknownName` for a format that nobody knows.
    """
    imported = importers.read(format, path)
    table = imported.accepted()
    searches = _stored("searches", locality, dictionaries)
    records, merges = (_stored(name, locality, dictionaries) for name in ("records", "merges"))
    _check_search(search, searches, len(table), path)
    remarks = [problem for problem in imported.problems if problem.level == "warning"]
    new = as_records(table, search, first=_next_number(records), file=path.name, remarks=remarks)
    kept_out = {name: n for name in LEFT_OUT if name != "line" and (n := int((table[name].astype(str) != "").sum()))}
    before = records[records["search_id"] == search]
    if len(before):
        _same_as_before(before, new, search, path)
        return SearchUpdate(
            path.name, search, len(new), 0, deduplicate(new.iloc[:0]), kept_out, tuple(remarks), {}, locality.room
        )
    whole = pd.concat([records, new], ignore_index=True)
    found = deduplicate(whole, _decisions(merges), settled=frozenset(records["record_id"]))
    again = found.merges[found.merges["record_id"].isin(new["record_id"])]
    whole.loc[whole["record_id"].isin(again["record_id"]), "removed"] = "duplicate"
    listed = pd.concat([merges, _as_merges(again)], ignore_index=True)
    files = _files({"records": whole, "merges": listed}, locality, dictionaries, path.name)
    return SearchUpdate(path.name, search, len(new), len(again), found, kept_out, tuple(remarks), files, locality.room)


def carry_out(update: SearchUpdate) -> None:
    """Write records, merges and their lines in `locality.yml`: all or nothing."""
    write_together(update.files, update.room)


def as_records(
    table: pd.DataFrame, search: str, *, first: int, file: str, remarks: list[Problem] | None = None
) -> pd.DataFrame:
    """Rows of the table `records` from what an importer of references gave; all text. Remarks on what has no class."""
    said = remarks if remarks is not None else []
    languages = [
        _language(value, line, file, said) for value, line in zip(table["language"], table["line"], strict=True)
    ]
    return pd.DataFrame(
        {
            "record_id": [f"N-{number:06}" for number in range(first, first + len(table))],
            "search_id": search,
            "accession": table["accession"].str.slice(0, 100),
            "kind": [_kind(value) for value in table["type"]],
            "authors": table["authors"],
            "year": table["year"],
            "title": table["title"],
            "journal": table["journal"],
            "volume": table["volume"],
            "issue": table["issue"],
            "pages": table["pages"],
            "doi": table["doi"].str.lower(),
            "language": languages,
            "removed": "no",
            "retrieval": "not_sought",
            "study_id": "",
        }
    ).map(_one_line)


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _kind(printed: str) -> str:
    words = [word.strip().lower() for word in printed.split(";") if word.strip()]
    if not words:
        return "not_recorded"
    return next((kind for kind, names in KINDS.items() if any(re.fullmatch(names, word) for word in words)), "other")


def _language(printed: str, line: int, file: str, remarks: list[Problem]) -> str:
    first = re.split(r"[;,/(\s]", printed.strip().lower())[0]
    if re.fullmatch(r"[a-z]{2,3}", first) or not first:
        return first
    if first not in LANGUAGES:
        message = "The language is written in a way that is not known; it was left empty."
        remarks.append(Problem(file, int(line), "language", message, level="warning"))
    return LANGUAGES.get(first, "")


def _stored(name: str, locality: Locality, dictionaries: Dictionaries) -> pd.DataFrame:
    """A table of the review as text, empty when the locality has none yet. Raises `InputRefused` for a broken one."""
    described = dictionaries[name]
    found = locality.source(name, dictionaries) if name in locality.sources else None
    if found is None:
        return pd.DataFrame(columns=list(described.names), dtype=object)
    _, problems = dictionary.read(found.path, described, f"localities/{locality.id}/{locality.sources[name].file}")
    refuse_errors(problems)
    if found.path.suffix.lower() != ".csv":
        raise InputRefused(
            Problem(found.path.name, message=f"{name} is no CSV.", remedy="Save the table as CSV UTF-8.")
        )
    return pd.read_csv(found.path, dtype=str, keep_default_na=False, encoding="utf-8-sig")[list(described.names)]


def _check_search(search: str, searches: pd.DataFrame, read: int, path: Path) -> None:
    """The search must be on record, with the number of records that the export holds."""
    rows = searches[searches["search_id"] == search]
    if rows.empty:
        known = list(searches["search_id"])
        remedy = nearest(search, known) if known else "Add it to the table searches: where, when, how (PRISMA-S)."
        raise InputRefused(Problem(column="search_id", message=f"No search {search[:40]} is on record.", remedy=remedy))
    said = int(rows["records"].iloc[0])
    if said != read:
        message = f"The export holds {read:,} records; the record of search {search} says {said:,}."
        raise InputRefused(
            Problem(path.name, message=message, remedy="Export the whole result, or correct `searches`.")
        )


def _next_number(records: pd.DataFrame) -> int:
    return max((int(number.removeprefix("N-")) for number in records["record_id"]), default=0) + 1


def _same_as_before(before: pd.DataFrame, new: pd.DataFrame, search: str, path: Path) -> None:
    """The same export again changes nothing; another one for the same search is refused."""
    said = [column for column in new.columns if column not in ("record_id", "removed", "retrieval", "study_id")]
    if before[said].to_numpy().tolist() != new[said].to_numpy().tolist():
        message = f"Search {search} was imported before, with {len(before):,} records that are not these."
        remedy = "Give an update a search of its own, with its date and round."
        raise InputRefused(Problem(path.name, message=message, remedy=remedy))


def _decisions(merges: pd.DataFrame) -> pd.DataFrame:
    """Merges made by hand, and those taken back, as decisions."""
    said = merges[(merges["undone"] == "yes") | (merges["rule"] == "by_hand")]
    return pd.DataFrame(
        {"record_id": said["record_id"], "same_as": said["kept_id"], "decision": said["undone"].map(DECIDED)}
    )


def _as_merges(found: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "record_id": found["record_id"],
            "kept_id": found["same_as"],
            "rule": found["rule"],
            "similarity": found["similarity"].map("{:.3f}".format),
            "undone": "no",
            "note": "",
        }
    )


def _files(
    tables: Mapping[str, pd.DataFrame], locality: Locality, dictionaries: Dictionaries, source: str
) -> dict[Path, str]:
    """What to write: each table below the locality, and `locality.yml` when it doesn't name them yet."""
    files: dict[Path, str] = {}
    named = {}
    for name, table in tables.items():
        found = locality.source(name, dictionaries) if name in locality.sources else None
        path = found.path if found else locality.folder / FOLDER / f"{name}.csv"
        text = as_csv(table)
        refuse_what_breaks(text, dictionaries[name], source)
        files[path] = text
        if found is None:
            named[name] = (path.relative_to(locality.folder).as_posix(), locality.sources["searches"].provenance)
    settings = locality.folder / FILE
    text = settings.read_text(encoding="utf-8")
    if (changed := with_sources(text, named)) != text:
        files[settings] = changed
    return files
