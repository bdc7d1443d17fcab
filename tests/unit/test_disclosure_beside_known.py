"""New tables beside what is known already: earlier releases, unlike periods, knowledge from outside."""

from __future__ import annotations

import pandas as pd
import pytest

from compendium.aggregate import Counts, Dimension, Origin
from compendium.disclosure import KnownTable, attack, settle_counts
from compendium.disclosure.settle import Protected
from compendium.errors import DisclosureRefused, InputRefused

CASES = Origin("cases", "Cases", "sensitive", "synthetic", "threshold-10", "invented")
ZONE = Dimension("zone", "Zone", {f"Z0{i}": f"Zone 0{i}" for i in range(1, 9)}, area=True)
FEBRUARY, MARCH = ("2026-01", "2026-02"), ("2026-01", "2026-03")
UP_TO_FEBRUARY = (40, 22, 35, 28, 31, 19, 12, 33)


def by_zone(*numbers: int, origin: Origin = CASES, unit: str = "victim") -> Counts:
    frame = pd.DataFrame({"zone": list(ZONE.categories), "count": numbers})
    return Counts(frame, unit, (ZONE,), origin)


def released(name: str, counts: Counts, settled: Protected, period: tuple[str, str]) -> KnownTable:
    frame = settled.frames[name]
    shown = frame[frame["status"] == "published"]
    cells = {tuple(row[:-2]): (int(row[-2]), int(row[-2])) for row in shown.itertuples(index=False)}
    return KnownTable(f"{name} of {period[1]}", "earlier release", counts.unit, counts.dimensions, period, cells)


def known(
    cells: dict[tuple[str, ...], tuple[int, int | None]], period: tuple[str, str] = MARCH, unit: str = "victim"
) -> KnownTable:
    return KnownTable("FOI reply 123", "outside knowledge: FOI reply 123", unit, (ZONE,), period, cells)


def status(settled: Protected, zone: str) -> str:
    frame = settled.frames["by_zone"]
    return str(frame.set_index("zone").loc[zone, "status"])


def verdicts(settled: Protected) -> dict[str, str]:
    return {cell["zone"]: cell["verdict"] for cell in settled.certificate["tables"]["by_zone"]["cells"]}


def february() -> KnownTable:
    counts = by_zone(*UP_TO_FEBRUARY)
    settled = settle_counts({"by_zone": counts}, period=FEBRUARY)
    assert set(settled.frames["by_zone"]["status"]) == {"published"}
    return released("by_zone", counts, settled, FEBRUARY)


def test_march_less_february_does_not_leave_one_child_in_a_zone() -> None:
    numbers = list(UP_TO_FEBRUARY)
    numbers[6] += 1
    march = settle_counts({"by_zone": by_zone(*numbers)}, period=MARCH, known=[february()])
    assert status(march, "Z07") == "hidden"
    assert status(march, "Total") == "hidden"  # else its difference would tell the same
    assert status(march, "Z01") == "published"
    assert set(verdicts(march).values()) == {"protected"}


def test_a_month_with_enough_records_is_shown_although_february_is_known() -> None:
    march = settle_counts({"by_zone": by_zone(*(n + 12 for n in UP_TO_FEBRUARY))}, period=MARCH, known=[february()])
    assert set(march.frames["by_zone"]["status"]) == {"published"}


def test_the_same_release_again_hides_the_same_cells() -> None:
    counts = by_zone(40, 22, 3, 28, 31, 19, 12, 5)
    first = settle_counts({"by_zone": counts}, period=MARCH)
    again = settle_counts({"by_zone": counts}, period=MARCH, known=[released("by_zone", counts, first, MARCH)])
    pd.testing.assert_frame_equal(first.frames["by_zone"], again.frames["by_zone"])


def test_a_period_that_has_nothing_in_common_is_not_linked() -> None:
    old = known({("Z07",): (1, 1)}, period=("2024-01", "2024-12"))
    settled = settle_counts({"by_zone": by_zone(*UP_TO_FEBRUARY)}, period=MARCH, known=[old])
    assert settled.certificate["known"] == []
    assert set(settled.frames["by_zone"]["status"]) == {"published"}


def test_another_unit_is_not_linked() -> None:
    settled = settle_counts(
        {"by_zone": by_zone(*UP_TO_FEBRUARY)}, period=MARCH, known=[known({("Z07",): (1, 1)}, unit="suspect")]
    )
    assert settled.certificate["known"] == []


