"""Square metres and metres on the ellipsoid, held against geodesics."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod

from minglu.geo.numerics.geodesic import measure

GEOD = Geod(ellps="GRS80")
DEGREES, ZONE = CRS.from_epsg(4490), CRS.from_epsg(4547)


@pytest.mark.parametrize("size", [1e-5, 1e-3, 5e-3])
def test_area_of_a_small_shape_is_that_on_the_ellipsoid(size):
    """A metre to half a kilometre, in degrees: to a millionth of the geodesic area and length."""
    shape = shapely.box(114.0, 30.0, 114.0 + size, 30.0 + size)
    area, length = GEOD.geometry_area_perimeter(shape)
    found = measure(DEGREES, np.array([shape], object))
    assert found[0][0] == pytest.approx(abs(area), rel=1e-6)
    assert found[1][0] == pytest.approx(length, rel=1e-5)


def test_area_at_the_edge_of_a_zone_is_not_that_of_the_map():
    """1.5 degrees off the middle the map is off by some 3 in 10,000; the measure is not."""
    from pyproj import Transformer

    x, y = Transformer.from_crs(DEGREES, ZONE, always_xy=True).transform(115.5, 30.0)
    shape = shapely.box(x, y, x + 500, y + 500)
    back = Transformer.from_crs(ZONE, DEGREES, always_xy=True)
    degrees = shapely.transform(
        shapely.segmentize(shape, 50), lambda xy: np.column_stack(back.transform(xy[:, 0], xy[:, 1]))
    )
    expected = abs(GEOD.geometry_area_perimeter(degrees)[0])
    assert measure(ZONE, np.array([shape], object))[0][0] == pytest.approx(expected, rel=2e-6)
    assert abs(expected / 250_000 - 1) > 2e-4


def test_thread_thinner_than_a_millimetre_keeps_its_area():
    """A micrometre wide and a hundred metres long: differences of raw coordinates are exact."""
    width = np.spacing(500_000.0) * 8
    shape = shapely.box(500_000.0, 3_300_000.0, 500_000.0 + width, 3_300_100.0)
    assert measure(ZONE, np.array([shape], object))[0][0] == pytest.approx(width * 100, rel=1e-3)
