"""The rings of a layer as one run of vertices, and which way each is walked."""

from __future__ import annotations

import itertools

import numpy as np
import shapely
from numpy.typing import NDArray

from minglu.geo.placing.grid_frame import Floats, Ints

Longs = NDArray[np.int64]
POLYGON = 3
CHUNK_VERTICES = 1 << 17
"""Vertices worked on at a time: their arrays stay in the processor's cache."""


class Rings:
    """All rings of the shapes, one vertex behind the other, with the weight of the edge that leaves each vertex."""

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        self.xy: Floats = shapely.get_coordinates(shapes)
        district, size, shell = _ring_sizes(shapes)
        begin = np.cumsum(size) - size
        along = _counterclockwise(self.xy, begin, size) == shell  # the inside is on the left
        self.weight: Ints = np.repeat(np.where(along, district + 1, -district - 1).astype(np.int32), size)
        self.weight[begin + size - 1] = 0  # no edge leads from one ring to the next


def _ring_sizes(shapes: NDArray[np.object_]) -> tuple[Longs, Longs, NDArray[np.bool_]]:
    """Return district, number of vertices and shell-or-hole of every ring, in the order of the coordinates.

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
    district = np.concatenate([plain, other[shape_of[part_of]]])
    order = np.argsort(district, kind="stable")
    sizes = np.concatenate([size[plain], shapely.get_num_coordinates(rings)])
    return district[order], sizes[order], np.concatenate([np.ones(len(plain), dtype=bool), shell])[order]


def _counterclockwise(xy: Floats, begin: Longs, size: Longs) -> NDArray[np.bool_]:
    """Return for each ring whether it turns left: by its area, or by GEOS where rounding could hide the sign."""
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
    """Cut rings into runs of at most CHUNK_VERTICES vertices, or of one longer ring."""
    cuts = [0]
    while cuts[-1] < len(begin):
        end = int(np.searchsorted(begin + size, begin[cuts[-1]] + CHUNK_VERTICES, side="right"))
        cuts.append(max(end, cuts[-1] + 1))
    return list(itertools.pairwise(cuts))
