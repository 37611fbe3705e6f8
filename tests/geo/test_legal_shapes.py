"""What is legal, drawn: no oddity of shape or writing makes a fault."""

from __future__ import annotations

import shapely
from shapely import MultiPolygon, Polygon, box

WEST, EAST, BOTH = box(0, 0, 2, 2), box(2, 0, 4, 2), Polygon([(0, 0), (2, 0), (4, 0), (4, 2), (2, 2), (0, 2)])


def test_enclave_and_flying_land_are_legal(territory):
    """Enclave and flying land are legal.

    +-------+---+
    | 0 +-+ | 1 |   the small square inside 0 belongs to 1
    |   |1| |   |
    |   +-+ |   |
    +-------+---+
    """
    hole = [(0.5, 0.5), (1.5, 0.5), (1.5, 1.5), (0.5, 1.5)]
    zero = Polygon(WEST.exterior, [hole])
    assert territory([zero, MultiPolygon([EAST, Polygon(hole)])], BOTH).verdict == "proven"


def test_parent_with_a_lake_is_legal(territory, listed):
    """Parent with a lake is legal.

    +-------+
    |  ~~~  |   the lake is no part of the parent; a district that fills it spills
    +-------+
    """
    lake = [(1, 0.5), (3, 0.5), (3, 1.5), (1, 1.5)]
    land = Polygon(BOTH.exterior, [lake])
    assert territory([land], land).verdict == "proven"
    assert listed(territory([Polygon(BOTH.exterior)], land)) == [("spill", "00", 2.0)]


def test_rings_that_touch_in_a_point(territory):
    """Rings that touch in a point.

    +-+
    |0+-+     0 is two squares that meet in a corner; 1 fills the rest
    +-+0|
      +-+
    """
    two = MultiPolygon([box(0, 1, 1, 2), box(1, 0, 2, 1)])
    rest = MultiPolygon([box(0, 0, 1, 1), box(1, 1, 2, 2)])
    around = Polygon([(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1)])
    assert territory([two, rest], around).verdict == "proven"


def test_duplicate_vertices_and_either_orientation_change_nothing(territory):
    """A vertex written twice has no edge; rings may run either way round."""
    doubled = Polygon([(0, 0), (0, 2), (0, 2), (2, 2), (2, 0), (2, 0)])
    assert territory([doubled, shapely.reverse(EAST)], shapely.reverse(BOTH)).verdict == "proven"


def test_minus_zero_is_zero(territory):
    """-0.0 and 0.0 differ in their bits and are one place."""
    minus = Polygon([(-0.0, 0.0), (2.0, -0.0), (2.0, 2.0), (-0.0, 2.0)])
    assert territory([minus, EAST], BOTH).verdict == "proven"


def test_virtual_district_has_no_part_in_the_proof(territory):
    """Codes from 900 may have no polygon; whether this one may is asked by `codes`."""
    proof = territory([WEST, EAST, None, Polygon()], BOTH)
    assert proof.verdict == "proven"
    assert proof.figures.without_geometry == 2
