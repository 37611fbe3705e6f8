"""Districts that are not of this parent at all: found, and told apart from those that only reach beyond it."""

from __future__ import annotations

import pytest
from shapely import Polygon, box

from minglu.geo.layer.districts import Parent
from minglu.geo.layer.piecewise import InMemoryLayer
from minglu.geo.tiling.fault_table import Tolerance
from minglu.geo.tiling.outside_parent import find_outside
from minglu.geo.tiling.partition_proof import prove_layer

LAKE = Polygon([(1, 1), (1, 3), (3, 3), (3, 1)])
COUNTY = Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [LAKE.exterior.coords])


@pytest.fixture
def outside(districts_of):
    def run(shapes, parent=COUNTY, codes=None) -> list[str]:
        layer = districts_of(shapes, codes)
        above = None if parent is None else Parent(parent, layer.crs, "county")
        scan, proof = prove_layer(InMemoryLayer(layer), above, Tolerance(0.0, 0.0))
        found = find_outside(scan, above, proof.faults)
        assert all(finding.code == "DISTRICT_OUTSIDE_PARENT" and " / " in finding.reason for finding in found)
        return [code for finding in found for code in finding.districts]

    return run


def test_what_lies_elsewhere_touches_only_or_fills_the_lake_is_outside(outside):
    """County of 4 x 4 with a lake.

    +-------+---+   +---+
    | +---+ | 2 |   | 1 |     0 is the land; 1 lies far off; 2 touches the county's edge;
    | | 3 | +---+   +---+     3 fills the lake, which is no part of the county;
    | +---+ |                 4 reaches beyond it, and that is another thing
    +--[ 4 ]+
    """
    shapes = [COUNTY, box(9, 0, 10, 1), box(4, 2, 5, 4), LAKE, box(0.5, -0.5, 1.5, 0.5)]
    assert outside(shapes) == ["01", "02", "03"]


def test_the_same_polygon_twice_outside_is_found_under_both_codes(outside):
    """Two districts on each other make an overlap and no spill: they are outside all the same."""
    assert outside([COUNTY, box(9, 0, 10, 1), box(9, 0, 10, 1)]) == ["01", "02"]


def test_districts_in_place_are_no_finding(outside):
    """A tiling has none, however many share the parent's edge."""
    assert outside([COUNTY]) == []


def test_without_a_parent_there_is_no_outside(outside):
    """Nothing is known about the outside."""
    assert outside([box(0, 0, 1, 1), box(9, 9, 10, 10)], parent=None) == []


def test_shapes_that_are_no_areas_are_not_judged(outside):
    """A bow-tie and a virtual district have findings of their own."""
    assert outside([COUNTY, Polygon([(9, 0), (10, 1), (10, 0), (9, 1)]), None, Polygon()]) == []


def test_a_whole_layer_of_another_county_is_named_code_by_code(outside, grid):
    """The wrong file, a common slip: every district is named once, with its code."""
    cells = list(grid(6, 6).cells.ravel())
    codes = [f"{number:02d}" for number in range(36)]
    assert outside(cells, codes=codes) == codes


def test_a_polygon_without_a_code_does_not_hide_its_neighbour(outside):
    """Codes name districts; a missing one is a finding elsewhere."""
    assert outside([COUNTY, box(9, 0, 10, 1), box(11, 0, 12, 1)], codes=["a", "", "b"]) == ["b"]