def test_two_periods_are_linked_by_a_third_that_overlaps_both() -> None:
    """January to March less January to February is March; the known March to April then leaves April."""
    old = [
        known({("Z07",): (12, 12)}, period=("2026-01", "2026-02")),
        known({("Z07",): (13, 13)}, period=("2026-01", "2026-03")),
    ]
    new = settle_counts({"by_zone": by_zone(40, 22, 35, 28, 31, 19, 30, 33)}, period=("2026-03", "2026-04"), known=old)
    # March holds exactly 1, known before; April may not follow exactly, but 29 is many and no harm
    assert len(new.certificate["known"]) == 2
    assert status(new, "Z07") == "published"
    few = settle_counts({"by_zone": by_zone(40, 22, 35, 28, 31, 19, 10, 33)}, period=("2026-03", "2026-04"), known=old)
    assert status(few, "Z07") == "hidden"  # 10 less the 1 of March would leave 9 in April


def test_a_correction_that_contradicts_what_was_released_is_refused_with_the_pair_named() -> None:
    numbers = list(UP_TO_FEBRUARY)
    numbers[6] += 1
    with pytest.raises(DisclosureRefused, match=r"by_zone and by_zone of 2026-02 contradict") as refused:
        settle_counts({"by_zone": by_zone(*numbers)}, period=FEBRUARY, known=[february()])
    assert "13" not in str(refused.value) and "12" not in str(refused.value)


def test_a_contradiction_by_addition_names_the_tables_that_make_it() -> None:
    """The longer period holds fewer: no single cell stands in both tables."""
    numbers = list(UP_TO_FEBRUARY)
    numbers[6] -= 1
    with pytest.raises(DisclosureRefused, match="by_zone and by_zone of 2026-02 contradict"):
        settle_counts(
            {"by_zone": by_zone(*numbers)}, period=MARCH, known=[known({("Z01",): (0, 900)}, MARCH), february()]
        )


def test_two_known_numbers_that_contradict_each_other_are_named() -> None:
    one = known({("Z07",): (12, 12)})
    other = KnownTable("Press", "outside knowledge: press", "victim", (ZONE,), MARCH, {("Z07",): (0, 9)})
    with pytest.raises(DisclosureRefused, match="FOI reply 123 and Press contradict"):
        settle_counts({"by_zone": by_zone(*UP_TO_FEBRUARY)}, period=MARCH, known=[one, other])


def test_known_numbers_need_the_period_of_the_new_ones() -> None:
    with pytest.raises(DisclosureRefused, match="period"):
        settle_counts({"by_zone": by_zone(*UP_TO_FEBRUARY)}, known=[february()])


def test_a_number_known_from_outside_is_used_against_the_other_cells() -> None:
    """Z03 and Z08 are small. Alone they protect each other; once Z08 is known, a third cell must be hidden."""
    counts = by_zone(40, 22, 3, 28, 31, 19, 12, 5)
    told = known({("Z08",): (5, 5)})
    settled = settle_counts({"by_zone": counts}, period=MARCH, known=[told])
    assert status(settled, "Z08") == "hidden"  # known to some is no reason to print it
    assert verdicts(settled)["Z08"] == "known"
    rows = settled.certificate["tables"]["by_zone"]["cells"]  # and none to bound the others by it: 20 - 5 is not said
    assert {row["highest"] for row in rows} == {20}
    others = {zone: verdict for zone, verdict in verdicts(settled).items() if zone != "Z08"}
    assert len(others) >= 2 and set(others.values()) == {"protected"}
    frame = settled.frames["by_zone"].copy()
    frame.loc[frame["zone"] == "Z08", "count"] = 5
    found = attack(frame, count="count", threshold=10)
    assert set(found.loc[found["zone"] != "Z08", "verdict"]) == {"protected"}


def test_a_report_that_there_was_somebody_does_not_stop_a_release_that_adds_nothing() -> None:
    settled = settle_counts(
        {"by_zone": by_zone(40, 22, 3, 28, 31, 19, 12, 33)}, period=MARCH, known=[known({("Z03",): (1, None)})]
    )
    assert verdicts(settled)["Z03"] == "known"
    assert {verdict for zone, verdict in verdicts(settled).items() if zone != "Z03"} == {"protected"}


def test_bounds_from_outside_narrow_what_a_cell_can_be() -> None:
    """Z03 and Z08 hide 8 together with another; known that Z08 is at most 6, the mask must leave Z03 its room."""
    counts = by_zone(40, 22, 3, 28, 31, 19, 12, 5)
    settled = settle_counts({"by_zone": counts}, period=MARCH, known=[known({("Z08",): (0, 6)})])
    assert verdicts(settled)["Z03"] == "protected"
    assert verdicts(settled)["Z08"] == "known"


