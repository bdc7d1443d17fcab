"""Rates with exact intervals: events are counted, so they vary like a Poisson number."""

from __future__ import annotations

import pandas as pd

from compendium import intervals
from compendium.aggregate import CheckedTable, Statistic
from compendium.analysis.estimate import Estimate, Undefined

COMPARATORS = {
    "measure": "Offence group of the official table",
    "value": "Recorded in the community safety partnership",
    "force": "Recorded in the police force area",
    "remark": "What it holds and leaves out",
}
OFFENCE_GROUPS = {
    "sexual_offences": (
        "Sexual offences",
        "Victims of every age, online and offline. Offences with images of children are not in it.",
    ),
    "miscellaneous": (
        "Miscellaneous crimes against society",
        "Offences with images of children (86) stand here, among much else.",
    ),
    "theft": ("Theft offences", "Blackmail (35), and so extortion with a sexual image, stands here, among much else."),
}


def poisson_rate(events: int, exposure: float, *, per: float = 1000, confidence: float = 0.95) -> Estimate:
    """Events for each `per` of exposure with the exact interval of Garwood 1936 (Biometrika 28:437-442).

    Undefined without exposure.
    """
    if exposure <= 0:
        raise Undefined("A rate needs an exposure above 0.")
    low, high = intervals.poisson(events, confidence=confidence)
    return Estimate(events / exposure * per, low / exposure * per, high / exposure * per)


def comparators(area_crime: CheckedTable, *, district: str) -> Statistic:
    """What the official table says of the partnership of `district` and of its police force area (kind `listing`).

    Beside each offence group stands what it leaves out: image offences are not sexual offences there.
    """
    rows = area_crime.frame
    here = rows[(rows["district_code"] == district) & rows["level"].isin(["csp", "csp_and_force"])]
    force = rows[rows["force_code"].isin(here["force_code"]) & rows["level"].isin(["force", "csp_and_force"])]
    found = []
    if len(here) and len(force):
        found = [
            {
                "measure": title,
                "value": int(here[column].iloc[0]),
                "force": int(force[column].iloc[0]),
                "remark": remark,
            }
            for column, (title, remark) in OFFENCE_GROUPS.items()
        ]
    frame = pd.DataFrame(found, columns=list(COMPARATORS))
    return Statistic("listing", frame, COMPARATORS, "crime", 0, area_crime.origin)
