"""Parts inside faces: which face each island lies in, found by looking west from it, exactly."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from minglu.geo.tiling.arrangement.leftover_faces import arrange
from minglu.geo.tiling.edge_cancellation import join_edges, residual_edges, signed_edges
from minglu.geo.tiling.faces import build_faces, signed_areas

BOX = st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 7), st.integers(1, 7))


def arranged(shapes: list[object]):
    """Cut the edges of shapes that may overlap into faces; return the arrangement and its faces."""
    array = np.array(shapes, object)
    residual = residual_edges(join_edges([signed_edges(array, np.arange(len(array)))]))
    arrangement = arrange(residual)
    cycles = np.flatnonzero(~arrangement.outer)
    return arrangement, build_faces(arrangement, cycles, signed_areas(arrangement))


def as_set(shapes) -> list[bytes]:
    return sorted(shapely.to_wkb(shapely.normalize(shapely.simplify(np.asarray(shapes, object), 0))))


@settings(max_examples=60)
@given(st.lists(BOX, min_size=1, max_size=8))
def test_faces_are_those_that_a_full_noding_gives(rows):
    """Boxes in, around and along each other: the same polygons, holes included, as GEOS makes of all edges at once."""
    arrangement, faces = arranged([shapely.box(x, y, x + w, y + h) for x, y, w, h in rows])
    network = arrangement.network
    lines = shapely.linestrings(np.stack([network.xy[network.tail], network.xy[network.head]], axis=1))
    whole = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(lines))))
    assert arrangement.sound.all()
    assert as_set(faces.shapes) == as_set(whole)


@settings(max_examples=60)
@given(st.lists(BOX, min_size=1, max_size=8))
def test_the_winding_of_a_face_is_how_many_boxes_hold_it(rows):
    """However deep it is nested, and whichever of them hold its parts."""
    boxes = np.array([shapely.box(x, y, x + w, y + h) for x, y, w, h in rows], object)
    arrangement, faces = arranged(list(boxes))
    covered = shapely.area(shapely.intersection(faces.shapes[:, None], boxes[None])).sum(axis=1)
    assert arrangement.winding[faces.cycles].tolist() == (covered / shapely.area(faces.shapes)).tolist()


def test_islands_in_lakes_on_islands():
    """Ten squares in each other, with a hole between each and the next: every face has one hole, the last none."""
    rings = [
        shapely.Polygon(
            shapely.box(n, n, 40 - n, 40 - n).exterior, [shapely.box(n + 1, n + 1, 39 - n, 39 - n).exterior]
        )
        for n in range(0, 20, 2)
    ]
    arrangement, faces = arranged(rings)
    assert sorted(shapely.get_num_interior_rings(faces.shapes).tolist()) == [0] + [1] * 19
    assert sorted(arrangement.winding[faces.cycles].tolist()) == [0] * 10 + [1] * 10


@pytest.mark.parametrize("gap", [2.0**-20, 2.0**-40])
def test_an_island_a_hair_beside_a_border_lies_on_its_side(gap):
    """Far from the origin the two are nearer to each other than their crossings can be computed."""
    east = 2.0**12
    land = shapely.box(0, 0, east, 8)
    for x, winding in ((east - 3, 2), (east + gap, 1)):
        island = shapely.Polygon([(x, 3.1), (x + 1.7, 4.3), (x + 0.9, 5.9)])
        arrangement, faces = arranged([land, island])
        found = arrangement.winding[faces.cycles][np.argmin(faces.areas)]
        assert (arrangement.sound.all(), found) == (True, winding)


def test_many_islands_in_one_lake_are_its_holes():
    """A hundred of them: one face with a hundred holes."""
    lake = shapely.box(-1, -1, 21, 21)
    islands = [shapely.box(2 * i, 2 * j, 2 * i + 1, 2 * j + 1) for i in range(10) for j in range(10)]
    _, faces = arranged([lake, *islands])
    assert shapely.get_num_interior_rings(faces.shapes[np.argmax(faces.areas)]) == 100
    assert faces.areas.max() == 22 * 22 - 100
