"""Who covers each face, and districts drawn again from their faces: laws that hold however they overlap."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from minglu.geo.tiling.cover_sets import face_sets
from minglu.geo.tiling.redraw import redraw

BOX = st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 4), st.integers(1, 4))
COUNTY = shapely.Polygon(shapely.box(1, 1, 9, 9).exterior, [shapely.box(3, 3, 5, 5).exterior])


def boxes_of(rows) -> np.ndarray:
    return np.array([shapely.box(x, y, x + w, y + h) for x, y, w, h in rows], object)


@settings(max_examples=50)
@given(rows=st.lists(BOX, min_size=1, max_size=7))
def test_the_members_of_a_face_are_the_districts_that_hold_it(rows):
    """Stacked, nested, side by side, in the county or beyond it: as GEOS says of a point inside."""
    shapes = boxes_of(rows)
    sets = face_sets(shapes, COUNTY)
    for cycle in np.flatnonzero(~sets.flat & ~sets.arrangement.outer):
        point = sets.points[cycle]
        assert sets.members[cycle] == tuple(np.flatnonzero(shapely.contains(shapes, point)).tolist())
        assert sets.within[cycle] == shapely.contains(COUNTY, point)


def test_faces_across_a_border_know_each_other_and_its_length():
    """Two squares side by side share two units; each borders the outside as well."""
    sets = face_sets(boxes_of([(0, 0, 2, 2), (2, 0, 3, 2)]), None)
    inner = [cycle for cycle in range(len(sets.members)) if sets.members[cycle]]
    assert sorted(sets.members[cycle] for cycle in inner) == [(0,), (1,)]
    assert sets.across[inner[0]] == [(inner[1], 2.0)]
    assert sets.across[inner[1]] == [(inner[0], 2.0)]


@settings(max_examples=40)
@given(rows=st.lists(BOX, min_size=1, max_size=7))
def test_every_face_given_to_one_district_leaves_no_overlap(territory, rows):
    """The smallest position keeps what several cover: the areas add up to the union, and the proof finds no overlap."""
    shapes = boxes_of(rows)
    sets = face_sets(shapes, None)
    drawn = redraw(sets, [members[:1] for members in sets.members], shapes)
    assert float(shapely.area(drawn).sum()) == pytest.approx(shapely.union_all(shapes).area)
    kinds = territory(list(drawn)).faults.column("kind").to_pylist()
    assert "overlap" not in kinds
    assert "invalid" not in kinds


@settings(max_examples=40)
@given(rows=st.lists(BOX, min_size=1, max_size=7))
def test_faces_left_where_they_are_change_no_shape(rows):
    """Drawn again with what each already holds: every district is the same area."""
    shapes = boxes_of(rows)
    sets = face_sets(shapes, None)
    drawn = redraw(sets, sets.members, shapes)
    assert shapely.equals(drawn, shapes).all()


def test_a_district_whose_border_does_not_change_keeps_its_vertices(grid):
    """Bit by bit, in the order in which they were drawn."""
    cells = grid(3, 3, seed=2).cells.ravel()
    sets = face_sets(cells, grid(3, 3, seed=2).parent)
    drawn = redraw(sets, sets.members, cells)
    assert shapely.equals_identical(drawn, cells).all()
