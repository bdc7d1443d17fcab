"""Broken exports are refused by line; what has no column stays in `other`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compendium import importers
from compendium.importers.reading import Imported

NBIB = """
PMID- 31366609
OWN - NLM
TI  - 8-Aminoquinoline Therapy
      for Latent Malaria.
LID - e00011-19 [pii]
LID - 10.1128/CMR.00011-19 [doi]
FAU - Baird, J Kevin
AU  - Baird JK
DP  - 2019 Sep 18
TA  - Clin Microbiol Rev
VI  - 32
IP  - 4
LA  - eng
PT  - Journal Article
PT  - Review
MH  - Humans

PMID- 1
TI  - Another.
DP  - 2020
"""


def read(tmp_path: Path, format: str, content: str | bytes) -> Imported:
    path = tmp_path / "export"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return importers.read(format, path)


def test_pubmed_lines_that_go_on_are_one_field(tmp_path: Path) -> None:
    found = read(tmp_path, "pubmed-nbib", NBIB)
    assert found.problems == []
    first = found.table.iloc[0]
    assert first["title"] == "8-Aminoquinoline Therapy for Latent Malaria."
    assert (first["doi"], first["year"], first["accession"]) == ("10.1128/CMR.00011-19", "2019", "31366609")
    assert (first["authors"], first["type"]) == ("Baird, J Kevin", "Journal Article; Review")
    assert json.loads(first["other"])["AU"] == ["Baird JK"]
    assert json.loads(first["other"])["date as printed"] == ["2019 Sep 18"]
    assert list(found.table["line"]) == [2, 19]


def test_a_line_that_belongs_nowhere_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, "pubmed-nbib", NBIB.replace("DP  - 2020", "DP: 2020"))
    assert [(problem.row, problem.level) for problem in found.problems] == [(21, "error")]
    assert len(found.table) == 0


@pytest.mark.parametrize(
    ("content", "row", "words"),
    [
        ("TY  - JOUR\nTI  - One\n\nTY  - JOUR\nTI  - Two\nER  - \n", 1, "has no end"),
        ("TY  - JOUR\nTI  - One\nER  - \nER  - \n", 4, "no beginning"),
        ("a,b\n1,2\n", None, "not RIS"),
        (b"TY  - JOUR\nTI  - caf\xe9\nER  - \n", 2, "not in UTF-8"),
        (b"TY  - JOUR\nTI  - a\x00b\nER  - \n", 2, "zero bytes"),
        ("", None, "empty"),
    ],
)
def test_a_broken_ris_file_is_refused_by_line(
    tmp_path: Path, content: str | bytes, row: int | None, words: str
) -> None:
    found = read(tmp_path, "ris", content)
    assert any(words in problem.message and problem.row == row for problem in found.errors), found.problems
    assert len(found.table) == 0


def test_ris_in_utf_16_and_with_windows_line_ends_is_read(tmp_path: Path) -> None:
    text = "TY  - JOUR\r\nTI  - Café\r\nPY  - 2020\r\nER  - \r\n"
    found = read(tmp_path, "ris", text.encode("utf-16"))
    assert list(found.table["title"]) == ["Café"]


def test_what_is_no_year_and_no_doi_is_kept_and_said(tmp_path: Path) -> None:
    found = read(tmp_path, "ris", "TY  - JOUR\nTI  - A\nPY  - in press\nDO  - unknown\nXX  - kept\nER  - \n")
    assert sorted(problem.column for problem in found.problems) == ["doi", "year"]
    (row,) = found.table.to_dict("records")
    assert (row["year"], row["doi"]) == ("", "")
    assert json.loads(row["other"]) == {"XX": ["kept"], "date as printed": ["in press"], "doi as printed": ["unknown"]}


def test_a_line_with_too_few_blanks_is_no_tag_and_said(tmp_path: Path) -> None:
    found = read(tmp_path, "ris", "TY  - JOUR\nTI  - A\nAU - Somebody\nER  - \n")
    assert [(problem.row, problem.level) for problem in found.problems] == [(3, "warning")]
    assert found.table["title"].iloc[0] == "A AU - Somebody"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml>&a;</xml>', "entities"),
        ("<xml><records><record><titles>", "breaks off"),
        ("<xml><records/></xml>", "not EndNote"),
    ],
)
def test_hostile_or_broken_xml_is_refused(tmp_path: Path, content: str, words: str) -> None:
    found = read(tmp_path, "endnote-xml", content)
    assert any(words in problem.message for problem in found.errors), found.problems


def test_a_csv_of_another_kind_is_refused_and_named(tmp_path: Path) -> None:
    found = read(tmp_path, "embase-csv", "title,abstract\nOne,Two\n")
    assert "No column is called author names or source." in [problem.message for problem in found.errors]


def test_scopus_pages_come_from_two_columns_or_the_article_number(tmp_path: Path) -> None:
    header = "Authors,Title,Year,Source title,Volume,Issue,Art. No.,Page start,Page end,DOI,EID\n"
    rows = "A. B.,One,2020,J,1,2,,10,19,10.1000/x1,e1\nC. D.,Two,2021,J,1,2,e77,,,10.1000/x2,e2\n"
    found = read(tmp_path, "scopus-csv", header + rows)
    assert list(found.table["pages"]) == ["10-19", "e77"]
    assert list(found.table["accession"]) == ["e1", "e2"]
