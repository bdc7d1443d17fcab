"""Floors of what people who took part in workshops rated, said and decided: this project's own, and they say so.

A group under 5 was merged upward before; of 5 to 9 people only verdict and median are shown; a joint row never lets
anybody subtract a few people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from compendium.aggregate import Statistic
from compendium.disclosure.participants import GROUP, LEAST_GROUP, LEAST_SIZE, NEVER_ALONE
from compendium.disclosure.steps import blank, step, to_steps
from compendium.errors import DisclosureRefused, Problem

FEWER, MORE = f"fewer than {LEAST_SIZE}", f"{LEAST_SIZE} or more"
EVERYONE = "all"  # the group that holds all groups
VERDICTS = ("in", "out", "no consensus", "undefined")
ALL_THE_SAME, AGREEMENT_STEP = 0.995, 0.05
LEAST_TOPIC = 5  # suggestions on a topic: of fewer nothing is told


def _consensus(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """Groups under 5 must have been merged; 5 to 9: verdict and median only."""
    _verdicts(stat, frame, ["verdict"])
    size = _sizes(stat, frame)
    few = ~(size >= LEAST_SIZE)  # a text that isn't a number: taken as small
    frame["n_text"] = frame["n_text"].astype(object).mask(few & (frame["n_text"] != MORE), FEWER)
    rest = _left_by_subtraction(frame, size)
    frame["n_text"] = frame["n_text"].mask(rest, MORE)
    frame = blank(frame, few | rest, ["share_high", "share_low"])
    for column in ("share_high", "share_low"):  # two numbers at least fit each, also all and none
        frame[column] = to_steps(frame[column], _steps(size))
    return frame


def _steps(size: pd.Series) -> list[float]:
    return [step(2.5 / count) for count in size]  # fewer than ten: blank already


def _verdicts(stat: Statistic, frame: pd.DataFrame, columns: list[str]) -> None:
    for column in columns:
        if set(frame[column].dropna()) - set(VERDICTS):
            raise DisclosureRefused(Problem(stat.kind, None, column, f"A verdict is one of {', '.join(VERDICTS)}."))


def _sizes(stat: Statistic, frame: pd.DataFrame) -> pd.Series:
    """How many people each row rests on. Raises `DisclosureRefused`: a group under 5, victims and survivors alone."""
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
    return size


def _left_by_subtraction(frame: pd.DataFrame, size: pd.Series) -> pd.Series:
    """Rows of everyone together from which the sizes shown for groups would leave 1 to 9 people, or groups of 5 to 9
    that can be of one size only: ten people in two groups are five in each."""
    everyone, shown = frame["group"] == EVERYONE, size >= LEAST_SIZE
    left = size - size.where(shown & ~everyone, 0).groupby(frame["item"]).transform("sum")
    hidden = (~shown & ~everyone).groupby(frame["item"]).transform("sum")
    certain = (hidden > 0) & ((left == LEAST_GROUP * hidden) | (left == (LEAST_SIZE - 1) * hidden))
    return everyone & (left.between(1, LEAST_SIZE - 1) | certain)


def _spread(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """Quartiles and disagreement of ten people or more, and of a joint row that leaves nobody by subtraction."""
    size = _sizes(stat, frame)
    short = ~(size >= LEAST_SIZE) | _left_by_subtraction(frame, size)
    frame = blank(frame, short, ["low_quartile", "high_quartile", "disagreement_index"])
    frame["disagreement"] = frame["disagreement"].astype(object).mask(short, "")
    few = ~(size >= LEAST_SIZE) & (frame["n_text"] != MORE)  # a text that isn't a number: taken as small
    frame["n_text"] = frame["n_text"].astype(object).mask(few, FEWER).mask(short & ~few, MORE)
    return frame


def _stability(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """Shares and agreement between rounds of ten people or more; the number itself is never shown: beside that of one
    round it would tell how many came to one only."""
    _verdicts(stat, frame, ["verdict_before", "verdict_after"])
    size = _sizes(stat, frame)
    short = ~(size >= LEAST_SIZE) | _left_by_subtraction(frame, size)
    frame = blank(frame, short, ["moved", "shift", "agreement"])
    for column in ("moved", "shift"):
        frame[column] = to_steps(frame[column], _steps(size))
    same = pd.to_numeric(frame["agreement"]).astype(float) >= ALL_THE_SAME  # nobody of a few moved: that tells of each
    frame = blank(frame, same, ["agreement"])
    frame["agreement"] = to_steps(frame["agreement"], [AGREEMENT_STEP] * len(frame))
    frame["stable"] = frame["stable"].astype(object).mask(short, "")
    frame["n_text"] = frame["n_text"].astype(object).mask(size >= LEAST_SIZE, MORE)
    frame["n_text"] = frame["n_text"].where(frame["n_text"] == MORE, FEWER)
    return frame


def _answers(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """What became of suggestions, topic by topic, without a number; topics of fewer than five must have been merged."""
    if stat.contributors < LEAST_TOPIC:
        raise DisclosureRefused(
            f"A topic has fewer than {LEAST_TOPIC} suggestions.", "Merge it with others, or leave it out."
        )
    return frame


def _presence(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """Words about groups, never a number; victims and survivors stand with parents and carers."""
    if set(frame["group"]) & {NEVER_ALONE}:
        raise DisclosureRefused("Victims and survivors are never shown alone.", "Merge the group.")
    return frame


FLOORS: Mapping[str, Callable[[Statistic, pd.DataFrame], pd.DataFrame]] = {
    "answers": _answers,
    "consensus": _consensus,
    "presence": _presence,
    "spread": _spread,
    "stability": _stability,
}
