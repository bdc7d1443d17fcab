"""The audit of releases that are laid out so that a plain reading would miss what they give away."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compendium.aggregate import TOTAL, Dimension
from compendium.disclosure import audit_dir
from compendium.disclosure.attack import ReleasedTable
from compendium.disclosure.crossing import Shape
from compendium.disclosure.findings import look_at
from compendium.disclosure.folder import WITNESSES, Together, left_aside, load, read_folder, witnesses
from compendium.disclosure.percentages import bounds_from
from compendium.errors import InputRefused

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


def describe(folder: Path, name: str, /, **said: object) -> None:
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
    for rows in (0, []):
        describe(tmp_path, "victims", policy="threshold-10", rows=rows)
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


def test_a_table_without_rows_is_no_table_and_public_figures_and_statistics_are_not_attacked(tmp_path: Path) -> None:
    write(tmp_path, victims=BARE, none="a,count,status\n", official=BARE, gini=BARE)
    describe(tmp_path, "victims", policy="threshold-10")
    describe(tmp_path, "none", policy="threshold-10", rows=[])
    describe(tmp_path, "official", sensitivity="public")
    describe(tmp_path, "gini", kind="concentration")
    (group,) = read_folder(tmp_path, "", 0)
    assert [table.shape.name for table in group.tables] == ["victims"]


def test_a_table_with_its_description_is_read_as_it_says(tmp_path: Path) -> None:
    write(tmp_path, victims="a,count,status\nx,,hidden\ny,30,published\nTotal,34,published\n")
    dimensions = [{"name": "a", "title": "Area", "categories": {"x": "X", "y": "Y"}, "variable": "zone"}]
    dimensions[0]["members"] = {"x": ["Z1", "Z2"], "y": ["Z3"]}
    describe(tmp_path, "victims", name="by_half", policy="threshold-10", dimensions=dimensions)
    (group,) = read_folder(tmp_path, "", 0)
    area = Dimension("a", "Area", {"x": "X", "y": "Y"}, "zone", {"x": ("Z1", "Z2"), "y": ("Z3",)})
    assert (group.unit, group.policy, group.certain) == ("victim", None, True)
    assert group.tables == (ReleasedTable(Shape("by_half", (area,)), {("y",): 30, (TOTAL,): 34}, (("x",),), 10),)
    describe(tmp_path, "victims")
    assert read_folder(tmp_path, "", 0)[0].tables[0].shape == Shape(
        "victims", (Dimension("a", "a", {"x": "X", "y": "Y"}),)
    )


@pytest.mark.parametrize(
    ("policy", "unit", "threshold"),
    [
        ("threshold-10", "victim", 10),
        ("unheard of", "victim", 10),
        ("opensafely", "victim", 10),  # a policy that rounds promises nothing of a table that is not rounded by it
        ("services", "victim", 10),  # victims are no services
        ("services", "service", 0),
        ("", "service", 10),
    ],
)
def test_no_policy_is_believed_that_would_show_few_persons(
    tmp_path: Path, policy: str, unit: str, threshold: int
) -> None:
    write(tmp_path, shown=BARE)
    describe(tmp_path, "shown", policy=policy, unit=unit)
    assert read_folder(tmp_path, "", 0)[0].tables[0].threshold == threshold


def test_what_is_wrong_with_a_released_file_is_told_by_its_place(tmp_path: Path) -> None:
    write(tmp_path, victims="a,n\nx,3\n")
    describe(tmp_path, "victims")
    with pytest.raises(InputRefused) as refused:
        read_folder(tmp_path, "", 0)
    assert [(p.file, p.row, p.column) for p in refused.value.problems] == [("victims.csv", 1, "count")]
    for text in ("[", "[1]", '{"a": NaN}', "[" * 100_000):
        (tmp_path / "victims.json").write_text(text, encoding="utf-8")
        with pytest.raises(InputRefused) as refused:
            load(tmp_path / "victims.json")
        assert [p.file for p in refused.value.problems] == ["victims.json"]


def test_the_certificate_says_which_column_counts_and_by_which_policy(tmp_path: Path) -> None:
    write(tmp_path, protected="a,b,victims\nx,1,20\nx,2,15\ny,1,0\ny,2,10\nTotal,Total,45\n")
    said = {"count": "victims", "policy": "opensafely"}
    (tmp_path / "certificate.json").write_text(json.dumps(said), encoding="utf-8")
    (group,) = read_folder(tmp_path, "another column", 0)
    (table,) = group.tables
    assert group.policy is not None and group.policy.method == "round"
    assert [dimension.name for dimension in table.shape.dimensions] == ["a", "b"]
    assert table.bounds == {("x", "1"): (18, 22), ("x", "2"): (13, 17), ("y", "1"): (0, 0), ("y", "2"): (8, 12)}
    (tmp_path / "certificate.json").write_text(json.dumps({"policy": "opensafely"}), encoding="utf-8")
    assert read_folder(tmp_path, "victims", 0)[0].tables[0].bounds == table.bounds
    (tmp_path / "certificate.json").write_text(json.dumps({"count": "victims"}), encoding="utf-8")
    assert read_folder(tmp_path, "", 0)[0].policy is None


def test_zeros_that_are_shown_are_no_small_counts() -> None:
    table = ReleasedTable(Shape("t", (Dimension("a", "A", dict.fromkeys("wxyz", "")),)), {}, (), 10)
    shown = {("w",): 0, ("x",): 1, ("y",): 9, ("z",): 10, (TOTAL,): 20}
    found = look_at(Together("victim", (ReleasedTable(table.shape, shown, (), 10),)))
    assert found.faults == ("t: a x shows a count under 10", "t: a y shows a count under 10")


def test_percentages_bound_hidden_counts_by_the_total_that_the_shown_ones_agree_with() -> None:
    """Of 40: 12.5 % printed as 13 % is 12.5 to 13.5 %, so 5 to 5.4: five. Brute force over the counts."""
    shape = Shape("t", (Dimension("a", "A", dict.fromkeys("vwxyz", "")),))
    counts = {("v",): 10, ("w",): 12, ("x",): 11, (TOTAL,): 40}
    table = ReleasedTable(shape, counts, (("y",), ("z",)), 10)
    printed = {("v",): "25", ("w",): "30%", ("x",): "28 %", ("y",): "13", ("z",): "5"}
    fitting = {
        cell: [n for n in range(41) if abs(100 * n / 40 - share) <= 0.5] for cell, share in ((("y",), 13), (("z",), 5))
    }
    assert bounds_from(table, printed) == {cell: (min(n), max(n)) for cell, n in fitting.items()}
    assert bounds_from(table, printed | {("x",): "26"}) == {}  # 11 of 40 is 27.5: these are of another total
    assert bounds_from(table, printed | {("x",): "29"}) == {}
    hidden = {cell: n for cell, n in counts.items() if cell != (TOTAL,)}
    assert bounds_from(ReleasedTable(shape, hidden, (("y",), ("z",)), 10), printed) == {}


def test_tables_are_looked_for_in_tables_and_all_else_is_named_as_left_aside(tmp_path: Path) -> None:
    inner = tmp_path / "tables"
    inner.mkdir()
    write(inner, victims=BARE, official=BARE, gini=BARE, bare=BARE)
    write(tmp_path, **{f"out{n}": BARE for n in range(6)})
    (tmp_path / "notes.txt").write_text("nothing", encoding="utf-8")
    for name, said in (("victims", {}), ("official", {"sensitivity": "public"}), ("gini", {"kind": "concentration"})):
        describe(inner, name, **said)
    groups = read_folder(tmp_path, "", 0)
    assert [[table.shape.name for table in group.tables] for group in groups] == [["victims"], ["bare.csv"]]
    assert left_aside(tmp_path) == [
        "Not attacked, since they say that they are public: official.csv.",
        "Not attacked, since they say that they hold statistics, not counts: gini.csv.",
        "Not attacked, since only *.csv in tables are read: "
        "out0.csv, out1.csv, out2.csv, out3.csv, out4.csv and 1 more.",
    ]


@pytest.mark.parametrize(
    ("policy", "printed", "hidden"),
    [("opensafely", (13, 17), (0, 7)), ("opensafely-midpoint-6", (13, 18), (1, None))],
)
def test_what_a_rounded_table_hides_is_read_as_its_policy_says(
    tmp_path: Path, policy: str, printed: tuple[int, int], hidden: tuple[int, int | None]
) -> None:
    """Of 7 or fewer nothing is printed, 15 is 13 to 17. Midpoint 6 hides nothing, so a gap is any count but 0."""
    write(tmp_path, protected="a,n,status\nx,,hidden\ny,15,published\nTotal,15,published\n")
    said = {"count": "n", "policy": policy}
    (tmp_path / "certificate.json").write_text(json.dumps(said), encoding="utf-8")
    (table,) = read_folder(tmp_path, "", 0)[0].tables
    assert table.bounds == {("x",): hidden, ("y",): printed}
    assert (table.counts, set(table.hidden)) == ({}, {("x",), ("y",)})


def test_a_margin_that_is_no_sum_of_what_is_printed_is_a_rounded_count_itself(tmp_path: Path) -> None:
    write(tmp_path, protected="a,n,status\nx,10,published\ny,15,published\nTotal,30,published\n")
    said = {"count": "n", "policy": "opensafely"}
    (tmp_path / "certificate.json").write_text(json.dumps(said), encoding="utf-8")
    assert read_folder(tmp_path, "", 0)[0].tables[0].bounds == {("x",): (8, 12), ("y",): (13, 17), (TOTAL,): (28, 32)}


def test_a_damaged_file_of_witnesses_is_refused_and_one_that_is_not_there_proves_nothing(tmp_path: Path) -> None:
    assert witnesses(tmp_path) == {}
    for text in ('{"units": 5}', '{"units": {"unit": "victim"}}', "{}"):
        (tmp_path / WITNESSES).write_text(text, encoding="utf-8")
        with pytest.raises(InputRefused, match="damaged") as refused:
            witnesses(tmp_path)
        assert (refused.value.problems[0].file, bool(refused.value.problems[0].remedy)) == (WITNESSES, True)
    (tmp_path / WITNESSES).write_text('{"units": [{"unit": "victim", "a": 1}, {"unit": ""}, 7]}', encoding="utf-8")
    assert witnesses(tmp_path) == {"victim": {"unit": "victim", "a": 1}, "protected.csv": {"unit": ""}}


def test_a_folder_that_is_none_says_what_to_name_instead(tmp_path: Path) -> None:
    write(tmp_path, t=BARE)
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "t.csv", tmp_path / "elsewhere", tmp_path / "empty"):
        with pytest.raises(InputRefused, match=path.name) as refused:
            read_folder(path, "", 0)
        assert refused.value.problems[0].remedy


@pytest.mark.parametrize(
    ("text", "said"),
    [("a,n\nx,\0\n", "NUL"), ("a,a\n1,2\n", "twice"), ("", "header"), (",".join("c" * 501), "500 columns")],
)
def test_a_file_that_is_no_table_is_named_with_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputRefused, match=said) as refused:
        read_folder(write(tmp_path, t=text), "", 0)
    assert (refused.value.problems[0].file, bool(refused.value.problems[0].remedy)) == ("t.csv", True)


def test_counts_said_to_be_rounded_are_read_as_intervals_and_zeros_as_zeros(tmp_path: Path) -> None:
    write(tmp_path, t="a,n\nw,0\nx,5\ny,*\nz,<10\nTotal,1000\n")
    exact, fives, tens = (read_folder(tmp_path, "", base)[0].tables[0] for base in (0, 5, 10))
    assert exact.counts == {("w",): 0, ("x",): 5, (TOTAL,): 1000} and exact.bounds == {("z",): (0, 9)}
    assert fives.counts == tens.counts == {("w",): 0}
    assert fives.bounds == {("x",): (3, 7), ("z",): (0, 9), (TOTAL,): (998, 1002)}
    assert tens.bounds == {("x",): (0, 10), ("z",): (0, 9), (TOTAL,): (995, 1005)}


def test_tables_of_one_unit_that_contradict_each_other_are_a_fault_beside_their_small_counts() -> None:
    shape = Shape("t", (Dimension("a", "A", dict.fromkeys("xy", "")),))
    one = ReleasedTable(shape, {("x",): 20, ("y",): 30, (TOTAL,): 60}, (), 10)
    found = look_at(Together("victim", (one,)))
    assert found.cells == () and len(found.faults) == 1 and not found.notes


def test_marks_that_tell_a_range_are_counted_by_table_and_margins_are_asked_for() -> None:
    a = Dimension("a", "A", dict.fromkeys("wxyz", ""))
    marked = {("w",): (0, 9), ("x",): (0, 9)}
    bare = ReleasedTable(Shape("t", (a,)), {("y",): 30, ("z",): 40}, (("w",), ("x",)), 10, marked)
    found = look_at(Together("", (bare,)))
    assert found.faults == (
        "t: 2 cells say by themselves, by a mark such as <10 or a percentage, between which counts they lie; "
        "nothing narrower follows",
    )
    assert found.notes == ("No margin was found in t: if there are totals, call them Total.",)
    whole = ReleasedTable(Shape("t", (a,)), {("y",): 30, ("z",): 40, (TOTAL,): 100}, (("w",), ("x",)), 10)
    assert look_at(Together("", (whole,))).notes == look_at(Together("victim", (bare,))).notes == ()
