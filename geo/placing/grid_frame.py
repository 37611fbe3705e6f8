"""The grid frame: number, size and exact cut coordinates of the cells.

Cells are cut by rounded, but monotone functions of the coordinates.  So what lies
between two numbers lies in the cells between theirs, whatever the rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

CELLS_MIN, CELLS_MAX = 1 << 10, 1 << 24
MOST_STRETCHED = 4
"""Times CELLS_MAX that a long, thin layer may need, whose rim outgrows it."""
BLOCK_BITS = 3
BLOCK = 1 << BLOCK_BITS
"""Cells a side that are looked up together first; columns and rows are multiples of it."""
ORIGIN_SHIFT = 1.381966
"""Cells by which the grid starts before the layer: an empty rim, and no regular layer that lies on its lines."""
COLUMN_TOLERANCE = 1e-7
"""A crossing computed this close to a column line, in cells, could lie on either side of it."""
WORST_TOLERANCE = 1e-3
"""Where rounding alone is worth more of a cell, coordinates are too large for their extent."""


@dataclass(frozen=True, slots=True)
class GridFrame:
    """Where the cells lie."""

    x0: float
    y0: float
    per_x: float
    """Cells per unit of x."""
    per_y: float
    columns: int
    rows: int

    def u(self, x: Floats) -> Floats:
        """Return x in cells: a monotone function, so its floor cuts the plane cleanly."""
        return (x - self.x0) * self.per_x

    def v(self, y: Floats) -> Floats:
        """Return y in cells."""
        return (y - self.y0) * self.per_y

    @property
    def tolerance(self) -> float:
        """What rounding of a computed x can be worth, in cells."""
        farthest = max(abs(self.x0), abs(self.y0)) + max(self.columns / self.per_x, self.rows / self.per_y)
        return COLUMN_TOLERANCE + 64 * float(np.finfo(float).eps) * farthest * max(self.per_x, self.per_y)


def cells_for(points: int, districts: int, edges: int) -> int:
    """Return how many cells cost least: each costs its making, and fewer of them leave more edges to test.

    Costs are nanoseconds measured on one machine; the minimum is flat, so they need not be exact.
    A share of about 2.6 * sqrt(districts / cells) of the cells lies on a border.
    """
    powers = 2.0 ** np.arange(math.log2(CELLS_MIN), math.log2(CELLS_MAX) + 1)
    walks = points * (edges / powers + 6.5 * np.sqrt(districts / powers))
    return int(powers[np.argmin(25.0 * powers + 100.0 * walks)])


def grid_frame_for(shapes: NDArray[np.object_], cells: int) -> GridFrame | None:
    """Return a frame of about `cells` square cells over the shapes; None where rounding would blur it."""
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    wide, high = east - west, north - south
    if not (wide > 0 and high > 0 and math.isfinite(wide * high)):
        return None
    size = math.sqrt(wide * high / min(max(cells, CELLS_MIN), CELLS_MAX))
    columns, rows = (BLOCK * math.ceil((extent / size + 2) / BLOCK) for extent in (wide, high))
    if columns * rows > MOST_STRETCHED * CELLS_MAX:
        return None
    frame = GridFrame(west - ORIGIN_SHIFT * size, south - ORIGIN_SHIFT * size, 1 / size, 1 / size, columns, rows)
    return frame if frame.tolerance < WORST_TOLERANCE else None


def thresholds(scale: Callable[[Floats], Floats], origin: float, per_unit: float, count: int, shift: float) -> Floats:
    """Return the smallest number that `scale` takes to k + shift or more, for k = 0 ... count - 1."""
    wanted = np.arange(count) + shift
    value: Floats = np.asarray(origin + wanted / per_unit, dtype=np.float64)
    while (low := scale(value) < wanted).any():
        value[low] = np.nextafter(value[low], np.inf)
    while (high := scale(below := np.nextafter(value, -np.inf)) >= wanted).any():
        value[high] = below[high]
    return value
