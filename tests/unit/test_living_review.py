"""A search comes into a review: numbered, deduplicated against what is there, all or nothing."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from compendium import dictionary, living_review
from compendium.errors import InputRefused
from compendium.locality import Locality, load_locality
from compendium.paths import Root

HERE = Path(__file__).resolve().parents[2]
DICTIONARIES = dictionary.load(HERE / "data_dictionaries")
SETTINGS = """# A review of its own.
id: leeds
name: Leeds
period: {from: 2022-05, to: 2023-04}
sources:
  searches: {file: data/review/searches.csv, provenance: illustrative}  # written by hand
"""
SEARCH = {
    "source_kind": "database",
    "source_name": "APA PsycInfo",
    "platform": "Ovid",
    "strategy": "1. child*",
    "limits": "none",
    "filters": "none",
    "prior_work": "none",
    "peer_review": "no",
    "deduplication": "By rule",
}
ROUNDS = (
    {"search_id": "H-001", "round": "0", "searched_on": "2026-01-10", "records": "3"},
    {"search_id": "H-002", "round": "1", "searched_on": "2026-06-10", "records": "2", "update_method": "Repeated"},
)
FIRST = """TY  - JOUR
TI  - Grooming online
AU  - Kim, A.
PY  - 2019
DO  - 10.1000/ABC
LA  - English
ER  -
TY  - CHAP
TI  - Images of children
AU  - Roe, B.
PY  - 2020
LA  - Klingon
ER  -
TY  - JOUR
TI  - Grooming online
AU  - Kim A
PY  - 2019
ER  -
"""
SECOND = """TY  - JOUR
TI  - Grooming online.
DO  - https://doi.org/10.1000/abc
ER  -
TY  - JOUR
TI  - Extortion of boys
AU  - Roe, B.
AB  - Words that are not kept.
PY  - 2026
ER  -
"""


@pytest.fixture
def root(tmp_path: Path) -> Root:
    folder = tmp_path / "localities" / "leeds" / "data" / "review"
    folder.mkdir(parents=True)
    (tmp_path / "localities" / "leeds" / "locality.yml").write_text(SETTINGS, "utf-8")
    (tmp_path / "data_dictionaries").symlink_to(HERE / "data_dictionaries")
    names = DICTIONARIES["searches"].names
    with (folder / "searches.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows({**SEARCH, **row} for row in ROUNDS)
    return Root(tmp_path)


def leeds(root: Root) -> Locality:
    return load_locality(root, "leeds")


def plan(root: Root, tmp_path: Path, text: str, search: str) -> living_review.SearchUpdate:
    export = tmp_path / "export.ris"
    export.write_text(text, "utf-8")
    return living_review.planned("ris", export, leeds(root), DICTIONARIES, search)


def rows(root: Root, table: str) -> list[dict[str, str]]:
    with (root.path / "localities/leeds/data/review" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_first_search_and_its_update(root: Root, tmp_path: Path) -> None:
    first = plan(root, tmp_path, FIRST, "H-001")
    assert [(problem.row, problem.column) for problem in first.remarks] == [(8, "language")]
    living_review.carry_out(first)
    assert [(row["record_id"], row["kind"], row["language"], row["removed"]) for row in rows(root, "records")] == [
        ("N-000001", "article", "en", "no"),
        ("N-000002", "chapter", "", "no"),
        ("N-000003", "article", "", "duplicate"),
    ]
    second = plan(root, tmp_path, SECOND, "H-002")
    assert (second.read, second.duplicates, second.kept_out) == (2, 1, {"abstract": 1})
    living_review.carry_out(second)
    assert [(row["record_id"], row["kept_id"], row["rule"]) for row in rows(root, "merges")] == [
        ("N-000003", "N-000001", "title_year_author"),
        ("N-000004", "N-000001", "doi"),
    ]
    assert [row["removed"] for row in rows(root, "records")] == ["no", "no", "duplicate", "duplicate", "no"]
    settings = (root.path / "localities/leeds/locality.yml").read_text("utf-8")
    assert "# written by hand" in settings
    assert set(leeds(root).sources) == {"searches", "records", "merges"}
    tables = {
        name: dictionary.read(leeds(root).source(name, DICTIONARIES).path, DICTIONARIES[name])
        for name in ("records", "merges")
    }  # type: ignore[union-attr]
    assert all(problems == [] for _, problems in tables.values())


def test_the_same_export_again_changes_nothing(root: Root, tmp_path: Path) -> None:
    living_review.carry_out(plan(root, tmp_path, FIRST, "H-001"))
    before = rows(root, "records")
    again = plan(root, tmp_path, FIRST, "H-001")
    assert not again.files
    assert rows(root, "records") == before


@pytest.mark.parametrize(
    ("text", "search", "words"),
    [
        (FIRST, "H-003", "No search H-003 is on record"),
        (SECOND, "H-001", "The export holds 2 records; the record of search H-001 says 3"),
        (FIRST.replace("ER  -\nTY  - CHAP", "TY  - CHAP"), "H-001", "has no end"),
        (FIRST.replace("Images", "Pictures"), "H-001", "was imported before"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_written(
    root: Root, tmp_path: Path, text: str, search: str, words: str
) -> None:
    if "before" in words:
        living_review.carry_out(plan(root, tmp_path, FIRST, "H-001"))
    files = {path: path.read_bytes() for path in (root.path / "localities").rglob("*.*") if path.is_file()}
    with pytest.raises(InputRefused) as refused:
        plan(root, tmp_path, text, search)
    assert any(words in str(problem) for problem in refused.value.problems)
    assert {path: path.read_bytes() for path in (root.path / "localities").rglob("*.*") if path.is_file()} == files


def test_a_merge_that_was_taken_back_stays_so(root: Root, tmp_path: Path) -> None:
    living_review.carry_out(plan(root, tmp_path, FIRST, "H-001"))
    folder = root.path / "localities/leeds/data/review"
    merges = (folder / "merges.csv").read_text("utf-8").replace(",no,", ",yes,Two reports of one study")
    (folder / "merges.csv").write_text(merges, "utf-8")
    records = (folder / "records.csv").read_text("utf-8").replace(",duplicate,", ",no,")
    (folder / "records.csv").write_text(records, "utf-8")
    living_review.carry_out(plan(root, tmp_path, SECOND, "H-002"))
    assert [row["removed"] for row in rows(root, "records")] == ["no", "no", "no", "duplicate", "no"]
