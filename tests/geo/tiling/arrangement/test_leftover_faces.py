"""Faces of leftover edges: their windings, areas and nesting, against counting by hand."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from minglu.geo.tiling.arrangement.leftover_faces import arrange
from minglu.geo.tiling.edge_cancellation import residual_edges, signed_edges
from minglu.geo.tiling.faces import build_faces, signed_areas

PLACE = st.tuples(st.integers(0, 8), st.integers(0, 8))
TRIANGLE = st.tuples(PLACE, PLACE, PLACE).map(shapely.Polygon).filter(lambda shape: shape.area > 0)


def faces_of(shapes):
    residual = residual_edges(signed_edges(np.array([*shapes, None], object)[:-1], np.arange(len(shapes))))
    arrangement = arrange(residual)
    areas = signed_areas(arrangement)
    cycles = np.flatnonzero(~arrangement.outer)
    return arrangement, build_faces(arrangement, cycles, areas), areas


@given(shapes=st.lists(TRIANGLE, min_size=1, max_size=6))
def test_winding_of_each_face_is_the_number_of_shapes_around_a_point_in_it(shapes):
    """Two counts that know nothing of each other: signs of edges, and points in polygons."""
    arrangement, faces, areas = faces_of(shapes)
    assert arrangement.sound.all()
    real = np.flatnonzero(~faces.flat)
    points = shapely.point_on_surface(faces.shapes[real])
    covered = [sum(shapely.contains(shape, point) for shape in shapes) for point in points]
    assert arrangement.winding[faces.cycles[real]].tolist() == covered
    total = float((areas * arrangement.winding).sum())
    assert np.isclose(total, sum(shape.area for shape in shapes), rtol=1e-12)


def test_island_in_a_hole_in_an_island_is_nested_twice():
    """Each ring lies in the face around it.

    +---------+
    | +-----+ |   a ring of land, water in it, an island in the water
    | | +-+ | |
    | | +-+ | |
    | +-----+ |
    +---------+
    """
    ring = shapely.box(0, 0, 9, 9).difference(shapely.box(2, 2, 7, 7))
    arrangement, faces, _ = faces_of([ring, shapely.box(3, 3, 5, 5)])
    found = sorted(zip(faces.areas.tolist(), arrangement.winding[faces.cycles].tolist(), strict=True))
    assert found == [(4.0, 1), (21.0, 0), (56.0, 1)]
    assert [shape.area for shape in faces.shapes[np.argsort(faces.areas)]] == [4.0, 21.0, 56.0]
