"""What a commissioner would notice on the service map."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from compendium.aggregate import CheckedTable, Dimension, Origin, TableGroup
from compendium.analysis import services, upkeep
from compendium.disclosure import settle_statistic
from compendium.errors import InputRefused, UnknownName

FORMS, LEVELS, AGES = ("image", "other"), ("primary", "tertiary"), ("10-13", "14-15")


def table(name: str, frame: pd.DataFrame, **dimensions: dict[str, str]) -> CheckedTable:
    origin = Origin(name, name, "sensitive", "synthetic", "services", "made up for a test", units="services")
    known = {key: Dimension(key, key, labels) for key, labels in dimensions.items()}
    return CheckedTable(origin, "row", frame, known)


@pytest.fixture
def service_map() -> TableGroup:
    """S01 and S02 run; S03 has closed. Both running ones do primary work on images at 10 to 13."""
    listed = pd.DataFrame(
        {
            "id": ["S01", "S02", "S03"],
            "status": ["active", "active", "defunct"],
            "setting": ["school", "health", "school"],
            "confidential": ["no", "yes", "no"],
            "assured_date": pd.to_datetime(["2023-04-01", "2022-10-29", None]),
        }
    )
    covered = pd.DataFrame(
        [
            ("S01", "image", "primary", "10-13"),
            ("S02", "image", "primary", "10-13"),
            ("S03", "other", "tertiary", "14-15"),
        ],
        columns=["service_id", "form_group", "prevention_level", "age_band"],
    )
    referrals = pd.DataFrame({"from_service_id": ["S01", "S02"], "to_service_id": ["S02", "S03"]})
    levels = {"primary": "Primary – before anything happens", "tertiary": "Tertiary – after harm"}
    tables = {
        "services": table(
            "services",
            listed,
            status={"active": "Active", "defunct": "Closed"},
            setting={"school": "School", "health": "Health", "police": "Police"},
            confidential={"yes": "Ask the helpline", "no": "No"},
        ),
        "service_coverage": table(
            "service_coverage",
            covered,
            form_group={"image": "Image", "other": "Other"},
            prevention_level=levels,
            age_band={"10-13": "10 to 13", "14-15": "14 or 15"},
        ),
        "referrals": table("referrals", referrals),
    }
    return TableGroup("service_map", tables)


def test_only_running_services_are_provision(service_map: TableGroup) -> None:
    cells = services.coverage(service_map).frame
    assert len(cells) == len(FORMS) * len(LEVELS) * len(AGES)
    assert cells["services"].tolist() == [2, 0, 0, 0, 0, 0, 0, 0]
    assert cells["text"].tolist()[:2] == ["school 1, health 1", "nothing offered"]


def test_gaps_are_told_in_words_and_a_whole_row_of_ages_is_one_gap(service_map: TableGroup) -> None:
    assert services.gaps(service_map).frame["text"].tolist() == [
        "Image, 14 or 15: nothing before anything happens (primary)",
        "Image, all ages: nothing after harm (tertiary)",
        "Other, all ages: nothing before anything happens (primary)",
        "Other, all ages: nothing after harm (tertiary)",
    ]


def test_double_provision_is_listed_from_the_number_asked_for(service_map: TableGroup) -> None:
    assert services.duplicated(service_map, least=2).frame["services"].tolist() == [2]
    assert services.duplicated(service_map, least=3).frame["text"].tolist() == ["No cell has 3 services or more"]


def test_a_record_is_stale_six_months_after_its_last_check(service_map: TableGroup) -> None:
    found = services.counts(service_map, ["freshness"], as_of="2023-04-30").frame.set_index("freshness")["count"]
    assert found.to_dict() == {"fresh": 1, "stale": 1, "never": 1}
    on_the_day = services.counts(service_map, ["freshness"], as_of="2023-04-29").frame.set_index("freshness")["count"]
    assert on_the_day["fresh"] == 2


def test_stale_records_are_named_by_code_with_what_to_do(service_map: TableGroup) -> None:
    """S01 was checked this month, S03 has closed for good; S02 was last checked six months and a day ago."""
    found = settle_statistic(upkeep.stale(service_map, as_of="2023-04-30"))
    assert found[["service_code", "status", "checked", "months"]].to_numpy().tolist() == [
        ["S02", "Active", "October 2022", "6"]
    ]
    assert found["to_do"].tolist() == [upkeep.ASK]
    later = upkeep.stale(service_map, as_of="2024-01-31", months=6).frame
    assert later[["service_code", "months"]].to_numpy().tolist() == [["S01", "9"], ["S02", "15"]]


def test_a_record_never_checked_is_stale_on_any_day(service_map: TableGroup) -> None:
    rows = service_map["services"]
    rows.frame.loc[0, "assured_date"] = pd.NaT
    found = upkeep.stale(service_map, as_of="2020-01-01").frame
    assert found[["service_code", "checked"]].to_numpy().tolist() == [["S01", "never, or not recorded"]]
    assert found["months"].tolist() == [""]


def test_freshness_without_a_day_is_refused(service_map: TableGroup) -> None:
    for day in ("", "yesterday", "30/04/2023"):
        with pytest.raises(InputRefused, match="as_of"):
            services.counts(service_map, ["freshness"], as_of=day)


def test_routes_to_a_closed_service_are_counted(service_map: TableGroup) -> None:
    assert services.routes(service_map).frame["count"].tolist() == [1, 1]


def test_services_per_1000_children_count_a_service_once_in_an_age_band(service_map: TableGroup) -> None:
    children = pd.DataFrame({"area_id": ["Z01", "Z02"], "age_band": ["10-13", "10-13"], "persons": [600, 400]})
    text = services.access(service_map, table("area_population", children)).frame["text"].tolist()
    assert text == ["2.0 (1,000 children)", "no children recorded"]


def test_nothing_is_counted_by_area(service_map: TableGroup) -> None:
    with pytest.raises(UnknownName):
        services.counts(service_map, ["area_id"])


def test_no_name_of_a_service_is_in_any_result(service_map: TableGroup) -> None:
    assert list(services.network(service_map).frame["service_code"]) == ["S01", "S02"]


def test_the_middle_of_a_line_and_the_hub_of_a_star_lie_between_the_others() -> None:
    # by hand: on a -> b -> c only the route a to c passes b: 1 of (3-1)(3-2) = 2 ordered pairs
    assert services.betweenness({"a": ["b"], "b": ["c"], "c": []}) == {"a": 0, "b": 0.5, "c": 0}
    star = {"hub": ["x", "y", "z"], "x": ["hub"], "y": ["hub"], "z": ["hub"]}
    assert services.betweenness(star) == {"hub": 1, "x": 0, "y": 0, "z": 0}


def test_betweenness_agrees_with_counting_every_shortest_path() -> None:
    graph = {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": ["e", "a"], "e": ["b"]}

    def shortest(start: str, end: str) -> list[tuple[str, ...]]:
        for length in range(1, len(graph)):
            routes = [
                (start, *way, end)
                for way in itertools.permutations(set(graph) - {start, end}, length - 1)
                if all(there in graph[here] for here, there in itertools.pairwise((start, *way, end)))
            ]
            if routes:
                return routes
        return []

    expected = dict.fromkeys(graph, 0.0)
    for start, end in itertools.permutations(graph, 2):
        routes = shortest(start, end)
        for node in set(graph) - {start, end}:
            expected[node] += sum(node in route for route in routes) / max(1, len(routes)) / 12
    assert services.betweenness(graph) == pytest.approx(expected)
