"""Protect new tables beside what is known already: earlier releases, public figures, knowledge from outside.

What is known is fixed; only new cells can be hidden. A mask stands when the attack on new and known tables together
finds every hidden cell protected, and every difference of periods as well. Where what is known leaves a cell
unprotected without the new tables, hiding can't undo that: the new tables may then add nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from compendium.disclosure.crossing import NOTHING, Crossing
from compendium.disclosure.intruder import Interval, Intruder, adds_nothing
from compendium.disclosure.joint import Joint, contradiction
from compendium.disclosure.known import Bounds
from compendium.disclosure.problem import Problem
from compendium.disclosure.suppression import Candidate, Protection, masks, problem_of
from compendium.disclosure.witnesses import Proof
from compendium.errors import DisclosureRefused

ROUNDS = 6  # times that differences which a mask gives away are added to what must be protected


@dataclass(frozen=True)
class _Attacked:
    """A mask under attack: what is hidden (regions of the joint crossing), what each gives away, parts given away."""

    hidden: tuple[int, ...]
    certificate: Mapping[int, Interval]
    given_away: tuple[int, ...]
    proof: Proof | None

    @property
    def stands(self) -> bool:
        """Whether every hidden cell is protected, or known without the new tables, and nothing is given away."""
        return not self.given_away and all(i.verdict in ("protected", "known") for i in self.certificate.values())


def suppress_beside(candidates: Sequence[Candidate], joint: Joint, *, seed: int | None = None) -> Protection:
    """Hide cells of new tables until the attack from them and all that is known finds every one protected.

    Raises `DisclosureRefused` when new and known tables contradict each other (the smallest set that does is named),
    or when no mask protects.
    """
    problem = problem_of(_of_new(joint), candidates, seed)
    table = _whole_table(joint, candidates, problem)
    concealed = _known_and_small(joint, candidates)
    wanted: tuple[int, ...] = ()
    for _ in range(ROUNDS):
        extended, numbers = _extended(problem, joint, table, wanted)
        more: set[int] = set()
        for mask in masks(extended, candidates):
            found = _attack(joint, problem, [numbers[r] for r in mask if numbers[r] < joint.new_regions])
            if found.stands:
                return _protection(joint, problem, concealed, found)
            more = set(found.given_away) - set(wanted)
            if more:
                break
        if not more:
            break
        wanted = tuple(sorted({*wanted, *more}))
    fixed = problem.locked | joint.exact.keys()
    found = _attack(joint, problem, [r for r in range(joint.new_regions) if r not in fixed])
    if found.stands:
        return _protection(joint, problem, concealed, found)
    names = [*(candidate.shape.name for candidate in candidates), *(table.name for table in joint.known)]
    raise DisclosureRefused(
        f"Tables {', '.join(names)} can't be protected together, even with everything new hidden.",
        "Wait until the new period holds more records, merge categories, or leave out a table.",
    )


def _protection(joint: Joint, problem: Problem, concealed: Sequence[int], found: _Attacked) -> Protection:
    covered = tuple(sorted({*found.hidden, *concealed}))
    certificate, proof = _without_telling(joint, problem, covered, found)
    primary = frozenset({*problem.primary, *concealed})
    return Protection(joint.crossing, problem.counts, primary, covered, certificate, proof=proof)


def _of_new(joint: Joint) -> Crossing:
    """The joint crossing as far as new tables show it."""
    shown = [
        tuple(place for place in places if place[0] < joint.new) for places in joint.crossing.shown[: joint.new_regions]
    ]
    return replace(
        joint.crossing,
        regions=joint.crossing.regions[: joint.new_regions],
        where=joint.crossing.where[: joint.new],
        shown=tuple(shown),
    )


def _known_and_small(joint: Joint, candidates: Sequence[Candidate]) -> list[int]:
    """New cells that the policy hides although their count is known from elsewhere: never printed once more."""
    return [
        region
        for region in joint.exact
        if region < joint.new_regions
        and joint.crossing.regions[region] != NOTHING
        and any(
            candidates[t].hides(labels) and not candidates[t].is_structural(labels)
            for t, labels in joint.crossing.shown[region]
            if t < joint.new
        )
    ]


def _whole_table(joint: Joint, candidates: Sequence[Candidate], problem: Problem) -> np.ndarray:
    """A whole-number table, all unknowns, that agrees with the new tables and all that is known."""
    truth = {region: int(count) for region, count in enumerate(problem.counts)}
    for region, (low, high) in joint.bounds.items():
        if region in truth and not (low <= truth[region] and (high is None or truth[region] <= high)):
            raise _named(joint, candidates, region, truth[region])
    try:
        table = Intruder(joint.crossing, {**joint.exact, **truth}, joint.open).table()
    except DisclosureRefused:
        raise _smallest_contradiction(joint, candidates) from None
    if table is None:
        raise DisclosureRefused(
            f"No whole-number table was found that agrees with {', '.join(t.name for t in joint.known)}.",
            "Check the counts and bounds that are known from elsewhere.",
        )
    return table


def _named(joint: Joint, candidates: Sequence[Candidate], region: int, truth: int) -> DisclosureRefused:
    """The refusal that names a new table and the known one that says otherwise of the same cell."""
    places = joint.crossing.shown[region]
    new = next(candidates[t].shape.name for t, _ in places if t < joint.new)
    said = [(joint.known[t - joint.new], labels) for t, labels in places if t >= joint.new]
    bounds = [(table.name, table.cells.get(labels, (0, None))) for table, labels in said]  # not every table says a cell
    other = next(name for name, (low, high) in bounds if truth < low or (high is not None and truth > high))
    return contradiction(new, other)


def _smallest_contradiction(joint: Joint, candidates: Sequence[Candidate]) -> DisclosureRefused:
    """Leave out table after table as long as the rest still contradicts itself; what stays can't be true together."""
    stay = list(range(joint.new + len(joint.known)))
    for table in [*range(joint.new, len(stay)), *range(joint.new)]:
        rest = [other for other in stay if other != table]
        if not _agree(joint, candidates, rest):
            stay = rest
    names = [*(candidate.shape.name for candidate in candidates), *(table.name for table in joint.known)]
    return contradiction(*(names[table] for table in stay))


