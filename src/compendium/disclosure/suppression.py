"""From true counts of linked tables to a mask that has been attacked: primary, secondary, audit, and if need be all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from compendium.aggregate import TOTAL
from compendium.disclosure.crossing import NOTHING, Crossing, Region, Shape, cross
from compendium.disclosure.differences import given_away, touching
from compendium.disclosure.intruder import Interval, Intruder
from compendium.disclosure.mask import Mask
from compendium.disclosure.optimal import Search
from compendium.disclosure.policy import Policy
from compendium.disclosure.problem import ROUNDS as SEARCHED
from compendium.disclosure.problem import Problem, costs, regions_of
from compendium.disclosure.witnesses import Proof
from compendium.errors import DisclosureRefused

Labels = tuple[str, ...]
ROUNDS = 5  # masks tried before everything is hidden
SMALL = 300  # regions up to which a search that was stopped is held against a mask made without it


@dataclass(frozen=True)
class Candidate:
    """A table before protection: its shape, the count of every cell and margin, and the policy that holds for it."""

    shape: Shape
    counts: Mapping[Labels, int]
    policy: Policy
    structural: frozenset[Labels] = frozenset()  # inner cells that can't hold a unit: known to everybody
    concealed: frozenset[Labels] = frozenset()  # hidden whatever they count: earlier releases hid them

    @property
    def sensitive(self) -> bool:
        return any(dimension.area or dimension.sensitive for dimension in self.shape.dimensions)

    def is_structural(self, labels: Labels) -> bool:
        """Whether the cell, or every inner cell of the margin, is a structural zero."""
        if TOTAL not in labels or not self.structural:
            return labels in self.structural
        return all(
            inner in self.structural
            for inner in self.counts
            if TOTAL not in inner and all(a in (b, TOTAL) for a, b in zip(labels, inner, strict=True))
        )

    def hides(self, labels: Labels) -> bool:
        """Whether this cell may not be shown for its own sake: by the policy, or because it was hidden before."""
        count = self.counts[labels]
        if labels in self.concealed:
            return True
        if count == 0:
            return self.policy.hides_zeros(self.sensitive) or self.completes_a_group(labels)
        return count < self.policy.threshold

    def completes_a_group(self, labels: Labels) -> bool:
        """Whether this zero tells that all of a group are in one category: group disclosure.

        A group is a line of cells along one dimension in which the others are not all totals; categories that can't
        hold a unit don't make a choice.
        """
        if not self.policy.hides_groups(self.sensitive):
            return False
        for axis, dimension in enumerate(self.shape.dimensions):
            others = (*labels[:axis], *labels[axis + 1 :])
            if labels[axis] == TOTAL or all(label == TOTAL for label in others):
                continue
            line = ((*labels[:axis], code, *labels[axis + 1 :]) for code in dimension.categories)
            if sum(self.counts[cell] > 0 for cell in line) == 1 and not self.is_structural(labels):
                return True
        return False


@dataclass(frozen=True)
class Protection:
    """By region: what is hidden and why, and what an intruder can work out about it.

    `proof` holds the tables that show the hidden regions protected.
    `loss` is the cost of all that is hidden, `bound` what any safe mask loses at least (both private; 0: not known).
    """

    crossing: Crossing
    counts: np.ndarray
    primary: frozenset[int]
    hidden: tuple[int, ...]
    certificate: Mapping[int, Interval]
    loss: int = 0
    bound: int = 0
    proof: Proof | None = None

    @property
    def gap(self) -> float:
        """How much less could be lost at most, as a share of what is lost."""
        return 1 - self.bound / self.loss if self.loss else 0.0

    def reason(self, region: int) -> str:
        return "primary" if region in self.primary else "secondary"


def suppress(candidates: Sequence[Candidate], *, seed: int | None = None, rounds: int = SEARCHED) -> Protection:
    """Hide cells and margins of linked tables until an attack from public information finds every one protected.

    All candidates count the same unit of one locality. `rounds` limits the search for the mask of least loss.
    Raises `DisclosureRefused` when two tables disagree about a count, or when no mask protects.
    """
    crossing = cross([candidate.shape for candidate in candidates])
    problem = replace(problem_of(crossing, candidates, seed), rounds=rounds)
    primary = frozenset(problem.primary)
    bound: int | None = None  # of the first round: later ones force regions that another mask might publish
    for _ in range(ROUNDS):
        hidden, certificate, away, found, proof = _first_protected(problem, candidates)
        bound = found if bound is None else bound
        if not away:
            break
        forced = {region for part in away for region in touching(crossing, part)} - problem.locked
        problem = replace(problem, forced=tuple(sorted(forced.union(problem.forced))))
    else:
        everything = replace(problem, forced=tuple(r for r in range(len(problem.counts)) if r not in problem.locked))
        hidden, certificate, _, _, proof = _first_protected(everything, candidates)
    loss = int(problem.costs[list(hidden)].sum())
    return Protection(crossing, problem.counts, primary, hidden, certificate, loss, min(bound or 0, loss), proof)


def _first_protected(
    problem: Problem, candidates: Sequence[Candidate]
) -> tuple[tuple[int, ...], dict[int, Interval], list[Region], int, Proof | None]:
    """The first mask that holds, its certificate, parts it gives away by subtraction, a bound, the proof."""
    for hidden, bound in _masks(problem, candidates):
        known = _published(problem, hidden)
        thresholds = {region: int(problem.thresholds[region]) for region in hidden}
        attacker = Intruder(problem.crossing, known)
        certificate = attacker.certify(hidden, thresholds)
        if all(interval.verdict == "protected" for interval in certificate.values()):
            away = given_away(problem.crossing, known, int(problem.thresholds.max(initial=0)))
            return hidden, certificate, away, bound, attacker.proof
    raise DisclosureRefused(
        f"Tables {', '.join(candidate.shape.name for candidate in candidates)} can't be protected together, "
        "even with everything hidden that may be hidden.",
        "Merge categories, or leave out the table with the most small cells.",
    )


def problem_of(crossing: Crossing, candidates: Sequence[Candidate], seed: int | None) -> Problem:
    counts = np.zeros(len(crossing.regions), dtype=np.int64)
    thresholds = np.zeros(len(crossing.regions), dtype=np.int64)
    primary, locked = [], set()
    for region, places in enumerate(crossing.shown):
        found = {candidates[table].counts[labels]: table for table, labels in places}
        if len(found) > 1:
            first, second = sorted(candidates[table].shape.name for table in list(found.values())[:2])
            raise DisclosureRefused(
                f"Tables {first} and {second} give different counts for the same cell.",
                "Tables of one unit must count the same records: use a dimension instead of a filter.",
            )
        counts[region] = next(iter(found))
        thresholds[region] = max(candidates[table].policy.threshold for table, _ in places)
        if crossing.regions[region] == NOTHING or any(candidates[t].is_structural(labels) for t, labels in places):
            locked.add(region)
        elif any(candidates[t].hides(labels) for t, labels in places):
            primary.append(region)
    _refuse_counted_impossible(crossing, candidates, counts, locked)
    return Problem(crossing, counts, thresholds, costs(crossing, counts, seed), tuple(primary), frozenset(locked))


def _refuse_counted_impossible(
    crossing: Crossing, candidates: Sequence[Candidate], counts: np.ndarray, locked: set[int]
) -> None:
    for region in sorted(locked):
        if counts[region]:
            table, labels = crossing.shown[region][0]
            name = candidates[table].shape.name
            raise DisclosureRefused(
                f"Table {name}: a cell declared impossible holds records ({', '.join(labels)}).",
                "Correct the records, or take the cell out of the structural zeros.",
            )


def masks(problem: Problem, candidates: Sequence[Candidate]) -> Iterator[tuple[int, ...]]:
    """Masks from the least loss to the safest: the search; the search without giving back; all of it."""
    for hidden, _ in _masks(problem, candidates):
        yield hidden


def _masks(problem: Problem, candidates: Sequence[Candidate]) -> Iterator[tuple[tuple[int, ...], int]]:
    """The masks, each with the least that any safe mask loses."""
    if not problem.primary and not problem.forced:
        yield (), 0
        return
    mask, search = Mask(problem), Search(problem)
    proposal = search.run(mask.unmet())
    mended = [_mended(mask, search, proposal.hidden)]
    if not proposal.finished and len(problem.counts) <= SMALL:  # a loop that was stopped may lead astray: without it
        mended.append(_mended(Mask(problem), search, ()))
    least, grown = min(mended, key=lambda pair: int(problem.costs[list(pair[0])].sum()))
    yield least, proposal.bound
    yield grown, proposal.bound
    touched = sorted({table for region in grown for table, _ in problem.crossing.shown[region]})
    for tables in (touched, range(len(candidates))):
        yield tuple(r for r in regions_of(problem.crossing, tables) if r not in problem.locked), proposal.bound


def _mended(mask: Mask, search: Search, hidden: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """A proposal with all that its protection still needs and without what it does not; and before giving back."""
    mask.hide(hidden)
    mask.drop_idle()
    mask.grow()
    grown = tuple(sorted(mask.hidden))
    mask.give_back(search.needed)
    return tuple(sorted(mask.hidden)), grown


def _published(problem: Problem, hidden: Sequence[int]) -> dict[int, int]:
    """What would be published: all that the attack may know."""
    covered = set(hidden)
    return {region: int(count) for region, count in enumerate(problem.counts) if region not in covered}
