"""What is known of each unit, of its case and of the principal crime of its case, one variable at a time.

Private. A variable is made when it is first asked for and kept with the tables (`TableGroup.memo`), as codes of its few
values: with a million cases a table is then counted in a fraction of a second, and no wide join is ever made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from compendium.aggregate import TableGroup
from compendium.analysis import known_before, repeats
from compendium.analysis.case_dimensions import delay_codes

UNITS: Mapping[str, str] = {
    "case": "cases",
    "crime": "crimes",
    "victim": "victims",
    "suspect": "suspects",
    "event": "case_events",
}
Positions = npt.NDArray[np.int64]
PRINCIPAL = "principal crime"  # beside the names of tables: the rows of `crimes` that are one


def variable(case_files: Any, unit: str, name: str) -> pd.Categorical:
    """The value of a variable for each row of the unit's table, in its order; missing where there is none.

    Own columns come first, then those of the case, then those of its principal crime; `end`, `month`, `delay`,
    `child_role`, `known_before`, `seen_again` and `series` are worked out.
    """
    return _kept(case_files, ("variable", unit, name), lambda: _variable(case_files, unit, name))


def records(case_files: Any, unit: str) -> pd.DataFrame:
    """One row a unit with every variable of its own, of its case and of the principal crime of that case, as text."""
    own = case_files[UNITS[unit]].frame
    found = {name: own[name].array for name in own.columns}
    for table in ("cases", PRINCIPAL):
        frame = _frame(case_files, table)
        at = _positions(case_files, unit, table)
        for name in frame.columns:
            if name not in found:
                found[name] = frame[name].array.take(at, allow_fill=True)
    made = [name for name, (units, _) in DERIVED.items() if unit in units]
    return pd.DataFrame({**found, **{name: _text(variable(case_files, unit, name)) for name in made}}, index=own.index)


def _variable(case_files: Any, unit: str, name: str) -> pd.Categorical:
    if name in DERIVED and unit in DERIVED[name][0]:
        return DERIVED[name][1](case_files, unit)
    for table in (UNITS[unit], "cases", PRINCIPAL):
        frame = _frame(case_files, table)
        if name in frame.columns:
            coded = _kept(case_files, ("column", table, name), lambda: pd.Categorical(frame[name]))  # noqa: B023
            return coded if table == UNITS[unit] else coded.take(_positions(case_files, unit, table), allow_fill=True)
    raise KeyError(name)


def _end(case_files: Any, unit: str) -> pd.Categorical:
    """The outcome, or where the case stands; a further crime of a case that has an outcome may itself still be open."""
    outcome, stage = (variable(case_files, unit, name) for name in ("outcome_type", "stage"))
    standing = ["open" if code == "outcome" else str(code) for code in stage.categories]
    labels = [*map(str, outcome.categories), *standing]
    given = (outcome.codes >= 0) & (np.asarray(outcome.astype(object)) != "")
    codes = np.where(given, outcome.codes, np.where(stage.codes >= 0, stage.codes + len(outcome.categories), -1))
    return _as_text(codes, labels)


def _month(case_files: Any, unit: str) -> pd.Categorical:
    days = _dates(case_files, unit, "recorded_on").to_numpy()
    months, codes = np.unique(days.astype("datetime64[M]"), return_inverse=True)
    return _as_text(np.where(np.isnat(days), -1, codes), [str(month) for month in months])


def _delay(case_files: Any, unit: str) -> pd.Categorical:
    ended = _dates(case_files, unit, "offence_to").fillna(_dates(case_files, unit, "offence_from"))
    return pd.Categorical(delay_codes(ended, _dates(case_files, unit, "recorded_on")))


def _child_role(case_files: Any, unit: str) -> pd.Categorical:
    victims = case_files["victims"].frame
    suspects = set(case_files["suspects"].frame["person_id"])
    role = victims["person_id"].isin(suspects).map({True: "also_suspect", False: "victim_only"}).astype(object)
    return pd.Categorical(role.mask(victims["identified"] == "no", "not_identified"))


def _known_before(case_files: Any, unit: str) -> pd.Categorical:
    return pd.Categorical(known_before.codes(case_files[UNITS[unit]].frame).astype(object))


def _seen_again(case_files: Any, unit: str) -> pd.Categorical:
    return pd.Categorical(repeats.seen_again(case_files[UNITS[unit]].frame))


def _series(case_files: Any, unit: str) -> pd.Categorical:
    return pd.Categorical(repeats.in_series(case_files["cases"].frame, case_files["suspects"].frame))


EVERY = tuple(UNITS)
DERIVED: Mapping[str, tuple[tuple[str, ...], Callable[[Any, str], pd.Categorical]]] = {  # units that have it, how
    "end": (EVERY, _end),
    "month": (EVERY, _month),
    "delay": (EVERY, _delay),
    "child_role": (("victim",), _child_role),
    known_before.VARIABLE: (("victim",), _known_before),
    repeats.SEEN_AGAIN: (("victim", "suspect"), _seen_again),
    repeats.SERIES: (("case",), _series),
}


def _dates(case_files: Any, unit: str, name: str) -> pd.Series[Any]:
    """A column of dates for each row of the unit; missing where no table has it."""
    rows = case_files[UNITS[unit]].frame
    for table in (UNITS[unit], "cases", PRINCIPAL):
        frame = _frame(case_files, table)
        if name in frame.columns:
            days = pd.to_datetime(frame[name])
            if table == UNITS[unit]:
                return days
            return pd.Series(days.array.take(_positions(case_files, unit, table), allow_fill=True), index=rows.index)
    return pd.Series(pd.NaT, index=rows.index, dtype="datetime64[s]")


def _frame(case_files: Any, table: str) -> pd.DataFrame:
    if table != PRINCIPAL:
        frame: pd.DataFrame = case_files[table].frame
        return frame
    return _kept(case_files, ("table", PRINCIPAL), lambda: _principal(case_files["crimes"].frame))


def _principal(crimes: pd.DataFrame) -> pd.DataFrame:
    return crimes[crimes["principal"].astype(str).str.lower() == "true"].reset_index(drop=True)


def _positions(case_files: Any, unit: str, table: str) -> Positions:
    """Where in `cases`, or among the principal crimes, the case of each row of the unit stands; -1: nowhere."""

    def find() -> Positions:
        rows, frame = case_files[UNITS[unit]].frame, _frame(case_files, table)
        found: Positions = pd.Index(frame["case_id"]).get_indexer(pd.Index(rows["case_id"]))
        return found

    return _kept(case_files, ("positions", unit, table), find)


def _as_text(codes: npt.NDArray[Any], labels: list[str]) -> pd.Categorical:
    """Codes with labels that may repeat: equal labels become one category."""
    once = list(dict.fromkeys(labels))
    place = np.array([*(once.index(label) for label in labels), -1])
    return pd.Categorical.from_codes(place[codes], categories=pd.Index(once, dtype=object))


def _text(values: pd.Categorical) -> Any:
    return np.asarray(values.astype(object))


def _kept(case_files: Any, key: tuple[str, ...], make: Callable[[], Any]) -> Any:
    """What was made of these tables once; tables that keep nothing make it again."""
    memo = case_files.memo if isinstance(case_files, TableGroup) else {}
    if key not in memo:
        memo[key] = make()
    return memo[key]
