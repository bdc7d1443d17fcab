"""Synthetic workshop records and coded counts of fieldwork: who came, ratings, votes, codes, suggestions."""

from __future__ import annotations

import collections
import datetime as dt
import itertools
from collections.abc import Mapping
from typing import Any

import pandas as pd

from compendium.dictionary.schema import Dictionary
from compendium.dictionary.twin_draw import Draw, apportion
from compendium.dictionary.twin_parameters import Parameters

# Phase 2 of the study are months 12 to 24 of May 2022 to October 2024 (project page); the days are invented.
WORKSHOPS = {
    "W01": ("preparatory", dt.date(2023, 6, 14), ("children",)),
    "W02": ("preparatory", dt.date(2023, 7, 5), ("parents", "victims_survivors")),
    "W03": ("preparatory", dt.date(2023, 9, 20), ("police", "social_care", "education", "health", "charities")),
    "W04": ("joint", dt.date(2023, 11, 22), ()),
    "W05": ("joint", dt.date(2024, 2, 7), ()),
}
SIDES = {"children": "children", "parents": "families", "victims_survivors": "families"}
SECOND_ROUND_SPREAD = 0.9
SCALE = "1-9"
CODED_TWICE = 120
REASONS = {
    "accepted": {"in_standard": 0.7, "in_guidance": 0.2, "already_done": 0.1},
    "partly": {"in_guidance": 0.6, "needs_funding": 0.4},
    "not_taken": {"needs_funding": 0.3, "outside_powers": 0.5, "law": 0.2},
}
IN_STANDARD = "in_standard"
POINTS = (5, 4, 3, 2, 1)
Row = dict[str, Any]


def make_workshops(
    parameters: Parameters, dictionaries: Mapping[str, Dictionary], draw: Draw, fieldwork: Draw
) -> dict[str, pd.DataFrame]:
    """The tables of the workshop records and of the fieldwork before them."""
    sources = _fieldwork_sources(parameters, fieldwork)
    people = _people(parameters["workshops.groups"])
    codes, links, twice = _codes(parameters, draw)
    priorities = parameters["workshops.priorities"]
    return {
        "workshops": pd.DataFrame(
            [{"workshop_id": code, "kind": kind, "held_on": day} for code, (kind, day, _) in WORKSHOPS.items()]
        ),
        "workshop_plans": _plans(parameters),
        "workshop_groups": _attendance(parameters),
        "workshop_absences": pd.DataFrame(
            [{"absent_group": group, **said} for group, said in parameters["workshops.absent"].items()]
        ),
        "ratings": _ratings(parameters, people, draw),
        "votes": _votes(parameters, people, draw),
        "codes": codes,
        "code_links": links,
        "coding_agreement": twice,
        "priorities": pd.DataFrame(
            [{"priority_id": code, "title": title, "workshop_id": "W05"} for code, title in priorities.items()]
        ),
        "suggestions": _suggestions(parameters, dictionaries["suggestions"], draw),
        "fieldwork_sources": sources,
        "fieldwork_codes": _fieldwork_codes(parameters, dictionaries["fieldwork_codes"], sources, fieldwork),
    }


def _plans(parameters: Parameters) -> pd.DataFrame:
    """A plan for each workshop: what holds for all, and what differs."""
    usual, differing = parameters["workshops.plan"]["usual"], parameters["workshops.plan"]["differing"]
    rows = [
        {"workshop_id": code, "kind": kind, "planned_for": day, **usual, **differing.get(code, {})}
        for code, (kind, day, _) in WORKSHOPS.items()
    ]
    return pd.DataFrame(rows)


def _people(groups: Mapping[str, int]) -> dict[str, str]:
    """Number of a person -> group."""
    numbers = itertools.count(1)
    return {f"T-{next(numbers):03d}": group for group, size in groups.items() for _ in range(size)}


def _leavers(parameters: Parameters, people: Mapping[str, str]) -> set[str]:
    """The last people of each group that some left."""
    left = parameters["workshops.left"]
    return {
        person
        for group, number in left.items()
        for person in [name for name, of in people.items() if of == group][-number:]
    }


def _attendance(parameters: Parameters) -> pd.DataFrame:
    groups, left = parameters["workshops.groups"], parameters["workshops.left"]
    invited = parameters["workshops.invited"]
    rows = [
        {
            "workshop_id": code,
            "stakeholder_group": group,
            "attended": groups[group] - (left.get(group, 0) if code == "W05" else 0),
            "invited": invited[group],
        }
        for code, (_, _, named) in WORKSHOPS.items()
        for group in named or groups
    ]
    return pd.DataFrame(rows)


def _ratings(parameters: Parameters, people: Mapping[str, str], draw: Draw) -> pd.DataFrame:
    """Two rounds. A person's second rating is near the first one; those who left have none."""
    left = _leavers(parameters, people)
    spread, rows = parameters["workshops.rating_spread"], []
    for person, group in people.items():
        centres = parameters["workshops.ratings"][SIDES.get(group, "professionals")]
        for item, centre in centres.items():
            lean = _bell(draw) * spread
            unable = draw.chance(parameters["workshops.unable"][group])
            for number, width in ((1, 1.0), (2, SECOND_ROUND_SPREAD)):
                rating = min(9, max(1, round(centre + lean * width)))
                if number == 1 or person not in left:
                    rows.append((person, group, number, item, None if unable else rating, "yes" if unable else "no"))
    columns = ["rater_id", "stakeholder_group", "round", "item_id", "rating", "unable"]
    frame = pd.DataFrame(rows, columns=columns).astype({"rating": "Int64"}).assign(scale=SCALE)
    return frame.sort_values(["round", "rater_id", "item_id"], ignore_index=True)


