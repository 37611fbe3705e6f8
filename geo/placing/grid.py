"""A grid of cells over a proven partition: inner cells answer by lookup, cells on a border by their own edges.

How a point is found.  Give every district the weight of its position + 1 and let F be the sum of
the weights of all districts that hold a place.  In a partition F names the district
(0: none), and walking across a directed edge changes F by the weight of its owner.  So
F is known everywhere once it is known at one place of each cell, its reference:
walk from there to the point and count the edges of the cell that are crossed.

Exactness.  Cells and scanlines are cut by monotone functions of the coordinates, so an
edge can touch a cell only if its end points say so.  Every orientation is computed with
an error bound; a point for which any of them is unsure, which includes every point on a
border, is handed back as unsure and belongs to an exact test.  On anything but a
partition F means nothing: ask only where a proof holds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from minglu.common.parallel import over_threads
from minglu.geo.placing.grid_frame import BLOCK, BLOCK_BITS, Floats, GridFrame, Ints, thresholds
from minglu.geo.placing.grid_raster import by_cell, rasterise
from minglu.geo.placing.grid_rings import Rings

CHUNK_POINTS = 1 << 17
CHUNK_WALKS = 1 << 15
MANY_EDGES = 1 << 21
"""More edges than the cache holds: points are then taken in the order of their cells."""
ORIENTATION_ERROR = 3.3306690738754716e-16
"""Relative error bound of a 2 x 2 orientation determinant in double precision (Shewchuk 1997)."""
UNSURE = MIXED = np.int32(np.iinfo(np.int32).min)


class Grid:
    """The cells of one partition."""

    def __init__(self, shapes: NDArray[np.object_], frame: GridFrame) -> None:
        """Build from polygons and multipolygons; null shapes have no cells."""
        self._frame = frame
        rings = Rings(shapes)
        self._flat = rings.xy.reshape(-1)
        self._weight = rings.weight
        self._count = len(shapes)
        self._ref_x = thresholds(frame.u, frame.x0, frame.per_x, frame.columns, 0.0)
        self._ref_y = thresholds(frame.v, frame.y0, frame.per_y, frame.rows, 0.5)
        cells, edges, crossing, weights, doubtful = rasterise(rings, frame, self._ref_y)
        self._edges, self._starts = by_cell(cells, edges, frame.columns * frame.rows)
        self._label = self._labels(crossing, weights, doubtful)
        self._block = self._blocks()

    def _labels(self, crossing: Ints, weights: Ints, doubtful: Ints) -> Ints:
        """Return F - 1 at each reference: the district, -1 outside; on border cells encoded below -1."""
        change = np.zeros(self._frame.columns * self._frame.rows, dtype=np.int32)
        np.add.at(change, crossing, weights)
        # F at a reference is what lies to its right.  A whole row adds up to 0, so that is what lies to its
        # left, negative; and one sum may run through all rows.
        flat = np.cumsum(change, dtype=np.int32)
        np.subtract(change, flat, out=flat)
        flat -= 1
        bordered = np.flatnonzero(self._starts[1:] != self._starts[:-1])
        flat[bordered] = -3 - flat[bordered]
        flat[doubtful] = UNSURE
        return flat

    def _blocks(self) -> Ints:
        """Return the label that all cells of a block share, MIXED where they don't: small enough to stay in cache."""
        frame = self._frame
        strips = self._label.reshape(frame.rows // BLOCK, BLOCK, frame.columns)
        low, high = (extreme.reduce(strips, axis=1) for extreme in (np.minimum, np.maximum))
        shape = (*low.shape[:1], frame.columns // BLOCK, BLOCK)
        low, high = np.minimum.reduce(low.reshape(shape), axis=2), np.maximum.reduce(high.reshape(shape), axis=2)
        block: Ints = np.where((low == high) & (low >= -1), low, MIXED).reshape(-1)
        return block

    def find(self, x: Floats, y: Floats) -> tuple[Ints, NDArray[np.intp]]:
        """Return the position of each point's district (-1: outside all), and the rows for which that is not sure."""
        district = np.empty(len(x), dtype=np.int32)
        borders, cells = [np.empty(0, dtype=np.intp)], [np.empty(0, dtype=np.int32)]
        parts = [slice(start, start + CHUNK_POINTS) for start in range(0, len(x), CHUNK_POINTS)]
        found = over_threads(lambda part: self._look_up(x[part], y[part], district[part]), parts)
        for part, (rows, where) in zip(parts, found, strict=True):
            borders.append(rows + part.start)
            cells.append(where)
        border, cell = np.concatenate(borders), np.concatenate(cells)
        if len(self._edges) > MANY_EDGES:
            order = np.argsort(cell, kind="stable")  # neighbours share their memory
            border, cell = border[order], cell[order]
        sure = np.empty(len(border), dtype=bool)

        def walk(part: slice) -> None:
            rows = border[part]
            district[rows], sure[part] = self._walk(x.take(rows), y.take(rows), cell[part])

        walks = [slice(start, start + CHUNK_WALKS) for start in range(0, len(border), CHUNK_WALKS)]
        for _ in over_threads(walk, walks):
            pass
        return district, border[~sure]

    def _look_up(self, x: Floats, y: Floats, district: Ints) -> tuple[NDArray[np.intp], Ints]:
        """Fill the district of points in inner cells; return the other rows and their cells."""
        column, row = self._place(x, y)
        block = (row >> BLOCK_BITS) * np.int32(self._frame.columns >> BLOCK_BITS) + (column >> BLOCK_BITS)
        self._block.take(block, out=district, mode="clip")
        mixed = np.flatnonzero(district == MIXED)
        cell = row.take(mixed) * np.int32(self._frame.columns) + column.take(mixed)
        label = self._label.take(cell)
        district[mixed] = label
        border = np.flatnonzero(label < -1)
        return mixed.take(border), cell.take(border)

    def calm(self, x: Floats, y: Floats, reach_x: Floats, reach_y: Floats) -> NDArray[np.bool_]:
        """Return for each point whether surely no border comes nearer than its reach, in the units of x and y.

        With a reach of at most one cell, nine places stand for every cell that the box of
        the reach can touch: all must be inner cells of one district.
        """
        result = (reach_x * self._frame.per_x <= 1) & (reach_y * self._frame.per_y <= 1)
        middle = self._label.take(self._cell(x, y))
        result &= middle >= 0
        for east in (-1, 0, 1):
            for north in (-1, 0, 1):
                result &= self._label.take(self._cell(x + east * reach_x, y + north * reach_y)) == middle
        return result

    def _place(self, x: Floats, y: Floats) -> tuple[Ints, Ints]:
        """Return column and row of each point; what lies off the grid goes to the first cell, on its empty rim."""
        frame = self._frame
        u, v = frame.u(x), frame.v(y)
        if not len(u) or min(u.min(), v.min()) < 0 or u.max() >= frame.columns or v.max() >= frame.rows:
            inside = (u >= 0) & (v >= 0) & (u < frame.columns) & (v < frame.rows)
            u, v = np.where(inside, u, 0.0), np.where(inside, v, 0.0)
        return u.astype(np.int32), v.astype(np.int32)

    def _cell(self, x: Floats, y: Floats) -> Ints:
        column, row = self._place(x, y)
        return row * np.int32(self._frame.columns) + column

    def _walk(self, x: Floats, y: Floats, cell: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        """Walk from each point's cell reference to the point; the district there, and whether it is sure."""
        label = self._label.take(cell)
        first = self._starts.take(cell)
        count = self._starts.take(cell + 1) - first
        point = np.repeat(np.arange(len(cell)), count)
        edge = self._edges.take(np.arange(len(point)) + np.repeat(first - (np.cumsum(count) - count), count))
        row, column = np.divmod(cell, np.int32(self._frame.columns))
        reference = self._ref_x.take(column).take(point), self._ref_y.take(row).take(point)
        change, blurred = self._crossings(edge, (x.take(point), y.take(point)), reference)
        district = (-3.0 - label) + np.bincount(point, change, len(cell))
        sure = (label != UNSURE) & (district >= -1) & (district < self._count)
        sure[point[blurred]] = False
        return np.where(sure, district, -1).astype(np.int32), sure

    def _crossings(self, edge: Ints, point: _Place, reference: _Place) -> tuple[Floats, NDArray[np.bool_]]:
        """Return what walking from reference to point across each edge adds to F, and where that is unsure."""
        at = edge.astype(np.intp) * 2
        ax, ay, bx, by = (self._flat.take(at + step) for step in range(4))
        here, blurred = _side((ax, ay), (bx, by), point)
        there, vague = _side((ax, ay), (bx, by), reference)
        blurred |= vague
        change = np.zeros(len(edge))
        apart = np.flatnonzero((here > 0) != (there > 0))
        x, y, ref_x, ref_y, ax, ay, bx, by = (v.take(apart) for v in (*point, *reference, ax, ay, bx, by))
        start, vague_start = _side((x, y), (ref_x, ref_y), (ax, ay))
        end, vague_end = _side((x, y), (ref_x, ref_y), (bx, by))
        blurred[apart] |= vague_start | vague_end
        crossed = apart[(start > 0) != (end > 0)]
        change[crossed] = np.where(here[crossed] > 0, 1, -1) * self._weight.take(edge[crossed])
        return change, blurred


_Place = tuple[Floats, Floats]


def _side(start: _Place, end: _Place, place: _Place) -> tuple[Floats, NDArray[np.bool_]]:
    """Return on which side of a line a place lies, positive on the left, and whether rounding could hide the sign."""
    left = (end[0] - start[0]) * (place[1] - start[1])
    right = (end[1] - start[1]) * (place[0] - start[0])
    side = left - right
    return side, np.abs(side) <= ORIENTATION_ERROR * (np.abs(left) + np.abs(right))
