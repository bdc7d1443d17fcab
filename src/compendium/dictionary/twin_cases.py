"""Synthetic case files: cases, their crimes and events. People are in `twin_people`.

Null scenario: areas by chance in proportion to children, days by chance within the period.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from compendium.dictionary.twin_draw import Draw, apportion, month_days
from compendium.dictionary.twin_parameters import Parameters

GROUPS = {"sexual_communication": "communication", "extortion": "other", "exposure": "other", "other_online": "other"}
FILES_DRAWN = dt.timedelta(days=184)  # files are read six months after the period ends
NEEDS_AN_ADULT = "88A"  # Sexual Offences Act 2003, sections 15 and 15A: a person aged 18 or over
CHILD_INSTEAD = "8R"
Row = dict[str, Any]


@dataclass
class Case:
    """A case while it is being made."""

    row: Row
    form_group: str
    crimes: list[Row] = field(default_factory=list)
    victims: list[Row] = field(default_factory=list)
    suspects: list[Row] = field(default_factory=list)

    def __getitem__(self, name: str) -> Any:
        return self.row[name]

    @property
    def victim_ages(self) -> tuple[int, int]:
        """Youngest and oldest: 88A and 22B are about children under 16; a child harmed by a child is 10 or older."""
        codes = {crime["offence_code"] for crime in self.crimes}
        return 10 if self["responsible"] == "child" else 0, 15 if codes & {"88A", "22B"} else 17


def make_cases(
    locality_id: str, parameters: Parameters, children: Mapping[str, int], period: tuple[str, str], draw: Draw
) -> list[Case]:
    """Cases with their crimes, in the order of recording. `children` is the number of children by counted area."""
    number = parameters["cases.number_elsewhere"].get(locality_id, parameters["cases.number"])
    first, last = month_days(*period)
    days = sorted(first + dt.timedelta(days=draw.whole(0, (last - first).days)) for _ in range(number))
    forms = draw.spread(parameters["cases.form"], number)
    responsible = _within(parameters["cases.responsible"], forms, draw)
    groups = [form_group(form) for form in forms]
    routes = _within(parameters["cases.route"], groups, draw)
    identified = _within(parameters["cases.suspect_identified"], responsible, draw)
    safeguarding = draw.spread(parameters["cases.safeguarding"], number)
    stages = draw.spread(_stage_shares(parameters), number)
    cases = []
    for index, day in enumerate(days):
        row = {
            "case_id": f"C-{index + 1:05d}",
            "recorded_on": day,
            "form": forms[index],
            "responsible": responsible[index],
            "route": routes[index],
            "zone": draw.choose(children),
            "suspect_identified": identified[index],
            "safeguarding": safeguarding[index],
            "stage": stages[index],
            "non_recent": "no",
        }
        cases.append(Case(row, groups[index]))
    _add_crimes(cases, parameters, last + FILES_DRAWN, draw)
    return cases


def form_group(form: str) -> str:
    return GROUPS.get(form, "image" if form.startswith("image_") else "not_recorded")


def make_events(cases: Sequence[Case], parameters: Parameters, last: dt.date, draw: Draw) -> pd.DataFrame:
    """`case_events`: the dated steps of each case, none after `last`."""
    means = parameters["crimes.delays"]
    rows: list[Row] = []
    for case in cases:
        recorded = case["recorded_on"]
        steps = {"reported": recorded - draw.days(means["report_to_record"], 30), "recorded": recorded}
        if case["safeguarding"] != "not_recorded":
            steps["safeguarding"] = recorded + draw.days(means["safeguarding"], 60)
        ends = case.crimes[0]["outcome_on"]
        if case["suspect_identified"] == "yes":
            longest = ((ends or last) - recorded).days
            steps["suspect_identified"] = recorded + draw.days(means["suspect"], longest)
        if ends:
            steps["outcome"] = ends
        rows += [{"case_id": case["case_id"], "event": event, "on": day} for event, day in steps.items()]
    return pd.DataFrame([{"event_id": f"E-{number:05d}", **row} for number, row in enumerate(rows, 1)])


def crime_table(cases: Sequence[Case]) -> pd.DataFrame:
    """`crimes`: the crimes of all cases, numbered."""
    rows = [crime for case in cases for crime in case.crimes]
    return pd.DataFrame([{"crime_id": f"R-{number:05d}", **row} for number, row in enumerate(rows, 1)])


def _within(weights: Mapping[str, Mapping[str, float]], given: Sequence[str], draw: Draw) -> list[str]:
    """A value for each entry of `given`, in the shares declared for that entry."""
    pools = {key: draw.spread(shares, given.count(key)) for key, shares in weights.items()}
    return [pools[key].pop() for key in given]


def _stage_shares(parameters: Parameters) -> dict[str, float]:
    withdrawn = parameters["cases.withdrawn"]
    rest = 1 - sum(withdrawn.values())
    still_open = parameters["cases.open"]
    return {"open": rest * still_open, "outcome": rest * (1 - still_open), **withdrawn}


def _add_crimes(cases: Sequence[Case], parameters: Parameters, last: dt.date, draw: Draw) -> None:
    three = int(parameters["crimes.three"])
    two = apportion({"two": parameters["crimes.two"], "one": 1 - parameters["crimes.two"]}, len(cases))["two"]
    sizes = draw.shuffled([3] * three + [2] * two + [1] * (len(cases) - two - three))
    non_recent = draw.spread(
        {"yes": parameters["crimes.non_recent"], "no": 1 - parameters["crimes.non_recent"]}, len(cases)
    )
    for case, size, old in zip(cases, sizes, non_recent, strict=True):
        outcome = _outcome(case, parameters, draw)
        ends = None
        if outcome:
            longest = (last - case["recorded_on"]).days
            ends = (
                case["recorded_on"]
                + dt.timedelta(days=1)
                + draw.days(parameters["crimes.delays"]["outcome"], longest - 1)
            )
        for number in range(size):
            begins, ceases = _offence_dates(case, parameters, old == "yes", draw)
            if number == 0:
                case.row["non_recent"] = old if ceases else "not_recorded"
            case.crimes.append(
                {
                    "case_id": case["case_id"],
                    "principal": number == 0,
                    "offence_code": _offence(case, parameters, draw),
                    "online": "yes",
                    "offence_from": begins,
                    "offence_to": ceases,
                    "recorded_on": case["recorded_on"],
                    "outcome_type": outcome,
                    "outcome_on": ends,
                    "platform": "not_recorded",
                }
            )
    _name_platforms([crime for case in cases for crime in case.crimes], parameters, draw)


def _offence(case: Case, parameters: Parameters, draw: Draw) -> str:
    code = draw.choose(parameters["crimes.offence"][case["form"]])
    return CHILD_INSTEAD if code == NEEDS_AN_ADULT and case["responsible"] == "child" else code


def _outcome(case: Case, parameters: Parameters, draw: Draw) -> str:
    """The outcome type of a closed case; empty while it is open or when the record was withdrawn."""
    if case["stage"] != "outcome":
        return ""
    if case["suspect_identified"] != "yes":
        return draw.choose(parameters["crimes.outcome_no_suspect"])
    child = case["responsible"] == "child"
    return draw.choose(parameters["crimes.outcome_child" if child else "crimes.outcome_suspect"])


def _offence_dates(case: Case, parameters: Parameters, old: bool, draw: Draw) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of an offence; none when they are not recorded. Non-recent: ended over a year before."""
    means = parameters["crimes.delays"]
    before = draw.days(means["offence_to_record"], 365)
    if old:
        before = dt.timedelta(days=366) + draw.days(means["non_recent_extra"], 3000)
    ceases = case["recorded_on"] - before
    begins = ceases - draw.days(means["offence_length"], 365)
    return (None, None) if draw.chance(parameters["crimes.dates_missing"]) else (begins, ceases)


def _name_platforms(crimes: Sequence[Row], parameters: Parameters, draw: Draw) -> None:
    known = round(parameters["crimes.platform_known"] * len(crimes))
    names = draw.spread(parameters["crimes.platform"], known)
    for crime, name in zip(draw.shuffled(crimes), names, strict=False):
        crime["platform"] = name
