"""Any table, protected alone: frames, files, and the audit of a folder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from compendium.aggregate import Dimension
from compendium.disclosure import attack, audit_dir, protect, protect_csv
from compendium.disclosure.attack import read_released
from compendium.disclosure.crossing import Shape
from compendium.errors import DisclosureRefused, InputRefused, UnknownName

COUNTS = pd.DataFrame(
    [
        (d, f, n)
        for d, row in {"North": (4, 25, 31), "South": (18, 0, 40), "West": (22, 19, 12)}.items()
        for f, n in zip("abc", row, strict=True)
    ],
    columns=["district", "form", "n"],
)


def shown(frame: pd.DataFrame, count: str = "n") -> list[int]:
    return sorted(frame[count].dropna())


def test_small_counts_and_zeros_are_hidden_and_nothing_can_be_worked_out() -> None:
    found = protect(COUNTS, rows="district", columns="form", count="n")
    assert list(found.published.columns) == ["district", "form", "n", "status"]
    assert len(found.published) == 16
    assert min(shown(found.published)) >= 10
    assert {cell["verdict"] for cell in found.certificate["cells"]} == {"protected"}
    assert {cell for cell, why in found.reasons.items() if why == "primary"} == {("North", "a"), ("South", "b")}
    again = attack(found.published, count="n", threshold=10)
    assert again["verdict"].eq("protected").all()
    assert len(again) == len(found.certificate["cells"])


def test_the_certificate_does_not_say_which_cell_was_small_itself() -> None:
    found = protect(COUNTS, rows="district", columns="form", count="n")
    assert set(found.certificate["cells"][0]) == {"district", "form", "lowest", "highest", "verdict"}
    assert "primary" not in json.dumps(found.certificate)


def test_the_certificate_of_a_small_table_is_as_by_hand() -> None:
    """Ages 3, 40, 2 in 45: without either of the small ones, the sum of both is 5, so the total goes as well."""
    frame = pd.DataFrame({"age": [5, 10, 15], "sex": ["f"] * 3, "n": [3, 40, 2]})
    found = protect(frame, rows="age", columns="sex", count="n")
    hidden = [row for row in found.published.itertuples(index=False) if row.status == "hidden"]
    small = {(5, "f"), (15, "f"), (5, "Total"), (15, "Total")}
    assert small < {(row.age, row.sex) for row in hidden}
    assert all(pd.isna(row.n) for row in hidden)
    cells = found.certificate["cells"]
    assert [(cell["age"], cell["sex"]) for cell in cells] == sorted(
        ((row.age, row.sex) for row in hidden), key=lambda key: (str(key[0]) == "Total", key[0], key[1] == "Total")
    )
    assert {key: value for key, value in found.certificate.items() if key != "cells"} == {
        "rule": "A hidden cell is protected when its interval includes 0 and reaches the threshold, "
        "or when its lowest possible value is at least the threshold and it is not exact.",
        "policy": "threshold-10",
        "threshold": 10,
        "columns": ["age", "sex"],
        "count": "n",
        "note": "",
    }
    assert {key for key, why in found.reasons.items() if why == "primary"} == small
    assert set(found.reasons) == {(row.age, row.sex) for row in hidden}
    assert set(found.mask) == {"loss", "bound", "gap"}
    assert found.mask["loss"] >= found.mask["bound"] > 0
    assert found.published["age"].dtype == object


def test_the_certificate_of_a_rounded_table_is_as_by_hand() -> None:
    """By OpenSAFELY's rule 1 to 7 are redacted and the rest is rounded to 5: 41 and 22 become 40 and 20.

    Margins are sums of what is printed.
    """
    frame = pd.DataFrame({"form": list("abc"), "kind": ["k"] * 3, "n": [3, 41, 22]})
    found = protect(frame, rows="form", columns="kind", count="n", policy="opensafely")
    assert found.certificate["policy"] == "opensafely"
    assert found.certificate["columns"] == ["form", "kind"]
    assert found.certificate["count"] == "n"
    assert found.certificate["note"] == "1 of 8 cells and margins are redacted, the others rounded."
    assert [(c["form"], c["kind"]) for c in found.certificate["cells"]] == [("a", "k")]
    assert found.reasons == {("a", "k"): "primary"}
    shown = found.published.dropna()
    assert dict(zip(shown["form"] + shown["kind"], shown["n"], strict=True)) == {
        "aTotal": 0, "bk": 40, "bTotal": 40, "ck": 20, "cTotal": 20, "Totalk": 60, "TotalTotal": 60,
    }  # fmt: skip


def test_each_fault_is_said_in_words_with_its_place_and_its_remedy() -> None:
    rows = [("", "a", 12), ("North", "Total", 13), ("North", "a", -1), ("North", "a", "1,204"), ("South", "a", 10**13)]
    frame = pd.DataFrame(rows, columns=["district", "form", "n"])
    with pytest.raises(InputRefused) as refused:
        protect(frame, rows="district", columns="form", count="n")
    said = [(p.row, p.column, p.message, p.remedy) for p in refused.value.problems]
    number = "Write 1204 for 1,204. Where a count is hidden already, take the true one."
    assert said == [
        (2, "district", "The label is missing.", ""),
        (3, "form", "Total is the label of margins.", "Take the margins out; they are added up again."),
        (4, "n", "A count must be a whole number, 0 or more.", number),
        (5, "n", "A count must be a whole number, 0 or more.", number),
        (6, "n", "A count is at most 1,000,000,000,000.", ""),
        (5, "district, form", "The cell stands in the table twice.", "Add the rows up."),
    ]
    with pytest.raises(InputRefused) as twice:
        protect(COUNTS, rows="district", columns="district", count="n")
    assert [problem.remedy for problem in twice.value.problems] == ["Name each column once; rename it if need be."]


def test_a_table_without_a_column_of_another_is_its_total_in_what_an_attack_tells() -> None:
    by_form = pd.DataFrame({"form": ["a", "b", "Total"], "n": [None, None, 50]})
    by_zone = pd.DataFrame({"zone": ["y", "z", "Total"], "n": [20, 30, None]})
    found = attack({"by_form": by_form, "by_zone": by_zone}, count="n", threshold=10)
    assert found.columns.tolist() == ["table", "form", "zone", "lowest", "highest", "verdict"]
    assert found.to_numpy().tolist() == [
        ["by_form", "a", "Total", 0, 50, "protected"],
        ["by_form", "b", "Total", 0, 50, "protected"],
        ["by_zone", "Total", "Total", 50, 50, "exact"],
    ]


def test_a_cell_that_a_table_does_not_name_holds_nobody_and_a_margin_it_does_not_name_is_unknown() -> None:
    """Form c stands in the second table alone, with nobody: all 50 of the first are of a or b."""
    first = pd.DataFrame({"form": ["a", "b", "Total"], "n": [None, None, 50]})
    second = pd.DataFrame({"form": ["a", "b", "c"], "zone": ["y"] * 3, "n": [None, None, 0]})
    found = attack([first, second], count="n", threshold=10)
    assert found.to_numpy().tolist() == [
        ["0", "a", "Total", 0, 50, "protected"], ["0", "b", "Total", 0, 50, "protected"],
        ["1", "a", "y", 0, 50, "protected"], ["1", "b", "y", 0, 50, "protected"],
    ]  # fmt: skip


def test_what_is_wrong_with_a_released_table_is_said_by_row() -> None:
    number = "A published count must be a whole number from 0 to 1,000,000,000,000."
    frame = pd.DataFrame({"form": list("abcda"), "n": [-1, 0.5, 10**12, 10**12 + 1, 20]})
    with pytest.raises(InputRefused) as refused:
        attack({"forms": frame}, count="n", threshold=10)
    assert [(p.file, p.row, p.column, p.message) for p in refused.value.problems] == [
        ("forms", 2, "n", number), ("forms", 3, "n", number), ("forms", 5, "n", number),
        ("forms", 6, "form", "The cell stands in the table twice."),
    ]  # fmt: skip
    form = Dimension("form", "Form", {"a": "A"})
    with pytest.raises(InputRefused) as strange:
        read_released("forms", Shape("forms", (form,)), pd.DataFrame({"form": ["a", "z"], "n": [1, 2]}), "n", 10)
    assert [(p.row, p.column, p.message) for p in strange.value.problems] == [
        (3, "form", "The label is not one of the table's.")
    ]


def test_margins_are_sums_and_stand_last() -> None:
    large = COUNTS.assign(n=COUNTS["n"] + 10)
    found = protect(large, rows="district", columns="form", count="n").published
    assert found.iloc[-1].tolist() == ["Total", "Total", int(large["n"].sum()), "published"]
    assert found[found["district"] == "Total"]["form"].tolist() == ["a", "b", "c", "Total"]


def test_labels_that_are_whole_numbers_stay_numbers_and_hide_like_any_other() -> None:
    """A published tool left every small cell visible when labels were integers."""
    years = COUNTS.assign(district=COUNTS["district"].map({"North": 2021, "South": 2022, "West": 2023}))
    found = protect(years, rows="district", columns="form", count="n").published
    assert found["district"].tolist()[:5] == [2021] * 4 + [2022]
    assert min(shown(found)) >= 10
    assert attack(found, count="n", threshold=10)["verdict"].eq("protected").all()


def test_a_cell_without_a_row_counts_nobody() -> None:
    found = protect(COUNTS[COUNTS["n"] > 0], rows="district", columns="form", count="n").published
    missing = found[(found["district"] == "South") & (found["form"] == "b")]
    assert missing["status"].tolist() == ["hidden"]


def test_a_margin_under_the_threshold_is_hidden_too() -> None:
    thin = COUNTS.assign(n=[1, 2, 3, 18, 20, 40, 22, 19, 12])
    found = protect(thin, rows="district", columns="form", count="n").published
    assert found[(found["district"] == "North") & (found["form"] == "Total")]["status"].tolist() == ["hidden"]


def test_when_nothing_may_be_shown_the_certificate_says_so() -> None:
    few = COUNTS.assign(n=0).iloc[:4]
    found = protect(few, rows="district", columns="form", count="n")
    assert (found.published["status"] == "hidden").all()
    assert "Nothing in this table may be shown" in found.certificate["note"]
    assert {cell["highest"] for cell in found.certificate["cells"]} == {None}


def test_several_columns_of_rows_make_a_table_of_three_ways() -> None:
    three = pd.concat([COUNTS.assign(sex="female"), COUNTS.assign(sex="male", n=COUNTS["n"] + 3)])
    found = protect(three, rows=["district", "sex"], columns="form", count="n").published
    assert len(found) == 4 * 3 * 4
    assert min(shown(found)) >= 10


def test_the_mask_does_not_depend_on_the_order_of_the_rows() -> None:
    found = protect(COUNTS, rows="district", columns="form", count="n").reasons
    assert protect(COUNTS.iloc[::-1], rows="district", columns="form", count="n").reasons == found


def test_everything_wrong_is_said_at_once_with_row_and_column() -> None:
    broken = pd.DataFrame(
        [
            ("North", "a", 3),
            ("North", "a", 4),
            ("South", None, 5),
            ("Total", "b", 6),
            ("West", "a", -1),
            ("West", "b", 2.5),
            ("West", "c", np.nan),
        ],
        columns=["district", "form", "n"],
    )
    with pytest.raises(InputRefused) as refused:
        protect(broken, rows="district", columns="form", count="n")
    assert {(p.row, p.column) for p in refused.value.problems} == {
        (3, "district, form"),
        (4, "form"),
        (5, "district"),
        (6, "n"),
        (7, "n"),
        (8, "n"),
    }


def test_an_unknown_column_or_policy_offers_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean district"):
        protect(COUNTS, rows="distrct", columns="form", count="n")
    with pytest.raises(UnknownName, match="Did you mean threshold-10"):
        protect(COUNTS, rows="district", columns="form", count="n", policy="treshold-10")


@pytest.mark.parametrize("policy", ["public", "services"])
def test_a_policy_that_hides_nothing_is_refused_here(policy: str) -> None:
    with pytest.raises(DisclosureRefused, match="does not hide counts"):
        protect(COUNTS, rows="district", columns="form", count="n", policy=policy)


def test_tables_that_contradict_each_other_are_refused() -> None:
    frame = protect(COUNTS.assign(n=COUNTS["n"] + 10), rows="district", columns="form", count="n").published
    frame.loc[0, "n"] += 1
    with pytest.raises(DisclosureRefused, match="contradict"):
        attack(frame, count="n", threshold=10)


def write(folder: Path) -> Path:
    path = folder / "counts.csv"
    COUNTS.to_csv(path, index=False)
    return path


def test_files_in_files_out_and_the_audit_passes(tmp_path: Path) -> None:
    said = protect_csv(
        write(tmp_path), rows="district", columns="form", count="n", out=tmp_path / "out", private=tmp_path / "why.json"
    )
    assert "every one is protected" in said
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "certificate-witnesses.json",
        "certificate.json",
        "protected.csv",
    ]
    why = json.loads((tmp_path / "why.json").read_text())
    assert {"district": "North", "form": "a", "reason": "primary"} in why["cells"]
    audit = audit_dir(tmp_path / "out")
    assert audit.protected
    assert "Every one is protected" in audit.text


def test_the_reasons_may_not_lie_in_the_folder_that_is_published(tmp_path: Path) -> None:
    with pytest.raises(DisclosureRefused, match="private"):
        protect_csv(
            write(tmp_path),
            rows="district",
            columns="form",
            count="n",
            out=tmp_path / "out",
            private=tmp_path / "out" / "x" / "why.json",
        )
    assert not (tmp_path / "out").exists()


def test_a_broken_file_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("district,form,n\nNorth,a,x\n")
    with pytest.raises(InputRefused, match=r"counts\.csv, row 2, column n"):
        protect_csv(path, rows="district", columns="form", count="n", out=tmp_path / "out")
    path.write_bytes(b"district,form,n\nNord\xff,a,1\n")
    with pytest.raises(InputRefused, match="UTF-8"):
        protect_csv(path, rows="district", columns="form", count="n", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_true_counts_in_the_folder_that_is_published_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DisclosureRefused, match=r"counts\.csv holds the true counts"):
        protect_csv(write(tmp_path), rows="district", columns="form", count="n", out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["counts.csv"]


def test_a_wide_table_is_refused_since_its_counts_would_be_published_as_labels(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("district,talk,image\nNorth,4,25\nSouth,31,2\n")
    with pytest.raises(InputRefused, match="a wide table") as refused:
        protect_csv(path, rows="district", columns="talk", count="image", out=tmp_path / "out")
    assert refused.value.problems[0].column == "talk"
    assert not (tmp_path / "out").exists()


def test_labels_that_are_years_are_no_wide_table(tmp_path: Path) -> None:
    path = tmp_path / "years.csv"
    path.write_text("district,year,n\nNorth,2023,40\nNorth,2024,30\nSouth,2023,20\nSouth,2024,50\n")
    protect_csv(path, rows="district", columns="year", count="n", out=tmp_path / "out")
    assert (tmp_path / "out" / "protected.csv").is_file()


def test_another_separator_is_said_by_name(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("district;form;n\nNorth;a;12\n")
    with pytest.raises(InputRefused, match="separated by semicolons"):
        protect_csv(path, rows="district", columns="form", count="n", out=tmp_path / "out")


def test_the_audit_fails_whichever_hidden_cell_is_given_back(tmp_path: Path) -> None:
    protect_csv(write(tmp_path), rows="district", columns="form", count="n", out=tmp_path / "out")
    path = tmp_path / "out" / "protected.csv"
    whole = path.read_text()
    frame = pd.read_csv(path, dtype=str)
    inner = COUNTS.set_index(["district", "form"])["n"]
    hidden = frame.index[frame["status"] == "hidden"]
    assert len(hidden) >= 4
    for row in hidden:
        district, form = frame.loc[row, "district"], frame.loc[row, "form"]
        count = sum(n for (d, f), n in inner.items() if district in (d, "Total") and form in (f, "Total"))
        changed = frame.copy()
        changed.loc[row, ["n", "status"]] = [str(count), "published"]
        changed.to_csv(path, index=False)
        assert not audit_dir(tmp_path / "out").protected
    path.write_text(whole)
    assert audit_dir(tmp_path / "out").protected


def test_released_tables_of_a_unit_are_attacked_together(tmp_path: Path) -> None:
    """Zone 1 is hidden in one table; the north of another table, less zone 2, is zone 1."""
    zone = {
        "categories": {"Z1": "Zone 1", "Z2": "Zone 2", "Z3": "Zone 3", "Z4": "Zone 4"},
        "name": "zone",
        "variable": "zone",
        "members": {},
    }
    half = {
        "categories": {"N": "North", "S": "South"},
        "name": "half",
        "variable": "zone",
        "members": {"N": ["Z1", "Z2"], "S": ["Z3", "Z4"]},
    }
    tables = tmp_path / "tables"
    tables.mkdir()
    for name, dimension, rows in (
        ("zones", zone, [("Z1", ""), ("Z2", 20), ("Z3", ""), ("Z4", 40), ("Total", 100)]),
        ("halves", half, [("N", 24), ("S", 76), ("Total", 100)]),
    ):
        (tables / f"{name}.json").write_text(
            json.dumps(
                {
                    "name": name,
                    "unit": "victim",
                    "kind": "counts",
                    "sensitivity": "sensitive",
                    "policy": "threshold-10",
                    "dimensions": [dimension],
                }
            )
        )
        frame = pd.DataFrame(rows, columns=[dimension["name"], "count"])
        frame["status"] = np.where(frame["count"] == "", "hidden", "published")
        frame.to_csv(tables / f"{name}.csv", index=False)
    audit = audit_dir(tmp_path)
    assert not audit.protected
    assert "zones: zone Z1 is exact: at least 4, at most 4" in audit.text
    (tables / "halves.csv").unlink()
    assert audit_dir(tmp_path).protected


def test_a_folder_without_tables_is_an_error_not_a_pass(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="no released table"):
        audit_dir(tmp_path)
