"""An export of services becomes four tables of a locality: codes that stay, areas for points, all or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from compendium import dictionary
from compendium.cli import main
from compendium.errors import InputRefused
from compendium.importers.open_referral import bring_in
from compendium.locality import load_locality
from compendium.paths import Root
from tests.unit.test_open_referral import ID, classes, service

HERE = Path(__file__).resolve().parents[2]
DICTIONARIES = dictionary.load(HERE / "data_dictionaries")
SETTINGS = """id: leeds
name: Leeds
period: {from: 2022-05, to: 2023-04}
sources:
  areas: {file: data/areas.csv, provenance: illustrative}
  area_outlines: {file: data/area_outlines.csv, provenance: real}
"""


@pytest.fixture
def root(tmp_path: Path) -> Root:
    folder = tmp_path / "project" / "localities" / "leeds"
    (folder / "data").mkdir(parents=True)
    (folder / "locality.yml").write_text(SETTINGS, "utf-8")
    (tmp_path / "project" / "data_dictionaries").symlink_to(HERE / "data_dictionaries")
    (tmp_path / "project" / "_quarto.yml").write_text("project: {type: website}\n", "utf-8")
    (folder / "data" / "areas.csv").write_text(
        "area_id,name,level,parent_id,invented\nE01012662,One,zone,,no\n", "utf-8"
    )
    (folder / "data" / "area_outlines.csv").write_text(
        "area_code,area_name,level,vintage,geometry\n"
        'E01012662,One,lsoa,2011,"MULTIPOLYGON (((-3.5 53, -2.5 53, -2.5 54, -3.5 54, -3.5 53)))"\n',
        "utf-8",
    )
    return Root(tmp_path / "project")


def plan(root: Root, tmp_path: Path, *services: dict[str, object], provenance: str = "synthetic") -> bring_in.Plan:
    export, said = tmp_path / "export.json", tmp_path / "classes.csv"
    export.write_text(json.dumps(list(services)), "utf-8")
    classes(*((int(str(one["id"])[-12:]), "no") for one in services)).to_csv(said, index=False)
    locality = load_locality(root, "leeds")
    return bring_in.planned(export, locality, DICTIONARIES, classes=said, provenance=provenance)  # type: ignore[arg-type]


def table(root: Root, name: str) -> pd.DataFrame:
    return pd.read_csv(root.path / "localities/leeds/data/services" / f"{name}.synthetic.csv", dtype=str)


def test_points_get_the_area_they_lie_in_and_codes_stay(root: Root, tmp_path: Path) -> None:
    bring_in.carry_out(plan(root, tmp_path, service(1), service(2)))
    assert list(table(root, "locations")["area_id"]) == ["E01012662", "E01012662"]
    bring_in.carry_out(plan(root, tmp_path, service(3), service(2)))
    assert dict(table(root, "services")[["id", "name"]].to_numpy()) == {
        "S003": "Service 3 (invented)",
        "S002": "Service 2 (invented)",
    }
    locality = load_locality(root, "leeds")
    assert {"organizations", "services", "locations", "service_at_location"} <= set(locality.sources)
    assert not plan(root, tmp_path, service(3), service(2)).files


def test_real_services_need_a_place_outside_the_checkout(root: Root, tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refused:
        plan(root, tmp_path, service(1), provenance="real")
    assert "data_root" in refused.value.problems[0].remedy
    settings = root.path / "localities/leeds/locality.yml"
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o700)
    settings.write_text(SETTINGS + f"data_root: {outside}\n", "utf-8")
    made = plan(root, tmp_path, service(1), provenance="real")
    bring_in.carry_out(made)
    assert sorted(file.name for file in outside.rglob("*.csv")) == [
        "locations.csv",
        "organizations.csv",
        "service_at_location.csv",
        "service_ids.csv",
        "services.csv",
    ]
    assert not list((root.path / "localities").rglob("services*.csv"))


def test_the_command_says_what_it_did_and_what_comes_next(
    root: Root, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = tmp_path / "export.json"
    export.write_text(json.dumps(service(1, id=ID.format(1))), "utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["import", "open-referral", str(export), "--to", "leeds", "--synthetic", "--root", str(root.path)])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "organizations 1, services 1, locations 0, service_at_location 0" in said
    assert "next        service_coverage and referrals" in said


def test_an_option_of_another_format_is_refused(root: Root, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(
            ["import", "ris", str(tmp_path / "x.ris"), "--to", "leeds", "--classes", "c.csv", "--root", str(root.path)]
        )
    assert ended.value.code != 0
    assert "--classes can't be given for ris" in capsys.readouterr().err
