"""Capture-recapture without a model: histories, Chapman, Chao's bound, sample coverage, linkage error, sensitivity.

A history table maps capture histories to counts of units: "101" is on the first and the
third list, not on the second.  The all-zero history is what nobody saw; it is never given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from minglu.register.statistics.distributions import normal_quantile
from minglu.register.statistics.proportions import CONFIDENCE, Interval

LOW_COVERAGE = 0.55  # Chao & Tsay 1998: at or below it the one-step estimate is the steadier one
USELESS_COVERAGE = 0.25  # below it three quarters of each list stand alone: no estimate is worth its number
THETAS = (0.5, 1.0, 2.0, 4.0)  # odds ratios of the sensitivity band
TOO_FEW_UNITS, TOO_FEW_MATCHES = 100, 7  # strata below either collapse or are not estimable


class NotEstimableError(ValueError):
    """The histories carry no information on the unseen units; the message says why, in English."""


@dataclass(frozen=True, slots=True)
class Histories:
    """Capture histories of `t` lists with their counts of units."""

    counts: Mapping[str, int]

    def __post_init__(self) -> None:
        lengths = {len(history) for history in self.counts}
        wrong = [history for history in self.counts if set(history) - {"0", "1"} or "1" not in history]
        if len(lengths) != 1 or wrong or any(count < 0 for count in self.counts.values()):
            message = f"expected counts by histories such as '011' of one length, found {dict(self.counts)}"
            raise ValueError(message)

    @property
    def t(self) -> int:
        """Number of lists."""
        return len(next(iter(self.counts)))

    @property
    def total(self) -> int:
        """M: units seen at least once."""
        return sum(self.counts.values())

    def seen(self, *lists: int) -> int:
        """Count units that are on all the given lists (0-based), whatever the others say."""
        return sum(count for history, count in self.counts.items() if all(history[i] == "1" for i in lists))

    def only(self, *lists: int) -> int:
        """Count units that are on exactly the given lists."""
        history = "".join("1" if i in lists else "0" for i in range(self.t))
        return self.counts.get(history, 0)

    def times(self, k: int) -> int:
        """f_k: units on exactly k lists."""
        return sum(count for history, count in self.counts.items() if history.count("1") == k)


def require_estimable(histories: Histories) -> None:
    """Raise NotEstimableError where the lists meet too rarely for any estimate to be worth its number."""
    for i in range(histories.t):
        if histories.seen(i) == histories.only(i):
            message = f"list {i + 1} shares no unit with any other list"
            raise NotEstimableError(message)
    matches = histories.total - histories.times(1)
    if histories.total < TOO_FEW_UNITS or matches < TOO_FEW_MATCHES:
        message = (
            f"{histories.total} units with {matches} on two lists or more; needs {TOO_FEW_UNITS} and {TOO_FEW_MATCHES}"
        )
        raise NotEstimableError(message)


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimated number of units, with standard error and interval; never one without the other."""

    units: float
    standard_error: float
    interval: Interval


def lincoln_petersen(n1: int, n2: int, matches: int) -> float:
    """Return n1 n2 / m, the classical two-list estimate; biased for few matches.

    >>> lincoln_petersen(10, 15, 5)
    30.0
    """
    if matches == 0:
        message = "the two lists share no unit"
        raise NotEstimableError(message)
    return n1 * n2 / matches


def chapman(n1: int, n2: int, matches: int, *, seen: int | None = None) -> Estimate:
    """Return Chapman's estimate with Seber's variance (1982) and the log interval of Chao (1987).

    `seen` is M, the units seen on either list, the floor of the interval.
    """
    units = (n1 + 1) * (n2 + 1) / (matches + 1) - 1
    variance = (n1 + 1) * (n2 + 1) * (n1 - matches) * (n2 - matches) / ((matches + 1) ** 2 * (matches + 2))
    floor = n1 + n2 - matches if seen is None else seen
    return Estimate(units, math.sqrt(variance), log_interval(units, variance, floor))


