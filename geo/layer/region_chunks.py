"""The plane cut into regions that hold about as many districts each, so that one of them is in memory at a time.

Only extents are looked at: the regions determine what has to be read, never where a unit lies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_DISTRICTS = 1024
"""Districts whose middle lies in one region; those that reach into it come on top.  A county has some hundreds."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """A region cut in two: below `at` along `axis` (0: x, 1: y), and from there on."""

    axis: int
    at: float
    low: _Cut | int
    high: _Cut | int


class Regions:
    """Rectangles that tile the whole plane; the outer ones have no end, so every point is in exactly one."""

    def __init__(self, bounds: Floats, *, most: int = MOST_DISTRICTS) -> None:
        """Cut by the extents of districts, (n, 4): west, south, east, north; those without a place don't count."""
        self._boxes: list[tuple[float, float, float, float]] = []
        self._bounds = bounds
        self._most = most
        placed = np.isfinite(bounds).all(1)
        middle = (bounds[placed, :2] + bounds[placed, 2:]) / 2
        self._root = self._cut(middle, (-np.inf, -np.inf, np.inf, np.inf))

    def __len__(self) -> int:
        return len(self._boxes)

    def _cut(self, middle: Floats, box: tuple[float, float, float, float]) -> _Cut | int:
        """Halve a region across its longer side until it holds few enough."""
        spread = np.ptp(middle, axis=0) if len(middle) else np.zeros(2)
        axis = int(spread[1] > spread[0])
        at = float(np.median(middle[:, axis])) if len(middle) else 0.0
        low = middle[:, axis] < at
        if len(middle) <= self._most or not low.any():
            self._boxes.append(box)
            return len(self._boxes) - 1
        west, south, east, north = box
        below, above = ((west, south, at, north), (at, south, east, north))
        if axis:
            below, above = ((west, south, east, at), (west, at, east, north))
        return _Cut(axis, at, self._cut(middle[low], below), self._cut(middle[~low], above))

    def of(self, x: Floats, y: Floats) -> Ints:
        """Return the region of each point; numbers run from south-west to north-east within each cut."""
        found = np.zeros(len(x), np.int64)
        waiting: list[tuple[_Cut | int, Ints]] = [(self._root, np.arange(len(x)))]
        while waiting:
            here, rows = waiting.pop()
            if isinstance(here, int):
                found[rows] = here
                continue
            low = (x, y)[here.axis][rows] < here.at
            waiting += [(here.low, rows[low]), (here.high, rows[~low])]
        return found

    def districts(self, region: int, wide: float, high: float) -> Ints:
        """Return the districts whose extent comes nearer to a region than `wide` along x and `high` along y."""
        west, south, east, north = self._boxes[region]
        near = (self._bounds[:, 0] <= east + wide) & (self._bounds[:, 2] >= west - wide)
        near &= (self._bounds[:, 1] <= north + high) & (self._bounds[:, 3] >= south - high)
        return np.flatnonzero(near)
