"""The step of its own that a kind of statistic needs before it may be shown, beside what holds for every kind.

Each takes the statistic and a copy of its frame and gives the frame as it may be released, or raises
`DisclosureRefused`. What each does is said in words in `statistics.json`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from compendium.aggregate import Statistic
from compendium.disclosure import workshop_floors
from compendium.disclosure.competing import KIND, remade
from compendium.disclosure.participants import LEAST_GROUP, LEAST_SIZE
from compendium.disclosure.rounding import midpoint_6
from compendium.disclosure.steps import blank, step, to_steps
from compendium.errors import DisclosureRefused

NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
LEAST_TOP = 5  # a share of fewer areas than this points at areas
LEAST_PAIRS = 6  # below: no p value
LEAST_DF = 10  # residual degrees of freedom
QUOTIENT_STEPS = (0.05, 0.1, 0.25, 0.5, 1.0)  # one record moves an area's quotient by about places / events


def _concentration(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """No minimum, maximum or quartile of few areas, no share of under five, nor of so many that the rest is a few."""
    events = pd.to_numeric(frame["events"]).astype(float)
    few = events < LEAST_SIZE
    telling = [not _tells_nothing(str(m), int(p)) for m, p in zip(frame["measure"], frame["places"], strict=True)]
    share = frame["measure"].astype(str).str.contains(r"\b(?:top|highest)\b", case=False)
    inside = pd.to_numeric(frame["observed"]).astype(float) * events
    thin = share & ~(inside.between(LEAST_SIZE, events - LEAST_SIZE))  # the areas' own events, or those of the rest
    quotients = frame["measure"].astype(str).str.contains("location quotient", case=False)
    places = pd.to_numeric(frame["places"]).astype(float)
    hidden = few | thin | pd.Series(telling, index=frame.index, dtype=bool) | (quotients & (places < 4 * LEAST_TOP))
    frame = blank(frame, hidden, ["observed", "chance", "low", "high"])
    steps = [
        step(2 * n / max(size, 1), QUOTIENT_STEPS) if is_quotient else step((1 + value) / max(size, 1))
        for value, size, n, is_quotient in zip(frame["observed"], events, places, quotients, strict=True)
    ]
    for column in ("observed", "chance", "low", "high"):
        frame[column] = to_steps(frame[column], steps)
    frame["events"] = (5 * (events / 5).round()).mask(few).astype("Int64")
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


def _scores(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """No mean of fewer than 10 persons, of fewer than 5 practitioners of services. Sizes under 10 are not shown.

    Means over services stay: services are shown by written consent.
    """
    if stat.unit == "service" and stat.origin.units == "services":
        return _rounded(frame, ["mean", "low", "high"], 2)
    size = pd.to_numeric(frame["n"], errors="coerce")
    least = LEAST_GROUP if stat.origin.units == "services" else LEAST_SIZE
    frame = blank(frame, ~(size >= least), ["mean", "low", "high"])
    frame["n"] = size.mask(~(size >= LEAST_SIZE)).astype("Int64")
    return _rounded(frame, ["mean", "low", "high"], 1)


def _rounded(frame: pd.DataFrame, columns: Sequence[str], decimals: int) -> pd.DataFrame:
    for column in columns:
        frame[column] = pd.to_numeric(frame[column]).astype(float).round(decimals) + 0.0  # no minus zero
    return frame


def _median(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """Ten people on each side of a median, ten in each quarter of quartiles; values to two significant digits."""
    size = pd.to_numeric(frame["n"]).astype(float)
    frame = blank(frame, ~(size >= 2 * LEAST_SIZE), ["median"])
    frame = blank(frame, ~(size >= 4 * LEAST_SIZE), ["low_quartile", "high_quartile"])
    for column in ("median", "low_quartile", "high_quartile"):
        frame[column] = [float(f"{value:.2g}") for value in frame[column]]
    return _about(frame, "n")


def _regression(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """Ten residual degrees of freedom, no perfect fit, no intercept."""
    freedom = pd.to_numeric(frame["residual_df"])
    if not (freedom >= LEAST_DF).all():
        raise DisclosureRefused(
            f"A regression leaves fewer than {LEAST_DF} residual degrees of freedom.", "Use fewer terms."
        )
    low, high = pd.to_numeric(frame["low"]).astype(float), pd.to_numeric(frame["high"]).astype(float)
    if (high - low <= 1e-9).any():
        raise DisclosureRefused("A regression fits perfectly: it would give values back.", "Show counts instead.")
    intercept = (
        frame["term"].astype(str).str.strip("()[] ").str.lower().isin({"intercept", "const", "constant", "_cons"})
    )
    return _about(frame[~intercept].drop(columns="residual_df").reset_index(drop=True), "n")


def _correlation(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """Ten degrees of freedom; a correlation that rounds to 1 or -1 gives one value from the other."""
    size, value = pd.to_numeric(frame["n"]).astype(float), pd.to_numeric(frame["estimate"]).astype(float)
    frame = blank(frame, ~(size >= LEAST_DF + 2) | (value.abs() >= 0.995), ["estimate", "low", "high"])
    return _about(frame, "n")


def _survival(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """The curve made anew from cumulative events and numbers at risk, both by midpoint 6, month by month."""
    parts = []
    for _, rows in frame.groupby("group", sort=False):
        month = pd.to_numeric(rows["month"])
        if not ((month % 1 == 0).all() and (month.diff().dropna() >= 1).all()):
            raise DisclosureRefused(
                f"Survival of {stat.unit}s is not by whole months: a step at a day is the date of an event.",
                "Give one row a month, months as whole numbers in order.",
            )
        at_risk, events = pd.to_numeric(rows["at_risk"]).astype(int), pd.to_numeric(rows["events"]).astype(int)
        cumulative = np.array(midpoint_6(events.cumsum()))
        told = np.diff(cumulative, prepend=0)
        exposed = np.array(midpoint_6(at_risk))
        few = exposed < LEAST_SIZE  # also 10 to 12, which are shown as 9
        share = (1 - told / np.where(exposed > 0, exposed, np.nan)).clip(0, 1).cumprod()
        part = rows.assign(survival=pd.Series(share, index=rows.index).mask(few))
        part["at_risk"] = pd.Series(exposed, index=rows.index, dtype="Int64").mask(few)
        part["events"] = pd.Series(told, index=rows.index, dtype="Int64").mask(few)
        parts.append(part)
    return pd.concat(parts)


def _about(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Sizes by midpoint 6: a published x means x - 2 to x + 3."""
    frame[column] = pd.array(midpoint_6(pd.to_numeric(frame[column]).astype(int)), dtype="Int64")
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
    few = pd.to_numeric(frame["pairs"]) < LEAST_PAIRS
    for column in ("p_text", "p_holm"):
        text = frame[column].astype(object)
        frame[column] = text.mask(few & text.astype(str).str.match(r"p\b|[\d.]"), "")
    return frame


def _codes_only(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    named = [code for code in frame["service_code"] if not re.fullmatch(r"[A-Za-z]*[-_]?\d+", str(code))]
    if named:
        raise DisclosureRefused(
            f"{len(named)} services are not given by a code.", "Use codes such as S01 in column service_code."
        )
    return frame


FLOORS: Mapping[str, Callable[[Statistic, pd.DataFrame], pd.DataFrame]] = {
    KIND: remade,
    "concentration": _concentration,
    **workshop_floors.FLOORS,
    "correlation": _correlation,
    "lorenz": _lorenz,
    "median": _median,
    "network": _codes_only,
    "paired": _paired,
    "ranking": _ranking,
    "regression": _regression,
    "scores": _scores,
    "survival": _survival,
    "upkeep": _codes_only,
}
