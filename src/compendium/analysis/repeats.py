"""More than once: persons who are in more than one case, and cases that share a recorded suspect (series).

Persons are linked by `person_id`, within one role. A child who is not identified can't be seen again, and is counted
with those who were not.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from compendium.aggregate import Dimension

AGAIN, ONCE = "again", "once"
SEEN_AGAIN, SERIES = "seen_again", "series"
DIMENSIONS: Mapping[str, Mapping[str, Dimension]] = {  # unit -> name -> dimension
    "victim": {
        SEEN_AGAIN: Dimension(
            SEEN_AGAIN,
            "In more than one case",
            {AGAIN: "Also a victim in another case", ONCE: "In one case, as far as is known"},
            sensitive=True,
        )
    },
    "suspect": {
        SEEN_AGAIN: Dimension(
            SEEN_AGAIN,
            "In more than one case",
            {AGAIN: "Also a recorded suspect in another case", ONCE: "In one case, as far as is known"},
            sensitive=True,
        )
    },
    "case": {
        SERIES: Dimension(
            SERIES,
            "Case in a series",
            {AGAIN: "Shares a recorded suspect with another case", ONCE: "Does not, as far as is known"},
            sensitive=True,
        )
    },
}


def seen_again(persons: pd.DataFrame) -> pd.Series:
    """`again` for each row whose person is in another case as well, else `once`. Columns: `person_id`, `case_id`."""
    cases = persons.groupby("person_id")["case_id"].transform("nunique")
    return _coded(cases > 1)


def in_series(cases: pd.DataFrame, suspects: pd.DataFrame) -> pd.Series:
    """`again` for each case that has a recorded suspect of another case as well, else `once`."""
    shared = suspects.loc[seen_again(suspects) == AGAIN, "case_id"]
    return _coded(cases["case_id"].isin(set(shared)))


def _coded(found: pd.Series) -> pd.Series:
    coded: pd.Series = found.map({True: AGAIN, False: ONCE}).astype(object)
    return coded