def _agree(joint: Joint, candidates: Sequence[Candidate], tables: Iterable[int]) -> bool:
    exact: dict[int, int] = {}
    open_: dict[int, Bounds] = {}
    for table in tables:
        if table < joint.new:
            counts = candidates[table].counts
            exact |= {region: counts[labels] for labels, region in joint.crossing.where[table].items()}
        else:
            for labels, bounds in joint.known[table - joint.new].cells.items():
                region = joint.crossing.where[table][labels]
                if bounds[0] == bounds[1]:
                    exact[region] = bounds[0]
                else:
                    open_[region] = bounds
    try:
        return Intruder(joint.crossing, exact, open_).possible
    except DisclosureRefused:
        return False


def _extended(
    problem: Problem, joint: Joint, table: np.ndarray, wanted: Sequence[int]
) -> tuple[Problem, tuple[int, ...]]:
    """The problem with what is known elsewhere (fixed) and the parts to protect (hidden), and its joint numbers."""
    n = joint.new_regions
    beyond = [region for region in sorted(joint.exact) if region >= n]
    numbers = (*range(n), *beyond, *wanted)
    counts = np.concatenate([problem.counts, np.rint(joint.crossing.sums(numbers[n:]) @ table).astype(np.int64)])
    threshold = int(problem.thresholds.max(initial=0))
    thresholds = np.concatenate(
        [problem.thresholds, np.zeros(len(beyond), dtype=np.int64), np.full(len(wanted), threshold)]
    )
    locked = problem.locked | {r for r in joint.exact if r < n} | {n + i for i in range(len(beyond))}
    parts = tuple(range(n + len(beyond), len(numbers)))
    crossing = replace(
        joint.crossing,
        regions=tuple(joint.crossing.regions[r] for r in numbers),
        shown=tuple(joint.crossing.shown[r] for r in numbers),
    )
    low, high = np.zeros(len(numbers)), np.full(len(numbers), np.inf)
    for place, region in enumerate(numbers):
        if region in joint.open:
            least, most = joint.open[region]
            low[place], high[place] = least, np.inf if most is None else most
    primary = tuple(r for r in problem.primary if r not in locked)
    costs = np.concatenate([problem.costs, np.zeros(len(numbers) - n, dtype=problem.costs.dtype)])
    extended = Problem(crossing, counts, thresholds, costs, (*primary, *parts), frozenset(locked), (), low, high)
    return extended, numbers


def _attack(joint: Joint, problem: Problem, hidden: Sequence[int]) -> _Attacked:
    """Attack a mask from what would be published and all that is known."""
    covered = set(hidden)
    shown = {r: int(c) for r, c in enumerate(problem.counts) if r not in covered}
    threshold = int(problem.thresholds.max(initial=0))
    parts = (*joint.parts, *joint.odd)
    thresholds = {r: int(problem.thresholds[r]) for r in hidden} | dict.fromkeys(parts, threshold)
    attacker = Intruder(joint.crossing, {**joint.exact, **shown}, joint.open)
    found = attacker.certify([*hidden, *parts], thresholds)
    weak = [r for r, interval in found.items() if not _safe(joint, r, interval, threshold)]
    if weak:
        before = Intruder(joint.crossing, joint.exact, joint.open).certify(weak, thresholds)
        for region in weak:
            if adds_nothing(found[region], before[region], thresholds[region]):
                found[region] = replace(found[region], verdict="known")
    away = tuple(p for p in parts if found[p].verdict != "known" and not _safe(joint, p, found[p], threshold))
    return _Attacked(tuple(hidden), {region: found[region] for region in hidden}, away, attacker.proof)


def _without_telling(
    joint: Joint, problem: Problem, hidden: Sequence[int], attacked: _Attacked
) -> tuple[dict[int, Interval], Proof | None]:
    """The certificate and its proof: verdicts from all that is known, bounds from what a reader of the release has.

    Bounds that rest on knowledge from outside would hand it on to readers who did not have it.
    """
    judged = attacked.certificate
    if not joint.outside and set(hidden) <= set(judged):
        return {region: judged[region] for region in hidden}, attacked.proof
    covered = set(hidden)
    bounds = joint.without_outside()
    exact = {region: low for region, (low, high) in bounds.items() if low == high}
    shown = {r: int(c) for r, c in enumerate(problem.counts) if r not in covered}
    thresholds = {region: int(problem.thresholds[region]) for region in hidden}
    others = {region: bound for region, bound in bounds.items() if region not in exact}
    attacker = Intruder(joint.crossing, {**exact, **shown}, others)
    found = attacker.certify(hidden, thresholds)
    told = {
        region: replace(found[region], verdict=judged[region].verdict if region in judged else "known")
        for region in hidden
    }
    return told, attacker.proof


def _safe(joint: Joint, region: int, interval: Interval, threshold: int) -> bool:
    """Protected; or, for a part that no new table shows, known to be nobody or many.

    Of unlike groupings (`joint.odd`) it is enough that nobody can tell that some are there, and few.
    """
    if interval.verdict == "protected" or (region >= joint.new_regions and interval.lowest >= threshold):
        return True
    if region in joint.odd:
        return interval.lowest == 0 or interval.highest is None or interval.highest >= threshold
    return region >= joint.new_regions and interval.highest == 0
