"""What `protect` and `protect --explain` say and write: line by line, and where a wrong file is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from compendium.aggregate import Counts, Dimension, Origin
from compendium.disclosure import advice, advise, audit_dir, explain_csv, protect_csv
from compendium.disclosure.advice import Budget, with_groupings
from compendium.errors import DisclosureRefused, InputRefused

CASES = Origin("cases", "Cases", "sensitive", "synthetic", "threshold-10", "invented")
TEXT = "district,form,n\nA,x,3\nA,y,25\nB,x,30\nB,y,28\nC,x,14\nC,y,16\n"


def written(path: Path, text: str = TEXT) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def explained(tmp_path: Path, **merges: str) -> list[str]:
    files = {column: written(tmp_path / f"{column}_groups.csv", text) for column, text in merges.items()}
    table = written(tmp_path / "t.csv")
    said = explain_csv(table, rows="district", columns="form", count="n", policy_name="threshold-10", merges=files)
    return said.splitlines()


def test_every_hidden_cell_is_listed_with_its_reason_and_the_first_lines_count_them(tmp_path: Path) -> None:
    """A x (3) is small; two cells of its row, of its column and of the square are needed beside it."""
    lines = explained(tmp_path)
    cells = [line for line in lines if line.startswith("  district")]
    assert "  district A, form x: primary" in cells
    assert len(cells) == 4 and sum(line.endswith(": secondary") for line in cells) == 3
    assert lines[0] == "For you alone: what follows tells which counts are small."
    assert lines[1] == (
        "4 of 12 cells and margins are hidden: 1 for their own sake (primary), 3 to protect those (secondary)."
    )
    assert lines[2].startswith("Any other safe choice of cells would lose at most ")
    assert "Groupings of labels can be named with --merge COLUMN=FILE." in lines
    at = lines.index("Redesigns that would hide a smaller share:")
    assert lines[at + 1].startswith("  1. ")


def test_long_lists_are_cut_and_say_how_much_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for listed, more in ((4, []), (3, ["  … and 1 more"]), (1, ["  … and 3 more"])):
        monkeypatch.setattr(advice, "LISTED", listed)
        lines = explained(tmp_path)
        assert [line for line in lines if "…" in line] == more
        assert sum(line.startswith("  district") for line in lines) == listed


def test_a_grouping_that_is_named_is_tried_and_where_none_helps_it_is_said(tmp_path: Path) -> None:
    lines = explained(tmp_path, district="child,parent\nA,AB\nB,AB\nC,C\nElsewhere,D\n")
    assert any("District in 2 groups (district_groups)" in line for line in lines)
    assert not any("--merge" in line for line in lines)
    table = written(tmp_path / "one.csv", "a,b,n\nx,u,30\ny,u,40\nx,v,50\ny,v,60\n")
    said = explain_csv(table, rows="a", columns="b", count="n", policy_name="threshold-10", merges={})
    assert said.splitlines()[1].startswith("0 of 9 cells")
    assert said.splitlines()[-1] == "No redesign tried would hide a smaller share."


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("kind,parent\nA,P\n", [(1, "")]),
        ("child,kind\nA,P\n", [(1, "")]),
        ("child,parent\nA,P\nB,P\nA,Q\nC,P\n", [(4, "child")]),
        ("child,parent\nA,P\nB,Total\nC,\n", [(3, "parent"), (4, "parent")]),
        ("child,parent\nA,P\nB,P\n,P\n", [(4, "parent"), (None, "child")]),
    ],
)
def test_a_wrong_grouping_is_told_by_file_row_and_column(
    tmp_path: Path, text: str, places: list[tuple[int | None, str]]
) -> None:
    with pytest.raises(InputRefused) as refused:
        explained(tmp_path, district=text)
    found = refused.value.problems
    assert [(p.row, p.column) for p in found] == places
    assert all(p.file == "district_groups.csv" and p.message for p in found)


def test_groupings_come_from_other_tables_of_the_same_variable_and_bring_none_of_their_own() -> None:
    fine = Dimension("zone", "Zone", dict.fromkeys(["a", "b", "c"], ""))
    two = Dimension("two", "Two", dict.fromkeys("xy", ""), "zone", {"x": ("a", "b"), "y": ("c",)}, coarser=(fine,))
    own = Dimension("own", "Own", dict.fromkeys("pq", ""), "zone", {"p": ("a",), "q": ("b", "c")})
    other = Dimension("form", "Form", dict.fromkeys("xy", ""))
    found = with_groupings(Dimension(**{**vars(fine), "coarser": (own,)}), [two, other, fine])
    assert [(grouping.name, grouping.coarser) for grouping in found.coarser] == [("two", ()), ("own", ())]


def test_advice_counts_tables_by_unit_and_leaves_out_what_hides_nothing_or_is_not_hidden_at_all() -> None:
    zone = Dimension("zone", "Zone", dict.fromkeys(["a", "b", "c"], ""))

    def counts(*numbers: int, unit: str = "case", origin: Origin = CASES) -> Counts:
        frame = pd.DataFrame({"zone": list("abc")[: len(numbers)], "count": numbers})
        return Counts(frame, unit, (zone,), origin)

    services = Origin("s", "S", "sensitive", "synthetic", "services", "invented", units="services")
    tables = {
        "small": counts(3, 20, 30),
        "large": counts(30, 20, 30),
        "people": counts(100, 50, 50, unit="victim"),
        "public": counts(3, 4, 5, origin=Origin("p", "P", "public", "real", "", "x"), unit="area"),
        "services": counts(3, 4, 5, origin=services, unit="service"),
        "none": counts(),
    }
    found = advise(tables)
    assert list(found.tables) == ["small"]
    assert [(b.unit, b.records, b.tables) for b in found.budgets] == [("case", 80, 2), ("victim", 200, 1)]
    assert found.words("large") == found.words("unheard of") == ()
    assert found.record["tables"] == {"small": list(found.words("small"))}
    assert found.record["budgets"] == [str(each) for each in found.budgets]
    assert "## small" in found.markdown and "## large" not in found.markdown
    assert "No declared grouping would show a larger share of this table." in found.markdown


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        (Budget("case", 80, 1, 1), "1 table counts 80 records by case; they carry about 1."),
        (Budget("case", 80, 3, 3), "3 tables count 80 records by case; they carry about 3."),
        (
            Budget("case", 80, 4, 3),
            "4 tables count 80 records by case; they carry about 3: leave some out or merge them.",
        ),
    ],
)
def test_a_budget_is_a_sentence(budget: Budget, said: str) -> None:
    assert str(budget) == said


def test_protecting_a_file_writes_what_may_be_published_and_what_may_not(tmp_path: Path) -> None:
    table, out, private = written(tmp_path / "t.csv"), tmp_path / "out", tmp_path / "why.json"
    said = protect_csv(table, rows="district", columns="form", count="n", out=out, private=private)
    assert said == (
        "4 of 12 cells and margins are hidden; every one is protected.\n"
        "Written to out: protected.csv, certificate.json, certificate-witnesses.json."
    )
    assert sorted(path.name for path in out.iterdir()) == [
        "certificate-witnesses.json",
        "certificate.json",
        "protected.csv",
    ]
    why = json.loads(private.read_text("utf-8"))
    assert why["private"] == "Never publish this file."
    assert set(why) == {"private", "mask", "cells"}
    assert {"district": "A", "form": "x", "reason": "primary"} in why["cells"] and len(why["cells"]) == 4
    assert 0 < why["mask"]["bound"] <= why["mask"]["loss"]
    public = b"".join(path.read_bytes() for path in out.iterdir())
    assert b"primary" not in public and b'"bound"' not in public
    found = audit_dir(out)
    assert found.protected and found.open == ()
    assert found.text.splitlines() == [
        "1 table, 4 hidden cells and margins attacked. Every one is protected.",
        "4 hidden cells are shown protected by witness tables that add up to what is published.",
    ]


def test_nothing_is_written_where_the_truth_or_the_reasons_would_be_published(tmp_path: Path) -> None:
    out = tmp_path / "out"
    table = written(tmp_path / "t.csv")
    for private in (out / "why.json", out / "deeper" / "why.json"):
        with pytest.raises(DisclosureRefused, match="may not lie inside out") as refused:
            protect_csv(table, rows="district", columns="form", count="n", out=out, private=private)
        assert refused.value.problems[0].remedy and not out.exists()
    with pytest.raises(DisclosureRefused, match="holds the true counts"):
        protect_csv(table, rows="district", columns="form", count="n", out=tmp_path)
    with pytest.raises(InputRefused, match="is a file"):
        protect_csv(table, rows="district", columns="form", count="n", out=written(tmp_path / "file"))


@pytest.mark.parametrize(
    ("text", "row", "column", "said"),
    [
        (TEXT.replace(",", ";"), 1, "", "Columns are separated by semicolons."),
        (TEXT.replace(",", "\t"), 1, "", "Columns are separated by tabs."),
        (TEXT.replace(",", "|"), 1, "", "Columns are separated by bars."),
        ("district,form,n\nA,3,25\nB,30,28\n", None, "form", "a wide table"),
        (TEXT.replace("B,y,28", "B,y,-28"), 5, "n", "whole"),
    ],
)
def test_a_table_of_another_form_is_refused_with_its_place(
    tmp_path: Path, text: str, row: int | None, column: str, said: str
) -> None:
    with pytest.raises(InputRefused, match=said) as refused:
        protect_csv(written(tmp_path / "t.csv", text), rows="district", columns="form", count="n", out=tmp_path / "out")
    problem = refused.value.problems[0]
    assert (problem.file, problem.row, problem.column) == ("t.csv", row, column) and problem.remedy
    assert not (tmp_path / "out").exists()


def test_labels_that_are_numbers_are_labels_where_rows_repeat_or_one_is_all_there_is(tmp_path: Path) -> None:
    years = "district,form,n\nA,2024,30\nA,2025,40\nB,2024,35\nB,2025,45\n"
    one = "district,form,n\nA,2024,30\nB,2024,40\n"
    for at, text in enumerate((years, one)):
        table = written(tmp_path / f"{at}.csv", text)
        said = protect_csv(table, rows="district", columns="form", count="n", out=tmp_path / f"out{at}")
        assert said.startswith("0 of ")


def test_an_audit_lists_the_first_faults_and_says_how_many_more(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    for faults, more in ((20, []), (21, ["… and 1 more"]), (23, ["… and 3 more"])):
        rows = "".join(f"z{n},{1 + n % 9}\n" for n in range(faults))
        written(folder / "t.csv", "zone,n\n" + rows)
        found = audit_dir(folder)
        lines = found.text.splitlines()
        assert lines[0] == f"1 table, 0 hidden cells and margins attacked. {faults} faults:"
        assert (len(found.open), found.protected) == (faults, False)
        assert lines[1:21] == list(found.open[:20]) and lines[21:] == more