def _bell(draw: Draw) -> float:
    """About standard normal: the sum of twelve uniforms less six."""
    return sum(draw.uniform() for _ in range(12)) - 6


def _votes(parameters: Parameters, people: Mapping[str, str], draw: Draw) -> pd.DataFrame:
    """Five points to the first choice, one to the fifth; choices lean to what the person's side rates high."""
    rows = []
    for person, group in people.items():
        centres = parameters["workshops.ratings"][SIDES.get(group, "professionals")]
        left = {item: 2.0 ** (centre - 5) for item, centre in centres.items()}
        for points in POINTS:
            choice = draw.choose(left)
            del left[choice]
            rows.append({"voter_id": person, "stakeholder_group": group, "item_id": choice, "points": points})
    return pd.DataFrame(rows)


def _codes(parameters: Parameters, draw: Draw) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    declared = parameters["workshops.codes"]
    segments = {code: entry["segments"] for code, entry in declared.items()}
    counts = [
        {
            "code_id": code,
            "label": entry["label"],
            "parent_id": "",
            "coder": coder,
            "segments": number,
            "segments_with_below": number,
        }
        for code, entry in declared.items()
        for coder, number in (("A", segments[code]), ("B", segments[code] + draw.whole(-4, 4)))
    ]
    links = [(code, priority) for code, entry in declared.items() for priority in entry["priorities"]]
    twice = []
    for number, code in enumerate(draw.spread(segments, CODED_TWICE), 1):
        others = {other: share for other, share in segments.items() if other != code}
        second = code if draw.chance(parameters["workshops.coders_agree"]) else draw.choose(others)
        twice += [(f"U-{number:04d}", "A", code), (f"U-{number:04d}", "B", second)]
    return (
        pd.DataFrame(counts),
        pd.DataFrame(links, columns=["code_id", "priority_id"]),
        pd.DataFrame(twice, columns=["unit_id", "coder", "code_id"]),
    )


def _suggestions(parameters: Parameters, dictionary: Dictionary, draw: Draw) -> pd.DataFrame:
    declared, standards = parameters["workshops.suggestions"], parameters["workshops.suggestions_taken_into"]
    number = declared["number"]
    topics = draw.spread(dict.fromkeys(dictionary.field("topic").codes, 1.0), number)
    decisions = draw.spread({decision: declared[decision] for decision in REASONS}, number)
    rows = []
    for index, (topic, decision) in enumerate(zip(topics, decisions, strict=True), 1):
        heard = WORKSHOPS["W01"][1] if index % 2 else WORKSHOPS["W04"][1]
        rows.append(
            {
                "suggestion_id": f"G-{index:03d}",
                "stakeholder_group": "children",
                "topic": topic,
                "decision": decision,
                "reason_code": (reason := draw.choose(REASONS[decision])),
                "decided_on": heard + dt.timedelta(days=draw.whole(14, 75)),
                "standard_id": standards[topic] if reason == IN_STANDARD else "",
            }
        )
    return pd.DataFrame(rows)


def _fieldwork_sources(parameters: Parameters, draw: Draw) -> pd.DataFrame:
    """One row a source, numbered through; nobody is counted where people were observed."""
    least, most = parameters["fieldwork.people"]["least"], parameters["fieldwork.people"]["most"]
    kinds = [kind for kind, number in parameters["fieldwork.sources"].items() for _ in range(number)]
    rows = [
        {
            "source_id": f"F-{number:03d}",
            "source": kind,
            "people": {"interview": 1, "observation": None}.get(kind, draw.whole(least, most)),
        }
        for number, kind in enumerate(kinds, 1)
    ]
    return pd.DataFrame(rows).astype({"people": "Int64"})


def _fieldwork_codes(parameters: Parameters, dictionary: Dictionary, sources: pd.DataFrame, draw: Draw) -> pd.DataFrame:
    """Segments by source and code. A code speaks to one aim; counts are spread by chance around an even share."""
    aims, codes = dictionary.field("aim").codes, dictionary.field("code").codes
    aim = {code: aims[index * len(aims) // len(codes)] for index, code in enumerate(codes)}
    rows: list[Row] = []
    for kind, number in parameters["fieldwork.segments"].items():
        of_kind = dict.fromkeys(sources.loc[sources["source"] == kind, "source_id"], 1.0)
        for code, segments in apportion({code: draw.uniform(0.5, 1.5) for code in codes}, number).items():
            found = collections.Counter(draw.choose(of_kind) for _ in range(segments))
            rows += [{"source_id": name, "aim": aim[code], "code": code, "segments": n} for name, n in found.items()]
    return pd.DataFrame(rows).sort_values(["source_id", "aim", "code"], ignore_index=True)
