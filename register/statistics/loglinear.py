"""Multiple systems estimation: log-linear models of the lists' overlap, all of them, never just the best.

Each model is a set of dependent pairs of lists.  The Poisson model is fitted to the
2^t - 1 cells that can be seen; its intercept is the logarithm of the cell nobody saw.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq, minimize_scalar
from scipy.special import gammaln, xlogy

from minglu.register.statistics.capture_recapture import (
    Estimate,
    Histories,
    NotEstimableError,
    log_interval,
    require_estimable,
)
from minglu.register.statistics.distributions import chi_squared_quantile
from minglu.register.statistics.proportions import CONFIDENCE, Interval

Floats = npt.NDArray[np.float64]
Pair = tuple[int, int]

MAX_ITERATIONS, TOLERANCE = 200, 1e-10
LEAST_MEAN = 1e-6
"""A cell that is expected less often has run away: the best fit lies at infinity, only the steps grew small."""
BOUNDARY = "the fit runs to the boundary: some cells are empty"
MAX_LISTS = 5  # with six lists there are 2^15 sets of pairs: nobody could read the table


@dataclass(frozen=True, slots=True)
class Fit:
    """One fitted model."""

    pairs: tuple[Pair, ...]
    """Pairs of lists (0-based) that the model lets depend on each other."""
    estimate: Estimate
    """N with its Wald standard error; the interval is by profile likelihood (Cormack 1992)."""
    deviance: float
    df: int
    aic: float
    bic: float

    @property
    def name(self) -> str:
        """Name the model by its dependent pairs, lists numbered from 1: "[12][23]" or "independence"."""
        return name_pairs(self.pairs)


def name_pairs(pairs: tuple[Pair, ...]) -> str:
    """Name a model by its dependent pairs of lists, numbered from 1.

    >>> name_pairs(((0, 1), (1, 2))), name_pairs(())
    ('[12][23]', 'independence')
    """
    return "".join(f"[{i + 1}{j + 1}]" for i, j in pairs) or "independence"


def fit_model(histories: Histories, pairs: tuple[Pair, ...], *, profile: bool = True) -> Fit:
    """Fit one model; raise NotEstimableError where the data can't carry it.

    Without `profile` the interval is the log-normal one of the standard error: a hundred
    times quicker, for strata whose models are only averaged.
    """
    for i, j in pairs:
        if histories.seen(i, j) == 0:
            message = f"lists {i + 1} and {j + 1} share no unit: their dependence can't be estimated"
            raise NotEstimableError(message)
    cells = ["".join(cell) for cell in product("01", repeat=histories.t)][1:]
    observed = np.array([histories.counts.get(cell, 0) for cell in cells], dtype=np.float64)
    design = _design(cells, pairs)
    beta, covariance = _poisson(design, observed)
    if np.exp(design @ beta).min() < LEAST_MEAN or not np.isfinite(covariance).all() or covariance[0, 0] <= 0:
        raise NotEstimableError(BOUNDARY)
    deviance = _deviance(observed, np.exp(design @ beta))
    unseen = math.exp(beta[0])
    variance = unseen + unseen**2 * float(covariance[0, 0])
    loglik = float(np.sum(xlogy(observed, np.exp(design @ beta)) - np.exp(design @ beta)))
    loglik -= float(sum(math.lgamma(count + 1) for count in observed))
    parameters = design.shape[1]
    units = histories.total + unseen
    interval = _profile(histories, pairs, unseen) if profile else log_interval(units, variance, histories.total)
    return Fit(
        pairs,
        Estimate(units, math.sqrt(variance), interval),
        deviance,
        len(cells) - parameters,
        2 * parameters - 2 * loglik,
        parameters * math.log(histories.total) - 2 * loglik,
    )


def fit_all(histories: Histories, *, profile: bool = True) -> tuple[list[Fit], dict[str, str]]:
    """Fit every set of dependent pairs; return the fits, simplest first, and the refused models with the reason."""
    if histories.t > MAX_LISTS or histories.t < 2:
        message = f"{histories.t} lists; expected 2 to {MAX_LISTS}"
        raise NotEstimableError(message)
    require_estimable(histories)
    fits, refused = [], {}
    for pairs in models(histories.t):
        try:
            fits.append(fit_model(histories, pairs, profile=profile))
        except NotEstimableError as error:
            refused[name_pairs(pairs)] = str(error)
        except (ValueError, ArithmeticError, np.linalg.LinAlgError):
            refused[name_pairs(pairs)] = BOUNDARY
    return fits, refused


def models(t: int) -> Iterator[tuple[Pair, ...]]:
    """Yield all sets of pairs of `t` lists, the simplest first; two lists can't show their own dependence."""
    pairs = list(combinations(range(t), 2)) if t > 2 else []
    for size in range(len(pairs) + 1):
        yield from combinations(pairs, size)


