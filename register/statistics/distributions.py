"""Tails and quantiles of the distributions that are used, on scipy.special.

The same numbers as scipy.stats, whose import alone takes as long as half the build of a county; a test compares them.
Arguments may be arrays wherever the functions of scipy.special take them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

Values = npt.NDArray[np.float64] | float


def normal_quantile(p: float) -> float:
    """Return the standard normal value below which a share `p` lies."""
    return float(special.ndtri(p))


def chi_squared_tail(x: float, df: int) -> float:
    """Return the chance of more than `x` with `df` degrees of freedom."""
    return float(special.chdtrc(df, x))


def chi_squared_quantile(p: float, df: int) -> float:
    """Return the value below which a share `p` lies with `df` degrees of freedom."""
    return float(special.chdtri(df, 1 - p))


def beta_quantile(p: float, a: float, b: float) -> float:
    """Return the value below which a share `p` of the beta distribution lies."""
    return float(special.betaincinv(a, b, p))


def binomial_at_most(k: Any, n: Any, p: Any) -> Any:
    """Return the chance of at most `k` hits in `n` trials; 1 where `k` >= `n`, 0 where it is negative."""
    k, n, p = np.broadcast_arrays(np.floor(k), n, p)
    inside = (k >= 0) & (k < n)
    after, rest = np.where(inside, k + 1, 1.0), np.where(inside, n - k, 1.0)
    return np.where(inside, special.betainc(rest, after, 1 - p), np.where(k < 0, 0.0, 1.0))[()]


def binomial_more_than(k: Any, n: Any, p: Any) -> Any:
    """Return the chance of more than `k` hits in `n` trials; 0 where `k` >= `n`, 1 where it is negative."""
    k, n, p = np.broadcast_arrays(np.floor(k), n, p)
    inside = (k >= 0) & (k < n)
    after, rest = np.where(inside, k + 1, 1.0), np.where(inside, n - k, 1.0)
    return np.where(inside, special.betainc(after, rest, p), np.where(k < 0, 1.0, 0.0))[()]


def poisson_at_most(k: Any, mean: Any) -> Any:
    """Return the chance of at most `k` events; 0 where `k` is negative."""
    k = np.floor(k)
    return np.where(k < 0, 0.0, special.pdtr(np.maximum(k, 0), mean))[()]


def poisson_more_than(k: Any, mean: Any) -> Any:
    """Return the chance of more than `k` events; 1 where `k` is negative."""
    k = np.floor(k)
    return np.where(k < 0, 1.0, special.pdtrc(np.maximum(k, 0), mean))[()]


def hypergeometric_at_most(k: int, lot: int, wrong: int, n: Any) -> Any:
    """Return the chance of at most `k` wrong ones in a sample of `n` without replacement from a lot with `wrong`."""
    n = np.asarray(n, np.float64)
    hits = np.arange(k + 1.0).reshape(-1, *[1] * n.ndim)
    possible = (hits <= wrong) & (hits <= n) & (n - hits <= lot - wrong)
    log_chance = _log_choices(wrong, hits) + _log_choices(lot - wrong, n - hits) - _log_choices(lot, n)
    return np.minimum(np.where(possible, np.exp(np.where(possible, log_chance, -np.inf)), 0.0).sum(axis=0), 1.0)[()]


def _log_choices(n: Any, k: Any) -> Any:
    """Return the logarithm of the ways to choose `k` of `n`; no number where k is none of 0 to n."""
    inside = (k >= 0) & (k <= n)
    k = np.where(inside, k, 0)
    chosen = special.gammaln(n + 1.0) - special.gammaln(k + 1.0) - special.gammaln(n - k + 1.0)
    return np.where(inside, chosen, -np.inf)
