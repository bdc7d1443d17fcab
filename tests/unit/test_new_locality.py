"""A new town begins: it checks at once, says what comes next, and keeps blank templates apart from filled ones."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from compendium.beginning import Wanted, begin, next_step
from compendium.cli import commands  # noqa: F401 (importing them registers them)
from compendium.cli.application import app
from compendium.dictionary import template
from compendium.errors import InputRefused
from compendium.locality import load_locality
from compendium.locality.written import Written
from compendium.paths import Root, contents

OURS = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """A compendium in which `leeds` has begun with an invented twin."""
    root = tmp_path_factory.mktemp("compendium")
    for name in ("data_dictionaries", "evidence", "framework", "notebooks"):
        shutil.copytree(OURS / name, root / name)
    (root / "localities").mkdir()
    shutil.copy(OURS / "localities" / "twin_parameters.yml", root / "localities")
    (root / "_quarto.yml").write_text("project: {type: website}\n", encoding="utf-8")
    begin(Root(root), Wanted("leeds", force_area="e23000010"))
    return Root(root)


@pytest.fixture
def root(begun: Root, tmp_path: Path) -> Root:
    shutil.copytree(begun.path, tmp_path / "copy")
    return Root(tmp_path / "copy")


def said(root: Root, *arguments: str) -> str:
    ran = CliRunner().invoke(app, [*arguments, "--root", str(root.path)], standalone_mode=False)
    return ran.output + str(ran.exception or "")


def test_it_is_named_by_its_force_and_checks_at_once(root: Root) -> None:
    place = load_locality(root, "leeds")
    assert (place.name, place.force_area.code, place.force_area.name) == ("Leeds", "E23000010", "West Yorkshire")
    told = said(root, "check", "leeds")
    assert "no errors" in told
    assert "next: Services. Fill in a copy of templates/service_map.xlsx" in told
    assert "41 of 41 tables are still synthetic or missing" in told


def test_its_records_are_those_that_twin_makes_again(root: Root) -> None:
    before = contents(root.localities / "leeds")
    said(root, "twin", "leeds")
    assert contents(root.localities / "leeds") == before


def test_every_setting_stands_in_the_file_with_its_comment(root: Root) -> None:
    text = (root.localities / "leeds" / "locality.yml").read_text("utf-8")
    unsaid = [key.name for key in dataclasses.fields(Written) if f"{key.name}:" not in text]
    assert unsaid == []


def test_the_next_step_follows_what_is_the_teams_own(root: Root) -> None:
    path = root.localities / "leeds" / "locality.yml"
    text = path.read_text("utf-8")
    services, areas = (
        text.split("  # Services")[1].split("  # Areas")[0],
        text.split("  # Areas")[1].split("  # Case")[0],
    )
    path.write_text(text.replace(services, services.replace("provenance: synthetic", "provenance: real")), "utf-8")
    step = next_step(root, "leeds")
    assert step is not None
    assert (step.group.title, step.left, step.of) == ("Areas, and the children who live in them", 35, 41)
    text = path.read_text("utf-8")
    path.write_text(text.replace(areas, areas.replace("provenance: synthetic", "provenance: real")), "utf-8")
    step = next_step(root, "leeds")
    assert step is not None
    assert "case_files.xlsx in a folder outside this one" in str(step)
    path.write_text(path.read_text("utf-8").replace("provenance: synthetic", "provenance: real"), "utf-8")
    assert next_step(root, "leeds") is None


def test_a_group_that_was_begun_is_told_by_what_is_left_of_it(root: Root) -> None:
    path = root.localities / "leeds" / "locality.yml"
    text = path.read_text("utf-8")
    for table in ("organizations", "services", "service_coverage", "locations", "service_at_location"):
        line = next(line for line in text.splitlines() if line.startswith(f"  {table}:"))
        text = text.replace(line, line.replace("synthetic}", "real}"))
    path.write_text(text, "utf-8")
    assert "next: Services (left: referrals). Fill in a copy of templates/service_map.xlsx" in str(
        next_step(root, "leeds")
    )
    text = text.replace("referrals.synthetic.csv, provenance: synthetic", "referrals.synthetic.csv, provenance: real")
    text = text.replace("areas.synthetic.csv, provenance: synthetic", "areas.synthetic.csv, provenance: real")
    path.write_text(text, "utf-8")
    step = str(next_step(root, "leeds"))  # a workbook that is done isn't named again
    assert "(left: area_population, area_groups). Fill in a copy of templates/area_population.xlsx and" in step
    assert "templates/areas.xlsx" not in step


def test_a_level_or_a_policy_that_nobody_declared_is_told_by_check(root: Root) -> None:
    path = root.localities / "leeds" / "locality.yml"
    text = path.read_text("utf-8").replace("area_level: zone", "area_level: ward")
    path.write_text(text.replace("policy: threshold-10", "policy: threshold10"), "utf-8")
    told = said(root, "check", "leeds")
    assert "localities/leeds/locality.yml: area_level: ward is no level of areas below the whole locality." in told
    assert "disclosure: no policy is called threshold10. Did you mean threshold-10?" in told


def test_a_folder_of_records_that_leads_back_inside_is_said_to(root: Root) -> None:
    path = root.localities / "leeds" / "locality.yml"
    text = path.read_text("utf-8").replace("# data_root: /somewhere/safe", "data_root: C:\\somewhere\\safe")
    line = next(line for line in text.splitlines() if line.startswith("  victims:"))
    path.write_text(text.replace(line, line.replace("synthetic}", "real}")), "utf-8")
    assert "data_root, as it is written, lies in there: write the path of a folder outside" in said(
        root, "check", "leeds"
    )


def test_a_locality_without_templates_is_told_no_step(root: Root) -> None:
    shutil.rmtree(root.localities / "leeds" / "templates")
    assert next_step(root, "leeds") is None


def test_a_template_filled_in_where_it_lies_is_refused(root: Root) -> None:
    book = root.localities / "leeds" / "templates" / "service_map.xlsx"
    book.write_bytes(book.read_bytes() + b"\0")
    assert "templates/service_map.xlsx: A spreadsheet that no locality names" in said(root, "check", "leeds")


def test_everything_wrong_is_said_at_once_and_nothing_is_made(root: Root) -> None:
    before = contents(root.localities)
    with pytest.raises(InputRefused) as refused:
        begin(root, Wanted("Big Town", force_area="West Yorks", area_level="ward"))
    words = " ".join(str(problem) for problem in refused.value.problems)
    assert all(word in words for word in ("can't be an id", "West Yorkshire", "zone and district"))
    with pytest.raises(InputRefused) as refused:
        begin(root, Wanted("hull", name="{{< env HOME >}}", period=("2023-05", "2022-04")))
    assert len(refused.value.problems) == 1  # the settings are not looked at before the options make sense
    assert "--from and --to: the months end before they begin" in str(refused.value)
    with pytest.raises(InputRefused) as refused:
        begin(root, Wanted("hull", period=("2023-13", "April"), elsewhere=True, force_area="E23000010"))
    words = [str(problem) for problem in refused.value.problems]
    assert [word.partition(":")[0].partition(" and ")[0] for word in words] == ["--elsewhere", "--from", "--to"]
    with pytest.raises(InputRefused) as refused:  # years at which calendars of programs end
        begin(root, Wanted("hull", period=("0001-01", "9999-12")))
    assert [str(problem).partition(" is no month")[0] for problem in refused.value.problems] == [
        "--from: 0001-01",
        "--to: 9999-12",
    ]
    assert not any("locality.yml" in word for word in words)  # there is none yet
    with pytest.raises(InputRefused):
        begin(root, Wanted("hull", name="{{< env HOME >}}"))
    with pytest.raises(InputRefused, match="is there already"):
        begin(root, Wanted("leeds"))
    assert contents(root.localities) == before


def test_an_interrupted_beginning_leaves_nothing(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    def stops(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(template, "write", stops)
    with pytest.raises(KeyboardInterrupt):
        begin(root, Wanted("hull"))
    assert sorted(path.name for path in root.localities.iterdir()) == ["leeds", "twin_parameters.yml"]


def test_an_empty_one_has_settings_and_templates_only(root: Root) -> None:
    told = said(root, "new", "hull", "--empty")
    assert "compendium check hull" in told
    assert sorted(path.name for path in (root.localities / "hull").iterdir()) == [
        "README.md",
        "ledger",
        "locality.yml",
        "templates",
    ]
    assert "next: Services" in said(root, "check", "hull")


def test_a_template_that_is_named_before_it_is_filled_in_is_told_by_check(root: Root, tmp_path: Path) -> None:
    records = tmp_path / "records"
    records.mkdir(mode=0o700)
    shutil.copy(root.localities / "leeds" / "templates" / "service_map.xlsx", records)
    path = root.localities / "leeds" / "locality.yml"
    text = path.read_text("utf-8").replace("# data_root: /somewhere/safe/outside/this/folder", f"data_root: {records}")
    for table in ("organizations", "services", "service_coverage", "locations", "service_at_location", "referrals"):
        text = text.replace(
            f"data/synthetic/{table}.synthetic.csv, provenance: synthetic", "service_map.xlsx, provenance: real"
        )
    path.write_text(text, "utf-8")
    told = said(root, "check", "leeds")
    assert told.count("No row is filled in.") == 1
    assert "warning: service_map.xlsx: No row is filled in. Fill it in." in told
