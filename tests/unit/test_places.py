"""Where services are given: what a commissioner sees by area, and what nobody may see there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from compendium import dictionary
from compendium.aggregate import CheckedTable, Origin, Released, TableGroup
from compendium.analysis import places
from compendium.charts import draw
from compendium.paths import Root
from compendium.proposals import Proposal, decode_dimension, encode_dimension, read_all, write
from tests.shared import ROOT

SQUARE = "POLYGON ((-3.0{0} 53.8, -3.0{1} 53.8, -3.0{1} 53.9, -3.0{0} 53.9, -3.0{0} 53.8))"


def table(name: str, rows: list[tuple[object, ...]], columns: str, provenance: str = "real") -> CheckedTable:
    public = name in ("areas", "area_outlines")
    origin = Origin(
        name,
        name,
        "public" if public else "sensitive",
        provenance,  # type: ignore[arg-type]
        "" if public else "services",
        "made up for a test",
        file=f"{name}.csv",
        units="none" if public else "services",
    )
    return CheckedTable(origin, "row", pd.DataFrame(rows, columns=columns.split()))


def areas(invented: str = "no") -> CheckedTable:
    rows = [
        ("A00", "Whole", "locality", None, invented),
        ("W1", "First ward", "zone", "A00", invented),
        ("W2", "Second ward", "zone", "A00", invented),
        ("W3", "Third ward", "zone", "A00", invented),
        ("W1a", "Part of the first", "sub_zone", "W1", invented),
    ]
    return table("areas", rows, "area_id name level parent_id invented")


OUTLINES = table(
    "area_outlines", [(f"W{n}", SQUARE.format(n, n + 1)) for n in (1, 2, 3)], "area_code geometry"
)  # side by side
WANTED = {"W1": 2, "W2": 1, "W3": 0, "no_area": 2}


@pytest.fixture
def service_map() -> TableGroup:
    """S01 is given at two places, S02 online, S04 by post. S03 has closed. R05 is a refuge with a place in W3."""
    services = [
        ("S01", "active", "no", "Youth work", None),
        ("S02", "active", "no", "Helpline", "Advice"),
        ("S03", "defunct", "no", "Lessons", None),
        ("S04", "active", "no", "Therapy", None),
        ("R05", "active", "yes", "R05", None),
    ]
    locations = [
        ("L01", "physical", "W1"),
        ("L02", "physical", "W1a"),
        ("L03", "virtual", None),
        ("L04", "physical", "W2"),
        ("L05", "postal", "W2"),
        ("L06", "physical", "W3"),
    ]
    at = [("S01", "L01"), ("S01", "L02"), ("S02", "L03"), ("S03", "L04"), ("S04", "L05"), ("R05", "L06")]
    at += [("S04", "L04"), ("R05", "L04")]
    return TableGroup(
        "service_map",
        {
            "services": table("services", services, "id status confidential name description"),  # type: ignore[arg-type]
            "locations": table("locations", locations, "id location_type area_id"),  # type: ignore[arg-type]
            "service_at_location": table(
                "service_at_location", [(f"SL{n}", *pair) for n, pair in enumerate(at)], "id service_id location_id"
            ),
        },
    )


def counted(service_map: TableGroup) -> dict[str, int]:
    frame = places.by_area(service_map, areas(), level="zone", outlines=OUTLINES).frame
    return dict(zip(frame["area"], frame["count"], strict=True))


def test_a_running_service_counts_where_it_is_given_and_parts_count_in_the_whole(service_map: TableGroup) -> None:
    assert counted(service_map) == WANTED


def test_a_refuge_with_a_place_changes_no_count_of_any_area(service_map: TableGroup) -> None:
    at = service_map["service_at_location"]
    without = replace(at, frame=at.frame[at.frame["service_id"] != "R05"])
    assert counted(TableGroup("service_map", {**service_map.tables, "service_at_location": without})) == WANTED


@pytest.mark.parametrize("said", ["Rose Refuge", "Oak Children's Home", "Hill special school"])
def test_a_place_to_be_kept_secret_is_left_out_when_nobody_marked_it(service_map: TableGroup, said: str) -> None:
    rows = service_map["services"]
    rows.frame.loc[len(rows.frame)] = ["S06", "active", "no", "S06", said]
    at = service_map["service_at_location"]
    at.frame.loc[len(at.frame)] = ["SL99", "S06", "L06"]
    assert counted(service_map) == WANTED


def test_check_refuses_a_place_of_a_confidential_service(tmp_path: Path) -> None:
    """In the committed records of the twin, one row more: the refuge S23 at a place that is there."""
    dictionaries = dictionary.load(Root(ROOT).dictionaries)
    folder = ROOT / "localities" / "blackpool" / "data" / "synthetic"
    names = ["areas", "organizations", "services", "locations", "service_at_location"]
    paths = {name: folder / f"{name}.synthetic.csv" for name in names}
    assert not dictionary.read_tables(paths, dictionaries).problems
    secret = pd.read_csv(paths["services"]).query("confidential == 'yes'")["id"].iloc[0]
    planted = tmp_path / "service_at_location.csv"
    planted.write_text(paths["service_at_location"].read_text("utf-8") + f"SL99,{secret},L01\n", encoding="utf-8")
    problems = dictionary.read_tables({**paths, "service_at_location": planted}, dictionaries).problems
    assert [(one.level, one.column, one.message) for one in problems] == [
        ("error", "service_id", "A service whose place must not be known has a location.")
    ]


def released(service_map: TableGroup, provenance: str = "real", **of_origin: str) -> Released:
    found = places.by_area(service_map, areas(), level="zone", outlines=OUTLINES)
    origin = replace(found.origin, provenance=provenance, **of_origin)  # type: ignore[arg-type]
    frame = pd.concat(
        [found.frame, pd.DataFrame({"area": ["Total"], "count": [int(found.frame["count"].sum())]})], ignore_index=True
    ).assign(status="published")
    return Released(
        "services_by_area",
        "By area",
        "",
        frame,
        found.unit,
        "counts",
        found.dimensions,
        {},
        origin,
        "services",
        "areas",
    )


def on_outlines(drawn: Released) -> bool:
    """Tiles carry the names of areas; a map names none."""
    return b"First ward" not in draw(drawn).svg


def test_real_services_in_real_areas_are_a_map_and_all_else_is_tiles(service_map: TableGroup) -> None:
    assert on_outlines(released(service_map))
    assert not on_outlines(released(service_map, provenance="synthetic"))
    assert not on_outlines(released(service_map, units="persons"))
    invented = places.by_area(service_map, areas("yes"), level="zone", outlines=OUTLINES)
    assert not invented.dimensions[0].outlines


def test_areas_stand_in_the_order_of_their_codes_whatever_that_of_the_table() -> None:
    rows = [(code, code, "zone", None, "yes") for code in ("Z10", "Z2", "Z1")]
    shuffled = table("areas", rows, "area_id name level parent_id invented")
    assert list(places.area_dimension(shuffled, "zone").categories) == ["Z1", "Z2", "Z10", "no_area"]


def test_half_a_map_is_no_map(service_map: TableGroup) -> None:
    half = replace(OUTLINES, frame=OUTLINES.frame.head(2))
    assert not places.by_area(service_map, areas(), level="zone", outlines=half).dimensions[0].outlines


def test_words_and_pictures_agree_and_name_no_area(service_map: TableGroup) -> None:
    for provenance in ("real", "synthetic"):
        alt = draw(released(service_map, provenance)).alt
        assert alt.startswith(
            "5 services at a location in all; 3 of 3 areas show a number. In 1 of them there is none."
        )
        assert "ward" not in alt


def test_none_and_hidden_share_one_tint(service_map: TableGroup) -> None:
    shown = released(service_map)
    hidden = replace(
        shown, frame=shown.frame.assign(status=["published", "published", "hidden", "published", "published"])
    )
    assert draw(shown).svg.count(b"#e6e0d3") == draw(hidden).svg.count(b"#e6e0d3") > 0


def test_outlines_travel_to_the_chart_and_into_no_table(service_map: TableGroup, tmp_path: Path) -> None:
    found = places.by_area(service_map, areas(), level="zone", outlines=OUTLINES)
    write(tmp_path / "02", Proposal("services_by_area", "02", "By area", found))
    (again,) = read_all(tmp_path)
    assert dict(again.aggregate.dimensions[0].outlines) == dict(found.dimensions[0].outlines)  # type: ignore[union-attr]
    assert "outlines" not in encode_dimension(found.dimensions[0])
    assert not decode_dimension(encode_dimension(found.dimensions[0])).outlines


def test_a_locality_without_services_has_an_empty_table(service_map: TableGroup) -> None:
    none = {name: replace(one, supplied=False, frame=one.frame.head(0)) for name, one in service_map.tables.items()}
    assert places.by_area(TableGroup("service_map", none), areas(), level="zone").frame.empty
