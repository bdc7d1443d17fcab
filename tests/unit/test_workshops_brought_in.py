"""Ratings, votes and coded material come into a locality: beside what is there, never over an earlier round."""

from __future__ import annotations

import stat
from pathlib import Path

import pandas as pd
import pytest

from compendium import dictionary
from compendium.cli import main
from compendium.errors import InputRefused
from compendium.importers.workshop import bring_in
from compendium.importers.workshop.bring_in import Wanted
from compendium.locality import load_locality
from compendium.paths import Root
from tests.unit.qda_projects import CANARY, archive, code, coding, project, source, text_selection

HERE = Path(__file__).resolve().parents[2]
DICTIONARIES = dictionary.load(HERE / "data_dictionaries")
SETTINGS = """id: leeds
name: Leeds
data_root: RECORDS
period: {from: 2022-05, to: 2023-04}
sources:
  priorities: {file: data/priorities.csv, provenance: synthetic}
  workshops: {file: data/workshops.csv, provenance: synthetic}
"""
FIRST = "rater,group,P01,P02\nA1,children,8,x\nA2,police,7,3\n"
MADE_UP = Wanted(provenance="synthetic")


@pytest.fixture
def root(tmp_path: Path) -> Root:
    folder = tmp_path / "project" / "localities" / "leeds"
    (folder / "data").mkdir(parents=True)
    (tmp_path / "records").mkdir(mode=0o700)
    (folder / "locality.yml").write_text(SETTINGS.replace("RECORDS", str(tmp_path / "records")), "utf-8")
    (tmp_path / "project" / "data_dictionaries").symlink_to(HERE / "data_dictionaries")
    (tmp_path / "project" / "_quarto.yml").write_text("project: {type: website}\n", "utf-8")
    (folder / "data" / "workshops.csv").write_text("workshop_id,kind,held_on\nW01,joint,2023-06-14\n", "utf-8")
    rows = "".join(f"P{number:02d},Priority {number},W01\n" for number in (1, 2, 3))
    (folder / "data" / "priorities.csv").write_text(f"priority_id,title,workshop_id\n{rows}", "utf-8")
    return Root(tmp_path / "project")


def ratings(root: Root, text: str, wanted: Wanted = MADE_UP) -> bring_in.Plan:
    path = root.path.parent / "answers.csv"
    path.write_text(text, "utf-8")
    return bring_in.planned_ratings(path, load_locality(root, "leeds"), DICTIONARIES, wanted)


def table(root: Root, name: str) -> pd.DataFrame:
    file = root.path / "localities/leeds/data/imported" / f"{name}.synthetic.csv"
    return pd.read_csv(file, dtype=str, keep_default_na=False)


def test_a_second_round_stands_beside_the_first_and_finds_the_same_people(root: Root) -> None:
    bring_in.carry_out(ratings(root, FIRST))
    first = table(root, "ratings")
    bring_in.carry_out(
        ratings(root, "rater,group,P01,P02\nA2,police,8,2\nB9,children,9,9\n", Wanted("synthetic", round="2"))
    )
    both = table(root, "ratings")
    pd.testing.assert_frame_equal(both[both["round"] == "1"].reset_index(drop=True), first)
    assert both.loc[both["round"] == "2", "rater_id"].unique().tolist() == ["T-002", "T-003"]
    called = (root.path / "localities/leeds/data/imported" / bring_in.PEOPLE).read_text("utf-8")
    assert called == "called,number\na1,T-001\na2,T-002\nb9,T-003\n"


def test_the_same_file_again_changes_nothing(root: Root) -> None:
    bring_in.carry_out(ratings(root, FIRST))
    assert not ratings(root, FIRST).files


def test_an_answer_that_would_become_another_is_refused_and_written_only_when_asked(root: Root) -> None:
    bring_in.carry_out(ratings(root, FIRST))
    changed = FIRST.replace("police,7,3", "police,6,3")
    with pytest.raises(InputRefused, match="1 answers of ratings are there already"):
        ratings(root, changed)
    bring_in.carry_out(ratings(root, changed, Wanted("synthetic", replace=True)))
    found = table(root, "ratings").set_index(["rater_id", "item_id"])["rating"]
    assert (found["T-002", "P01"], found["T-001", "P01"]) == ("6", "8")  # the others stay


