"""What scripts rely on: exit codes, files written, the place of --root, help with examples."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from compendium.cli import main
from compendium.cli.application import ORDER
from tests.shared import ROOT

COUNTS = (
    "year,form,n\n2020,x,3\n2020,y,25\n2020,z,40\n2021,x,30\n2021,y,28\n2021,z,44\n2022,x,15\n2022,y,33\n2022,z,21\n"
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "counts.csv").write_text(COUNTS, encoding="utf-8")
    return tmp_path


def exit_code(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


def protect(*more: str, table: str = "counts.csv", out: str = "out") -> int:
    return exit_code("protect", table, "--rows", "year", "--columns", "form", "--count", "n", "--out", out, *more)


@pytest.mark.parametrize("command", ORDER)
def test_help_shows_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(command, "--help") == 0
    shown = capsys.readouterr().out
    assert "Examples:" in shown
    assert f"compendium {command}" in shown
    assert "--root DIR" in shown


@pytest.mark.parametrize(
    ("command", "heading", "option"),
    [
        ("import", "Case files of a force (force-export):", "--mapping"),
        ("import", "Workshops (ratings, votes):", "--ranks"),
        ("release", "To approve or withdraw:", "--by"),
    ],
)
def test_help_lists_options_of_one_use_below_a_heading_of_their_own(
    command: str, heading: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(command, "--help") == 0
    before, _, below = capsys.readouterr().out.partition(f"\n{heading}\n")
    assert f"  {option} " in below.partition("\n\n")[0]
    assert f"  {option} " not in before


@pytest.mark.parametrize(
    "arguments", [("publish",), ("check", "--quickly"), ("--quickly", "check"), ("run", "-j", "0")]
)
def test_what_no_command_knows_ends_with_2(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(*arguments) == 2
    assert "Error" in capsys.readouterr().err


def test_an_unknown_locality_ends_with_1_and_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("check", "blackpol", "--root", str(ROOT)) == 1
    assert "Did you mean blackpool?" in capsys.readouterr().err


@pytest.mark.parametrize("first", [True, False])
def test_root_stands_before_or_after(first: bool, here: Path) -> None:
    root = ("--root", str(ROOT))
    protect_arguments = ("protect", "counts.csv", "--rows", "year", "--columns", "form", "--count", "n", "--out", "out")
    for arguments in (("doctor",), protect_arguments, ("audit", "out")):
        assert exit_code(*root, *arguments) == 0 if first else exit_code(*arguments, *root) == 0


def test_protect_writes_the_table_with_margins_and_the_certificate(here: Path) -> None:
    assert protect("--private", "reasons.json") == 0

    given, shown = pd.read_csv("counts.csv"), pd.read_csv("out/protected.csv", dtype={"year": str})
    assert list(shown.columns) == [*given.columns, "status"]
    assert len(shown) == 4 * 4
    assert set(shown["year"]) == {"2020", "2021", "2022", "Total"}
    assert (shown["n"].isna() == (shown["status"] == "hidden")).all()
    cells = json.loads(Path("out/certificate.json").read_text(encoding="utf-8"))["cells"]
    assert {(cell["year"], cell["form"]) for cell in cells} == set(
        shown.loc[shown["status"] == "hidden", ["year", "form"]].itertuples(index=False, name=None)
    )
    assert {cell["verdict"] for cell in cells} == {"protected"}
    assert all(cell["highest"] is None or cell["lowest"] < cell["highest"] for cell in cells)
    assert "primary" in Path("reasons.json").read_text(encoding="utf-8")
    assert "primary" not in "".join(path.read_text(encoding="utf-8") for path in Path("out").iterdir())
    assert exit_code("audit", "out") == 0


@pytest.mark.parametrize("place", ["out/reasons.json", "out/deep/reasons.json", "./out/../out/reasons.json"])
def test_reasons_inside_the_published_folder_are_refused(place: str, here: Path) -> None:
    assert protect("--private", place) == 1
    assert not Path("out").exists()


def test_a_margin_in_the_table_is_refused_by_row(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("margins.csv").write_text(COUNTS + "2020,Total,68\n", encoding="utf-8")
    assert protect(table="margins.csv") == 1
    assert "margins.csv, row 11, column form" in capsys.readouterr().err
    assert not Path("out").exists()


def test_a_table_of_which_nothing_may_be_shown_is_all_hidden_and_said(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("small.csv").write_text("year,form,n\n2020,x,1\n2020,y,2\n", encoding="utf-8")
    assert protect(table="small.csv") == 0
    assert "Nothing in this table may be shown" in capsys.readouterr().out
    assert set(pd.read_csv("out/protected.csv")["status"]) == {"hidden"}
    assert exit_code("audit", "out") == 0


def test_audit_ends_with_1_for_the_table_of_another_tool(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("other").mkdir()
    text = "year,form,n\n2020,x,*\n2020,y,25\n2020,Total,28\n"
    Path("other/theirs.csv").write_text(text, encoding="utf-8")
    assert exit_code("audit", "other") == 1
    assert "year 2020, form x is exact" in capsys.readouterr().out


def test_an_unknown_policy_or_column_names_the_nearest(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert protect("--policy", "threshold10") == 1
    assert "Did you mean threshold-10?" in capsys.readouterr().err
