"""Cycles drawn as polygons: areas, holes, and whose edges border each face on which side."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from minglu.geo.tiling import faces as module
from minglu.geo.tiling.arrangement.leftover_faces import Arrangement, arrange
from minglu.geo.tiling.edge_cancellation import Residual, join_edges, residual_edges, signed_edges
from minglu.geo.tiling.faces import build_faces, find_borders, signed_areas

BOX = st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 7), st.integers(1, 7))
NESTED = [shapely.box(0, 0, 9, 9), shapely.box(2, 2, 7, 7), shapely.box(4, 4, 5, 5)]


def arranged(shapes) -> tuple[Arrangement, Residual]:
    array = np.array(shapes, object)
    residual = residual_edges(join_edges([signed_edges(array, np.arange(len(array)))]))
    return arrange(residual), residual


@settings(max_examples=30)
@given(st.lists(BOX, min_size=1, max_size=6))
def test_a_face_has_the_area_of_its_drawing(rows):
    """Holes taken off; cycles that run around a part from outside are negative, and all areas add up to nothing."""
    arrangement, _ = arranged([shapely.box(x, y, x + w, y + h) for x, y, w, h in rows])
    areas = signed_areas(arrangement)
    faces = build_faces(arrangement, np.flatnonzero(~arrangement.outer), areas)
    assert shapely.is_valid(faces.shapes).all()
    assert faces.areas.tolist() == shapely.area(faces.shapes).tolist()
    assert (areas[arrangement.outer] < 0).all()
    assert areas.sum() == 0
    assert not faces.flat.any()


def test_only_the_chosen_faces_are_drawn_in_their_order():
    """The innermost first."""
    arrangement, _ = arranged(NESTED)
    areas = signed_areas(arrangement)
    chosen = np.flatnonzero(~arrangement.outer)[np.argsort(areas[~arrangement.outer])]
    faces = build_faces(arrangement, chosen, areas)
    assert faces.areas.tolist() == [1, 24, 56]
    assert build_faces(arrangement, chosen[:0], areas).shapes.tolist() == []


def test_cycles_longer_than_a_lockstep_are_walked_to_their_end(monkeypatch):
    """A ring of a thousand sides is one face of a thousand corners."""
    angle = np.linspace(0, 2 * np.pi, 1001)[:-1]
    ring = shapely.Polygon(np.column_stack([np.cos(angle), np.sin(angle)]))
    for steps in (1, 128):
        monkeypatch.setattr(module, "LOCKSTEP", steps)
        arrangement, _ = arranged([ring])
        (face,) = build_faces(arrangement, np.flatnonzero(~arrangement.outer), signed_areas(arrangement)).shapes
        assert shapely.equals_identical(shapely.normalize(face), shapely.normalize(ring))


@pytest.mark.parametrize(("steps", "flat"), [(1, True), (15, True), (17, False), (1000, False)])
def test_a_face_thinner_than_the_steps_of_its_coordinates_is_flat(steps, flat):
    """Four million metres from the origin a step is half a nanometre; beside the origin it is far less.

    A triangle that is 16 steps high is 8 wide on the mean, and that is the limit.
    """
    base, step = 4.0e6, 2.0**-31
    far = shapely.Polygon([(base, base), (base + 9, base), (base + 4, base + steps * step)])
    near = shapely.Polygon([(0, 0), (9, 0), (4, steps * step)])
    arrangement, _ = arranged([near, far])
    faces = build_faces(arrangement, np.flatnonzero(~arrangement.outer), signed_areas(arrangement))
    assert faces.flat[np.argsort(shapely.bounds(faces.shapes)[:, 0])].tolist() == [False, flat]


def test_borders_say_whose_edges_run_along_a_face():
    """The middle ring lies between its own edge and that of the small square."""
    arrangement, residual = arranged(NESTED)
    areas = signed_areas(arrangement)
    chosen = np.flatnonzero(~arrangement.outer)[np.argsort(areas[~arrangement.outer])]
    borders = find_borders(arrangement, residual, chosen, np.ones(3, bool))
    found = list(zip(borders.face.tolist(), borders.owner.tolist(), strict=True))
    assert found == [(0, 2), (1, 1), (1, 2), (2, 0), (2, 1)]


def test_borders_of_faces_that_nobody_wants_are_left_out():
    """The wanted ones keep their positions."""
    arrangement, residual = arranged(NESTED)
    chosen = np.flatnonzero(~arrangement.outer)
    whole = find_borders(arrangement, residual, chosen, np.ones(3, bool))
    for position in range(3):
        some = find_borders(arrangement, residual, chosen, np.arange(3) == position)
        assert some.owner.tolist() == whole.owner[whole.face == position].tolist()
        assert set(some.face.tolist()) == {position}


def test_a_border_that_touches_itself_is_drawn_with_a_hole():
    """The middle of the plus-shaped hole is cut off from the rest by its corner.

    +-----------+
    | +---+     |   the face around two squares that meet in a corner: one square is a hole of it,
    | |   +---+ |   the other is open to the corner as well; the area is that of the ring around both
    | +---+   | |
    |     +---+ |
    +-----------+
    """
    shapes = [shapely.box(0, 0, 9, 9), shapely.box(0, 2, 4, 6), shapely.box(4, 6, 7, 8)]
    arrangement, _ = arranged(shapes)
    faces = build_faces(arrangement, np.flatnonzero(~arrangement.outer), signed_areas(arrangement))
    assert shapely.is_valid(faces.shapes).all()
    assert sorted(faces.areas.tolist()) == sorted(shapely.area(faces.shapes).tolist()) == [6, 16, 59]
