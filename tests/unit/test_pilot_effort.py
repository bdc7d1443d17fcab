"""Staff time, balancing measures, adaptations and young evaluators: what is shown, and what a floor holds back."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pandas as pd
import pytest

from compendium.analysis import pilot_effort
from compendium.disclosure import settle_statistic
from compendium.errors import DisclosureRefused, InputRefused
from tests.unit.pilot_tables import criterion, records

Rows = list[dict[str, Any]]


def cost(service: str, role: str, hours: float, wave: str = "before") -> dict[str, Any]:
    return {"service_code": service, "wave": wave, "staff_role": role, "staff_hours": hours, "cost": 20 * hours}


def worried(service: str, events: int, out_of: int, wave: str = "before") -> dict[str, Any]:
    return {"service_code": service, "wave": wave, "measure": "more_worried", "events": events, "out_of": out_of}


def changed(service: str, part: str, criterion_id: str = "1.1") -> dict[str, Any]:
    row = {"service_code": service, "criterion_id": criterion_id, "kind": "wording", "reason_code": "time"}
    return row | {"adapted_on": dt.date(2024, 7, 2), "decided_by": "manager", "part": part, "planned": "no"}


def test_staff_time_is_that_of_the_middle_service_and_adds_up_over_kinds_of_staff() -> None:
    """Eight services with 1 to 8 hours of a manager and one hour of administration each: middle 4.5, and 5.5 in all."""
    rows = [row for n in range(1, 9) for row in (cost(f"A0{n}", "manager", n), cost(f"A0{n}", "admin", 1))]
    found = settle_statistic(pilot_effort.staff_time(records({"costs": rows}))).set_index("who")
    assert found.loc["Manager", ["hours", "hours_low", "hours_high"]].tolist() == [4.5, 2.8, 6.2]
    assert found.loc["All staff of an assessment", ["hours", "cost"]].tolist() == [5.5, 110]


def test_under_six_services_there_is_no_middle_and_under_eight_no_quarters() -> None:
    for services, shown in ((5, [False, False]), (7, [True, False]), (8, [True, True])):
        rows = [cost(f"A0{n}", "manager", n) for n in range(1, services + 1)]
        found = settle_statistic(pilot_effort.staff_time(records({"costs": rows}))).iloc[0]
        assert found[["hours", "hours_low"]].notna().tolist() == shown


def test_balancing_numbers_under_ten_are_hidden_and_others_are_about() -> None:
    few = [worried(f"A0{n}", 1, 20) for n in range(1, 8)]  # 7 of 140
    many = [worried(f"A0{n}", 4, 20, "after") for n in range(1, 8)]  # 28 of 140
    found = settle_statistic(pilot_effort.balancing(records({"balancing": [*few, *many]})))
    assert found[["events", "out_of"]].values.tolist() == [["fewer than 10", "about 140"], ["about 30", "about 140"]]
    assert found["share"].isna().tolist() == [True, False]


def test_almost_all_is_hidden_as_almost_none_is() -> None:
    rows = [worried(f"A0{n}", 19, 20) for n in range(1, 8)]  # 133 of 140: seven are left
    found = settle_statistic(pilot_effort.balancing(records({"balancing": rows}))).iloc[0]
    assert (found["events"], found["share"]) == ("10 or more", pytest.approx(float("nan"), nan_ok=True))


def test_balancing_of_fewer_than_five_services_is_not_shown() -> None:
    rows = [worried(f"A0{n}", 10, 20) for n in range(1, 5)]
    found = settle_statistic(pilot_effort.balancing(records({"balancing": rows}))).iloc[0]
    assert (found["events"], found["out_of"]) == ("not shown", "not shown")


def test_every_number_that_is_shown_could_be_another() -> None:
    """By brute force over all tables of 30 to 120 incidents: no row that is shown has one number of events only."""
    every = [(events, out_of) for out_of in range(30, 121) for events in range(out_of + 1)]
    one = pilot_effort.balancing(records({"balancing": [worried(f"A0{n}", 1, 20) for n in range(1, 7)]}))
    frame = pd.concat([one.frame] * len(every), ignore_index=True)
    frame[["events", "out_of"]] = [(str(events), str(out_of)) for events, out_of in every]
    frame["share"] = [events / out_of for events, out_of in every]
    rows = settle_statistic(dataclasses.replace(one, frame=frame)).assign(truth=[events for events, _ in every])
    kinds = rows.fillna({"share": -1}).groupby(["events", "out_of", "share"])["truth"].nunique()
    assert kinds.min() > 1


def test_adaptations_of_a_service_without_consent_are_not_counted() -> None:
    tables = records({"adaptations": [changed("A01", "core"), changed("A02", "core")]}, A02="refused")
    found = pilot_effort.adaptations(tables, ["part", "month"]).frame
    assert found.loc[found["count"] > 0].values.tolist() == [["core", "2024-07", 1]]


def test_people_who_were_asked_and_did_not_come_are_counted() -> None:
    people = [{"pilot_area": "Pilot area 1", "who": "practitioners", "asked": 30, "took_part": 18}]
    found = pilot_effort.people_asked(records({"pilot_people": people})).frame
    assert found["count"].tolist() == [18, 12]


def evaluators(number: int, **answers: str) -> Rows:
    kept = dict.fromkeys(("consent", "assent", "paid", "safeguarding_lead"), "yes")
    kept |= {"withdrew": "no", "uses_service": "no", **answers}
    return [{"evaluator_id": f"Y-{n:03d}", **kept} for n in range(number)]


def test_a_gap_in_the_record_of_payment_is_told_without_saying_whose() -> None:
    rows = [*evaluators(11), *evaluators(1, paid="")]
    found = settle_statistic(pilot_effort.safeguards(records({"young_evaluators": rows}))).set_index("practice")
    assert found.loc["Payment for their time"].tolist() == ["10 or more", "not for everybody", "not for everybody"]
    assert found.loc["Consent"].tolist() == ["10 or more", "for everybody", "for everybody who stayed"]


@pytest.mark.parametrize(
    ("number", "shown"),
    [(4, ["fewer than 10", "not shown", "not shown"]), (9, ["fewer than 10", "for everybody", "not shown"])],
)
def test_of_few_evaluators_no_sentence_says_that_all_of_them_did(number: int, shown: list[str]) -> None:
    found = settle_statistic(pilot_effort.safeguards(records({"young_evaluators": evaluators(number)})))
    assert found.loc[0, ["evaluators", "recorded", "kept"]].tolist() == shown


def test_the_declaration_shows_the_first_digits_of_each_fingerprint_and_of_all_together() -> None:
    found = pilot_effort.declaration(records({"progression_criteria": [criterion(), criterion(criterion="Another")]}))
    assert found.frame["criterion"].tolist() == ["Services stay", "Another", "All criteria together"]
    assert found.frame["fingerprint"].str.len().eq(16).all()
    assert set(found.frame["first_rating"]) == {"2024-05-13"}


def test_criteria_that_nobody_declared_stop_the_run() -> None:
    with pytest.raises(InputRefused, match="not in the protocol"):
        pilot_effort.declaration(records({"progression_criteria": [criterion()], "pilot_protocol": []}))


def test_a_row_with_a_service_without_consent_is_refused_at_the_door() -> None:
    found = pilot_effort.staff_time(records({"costs": [cost("A01", "manager", 1)]}))
    bad = type(found)(found.kind, found.frame.assign(without_consent=1), found.columns, "service", 1, found.origin)
    with pytest.raises(DisclosureRefused, match="no written consent"):
        settle_statistic(bad)
