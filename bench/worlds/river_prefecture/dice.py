"""One source of chance: numpy's generator drawn in blocks and served one value at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Generic, TypeVar

import numpy as np

T = TypeVar("T")
BLOCK = 1 << 15


class Weighted(Generic[T]):
    """Items with weights, prepared for fast drawing."""

    def __init__(self, pairs: Sequence[tuple[T, float]]) -> None:
        self.items: list[T] = [item for item, _ in pairs]
        self.edges: list[float] = list(accumulate(weight for _, weight in pairs))


class Dice:
    """Draws that depend on the seed and the stream number only."""

    def __init__(self, seed: int, stream: int) -> None:
        self._rng = np.random.Generator(np.random.PCG64([seed, stream]))
        self._block: list[float] = []
        self._at = 0

    def unit(self) -> float:
        """A number in [0, 1)."""
        if self._at >= len(self._block):
            self._block = self._rng.random(BLOCK).tolist()
            self._at = 0
        value = self._block[self._at]
        self._at += 1
        return value

    def chance(self, share: float) -> bool:
        """True in the given share of calls."""
        return self.unit() < share

    def below(self, limit: int) -> int:
        """An integer from 0 to limit - 1."""
        return int(self.unit() * limit)

    def between(self, low: int, high: int) -> int:
        """An integer from low to high, both possible."""
        return low + int(self.unit() * (high - low + 1))

    def spread(self, width: float) -> float:
        """A bell-like number around 0 with standard deviation of about ``width``."""
        total = self.unit() + self.unit() + self.unit() + self.unit() - 2.0
        return total * width * 1.732

    def pick(self, items: Sequence[T]) -> T:
        """One item, all equally likely."""
        return items[int(self.unit() * len(items))]

    def draw(self, table: Weighted[T]) -> T:
        """One item by weight."""
        return table.items[bisect_right(table.edges, self.unit() * table.edges[-1])]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """A shuffled copy."""
        out = list(items)
        for i in range(len(out) - 1, 0, -1):
            j = self.below(i + 1)
            out[i], out[j] = out[j], out[i]
        return out
