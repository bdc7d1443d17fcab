"""One linear program after another over the same whole tables: HiGHS, warm, one thread, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

TOLERANCE = 1e-6
WAYS = 5  # measures of distance that are tried to find a whole table near another
NODES = 2_000  # branch-and-bound nodes for one search for a whole-number table


@dataclass(frozen=True)
class Optimum:
    """A best table: its value, the unknowns; `found` is False when no table agrees with the constraints."""

    found: bool
    value: float
    at: np.ndarray


class Program:
    """`lower <= A x <= upper`, `floor <= x <= cap` (floor: 0); costs and bounds change, the basis stays."""

    def __init__(
        self,
        matrix: sparse.spmatrix,
        lower: np.ndarray,
        upper: np.ndarray,
        cap: np.ndarray,
        cost: np.ndarray | None = None,
        *,
        floor: np.ndarray | None = None,
        whole: np.ndarray | None = None,
        only_costs_change: bool = False,
        options: Mapping[str, str | float] | None = None,
    ) -> None:
        columns = sparse.csc_matrix(matrix)
        self.width = columns.shape[1]
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = columns.shape
        lp.col_cost_ = np.zeros(self.width) if cost is None else cost
        lp.col_lower_ = np.zeros(self.width) if floor is None else floor
        lp.col_upper_ = cap
        lp.row_lower_, lp.row_upper_ = lower, upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = columns.indptr
        lp.a_matrix_.index_ = columns.indices
        lp.a_matrix_.value_ = columns.data
        if whole is not None:
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            lp.integrality_ = [kinds[bool(w)] for w in whole]
        self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", 0),
            ("presolve", "off" if whole is None else "on"),
            ("mip_max_nodes", NODES),
            ("mip_max_improving_sols", 1),
            ("simplex_strategy", 4 if only_costs_change else 1),  # 4: primal, since the basis stays feasible
            *(options or {}).items(),
        ):
            self.highs.setOptionValue(option, value)
        self.highs.passModel(lp)
        self.solved = 0  # programs
        self.pivots = 0  # steps of the simplex method: the same on every machine
        self._costed = np.zeros(0, dtype=np.int32)

    def aim(self, columns: np.ndarray, cost: float) -> None:
        """Make the objective `cost` times the sum of these columns, and nothing else."""
        if len(self._costed):
            self.set_costs(self._costed, np.zeros(len(self._costed)))
        self._costed = columns.astype(np.int32)
        self.set_costs(self._costed, np.full(len(columns), cost))

    def set_costs(self, columns: np.ndarray, costs: np.ndarray) -> None:
        self.highs.changeColsCost(len(columns), columns.astype(np.int32), costs.astype(float))

    def bound_row(self, row: int, lower: float, upper: float) -> None:
        self.highs.changeRowBounds(row, lower, upper)

    def bound_column(self, column: int, lower: float, upper: float) -> None:
        self.highs.changeColBounds(column, lower, upper)

    def run(self) -> highspy.HighsModelStatus:
        """Solve without fetching the solution: `optimal`, `value`, `at`, `duals` give what is asked of it."""
        self.solved += 1
        self.highs.run()
        if self.highs.getModelStatus() == highspy.HighsModelStatus.kUnknown:  # numerical trouble: once more, anew
            self.highs.clearSolver()
            self.highs.run()
        self.pivots += max(0, int(self.highs.getInfo().simplex_iteration_count))
        return self.highs.getModelStatus()

    @property
    def optimal(self) -> bool:
        return self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal

    @property
    def value(self) -> float:
        return float(self.highs.getInfo().objective_function_value)

    @property
    def at(self) -> np.ndarray:
        return np.array(self.highs.getSolution().col_value)

    @property
    def duals(self) -> np.ndarray:
        """By row, what the optimum changes when its bound is moved by one."""
        return np.array(self.highs.getSolution().row_dual)

    def solve(self) -> Optimum:
        """The least value. An interrupted or infeasible program is `found=False`."""
        status = self.run()
        limited = (highspy.HighsModelStatus.kSolutionLimit, highspy.HighsModelStatus.kInterrupt)
        feasible = self.highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        if status != highspy.HighsModelStatus.kOptimal and not (status in limited and feasible):
            return Optimum(False, float("nan"), np.zeros(0))
        value = self.highs.getInfo().objective_function_value
        return Optimum(True, value, np.array(self.highs.getSolution().col_value))


def whole_table(
    matrix: sparse.spmatrix,
    lower: np.ndarray,
    upper: np.ndarray,
    cap: np.ndarray,
    cost: np.ndarray,
    *,
    near: np.ndarray | None = None,
) -> np.ndarray | None:
    """The first whole-number x with `lower <= A x <= upper` met by a search led by `cost`; None within its limit.

    `near`: a whole-number table that meets all but a few rows. The shortest way from it to one that meets them all is
    nearly always whole by itself, so that no branching is needed.
    """
    if near is not None:
        found = _nearest(sparse.csr_matrix(matrix), lower, upper, cap, near)
        if found is not None:
            return found
    program = Program(matrix, lower, upper, cap, cost, whole=np.ones(matrix.shape[1], dtype=bool))
    best = program.solve()
    return np.rint(best.at) if best.found else None


def _nearest(
    matrix: sparse.csr_matrix, lower: np.ndarray, upper: np.ndarray, cap: np.ndarray, near: np.ndarray
) -> np.ndarray | None:
    """A whole table at a short distance of another, by several measures of distance in turn; None if none is found."""
    width = len(near)
    given = matrix @ near
    weights = np.ones(width)
    program = Program(
        sparse.hstack([matrix, -matrix]),
        lower - given,
        upper - given,
        np.concatenate([cap - near, near]),
        np.ones(2 * width),
    )
    draw = np.random.default_rng(0)
    for _ in range(WAYS):
        program.set_costs(np.arange(2 * width), np.tile(weights, 2))
        best = program.solve()
        if not best.found:
            return None
        table = near + best.at[:width] - best.at[width:]
        whole = np.rint(table)
        sums = matrix @ whole
        if (
            np.abs(table - whole).max(initial=0.0) < TOLERANCE
            and ((sums >= lower - TOLERANCE) & (sums <= upper + TOLERANCE)).all()
        ):
            return whole
        weights = draw.integers(1, 9, width).astype(float)
    return None
