"""More than once: how many of the persons recorded are in more than one case, beside what chance alone gives.

Chance: as many records dealt to as many people, each as likely as any other. That no two children are alike in what may
befall them is left out, so chance alone gives less than any real world would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd

from compendium.aggregate import Released
from compendium.errors import CompendiumError
from compendium.release.tables import count_text

AGAIN = "again"
REPEATS = {
    "measure": "Records of",
    "records": "In all",
    "observed": "In more than one case",
    "chance": "By chance",
    "low": "By chance, lowest 2.5%",
    "high": "By chance, highest 2.5%",
    "people": "Among how many children",
}
DRAWS, MOST_DRAWN = 4_000, 2_000


def repeats_beside_chance(
    sources: Sequence[Released], options: Mapping[str, Any]
) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """One row: the records of persons who are in more than one case, and as many as chance alone would give.

    `sources`: counts by a dimension with the category `again`, and counts of the children they are among (the total
    is taken). Option `seed`. No row where there is no record, no chance where a total is hidden.
    """
    if len(sources) != 2 or not any(AGAIN in dimension.categories for dimension in sources[0].dimensions):
        raise CompendiumError("Repeats take counts by who is seen again, and counts of children.", "Name them in of.")
    seen, children = sources
    if seen.frame.empty or children.frame.empty:
        return pd.DataFrame(columns=list(REPEATS)), REPEATS
    dimension = next(dimension for dimension in seen.dimensions if AGAIN in dimension.categories)
    records, people = seen.count(), children.count()
    chance: tuple[float | None, ...] = (None, None, None)
    if records is not None and people:
        chance = repeated_by_chance(records, people, seed=int(options.get("seed", 1)))
    again = count_text(seen.count(**{dimension.name: AGAIN}))
    row = (f"{seen.unit.capitalize()}s", count_text(records), again, *chance, count_text(people))
    return pd.DataFrame([row], columns=list(REPEATS)), REPEATS


def repeated_by_chance(records: int, people: int, *, seed: int) -> tuple[float, float, float]:
    """How many of `records`, dealt to `people`, share their person with another: mean and middle 95 %.

    The mean is exact: n (1 - (1 - 1/N)^(n-1)). The band is drawn for up to 2,000 records; for more it is normal, with
    the exact variance of the number of people who get exactly one.
    """
    mean = records * (1 - (1 - 1 / people) ** max(records - 1, 0))
    if records <= MOST_DRAWN:
        dealt = np.sort(np.random.RandomState(seed).randint(0, people, size=(DRAWS, records)), axis=1)
        same = np.diff(dealt, axis=1) == 0
        none = np.zeros((DRAWS, 1), dtype=bool)
        shared = (np.hstack([none, same]) | np.hstack([same, none])).sum(axis=1)
        low, high = np.percentile(shared, [2.5, 97.5])
        return mean, float(low), float(high)
    alone = records - mean
    pairs = (people - 1) / people * records * (records - 1) * (1 - 2 / people) ** (records - 2)
    reach = 1.96 * sqrt(max(pairs + alone - alone**2, 0.0))
    return mean, max(mean - reach, 0.0), min(mean + reach, float(records))
