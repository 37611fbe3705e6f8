"""A grid of cells over a proven partition: inner cells answer by lookup, cells on a border by their own edges.

How a point is found.  Give every district the weight rank + 1 and let F be the sum of
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

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

CHUNK_EDGES = 1 << 17
"""Vertices worked on at a time: their arrays stay in the processor's cache."""
CHUNK_POINTS = 1 << 15
CHUNK_WALKS = 1 << 13
CELLS_MIN, CELLS_MAX = 1 << 10, 1 << 24
ORIGIN_SHIFT = 1.381966
"""Cells by which the grid starts before the layer: an empty rim, and no regular layer that lies on its lines."""
ORIENTATION_ERROR = 3.3306690738754716e-16
"""Relative error bound of a 2 x 2 orientation determinant in double precision (Shewchuk 1997)."""
COLUMN_TOLERANCE = 1e-7
"""A crossing computed this close to a column line, in cells, could lie on either side of it."""
WORST_TOLERANCE = 1e-3
"""Where rounding alone is worth more of a cell, coordinates are too large for their extent."""

POLYGON = 3
UNSURE = np.int32(np.iinfo(np.int32).min)


@dataclass(frozen=True, slots=True)
class Frame:
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


def cells_for(points: int, districts: int, edges: int) -> int:
    """Return how many cells cost least: each costs its making, and fewer of them leave more edges to test.

    Costs are nanoseconds measured on one machine; the minimum is flat, so they need not be exact.
    A share of about 2.6 * sqrt(districts / cells) of the cells lies on a border.
    """
    powers = 2.0 ** np.arange(math.log2(CELLS_MIN), math.log2(CELLS_MAX) + 1)
    walks = points * (edges / powers + 6.5 * np.sqrt(districts / powers))
    return int(powers[np.argmin(12.0 * powers + 25.0 * walks)])


def frame_for(shapes: NDArray[np.object_], cells: int) -> Frame | None:
    """Return a frame of about `cells` square cells over the shapes; None where rounding would blur it."""
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    wide, high = east - west, north - south
    if not (wide > 0 and high > 0 and math.isfinite(wide * high)):
        return None
    size = math.sqrt(wide * high / min(max(cells, CELLS_MIN), CELLS_MAX))
    columns, rows = math.ceil(wide / size) + 2, math.ceil(high / size) + 2
    if max(columns, rows) > CELLS_MAX:
        return None
    frame = Frame(west - ORIGIN_SHIFT * size, south - ORIGIN_SHIFT * size, 1 / size, 1 / size, columns, rows)
    return frame if _tolerance(frame, max(map(abs, (west, south, east, north)))) < WORST_TOLERANCE else None


def _tolerance(frame: Frame, largest: float) -> float:
    return COLUMN_TOLERANCE + 64 * np.finfo(float).eps * largest * max(frame.per_x, frame.per_y)


