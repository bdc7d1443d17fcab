"""Synthetic victims and recorded suspects, linked where one person is in both roles or in two cases."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from compendium.dictionary.twin_cases import Case, Row
from compendium.dictionary.twin_draw import Draw
from compendium.dictionary.twin_parameters import Parameters

BANDS = {"0-9": (4, 9), "10-13": (10, 13), "14-15": (14, 15), "16-17": (16, 17)}
FLAGS = ("flag_send", "flag_care", "flag_missing")
OF_THE_PERSON = ("person_id", "age", "age_band", "sex", "home_zone", *FLAGS)


def add_people(cases: Sequence[Case], parameters: Parameters, children: Mapping[str, int], draw: Draw) -> None:
    """Give every case its victims and, where somebody was recorded, its suspects."""
    numbers = (f"P-{number:05d}" for number in itertools.count(1))
    _add_victims(cases, parameters, children, numbers, draw)
    _repeat_victims(cases, parameters["victims.repeated"], draw)
    _add_suspects(cases, parameters, numbers, draw)
    _repeat_suspects(cases, parameters["suspects.repeated"], draw)
    _link_roles(cases, parameters["persons.both_roles"], draw)
    _refine_offences(cases)


def victim_table(cases: Sequence[Case]) -> pd.DataFrame:
    rows = [victim for case in cases for victim in case.victims]
    frame = pd.DataFrame([{"victim_row": f"V-{number:05d}", **row} for number, row in enumerate(rows, 1)])
    return frame.astype({"age": "Int64"})


def suspect_table(cases: Sequence[Case]) -> pd.DataFrame:
    rows = [suspect for case in cases for suspect in case.suspects]
    return pd.DataFrame([{"suspect_row": f"S-{number:05d}", **row} for number, row in enumerate(rows, 1)])


def _add_victims(
    cases: Sequence[Case], parameters: Parameters, children: Mapping[str, int], numbers: Iterator[str], draw: Draw
) -> None:
    more = {int(size): round(share * len(cases)) for size, share in parameters["victims.further"].items()}
    several = [size for size, count in more.items() for _ in range(count)]
    sizes = draw.shuffled(several + [1] * (len(cases) - len(several)))
    for case, size in zip(cases, sizes, strict=True):
        for position in range(size):
            same = position == 0 or draw.chance(parameters["areas.further_victim_same_zone"])
            zone = case["zone"] if same else draw.choose(children)
            case.victims.append(_victim(case, parameters, next(numbers), zone, draw))


def _victim(case: Case, parameters: Parameters, person: str, zone: str, draw: Draw) -> Row:
    known = not draw.chance(parameters["victims.unidentified"][case.form_group])
    youngest, oldest = case.victim_ages
    allowed = [band for band, (low, high) in BANDS.items() if youngest <= low and high <= oldest]
    bands = {band: parameters["victims.age"][band] for band in allowed}
    band = draw.choose(bands)
    age: int | None = draw.whole(*BANDS[band])
    if not known or draw.chance(parameters["victims.age_missing"]):
        band, age = "not_recorded", None
    flags = {flag: draw.choose(parameters["victims.flags"][flag]) if known else "not_recorded" for flag in FLAGS}
    return {
        "person_id": person,
        "case_id": case["case_id"],
        "age": age,
        "age_band": band,
        "sex": draw.choose(parameters["victims.sex"]),
        "relationship": draw.choose(parameters["victims.relationship"][case["responsible"]])
        if known
        else "not_recorded",
        "identified": "yes" if known else "no",
        "home_zone": zone if known else "",
        **flags,
    }


def _repeat_victims(cases: Sequence[Case], share: float, draw: Draw) -> None:
    """Some children are harmed in a second case: the later row becomes the same person, in the same zone."""
    known = [case for case in cases if len(case.victims) == 1 and case.victims[0]["age"]]
    used: set[str] = set()
    wanted = round(share * sum(len(case.victims) for case in cases))
    for earlier, later in draw.shuffled(list(itertools.combinations(known, 2))):
        if wanted == 0:
            return
        youngest, oldest = later.victim_ages
        fits = earlier["zone"] == later["zone"] and youngest <= earlier.victims[0]["age"] <= oldest
        if fits and not used & {earlier["case_id"], later["case_id"]}:
            later.victims[0].update({name: earlier.victims[0][name] for name in OF_THE_PERSON})
            used |= {earlier["case_id"], later["case_id"]}
            wanted -= 1


def _add_suspects(cases: Sequence[Case], parameters: Parameters, numbers: Iterator[str], draw: Draw) -> None:
    for case in cases:
        who = case["responsible"]
        size = int(case["suspect_identified"] == "yes")
        if size and draw.chance(parameters["suspects.further"][who]):
            size = 2
        for _ in range(size):
            case.suspects.append(
                {
                    "person_id": next(numbers),
                    "case_id": case["case_id"],
                    "age_band": draw.choose(parameters["suspects.age"][who]),
                    "sex": draw.choose(parameters["suspects.sex"][who]),
                    "from_force_area": draw.choose(parameters["suspects.from_force_area"][who]),
                }
            )


def _repeat_suspects(cases: Sequence[Case], share: float, draw: Draw) -> None:
    """Some suspects are recorded in a second case with the same kind of person responsible."""
    single = [case for case in cases if len(case.suspects) == 1]
    wanted = round(share * sum(len(case.suspects) for case in cases))
    used: set[str] = set()
    for earlier, later in draw.shuffled(list(itertools.combinations(single, 2))):
        if wanted == 0:
            return
        same = earlier["responsible"] == later["responsible"] != "not_known"
        if same and not used & {earlier["case_id"], later["case_id"]}:
            later.suspects[0].update({**earlier.suspects[0], "case_id": later["case_id"]})
            used |= {earlier["case_id"], later["case_id"]}
            wanted -= 1


def _link_roles(cases: Sequence[Case], share: float, draw: Draw) -> None:
    """In some cases between children a victim is recorded as a suspect too: one person, both tables."""
    suspects = [suspect["person_id"] for case in cases for suspect in case.suspects]
    victims = [victim["person_id"] for case in cases for victim in case.victims]
    fitting = []
    for case in cases:
        victim, suspect = case.victims[0], case.suspects[-1] if case.suspects else None
        single = suspect and suspects.count(suspect["person_id"]) == 1 and victims.count(victim["person_id"]) == 1
        if single and case["responsible"] == "child" and (victim["age"] or 0) >= 10:
            fitting.append((victim, suspect))
    wanted = round(share * sum(case["responsible"] == "child" and bool(case.suspects) for case in cases))
    for victim, suspect in draw.shuffled(fitting)[:wanted]:
        assert suspect is not None
        suspect["person_id"] = victim["person_id"]
        suspect["age_band"] = "10-13" if victim["age"] <= 13 else "14-17"
        suspect["sex"] = victim["sex"]
        suspect["from_force_area"] = "yes"


def _refine_offences(cases: Sequence[Case]) -> None:
    """Offence 21 is about children under 13 (Sexual Offences Act 2003): where no victim is, the code is 22B or 8R."""
    for case in cases:
        ages = [victim["age"] for victim in case.victims if victim["age"] is not None]
        for crime in case.crimes:
            if crime["offence_code"] == "21" and not any(age < 13 for age in ages):
                crime["offence_code"] = "22B" if any(age < 16 for age in ages) else "8R"
