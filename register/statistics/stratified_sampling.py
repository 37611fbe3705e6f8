"""The rate in a population from a sample of its strata: weighted, with an exact interval at the effective size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from minglu.register.statistics.proportions import CONFIDENCE, Interval, clopper_pearson


class Part(NamedTuple):
    """One stratum."""

    size: int
    """Units in the population."""
    n: int
    """Of these, looked at."""
    errors: int


class StratifiedRate(NamedTuple):
    """A rate of the whole population that the looked-at strata stand for."""

    rate: float
    interval: Interval
    covered: float
    """Share of the population in strata of which any unit was looked at; the rate is about these alone."""


def stratified_rate(
    parts: Sequence[Part], design_effect: float = 1.0, confidence: float = CONFIDENCE
) -> StratifiedRate:
    """Return the weighted rate; its interval is Clopper-Pearson's at the size that is as good as the sample.

    That size is what a simple random sample of the same variance would have, at most what the weights alone leave of
    it (Kish), over the design effect of drawing in clusters.  Raises ValueError where nothing was looked at.

    >>> round(stratified_rate([Part(900, 30, 0), Part(100, 30, 3)]).rate, 3)
    0.01
    """
    seen = [part for part in parts if part.n]
    size = sum(part.size for part in seen)
    if not size:
        message = "no unit was looked at"
        raise ValueError(message)
    shares = [(part.size / size, part.errors / part.n, part.n) for part in seen]
    rate = sum(weight * p for weight, p, _ in shares)
    by_weights = 1 / sum(weight**2 / n for weight, _, n in shares)
    variance = sum(weight**2 * p * (1 - p) / n for weight, p, n in shares)
    by_variance = rate * (1 - rate) / variance if variance else by_weights
    effective = min(by_weights, by_variance) / max(design_effect, 1.0)
    interval = clopper_pearson(min(rate, 1.0) * effective, effective, confidence)
    return StratifiedRate(rate, interval, size / sum(part.size for part in parts))
