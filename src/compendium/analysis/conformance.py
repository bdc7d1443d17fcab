"""How far services meet each criterion after the pilot: their own rating and that of young people, side by side."""

from __future__ import annotations

from typing import Any

import pandas as pd

from compendium.aggregate import Statistic
from compendium.analysis.pilot import consenting, mean_of, without_consent
from compendium.analysis.youth_ratings import LEVELS, PROOFS, self_and_youth

RATERS = {"self": "The service itself", "youth": "Young evaluators"}
FEWEST = 5  # services; a mean over fewer is no result of the pilot
COLUMNS = {
    "measure": "Measure",
    "group": "Rated by",
    "n": "Services",
    "mean": "Mean level",
    "low": "Lowest, 95%",
    "high": "Highest, 95%",
}


def by_criterion(records: Any, *, evaluated_on: str, delay_months: int, form: str = "") -> Statistic:
    """Mean level (0 to 3) of each criterion over services with consent, after the pilot, by who rated (kind `levels`).

    Ratings on another version of the form than the one in use, the last that is declared, are left out; those of young
    people need five raters of a service and the delay. No row for fewer than five services. t interval, cut off at the
    ends of the scale.
    """
    form = form or list(records["assessments"].dimensions["form_version"].categories)[-1]
    own = consenting(records, "assessments").dropna(subset=["level"])
    own = own[(own["wave"] == "after") & (own["form_version"] == form) & (own["rater"] == "self")]
    youth = self_and_youth(records, evaluated_on=evaluated_on, delay_months=delay_months)
    youth = youth[youth["form_version"] == form].assign(level=youth["youth"])
    rows = [
        (f"Criterion {criterion}", RATERS[rater], *_level(group["level"]), *_proofs(records, group))
        for criterion in sorted(set(own["criterion_id"]))
        for rater, rated in (("self", own), ("youth", youth))
        if len(group := rated[rated["criterion_id"] == criterion]) >= FEWEST
    ]
    frame = pd.DataFrame(rows, columns=[*COLUMNS, *PROOFS])
    least = min((row[2] for row in rows), default=0)
    return Statistic("levels", frame, COLUMNS, "service", least, records["assessments"].origin)


def _level(levels: pd.Series[Any]) -> tuple[int, float, float | None, float | None]:
    n, mean, low, high = mean_of(levels)
    return n, mean, None if low is None else max(0.0, low), None if high is None else min(LEVELS - 1.0, high)


def _proofs(records: Any, rows: pd.DataFrame) -> tuple[int, int, int | None]:
    """Of a service's own rating there is no delay to prove."""
    months = int(rows["months_since"].min()) if "months_since" in rows else None
    return without_consent(records, rows["service_code"].tolist()), int(rows["raters"].min()), months