def log_interval(units: float, variance: float, seen: float) -> Interval:
    """Return an interval that never falls below what was seen: log-normal on the unseen part (Chao 1987)."""
    unseen = units - seen
    if unseen <= 0:
        return Interval(float(seen), float(seen))
    z = normal_quantile(0.5 + CONFIDENCE / 2)
    factor = math.exp(z * math.sqrt(math.log1p(variance / unseen**2)))
    return Interval(seen + unseen / factor, seen + unseen * factor)


def chao_bound(histories: Histories) -> float:
    """Return Chao's lower bound M + ((t-1)/t) f1^2 / (2 f2); bias-corrected where no unit is on two lists."""
    f1, f2, t = histories.times(1), histories.times(2), histories.t
    unseen = f1 * f1 / (2 * f2) if f2 else f1 * (f1 - 1) / 2
    return histories.total + (t - 1) / t * unseen


@dataclass(frozen=True, slots=True)
class SampleCoverage:
    """Chao & Tsay's (1998) sample-coverage estimates."""

    coverage: float
    """C: the share of the units of a list that the other lists know, averaged."""
    distinct: float
    """D: the average number of units known to the other lists."""
    independent: float
    """N0: as if the lists were independent."""
    estimate: float
    """N-hat: dependence corrected in full; wild where C is low."""
    one_step: float
    """N1: dependence corrected by one step."""

    @property
    def advised(self) -> str:
        """Name the one the authors advise for this coverage, one_step or estimate; raise where it is useless."""
        if self.coverage < USELESS_COVERAGE:
            message = f"sample coverage is only {self.coverage:.2f}"
            raise NotEstimableError(message)
        return "one_step" if self.coverage <= LOW_COVERAGE else "estimate"

    @property
    def chosen(self) -> float:
        """Return that one; raise where it is no number."""
        return self.variant(self.advised)

    def variant(self, name: str) -> float:
        """Return an estimate by its name; raise where it is no number."""
        units: float = getattr(self, name)
        if not math.isfinite(units):
            message = "dependence can't be corrected: the lists overlap too unevenly"
            raise NotEstimableError(message)
        return units


def sample_coverage(histories: Histories) -> SampleCoverage:
    """Estimate by sample coverage; needs a unit on every list."""
    t, total = histories.t, histories.total
    sizes = [histories.seen(j) for j in range(t)]
    if min(sizes) == 0:
        message = "a list is empty"
        raise NotEstimableError(message)
    singles = [histories.only(j) for j in range(t)]
    distinct = total - sum(singles) / t
    coverage = 1 - sum(single / size for single, size in zip(singles, sizes, strict=True)) / t
    if coverage <= 0:
        message = "no list knows any unit of another"
        raise NotEstimableError(message)
    independent = distinct / coverage
    alone, shared = {}, {}
    for i, j in combinations(range(t), 2):
        alone[i, j] = singles[i] + singles[j] + 2 * histories.only(i, j)
        shared[i, j] = histories.seen(i, j) / (sizes[i] * sizes[j])
    denominator = t * coverage - sum(alone[pair] * shared[pair] for pair in alone)
    full = (t * distinct - sum(alone.values())) / denominator if denominator > 0 else math.inf

    def step(units: float) -> float:
        correction = sum(alone[pair] * (units * shared[pair] - 1) for pair in alone)
        return independent + correction / (t * coverage)

    return SampleCoverage(coverage, distinct, independent, full, step(step(independent)))


def corrected_for_linkage(n1: int, n2: int, links: int, *, precision: float, recall: float) -> float:
    """Return the two-list estimate with the true overlap L x precision / recall in place of L."""
    return n1 * n2 * recall / (links * precision)


def sensitivity_band(histories: Histories, thetas: Sequence[float] = THETAS) -> dict[float, float]:
    """Return N for two lists if they depended by each odds ratio: n00 = theta n10 n01 / n11."""
    both = histories.only(0, 1)
    if histories.t != 2 or both == 0:
        message = "the band takes two lists that share units"
        raise NotEstimableError(message)
    return {theta: histories.total + theta * histories.only(0) * histories.only(1) / both for theta in thetas}
