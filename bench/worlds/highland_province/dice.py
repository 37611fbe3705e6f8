"""Chance: one stream of uniform numbers with the few draws the world needs."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Generic, TypeVar

import numpy as np

T = TypeVar("T")
BLOCK = 1 << 16


class Table(Generic[T]):
    """Values with weights, prepared for repeated drawing."""

    def __init__(self, pairs: Sequence[tuple[T, float]]) -> None:
        """Take the pairs of value and weight."""
        self.values = [value for value, _ in pairs]
        self.sums = list(accumulate(weight for _, weight in pairs))


class Dice:
    """Draws from one seeded stream; only arithmetic, so the same on every platform."""

    def __init__(self, seed: int, stream: int) -> None:
        """Open one numbered stream of a seed."""
        self._generator = np.random.Generator(np.random.PCG64([seed, stream]))
        self._block: list[float] = []

    def unit(self) -> float:
        """A number in [0, 1)."""
        if not self._block:
            self._block = self._generator.random(BLOCK).tolist()
        return self._block.pop()

    def chance(self, share: float) -> bool:
        """True in the given share of calls."""
        return self.unit() < share

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1."""
        return int(self.unit() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.unit() * (high - low + 1))

    def pick(self, values: Sequence[T]) -> T:
        """One of the values, all equally likely."""
        return values[int(self.unit() * len(values))]

    def early(self, values: Sequence[T]) -> T:
        """One of the values, the first ones far likelier (a long-tailed choice)."""
        return values[int(self.unit() ** 2.2 * len(values))]

    def from_table(self, table: Table[T]) -> T:
        """One value of a weighted table."""
        place = bisect_right(table.sums, self.unit() * table.sums[-1])
        return table.values[min(place, len(table.values) - 1)]

    def bell(self) -> float:
        """A number near the standard normal law (sum of twelve uniforms)."""
        return sum(self.unit() for _ in range(12)) - 6.0

    def digits(self, count: int) -> str:
        """A string of decimal digits."""
        return str(int(self.unit() * 10**count)).zfill(count)

    def sample(self, size: int, keep: int) -> list[int]:
        """``keep`` different numbers below ``size`` in rising order."""
        order = list(range(size))
        for here in range(keep):
            other = here + int(self.unit() * (size - here))
            order[here], order[other] = order[other], order[here]
        return sorted(order[:keep])
