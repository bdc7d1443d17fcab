"""Need beside provision: victims and services by the same groups of areas, from released tables alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from compendium import intervals
from compendium.aggregate import Released
from compendium.errors import CompendiumError
from compendium.release.tables import count_text

PER = 1000
LEAST_EVENTS = 10  # no rate of persons on fewer
BESIDE = {
    "group": "Group of areas",
    "children": "Children",
    "need": "Victims",
    "need_rate": "Victims per 1,000 children",
    "low": "95% interval from",
    "high": "to",
    "provision": "Services at a location",
    "provision_rate": "Services per 1,000 children",
}


def need_beside_provision(
    sources: Sequence[Released], options: Mapping[str, Any] | None = None
) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """Three tables by the same groups of areas: need, provision, and the children both are for.

    A row a group, from most to least deprived; `need` is a number or `hidden`. No rate of fewer than ten persons or of
    what is hidden. What lies in no group has no row.
    """
    if len(sources) != 3 or any(len(source.dimensions) != 1 for source in sources):
        raise CompendiumError("Need beside provision takes three tables, each by one dimension.", "Name them in of.")
    need, provision, exposure = sources
    if any(source.frame.empty for source in sources):
        return pd.DataFrame(columns=list(BESIDE)), BESIDE
    groups = exposure.dimensions[0]
    rows = [
        _beside(label, *(source.count(**{source.dimensions[0].name: code}) for source in (exposure, need, provision)))
        for code, label in groups.categories.items()
        if code not in groups.missing
    ]
    return pd.DataFrame(rows, columns=list(BESIDE)), BESIDE


def _beside(label: str, children: int | None, events: int | None, services: int | None) -> tuple[object, ...]:
    if not children:
        return (label, count_text(children), count_text(events), None, None, None, count_text(services), None)
    rate, low, high = None, None, None
    if events is not None and events >= LEAST_EVENTS:
        rate, low, high = (round(PER * number / children, 1) for number in (events, *intervals.poisson(events)))
    provided = None if services is None else round(PER * services / children, 2)
    return (label, count_text(children), count_text(events), rate, low, high, count_text(services), provided)
