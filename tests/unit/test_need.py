"""Need beside provision: what a commissioner reads, and what it can't tell about anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest

from compendium import Study, intervals
from compendium.aggregate import CheckedTable, Counts, Dimension, Origin, Released
from compendium.analysis import cases, need, places
from compendium.charts import draw
from compendium.disclosure import settle_counts
from compendium.errors import CompendiumError, UnknownName
from compendium.proposals import Derivation
from compendium.release.derived import derive
from tests.shared import ROOT

NAMES = ("victims_by_group", "services_by_group", "children_by_group")
ASKED = Derivation("beside", "02", "Need beside provision", "need_beside_provision", NAMES, "beside")


@pytest.fixture(scope="module")
def study() -> Study:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPENDIUM_ROOT", str(ROOT))
        return Study.open("blackpool")


def group_counts(study: Study) -> dict[str, Counts]:
    areas, groups = study.table("areas"), study.table("area_groups")
    found = (
        need.victims(study.table("case_files"), areas, groups),
        need.services(study.table("service_map"), areas, groups),
        need.children(study.table("area_population"), areas, groups),
    )
    return dict(zip(NAMES, found, strict=True))


def test_groups_hold_every_victim_place_and_child_once(study: Study) -> None:
    found = group_counts(study)
    files, service_map = study.table("case_files"), study.table("service_map")
    by_zone = places.by_area(service_map, study.table("areas"), level="zone").frame["count"].sum()
    assert found["victims_by_group"].frame["count"].sum() == len(files["victims"].frame)
    assert found["services_by_group"].frame["count"].sum() == by_zone
    assert found["children_by_group"].frame["count"].sum() == 29_110


def test_counts_agree_with_counting_by_hand(study: Study) -> None:
    files = study.table("case_files")
    group_of = dict(study.table("area_groups").frame[["area_id", "deprivation_group"]].to_numpy())
    zones = dict(files["cases"].frame[["case_id", "zone"]].to_numpy())
    by_hand = [group_of[zones[case]] for case in files["victims"].frame["case_id"]]
    frame = group_counts(study)["victims_by_group"].frame
    assert dict(frame.to_numpy()) == {code: by_hand.count(code) for code in "123"}


def test_the_groups_link_with_the_parts_of_the_locality_when_both_are_protected(study: Study) -> None:
    """Zones in two groupings are one variable: what a third and a group have in common is attacked too."""
    files, areas = study.table("case_files"), study.table("areas")
    third = cases.counts(files, ["area"], unit="victim", areas=areas)
    group = need.victims(files, areas, study.table("area_groups"))
    assert third.dimensions[0].variable == group.dimensions[0].variable == "zone"
    settle_counts({"by_third": third, "by_group": group})


def released(name: str, counts: Sequence[int | None], unit: str, **labels: str) -> Released:
    dimension = Dimension("deprivation_group", "Group", labels, area=True)
    origin = Origin(name, name, "sensitive", "synthetic", "threshold-10", f"source of {name}")
    whole = None if None in counts else sum(count or 0 for count in counts)
    frame = pd.DataFrame({"deprivation_group": [*labels, "Total"], "count": pd.array([*counts, whole], dtype="Int64")})
    frame["status"] = ["published" if count is not None else "hidden" for count in [*counts, whole]]
    return Released(name, name, "", frame, unit, "counts", (dimension,), {}, origin, "threshold-10")


THREE = {"1": "Most deprived areas", "2": "Areas between", "3": "Least deprived areas"}


def three_tables(victims: Sequence[int | None], services: Sequence[int | None]) -> dict[str, Released]:
    return {
        NAMES[0]: released(NAMES[0], victims, "victim", **THREE),
        NAMES[1]: released(NAMES[1], [*services, 4], "service at a location", **THREE, no_area="Online"),
        NAMES[2]: released(NAMES[2], (10_000, 8_000, 4_000), "child", **THREE),
    }


def test_rates_are_those_of_released_counts_with_exact_intervals() -> None:
    (found,) = derive([ASKED], three_tables((70, 40, 10), (4, 6, 1))).values()
    row = found.frame.iloc[2]
    # 10 events: 4.795 to 18.390 (Garwood 1936; printed in every table of exact Poisson limits), over 4 thousand
    assert (row["need_rate"], row["low"], row["high"]) == (2.5, 1.2, 4.6)
    assert found.frame["need_rate"].tolist() == [7.0, 5.0, 2.5]
    assert found.frame["provision_rate"].tolist() == [0.4, 0.75, 0.25]
    assert found.frame["group"].tolist() == list(THREE.values())  # declared order, whatever the numbers


def test_exact_limits_for_ten_and_for_none() -> None:
    assert intervals.poisson(10) == pytest.approx((4.795, 18.390), abs=5e-4)
    assert intervals.poisson(0) == pytest.approx((0.0, 3.689), abs=5e-4)


def test_a_hidden_count_has_no_rate_and_no_mark_but_the_neutral_one() -> None:
    (found,) = derive([ASKED], three_tables((None, 40, None), (4, 6, 0))).values()
    assert found.frame["need"].tolist() == ["hidden", "40", "hidden"]
    assert found.frame["need_rate"].isna().tolist() == [True, False, True]
    drawing = draw(found)
    assert "Most deprived areas: victims hidden and 0.40 services per 1,000 children" in drawing.alt
    assert drawing.svg.count(b">hidden</text>") == 2
    # the least deprived group has no service: drawn as the hidden ones are
    assert drawing.svg.count(b'fill="url(#') + drawing.svg.count(b"fill: url(#") == 3


def test_it_is_as_invented_and_as_sensitive_as_what_it_rests_on() -> None:
    (found,) = derive([ASKED], three_tables((70, 40, 10), (4, 6, 1))).values()
    assert (found.origin.provenance, found.origin.sensitivity) == ("synthetic", "sensitive")
    assert found.origin.source == "; ".join(f"source of {name}" for name in NAMES)


def test_a_table_nobody_released_and_a_kind_nobody_knows_are_named() -> None:
    tables = three_tables((70, 40, 10), (4, 6, 1))
    with pytest.raises(UnknownName, match="no table victims_by_grup"):
        derive([Derivation("x", "02", "", "need_beside_provision", ("victims_by_grup",))], tables)
    with pytest.raises(UnknownName, match="Did you mean need_beside_provision"):
        derive([Derivation("x", "02", "", "need_beside_provison", NAMES)], tables)
    with pytest.raises(CompendiumError, match="twice"):
        derive([Derivation(NAMES[0], "02", "", "need_beside_provision", NAMES)], tables)


def of_groups(study: Study, **of_area: str) -> CheckedTable:
    table = study.table("area_groups")
    frame = table.frame.assign(**{column: table.frame[column].replace(of_area) for column in ["deprivation_group"]})
    return CheckedTable(table.origin, table.unit, frame, table.dimensions)


def test_fewer_than_three_groups_show_nothing(study: Study) -> None:
    two, areas = of_groups(study, **{"3": "2"}), study.table("areas")
    assert need.victims(study.table("case_files"), areas, two).frame.empty
    assert need.services(study.table("service_map"), areas, two).frame.empty
    assert need.children(study.table("area_population"), areas, two).frame.empty


def test_groups_of_two_editions_are_refused(study: Study) -> None:
    table = study.table("area_groups")
    frame = table.frame.copy()
    frame.loc[0, "edition"] = "IMD 2019"
    mixed = CheckedTable(table.origin, table.unit, frame, table.dimensions)
    with pytest.raises(CompendiumError, match="IMD 2019, invented"):
        need.children(study.table("area_population"), study.table("areas"), mixed)


def test_cases_filed_under_no_group_are_refused_or_stand_apart_as_the_locality_says(study: Study) -> None:
    table = study.table("area_groups")
    fewer = CheckedTable(table.origin, table.unit, table.frame[table.frame["area_id"] != "Z01"], table.dimensions)
    files, areas = study.table("case_files"), study.table("areas")
    with pytest.raises(CompendiumError, match="no group by deprivation"):
        need.victims(files, areas, fewer)
    apart = need.victims(files, areas, fewer, apart=True).frame
    assert apart["count"].sum() == len(files["victims"].frame)
    assert list(apart["deprivation_group"]) == ["1", "2", "3", "no_area"]


def test_a_locality_without_groups_has_empty_tables_and_no_error(study: Study) -> None:
    table = study.table("area_groups")
    none = CheckedTable(table.origin, table.unit, table.frame.head(0), table.dimensions, supplied=False)
    areas = study.table("areas")
    assert need.victims(study.table("case_files"), areas, none).frame.empty
    assert need.services(study.table("service_map"), areas, none).frame.empty
    assert need.children(study.table("area_population"), areas, none).frame.empty
    empty = {name: released(name, [], "victim") for name in NAMES}
    empty = {name: replace(one, frame=one.frame.head(0)) for name, one in empty.items()}
    assert derive([ASKED], empty)["beside"].frame.empty