class Grid:
    """The cells of one partition."""

    def __init__(self, shapes: NDArray[np.object_], frame: Frame) -> None:
        """Build from polygons in order of rank; null shapes have no cells."""
        self._frame = frame
        rings = _Rings(shapes)
        self._flat = rings.xy.reshape(-1)
        self._weight = rings.weight
        self._count = len(shapes)
        self._ref_x = _thresholds(frame.u, frame.x0, frame.per_x, frame.columns, 0.0)
        self._ref_y = _thresholds(frame.v, frame.y0, frame.per_y, frame.rows, 0.5)
        cells, edges, crossing, weights, doubtful = _rasterise(rings, frame, self._ref_y)
        self._edges, self._starts = _by_cell(cells, edges, frame.columns * frame.rows)
        self._label = self._labels(crossing, weights, doubtful)

    def _labels(self, crossing: Ints, weights: Floats, doubtful: Ints) -> Ints:
        """Return F - 1 at the reference of each cell: the rank, -1 outside; encoded below -1 on border cells."""
        frame = self._frame
        label = np.empty((frame.rows, frame.columns), dtype=np.int32)
        total = np.bincount(crossing, weights, frame.rows * frame.columns).reshape(label.shape)
        for row in range(frame.rows):  # everything to the right of a reference lies in its row's later columns
            label[row] = np.cumsum(total[row, ::-1])[::-1]
        flat = label.reshape(-1)
        flat -= 1
        bordered = np.flatnonzero(self._starts[1:] != self._starts[:-1])
        flat[bordered] = -3 - flat[bordered]
        flat[doubtful] = UNSURE
        return flat

    def find(self, x: Floats, y: Floats) -> tuple[Ints, NDArray[np.intp]]:
        """Return the rank of each point's district (-1: outside all), and the rows for which that is not sure."""
        rank = np.empty(len(x), dtype=np.int32)
        borders = [np.empty(0, dtype=np.intp)]
        for start in range(0, len(x), CHUNK_POINTS):
            part = slice(start, start + CHUNK_POINTS)
            self._label.take(self._cell(x[part], y[part]), out=rank[part], mode="clip")
            borders.append(np.flatnonzero(rank[part] < -1) + start)
        border = np.concatenate(borders)
        border = border[np.argsort(self._cell(x[border], y[border]), kind="stable")]  # neighbours share their memory
        sure = np.empty(len(border), dtype=bool)
        for start in range(0, len(border), CHUNK_WALKS):
            rows = border[start : start + CHUNK_WALKS]
            rank[rows], sure[start : start + CHUNK_WALKS] = self._walk(x[rows], y[rows])
        return rank, border[~sure]

    def calm(self, x: Floats, y: Floats, reach_x: Floats, reach_y: Floats) -> NDArray[np.bool_]:
        """Say for each point whether surely no border comes nearer than its reach, in the units of x and y.

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

    def _cell(self, x: Floats, y: Floats) -> Ints:
        """Return the cell of each point; what lies off the grid goes to the first cell, on its empty rim."""
        frame = self._frame
        u, v = frame.u(x), frame.v(y)
        if not len(u) or min(u.min(), v.min()) < 0 or u.max() >= frame.columns or v.max() >= frame.rows:
            inside = (u >= 0) & (v >= 0) & (u < frame.columns) & (v < frame.rows)
            u, v = np.where(inside, u, 0.0), np.where(inside, v, 0.0)
        cell = v.astype(np.int32)
        cell *= np.int32(frame.columns)
        cell += u.astype(np.int32)
        return cell

    def _walk(self, x: Floats, y: Floats) -> tuple[Ints, NDArray[np.bool_]]:
        """Walk from each point's cell reference to the point; the rank there, and whether it is sure."""
        cell = self._cell(x, y)
        label = self._label.take(cell)
        first = self._starts.take(cell)
        count = self._starts.take(cell + 1) - first
        point = np.repeat(np.arange(len(cell)), count)
        edge = self._edges.take(np.arange(len(point)) + np.repeat(first - (np.cumsum(count) - count), count))
        row, column = np.divmod(cell, np.int32(self._frame.columns))
        reference = self._ref_x.take(column).take(point), self._ref_y.take(row).take(point)
        change, blurred = self._crossings(edge, (x.take(point), y.take(point)), reference)
        rank = (-3.0 - label) + np.bincount(point, change, len(cell))
        sure = (label != UNSURE) & (rank >= -1) & (rank < self._count)
        sure[point[blurred]] = False
        return np.where(sure, rank, -1).astype(np.int32), sure

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


class _Rings:
    """All rings of the shapes, one vertex behind the other, with the weight of the edge that leaves each vertex."""

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        self.xy: Floats = shapely.get_coordinates(shapes)
        rank, size, shell = _ring_sizes(shapes)
        begin = np.cumsum(size) - size
        along = _counterclockwise(self.xy, begin, size) == shell  # the inside is on the left
        self.weight: Ints = np.repeat(np.where(along, rank + 1, -rank - 1).astype(np.int32), size)
        self.weight[begin + size - 1] = 0  # no edge leads from one ring to the next


def _ring_sizes(shapes: NDArray[np.object_]) -> tuple[Longs, Longs, NDArray[np.bool_]]:
    """Return rank, number of vertices and shell-or-hole of every ring, in the order of the coordinates.

    Most districts are one ring and need no copy of it; only the others are taken apart.
    """
    size: Longs = np.asarray(shapely.get_num_coordinates(shapes), dtype=np.int64)
    one = (shapely.get_type_id(shapes) == POLYGON) & (shapely.get_num_interior_rings(shapes) == 0)
    plain = np.flatnonzero(one & (size > 0))
    other = np.flatnonzero(~one & (size > 0))
    parts, shape_of = shapely.get_parts(shapes[other], return_index=True)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    shell = np.ones(len(rings), dtype=bool)
    shell[1:] = part_of[1:] != part_of[:-1]
    rank = np.concatenate([plain, other[shape_of[part_of]]])
    order = np.argsort(rank, kind="stable")
    sizes = np.concatenate([size[plain], shapely.get_num_coordinates(rings)])
    return rank[order], sizes[order], np.concatenate([np.ones(len(plain), dtype=bool), shell])[order]


