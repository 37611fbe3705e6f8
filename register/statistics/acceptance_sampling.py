"""What a sample of a lot can show: sizes, plans, and the chance that a lot passes.  Exact, without replacement.

Errors are counted in a sample of n drawn from a lot of N without replacement: the count is
hypergeometric.  A plan passes a lot with at most c errors in the sample.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from minglu.register.statistics.distributions import binomial_at_most, hypergeometric_at_most

CONFIDENCE = 0.95
ROUNDING = 1 + 1e-9
"""A chance that meets its limit exactly meets it, whatever the last digits of its computation."""


class Plan(NamedTuple):
    """A sample size, and the most errors in the sample with which the lot passes."""

    n: int
    most_errors: int


def chance_to_pass(lot: int, share: float, plan: Plan) -> float:
    """Return the chance that a lot of `lot` units of which `share` are wrong passes `plan`.

    >>> round(chance_to_pass(5000, 0.05, Plan(131, 3)), 3) <= 0.1
    True
    """
    return float(hypergeometric_at_most(plan.most_errors, lot, round(share * lot), plan.n))


def zero_error_size(lot: int, share: float, confidence: float = CONFIDENCE) -> int:
    """Return the smallest sample that, without any error found, shows that fewer than `share` of the lot are wrong.

    >>> zero_error_size(1_000, 0.01), zero_error_size(1_000_000, 0.005)
    (258, 598)
    """
    wrong = math.ceil(share * lot)
    low, high = 1, lot
    while low < high:
        middle = (low + high) // 2
        if hypergeometric_at_most(0, lot, wrong, middle) <= (1 - confidence) * ROUNDING:
            high = middle
        else:
            low = middle + 1
    return low


def proof_size(share: float, errors: int, confidence: float = CONFIDENCE) -> int:
    """Return the sample, of a lot without end, in which `errors` errors still show that less than `share` is wrong.

    >>> [proof_size(0.005, errors) for errors in (0, 1, 2)]
    [598, 947, 1258]
    """
    low, high = 1, 2
    while binomial_at_most(errors, high, share) > 1 - confidence:
        low, high = high, high * 2
    sizes = np.arange(low, high + 1)
    return int(sizes[np.argmax(binomial_at_most(errors, sizes, share) <= 1 - confidence)])


def limiting_plan(lot: int, good: float, bad: float, alpha: float = 0.05, beta: float = 0.10) -> Plan:
    """Return the smallest plan that passes a lot with `good` wrong at least 1 - alpha and one with `bad` at most beta.

    Raises ValueError where no sample of the lot can separate the two.

    >>> limiting_plan(5000, 0.01, 0.05)
    Plan(n=131, most_errors=3)
    """
    if not 0 <= good < bad <= 1 or round(good * lot) >= round(bad * lot):
        message = f"no plan separates {good} from {bad} in a lot of {lot}"
        raise ValueError(message)
    wrong, sizes = round(bad * lot), np.arange(1, lot + 1)

    def smallest(most: int) -> Plan:
        """Return the smallest sample in which a bad lot shows more errors than `most`; the whole lot always does."""
        small_enough = np.asarray(hypergeometric_at_most(most, lot, wrong, sizes)) <= beta
        return Plan(int(sizes[np.argmax(small_enough)]), most)

    plans = map(smallest, range(wrong))
    return next(plan for plan in plans if chance_to_pass(lot, good, plan) >= 1 - alpha)
