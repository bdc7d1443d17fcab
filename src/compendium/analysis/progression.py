"""Whether to go on after the pilot: stop, amend or go, by criteria declared before the data.

Adapted from Avery et al. 2017, BMJ Open 7:e013537, which was made for trial pilots.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from compendium.aggregate import Statistic
from compendium.analysis.estimate import Undefined
from compendium.analysis.pilot import WITHOUT_CONSENT, consenting, evaluated, without_consent
from compendium.analysis.pilot_effort import declaration
from compendium.analysis.scales import SCALES, acceptability
from compendium.analysis.youth_ratings import youth_rated
from compendium.declared import day
from compendium.errors import nearest

CRITERIA = 12  # of the illustrative standards: two each
COLUMNS = {
    "criterion": "Criterion",
    "measure": "Measure",
    "value_text": "Found",
    "green": "Go from",
    "amber": "Amend from",
    "light": "Light",
    "verdict": "Verdict",
    "remedy": "What would be done",
    "owner": "Owner",
    "due": "By",
}
LIGHTS = {"go": "green", "amend": "amber", "stop": "red"}  # a word beside the word: never a colour alone


def progression(records: Any) -> Statistic:
    """Each progression criterion, declared before the data, with its number and stop, amend or go (kind `progression`).

    Where the green limit is the lower one, less is better. A measure that nobody can compute is an error, never a go;
    one without data is `no data`. Raises `InputRefused` for a criterion that is not as it was declared.
    """
    table = records["progression_criteria"]
    declaration(records)
    titles = table.dimensions["measure"].categories
    rows = [_row(records, titles, criterion) for criterion in table.frame.to_dict("records")]
    codes = evaluated(records)["service_code"].tolist()
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).assign(**{WITHOUT_CONSENT: without_consent(records, codes)})
    return Statistic("progression", frame, COLUMNS, "service", len(evaluated(records)), table.origin)


def verdict(value: float, green: float, amber: float) -> str:
    """`go` at or past the green limit, `amend` at or past amber, else `stop`; less is better if green < amber."""
    sign = 1 if green >= amber else -1
    if sign * value >= sign * green:
        return "go"
    return "amend" if sign * value >= sign * amber else "stop"


def _row(records: Any, titles: Mapping[str, str], criterion: Mapping[str, Any]) -> dict[str, Any]:
    name = str(criterion["measure"])
    if name not in MEASURES:
        raise Undefined(f"Progression measure {name} is not known.", nearest(name, MEASURES))
    compute, percent = MEASURES[name]
    value, green, amber = compute(records), float(criterion["green"]), float(criterion["amber"])
    found = "no data" if math.isnan(value) else verdict(value, green, amber)
    return {
        "criterion": criterion["criterion"],
        "measure": f"{titles.get(name, name)} (declared {day(criterion['declared_on'])})",
        "value_text": "no data" if math.isnan(value) else _text(value, percent, 1 if name in MEANS else 2),
        "green": _text(green, percent),
        "amber": _text(amber, percent),
        "light": LIGHTS.get(found, ""),
        "verdict": found,
        "remedy": "" if found == "go" else str(criterion["remedy"]),
        "owner": "" if found == "go" else str(criterion["owner"]),
        "due": "" if found == "go" else str(day(criterion["due_on"])),
    }


def _text(value: float, percent: bool, decimals: int = 2) -> str:
    if percent:
        return f"{100 * value:.0f}%"
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".")


def _share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def _waves(records: Any) -> pd.DataFrame:
    """Self-ratings of evaluated services before and after."""
    ratings = consenting(records, "assessments")
    own = ratings[(ratings["rater"] == "self") & ratings["wave"].isin(["before", "after"])]
    return own[own["service_code"].isin(evaluated(records)["service_code"])].dropna(subset=["level"])


def _services_completed(records: Any) -> float:
    """Of all services that began and gave consent, those that rated themselves in both waves."""
    both = _waves(records).groupby("service_code")["wave"].nunique()
    services = records["pilot_services"].frame
    return _share(int((both == 2).sum()), int((services["consent"] == "yes").sum()))


def _criteria_rated(records: Any) -> float:
    both = _waves(records).groupby(["service_code", "criterion_id"])["wave"].nunique()
    return _share(int((both == 2).sum()), CRITERIA * len(evaluated(records)))


def _youth_rated(records: Any) -> float:
    """Of the evaluated services, those rated after the pilot by at least five young people."""
    return _share(youth_rated(records), len(evaluated(records)))


def _mean_of(measure: str) -> Callable[[Any], float]:
    def mean(records: Any) -> float:
        frame = acceptability(records).frame
        rows = frame[frame["measure"] == SCALES[measure]]
        return _share(float((rows["n"] * rows["mean"]).sum()), float(rows["n"].sum()))

    return mean


def _staff_hours(records: Any) -> float:
    """All staff of an assessment together, for the middle assessment."""
    spent = consenting(records, "costs")
    hours = pd.to_numeric(spent["staff_hours"]).groupby([spent["service_code"], spent["wave"]]).sum()
    return float(hours.median()) if len(hours) else math.nan


MEANS = ("aim_mean", "iam_mean", "fim_mean")  # of persons: told no finer than the scores themselves are
MEASURES: Mapping[str, tuple[Callable[[Any], float], bool]] = {
    "services_completed": (_services_completed, True),
    "criteria_rated": (_criteria_rated, True),
    "youth_rated": (_youth_rated, True),
    "aim_mean": (_mean_of("AIM"), False),
    "iam_mean": (_mean_of("IAM"), False),
    "fim_mean": (_mean_of("FIM"), False),
    "staff_hours": (_staff_hours, False),
}
