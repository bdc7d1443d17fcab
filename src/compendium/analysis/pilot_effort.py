"""What the pilot takes and what must not get worse: staff time, cost, balancing measures, changes made on the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from compendium.aggregate import Counts, Dimension, Statistic
from compendium.analysis.counting import counted
from compendium.analysis.pilot import WITHOUT_CONSENT, By, consenting, least, without_consent
from compendium.declared import broken, day, of_all
from compendium.errors import InputRefused, Problem

STAFF_TIME = {
    "group": "Services of",
    "who": "Who",
    "wave": "Wave",
    "n": "Services",
    "hours": "Hours, middle service",
    "hours_low": "Hours, a quarter below",
    "hours_high": "Hours, a quarter above",
    "cost": "Cost, middle service",
    "cost_low": "Cost, a quarter below",
    "cost_high": "Cost, a quarter above",
}
ALL_STAFF = "All staff of an assessment"
BALANCING = {
    "measure": "Balancing measure",
    "wave": "Wave",
    "services": "Services",
    "events": "How many",
    "out_of": "Of how many",
    "share": "Share",
}
SAFEGUARDS = {"practice": "Practice", "evaluators": "Young evaluators", "recorded": "Recorded", "kept": "Kept"}
PRACTICES = {
    "consent": "Consent",
    "assent": "Assent of those under 16",
    "withdrew": "Whether they left",
    "paid": "Payment for their time",
    "safeguarding_lead": "A named safeguarding lead",
    "uses_service": "Nobody rates a service they use",
}
DECLARATION = {
    "criterion": "Criterion",
    "declared_on": "Declared on",
    "first_rating": "First rating on",
    "fingerprint": "Fingerprint",
}
SHOWN_OF_HASH = 16  # of 64 digits: enough to compare by eye


def staff_time(records: Any, by: By = "all") -> Statistic:
    """Hours and cost of one assessment by kind of staff and wave: the middle service and the middle half of services.

    Kind `staff_time`. The last rows are all staff of an assessment together. No lowest and no highest service.
    """
    spent = consenting(records, "costs")
    roles = records["costs"].dimensions["staff_role"].categories
    titles = records["costs"].dimensions["wave"].categories
    groups = [("", spent)]  # one group needs no name
    if by == "area":
        groups = [(str(area), part) for area, part in spent.groupby("pilot_area", sort=True)]
    rows = []
    for group, part in groups:
        whole = part.groupby(["service_code", "wave"])[["staff_hours", "cost"]].sum().reset_index()
        kinds = [(title, part[part["staff_role"] == role]) for role, title in roles.items()] if by == "all" else []
        for who, spent_by in [*kinds, (ALL_STAFF, whole)]:
            for wave, words in titles.items():
                each = spent_by[spent_by["wave"] == wave]
                if len(each):
                    ranges = (*_range(each["staff_hours"]), *_range(each["cost"]))
                    codes = each["service_code"].tolist()
                    rows.append((group, who, words, len(each), *ranges, without_consent(records, codes)))
    frame = pd.DataFrame(rows, columns=[*STAFF_TIME, WITHOUT_CONSENT])
    headings = STAFF_TIME | {
        "cost": f"{records['costs'].labels.get('cost', 'Cost')}, middle service"
    }  # names the currency
    return Statistic("staff_time", frame, headings, "service", least(frame, "n"), records["costs"].origin)


def _range(values: pd.Series[Any]) -> tuple[float, float, float]:
    numbers = pd.to_numeric(values).astype(float)
    return float(numbers.median()), float(numbers.quantile(0.25)), float(numbers.quantile(0.75))


def balancing(records: Any) -> Statistic:
    """What must not get worse, summed over services with consent, by wave (kind `balancing`): counts of persons."""
    table = records["balancing"]
    rows_of = consenting(records, "balancing")
    measures, titles = (table.dimensions[name].categories for name in ("measure", "wave"))
    rows = []
    for measure, words in measures.items():
        for wave, when in titles.items():
            each = rows_of[(rows_of["measure"] == measure) & (rows_of["wave"] == wave)]
            events, out_of = int(each["events"].sum()), int(each["out_of"].sum())
            if len(each):
                rows.append((words, when, len(each), str(events), str(out_of), events / out_of if out_of else None))
    frame = pd.DataFrame(rows, columns=list(BALANCING))
    return Statistic("balancing", frame, BALANCING, "child", least(frame, "services"), table.origin)


def adaptations(records: Any, by: Iterable[str] = ("kind", "reason_code")) -> Counts:
    """Adaptations of criteria that services with consent made (FRAME); `month` is that from which they were used."""
    table, rows = records["adaptations"], consenting(records, "adaptations")
    months = sorted({_month(value) for value in rows["adapted_on"]})
    rows = rows.assign(month=[_month(value) for value in rows["adapted_on"]])
    month = Dimension("month", "Month", {month: month for month in months}, ordered=True)
    dimensions = tuple(month if name == "month" else table.dimensions[name] for name in by)
    return counted(table, rows, dimensions, "adaptation")


def barriers(records: Any, by: Sequence[str] = ("domain", "direction")) -> Counts:
    """Coded passages of services with consent, by domain of CFIR 2.0 and by whether it helped."""
    table, rows = records["pilot_barriers"], consenting(records, "pilot_barriers")
    passages = rows.loc[rows.index.repeat(pd.to_numeric(rows["segments"]).astype(int))]
    return counted(table, passages, tuple(table.dimensions[name] for name in by), "coded passage")


def people_asked(records: Any) -> Counts:
    """Practitioners and young people who were asked, by whether they took part."""
    table = records["pilot_people"]
    asked, took_part = (pd.to_numeric(table.frame[name]).astype(int) for name in ("asked", "took_part"))
    rows = pd.concat(
        [
            table.frame.loc[table.frame.index.repeat(number)].assign(answer=answer)
            for answer, number in (("took_part", took_part), ("did_not", asked - took_part))
        ]
    )
    answer = Dimension("answer", "Answer", {"took_part": "Took part", "did_not": "Did not take part"}, sensitive=True)
    return counted(table, rows, (table.dimensions["who"], answer), "invitation")


def what_evaluators_said(records: Any) -> Counts:
    """How many young evaluators spoke of each code; somebody who spoke of two counts twice."""
    table = records["evaluator_codes"]
    return counted(table, table.frame, (table.dimensions["code"],), "mention")


def safeguards(records: Any) -> Statistic:
    """For each practice that keeps young evaluators safe: recorded for everybody, and kept? (kind `safeguards`)"""
    table = records["young_evaluators"]
    rows = [
        (words, str(len(table.frame)), *_kept(table.frame, name)) for name, words in PRACTICES.items() if len(table)
    ]
    frame = pd.DataFrame(rows, columns=list(SAFEGUARDS))
    return Statistic("safeguards", frame, SAFEGUARDS, "young evaluator", len(table), table.origin)


def _kept(evaluators: pd.DataFrame, name: str) -> tuple[str, str]:
    answers = evaluators[name].fillna("")
    wanted = "no" if name == "uses_service" else "yes"
    recorded = "for everybody" if (answers != "").all() else "not for everybody"
    if name == "withdrew":
        return recorded, "not a thing to keep"
    stays = evaluators["withdrew"].fillna("") != "yes"
    return recorded, "for everybody who stayed" if (answers[stays] == wanted).all() else "not for everybody"


def declaration(records: Any) -> Statistic:
    """The progression criteria as they were declared, with their fingerprints (kind `declaration`).

    Raises `InputRefused` naming each criterion that was changed, added, taken out, or declared after the first rating.
    """
    criteria, protocol = (_rows(records[name]) for name in ("progression_criteria", "pilot_protocol"))
    began = [day(value) for value in records["pilot_waves"].frame["began_on"]]
    first = min(began, default=None)
    if wrong := broken(criteria, protocol, first):
        raise InputRefused(
            [Problem(f"table {one.table}", message=one.message, remedy=one.remedy, column="criterion") for one in wrong]
        )
    shown = str(first) if first else "not yet"
    rows = [
        (str(row["criterion"]), str(day(row["declared_on"])), shown, str(row["fingerprint"])[:SHOWN_OF_HASH])
        for row in protocol
    ]
    if rows:
        together = of_all(str(row["fingerprint"]) for row in protocol)
        declared = str(max(day(row["declared_on"]) for row in protocol))
        rows.append(("All criteria together", declared, shown, together[:SHOWN_OF_HASH]))
    origin = records["pilot_protocol"].origin
    return Statistic("declaration", pd.DataFrame(rows, columns=list(DECLARATION)), DECLARATION, "criterion", 0, origin)


def _rows(table: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table.frame.to_dict("records")
    return found


def _month(value: Any) -> str:
    return day(value).isoformat()[:7]
