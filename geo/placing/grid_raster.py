"""Rasterised edges: which cells an edge may touch, and where edges cross the scanlines of a grid.

Every edge stands in every cell that it touches, and in a few more: too many cost time,
too few would cost truth.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from minglu.geo.placing.grid_frame import Floats, GridFrame, Ints
from minglu.geo.placing.grid_rings import CHUNK_VERTICES, Rings

STRIP_MARGIN = 1e-3
"""Cells by which a long edge is taken as wider than it is: far more than rounding can be worth."""


def rasterise(rings: Rings, frame: GridFrame, ref_y: Floats) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Return (cell, edge) of every edge in every cell it may touch, and (cell, weight) of every scanline crossing.

    The fifth array are cells whose reference is too near a crossing for its side to be certain.
    """
    pairs, crossings, doubtful = [], [], []
    last = max(len(rings.xy) - 1, 0)
    for start in range(0, last, CHUNK_VERTICES):
        part = _Part(rings, frame, start, min(start + CHUNK_VERTICES, last))
        pairs.append(part.cells())
        crossed, weights, near = part.crossings(ref_y, frame.tolerance)
        crossings.append((crossed, weights))
        doubtful.append(near)
    none = np.empty(0, dtype=np.int32)
    cells, edges = (np.concatenate([none, *column]) for column in zip((none, none), *pairs, strict=True))
    crossed, weights = (np.concatenate([none, *column]) for column in zip((none, none), *crossings, strict=True))
    return cells, edges, crossed, weights, np.concatenate([none, *doubtful])


class _Part:
    """A run of edges, scaled to cells."""

    def __init__(self, rings: Rings, frame: GridFrame, start: int, stop: int) -> None:
        self._frame = frame
        xy = rings.xy[start : stop + 1]
        self._x, self._y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
        self._u, self._v = frame.u(self._x), frame.v(self._y)
        self._weight = rings.weight[start:stop]
        moved = (self._x[1:] != self._x[:-1]) | (self._y[1:] != self._y[:-1])
        self._real = (self._weight != 0) & moved
        self._start = start

    def cells(self) -> tuple[Ints, Ints]:
        """Return (cell, edge) pairs."""
        column, row = np.floor(self._u).astype(np.int32), np.floor(self._v).astype(np.int32)
        wide, high = np.abs(np.diff(column)), np.abs(np.diff(row))
        width = self._frame.columns
        cell = row * np.int32(width) + column
        spread = wide + high
        single = np.flatnonzero(self._real & (spread == 0))
        several = np.flatnonzero(self._real & (spread > 0))
        low_column = np.minimum(column[:-1], column[1:])[several]
        low_row = np.minimum(row[:-1], row[1:])[several]
        wide, high = wide[several], high[several]
        long = (wide > 0) & (high > 0) & (spread[several] > 2)
        short = ~long
        box = _boxes((low_column[short], low_row[short]), (wide[short], high[short]), several[short], width)
        strip = self._strips(several[long], low_row[long], high[long])
        cells = np.concatenate([cell[single], box[0], strip[0]])
        edges = np.concatenate([single, box[1], strip[1]]) + self._start
        return cells, edges.astype(np.int32)

    def _strips(self, edge: NDArray[np.intp], low_row: Ints, high: Ints) -> tuple[Ints, NDArray[np.intp]]:
        """Return the cells of long edges, row by row, a hair wider than the edge in each row."""
        count = high.astype(np.intp) + 1
        owner = np.repeat(np.arange(len(edge)), count)
        row = low_row[owner] + (np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count))
        u0, u1, v0, v1 = self._u[edge], self._u[edge + 1], self._v[edge], self._v[edge + 1]
        slope = ((u1 - u0) / (v1 - v0))[owner]
        left, right = np.minimum(u0, u1)[owner], np.maximum(u0, u1)[owner]
        at_low = u0[owner] + (row - v0[owner]) * slope
        at_high = at_low + slope
        west = np.floor(np.clip(np.minimum(at_low, at_high) - STRIP_MARGIN, left, right)).astype(np.int32)
        east = np.floor(np.clip(np.maximum(at_low, at_high) + STRIP_MARGIN, left, right)).astype(np.int32)
        flat = np.zeros(len(row), dtype=np.int32)
        return _boxes((west, row.astype(np.int32)), (east - west, flat), edge[owner], self._frame.columns)

    def crossings(self, ref_y: Floats, tolerance: float) -> tuple[Ints, Ints, Ints]:
        """Return (cell, weight) where edges cross scanlines, and cells whose reference is too near one."""
        level = np.floor(self._v + 0.5).astype(np.int32)
        climb = np.diff(level)
        edge = np.flatnonzero(self._real & (climb != 0))
        count = np.abs(climb[edge]).astype(np.intp)
        owner = np.repeat(np.arange(len(edge)), count)
        row = np.minimum(level[:-1], level[1:])[edge][owner]
        row += (np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)).astype(np.int32)
        edge = edge[owner]
        x0, y0 = self._x[edge], self._y[edge]
        x = x0 + (ref_y[row] - y0) * (self._x[edge + 1] - x0) / (self._y[edge + 1] - y0)
        u = self._frame.u(x)
        column = np.floor(u).astype(np.int32)
        base = row * np.int32(self._frame.columns)
        weight = np.where(climb[edge] > 0, self._weight[edge], -self._weight[edge])
        nearest = np.rint(u)
        near = np.flatnonzero(np.abs(u - nearest) <= tolerance)
        beside = np.clip(nearest[near].astype(np.int32), 0, self._frame.columns - 1)
        return base + column, weight, base[near] + beside


def _boxes(
    corner: tuple[Ints, Ints], size: tuple[Ints, Ints], edge: NDArray[np.intp], width: int
) -> tuple[Ints, NDArray[np.intp]]:
    """Return the cells of boxes: from the corner (column, row), `size` more cells to the east and north."""
    (column, row), (wide, high) = corner, size
    across = wide.astype(np.intp) + 1
    count = across * (high.astype(np.intp) + 1)
    owner = np.repeat(np.arange(len(edge)), count)
    inside = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    up, right = np.divmod(inside, across[owner])
    cell = (row[owner] + up) * width + column[owner] + right
    return cell.astype(np.int32), edge[owner]


def by_cell(cells: Ints, edges: Ints, count: int) -> tuple[Ints, Ints]:
    """Return the edges sorted by cell, and where each cell starts: one counting sort."""
    table = csr_array((edges, cells, np.arange(len(cells) + 1, dtype=np.int32)), shape=(len(cells), count))
    turned = table.tocsc()
    return turned.data, turned.indptr
