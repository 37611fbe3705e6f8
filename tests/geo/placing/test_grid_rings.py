"""Rings as runs of vertices: every district is walked with its inside on the left, however it was drawn."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from minglu.geo.placing import grid_rings as module
from minglu.geo.placing.grid_rings import Rings

RING = Polygon(box(0, 0, 9, 9).exterior, [box(1, 1, 4, 4).exterior, box(5, 5, 8, 8).exterior])
SHAPES = [
    box(0, 0, 1, 2),
    RING,
    MultiPolygon([box(20, 0, 21, 1), Polygon(box(30, 0, 36, 6).exterior, [box(31, 1, 32, 2).exterior])]),
    None,
    Polygon(),
]


def areas(shapes: list[object]) -> list[float]:
    """Add up, district by district, what the walked edges enclose on their left."""
    array = np.empty(len(shapes), object)
    array[:] = shapes
    rings = Rings(array)
    cross = rings.xy[:-1, 0] * rings.xy[1:, 1] - rings.xy[1:, 0] * rings.xy[:-1, 1]
    weight = rings.weight[:-1]
    signed = np.bincount(
        np.maximum(np.abs(weight) - 1, 0), np.where(weight == 0, 0, np.sign(weight) * cross), len(shapes)
    )
    return (signed / 2).tolist()


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [3, 2, 4, 1, 0], [1, 1, 0]])
@given(turned=st.lists(st.booleans(), min_size=5, max_size=5))
def test_walked_edges_enclose_the_area_of_their_district(order, turned):
    """Holes, several parts, nothing at all, rings either way round: the sum is the area."""
    shapes = [shapely.reverse(SHAPES[i]) if flag else SHAPES[i] for i, flag in zip(order, turned, strict=False)]
    expected = [0.0 if shape is None else shape.area for shape in shapes]
    assert areas(shapes) == pytest.approx(expected)


def test_no_edge_leads_from_one_ring_to_the_next():
    """As many edges as the rings have sides."""
    rings = Rings(np.array(SHAPES, object))
    assert np.count_nonzero(rings.weight) == 4 * 7
    assert set(np.abs(rings.weight).tolist()) == {0, 1, 2, 3}


@pytest.mark.parametrize("turned", [False, True])
def test_a_sliver_thinner_than_rounding_is_still_walked_the_right_way(turned):
    """Seven digits before the point and a width of some 1e-9: the area's sign is lost, GEOS is asked."""
    steps = np.array([(0, 0), (1000.3, 777.7), (500.15, 388.85 + 4e-10)])
    corners = np.array([4.05e7, 3.3e6]) + steps
    shape = Polygon(corners)
    shape = shapely.reverse(shape) if turned else shape
    rings = Rings(np.array([shape], object))
    assert (rings.weight[0] > 0) == bool(shapely.is_ccw(shape.exterior))


def test_rings_longer_than_a_run_are_rings_like_others(monkeypatch):
    """Vertices are worked on in runs; a longer ring is a run of its own."""
    expected = Rings(np.array(SHAPES, object)).weight
    monkeypatch.setattr(module, "CHUNK_VERTICES", 6)
    assert Rings(np.array(SHAPES, object)).weight.tolist() == expected.tolist()
