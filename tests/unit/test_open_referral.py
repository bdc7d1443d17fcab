"""Services in the shape of Open Referral: read in every form, refused by field, and no place that must stay unknown."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from compendium.importers.open_referral import ServiceMap, service_map
from tests.shared import SHARED, needs_shared

SERVICES = SHARED / "data" / "services"
EXAMPLE = "ac148810-d857-441c-9679-408f346de14b"
ID = "00000000-0000-4000-8000-{:012}"


def service(number: int = 1, **changes: Any) -> dict[str, Any]:
    """An invented service in full, at one location."""
    whole = {
        "id": ID.format(number),
        "name": f"Service {number} (invented)",
        "status": "active",
        "minimum_age": 8,
        "maximum_age": 17,
        "assured_date": "2026-01-31",
        "organization": {"id": ID.format(900), "name": "Organisation (invented)", "description": "Invented."},
        "service_at_locations": [
            {
                "id": ID.format(100 + number),
                "location": {
                    "id": ID.format(200 + number),
                    "location_type": "physical",
                    "latitude": 53.5,
                    "longitude": -3.0,
                },
            }
        ],
    }
    return {**whole, **changes}


def classes(*rows: tuple[int, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [(ID.format(number), "school", "charity", confidential) for number, confidential in rows],
        columns=["id", "setting", "kind", "confidential"],
    )


def read(tmp_path: Path, document: Any, **options: Any) -> ServiceMap:
    path = tmp_path / "services.json"
    path.write_text(json.dumps(document), "utf-8")
    return service_map(path, **options)


def square(longitude: float, latitude: float) -> str:
    """One invented area: west 3.5 to 2.5, north 53 to 54."""
    return "A1" if -3.5 < longitude < -2.5 and 53 < latitude < 54 else ""


def test_a_service_in_full_becomes_rows_of_four_tables(tmp_path: Path) -> None:
    found = read(tmp_path, service(), classes=classes((1, "no")), area_of=square)
    assert found.problems == []
    assert {name: table.to_dict("records") for name, table in found.tables.items()} == {
        "organizations": [{"id": "O001", "name": "Organisation (invented)", "kind": "charity"}],
        "services": [
            {
                "id": "S001",
                "organization_id": "O001",
                "name": "Service 1 (invented)",
                "status": "active",
                "setting": "school",
                "confidential": "no",
                "assured_date": "2026-01-31",
                "age_min": "8",
                "age_max": "17",
                "description": "",
            }
        ],
        "locations": [{"id": "L001", "location_type": "physical", "area_id": "A1"}],
        "service_at_location": [{"id": "SL001", "service_id": "S001", "location_id": "L001"}],
    }
    assert found.ids["S001"] == ID.format(1)


def test_without_classes_no_place_is_known(tmp_path: Path) -> None:
    found = read(tmp_path, [service(1), service(2)], area_of=square)
    assert set(found.tables["services"]["confidential"]) == {"yes"}
    assert len(found.tables["locations"]) == 0
    assert any("No file of classes" in problem.message for problem in found.problems)


@pytest.mark.parametrize("name", ["Harbour Refuge", "St Anne's Children's Home", "Oak special school"])
def test_a_refuge_or_home_has_no_place_whatever_its_classes_say(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, service(name=name), classes=classes((1, "yes")), area_of=square)
    assert len(found.tables["locations"]) == 0
    denied = read(tmp_path, service(name=name), classes=classes((1, "no")), area_of=square)
    assert [problem.column for problem in denied.errors] == ["name"]


@pytest.mark.parametrize("name", ["Refuge, 12 Canary Street", "Refuge ZZ9 9ZZ"])
def test_an_address_in_the_name_of_a_refuge_is_refused_and_not_repeated(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, service(name=name))
    assert [problem.column for problem in found.errors] == ["name"]
    assert not any("Canary" in str(problem) or "ZZ9" in str(problem) for problem in found.problems)


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ({"latitude": -3.0, "longitude": 53.5}, "swapped"),
        ({"latitude": 436000, "longitude": 331000}, "metres"),
        ({"latitude": 100, "longitude": 101}, "pole"),
        ({"latitude": 51.0, "longitude": 0.0}, "outside all areas"),
    ],
)
def test_points_that_are_none_are_listed_and_have_no_area(tmp_path: Path, where: dict[str, float], words: str) -> None:
    one = service()
    one["service_at_locations"][0]["location"].update(where)
    found = read(tmp_path, one, classes=classes((1, "no")), area_of=square)
    assert found.errors == []
    assert [words in problem.message for problem in found.problems] == [True]
    assert list(found.tables["locations"]["area_id"]) == [""]


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"name": None}, "name"),
        ({"name": "=HYPERLINK(1)"}, "name"),
        ({"status": "open"}, "status"),
        ({"id": "1"}, "id"),
        ({"assured_date": "31/01/2026"}, "assured_date"),
        ({"minimum_age": "eight"}, "minimum_age"),
        ({"minimum_age": True}, "minimum_age"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"email": "nobody"}, "email"),
        ({"organization": None}, "organization_id"),
    ],
)
def test_a_broken_field_is_named(tmp_path: Path, changes: dict[str, Any], column: str) -> None:
    found = read(tmp_path, [service(1), service(2, **changes)])
    assert {problem.column for problem in found.errors} >= {f"[1].{column}"}
    assert all(len(table) == 0 for table in found.tables.values())


def test_a_service_at_a_location_that_is_not_there_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "feed"
    folder.mkdir()
    (folder / "organizations.csv").write_text(f"id,name\n{ID.format(9)},Org (invented)\n", "utf-8")
    header = "id,organization_id,name,status\n"
    (folder / "services.csv").write_text(f"{header}{ID.format(1)},{ID.format(9)},S (invented),active\n", "utf-8")
    (folder / "service_at_location.csv").write_text(
        f"id,service_id,location_id\n{ID.format(3)},{ID.format(1)},{ID.format(7)}\n", "utf-8"
    )
    found = service_map(folder)
    (problem,) = found.errors
    assert (problem.row, problem.column) == (2, "location_id")
    assert "service_at_location.csv" in problem.message


def test_ids_that_stand_for_several_services_are_refused(tmp_path: Path) -> None:
    found = read(tmp_path, [service(1), service(1, name="Another (invented)"), service(1)])
    assert [problem.message for problem in found.errors] == [
        "One id stands for 3 records of service that are not all the same."
    ]
    same = read(tmp_path, [service(1), service(1)])
    assert same.errors == []
    assert len(same.tables["services"]) == 1


def test_a_page_of_several_is_said_to_be_one(tmp_path: Path) -> None:
    page = {"total_items": 40, "size": 1, "first_page": True, "last_page": False, "contents": [service()]}
    found = read(tmp_path, page)
    assert found.errors == []
    assert any("one page of several: 1 of 40" in problem.message for problem in found.problems)


def test_an_archive_whose_packed_bytes_were_damaged_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "feed.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("services.csv", "id,name\n" * 500)
    data = bytearray(archive.read_bytes())
    data[42:48] = b"\xff" * 6  # behind the local header of 30 bytes and a name of 12
    archive.write_bytes(data)
    assert "can't be unpacked" in service_map(archive).errors[0].message


@needs_shared
def test_the_published_example_is_read_as_csv_package_archive_and_json(tmp_path: Path) -> None:
    folder = SERVICES / "hsds_v3_examples"
    archive = tmp_path / "feed.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in folder.glob("*.csv"):
            packed.write(file, f"feed/{file.name}")
    for file in folder.glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    package = {"resources": [{"name": file.stem, "path": file.name} for file in sorted(folder.glob("*.csv"))]}
    (tmp_path / "datapackage.json").write_text(json.dumps(package), "utf-8")
    for path in (folder, archive, tmp_path / "datapackage.json"):
        found = service_map(path)
        assert found.errors == []
        assert found.ids["S001"] == EXAMPLE
        assert len(found.left_out) == 17  # 21 tables, 4 kept
        links = [problem.column for problem in found.problems if "leads to a record" in problem.message]
        assert sorted(links) == ["organization_id", "parent_organization_id"]
    for path in (folder / "service_list.json", SERVICES / "oruk_v3_mocks" / "V3.0-UK-Default_service_full.json"):
        found = service_map(path)
        assert found.errors == []
        assert list(found.tables["services"]["name"]) == ["Community Counselling"]


@needs_shared
def test_the_failing_mock_is_refused_with_its_fields() -> None:
    found = service_map(SERVICES / "oruk_v3_mocks" / "V3.0-UK-Fail_service_list.json")
    columns = {problem.column for problem in found.errors}
    assert {"total_items", "contents[0].name", "contents[0].url", "contents[0].email"} <= columns


@needs_shared
def test_a_list_that_says_31_and_holds_128_under_one_id_is_reported() -> None:
    found = service_map(SERVICES / "oruk_v3_mocks" / "V3.0-UK-Test_service_list.json")
    said = [problem.message for problem in found.errors]
    assert "The list says 31 services and holds 128." in said
    assert "One id stands for 128 records of service that are not all the same." in said


@needs_shared
def test_fields_that_the_uk_profile_requires_are_required_here() -> None:
    from compendium.importers.open_referral.specification import KEPT

    package = json.loads((SERVICES / "oruk_v3_datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        for field in resource["schema"]["fields"] if resource["name"] in KEPT else []:
            if field.get("constraints", {}).get("required") and field["name"] != "description":
                ours = KEPT[resource["name"]][field["name"]]
                assert ours.required or field["name"].endswith("_id"), (resource["name"], field["name"])


@pytest.mark.parametrize("lay", [os.mkfifo, lambda path: path.symlink_to("/etc/passwd")], ids=["a pipe", "a link"])
def test_a_folder_whose_table_is_no_file_is_refused_at_once(lay: Callable[[Path], object], tmp_path: Path) -> None:
    lay(tmp_path / "services.csv")
    assert "services.csv is a link, or no file" in str(service_map(tmp_path).errors[0])
