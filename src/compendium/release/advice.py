"""Other designs of tables in which much is hidden, for the checker's pack. Private: it is made from true counts."""

from __future__ import annotations

from collections.abc import Mapping

from compendium.aggregate import Counts
from compendium.disclosure.crossing import Shape
from compendium.disclosure.differencing import true_counts
from compendium.disclosure.policy import policy_for
from compendium.disclosure.redesign import redesigns
from compendium.disclosure.suppression import Candidate
from compendium.release.settle import Made

DESIGNS = 12  # designs tried for a table: a pack shouldn't take minutes


def advice(made: Made, *, policy: str | None) -> Mapping[str, tuple[str, ...]]:
    """By table, a sentence a design that hides less; tables in which nothing is hidden need none.

    `policy`: the locality's. Each design is protected alone, so in the whole release it may hide a little more.
    """
    found = {}
    for name, table in made.found.items():
        frame = made.released[name].frame
        aggregate = table.aggregate
        if isinstance(aggregate, Counts) and "status" in frame and bool((frame["status"] == "hidden").any()):
            candidate = Candidate(
                Shape(name, aggregate.dimensions),
                true_counts(aggregate),
                policy_for(name, aggregate, policy),
                frozenset(aggregate.structural_zeros),
            )
            found[name] = redesigns(candidate, limit=DESIGNS).words
    return found
