"""Regions tile the plane and know which districts come near them: what is read is enough, and not everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.geo.layer.region_chunks import Regions

EXTENT = st.tuples(st.integers(-5, 5), st.integers(-5, 5), st.integers(0, 4), st.integers(0, 4))


def bounds_of(extents) -> np.ndarray:
    """Return west, south, east, north of (west, south, wide, high)."""
    rows = np.array(extents, float).reshape(-1, 4)
    return np.column_stack([rows[:, :2], rows[:, :2] + rows[:, 2:]])


@given(
    extents=st.lists(EXTENT, max_size=30),
    points=st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=20),
    margin=st.floats(0, 3),
)
def test_every_district_within_reach_of_a_point_is_read_with_its_region(extents, points, margin):
    """Whatever is nearer to a point than the margin, along x and along y, is among its region's districts."""
    bounds = bounds_of(extents)
    regions = Regions(bounds, most=2)
    x, y = np.array(points).T
    for number, east, north in zip(regions.of(x, y).tolist(), x, y, strict=True):
        assert 0 <= number < len(regions)
        near = (bounds[:, :2] - margin <= (east, north)).all(1) & ((east, north) <= bounds[:, 2:] + margin).all(1)
        assert set(np.flatnonzero(near)) <= set(regions.districts(number, margin, margin).tolist())


def test_a_region_holds_no_more_than_it_may_and_what_reaches_into_it():
    """100 x 100 squares in regions of 64: none reads more than 64 and a rim of neighbours."""
    side = np.arange(100.0)
    west, south = (grid.ravel() for grid in np.meshgrid(side, side))
    regions = Regions(np.column_stack([west, south, west + 1, south + 1]), most=64)
    sizes = [len(regions.districts(number, 0.0, 0.0)) for number in range(len(regions))]
    assert len(regions) >= 10_000 / 64
    assert max(sizes) <= 64 + 4 * 64**0.5 * 2 + 4
    assert set(np.concatenate([regions.districts(n, 0.0, 0.0) for n in range(len(regions))])) == set(range(10_000))


def test_districts_stacked_on_one_spot_are_one_region():
    """What can't be cut apart is not cut for ever."""
    assert len(Regions(np.tile([0.0, 0.0, 1.0, 1.0], (50, 1)), most=3)) == 1


@pytest.mark.parametrize("extents", [np.empty((0, 4)), np.full((3, 4), np.nan)])
def test_a_layer_without_a_place_is_one_empty_region(extents):
    """Nothing but virtual districts: every point is asked of one region, and it holds none."""
    regions = Regions(extents)
    assert regions.of(np.array([120.0, -1e9]), np.array([30.0, 1e9])).tolist() == [0, 0]
    assert len(regions.districts(0, 1.0, 1.0)) == 0
