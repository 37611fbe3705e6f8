"""Distances in metres between points and districts.

Measured in an azimuthal equidistant projection round the middle of the point's own
one-degree tile: within 100 km it is right to 1 part in 20,000, and degrees are never
taken for lengths.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from minglu.geo.coordinates.datums import Degrees
from minglu.geo.coordinates.pairs import METRES_PER_DEGREE
from minglu.geo.layer.district_index import DistrictIndex
from minglu.geo.layer.districts import Districts
from minglu.geo.placing.locator import projector, reach

Index = NDArray[np.intp]


class DistanceMeter:
    """The districts of a layer, ready to be measured from points in the layer's own geographic datum."""

    def __init__(self, districts: Districts) -> None:
        self._districts = districts
        self.project = projector(districts)
        self._tree: shapely.STRtree | None = None

    def distances(self, lon: Degrees, lat: Degrees, district: Index, *, to_border: bool = False) -> NDArray[np.float64]:
        """Return metres from each point to its district, or to that district's border; NaN without geometry."""
        result = np.full(len(lon), np.nan)
        for rows, local in self._tiles(lon, lat):
            wanted, position = np.unique(district[rows], return_inverse=True)
            shapes = local(self._districts.geometries[wanted])
            if to_border:
                shapes = shapely.boundary(shapes)
            x, y = self.project(lon[rows], lat[rows])
            points: Any = shapely.points(x, y)
            result[rows] = shapely.distance(local(points), shapes[position])
        return np.round(result, 3)

    def within(
        self, lon: Degrees, lat: Degrees, limit_m: NDArray[np.float64]
    ) -> tuple[Index, Index, NDArray[np.float64]]:
        """Return (point, district, metres) for every district within the point's own limit, by point and district."""
        if self._tree is None:
            self._tree = shapely.STRtree(self._districts.geometries)
        point, district = self._tree.query(self._boxes(lon, lat, limit_m))
        order = np.lexsort((district, point))
        point, district = point[order], district[order]
        metres = self.distances(lon[point], lat[point], district)
        near = metres <= limit_m[point]
        return point[near], district[near], metres[near]

    def _boxes(self, lon: Degrees, lat: Degrees, limit_m: NDArray[np.float64]) -> NDArray[np.object_]:
        """Return boxes in the layer's CRS that hold everything within the limit."""
        x, y = self.project(lon, lat)
        wide, high = reach(self._districts, lat, limit_m)
        boxes: NDArray[np.object_] = shapely.box(x - wide, y - high, x + wide, y + high)
        return boxes

    def _tiles(self, lon: Degrees, lat: Degrees) -> Iterator[tuple[Index, _Local]]:
        """Yield the points of each one-degree tile with the projection round its middle."""
        if not len(lon):
            return
        key = np.floor(lat).astype(np.int64) * 1000 + np.floor(lon).astype(np.int64) + 400
        order = np.argsort(key, kind="stable")
        starts = np.flatnonzero(np.diff(key[order], prepend=key[order[0]] - 1))
        for rows in np.split(order, starts[1:]):
            first = rows[0]
            yield rows, _Local(self._districts.crs, math.floor(lon[first]) + 0.5, math.floor(lat[first]) + 0.5)


class _Local:
    """Project shapes of a layer into metres round one place."""

    def __init__(self, crs: CRS, lon: float, lat: float) -> None:
        datum = crs.geodetic_crs or crs
        ellipsoid = datum.ellipsoid
        size = (
            f"+a={ellipsoid.semi_major_metre!r} +rf={ellipsoid.inverse_flattening!r}" if ellipsoid else "+ellps=GRS80"
        )
        to_degrees = Transformer.from_crs(crs, datum, always_xy=True)
        to_metres = Transformer.from_pipeline(
            f"+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
            f"+step +proj=aeqd +lon_0={lon!r} +lat_0={lat!r} {size}"
        )
        self._steps = (to_metres,) if crs.is_geographic else (to_degrees, to_metres)

    def __call__(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        moved: NDArray[np.object_] = shapely.transform(shapes, self._move)
        return moved

    def _move(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = xy[:, 0], xy[:, 1]
        for step in self._steps:
            x, y = step.transform(x, y)
        return np.column_stack((x, y))


def half_extents_m(districts: DistrictIndex) -> NDArray[np.float64]:
    """Return for each district half the diagonal of its extent, metres: how well a unit in it is known by it alone."""
    west, south, east, north = districts.bounds.T
    wide, high = east - west, north - south
    if districts.crs.is_geographic:
        wide = wide * np.cos(np.radians((south + north) / 2)) * METRES_PER_DEGREE
        high = high * METRES_PER_DEGREE
    half: NDArray[np.float64] = np.round(np.hypot(wide, high) / 2)
    return half
