"""The audit of tables that other tools published: whatever their marks and margins are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from compendium.disclosure import audit_dir
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


def test_a_mark_that_tells_a_range_is_refused_by_row(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refused:
        audited(tmp_path, OPEN.replace("*", "<10"))
    assert [problem.row for problem in refused.value.problems] == [2, 5]


def test_an_unclear_column_of_counts_is_asked_for_and_may_be_named(tmp_path: Path) -> None:
    unclear = "district,girls,boys\nA,12,*\nB,15,*\n"
    with pytest.raises(InputRefused, match="missing"):
        audited(tmp_path, unclear, count="girl")
    assert audited(tmp_path, unclear, count="boys")


def test_a_certificate_cannot_talk_the_threshold_down(tmp_path: Path) -> None:
    (tmp_path / "certificate.json").write_text('{"policy": "mine", "threshold": 0, "count": "n"}', encoding="utf-8")
    assert not audited(tmp_path, OPEN, name="protected.csv")
    assert not audited(tmp_path, "district,form,n,status\nA,x,3,published\n", name="protected.csv")
