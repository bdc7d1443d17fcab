"""Tables worked out from released tables after everything is settled: they can tell no more than these do.

A notebook names them with `study.derive`; each kind is a function of the released tables it
is given, in their order, and of its options, in a module of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from compendium.aggregate import Origin, Released, least_real
from compendium.errors import CompendiumError, UnknownName, nearest
from compendium.proposals import Derivation
from compendium.release.derived.beside_published import beside_published
from compendium.release.derived.bounds import bounds
from compendium.release.derived.by_months import by_months
from compendium.release.derived.case_flow import case_flow
from compendium.release.derived.excerpt import excerpt
from compendium.release.derived.given_up import given_up
from compendium.release.derived.harm import harm
from compendium.release.derived.marked_series import marked_series
from compendium.release.derived.missing import missing
from compendium.release.derived.need import need_beside_provision
from compendium.release.derived.pilot import fidelity, re_aim
from compendium.release.derived.rates import rates
from compendium.release.derived.repeats import repeats_beside_chance
from compendium.release.derived.trace import trace_backwards, trace_forwards, trace_results
from compendium.release.derived.units import units_reconcile

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
            first = "If another notebook makes it, run all of them once: `compendium run LOCALITY`."
            near = nearest(absent[0], released).split(" Known:")[0]
            raise UnknownName(f"{one.name}: no table {absent[0]} is released.", f"{first} {near}".strip())
        found[one.name] = _released(one, [released[name] for name in one.of])
    return found


def _released(derivation: Derivation, sources: Sequence[Released]) -> Released:
    frame, columns = KINDS[derivation.kind](sources, derivation.options)
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
    sensitive = any(origin.sensitivity == "sensitive" for origin in origins)
    return replace(
        origins[0],
        provenance=least_real(origin.provenance for origin in origins),
        sensitivity="sensitive" if sensitive else "public",
        source="; ".join(dict.fromkeys(origin.source for origin in origins)),
    )


KINDS: Mapping[str, Callable[[Sequence[Released], Mapping[str, Any]], Frame]] = {
    "bounds": bounds,
    "by_months": by_months,
    "case_flow": case_flow,
    "excerpt": excerpt,
    "fidelity": fidelity,
    "given_up": given_up,
    "harm": harm,
    "beside_published": beside_published,
    "marked_series": marked_series,
    "missing": missing,
    "need_beside_provision": need_beside_provision,
    "trace_backwards": trace_backwards,
    "trace_forwards": trace_forwards,
    "trace_results": trace_results,
    "rates": rates,
    "re_aim": re_aim,
    "repeats_beside_chance": repeats_beside_chance,
    "units_reconcile": units_reconcile,
}
