"""The audit of tables that other tools published: whatever their marks and margins are called."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from compendium.aggregate import TOTAL
from compendium.disclosure import audit_dir
from compendium.disclosure.attack import ReleasedTable
from compendium.disclosure.foreign import range_of, read_foreign
from compendium.errors import InputRefused

# A x and B x can be worked out: 28 less 25, 58 less 28.
OPEN = """district,form,n
A,x,*
A,y,25
A,Total,28
B,x,*
B,y,28
B,Total,58
Total,x,33
Total,y,53
Total,Total,86
"""
CLOSED = OPEN.replace("25", "*").replace("B,y,28", "B,y,*")


def audited(folder: Path, text: str, *, name: str = "released.csv", count: str = "") -> bool:
    (folder / name).write_text(text, encoding="utf-8")
    return audit_dir(folder, count=count).protected


@pytest.mark.parametrize("mark", ["", "*", "c", "[c]", "x", "-", "suppressed", "N/A"])
def test_a_hidden_cell_is_seen_whatever_the_mark(tmp_path: Path, mark: str) -> None:
    assert not audited(tmp_path, OPEN.replace("*", mark))


@pytest.mark.parametrize("margin", ["total", "All", "ALL", "Grand total"])
def test_margins_are_seen_whatever_they_are_called(tmp_path: Path, margin: str) -> None:
    assert not audited(tmp_path, OPEN.replace("Total", margin))


@pytest.mark.parametrize("column", ["count", "N", "cases reported"])
def test_the_column_of_counts_is_found(tmp_path: Path, column: str) -> None:
    assert not audited(tmp_path, OPEN.replace("form,n", f"form,{column}"))


def test_years_are_no_counts(tmp_path: Path) -> None:
    years = OPEN.replace("A,", "2020,").replace("B,", "2021,").replace("form,n", "form,cases reported")
    assert not audited(tmp_path, years)


def test_a_table_that_hides_enough_passes(tmp_path: Path) -> None:
    text = CLOSED.replace("28", "48").replace("86", "106").replace("53", "73")
    assert audited(tmp_path, text)


def test_a_number_left_in_a_row_marked_hidden_is_exact(tmp_path: Path) -> None:
    text = "district,form,n,status\nA,x,3,hidden\nA,y,30,published\n"
    assert not audited(tmp_path, text)


def test_a_second_file_beside_protected_is_attacked_too(tmp_path: Path) -> None:
    audited(tmp_path, "district,form,n,status\nA,x,,hidden\nA,y,,hidden\n", name="protected.csv")
    assert not audited(tmp_path, OPEN)


@pytest.mark.parametrize("mark", ["<10", "[<10]", "fewer than 10", "≤9", "0-9", "0 to 9"])
def test_a_mark_that_tells_a_range_is_no_protection_and_said_once(tmp_path: Path, mark: str) -> None:
    text = CLOSED.replace("28", "48").replace("86", "106").replace("53", "73").replace("A,x,*", f"A,x,{mark}")
    (tmp_path / "released.csv").write_text(text, encoding="utf-8")
    found = audit_dir(tmp_path)
    assert not found.protected
    assert sum("say by themselves" in fault for fault in found.open) == 1
    (tmp_path / "released.csv").write_text(OPEN.replace("A,x,*", f"A,x,{mark}"), encoding="utf-8")
    assert sum("is exact" in fault for fault in audit_dir(tmp_path).open) == 2


# What ACRO writes for pandas.crosstab(year, grant, margins=True) with suppression: wide, blank where hidden, All.
# By hand: 2010 R/G is 153 - 15 - 59 - 71 = 8, 2011 R is 109 - 13 - 60 - 31 = 5.
ACRO_LIKE = """year,G,N,R,R/G,All
2010,15,59,71,,153
2011,13,60,,31,109
2012,16,58,74,12,160
All,44,177,150,51,422
"""


def test_a_crosstab_that_hides_small_cells_but_keeps_its_margins_is_caught(tmp_path: Path) -> None:
    (tmp_path / "output_0_0.csv").write_text(ACRO_LIKE, encoding="utf-8")
    found = audit_dir(tmp_path)
    assert not found.protected
    exact = {(c.labels["year"], c.labels["column"]): c.interval.lowest for c in found.cells}
    assert exact == {("2010", "R/G"): 8, ("2011", "R"): 5}
    assert {c.interval.verdict for c in found.cells} == {"exact"}


def test_small_counts_that_a_tool_left_in_are_caught(tmp_path: Path) -> None:
    (tmp_path / "output_0_0.csv").write_text(ACRO_LIKE.replace("71,,153", "71,8,153"), encoding="utf-8")
    assert any("R/G shows a count under 10" in fault for fault in audit_dir(tmp_path).open)


def test_tables_safe_alone_are_attacked_together_when_their_columns_match(tmp_path: Path) -> None:
    """By sex, two hidden in each line; the second table gives one of them."""
    first = (
        "district,sex,n\nA,f,*\nA,m,*\nB,f,*\nB,m,*\nA,Total,40\nB,Total,40\nTotal,f,40\nTotal,m,40\nTotal,Total,80\n"
    )
    second = "district,n\nA,40\nB,40\nTotal,80\n"
    third = "district,sex,n\nA,f,37\nA,m,*\n"
    assert audited(tmp_path, first, name="one.csv")
    assert audited(tmp_path, second, name="two.csv")
    (tmp_path / "three.csv").write_text(third + "B,f,*\nB,m,*\n", encoding="utf-8")
    found = audit_dir(tmp_path)
    assert {c.interval.lowest for c in found.cells if c.labels == {"district": "A", "sex": "m"}} == {3}
    assert "Attacked together" in found.text and "one.csv, three.csv, two.csv" in found.text


def test_tables_of_other_records_are_attacked_apart_and_said(tmp_path: Path) -> None:
    audited(tmp_path, OPEN, name="one.csv")
    (tmp_path / "two.csv").write_text("district,n\nA,400\nB,500\nTotal,900\n", encoding="utf-8")
    found = audit_dir(tmp_path)
    assert "Attacked apart" in found.text
    assert not found.protected


def test_counts_rounded_to_five_are_read_as_intervals(tmp_path: Path) -> None:
    """A x: 30 less 25, each up to 2 off: 1 to 9. As they stand, 35 and 30 are not 70."""
    text = "district,form,n\nA,x,*\nA,y,25\nA,Total,30\nB,x,35\nB,y,30\nB,Total,70\n"
    (tmp_path / "rounded.csv").write_text(text, encoding="utf-8")
    found = audit_dir(tmp_path)
    assert "read as rounded to 5" in found.text
    (cell,) = found.cells
    assert (cell.interval.lowest, cell.interval.highest, cell.interval.verdict) == (1, 9, "narrow")
    assert audit_dir(tmp_path, rounded=5).cells == found.cells


def test_a_percentage_beside_a_hidden_count_gives_it_away(tmp_path: Path) -> None:
    """6.4 % of 47 is 3 and nothing else; the others show that percentages are of the total."""
    text = "group,n,percent\na,*,6.4\nb,20,42.6\nc,*,51.1\nTotal,47,100\n"
    (tmp_path / "shares.csv").write_text(text, encoding="utf-8")
    found = {c.labels["group"]: c.interval for c in audit_dir(tmp_path).cells}
    assert (found["a"].lowest, found["a"].highest) == (3, 3)
    assert (found["c"].lowest, found["c"].highest) == (24, 24)
    whole = text.replace("6.4", "*").replace("42.6", "43").replace("51.1", "*")
    (tmp_path / "shares.csv").write_text(whole, encoding="utf-8")
    assert audit_dir(tmp_path).protected


def test_an_unclear_column_of_counts_is_asked_for_and_may_be_named(tmp_path: Path) -> None:
    unclear = "district,girls,boys\nA,12,*\nB,15,*\n"
    with pytest.raises(InputRefused, match="missing"):
        audited(tmp_path, unclear, count="girl")
    assert audited(tmp_path, unclear, count="boys")


def test_a_wide_table_with_a_label_called_count_asks_which_column_counts(tmp_path: Path) -> None:
    """Its rows can't be laid one below the other under a name that it has already."""
    wide = "district,count,girls,boys\nA,first,12,13\nB,second,15,*\n"
    with pytest.raises(InputRefused, match=r"can't be told \(district, count, girls, boys\).*--count NAME"):
        audited(tmp_path, wide)
    assert audited(tmp_path, wide, count="girls")


