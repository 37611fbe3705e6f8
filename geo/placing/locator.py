"""Point location: the district that strictly contains a point, or the districts whose border it lies on.

Two ways give one answer.  On a proven partition the cells of `grid` decide nearly
every point and hand over those they can't be sure of; everything else goes through a
tree and the exact predicates of GEOS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from minglu.geo.coordinates.datums import Degrees
from minglu.geo.layer.districts import Districts, Located
from minglu.geo.placing.grid import Grid
from minglu.geo.placing.grid_frame import cells_for, grid_frame_for

NONE, INSIDE, BORDER, OVERLAP = range(4)
NOBODY = np.int32(-1)
GROWTH = 8
METRES_PER_DEGREE_MIN = 110_500.0  # of latitude at the equator, rounded down: a reach is never too small
MARGIN = 1.02  # a projected CRS stretches lengths by less
FARTHEST_LAT = 85.0
CHUNK = 1_000_000  # points in one tree: 10 million would need gigabytes of point objects


@dataclass(frozen=True, slots=True)
class Hits:
    """What lies where, one entry per point.

    A point is INSIDE if it is strictly inside exactly one district, in an OVERLAP if
    strictly inside several, on a BORDER if strictly inside none and on the border of one
    or more, else NONE.
    """

    first: NDArray[np.int32]
    """The district, or the one with the smallest code among several; -1 where none."""
    state: NDArray[np.int8]
    candidates: dict[int, tuple[int, ...]]
    """Point on a border or in an overlap -> all its districts, smallest code first."""

    def at(self, row: int) -> tuple[int, ...]:
        """Return all districts of one point, smallest code first."""
        alone = int(self.first[row])
        return self.candidates.get(row, () if alone < 0 else (alone,))


class Locator:
    """The districts of a layer, made ready for points in the layer's own geographic datum."""

    def __init__(self, districts: Districts, *, proven: bool) -> None:
        self.districts = districts
        self.proven = proven
        # rank: districts by code, so that "smaller code" is "smaller rank"
        self._order = np.array(sorted(range(len(districts)), key=lambda i: districts.codes[i]), dtype=np.int32)
        self._shapes: Any = districts.geometries[self._order]
        self._project = projector(districts)
        self._grid: Grid | None = None
        self._made_for = self._asked = 0

    def locate(self, lon: Degrees, lat: Degrees) -> Hits:
        """Return for each point, finite degrees, which districts hold it; tested in the layer's CRS."""
        return self.locate_xy(*self._project(lon, lat))

    def clear(self, lon: Degrees, lat: Degrees, radius_m: Degrees) -> NDArray[np.bool_]:
        """Return for each point whether surely no border lies within its radius; False where it must be measured."""
        if self._grid is None or not len(lon):
            return np.zeros(len(lon), dtype=bool)
        x, y = self._project(lon, lat)
        return self._grid.calm(x, y, *reach(self.districts, lat, radius_m))

    def locate_xy(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> Hits:
        """Return the same for points in the layer's CRS."""
        self._make_grid(len(x))
        if self._grid is None:
            first, left = np.full(len(x), NOBODY, dtype=np.int32), np.arange(len(x))
        else:
            first, left = self._grid.find(x, y)
            first[left] = NOBODY
        hits = Hits(first, (first >= 0).view(np.int8), {})  # INSIDE is 1, NONE is 0
        for start in range(0, len(left), CHUNK):
            self._by_tree(x, y, left[start : start + CHUNK], hits)
        return hits

    def _make_grid(self, points: int) -> None:
        """Make the cells, or finer ones when many more points come than they were made for."""
        self._asked += points
        if not self.proven or self._asked <= GROWTH * self._made_for:
            return
        edges = int(shapely.get_num_coordinates(self._shapes).sum())
        frame = grid_frame_for(self._shapes, cells_for(self._asked, len(self._shapes), edges))
        self._grid = None if frame is None else Grid(self.districts.geometries, frame)
        self._made_for = self._asked

    def _by_tree(self, x: NDArray[np.float64], y: NDArray[np.float64], rows: NDArray[np.intp], hits: Hits) -> None:
        """Fill `hits` at `rows` with the exact predicates."""
        point, rank = self._query(x[rows], y[rows], "contains")
        self._write(rows, point, rank, hits, border=False)
        left = rows[hits.state[rows] == NONE]
        if len(left):
            point, rank = self._query(x[left], y[left], "intersects")
            self._write(left, point, rank, hits, border=True)

    def _query(
        self, x: NDArray[np.float64], y: NDArray[np.float64], predicate: Literal["contains", "intersects"]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return pairs (point, rank of a district that matches it), by point and rank."""
        points: Any = shapely.points(x, y)
        rank, point = shapely.STRtree(points).query(self._shapes, predicate=predicate)
        order = np.lexsort((rank, point))
        return point[order], rank[order]

    def _write(
        self, rows: NDArray[np.intp], point: NDArray[np.intp], rank: NDArray[np.intp], hits: Hits, *, border: bool
    ) -> None:
        """Write what a query found: pairs (position in `rows`, rank), sorted."""
        starts = np.flatnonzero(np.diff(point, prepend=-1))
        counts = np.diff(starts, append=len(point))
        found, district = rows[point[starts]], self._order[rank]
        hits.first[found] = district[starts]
        hits.state[found] = BORDER if border else np.where(counts == 1, INSIDE, OVERLAP)
        for group in np.flatnonzero((counts > 1) | border).tolist():
            several = district[starts[group] : starts[group] + counts[group]]
            hits.candidates[int(found[group])] = tuple(several.tolist())


def projector(districts: Located) -> Callable[[Degrees, Degrees], tuple[Degrees, Degrees]]:
    """Return the function from degrees of the layer's own geographic datum to the layer's CRS, x before y.

    It can be pickled, so that worker processes can place units.
    """
    crs = districts.crs
    if crs.is_geographic:
        return _as_they_are
    return partial(_moved, Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True))


def _as_they_are(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    return lon, lat


def _moved(transformer: Transformer, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    x, y = transformer.transform(lon, lat)
    return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)


def reach(districts: Located, lat: Degrees, radius_m: Degrees) -> tuple[Degrees, Degrees]:
    """Return radii in the units of the layer's x and y, rounded upwards."""
    crs = districts.crs
    if not crs.is_geographic:
        radius = MARGIN * radius_m / crs.axis_info[0].unit_conversion_factor
        return radius, radius
    north = radius_m / METRES_PER_DEGREE_MIN
    return north / np.cos(np.radians(np.minimum(np.abs(lat) + north, FARTHEST_LAT))), north
