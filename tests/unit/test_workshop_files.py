"""Ratings and votes in the shapes in which people have them; what is wrong is told by row and column, never a value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from compendium.analysis import consensus
from compendium.errors import UnknownName
from compendium.importers.workshop import Ratings, Votes, read_ratings, read_votes
from compendium.importers.workshop.people import looks_personal, wrong_with
from tests.shared import SHARED, needs_shared

GROUPS = {"children": "Children and young people", "police": "Police"}
ITEMS = {"P01": "Help begins within days", "P02": "One worker stays with the child", "P03": "Nobody is blamed"}
ENLIGHT = SHARED / "data" / "consensus"


def ratings(folder: Path, text: str, **options: Any) -> Ratings:
    path = folder / "ratings.csv"
    path.write_text(text, encoding=options.pop("encoding", "utf-8"))
    return read_ratings(path, items=ITEMS, groups=GROUPS, **options)


def votes(folder: Path, text: str, **options: Any) -> Votes:
    path = folder / "votes.csv"
    path.write_text(text, encoding="utf-8")
    return read_votes(path, items=ITEMS | {"P04": "Four", "P05": "Five"}, groups=GROUPS, **options)


def cells(found: Ratings) -> dict[tuple[str, int, str], int | None]:
    assert not found.errors, found.errors
    rows = found.table.itertuples()
    return {(row.rater_id, row.round, row.item_id): None if pd.isna(row.rating) else int(row.rating) for row in rows}


def said(found: Ratings | Votes) -> str:
    assert len(found.table) == 0
    return "\n".join(str(problem) for problem in found.errors)


EXPECTED = {("T-001", 1, "P01"): 8, ("T-001", 1, "P02"): None, ("T-002", 1, "P01"): 7, ("T-002", 1, "P02"): 3}
LONG = "rater,group,round,item,rating\n1,children,1,P01,8\n1,children,1,P02,X\n2,police,1,P01,7\n2,police,1,P02,3\n"
WIDE = "Participant;Stakeholder group;Help begins within days;2. One worker stays with the child?\n1;Children and young people;8;unable to score\n2;Police;7;3.0\n"  # noqa: E501  one header line


@pytest.mark.parametrize("text", [LONG, WIDE], ids=["long", "wide"])
def test_long_and_wide_files_give_the_same_ratings(tmp_path: Path, text: str) -> None:
    assert cells(ratings(tmp_path, text)) == EXPECTED


def test_a_workbook_is_read_like_a_csv_and_its_sheet_can_be_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    sheet = book.create_sheet("Round 1")
    for row in (["rater", "group", "P01", "P02"], [1, "children", 8, "x"], [2, "police", 7, 3]):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    found = read_ratings(tmp_path / "a.xlsx", items=ITEMS, groups=GROUPS, sheet="Round 1")
    assert cells(found) == EXPECTED
    unnamed = read_ratings(tmp_path / "a.xlsx", items=ITEMS, groups=GROUPS)
    assert "2 visible sheets" in said(unnamed)


@pytest.mark.parametrize(
    "heading", ["P01 (R2)", "R2: P01", "Round 2 - Help begins within days", "P01_r2", "P01 round 2"]
)
def test_rounds_side_by_side_are_told_by_their_headings(tmp_path: Path, heading: str) -> None:
    found = ratings(tmp_path, f"rater,group,P01 (R1),{heading}\n1,children,4,8\n")
    assert cells(found) == {("T-001", 1, "P01"): 4, ("T-001", 2, "P01"): 8}


def test_a_round_and_a_group_can_be_told_for_the_whole_file(tmp_path: Path) -> None:
    found = ratings(tmp_path, "rater,P01\n1,8\n", group="children", round_="2")
    assert cells(found) == {("T-001", 2, "P01"): 8}
    assert "Nothing says of which group" in said(ratings(tmp_path, "rater,P01\n1,8\n"))
    assert "has such a column" in said(ratings(tmp_path, "rater,group,P01\n1,police,8\n", group="police"))


def test_other_scales_are_declared_and_kept(tmp_path: Path) -> None:
    text = "rater,group,P01\n1,children,7\n2,police,9\n"
    assert "9 is outside the scale of 1 to 7" in said(ratings(tmp_path, text, scale="1-7"))
    assert set(ratings(tmp_path, text.replace(",9", ",1"), scale="1-7").table["scale"]) == {"1-7"}
    with pytest.raises(UnknownName):
        ratings(tmp_path, text, scale="0-100")


def test_an_empty_cell_is_no_answer_and_is_counted(tmp_path: Path) -> None:
    found = ratings(tmp_path, "rater,group,P01,P02\n1,children,8,\n2,police,,x\n")
    assert cells(found) == {("T-001", 1, "P01"): 8, ("T-002", 1, "P02"): None}
    assert found.blank == 2


def test_people_keep_their_numbers_from_one_file_to_the_next(tmp_path: Path) -> None:
    first = ratings(tmp_path, "rater,group,P01\nA7,children,8\nA10,police,7\n")
    assert dict(first.people) == {"a7": "T-001", "a10": "T-002"}  # 7 before 10
    later = ratings(tmp_path, "rater,group,P01\nB1,police,3\n A10 ,police,7\n", numbers=first.people, taken={"T-003"})
    assert cells(later) == {("T-002", 1, "P01"): 7, ("T-004", 1, "P01"): 3}


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("Sarah", "name"),
        ("Sarah Jones", "name"),
        ("s.jones1@x.org", "e-mail"),
        ("07700900123", "telephone"),
        ("", "missing"),
    ],
)
def test_a_column_of_names_or_addresses_is_refused_without_repeating_them(tmp_path: Path, cell: str, what: str) -> None:
    told = said(ratings(tmp_path, f"rater,group,P01\n{cell},children,8\n"))
    assert what in told
    assert not cell or cell not in told


@pytest.mark.parametrize("heading", ["Name", "E-mail address", "first_name", "Phone", "Postcode", "Date of birth"])
def test_a_column_that_promises_names_is_refused(tmp_path: Path, heading: str) -> None:
    assert looks_personal(heading)
    assert "names, addresses or the like" in said(ratings(tmp_path, f"rater,group,P01,{heading}\n1,children,8,x\n"))


def test_numbers_that_people_were_given_pass() -> None:
    assert not [label for label in ("1", "P07", "Police 3", "group-2-14", "T-001", "c12") if wrong_with(label)]


def test_an_unknown_column_is_told_with_the_nearest_and_can_be_left_out(tmp_path: Path) -> None:
    text = "rater,group,P01,Comments,Help begins in days\n1,children,8,hi,7\n"
    told = said(ratings(tmp_path, text))
    assert "column Comments" in told
    assert "Did you mean Help begins within days?" in told
    left = ("Comments", "Help begins in days")
    assert cells(ratings(tmp_path, text, left_out=left)) == {("T-001", 1, "P01"): 8}
    assert "--leave-out names a column" in said(ratings(tmp_path, text, left_out=("Nothing",)))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("rater,group,P01\n1,children,8\n1,children,7\n", "row 2 as well"),
        ("rater,group,P01\n1,children,8\n1,police,7\n", "two groups"),
        ("rater,group,P01\n1,children,eight\n", "no rating"),
        ("rater,group,P01\n1,children,7.5\n", "no rating"),
        ("rater,group,P01\n1,children,=1+1\n", "no rating"),
        ("rater,group,P01\n1,teachers,8\n", "No group of participants"),
        ("rater,group,round,P01\n1,children,0,8\n", "A round is a number"),
        ("rater,group,P01\n1,children,8,9\n", "4 cells"),
        ("rater,group,P01,P01\n1,children,8,9\n", "stands twice"),
        ("rater,group,P01,\n1,children,8,x\n", "cells"),
        ("rater,group,item,rating\n1,children,P09,8\n", "No priority"),
        ("rater,group,item,rating,unable\n1,children,P01,8,yes\n", "unable to score has a rating"),
        ("rater,group,item,rating,mood\n1,children,P01,8,good\n", "What is this column"),
        ("rater,group,P01\n", "no row"),
        ("rater,group\n1,children\n", "No column is one of the priorities"),
        ("rater,group,P01\n1,children,\n", "no answer"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, what: str) -> None:
    assert what in said(ratings(tmp_path, text))


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 900, b"PK\x03\x04rubbish", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b'a,"b\n' * 9]
)
def test_what_is_no_table_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    assert said(read_ratings(tmp_path / "a.csv", items=ITEMS, groups=GROUPS))


def test_excel_of_windows_and_utf_16_are_read(tmp_path: Path) -> None:
    for encoding in ("cp1252", "utf-16", "utf-8-sig"):
        found = ratings(tmp_path, "rater;group;P01;café\n1;children;8;x\n", encoding=encoding, left_out=("café",))
        assert cells(found) == {("T-001", 1, "P01"): 8}


def test_a_file_without_people_is_numbered_by_row_and_says_so(tmp_path: Path) -> None:
    found = ratings(tmp_path, "group,P01\nchildren,8\nchildren,7\n")
    assert found.table["rater_id"].tolist() == ["T-001", "T-002"]
    assert "numbered by row" in str(found.problems[0])


@needs_shared
def test_the_enlight_ratings_come_in_whole_and_give_the_published_shares() -> None:
    """Control totals of data/SOURCES.md; published shares count X in the denominator and with exclusion."""
    found = read_ratings(
        ENLIGHT / "enlight_round1_ratings_1to7_X.csv", groups={"experts": "Experts"}, group="experts", scale="1-7"
    )
    table = found.table
    assert not found.problems
    assert (table["rater_id"].nunique(), table["item_id"].nunique(), found.blank) == (65, 60, 19)
    assert ((table["unable"] == "yes").sum(), (table["rating"] == 7).sum()) == (483, 1148)
    assert (table.groupby("item_id").size() == 65).sum() == 45
    published = pd.read_csv(ENLIGHT / "enlight_round1_published_item_rating.csv").set_index("Var2")
    for item, rows in table.groupby("item_id"):
        answers = [
            "X" if unable == "yes" else rating for rating, unable in zip(rows["rating"], rows["unable"], strict=True)
        ]
        shares = consensus.shares_of_all_answers(answers)
        row = published.loc[str(item).partition(". ")[2], ["rating_incl", "rating_excl", "rating_unknown"]]
        assert [shares.high, shares.low_or_unable, shares.unable] == pytest.approx(row.tolist()), item


BALLOT = [("P01", 5), ("P02", 4), ("P03", 3)]


@pytest.mark.parametrize(
    ("text", "ranks"),
    [
        ("voter,group,item,points\n1,police,P01,5\n1,police,P02,4\n1,police,P03,3\n", False),
        ("voter,group,P01,P02,P03\n1,police,5,4,3\n", False),
        ("voter,group,P01,P02,P03\n1,police,1,2,3\n", True),
        ("id,group,1st choice,Second,Choice 3\n1,police,P01,One worker stays with the child,P03\n", False),
    ],
    ids=["long", "points", "ranks", "choices"],
)
def test_votes_of_every_shape_give_the_same_points(tmp_path: Path, text: str, ranks: bool) -> None:
    found = votes(tmp_path, text, ranks=ranks)
    assert not found.errors
    assert list(zip(found.table["item_id"], found.table["points"], strict=True)) == BALLOT


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("voter,group,P01,P02\n1,police,5,5\n", "the same points twice"),
        ("voter,group,1st choice,2nd choice\n1,police,P01,P01\n", "the same item twice"),
        ("voter,group,P01\n1,police,6\n", "1 to 5"),
        ("voter,group,1st choice\n1,police,Something else\n", "No priority"),
        ("voter,group,1st choice,Name\n1,police,P01,Bob\n", "names, addresses"),
        ("voter,group,P01\n1,police,\n", "no vote"),
    ],
)
def test_votes_that_cannot_be_are_told(tmp_path: Path, text: str, what: str) -> None:
    assert what in said(votes(tmp_path, text))
