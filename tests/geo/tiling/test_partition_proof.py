"""The proof: what is proven, in which words what is not, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import CRS
from shapely import Polygon, box

from minglu.errors import CrsError, GeometryError
from minglu.geo.layer.districts import Districts, Parent
from minglu.geo.tiling.partition_proof import prove

WEST, EAST, BOTH = box(0, 0, 2, 2), box(2, 0, 4, 2), Polygon([(0, 0), (2, 0), (4, 0), (4, 2), (2, 2), (0, 2)])


def test_two_halves_tile_their_parent(territory):
    """Two halves tile their parent.

    +---+---+
    | 0 | 1 |   proven, to the edge
    +---+---+
    """
    proof = territory([WEST, EAST], BOTH)
    assert (proof.verdict, proof.edge, proof.faults.num_rows) == ("proven", "proven", 0)
    assert proof.figures.leftover_edges == 0


def test_without_a_parent_the_edge_is_not_proven(territory):
    """Without a parent the edge is not proven.

    +---+---+
    | 0 | 1 |   no parent: nothing is known about the outside
    +---+---+
    """
    proof = territory([WEST, EAST])
    assert (proof.verdict, proof.edge) == ("proven", "not proven")
    assert "outer edge" in proof.reasons[0]


def test_a_gap_inside_leaves_the_outer_edge_proven(territory):
    """The edge of the parent is one question, a hole in the middle another.

    +-------+
    |  +-+  |   one district with a hole that nobody fills
    |  +-+  |
    +-------+
    """
    ring = box(0, 0, 4, 2).difference(box(1, 0.5, 2, 1.5))
    proof = territory([ring], box(0, 0, 4, 2))
    assert (proof.verdict, proof.edge) == ("faults", "proven")
    assert territory([WEST], box(0, 0, 4, 2)).edge == "not proven"
    assert territory([WEST, box(2, 0, 5, 2)], box(0, 0, 4, 2)).edge == "not proven"


def test_last_bit_counts(territory):
    """One coordinate off by its last bit is not proven."""
    nudged = Polygon([(2, 0), (4, 0), (4, 2), (np.nextafter(2, 3), 2)])
    proof = territory([WEST, nudged], BOTH)
    assert proof.verdict == "faults"


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_coordinates_that_are_no_numbers_are_refused(territory, number):
    """NaN equals nothing, not even itself: such a polygon is invalid, and the layer is not proven."""
    with np.errstate(invalid="ignore"):
        torn = Polygon([(0, 0), (2, 0), (2, number), (0, 2)])
    proof = territory([torn, EAST], BOTH)
    assert proof.verdict == "faults"
    assert "invalid" in proof.faults.column("kind").to_pylist()


def test_same_faults_whatever_the_order(grid):
    """Row order changes nothing but the row order."""
    cells = grid(4, 4, seed=3).cells.ravel().copy()
    cells[5] = shapely.buffer(cells[5], 30)
    codes = [f"{n:02d}" for n in range(16)]
    order = np.random.default_rng(1).permutation(16)
    crs = CRS.from_epsg(4547)

    def run(index):
        layer = Districts(tuple(codes[i] for i in index), ("",) * 16, cells[index], crs, "drawn")
        above = Parent(grid(4, 4, seed=3).parent, crs, "parent")
        return prove(layer, above, sliver_width_m=1, sliver_area_m2=1).faults

    assert run(np.arange(16)).to_pylist() == run(order).to_pylist()


def test_another_coordinate_system_is_refused(districts_of):
    """A projection changes coordinates: nothing could be proven afterwards."""
    with pytest.raises(CrsError, match="expected CGCS2000"):
        prove(districts_of([WEST]), Parent(WEST, CRS.from_epsg(4490), "p"), sliver_width_m=1, sliver_area_m2=1)


def test_invalid_parent_is_refused(territory):
    """Against a parent that crosses itself nothing can be proven."""
    with pytest.raises(GeometryError, match="not a valid polygon"):
        territory([WEST], Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]))


def test_edges_across_the_antimeridian_are_refused():
    """An edge from 179.9 to -179.9 spans the globe the wrong way round."""
    globe = CRS.from_epsg(4490)
    shape = Polygon([(179.5, 0), (-179.5, 0), (-179.5, 1), (179.5, 1)])
    layer = Districts(("0",), ("",), np.array([shape], object), globe, "fiji.gpkg")
    with pytest.raises(GeometryError, match="180th meridian"):
        prove(layer, sliver_width_m=1, sliver_area_m2=1)
