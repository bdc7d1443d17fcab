"""Floors of the pilot: written consent, five young raters, a delay before ratings are shown, counts of persons.

An analysis hands each row over with proofs: columns that are checked here and never shown. A statistic of services
without them is refused, so that nothing depends on an analysis having remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from compendium.aggregate import Statistic
from compendium.disclosure.participants import LEAST_GROUP, LEAST_SIZE
from compendium.disclosure.workshop_floors import FEWER, MORE
from compendium.errors import Problem

LEAST_RATERS = 5  # young raters of a service
LEAST_MONTHS = 3  # between the end of a wave and the day on which young people's ratings of it are shown
LEAST_MIDDLE, LEAST_QUARTERS = 6, 8  # services behind a median, behind quartiles
SELF = "The service itself"  # the rows of `levels` that hold no rating by young people
NEEDED: Mapping[str, tuple[Callable[[pd.Series], pd.Series], str, str]] = {
    "without_consent": (
        lambda found: found == 0,
        "A row holds services that gave no written consent.",
        "Leave them out, with `pilot.consenting`.",
    ),
    "least_raters": (
        lambda found: found >= LEAST_RATERS,
        f"A row holds a service that fewer than {LEAST_RATERS} young people rated.",
        "Leave that service out.",
    ),
    "months_since": (
        lambda found: found >= LEAST_MONTHS,
        f"Young people's ratings are shown {LEAST_MONTHS} whole months after their wave has ended, not before.",
        "Set evaluated_on to a later day, and wait until then.",
    ),
}


def unproven(stat: Statistic, proofs: Sequence[str]) -> Iterator[Problem]:
    """What the proofs of a statistic of services do not prove, or that it has none."""
    youth = stat.frame["group"] != SELF if stat.kind == "levels" else pd.Series(True, index=stat.frame.index)
    for column in proofs:
        holds, message, remedy = NEEDED[column]
        rows = stat.frame if column == "without_consent" else stat.frame[youth]
        if column not in stat.frame.columns:
            told = "The proof is missing: a statistic of the pilot says of each row what it rests on."
            yield Problem(stat.kind, None, column, told, "Add it, as the analyses of the pilot do.")
        elif not holds(pd.to_numeric(rows[column])).all():
            yield Problem(stat.kind, None, column, message, remedy)


def _reliability(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """None for fewer than ten practitioners; their number only from ten."""
    people = pd.to_numeric(frame["people"])
    few = people < LEAST_SIZE
    for column in ("estimate", "low", "high"):
        frame[column] = pd.to_numeric(frame[column]).astype(float).mask(few)
    frame["people"] = people.mask(few).astype("Int64")
    return frame


def _staff_time(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    services = pd.to_numeric(frame["n"])
    for name, decimals in (("hours", 1), ("cost", 0)):
        for column, least in ((name, LEAST_MIDDLE), (f"{name}_low", LEAST_QUARTERS), (f"{name}_high", LEAST_QUARTERS)):
            frame[column] = pd.to_numeric(frame[column]).astype(float).mask(services < least).round(decimals) + 0.0
    return frame


def _balancing(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """Fewer than ten is all that is said of 0 to 9, of a whole or of what is left of it; others to the nearest five."""
    events, out_of = (pd.to_numeric(frame[column]).astype(float) for column in ("events", "out_of"))
    small, few_left, thin = events < LEAST_SIZE, (out_of - events) < LEAST_SIZE, frame["services"] < LEAST_GROUP
    shown = ~(small | few_left | thin)
    frame["share"] = (_nearest(events) / _nearest(out_of)).where(shown).round(2)  # tells no more than the two numbers
    frame["events"] = [
        _about(a) if ok else FEWER if low else MORE for a, ok, low in zip(events, shown, small, strict=True)
    ]
    frame["out_of"] = [FEWER if b < LEAST_SIZE else _about(b) for b in out_of]
    frame.loc[thin, ["events", "out_of"]] = "not shown"
    return frame


def _about(number: float) -> str:
    return f"about {int(_nearest(number)):,}"


def _nearest(number: Any) -> Any:
    """To the nearest five."""
    return 5 * round(number / 5)


def _safeguards(stat: Statistic, frame: pd.DataFrame) -> pd.DataFrame:
    """Under five evaluators nothing; under ten only whether it was recorded; never how many."""
    size = pd.to_numeric(frame["evaluators"])
    frame["evaluators"] = np.where(size < LEAST_SIZE, FEWER, MORE)
    frame["recorded"] = frame["recorded"].mask(size < LEAST_GROUP, "not shown")
    frame["kept"] = frame["kept"].mask(size < LEAST_SIZE, "not shown")
    return frame


PILOT_FLOORS: Mapping[str, Callable[[Statistic, pd.DataFrame], pd.DataFrame]] = {
    "balancing": _balancing,
    "reliability": _reliability,
    "safeguards": _safeguards,
    "staff_time": _staff_time,
}
