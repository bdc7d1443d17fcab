"""Agreement of raters. A row is a rater, a column a unit; None or nan is a missing rating.

Where a coefficient is 0 / 0 (everyone says the same throughout), `Undefined` is raised: neither 1 nor 0
may be reported.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import krippendorff as published
import numpy as np
from numpy.typing import NDArray
from scipy import stats

from compendium.analysis.estimate import Estimate, Undefined
from compendium.errors import InputRefused, UnknownName, nearest

Level = Literal["nominal", "ordinal", "interval", "ratio"]
LEVELS = ("nominal", "ordinal", "interval", "ratio")
Matrix = NDArray[np.float64]
Ratings = Sequence[Sequence[Any]] | NDArray[Any]


@dataclass(frozen=True)
class Agreement(Estimate):
    """A coefficient with its interval, the agreement observed and the agreement that chance would give."""

    se: float = math.nan
    observed: float = math.nan
    by_chance: float = math.nan
    units: int = 0  # units with at least two ratings
    raters: int = 0


def krippendorff(ratings: Ratings, level: Level, *, resamples: int = 0, seed: int = 0) -> Agreement:
    """Krippendorff's alpha at a level of measurement (`nominal`, `ordinal`, `interval`, `ratio`).

    A unit with a single rating is left out. With `resamples`, the interval is the 2.5th to 97.5th percentile of alpha
    over that many draws of units with replacement; draws without variation have no alpha and are left out.
    """
    if level not in LEVELS:
        raise UnknownName(f"{level!r} is no level of measurement.", nearest(str(level), LEVELS))
    matrix = _as_numbers(ratings, nominal=level == "nominal")
    pairable = matrix[:, (~np.isnan(matrix)).sum(axis=0) >= 2]
    raters = int((~np.isnan(matrix)).any(axis=1).sum())
    if pairable.shape[1] == 0:
        raise Undefined("No unit has two ratings: there is nothing to agree on.")
    if not _varies(pairable):
        raise Undefined("Every rating is the same: expected disagreement is 0, so alpha is 0 / 0.")
    low, high = _bootstrap(pairable, level, resamples, seed)
    return Agreement(_alpha(pairable, level), low, high, units=pairable.shape[1], raters=raters)


def cohen_kappa(
    a: Sequence[Any], b: Sequence[Any], *, weights: Literal["linear", "quadratic"] | None = None
) -> Agreement:
    """Cohen's kappa of two raters; weighted by distance between ordered categories when `weights` is given.

    Units that one of them left empty are left out. Interval: large-sample (Fleiss, Cohen & Everitt 1969).
    """
    matrix = _as_numbers([a, b], nominal=weights is None)
    both = matrix[:, ~np.isnan(matrix).any(axis=0)]
    if both.shape[1] == 0:
        raise Undefined("No unit was rated by both.")
    values, places = np.unique(both, return_inverse=True)
    first, second = places.reshape(both.shape)
    table = np.zeros((len(values), len(values)))
    np.add.at(table, (first, second), 1 / both.shape[1])
    credit = _credit(values, weights)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    observed, chance = float((credit * table).sum()), float(rows @ credit @ columns)
    if math.isclose(chance, 1.0, abs_tol=1e-12):
        raise Undefined("Both raters always say the same one thing: chance agreement is 1, so kappa is 0 / 0.")
    kappa = (observed - chance) / (1 - chance)
    se = _kappa_se(table, credit, kappa, chance, both.shape[1])
    reach = float(stats.norm.ppf(0.975)) * se
    return Agreement(
        kappa, max(-1.0, kappa - reach), min(1.0, kappa + reach), se, observed, chance, both.shape[1], raters=2
    )


def gwet_ac1(*ratings: Any) -> Agreement:
    """Gwet's AC1 of two raters `gwet_ac1(a, b)` or of a whole table `gwet_ac1(table)`, missing ratings allowed.

    Interval: t on units - 1 (Gwet 2014, chapter 5; as the package irrCAC does). A unit with a single rating counts in
    how often chance gives each category, not in observed agreement.
    """
    counts, raters = _category_counts(ratings)
    shares = (counts / counts.sum(axis=1, keepdims=True)).mean(axis=0)
    size = len(shares)
    chance = float((shares * (1 - shares)).sum() / (size - 1))
    by_unit = (counts @ (1 - shares)) / counts.sum(axis=1) / (size - 1)
    return _chance_corrected(counts, chance, by_unit, raters)


def fleiss_kappa(*ratings: Any) -> Agreement:
    """Fleiss' kappa, missing ratings allowed, with the interval of Gwet 2014."""
    counts, raters = _category_counts(ratings)
    shares = (counts / counts.sum(axis=1, keepdims=True)).mean(axis=0)
    return _chance_corrected(counts, float((shares**2).sum()), (counts @ shares) / counts.sum(axis=1), raters)