def test_a_certificate_cannot_talk_the_threshold_down(tmp_path: Path) -> None:
    (tmp_path / "certificate.json").write_text('{"policy": "mine", "threshold": 0, "count": "n"}', encoding="utf-8")
    assert not audited(tmp_path, OPEN, name="protected.csv")
    assert not audited(tmp_path, "district,form,n,status\nA,x,3,published\n", name="protected.csv")


def read(text: str, count: str = "") -> ReleasedTable:
    frame = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, na_values=[""])
    return read_foreign("t.csv", frame, count, 10)


def test_a_label_is_a_margin_only_when_two_lines_of_three_at_least_say_so() -> None:
    """r is p and q together in both lines; in one line, or beside one other label only, that can be chance."""
    both = read("a,b,n\nx,p,10\nx,q,20\nx,r,30\ny,p,11\ny,q,12\ny,r,23\n")
    assert both.counts["x", TOTAL] == 30 and both.shape.dimensions[1].categories == {"p": "p", "q": "q"}
    once = read("a,b,n\nx,p,10\nx,q,20\nx,r,30\n")
    assert once.counts["x", "r"] == 30
    one_of_two = read("a,b,n\nx,p,10\nx,q,20\nx,r,30\ny,p,11\ny,q,12\ny,r,24\n")
    assert one_of_two.counts["x", "r"] == 30
    pairs = read("a,b,n\nx,p,10\nx,q,10\ny,p,11\ny,q,11\n")  # p is all others together, and q is: neither is a sum
    assert set(pairs.counts) == {("x", "p"), ("x", "q"), ("y", "p"), ("y", "q")}
    hidden = read("a,b,n\nx,p,10\nx,q,20\nx,r,30\ny,p,11\ny,q,*\ny,r,23\nz,p,1\nz,q,2\nz,r,3\n")
    assert hidden.counts["y", TOTAL] == 23  # a line with a gap says nothing; two whole ones say enough
    nobody = read("a,b,n\nx,p,10\nx,q,20\nx,r,30\ny,p,0\ny,q,0\ny,r,0\n")
    assert nobody.counts["x", "r"] == 30  # a line of zeros is the sum of anything


