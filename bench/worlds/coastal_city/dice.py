"""A fast, portable source of chance: one stream of uniform numbers from a seed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Generic, TypeVar

import numpy as np

T = TypeVar("T")


class Weighted(Generic[T]):
    """Items with cumulative weights, ready to be drawn from."""

    def __init__(self, items: Sequence[T], weights: Sequence[float]) -> None:
        """Keep the items and the running sum of their weights."""
        self.items = list(items)
        self.sums = list(accumulate(weights))

    @classmethod
    def zipf(cls, items: Sequence[T], power: float = 1.0, shift: float = 3.0) -> Weighted[T]:
        """Weigh the items by their rank, the first being the most frequent."""
        return cls(items, [1.0 / (rank + shift) ** power for rank in range(len(items))])


class Dice:
    """Draws that depend on the seed alone."""

    def __init__(self, seed: int) -> None:
        """Start the stream."""
        self._source = np.random.Generator(np.random.PCG64(seed))
        self._buffer: list[float] = []

    def u(self) -> float:
        """Return a uniform number in [0, 1)."""
        if not self._buffer:
            self._buffer = self._source.random(65536).tolist()
        return self._buffer.pop()

    def chance(self, share: float) -> bool:
        """Return true with the given probability."""
        return self.u() < share

    def below(self, bound: int) -> int:
        """Return an integer from 0 to bound - 1."""
        return int(self.u() * bound)

    def between(self, low: int, high: int) -> int:
        """Return an integer from low to high, both included."""
        return low + int(self.u() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items, all alike."""
        return items[int(self.u() * len(items))]

    def draw(self, table: Weighted[T]) -> T:
        """Return one of the items by weight."""
        position = bisect_right(table.sums, self.u() * table.sums[-1])
        return table.items[min(position, len(table.items) - 1)]

    def case(self, *pairs: tuple[float, T]) -> T:
        """Return the value of the first pair whose running share exceeds a draw."""
        point = self.u()
        for share, value in pairs:
            point -= share
            if point < 0:
                return value
        return pairs[-1][1]

    def normal(self) -> float:
        """Return a nearly normal number without library functions that vary by platform."""
        return (sum(self.u() for _ in range(6)) - 3.0) * 1.4142135

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in a random order."""
        out = list(items)
        for last in range(len(out) - 1, 0, -1):
            other = self.below(last + 1)
            out[last], out[other] = out[other], out[last]
        return out

    def digits(self, count: int) -> str:
        """Return a string of random digits."""
        return "".join(str(int(self.u() * 10)) for _ in range(count))