def average(fits: list[Fit], seen: int) -> Estimate:
    """Average all models by Akaike weights; the interval holds the spread between models (Buckland et al. 1997)."""
    if not fits:
        message = "no model could be fitted"
        raise NotEstimableError(message)
    best = min(fit.aic for fit in fits)
    weights = np.array([math.exp((best - fit.aic) / 2) for fit in fits])
    weights /= weights.sum()
    units = np.array([fit.estimate.units for fit in fits])
    mean = float(weights @ units)
    spread = np.array([fit.estimate.standard_error for fit in fits]) ** 2 + (units - mean) ** 2
    error = float(weights @ np.sqrt(spread))
    return Estimate(mean, error, log_interval(mean, error**2, seen))


def _design(cells: list[str], pairs: tuple[Pair, ...]) -> Floats:
    """Return one row per cell: intercept, one main effect a list, one term a dependent pair."""
    on = np.array([[float(letter) for letter in cell] for cell in cells])
    terms = [on[:, i] * on[:, j] for i, j in pairs]
    return np.column_stack([np.ones(len(cells)), on, *terms])


def _poisson(design: Floats, observed: Floats) -> tuple[Floats, Floats]:
    """Fit a Poisson regression by iterated weighted least squares; return coefficients and covariance."""
    mean = observed + 0.5
    beta = np.linalg.lstsq(design, np.log(mean), rcond=None)[0]
    for _ in range(MAX_ITERATIONS):
        eta = np.clip(design @ beta, -40, 40)
        mean = np.exp(eta)
        information = design.T @ (design * mean[:, None])
        step = design.T @ (observed - mean)
        try:
            change = np.linalg.solve(information, step)
        except np.linalg.LinAlgError:
            break
        beta = beta + change * min(1.0, 5.0 / max(float(np.abs(change).max()), 1e-300))
        if float(np.abs(change).max()) < TOLERANCE:
            return beta, np.linalg.inv(information)
    raise NotEstimableError(BOUNDARY)


def _deviance(observed: Floats, mean: Floats) -> float:
    return float(2 * np.sum(xlogy(observed, observed / mean) - (observed - mean)))


def _profile(histories: Histories, pairs: tuple[Pair, ...], unseen: float) -> Interval:
    """Return where the multinomial likelihood of N stays within the chi-squared limit of its maximum."""
    cells = ["".join(cell) for cell in product("01", repeat=histories.t)]
    counts = np.array([histories.counts.get(cell, 0) for cell in cells], dtype=np.float64)
    design = _design(cells, pairs)

    def support(held: float) -> float:
        observed = counts.copy()
        observed[0] = held
        beta, _ = _poisson(design, observed)
        mean = np.exp(design @ beta)
        chosen = float(gammaln(observed.sum() + 1) - gammaln(held + 1))
        return chosen + float(np.sum(xlogy(observed, mean / mean.sum())))

    peak = minimize_scalar(lambda held: -support(held), bounds=(0.0, unseen + 1), method="bounded")
    limit = -float(peak.fun) - chi_squared_quantile(CONFIDENCE, 1) / 2
    top = 2 * unseen + 1
    while support(top) > limit:
        top *= 2
    low = 0.0 if support(0.0) >= limit else float(brentq(lambda held: support(held) - limit, 0.0, peak.x))
    high = float(brentq(lambda held: support(held) - limit, peak.x, top))
    return Interval(histories.total + low, histories.total + high)