def test_every_cell_that_cannot_be_read_is_told_by_row_and_column_and_never_repeated() -> None:
    with pytest.raises(InputRefused) as refused:
        read("a,n\nx,about twelve\n,30\ny,-4\nz,1.5\nw,*\n", "n")
    found = refused.value.problems
    assert [(p.file, p.row, p.column) for p in found] == [
        ("t.csv", 2, "n"), ("t.csv", 4, "n"), ("t.csv", 5, "n"), ("t.csv", 3, "a"),
    ]  # fmt: skip
    assert "twelve" not in str(refused.value) and all(p.remedy for p in found[:3])
    with pytest.raises(InputRefused, match="Did you mean number") as refused:
        read("a,number\nx,30\n", "numbre")
    assert [(p.file, p.row, p.column) for p in refused.value.problems] == [("t.csv", 1, "numbre")]


@pytest.mark.parametrize(
    ("mark", "bounds"),
    [
        ("<10", (0, 9)), ("< 10", (0, 9)), ("[fewer than 5]", (0, 4)), ("under 0", (0, 0)), ("<1", (0, 0)),
        ("<=4", (0, 4)), ("at most 4", (0, 4)), ("up to 4", (0, 4)), ("≤ 4", (0, 4)),
        ("1-9", (1, 9)), ("1 to 9", (1, 9)), ("[1–9]", (1, 9)), ("3-3", (3, 3)), ("9-1", None), ("*", None), ("", None),
    ],
)  # fmt: skip
def test_what_a_mark_says_of_its_count(mark: str, bounds: tuple[int, int] | None) -> None:
    assert range_of(mark) == bounds
    assert range_of(None) is None


def test_a_mark_and_a_percentage_together_bound_a_count_by_the_narrower() -> None:
    """Of 40, 20 % is 19.5 to 20.5 %, so eight; fewer than 10 is 0 to 9."""
    table = read("a,n,percent\nx,<10,20\ny,20,50\nz,12,30\nTotal,40,100\n")
    assert table.bounds == {("x",): (8, 8)}
    by_both = read("a,n,percent\nx,<80,20\ny,200,50\nz,120,30\nTotal,400,100\n")  # 78 to 82 of 400
    assert by_both.bounds == {("x",): (78, 79)}


def test_a_line_of_two_labels_says_nothing_of_which_is_the_margin() -> None:
    """T is the sum in two lines; a third holds two equal counts, as any two cells may, and no T."""
    text = "district,form,n\nA,x,2\nA,y,3\nA,T,5\nB,x,1\nB,y,4\nB,T,5\nC,x,7\nC,y,7\n"
    read = read_foreign("t", pd.read_csv(io.StringIO(text), dtype=str), "n", 10)
    assert read.counts["A", TOTAL] == 5
    assert read.counts["B", TOTAL] == 5
