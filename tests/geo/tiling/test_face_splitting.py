"""Faults cut where other districts begin: on each the same districts throughout, and nothing lost on the way."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

BOX = st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(1, 5), st.integers(1, 5))
COUNTY = shapely.box(1, 1, 9, 9)


@settings(max_examples=30)
@given(rows=st.lists(BOX, min_size=2, max_size=7))
def test_on_each_fault_the_same_districts_throughout(territory, rows):
    """Each named district covers the whole fault, every other one nothing of it; the parent holds all of it or none."""
    shapes = np.array([shapely.box(x, y, x + w, y + h) for x, y, w, h in rows], object)
    for fault in territory(list(shapes), COUNTY).faults.to_pylist():
        face = shapely.from_wkb(fault["geometry"])
        if fault["kind"] == "mismatch":
            continue
        covering = shapely.area(shapely.intersection(shapes, face))
        named = {f"{n:02d}" for n in np.flatnonzero(covering > 0)}
        assert set(covering.tolist()) <= {0.0, face.area}
        if fault["kind"] != "gap":
            assert set(fault["districts"].split("+")) == named
        assert shapely.intersection(COUNTY, face).area in (0.0, face.area)


@settings(max_examples=15)
@given(rows=st.lists(BOX, min_size=2, max_size=7))
def test_faults_do_not_overlap_each_other(territory, rows):
    """Cut apart, not copied: their areas add up to that of their union."""
    shapes = [shapely.box(x, y, x + w, y + h) for x, y, w, h in rows]
    proof = territory(shapes, COUNTY)
    faces = shapely.from_wkb(proof.faults.column("geometry").to_numpy(zero_copy_only=False))
    faces = faces[shapely.get_dimensions(faces) == 2]
    assert float(shapely.area(faces).sum()) == shapely.union_all(faces).area


def test_a_face_that_many_borders_cross_is_cut_into_all_of_them(territory):
    """One district over a chessboard of 64: as many overlaps as squares, each with its own pair."""
    board = [shapely.box(i, j, i + 1, j + 1) for i in range(8) for j in range(8)]
    faults = territory([*board, shapely.box(0, 0, 8, 8)], shapely.box(0, 0, 8, 8)).faults.to_pylist()
    overlaps = [fault["districts"] for fault in faults if fault["kind"] == "overlap"]
    assert sorted(overlaps) == sorted(f"{n:02d}+64" for n in range(64))
