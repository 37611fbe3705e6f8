"""Intervals of a proportion: Wilson for display, Clopper-Pearson for gates."""

from __future__ import annotations

from typing import NamedTuple

from minglu.register.statistics.distributions import beta_quantile, normal_quantile

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """A two-sided confidence interval."""

    low: float
    high: float


def wilson(errors: float, n: float, confidence: float = CONFIDENCE) -> Interval:
    """Return the Wilson score interval of `errors` out of `n` (Wilson 1927); sizes need not be whole.

    >>> wilson(15, 148)
    Interval(low=0.062..., high=0.160...)
    """
    _check(errors, n)
    z = normal_quantile(0.5 + confidence / 2)
    share = errors / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return Interval(0.0 if errors == 0 else centre - half, 1.0 if errors == n else centre + half)


def clopper_pearson(errors: float, n: float, confidence: float = CONFIDENCE) -> Interval:
    """Return the exact interval of `errors` out of `n` (Clopper & Pearson 1934); never too short.

    >>> clopper_pearson(0, 20)
    Interval(low=0.0, high=0.168...)
    """
    _check(errors, n)
    tail = (1 - confidence) / 2
    low = 0.0 if errors == 0 else beta_quantile(tail, errors, n - errors + 1)
    high = 1.0 if errors == n else beta_quantile(1 - tail, errors + 1, n - errors)
    return Interval(low, high)


def _check(errors: float, n: float) -> None:
    if not 0 <= errors <= n or n == 0:
        message = f"{errors} of {n} is no proportion"
        raise ValueError(message)
