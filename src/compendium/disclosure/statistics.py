"""Statistics that are not functions of released counts: one rule for each kind; a kind without a rule is refused.

The rules are data (`statistics.json`: least contributors, rounding, what is left out, whose rule it is), from which the
documentation is made; the step of its own that a kind needs is in `floors`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from itertools import combinations
from typing import Any

import pandas as pd

from compendium.aggregate import Statistic
from compendium.disclosure.floors import FLOORS
from compendium.disclosure.participants import LEAST_SIZE
from compendium.disclosure.pilot_floors import PILOT_FLOORS, unproven
from compendium.errors import DisclosureRefused, Problem, nearest


@dataclass(frozen=True)
class Source:
    """Whose rule it is, and what was taken from there."""

    title: str
    publisher: str
    date: str
    address: str
    takes: str


@dataclass(frozen=True)
class Rule:
    """What a kind of statistic must hold before it may be shown, and how it is rounded.

    `columns` are all a sensitive statistic may have; `decimals` rounds by column; `least` is the least number of people
    behind a row (services are shown by consent); `size` names the column that says how many records a row rests on;
    `public_only` kinds are refused for a sensitive table. `proofs` are columns that a statistic of services must have:
    they are checked and never shown. `rounding` and `left_out` are words.
    """

    kind: str
    title: str
    sources: tuple[Source, ...]
    rounding: str = ""
    left_out: str = ""
    columns: tuple[str, ...] = ()
    decimals: Mapping[str, int] = field(default_factory=dict)
    least: int = 0
    size: str = ""
    public_only: bool = False
    proofs: tuple[str, ...] = ()


ALL_FLOORS = {**FLOORS, **PILOT_FLOORS}


def _read() -> dict[str, Rule]:
    record = json.loads((resources.files("compendium.disclosure") / "statistics.json").read_text("utf-8"))
    sources = {key: Source(**value) for key, value in record["sources"].items()}
    return {kind: _rule(kind, value, sources) for kind, value in record["kinds"].items()}


def _rule(kind: str, record: Mapping[str, Any], sources: Mapping[str, Source]) -> Rule:
    named = tuple(sources[key] for key in record["sources"])
    return Rule(
        kind,
        **{
            **record,
            "sources": named,
            "columns": tuple(record.get("columns", ())),
            "proofs": tuple(record.get("proofs", ())),
        },
    )


RULES: Mapping[str, Rule] = _read()


def settle_statistic(stat: Statistic) -> pd.DataFrame:
    """The statistic as it may be released. Raises `DisclosureRefused`: no rule, too few contributors, a floor."""
    if stat.kind not in RULES:
        raise DisclosureRefused(
            f"No rule of disclosure control covers statistics of kind '{stat.kind}'.", nearest(stat.kind, RULES)
        )
    rule, frame = RULES[stat.kind], stat.frame.copy()
    if stat.origin.sensitivity == "public" or frame.empty:
        return frame.drop(columns=list(rule.proofs), errors="ignore")
    if rule.public_only:
        raise DisclosureRefused(
            f"Statistics of kind '{stat.kind}' are for public tables only, and '{stat.origin.table}' is not public.",
            "Publish counts instead.",
        )
    if problems := list(_problems(stat, rule)):
        raise DisclosureRefused(problems)
    frame = frame.drop(columns=list(rule.proofs), errors="ignore")
    settled = ALL_FLOORS[stat.kind](stat, frame) if stat.kind in ALL_FLOORS else frame
    for column, decimals in rule.decimals.items():
        settled[column] = pd.to_numeric(settled[column]).astype(float).round(decimals) + 0.0  # no minus zero
    return settled


def _problems(stat: Statistic, rule: Rule) -> Iterator[Problem]:
    for column in stat.frame.columns:
        if column not in (*rule.columns, *rule.proofs):
            yield Problem(
                stat.kind, None, column, "The kind has no such column, so no rule covers it.", "Leave it out."
            )
    for column in rule.columns:
        if column not in stat.frame.columns:
            yield Problem(stat.kind, None, column, "The column is missing.")
    if stat.origin.units == "services":
        yield from unproven(stat, rule.proofs)
    if stat.contributors < rule.least and stat.origin.units != "services":
        yield Problem(
            stat.kind,
            message=f"A row rests on fewer than {rule.least} {stat.unit}s, the least for this kind.",
            remedy="Merge groups or leave the row out.",
        )


def check_together(statistics: Mapping[str, Statistic]) -> None:
    """Refuse statistics of one kind from one table that rest on nearly the same records.

    Two Ginis, one over all cases and one over all but three, tell about the three. Sizes that differ by 1 to 9 are
    refused, whatever rounding would hide, and the pair is named.
    """
    sensitive = {name: stat for name, stat in statistics.items() if _sized(stat)}
    problems = []
    for (one, first), (two, second) in combinations(sensitive.items(), 2):
        if (first.kind, first.origin.table, first.unit) != (second.kind, second.origin.table, second.unit):
            continue
        sizes = [{int(size) for size in pd.to_numeric(stat.frame[RULES[stat.kind].size])} for stat in (first, second)]
        if any(0 < abs(a - b) < LEAST_SIZE for a in sizes[0] for b in sizes[1]):
            message = (
                f"{one} and {two} rest on nearly the same records: their difference is about fewer than {LEAST_SIZE}."
            )
            problems.append(Problem(first.kind, message=message, remedy="Publish one of the two."))
    if problems:
        raise DisclosureRefused(problems)


def _sized(stat: Statistic) -> bool:
    rule = RULES.get(stat.kind)
    return bool(
        rule
        and rule.size in stat.frame.columns
        and stat.origin.sensitivity == "sensitive"
        and stat.origin.units != "services"
        and not stat.frame.empty
    )
