"""What an intruder can work out about hidden cells from everything that is published.

The intruder knows the published cells and margins of all linked tables, that counts are whole and not negative, and
the rule by which cells are hidden. Which hidden cell was hidden for itself and which for others, nobody says: any
hidden cell may be anything from 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import sparse

from compendium.disclosure.crossing import Crossing
from compendium.disclosure.linear import TOLERANCE, Program, whole_table
from compendium.disclosure.witnesses import Proof, Witnesses, proof
from compendium.errors import DisclosureRefused

Verdict = Literal["protected", "narrow", "exact", "known"]


@dataclass(frozen=True)
class Interval:
    """The least and the greatest count that agree with all that is public; `highest` None: no bound.

    `known`: what is known without the release already leaves no protection, and the release adds nothing to it.
    """

    lowest: int
    highest: int | None
    verdict: Verdict


def verdict(lowest: int, highest: int | None, threshold: int) -> Verdict:
    """The one protection rule, from public information alone (DESIGN, contracts).

    `protected`: the interval includes 0 and reaches the threshold, or lies wholly at or above it without being exact.
    """
    if lowest == highest:
        return "exact"
    reaches = highest is None or highest >= threshold
    if (lowest == 0 and reaches) or lowest >= threshold:
        return "protected"
    return "narrow"


def adds_nothing(found: Interval, before: Interval, threshold: int) -> bool:
    """Whether a release leaves a cell as open, up to the threshold, as it was from what is known without it."""
    if before.highest is not None and (found.highest is None or found.highest > before.highest):
        return False
    reaches = found.highest is None or found.highest >= (
        threshold if before.highest is None else min(threshold, before.highest)
    )
    return before.verdict != "protected" and found.lowest <= before.lowest and reaches


class Intruder:
    """All tables that agree with the published counts of a crossing's regions."""

    def __init__(
        self, crossing: Crossing, known: Mapping[int, int], bounds: Mapping[int, tuple[int, int | None]] | None = None
    ) -> None:
        """`known`: region -> count. `bounds`: region -> lowest and highest count (None: no bound)."""
        self.crossing = crossing
        regions, bounds = sorted(known), bounds or {}
        sums, consistency = crossing.sums(regions), crossing.consistency()
        matrix = sparse.csr_matrix(sparse.vstack([sums, consistency]))
        value = np.concatenate([np.array([known[r] for r in regions], dtype=float), np.zeros(consistency.shape[0])])
        largest = sum(known.values()) + sum(low if high is None else high for low, high in bounds.values())
        self.roof = 2 * (float(largest) + 1_000)
        self.proof: Proof | None = None
        self._reduce(matrix, value, len(regions))
        self._bind(bounds)
        self.program = Program(self.matrix, self.lower, self.upper, self.cap, only_costs_change=True)

    def _reduce(self, matrix: sparse.csr_matrix, value: np.ndarray, adding: int) -> None:
        """Take out the unknowns that follow at once: those of a zero, and those alone in their row."""
        fixed = np.full(matrix.shape[1], np.nan)
        plain = np.arange(matrix.shape[0]) < adding  # rows without a minus sign
        work, left = sparse.csr_matrix(matrix), value.copy()
        while True:
            count = np.diff(work.indptr)
            if ((count == 0) & (np.abs(left) > TOLERANCE)).any() or (plain & (left < -TOLERANCE)).any():
                self._contradiction()
            zero = plain & (count > 0) & (np.abs(left) <= TOLERANCE)
            alone = (count == 1) & ~zero
            if not zero.any() and not alone.any():
                break
            found = {int(c): 0.0 for c in work[zero].indices}
            for row in np.flatnonzero(alone):
                at = work.indptr[row]
                found.setdefault(int(work.indices[at]), float(left[row] / work.data[at]))
            columns = np.fromiter(found, dtype=np.int64, count=len(found))
            numbers = np.array([found[c] for c in columns])
            if (numbers < -TOLERANCE).any():
                self._contradiction()
            fixed[columns] = numbers
            left = left - work[:, columns] @ numbers
            keep = np.ones(work.shape[1])
            keep[columns] = 0.0
            work = sparse.csr_matrix(work @ sparse.diags(keep))
            work.eliminate_zeros()
        self.fixed = np.where(np.isnan(fixed), 0.0, fixed)
        self.open = np.flatnonzero(np.isnan(fixed))
        rows = np.flatnonzero(np.diff(work.indptr) > 0)
        self.matrix = sparse.csr_matrix(work[rows][:, self.open])
        self.lower = self.upper = left[rows]
        self.cap = np.full(len(self.open), self.roof)

    def _bind(self, bounds: Mapping[int, tuple[int, int | None]]) -> None:
        """Add the regions of which only bounds are known, after the unknowns that follow at once were taken out."""
        if not bounds:
            return
        regions = sorted(bounds)
        sums = self.crossing.sums(regions)
        base, rest = sums @ self.fixed, sparse.csr_matrix(sums[:, self.open])
        low = np.array([bounds[r][0] for r in regions], dtype=float) - base
        tops = [bounds[r][1] for r in regions]
        high = np.array([np.inf if top is None else top for top in tops], dtype=float) - base
        moving = np.diff(rest.indptr) > 0
        if (~moving & ((low > TOLERANCE) | (high < -TOLERANCE))).any():
            self._contradiction()
        self.matrix = sparse.csr_matrix(sparse.vstack([self.matrix, rest[moving]]))
        self.lower = np.concatenate([self.lower, low[moving]])
        self.upper = np.concatenate([self.upper, high[moving]])

    @property
    def possible(self) -> bool:
        """Whether any table, in real numbers, agrees with all that is known."""
        return not len(self.open) or self.program.solve().found

    def table(self) -> np.ndarray | None:
        """One whole-number table (all unknowns) that agrees with all that is known; None when none is found.

        Raises `DisclosureRefused` when there is none in real numbers either.
        """
        whole = self.fixed.copy()
        if len(self.open):
            first = self.program.solve()
            if not first.found:
                self._contradiction()
            found: np.ndarray | None = first.at
            if not self._agrees(np.rint(first.at)):
                found = whole_table(self.matrix, self.lower, self.upper, self.cap, np.zeros(len(self.open)))
            if found is None:
                return None
            whole[self.open] = np.rint(found)
        return np.rint(whole)

    def _agrees(self, table: np.ndarray) -> bool:
        """Whether a whole-number table agrees with all that is known, by plain addition."""
        sums = self.matrix @ table
        return bool(((sums >= self.lower - TOLERANCE) & (sums <= self.upper + TOLERANCE)).all())

    def _contradiction(self) -> None:
        raise DisclosureRefused(
            "The published counts contradict each other: no table has all of them.",
            "Check that the tables count the same records and that no count was changed by hand.",
        )

    def certify(self, hidden: Sequence[int], thresholds: Mapping[int, int]) -> dict[int, Interval]:
        """Interval and verdict of each hidden region; `protected` only with whole-number tables as witnesses.

        These are kept in `proof`.
        """
        hidden = list(hidden)
        sums = self.crossing.sums(hidden)
        base, free = sums @ self.fixed, sparse.csr_matrix(sums[:, self.open])
        witness = Witnesses(base, free, [thresholds[region] for region in hidden])
        if len(self.open):
            first = self.program.solve()
            if not first.found:
                self._contradiction()
            self._see(witness, first.at)
        found = {}
        for i, region in enumerate(hidden):
            columns = free.indices[free.indptr[i] : free.indptr[i + 1]]
            lowest, highest = self._bounds(i, columns, base[i], witness)
            judged = verdict(lowest, highest, thresholds[region])
            if judged == "protected" and not self._shown(i, lowest, thresholds[region], free, witness):
                judged = "narrow"
            found[region] = Interval(lowest, highest, judged)
        shown = {region: i for i, region in enumerate(hidden) if found[region].verdict == "protected"}
        self.proof = proof(witness, self.fixed, self.open, shown)
        return found

    def _bounds(self, i: int, columns: np.ndarray, base: float, witness: Witnesses) -> tuple[int, int | None]:
        if not len(columns):
            return round(base), round(base)
        lowest = 0
        if witness.least[i] > 0:
            lowest = max(0, int(np.ceil(base + self._best(columns, 1.0, witness) - TOLERANCE)))
        top = base - self._best(columns, -1.0, witness)
        return lowest, None if top > self.roof / 2 else int(np.floor(top + TOLERANCE))

    def _best(self, columns: np.ndarray, cost: float, witness: Witnesses) -> float:
        self.program.aim(columns, cost)
        best = self.program.solve()
        if not best.found:
            self._contradiction()
        self._see(witness, best.at)
        return best.value

    def _see(self, witness: Witnesses, at: np.ndarray) -> None:
        """Keep a table as witness when it is whole and agrees with every published count by plain addition."""
        table = np.rint(at)
        if np.abs(table - at).max(initial=0.0) < 1e-4 and self._agrees(table):
            witness.add(table)

    def _shown(self, i: int, lowest: int, threshold: int, free: sparse.csr_matrix, witness: Witnesses) -> bool:
        """Whether two whole-number tables stand the required distance apart; searches for those not yet met."""
        if lowest >= threshold:
            if witness.most[i] > witness.least[i]:
                return True
            sides = ((witness.most[i] + 1, np.inf), (0.0, witness.least[i] - 1))
            return any(self._search(i, low, high, free, witness) for low, high in sides)
        below = witness.least[i] == 0 or self._search(i, 0, 0, free, witness)
        return below and (witness.most[i] >= threshold or self._search(i, threshold, np.inf, free, witness))

    def _search(self, i: int, low: float, high: float, free: sparse.csr_matrix, witness: Witnesses) -> bool:
        matrix = sparse.vstack([self.matrix, free[i]])
        base = witness.base[i]
        wanting = witness.least > 0 if low == 0 else witness.most < low  # others may be met by the same table
        cost = (1.0 if low == 0 else -1.0) * (free.T @ wanting.astype(float))
        lower, upper = np.append(self.lower, low - base), np.append(self.upper, high - base)
        near = witness.tables[-1].astype(float) if witness.tables else None
        table = whole_table(matrix, lower, upper, self.cap, cost, near=near)
        if table is None:
            return False
        self._see(witness, table)
        return bool((witness.least[i] <= high) and (witness.most[i] >= low))
