"""How far services meet each criterion after the pilot: their own rating and that of young people, side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd
from scipy.stats import t as student

from compendium.aggregate import Statistic
from compendium.analysis.pilot import SCORES, consenting

RATERS = {"self": "The service itself", "youth": "Young evaluators"}
YOUTH_RATERS = 5  # fewer young people of one service: their rating is not used
FEWEST = 5  # services; a mean over fewer is no result of the pilot
FORM = "1.0"  # the version of the form that asks what the criteria ask now


def by_criterion(records: Any, *, form: str = FORM) -> Statistic:
    """Mean level (0 to 3) of each criterion over services with consent, after the pilot, by who rated (kind `scores`).

    Ratings on another version of the form are left out. No row for fewer than five services. t interval.
    """
    ratings = consenting(records, "assessments").dropna(subset=["level"])
    ratings = ratings[(ratings["wave"] == "after") & (ratings["form_version"] == form)]
    enough = (ratings["rater"] == "self") | (pd.to_numeric(ratings["raters"]) >= YOUTH_RATERS)
    rows = list(_rows(ratings[enough]))
    frame = pd.DataFrame(rows, columns=list(SCORES))
    least = min((row[2] for row in rows), default=0)
    return Statistic("scores", frame, SCORES, "service", least, records["assessments"].origin)


def _rows(ratings: pd.DataFrame) -> Iterator[tuple[str, str, int, float, float | None, float | None]]:
    for (criterion, rater), group in ratings.groupby(["criterion_id", "rater"], sort=True):
        levels = pd.to_numeric(group["level"]).astype(float)
        if len(levels) < FEWEST:
            continue
        half = float(student.ppf(0.975, len(levels) - 1)) * float(levels.std(ddof=1)) / math.sqrt(len(levels))
        mean = float(levels.mean())
        yield f"Criterion {criterion}", RATERS[rater], len(levels), mean, max(0.0, mean - half), min(3.0, mean + half)