def test_a_person_keeps_the_number_in_ratings_and_votes(root: Root) -> None:
    bring_in.carry_out(ratings(root, FIRST))
    path = root.path.parent / "ballots.csv"
    path.write_text("id,group,1st choice,2nd choice\nA2,police,P03,Priority 1\n", "utf-8")
    bring_in.carry_out(bring_in.planned_votes(path, load_locality(root, "leeds"), DICTIONARIES, MADE_UP))
    assert table(root, "votes").to_dict("list") == {
        "voter_id": ["T-002", "T-002"],
        "stakeholder_group": ["police", "police"],
        "item_id": ["P01", "P03"],
        "points": ["4", "5"],
    }
    locality = load_locality(root, "leeds")
    assert {"ratings", "votes"} <= set(locality.sources)


def test_real_answers_go_to_the_records_where_nobody_else_may_read_them(root: Root) -> None:
    plan = ratings(root, FIRST, Wanted("real"))
    assert "another provenance" in str(plan.remarks[0])
    bring_in.carry_out(plan)
    written = root.path.parent / "records" / "ratings.csv"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert load_locality(root, "leeds").sources["ratings"].provenance == "real"
    assert not (root.path / "localities/leeds/data/imported").exists()


def test_real_answers_inside_the_checkout_are_refused(root: Root) -> None:
    path = root.path / "answers.csv"
    path.write_text(FIRST, "utf-8")
    with pytest.raises(InputRefused, match="inside the checkout"):
        bring_in.planned_ratings(path, load_locality(root, "leeds"), DICTIONARIES, Wanted("real"))


def test_without_priorities_nothing_says_what_was_rated(root: Root) -> None:
    (root.path / "localities/leeds/data/priorities.csv").unlink()
    with pytest.raises(InputRefused, match="no priorities yet"):
        ratings(root, FIRST)


def test_another_source_of_the_table_is_named_before_it_is_left(root: Root) -> None:
    settings = root.path / "localities/leeds/locality.yml"
    settings.write_text(
        settings.read_text("utf-8") + "  ratings: {file: data/r.csv, provenance: illustrative}\n", "utf-8"
    )
    with pytest.raises(InputRefused, match=r"names data/r\.csv"):
        ratings(root, FIRST)


def test_coded_material_comes_in_as_counts_and_a_later_export_keeps_the_numbers(root: Root) -> None:
    folder = root.path.parent
    xml = project(code(11, "Waiting") + code(12, "Being told"), source(100, text_selection(0, 9, coding(12, 1))))
    locality = load_locality(root, "leeds")
    bring_in.carry_out(bring_in.planned_codes(archive(folder, xml), locality, DICTIONARIES, MADE_UP))
    assert table(root, "codes")[["code_id", "label", "segments"]].values.tolist() == [
        ["K01", "Waiting", "0"],
        ["K02", "Being told", "1"],
    ]
    (root.path / "localities/leeds/data/links.csv").write_text("code_id,priority_id\nK01,P01\nK02,P02\n", "utf-8")
    settings = root.path / "localities/leeds/locality.yml"
    links = "  code_links: {file: data/links.csv, provenance: synthetic}\n"
    settings.write_text(settings.read_text("utf-8").rstrip("\n") + "\n" + links, "utf-8")
    later = project(code(12, "Being told") + code(13, "Support"), source(100, text_selection(0, 9, coding(13, 1))))
    path, locality = archive(folder, later), load_locality(root, "leeds")
    with pytest.raises(InputRefused, match="codes is there with 2 rows"):
        bring_in.planned_codes(path, locality, DICTIONARIES, MADE_UP)
    plan = bring_in.planned_codes(path, locality, DICTIONARIES, Wanted("synthetic", replace=True))
    bring_in.carry_out(plan)
    assert table(root, "codes")["code_id"].tolist() == ["K02", "K03"]
    assert "1 codes that lead to a priority are not in the project: K01" in str([*map(str, plan.remarks)])
    written = "".join(file.read_text("utf-8") for file in root.path.rglob("*.csv") if not file.is_symlink())
    assert not [word for word in CANARY.split() if len(word) > 4 and word in written + str(plan.account)]


def test_the_command_tells_what_it_read_and_where_it_went(root: Root, capsys: pytest.CaptureFixture[str]) -> None:
    path = root.path.parent / "answers.csv"
    path.write_text(FIRST, "utf-8")
    where = ["--to", "leeds", "--synthetic", "--root", str(root.path)]
    with pytest.raises(SystemExit) as ended:
        main(["import", "ratings", str(path), *where, "--dry-run"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert "4 ratings of 2 people" in told
    assert "would write" in told
    assert not (root.path / "localities/leeds/data/imported").exists()
    with pytest.raises(SystemExit) as ended:
        main(["import", "qdpx", str(path), *where, "--scale", "1-7"])
    assert ended.value.code != 0
    assert "--scale can't be given for qdpx" in capsys.readouterr().err