def test_public_figures_of_the_same_records_are_known_to_the_intruder() -> None:
    real = Origin("cases", "Cases", "sensitive", "real", "threshold-10", "records")
    public = Origin("official", "Official", "public", "real", "", "Home Office")
    official = by_zone(40, 22, 3, 28, 31, 19, 12, 5, origin=public)
    tables = {"by_zone": by_zone(40, 22, 3, 28, 31, 19, 12, 5, origin=real), "official": official}
    settled = settle_counts(tables, period=MARCH)
    assert [row["name"] for row in settled.certificate["known"]] == ["official"]
    assert set(settled.frames["official"]["status"]) == {"published"}
    assert verdicts(settled) == {"Z03": "known", "Z08": "known"}


def test_public_figures_of_real_records_say_nothing_of_synthetic_ones() -> None:
    public = Origin("official", "Official", "public", "real", "", "Home Office")
    tables = {"by_zone": by_zone(*UP_TO_FEBRUARY), "official": by_zone(1, 2, 3, 4, 5, 6, 7, 8, origin=public)}
    assert settle_counts(tables, period=MARCH).certificate["known"] == []


def test_months_of_a_table_and_months_of_a_period_are_one_variable() -> None:
    """A table by month of January to March contains the cell that March less February would give."""
    month = Dimension("month", "Month", {f"2026-0{i}": str(i) for i in (1, 2, 3)}, ordered=True)
    frame = pd.DataFrame({"month": list(month.categories), "count": [20, 20, 3]})
    by_month = Counts(frame, "victim", (month,), CASES)
    total = KnownTable("total of February", "earlier release", "victim", (), FEBRUARY, {(): (40, 40)})
    settled = settle_counts({"by_month": by_month}, period=MARCH, known=[total])
    shown = settled.frames["by_month"].set_index("month")["status"]
    assert shown["2026-03"] == "hidden" and shown["Total"] == "hidden"


def test_a_category_that_came_after_an_earlier_release_does_not_stop_the_next() -> None:
    """Before, the dictionary had no Z08; its 33 cases are all of March, and one more in Z07 would be found out."""
    before = Dimension("zone", "Zone", {code: code for code in list(ZONE.categories)[:7]}, area=True)
    cells = {(zone,): (n, n) for zone, n in zip(before.categories, UP_TO_FEBRUARY, strict=False)}
    old = KnownTable("old", "earlier release", "victim", (before,), FEBRUARY, {**cells, ("Total",): (187, 187)})
    march = settle_counts({"by_zone": by_zone(*UP_TO_FEBRUARY[:7], 33)}, period=MARCH, known=[old])
    assert set(march.frames["by_zone"]["status"]) == {"published"}
    few = settle_counts({"by_zone": by_zone(*UP_TO_FEBRUARY[:6], 13, 33)}, period=MARCH, known=[old])
    assert status(few, "Z07") == "hidden"


@pytest.mark.parametrize("period", [("2026-13", "2026-14"), ("2026-03", "2026-01"), ("March", "April")])
def test_a_period_is_two_whole_months(period: tuple[str, str]) -> None:
    with pytest.raises(InputRefused, match="month"):
        known({("Z07",): (1, 1)}, period=period)


def test_bounds_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(InputRefused, match="lowest first"):
        known({("Z07",): (3, 1)})


def test_to_know_about_how_many_are_in_a_cell_does_not_hide_the_whole_table() -> None:
    """4 is hidden with three others that make a square with it; the one that is nearly known is of no use for that."""
    form = Dimension("form", "Form", dict.fromkeys(("talk", "image", "other"), ""))
    zone = Dimension("zone", "Zone", dict.fromkeys(("Z01", "Z02", "Z03"), ""), area=True)
    places = [(z, f) for z in zone.categories for f in form.categories]
    frame = pd.DataFrame(places, columns=["zone", "form"]).assign(count=[4, *[22] * 8])
    table = Counts(frame, "victim", (zone, form), CASES)
    said = KnownTable("FOI", "outside", "victim", (zone, form), ("2025-01", "2025-12"), {places[4]: (20, 24)})
    settled = settle_counts({"t": table}, period=("2025-01", "2025-12"), known=[said])
    shown = settled.frames["t"]
    hidden = {(row.zone, row.form) for row in shown.itertuples() if row.status == "hidden"}
    assert len(hidden) == 4
    assert places[0] in hidden and places[4] not in hidden
    assert {cell["verdict"] for cell in settled.certificate["tables"]["t"]["cells"]} == {"protected"}
