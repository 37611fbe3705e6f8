"""Areas in square metres and lengths in metres of shapes drawn in any coordinate system.

A face is measured as it is drawn, with straight edges in its own layer's coordinates,
and its planar figures are scaled by the local shape of the ellipsoid.  Differences
between neighbouring raw coordinates are exact, so a sliver thinner than a millimetre
keeps its area, which a projection of its corners would lose.  Shapes wider than
`LOCAL_M` are cut into short edges and measured on an equal-area projection instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

LOCAL_M = 1000.0
"""Up to this size the scale of the map is taken as constant: its square differs by less than 1e-7."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scale:
    """Metres on the ellipsoid for one unit of x and of y, each of shape (n,)."""

    east_m: Floats
    north_m: Floats
    area_m2: Floats


def local_scale(crs: CRS, xy: Floats) -> Scale:
    """Return how many metres one coordinate unit is at each point of `xy`, shape (n, 2)."""
    if crs.is_geographic:
        east, north = _degree_m(crs, xy[:, 1])
        return Scale(east, north, east * north)
    unit = float(crs.axis_info[0].unit_conversion_factor) if crs.axis_info else 1.0
    to_degrees = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    lon, lat = to_degrees.transform(xy[:, 0], xy[:, 1])
    factors = pyproj.Proj(crs).get_factors(lon, lat, radians=False, errcheck=False)
    areal = np.asarray(factors.areal_scale, np.float64)
    length = unit / np.sqrt(areal)
    return Scale(length, length, unit * unit / areal)


def _degree_m(crs: CRS, lat: Floats) -> tuple[Floats, Floats]:
    """Return the metres of one degree east and one degree north at each latitude of the ellipsoid."""
    ellipsoid = crs.get_geod()
    assert ellipsoid is not None
    sine, cosine = np.sin(np.radians(lat)), np.cos(np.radians(lat))
    bend = 1.0 - ellipsoid.es * sine * sine
    degree = np.pi / 180.0
    east = ellipsoid.a / np.sqrt(bend) * cosine * degree
    north = ellipsoid.a * (1.0 - ellipsoid.es) / bend**1.5 * degree
    return east, north


def measure(crs: CRS, shapes: NDArray[np.object_]) -> tuple[Floats, Floats]:
    """Return the area on the ellipsoid, square metres, and the length of all rings, metres, of each polygon."""
    if not len(shapes):
        return np.empty(0), np.empty(0)
    bounds = shapely.bounds(shapes)
    scale = local_scale(crs, (bounds[:, :2] + bounds[:, 2:]) / 2)
    areas: Floats = shapely.area(shapes) * scale.area_m2
    size_m = np.maximum((bounds[:, 2] - bounds[:, 0]) * scale.east_m, (bounds[:, 3] - bounds[:, 1]) * scale.north_m)
    wide = np.flatnonzero(size_m > LOCAL_M)
    step = LOCAL_M / np.maximum(scale.east_m, scale.north_m)[wide]
    areas[wide] = _equal_area_m2(crs, shapely.segmentize(shapes[wide], step))
    return areas, _lengths_m(shapes, scale)


def _lengths_m(shapes: NDArray[np.object_], scale: Scale) -> Floats:
    if (scale.east_m == scale.north_m).all():
        return shapely.length(shapes) * scale.east_m
    parts, shape_of = shapely.get_parts(shapes, return_index=True)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    xy, ring_of = shapely.get_coordinates(rings, return_index=True)
    step = np.diff(xy, axis=0)
    same = ring_of[1:] == ring_of[:-1]
    shape = shape_of[part_of[ring_of[1:][same]]]
    length = np.hypot(step[same, 0] * scale.east_m[shape], step[same, 1] * scale.north_m[shape])
    return np.bincount(shape, length, minlength=len(shapes)).astype(np.float64)


def _equal_area_m2(crs: CRS, shapes: NDArray[np.object_]) -> Floats:
    globe = crs.ellipsoid
    assert globe is not None
    plane = CRS.from_user_input({"proj": "cea", "a": globe.semi_major_metre, "b": globe.semi_minor_metre})
    move = Transformer.from_crs(crs, plane, always_xy=True)
    flat = shapely.transform(shapes, lambda xy: np.column_stack(move.transform(xy[:, 0], xy[:, 1])))
    return np.asarray(shapely.area(flat), np.float64)
