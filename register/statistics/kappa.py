"""Agreement of two judges beyond chance: Cohen's kappa with its large-sample error."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple


class Agreement(NamedTuple):
    """How far two judges agree on what both judged."""

    n: int
    share: float
    """Share of equal answers, 0 to 1."""
    kappa: float | None
    """None where both gave one and the same answer throughout: chance alone would agree."""
    error: float | None
    """Standard error of kappa (Cohen 1960)."""


def cohen_kappa(first: Sequence[str], second: Sequence[str]) -> Agreement:
    """Compare the answers of two judges to the same questions, in the same order (Cohen 1960).

    >>> cohen_kappa(["a"] * 20 + ["a"] * 5 + ["b"] * 10 + ["b"] * 15, ["a"] * 20 + ["b"] * 5 + ["a"] * 10 + ["b"] * 15)
    Agreement(n=50, share=0.7, kappa=0.4, error=0.129...)
    """
    n = len(first)
    if n == 0 or n != len(second):
        message = f"{n} answers against {len(second)}"
        raise ValueError(message)
    share = sum(one == two for one, two in zip(first, second, strict=True)) / n
    one, two = Counter(first), Counter(second)
    chance = sum(one[answer] * two[answer] for answer in one) / n**2
    if chance == 1:
        return Agreement(n, share, None, None)
    error = math.sqrt(share * (1 - share) / (n * (1 - chance) ** 2))
    return Agreement(n, share, round((share - chance) / (1 - chance), 12), error)
