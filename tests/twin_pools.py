"""Many twins of one locality laid on one another, to hold against the parameters they are drawn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pandas as pd
from scipy import stats

from compendium.dictionary import load, twin
from compendium.dictionary.twin_areas import make_areas
from compendium.dictionary.twin_cases import FILES_DRAWN, crime_table, make_cases, make_events
from compendium.dictionary.twin_draw import Draw, month_days
from compendium.dictionary.twin_people import add_people, suspect_table, victim_table
from compendium.dictionary.twin_pilot import make_pilot
from compendium.dictionary.twin_services import make_services
from compendium.dictionary.twin_workshops import make_workshops
from tests.unit.test_twin import PERIOD, ROOT

PARAMETERS = twin.load_parameters(twin.parameters_path(ROOT))
CASE_TWINS, RECORD_TWINS = 30, 20
LEAST_P = 1e-5  # of about a hundred tests with fixed seeds: a wrong share falls far below
CHECKED: dict[str, Callable[[], None]] = {}


def checks(*names: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a test as the one that holds these parameters against what is drawn."""

    def register(test: Callable[[], None]) -> Callable[[], None]:
        CHECKED.update(dict.fromkeys(names, test))
        return test

    return register


@cache
def children() -> dict[str, int]:
    areas = make_areas("blackpool", PARAMETERS, "zone", Draw("pool", "areas"))
    return {str(area): int(n) for area, n in areas["area_population"].groupby("area_id")["persons"].sum().items()}


@cache
def case_files(*, linked: bool) -> dict[str, pd.DataFrame]:
    """`CASE_TWINS` twins with a column `twin`. `linked`: with persons who occur again or in both roles."""
    none: dict[str, Any] = {"victims__repeated": 0, "suspects__repeated": 0, "persons__both_roles": 0}
    parameters = PARAMETERS if linked else PARAMETERS.replaced(**none)
    found: dict[str, list[pd.DataFrame]] = {}
    for number in range(CASE_TWINS):
        cases = make_cases("blackpool", parameters, children(), PERIOD, Draw("pool", number, "cases"))
        add_people(cases, parameters, children(), Draw("pool", number, "people"))
        last = month_days(*PERIOD)[1] + FILES_DRAWN
        tables = {
            "cases": pd.DataFrame([{**case.row, "form_group": case.form_group} for case in cases]),
            "crimes": crime_table(cases),
            "victims": victim_table(cases),
            "suspects": suspect_table(cases),
            "events": make_events(cases, parameters, last, Draw("pool", number, "events")),
        }
        for name, table in tables.items():
            found.setdefault(name, []).append(table.assign(twin=number))
    pooled = {name: pd.concat(tables, ignore_index=True) for name, tables in found.items()}
    about = pooled["cases"].drop(columns=["recorded_on"])
    for name in ("crimes", "victims", "suspects", "events"):
        pooled[name] = pooled[name].merge(about, on=["twin", "case_id"], how="left")
    return pooled


@cache
def records() -> dict[str, pd.DataFrame]:
    """`RECORD_TWINS` twins of services, workshops and pilot with a column `twin`."""
    dictionaries = load(ROOT.dictionaries)
    found: dict[str, list[pd.DataFrame]] = {}
    for number in range(RECORD_TWINS):
        draws = [Draw("pool", number, name) for name in ("services", "workshops", "fieldwork", "pilot")]
        tables = make_services(PARAMETERS, list(children()), month_days(*PERIOD)[1], draws[0])
        tables |= make_workshops(PARAMETERS, dictionaries, draws[1], draws[2])
        tables |= make_pilot(PARAMETERS, dictionaries, draws[3])
        for name, table in tables.items():
            found.setdefault(name, []).append(table.assign(twin=number))
    return {name: pd.concat(tables, ignore_index=True) for name, tables in found.items()}


def assert_drawn_by(weights: Mapping[str, float], found: pd.Series[Any], what: str = "") -> None:
    """Chi-squared of independent draws against their weights; nothing that has no weight occurs."""
    wanted = {key: weight for key, weight in weights.items() if weight > 0}
    counts = found.value_counts()
    assert set(counts.index) <= set(wanted), what
    if len(wanted) > 1:
        expected = [len(found) * weight / sum(wanted.values()) for weight in wanted.values()]
        p = stats.chisquare([counts.get(key, 0) for key in wanted], expected).pvalue
        assert p > LEAST_P, f"{what}: {dict(counts)} against {dict(zip(wanted, expected, strict=True))}"


def assert_shared_out(weights: Mapping[str, float], found: pd.DataFrame, column: str, what: str = "") -> None:
    """In every twin each category has its share of the rows, less than one row off."""
    total = sum(weights.values())
    for _, rows in found.groupby("twin"):
        counts = rows[column].value_counts()
        for key, weight in weights.items():
            assert abs(counts.get(key, 0) - len(rows) * weight / total) < 1, f"{what} {key}"


def assert_share(share: float, successes: int, trials: int, what: str = "") -> None:
    """Exact binomial test."""
    assert trials > 0, what
    assert stats.binomtest(int(successes), int(trials), share).pvalue > LEAST_P, f"{what}: {successes} of {trials}"


def assert_mean(expected: pd.Series[Any] | float, found: pd.Series[Any], what: str = "") -> None:
    """The mean lies within five standard errors of what is expected."""
    apart = (found - expected).astype(float)
    assert abs(apart.mean()) < 5 * apart.std() / len(apart) ** 0.5, f"{what}: {apart.mean():.3f} off"
