"""The design in which each proposed table is shown: chosen from its ladder, or kept as it was approved before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from compendium import disclosure
from compendium.aggregate import Counts, Dimension
from compendium.disclosure.ledger import Entry, dimensions_of
from compendium.disclosure.passing import Settle
from compendium.errors import CompendiumError, Problem
from compendium.proposals import Proposal
from compendium.release.ledger_files import Ledger


def chosen(found: Mapping[str, Proposal], ledger: Ledger, settle: Settle, *, real: bool) -> dict[str, Proposal]:
    """The proposals, each with its counts in the design that is shown, and chart options that speak of that design.

    `settle` protects tables as they will be. A design that a standing release of these records shows is kept.
    """
    ladders = {name: _ladder(proposal) for name, proposal in found.items() if isinstance(proposal.aggregate, Counts)}
    supplied = {name: rungs for name, rungs in ladders.items() if not found[name].empty}
    standing = [entry for entry in ledger.standing if entry.real == real]
    picks = disclosure.pick(supplied, settle, _approved(standing, supplied))
    return {
        name: _in_design(proposal, ladders[name], picks[name]) if name in picks else proposal
        for name, proposal in found.items()
    }


def in_every_design(found: Mapping[str, Proposal]) -> dict[str, Counts]:
    """Every table of counts in each of its designs: others may know numbers by a grouping that is not shown."""
    return {
        f"{name}, design {place}": rung
        for name, proposal in found.items()
        if isinstance(proposal.aggregate, Counts) and not proposal.empty
        for place, rung in enumerate(_ladder(proposal), 1)
    }


def _ladder(proposal: Proposal) -> tuple[Counts, ...]:
    assert isinstance(proposal.aggregate, Counts)
    try:
        return disclosure.ladder(proposal.aggregate, proposal.designs)
    except CompendiumError as wrong:
        file = f"notebooks/{proposal.notebook}.ipynb"
        raise CompendiumError(
            [Problem(file, message=f"{proposal.name}: {each.message}", remedy=each.remedy) for each in wrong.problems]
        ) from None


def _approved(standing: Iterable[Entry], ladders: Mapping[str, tuple[Counts, ...]]) -> dict[str, int]:
    """By table, the rung that the last standing release shows. None for a design that is not declared any more."""
    kept: dict[str, int] = {}
    for entry in standing:
        for name, rungs in ladders.items():
            if len(rungs) > 1 and name in entry.record["tables"]:
                shown = _shape(dimensions_of(entry.record["tables"][name]))
                place = next((n for n, rung in enumerate(rungs) if _shape(rung.dimensions) == shown), None)
                if place is not None:
                    kept[name] = place
    return kept


def _shape(dimensions: Iterable[Dimension]) -> list[tuple[str, dict[str, tuple[str, ...]]]]:
    return [(dimension.name, dict(dimension.members)) for dimension in dimensions]


def _in_design(proposal: Proposal, rungs: tuple[Counts, ...], place: int) -> Proposal:
    if len(rungs) == 1:
        return proposal
    counts = rungs[place]
    renamed = _renamed(rungs[0].dimensions, counts.dimensions)
    options = {key: _said(value, renamed) for key, value in proposal.options.items()}
    kept = {key: value for key, value in options.items() if value is not None}
    return replace(proposal, aggregate=counts, options=kept, forms=tuple(rung.dimensions for rung in rungs))


def _renamed(asked: Iterable[Dimension], shown: Iterable[Dimension]) -> dict[str, str | None]:
    """What stands for each dimension that was asked for: its grouping, or None where it is left out."""
    by_variable = {dimension.variable: dimension.name for dimension in shown}
    return {dimension.name: by_variable.get(dimension.variable) for dimension in asked}


def _said(value: Any, renamed: Mapping[str, str | None]) -> Any:
    """An option of a chart with dimensions by the names of this design; None: it was left out."""
    if isinstance(value, str):
        return renamed.get(value, value)
    if isinstance(value, list | tuple):
        return [said for each in value if (said := _said(each, renamed)) is not None]
    return value
