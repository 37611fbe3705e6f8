"""Every kind of fault, drawn: one face each, with its codes and its area."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import Polygon, box

WEST, EAST, BOTH = box(0, 0, 2, 2), box(2, 0, 4, 2), Polygon([(0, 0), (2, 0), (4, 0), (4, 2), (2, 2), (0, 2)])


def test_overlap_is_one_face_with_both_codes(territory, listed):
    """Overlap is one face with both codes.

    +---+--+--+
    | 0 |##| 1|   1 begins half a unit inside 0
    +---+--+--+
    """
    assert ("overlap", "00+01", 1.0) in listed(territory([WEST, box(1.5, 0, 4, 2)], BOTH))


def test_gap_names_the_districts_around_it(territory, listed):
    """Gap names the districts around it.

    +---+  +--+
    | 0 |  | 1|
    +---+  +--+
    """
    found = listed(territory([WEST, box(2.5, 0, 4, 2)], BOTH))
    assert ("gap", "00+01", 1.0) in found


def test_missing_district_is_a_gap(territory, listed):
    """Missing district is a gap.

    +---+---+
    | 0 |   |   the layer has no district 1
    +---+---+
    """
    assert listed(territory([WEST], BOTH)) == [("gap", "00", 4.0)]


def test_spill_is_what_reaches_beyond_the_parent(territory, listed):
    """Spill is what reaches beyond the parent.

    +---+---+-+
    | 0 | 1 :#|   the parent ends at the dots
    +---+---+-+
    """
    found = listed(territory([WEST, box(2, 0, 5, 2)], BOTH))
    assert ("spill", "01", 2.0) in found


def test_district_wholly_outside_is_a_spill(territory, listed):
    """District wholly outside is a spill.

    +---+---+   +-+
    | 0 | 1 |   |2|
    +---+---+   +-+
    """
    assert listed(territory([WEST, EAST, box(7, 0, 8, 1)], BOTH)) == [("spill", "02", 1.0)]


def test_t_vertex_is_a_mismatch_and_nothing_else(territory, listed):
    """T vertex is a mismatch and nothing else.

    +---+---+
    | 0 * 1 |   1 has the vertex *, 0 has not
    +---+---+
    """
    proof = territory([WEST, Polygon([(2, 0), (4, 0), (4, 2), (2, 2), (2, 1)])], BOTH)
    assert listed(proof) == [("mismatch", "00+01", 0.0)]
    assert proof.verdict == "faults"
    assert any("only vertices differ" in reason for reason in proof.reasons)


def test_t_vertex_that_rounding_moved_is_a_mismatch(territory, listed):
    """The vertex on a slanted side can't lie on it exactly: the sliver is thinner than the coordinates' last bit."""
    a, b = np.array([500_000.1, 3_400_000.7]), np.array([500_777.3, 3_401_111.9])
    inner = a + (b - a) / 3
    west, east = np.array([499_000.0, 3_401_000.0]), np.array([502_000.0, 3_400_100.0])
    found = listed(territory([Polygon([a, b, west]), Polygon([a, inner, b, east][::-1])], Polygon([a, east, b, west])))
    assert found == [("mismatch", "00+01", 0.0)]


def test_same_polygon_twice_overlaps_itself(territory, listed):
    """Same polygon twice overlaps itself.

    +---+---+
    |0+2| 1 |   2 is a copy of 0
    +---+---+
    """
    assert listed(territory([WEST, EAST, WEST], BOTH)) == [("overlap", "00+02", 4.0)]


@pytest.mark.parametrize("times", [255, 256, 257, 512])
def test_district_stacked_256_times_is_not_clean(territory, listed, times):
    """A counter of 8 bits comes round to nothing after 256 walks along the same edge."""
    found = listed(territory([WEST] * times + [EAST], BOTH))
    assert [(kind, area) for kind, _, area in found] == [("overlap", 4.0)]


def test_district_over_two_others_is_two_faces(territory, listed):
    """District over two others is two faces.

    +---+---+
    | 0+|+1 |   2 lies over both: the border between 0 and 1 cancels, and yet divides the fault
    +---+---+
    """
    found = listed(territory([WEST, EAST, box(1, 0.5, 3, 1.5)], BOTH))
    assert found == [("overlap", "00+02", 1.0), ("overlap", "01+02", 1.0)]


def test_overlap_that_goes_over_into_a_spill_is_two_faces(territory, listed):
    """Overlap that goes over into a spill is two faces.

    +---+---+
    | 0 |1+2|##|   2 lies over 1 and reaches out; the parent's edge cancels with that of 1
    +---+---+
    """
    found = listed(territory([WEST, EAST, box(3, 0.5, 5, 1.5)], BOTH))
    assert found == [("overlap", "01+02", 1.0), ("spill", "02", 1.0)]


def test_hole_without_parent_is_a_gap(territory, listed):
    """Hole without parent is a gap.

    +-------+
    |  +-+  |   nobody has the hole, and nobody said that it is water
    |  +-+  |
    +-------+
    """
    ring = Polygon(WEST.exterior, [[(0.5, 0.5), (1.5, 0.5), (1.5, 1.5), (0.5, 1.5)]])
    assert listed(territory([ring])) == [("gap", "00", 1.0)]


def test_island_in_a_hole_in_an_island(territory, listed):
    """Island in a hole in an island.

    +---------+
    | +-----+ |
    | | +-+ | |   nested holes: 0 around a gap around 1
    | | +-+ | |
    | +-----+ |
    +---------+
    """
    ring = Polygon(box(0, 0, 9, 9).exterior, [box(2, 2, 7, 7).exterior.coords])
    assert listed(territory([ring, box(4, 4, 5, 5)], box(0, 0, 9, 9))) == [("gap", "00+01", 24.0)]


def test_gap_whose_corners_touch_is_drawn_as_it_is(territory, listed):
    """Gap whose corners touch is drawn as it is.

    +--+--+
    |##|  |   two gaps that meet in a point are two faces
    +--+--+
    |  |##|
    +--+--+
    """
    around = Polygon([(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1)])
    found = listed(territory([box(0, 0, 1, 1), box(1, 1, 2, 2)], around))
    assert found == [("gap", "00+01", 1.0), ("gap", "00+01", 1.0)]


def test_bow_tie_is_invalid_and_its_neighbours_are_still_looked_at(territory, listed):
    r"""Bow tie is invalid and its neighbours are still looked at.

    +\ /+---+
    | X | 1 |   the ring of 0 crosses itself: nothing is proven, the triangles above and below are gaps
    +/ \+---+
    """
    bow = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    proof = territory([bow, EAST], BOTH)
    kinds = [kind for kind, _, _ in listed(proof)]
    assert proof.verdict == "faults"
    assert kinds.count("gap") == 2
    assert kinds.count("invalid") == 1
    reason = next(row["reason"] for row in proof.faults.to_pylist() if row["kind"] == "invalid")
    assert "Self-intersection" in reason


@pytest.mark.parametrize("shape", [shapely.LineString([(0, 0), (2, 2)]), shapely.Point(1, 1)])
def test_lines_and_points_are_invalid(territory, listed, shape):
    """A district is an area; what is not leaves a gap."""
    kinds = [kind for kind, _, _ in listed(territory([shape, EAST], BOTH))]
    assert kinds == ["gap", "invalid"]


def test_one_cause_is_one_group(territory):
    """A border drawn with other vertices by each side makes many slivers: all have one group."""
    zigzag = [(2 + 0.01 * (-1) ** n, n / 10) for n in range(1, 20)]
    west = Polygon([(0, 0), (2, 0), *zigzag, (2, 2), (0, 2)])
    proof = territory([west, EAST], BOTH)
    rows = proof.faults.to_pylist()
    assert {row["kind"] for row in rows} == {"overlap", "gap"}
    assert len(rows) == 19
    assert {row["group"] for row in rows} == {"F00001"}


def test_parent_of_another_place_makes_each_district_a_spill(grid, territory, listed):
    """The wrong parent, a common slip: every district beyond it is named, and soon.

    +--+--+--+
    |##|##|##|   ## 899 districts beyond the parent: one face by its edges, 899 by who covers it
    |##|p |##|
    +--+--+--+
    """
    cells = grid(30, 30, inner=10).cells.ravel()
    codes = [f"{number:03d}" for number in range(900)]
    found = listed(territory(list(cells), cells[400], codes=codes))
    assert [(kind, districts) for kind, districts, _ in found] == [("spill", code) for code in codes if code != "400"]
