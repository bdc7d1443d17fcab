"""Tables worked out from released tables after everything is settled: they can tell no more than these do.

A notebook names them with `study.derive`; each kind is a function of the released tables it is given, in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from compendium import intervals
from compendium.aggregate import Origin, Released
from compendium.errors import CompendiumError, UnknownName, nearest
from compendium.proposals import Derivation
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
Frame = tuple[pd.DataFrame, Mapping[str, str]]


def derive(derivations: Sequence[Derivation], released: Mapping[str, Released]) -> dict[str, Released]:
    """The derived tables by name. Raises `UnknownName` for a kind or a table nobody has, `CompendiumError` for a name
    that a proposal has already.
    """
    found: dict[str, Released] = {}
    for one in derivations:
        if one.name in released or one.name in found:
            raise CompendiumError(f"{one.name} is published twice.", "Give one of them another name.")
        if one.kind not in KINDS:
            raise UnknownName(f"{one.name}: nothing is derived as {one.kind}.", nearest(one.kind, KINDS))
        if absent := [name for name in one.of if name not in released]:
            raise UnknownName(f"{one.name}: no table {absent[0]} is released.", nearest(absent[0], released))
        found[one.name] = _released(one, [released[name] for name in one.of])
    return found


def _released(derivation: Derivation, sources: Sequence[Released]) -> Released:
    frame, columns = KINDS[derivation.kind](sources)
    return Released(
        name=derivation.name,
        title=derivation.title,
        caption=derivation.caption,
        frame=frame,
        unit=sources[0].unit,
        kind=derivation.kind,
        dimensions=(),
        columns=columns,
        origin=_origin([source.origin for source in sources]),
        policy=sources[0].policy,
        chart=derivation.chart,
        options=derivation.options,
        note=derivation.note,
    )


def _origin(origins: Sequence[Origin]) -> Origin:
    """That of the first table; as invented and as sensitive as any of them."""
    kinds = {origin.provenance for origin in origins}
    provenance = next((kind for kind in ("synthetic", "illustrative") if kind in kinds), "real")
    sensitive = any(origin.sensitivity == "sensitive" for origin in origins)
    return replace(
        origins[0],
        provenance=provenance,  # type: ignore[arg-type]
        sensitivity="sensitive" if sensitive else "public",
        source="; ".join(dict.fromkeys(origin.source for origin in origins)),
    )


def need_beside_provision(sources: Sequence[Released]) -> Frame:
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


KINDS: Mapping[str, Callable[[Sequence[Released]], Frame]] = {"need_beside_provision": need_beside_provision}