def _counterclockwise(xy: Floats, begin: Longs, size: Longs) -> NDArray[np.bool_]:
    """Say of each ring whether it turns left: by its area, or by GEOS where rounding could hide the sign."""
    area, weight = np.empty(len(begin)), np.empty(len(begin))
    for first, last in _runs(begin, size):
        rows = slice(begin[first], begin[last - 1] + size[last - 1])
        x, y = xy[rows, 0], xy[rows, 1]
        start, count = begin[first:last] - begin[first], size[first:last]
        x, y = x - np.repeat(x[start], count), y - np.repeat(y[start], count)
        left, right = np.zeros(len(x)), np.zeros(len(x))
        np.multiply(x[:-1], y[1:], out=left[:-1])  # a ring ends where it starts, at (0, 0): its last term is 0
        np.multiply(x[1:], y[:-1], out=right[:-1])
        area[first:last] = np.add.reduceat(left - right, start)
        weight[first:last] = np.add.reduceat(np.abs(left) + np.abs(right), start)
    turns = area > 0
    for ring in np.flatnonzero(np.abs(area) <= (size + 8) * np.finfo(float).eps * weight).tolist():
        turns[ring] = shapely.is_ccw(shapely.linearrings(xy[begin[ring] : begin[ring] + size[ring]]))
    return turns


def _runs(begin: Longs, size: Longs) -> list[tuple[int, int]]:
    """Cut rings into runs of at most CHUNK_EDGES vertices, or of one longer ring."""
    cuts = [0]
    while cuts[-1] < len(begin):
        end = int(np.searchsorted(begin + size, begin[cuts[-1]] + CHUNK_EDGES, side="right"))
        cuts.append(max(end, cuts[-1] + 1))
    return list(itertools.pairwise(cuts))


def _thresholds(scale: Any, origin: float, per_unit: float, count: int, shift: float) -> Floats:
    """Return the smallest number that `scale` takes to k + shift or more, for k = 0 ... count - 1."""
    wanted = np.arange(count) + shift
    value: Floats = np.asarray(origin + wanted / per_unit, dtype=np.float64)
    while (low := scale(value) < wanted).any():
        value[low] = np.nextafter(value[low], np.inf)
    while (high := scale(below := np.nextafter(value, -np.inf)) >= wanted).any():
        value[high] = below[high]
    return value


def _rasterise(rings: _Rings, frame: Frame, ref_y: Floats) -> tuple[Ints, Ints, Ints, Floats, Ints]:
    """Return (cell, edge) of every edge in every cell it may touch, and (cell, weight) of every scanline crossing.

    The fifth array are cells whose reference lies too near a crossing to tell its side.
    """
    pairs, crossings, doubtful = [], [], []
    largest = max(abs(frame.x0), abs(frame.y0)) + max(frame.columns / frame.per_x, frame.rows / frame.per_y)
    tolerance = _tolerance(frame, largest)
    last = max(len(rings.xy) - 1, 0)
    for start in range(0, last, CHUNK_EDGES):
        part = _Part(rings, frame, start, min(start + CHUNK_EDGES, last))
        pairs.append(part.cells())
        crossed, weights, near = part.crossings(ref_y, tolerance)
        crossings.append((crossed, weights))
        doubtful.append(near)
    none = np.empty(0, dtype=np.int32)
    cells, edges = (np.concatenate([none, *column]) for column in zip((none, none), *pairs, strict=True))
    crossed, weights = (np.concatenate([none, *column]) for column in zip((none, none), *crossings, strict=True))
    return cells, edges, crossed, weights.astype(np.float64), np.concatenate([none, *doubtful])


class _Part:
    """A run of edges, scaled to cells."""

    def __init__(self, rings: _Rings, frame: Frame, start: int, stop: int) -> None:
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
        margin = 1e-3
        west = np.floor(np.clip(np.minimum(at_low, at_high) - margin, left, right)).astype(np.int32)
        east = np.floor(np.clip(np.maximum(at_low, at_high) + margin, left, right)).astype(np.int32)
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


def _by_cell(cells: Ints, edges: Ints, count: int) -> tuple[Ints, Ints]:
    """Return the edges sorted by cell, and where each cell starts: one counting sort."""
    table = csr_array((edges, cells, np.arange(len(cells) + 1, dtype=np.int32)), shape=(len(cells), count))
    turned = table.tocsc()
    return turned.data, turned.indptr
