"""Random-effects meta-analysis of effects and of single proportions.

Primary: logit, REML, Hartung-Knapp with multiplier max(1, q); the prediction interval takes t on k - 2 degrees
of freedom and the conventional standard error (Higgins, Thompson & Spiegelhalter 2009). All else is for sensitivity.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from scipy import special, stats

from compendium.analysis.binomial_normal import fit_binomial_normal
from compendium.analysis.estimate import Estimate, Undefined
from compendium.analysis.heterogeneity import ESTIMATORS, Vector, cochran_q, typical_variance
from compendium.errors import InputRefused, Problem, UnknownName, nearest

Tau2 = Literal["REML", "DL", "PM", "ML"]
Interval = Literal["hksj-modified", "hksj", "wald"]
Method = Literal["logit", "glmm", "double_arcsine", "raw"]
INTERVALS = ("hksj-modified", "hksj", "wald")
METHODS = ("logit", "glmm", "double_arcsine", "raw")


class BackTransformWarning(UserWarning):
    """The answer of the double arcsine hangs on the n chosen for the way back (Schwarzer et al. 2019)."""


@dataclass(frozen=True)
class Pooled(Estimate):
    """A pooled estimate. `se` and `tau2` are on the model's scale; the estimate and both intervals on the reader's."""

    se: float = math.nan
    tau2: float = math.nan
    i2: float = math.nan  # percent, tau2 / (tau2 + typical within-study variance)
    q: float = math.nan  # Cochran's Q with weights 1 / vi; k - 1 degrees of freedom
    k: int = 0
    prediction_low: float = math.nan  # where a new study of this kind would lie; nan under three studies
    prediction_high: float = math.nan
    multiplier: float = 1.0  # Hartung-Knapp's q, as used
    weights: tuple[float, ...] = ()  # share of each study, adding up to 1

    @property
    def q_df(self) -> int:
        return self.k - 1

    @property
    def h2(self) -> float:
        """Total over typical within-study variance: 1 / (1 - I2)."""
        return 100 / (100 - self.i2)


def pool(
    yi: Sequence[float] | Vector,
    vi: Sequence[float] | Vector,
    *,
    tau2: Tau2 | float = "REML",
    interval: Interval = "hksj-modified",
) -> Pooled:
    """Pool effects `yi` with within-study variances `vi`.

    `tau2` names an estimator, or is the between-study variance itself (0: common effect). The interval has 95 %:
    `hksj` (Knapp & Hartung 2003, t on k - 1), `hksj-modified` (its multiplier is never below 1), `wald`.
    Raises `Undefined` under two studies, `InputRefused` when one is missing or a variance isn't positive.
    """
    effects, variances = _effects(yi, vi)
    _known("interval", interval, INTERVALS)
    between = _between(effects, variances, tau2)
    k = len(effects)
    weights = 1 / (variances + between)
    centre = float(np.sum(weights * effects) / weights.sum())
    conventional = float(1 / np.sqrt(weights.sum()))
    multiplier = _multiplier(effects, variances, between, interval)
    se = conventional * math.sqrt(multiplier)
    reach = float(stats.norm.ppf(0.975) if interval == "wald" else stats.t.ppf(0.975, k - 1)) * se
    ahead = _prediction_reach(k, between, conventional)
    return Pooled(
        estimate=centre,
        low=centre - reach,
        high=centre + reach,
        se=se,
        tau2=between,
        i2=100 * between / (between + typical_variance(variances)),
        q=cochran_q(effects, variances),
        k=k,
        prediction_low=centre - ahead,
        prediction_high=centre + ahead,
        multiplier=multiplier,
        weights=tuple(float(weight) for weight in weights / weights.sum()),
    )


def pool_proportions(
    events: Sequence[int] | Vector,
    totals: Sequence[int] | Vector,
    *,
    method: Method = "logit",
    tau2: Tau2 | float | None = None,
    interval: Interval | None = None,
    design_effect: float = 1.0,
) -> Pooled:
    """Pool `events` of `totals`; estimate and intervals come back as proportions, `se` and `tau2` on the model's scale.

    `logit` and `raw` add 0.5 to events and non-events of a study only where one of them is 0. `glmm` is the binomial-
    normal model by maximum likelihood (Stijnen et al. 2010), without correction, with a Wald interval. `double_arcsine`
    warns. Left out, `tau2` is REML (glmm: ML), `interval` hksj-modified (glmm: wald). `design_effect` multiplies every
    variance.
    """
    _known("method", method, METHODS)
    counts, sizes = _proportions(events, totals)
    if method == "glmm":
        return _pool_binomial(counts, sizes, "ML" if tau2 is None else tau2, interval or "wald", design_effect)
    yi, vi, back = _TRANSFORMS[method](counts, sizes)
    pooled = pool(yi, vi * design_effect, tau2="REML" if tau2 is None else tau2, interval=interval or "hksj-modified")
    return back_transformed(pooled, back)


def logit_effects(events: Vector, totals: Vector) -> tuple[Vector, Vector]:
    """Log odds and their variances, 0.5 added only where events are 0 or all."""
    hits, misses = _corrected(events, totals)
    return np.log(hits / misses), 1 / hits + 1 / misses


def double_arcsine_effects(events: Vector, totals: Vector) -> tuple[Vector, Vector]:
    """Half the sum of the two arcsines of Freeman & Tukey 1950, with variance 1 / (4n + 2)."""
    first = np.arcsin(np.sqrt(events / (totals + 1)))
    second = np.arcsin(np.sqrt((events + 1) / (totals + 1)))
    return (first + second) / 2, 1 / (4 * totals + 2)


def double_arcsine_back(value: float, n: float) -> float:
    """The proportion with this double arcsine at sample size `n` (Miller 1978); 0 or 1 beyond what `n` can reach."""
    lowest = double_arcsine_effects(np.array([0.0]), np.array([n]))[0][0]
    if value <= lowest + 1e-12:
        return 0.0
    if value >= math.pi / 2 - lowest - 1e-12:
        return 1.0
    sine = math.sin(2 * value)
    inner = 1 - (sine + (sine - 1 / sine) / n) ** 2
    return 0.5 * (1 - math.copysign(1, math.cos(2 * value)) * math.sqrt(max(0.0, inner)))


def harmonic_mean(totals: Vector) -> float:
    return float(len(totals) / np.sum(1 / totals))


def leave_one_out(events: Sequence[int], totals: Sequence[int]) -> list[Pooled]:
    """The primary pool without each study in turn, in the order of the studies. Needs three studies."""
    if len(events) < 3:
        raise Undefined("With fewer than three studies nothing is left to pool when one is taken out.")
    hits, sizes = np.asarray(events), np.asarray(totals)
    return [pool_proportions(np.delete(hits, place), np.delete(sizes, place)) for place in range(len(hits))]


def _between(yi: Vector, vi: Vector, tau2: Tau2 | float) -> float:
    if isinstance(tau2, int | float):
        if not tau2 >= 0:
            raise InputRefused(f"A between-study variance of {tau2} isn't possible.", "Give 0 or more.")
        return float(tau2)
    _known("tau2", tau2, tuple(ESTIMATORS))
    return ESTIMATORS[tau2](yi, vi)


def _multiplier(yi: Vector, vi: Vector, tau2: float, interval: str) -> float:
    if interval == "wald":
        return 1.0
    multiplier = cochran_q(yi, vi, tau2) / (len(yi) - 1)
    return max(1.0, multiplier) if interval == "hksj-modified" else multiplier


def _prediction_reach(k: int, tau2: float, conventional: float) -> float:
    if k < 3:
        return math.nan
    return float(stats.t.ppf(0.975, k - 2)) * math.sqrt(tau2 + conventional**2)


def _pool_binomial(events: Vector, totals: Vector, tau2: Tau2 | float, interval: str, design_effect: float) -> Pooled:
    if tau2 != "ML" or interval != "wald" or design_effect != 1:
        raise InputRefused(
            "The binomial-normal model is fitted by maximum likelihood with a Wald interval and no design effect.",
            "Leave tau2, interval and design_effect out, or choose another method.",
        )
    mu, between, se = fit_binomial_normal(events, totals)
    yi, vi = logit_effects(events, totals)
    reach, k = float(stats.norm.ppf(0.975)) * se, len(events)
    ahead = _prediction_reach(k, between, se)
    weights = 1 / (vi + between)
    pooled = Pooled(
        estimate=mu,
        low=mu - reach,
        high=mu + reach,
        se=se,
        tau2=between,
        i2=100 * between / (between + typical_variance(vi)),
        q=cochran_q(yi, vi),
        k=k,
        prediction_low=mu - ahead,
        prediction_high=mu + ahead,
        weights=tuple(float(weight) for weight in weights / weights.sum()),
    )
    return back_transformed(pooled, _expit)


def back_transformed(pooled: Pooled, back: Callable[[float], float]) -> Pooled:
    """The pool on the reader's scale: estimate and both intervals; `se` and `tau2` stay on the model's."""
    names = ("estimate", "low", "high", "prediction_low", "prediction_high")
    moved: dict[str, Any] = {
        name: back(value) if not math.isnan(value := getattr(pooled, name)) else value for name in names
    }
    return replace(pooled, **moved)


def _expit(value: float) -> float:
    return float(special.expit(value))


def _unit_interval(value: float) -> float:
    return min(1.0, max(0.0, value))


def _corrected(events: Vector, totals: Vector) -> tuple[Vector, Vector]:
    half = np.where((events == 0) | (events == totals), 0.5, 0.0)
    return events + half, totals - events + half


_Transformed = tuple[Vector, Vector, Callable[[float], float]]


def _logit(events: Vector, totals: Vector) -> _Transformed:
    return *logit_effects(events, totals), _expit


def _raw(events: Vector, totals: Vector) -> _Transformed:
    hits, misses = _corrected(events, totals)
    sizes = hits + misses
    return hits / sizes, hits * misses / sizes**3, _unit_interval


def _double_arcsine(events: Vector, totals: Vector) -> _Transformed:
    typical = harmonic_mean(totals)
    warnings.warn(
        f"Freeman-Tukey double arcsine, transformed back with the harmonic mean of n ({typical:.1f}): with another n "
        "the answer can differ much (Schwarzer et al. 2019). Use it only to compare with older work.",
        BackTransformWarning,
        stacklevel=3,
    )
    return *double_arcsine_effects(events, totals), lambda value: double_arcsine_back(value, typical)


_TRANSFORMS: dict[str, Callable[[Vector, Vector], _Transformed]] = {
    "logit": _logit,
    "raw": _raw,
    "double_arcsine": _double_arcsine,
}


def _known(argument: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UnknownName(f"{argument} can't be {value!r}.", nearest(str(value), known))


def _effects(yi: Sequence[float] | Vector, vi: Sequence[float] | Vector) -> tuple[Vector, Vector]:
    effects, variances = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if effects.shape != variances.shape or effects.ndim != 1:
        raise InputRefused("Effects and variances must be two lists of one length.")
    problems = [
        Problem(row=int(i) + 1, message="The effect is missing.") for i in np.flatnonzero(~np.isfinite(effects))
    ]
    unfit = ~(np.isfinite(variances) & (variances > 0))
    problems += [
        Problem(row=int(i) + 1, message="The variance isn't a positive number.") for i in np.flatnonzero(unfit)
    ]
    if problems:
        raise InputRefused(problems)
    if len(effects) < 2:
        raise Undefined(f"{len(effects)} study can't be pooled.", "Show the study by itself, with its own interval.")
    return effects, variances


def _proportions(events: Sequence[int] | Vector, totals: Sequence[int] | Vector) -> tuple[Vector, Vector]:
    hits, sizes = np.asarray(events, dtype=float), np.asarray(totals, dtype=float)
    if hits.shape != sizes.shape or hits.ndim != 1:
        raise InputRefused("Events and totals must be two lists of one length.")
    whole = (hits == np.floor(hits)) & (sizes == np.floor(sizes))
    fit = whole & (sizes >= 1) & (hits >= 0) & (hits <= sizes)
    if not fit.all():
        message = "Events and total must be whole numbers, 0 or more events, no more than the total."
        raise InputRefused([Problem(row=int(i) + 1, message=message) for i in np.flatnonzero(~fit)])
    if len(hits) < 2:
        raise Undefined(f"{len(hits)} study can't be pooled.", "Show the study by itself, with its own interval.")
    return hits, sizes
