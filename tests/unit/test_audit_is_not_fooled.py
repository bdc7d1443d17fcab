"""The audit of releases that are laid out so that a plain reading would miss what they give away."""

from __future__ import annotations

import json
from pathlib import Path

from compendium.disclosure import audit_dir

# 5 and 8 follow by subtraction from the margins, whatever these are called.
CROSSTAB = """year,G,N,R,R/G,{0}
2010,15,59,71,,153
2011,13,60,,31,109
2012,16,58,74,12,160
{0},44,177,150,51,422
"""
BARE = "a,count,status\nx,4,published\ny,30,published\nTotal,34,published\n"
MASKED = """a,b,n,status
x,u,,hidden
x,v,,hidden
y,u,,hidden
y,v,,hidden
x,Total,40,published
y,Total,50,published
Total,u,45,published
Total,v,45,published
Total,Total,90,published
"""


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def describe(folder: Path, name: str, **said: object) -> None:
    dimensions = [{"name": "a", "categories": {"x": "X", "y": "Y"}}]
    text = json.dumps({"unit": "victim", "dimensions": dimensions, **said})
    (folder / f"{name}.json").write_text(text, encoding="utf-8")


def test_margins_by_other_words_are_margins(tmp_path: Path) -> None:
    for word in ("Overall", "All years", "Total persons", "Insgesamt"):
        assert len(audit_dir(write(tmp_path, t=CROSSTAB.format(word))).open) == 2, word


def test_a_label_that_is_always_the_sum_of_the_others_is_a_margin(tmp_path: Path) -> None:
    assert len(audit_dir(write(tmp_path, t=CROSSTAB.format("Σ"))).open) == 2


def test_all_others_is_a_category(tmp_path: Path) -> None:
    text = "a,b,n\nx,u,40\nx,All others,30\ny,u,\ny,All others,\n"
    assert audit_dir(write(tmp_path, t=text)).protected


def test_a_release_without_margins_is_said_to_have_none(tmp_path: Path) -> None:
    assert "No margin was found in t.csv" in audit_dir(write(tmp_path, t="a,n\nx,\ny,30\n")).text


def test_small_counts_of_victims_are_found_whatever_policy_is_named(tmp_path: Path) -> None:
    write(tmp_path, victims=BARE)
    for policy in ("public", "services", "opensafely-midpoint-6", "none of ours"):
        describe(tmp_path, "victims", policy=policy, sensitivity="sensitive")
        assert not audit_dir(tmp_path).protected, policy


def test_a_table_that_says_it_has_no_rows_is_read_all_the_same(tmp_path: Path) -> None:
    write(tmp_path, victims=BARE)
    describe(tmp_path, "victims", policy="threshold-10", rows=0)
    assert not audit_dir(tmp_path).protected


def test_what_was_not_attacked_is_named(tmp_path: Path) -> None:
    write(tmp_path, shown="a,n\nx,40\ny,30\n", official=BARE)
    describe(tmp_path, "official", sensitivity="public")
    (tmp_path / "inner").mkdir()
    write(tmp_path / "inner", deeper=BARE)
    (tmp_path / "sheet.XLSX").write_bytes(b"")
    text = audit_dir(tmp_path).text
    assert all(name in text for name in ("official.csv", "inner/deeper.csv", "sheet.XLSX"))


def test_a_table_beside_protected_csv_is_attacked_with_it(tmp_path: Path) -> None:
    other = "a,b,n\nx,u,\nx,v,38\ny,u,\ny,v,\n"
    found = audit_dir(write(tmp_path, protected=MASKED, other=other))
    assert "other.csv: a x, b u is exact: at least 2, at most 2" in found.open


def test_tables_are_linked_when_one_leaves_a_label_out(tmp_path: Path) -> None:
    one, other = "a,n\nx,\ny,\nz,30\nTotal,60\n", "a,b,n\nx,u,12\nx,v,13\nz,u,15\nz,v,15\n"
    assert "one.csv: a y is exact: at least 5, at most 5" in audit_dir(write(tmp_path, one=one, other=other)).open


def test_a_table_of_other_records_does_not_keep_like_tables_apart(tmp_path: Path) -> None:
    one = "a,b,n\nx,u,\nx,v,\ny,u,30\ny,v,30\nx,Total,40\ny,Total,60\n"
    alike = "a,b,n\nx,u,\nx,v,38\ny,u,30\ny,v,30\n"
    unlike = "a,n\nx,900\ny,900\nz,900\nTotal,2700\n"
    found = audit_dir(write(tmp_path, alike=alike, one=one, unlike=unlike))
    assert "one.csv: a x, b u is exact: at least 2, at most 2" in found.open


def test_percentages_that_make_up_a_hundred_tell_hidden_counts(tmp_path: Path) -> None:
    text = "area,percent_of_victims,n\nx,10.0%,\ny,90.0%,\nTotal,100%,30\n"
    assert not audit_dir(write(tmp_path, t=text)).protected
