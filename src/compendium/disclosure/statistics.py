"""Statistics that are not functions of released counts: one rule for each kind; a kind without a rule is refused.

Sources: this project's own floors; Handbook on Statistical Disclosure Control for Outputs
(SDAP) for least contributors; OpenSAFELY's and ACRO's practice of rounding what rests on persons.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from compendium.aggregate import Statistic
from compendium.disclosure.participants import GROUP, LEAST_GROUP, LEAST_SIZE, NEVER_ALONE
from compendium.errors import DisclosureRefused, Problem, nearest

FEWER, MORE = f"fewer than {LEAST_SIZE}", f"{LEAST_SIZE} or more"
EVERYONE = "all"  # the group of a consensus that holds all groups
NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
LEAST_TOP = 5  # a share of fewer areas than this points at areas
LEAST_PAIRS = 6  # below: no p value


def _as_it_is(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    return frame


@dataclass(frozen=True)
class Rule:
    """What a kind of statistic must hold before it may be shown, and how it is rounded.

    `columns` are all a sensitive statistic may have; `decimals` rounds by column; `contributors` is the least number
    of people behind a row (services are shown by consent); `public_only` kinds are refused for a sensitive table;
    `floor` is the kind's own step.
    """

    source: str
    columns: tuple[str, ...] = ()
    decimals: Mapping[str, int] = field(default_factory=dict)
    contributors: int = 0
    public_only: bool = False
    floor: Callable[[Statistic, pd.DataFrame], pd.DataFrame] = _as_it_is


def settle_statistic(stat: Statistic) -> pd.DataFrame:
    """The statistic as it may be released. Raises `DisclosureRefused`: no rule, too few contributors, a floor."""
    if stat.kind not in RULES:
        raise DisclosureRefused(
            f"No rule of disclosure control covers statistics of kind '{stat.kind}'.", nearest(stat.kind, RULES)
        )
    rule, frame = RULES[stat.kind], stat.frame.copy()
    if stat.origin.sensitivity == "public" or frame.empty:
        return frame
    if rule.public_only:
        raise DisclosureRefused(
            f"Statistics of kind '{stat.kind}' are for public tables only, and '{stat.origin.table}' is not public.",
            "Publish counts instead.",
        )
    problems = [
        Problem(stat.kind, None, column, "The kind has no such column, so no rule covers it.", "Leave it out.")
        for column in frame.columns
        if column not in rule.columns
    ]
    problems += [
        Problem(stat.kind, None, column, "The column is missing.")
        for column in rule.columns
        if column not in frame.columns
    ]
    if stat.contributors < rule.contributors and stat.origin.units != "services":
        problems.append(
            Problem(
                stat.kind,
                message=f"A row rests on fewer than {rule.contributors} {stat.unit}s, the least for this kind.",
                remedy="Merge groups or leave the row out.",
            )
        )
    if problems:
        raise DisclosureRefused(problems)
    settled = rule.floor(stat, frame)
    for column, decimals in rule.decimals.items():
        settled[column] = pd.to_numeric(settled[column]).astype(float).round(decimals) + 0.0  # no minus zero
    return settled


def _blank(frame: pd.DataFrame, rows: pd.Series, columns: list[str]) -> pd.DataFrame:
    for column in columns:
        frame[column] = pd.to_numeric(frame[column]).astype(float).mask(rows, np.nan)
    return frame


def _concentration(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """No minimum, no maximum, no share of under five areas, nor of so many that the rest is a few areas."""
    few = pd.to_numeric(frame["events"]) < LEAST_SIZE
    telling = [not _tells_nothing(str(m), int(p)) for m, p in zip(frame["measure"], frame["places"], strict=True)]
    hidden = few | pd.Series(telling, index=frame.index, dtype=bool)
    frame = _blank(frame, hidden, ["observed", "chance", "low", "high"])
    about = 5 * (pd.to_numeric(frame["events"]) / 5).round()
    frame["events"] = about.mask(few).astype("Int64")
    return frame


def _tells_nothing(measure: str, places: int) -> bool:
    text = measure.lower()
    if re.search(r"\b(minimum|maximum|least|greatest|largest|lowest)\b", text):
        return False
    if not re.search(r"\b(top|highest)\b", text):
        return True
    found = [NUMBERS.get(word) or int(word) for word in re.findall(rf"\b(\d+|{'|'.join(NUMBERS)})\b", text)]
    return bool(found) and min(found) >= LEAST_TOP and places >= max(found) + LEAST_TOP


def _lorenz(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    if not set(pd.to_numeric(frame["quintile"])) <= set(range(6)):
        raise DisclosureRefused("A Lorenz curve is shown at quintiles at most.", "Give the points 0 to 5.")
    return frame


def _consensus(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """Groups under 5 must have been merged; 5 to 9: verdict and median only."""
    problems = []
    if set(frame["group"]) & {NEVER_ALONE}:
        problems.append(
            Problem(stat.kind, None, GROUP, "Victims and survivors are never shown alone.", "Merge the group.")
        )
    size = pd.to_numeric(frame["n_text"], errors="coerce")
    small = sorted(set(frame.loc[size < LEAST_GROUP, "group"].astype(str)) - {NEVER_ALONE})
    if stat.contributors < LEAST_GROUP and not small:
        small = ["one of them"]
    problems += [
        Problem(
            stat.kind,
            None,
            GROUP,
            f"Group {group} has fewer than {LEAST_GROUP} people.",
            "Merge it upward by the order declared for the workshops, then count again.",
        )
        for group in small
    ]
    if problems:
        raise DisclosureRefused(problems)
    few = ~(size >= LEAST_SIZE)  # a text that isn't a number: taken as small
    frame["n_text"] = frame["n_text"].astype(object).mask(few & (frame["n_text"] != MORE), FEWER)
    rest = _left_by_subtraction(frame, size)
    frame["n_text"] = frame["n_text"].mask(rest, MORE)
    return _blank(frame, few | rest, ["share_high", "share_low"])


def _left_by_subtraction(frame: pd.DataFrame, size: pd.Series) -> pd.Series:
    """Rows of everyone together from which the sizes shown for groups would leave 1 to 9 people."""
    everyone, shown = frame["group"] == EVERYONE, size.where(size >= LEAST_SIZE, 0)
    of_groups = shown.mask(everyone, 0).groupby(frame["item"]).transform("sum")
    return everyone & (size - of_groups).between(1, LEAST_SIZE - 1)


def _scores(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """No mean of fewer than 5 people; of workshop participants, of fewer than 10. Sizes under 10 are not shown.

    Means over services stay: services are shown by written consent.
    """
    if stat.unit == "service" and stat.origin.units == "services":
        return frame
    size = pd.to_numeric(frame["n"], errors="coerce")
    least = LEAST_SIZE if stat.origin.units == "participants" else LEAST_GROUP
    frame = _blank(frame, ~(size >= least), ["mean", "low", "high"])
    frame["n"] = size.mask(~(size >= LEAST_SIZE)).astype("Int64")
    return frame


def _ranking(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """Everyone together less a group that is shown leaves nobody, or at least ten voters."""
    voters = frame.groupby("group")["voters"].max()
    if ((voters.max() - voters).between(1, LEAST_SIZE - 1)).any():
        raise DisclosureRefused(
            f"Everyone's votes less those of a group leave fewer than {LEAST_SIZE} voters.",
            "Show the votes of everyone together only.",
        )
    return frame


def _paired(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    text = frame["p_text"].astype(object)
    few = (pd.to_numeric(frame["pairs"]) < LEAST_PAIRS) & text.astype(str).str.match(r"p\b|[\d.]")
    frame["p_text"] = text.mask(few, "")
    return frame


def _codes_only(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    named = [code for code in frame["service_code"] if not re.fullmatch(r"[A-Za-z]*[-_]?\d+", str(code))]
    if named:
        raise DisclosureRefused(
            f"{len(named)} services are not given by a code.", "Use codes such as S01 in column service_code."
        )
    return frame


def _two(*columns: str) -> dict[str, int]:
    return dict.fromkeys(columns, 2)


PROJECT = "This project's own floor"
RULES: Mapping[str, Rule] = {
    "listing": Rule("public tables as published", public_only=True),
    "estimates": Rule("published studies", public_only=True),
    "gap_map": Rule("published studies", public_only=True),
    "flow": Rule("PRISMA 2020: records, not persons", public_only=True),
    "concentration": Rule(
        "SDAP handbook: at least 10 contributors, rounded; this project: shares of 5 areas or more",
        ("measure", "observed", "chance", "low", "high", "places", "events"),
        _two("observed", "chance", "low", "high"),
        contributors=LEAST_SIZE,
        floor=_concentration,
    ),
    "lorenz": Rule(
        "This project: quintiles at most",
        ("quintile", "share_of_places", "share_of_events", "chance_low", "chance_high"),
        _two("share_of_places", "share_of_events", "chance_low", "chance_high"),
        contributors=LEAST_SIZE,
        floor=_lorenz,
    ),
    "consensus": Rule(
        PROJECT,
        ("item", "item_label", "group", "group_label", "n_text", "median", "share_high", "share_low", "verdict"),
        {"median": 1, "share_high": 2, "share_low": 2},
        floor=_consensus,
    ),
    "agreement": Rule(
        "SDAP handbook: coefficients over at least 10 units, rounded",
        ("measure", "estimate", "low", "high", "units", "raters"),
        _two("estimate", "low", "high"),
        contributors=LEAST_SIZE,
    ),
    "ranking": Rule(
        "SDAP handbook: sums over at least 10 contributors; " + PROJECT,
        ("item", "item_label", "group", "voters", "points", "points_rank", "borda", "borda_rank"),
        {"borda": 1},
        contributors=LEAST_SIZE,
        floor=_ranking,
    ),
    "trace": Rule(
        "names of codes, priorities, standards: no person is counted",
        ("from_id", "from_label", "from_kind", "to_id", "to_label", "to_kind"),
    ),
    "paired": Rule(
        "This project: services by written consent; under 6 pairs no p value",
        ("area", "measure", "pairs", "before", "after", "shift", "low", "high", "p_text"),
        _two("before", "after", "shift", "low", "high"),
        floor=_paired,
    ),
    "progression": Rule(
        "This project: services by written consent",
        ("criterion", "measure", "value_text", "green", "amber", "verdict", "remedy", "owner", "due"),
    ),
    "scores": Rule(
        PROJECT,
        ("measure", "group", "n", "mean", "low", "high"),
        _two("mean", "low", "high"),
        floor=_scores,
    ),
    "coverage": Rule(
        "This project: organisations, not persons, and no places",
        ("form", "level", "age_band", "services", "text"),
    ),
    "network": Rule(
        "This project: codes instead of names",
        ("service_code", "degree_in", "degree_out", "betweenness", "isolated"),
        {"betweenness": 2},
        floor=_codes_only,
    ),
}
