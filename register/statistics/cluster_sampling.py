"""The rate of a sample drawn in clusters (whole districts, townships): its design effect and interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from minglu.register.statistics.proportions import CONFIDENCE, Interval, clopper_pearson, wilson


class ClusterRate(NamedTuple):
    """A rate over clusters, and how much less information its units give than as many drawn singly."""

    errors: int
    n: int
    rate: float
    design_effect: float
    """Variance over that of a simple random sample of n; nan where it can't be estimated."""
    display: Interval
    """Wilson, at the effective size."""
    gate: Interval
    """Clopper-Pearson, at the effective size."""


def cluster_rate(errors: Sequence[int], sizes: Sequence[int], confidence: float = CONFIDENCE) -> ClusterRate:
    """Return the ratio of all errors to all units, with intervals that heed the clusters.

    The variance of the ratio is the linearised one between clusters; the design effect
    (Kish 1965) is never taken below one, and the intervals are those of n / effect units.
    With one cluster, or without any error, the effect can't be estimated and one is used.
    Raises ValueError where there is no unit.
    """
    count, units = np.asarray(errors, np.float64), np.asarray(sizes, np.float64)
    keep = units > 0
    count, units = count[keep], units[keep]
    total, n = int(count.sum()), int(units.sum())
    if n == 0 or (count < 0).any() or (count > units).any():
        message = f"{total} of {n} is no proportion"
        raise ValueError(message)
    rate, clusters = total / n, len(units)
    effect = float("nan")
    if clusters > 1 and 0 < total < n:
        residual = count - rate * units
        variance = clusters / (clusters - 1) * float((residual**2).sum()) / n**2
        effect = variance / (rate * (1 - rate) / n)
    shrink = max(effect, 1.0) if np.isfinite(effect) else 1.0
    return ClusterRate(
        total,
        n,
        rate,
        effect,
        _at(wilson, total, n, shrink, confidence),
        _at(clopper_pearson, total, n, shrink, confidence),
    )


def _at(
    interval: Callable[[float, float, float], Interval], errors: int, n: int, shrink: float, confidence: float
) -> Interval:
    """Return an interval of the rate at n / shrink units; sizes need not be whole."""
    return interval(errors / shrink, n / shrink, confidence)