def _chance_corrected(counts: Matrix, chance: float, chance_by_unit: Matrix, raters: int) -> Agreement:
    """The coefficient (observed - chance) / (1 - chance) and its variance by linearisation (Gwet 2014, eq. 5.9)."""
    sizes = counts.sum(axis=1)
    paired = sizes >= 2
    agreeing = (counts * (counts - 1)).sum(axis=1) / np.where(paired, sizes * (sizes - 1), 1)
    units, total = int(paired.sum()), len(counts)
    observed = float(agreeing[paired].mean())
    value = (observed - chance) / (1 - chance)
    each = (total / units) * (agreeing - chance * paired) / (1 - chance)
    each = each - 2 * (1 - value) * (chance_by_unit - chance) / (1 - chance)
    if total < 2:
        return Agreement(value, observed=observed, by_chance=chance, units=units, raters=raters)
    se = math.sqrt(float(((each - value) ** 2).sum()) / (total * (total - 1)))
    reach = float(stats.t.ppf(0.975, total - 1)) * se
    return Agreement(value, value - reach, min(1.0, value + reach), se, observed, chance, units, raters)


def _category_counts(ratings: tuple[Any, ...]) -> tuple[Matrix, int]:
    """How many raters put each rated unit (row) in each category (column), and how many raters there are."""
    matrix = _as_numbers(ratings[0] if len(ratings) == 1 else ratings, nominal=True)
    rated = matrix[:, ~np.isnan(matrix).all(axis=0)]
    values = np.unique(rated[~np.isnan(rated)])
    counts = (
        np.stack([(rated == value).sum(axis=0) for value in values], axis=1).astype(float) if len(values) else rated
    )
    if len(values) == 0 or not (counts.sum(axis=1) >= 2).any():
        raise Undefined("No unit has two ratings: there is nothing to agree on.")
    if len(values) < 2:
        raise Undefined("Every rating is the same category: agreement beyond chance has no meaning here.")
    return counts, int((~np.isnan(rated)).any(axis=1).sum())


def _as_numbers(ratings: Any, *, nominal: bool) -> Matrix:
    """Ratings as numbers, nan where missing. Nominal codes may be texts: they are numbered in order."""
    rows = [list(row) for row in ratings]
    if len(rows) < 2 or len({len(row) for row in rows}) != 1:
        raise InputRefused("Agreement needs two raters or more, each with a place for every unit.")
    flat = [None if _missing(value) else value for row in rows for value in row]
    if nominal:
        known = {value: place for place, value in enumerate(sorted({str(v) for v in flat if v is not None}))}
        numbers = [math.nan if value is None else float(known[str(value)]) for value in flat]
    else:
        try:
            numbers = [math.nan if value is None else float(value) for value in flat]
        except (TypeError, ValueError) as error:
            raise InputRefused("A rating isn't a number: this level of measurement needs numbers.") from error
    return np.array(numbers).reshape(len(rows), -1)


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float | np.floating) and math.isnan(value))


def _varies(matrix: Matrix) -> bool:
    return len(np.unique(matrix[~np.isnan(matrix)])) > 1


def _alpha(matrix: Matrix, level: Level) -> float:
    return float(published.alpha(reliability_data=matrix, level_of_measurement=level))


def _bootstrap(matrix: Matrix, level: Level, resamples: int, seed: int) -> tuple[float, float]:
    if resamples < 1:
        return math.nan, math.nan
    generator = np.random.default_rng(seed)
    units = matrix.shape[1]
    draws = (matrix[:, generator.integers(0, units, units)] for _ in range(resamples))
    alphas = [_alpha(draw, level) for draw in draws if _varies(draw)]
    if not alphas:
        return math.nan, math.nan
    low, high = np.percentile(alphas, [2.5, 97.5])
    return float(low), float(high)


def _credit(values: Matrix, weights: str | None) -> Matrix:
    """What a pair of categories counts as agreement: 1 on the diagonal, less the further apart they lie."""
    if weights is None or len(values) == 1:
        return np.eye(len(values))
    apart = np.abs(values[:, None] - values[None, :]) / (values.max() - values.min())
    credit: Matrix = 1 - (apart if weights == "linear" else apart**2)
    return credit


def _kappa_se(table: Matrix, credit: Matrix, kappa: float, chance: float, units: int) -> float:
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    mean_credit = (credit @ columns)[:, None] + (rows @ credit)[None, :]
    spread = (table * (credit - mean_credit * (1 - kappa)) ** 2).sum()
    spread -= (kappa - chance * (1 - kappa)) ** 2
    return math.sqrt(max(0.0, float(spread)) / units) / (1 - chance)
