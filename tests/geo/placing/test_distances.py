"""Distances from points to districts in metres, held against geodesics."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod

from minglu.geo.layer.districts import Districts
from minglu.geo.placing.distances import DistanceMeter

DEGREES = CRS.from_epsg(4490)


def layer(*shapes) -> Districts:
    array = np.empty(len(shapes), object)
    array[:] = shapes
    codes = tuple(str(number) for number in range(len(shapes)))
    return Districts(codes, codes, array, DEGREES, "drawn")


@pytest.mark.parametrize("lat", [18.5, 35.0, 53.0])
def test_distance_to_a_corner_is_the_geodesic_one(lat):
    """From 400 m to 30 km, south and north: to 1 part in 20,000."""
    square = layer(shapely.box(110.2, lat, 110.3, lat + 0.1))
    metre = DistanceMeter(square)
    for step in (0.003, 0.2):
        expected = Geod(ellps="GRS80").inv(110.2 - step, lat - step, 110.2, lat)[2]
        found = metre.distances(np.array([110.2 - step]), np.array([lat - step]), np.array([0]))
        assert found[0] == pytest.approx(expected, rel=5e-5)


def test_inside_is_zero_and_its_border_is_not():
    """Without geometry there is no distance."""
    square = layer(shapely.box(110.0, 30.0, 110.1, 30.1), None)
    metre = DistanceMeter(square)
    lon, lat = np.array([110.05, 110.05]), np.array([30.05, 30.05])
    found = metre.distances(lon, lat, np.array([0, 1]))
    assert found[0] == 0
    assert np.isnan(found[1])
    border = metre.distances(lon[:1], lat[:1], np.array([0]), to_border=True)
    assert border[0] == pytest.approx(Geod(ellps="GRS80").inv(110.05, 30.05, 110.0, 30.05)[2], rel=1e-3)


def test_only_what_lies_within_the_limit_is_returned():
    """Each point with its own limit, by point and then by district."""
    metre = DistanceMeter(layer(shapely.box(110.0, 30.0, 110.1, 30.1), shapely.box(110.101, 30.0, 110.2, 30.1)))
    lon, lat = np.array([110.1005, 110.1005]), np.array([30.05, 30.05])
    point, district, metres = metre.within(lon, lat, np.array([10.0, 200.0]))
    assert (point.tolist(), district.tolist()) == ([1, 1], [0, 1])
    assert metres == pytest.approx([48.2, 48.2], abs=0.5)
