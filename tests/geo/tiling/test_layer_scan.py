"""A layer gone through in pieces: the same proof however it is cut, and only what is asked for is read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from minglu.geo.layer.district_index import index_districts
from minglu.geo.layer.districts import Districts, Parent
from minglu.geo.layer.piecewise import InMemoryLayer, Piece
from minglu.geo.tiling.fault_table import Tolerance
from minglu.geo.tiling.layer_scan import scan_layer
from minglu.geo.tiling.partition_proof import prove, prove_layer


@dataclass
class Cut:
    """A layer handed out in pieces of our choice; it remembers what was read again."""

    whole: Districts
    size: int
    asked: list[int] = field(default_factory=list)

    @property
    def crs(self):
        """Of the layer."""
        return self.whole.crs

    @property
    def source(self) -> str:
        """Of the layer."""
        return self.whole.source

    def pieces(self) -> Iterator[Piece]:
        """Yield them in the layer's order."""
        for first in range(0, len(self.whole), self.size):
            rows = np.arange(first, min(first + self.size, len(self.whole)))
            yield Piece(rows, self.whole.take(rows))

    def shapes(self, rows) -> np.ndarray:
        """Return shapes, and remember them."""
        self.asked += rows.tolist()
        return self.whole.geometries[rows]


BOX = st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(1, 3), st.integers(1, 3))


@settings(max_examples=25)
@given(rows=st.lists(BOX, min_size=1, max_size=9), size=st.integers(1, 9))
def test_the_same_faults_however_the_layer_is_cut(districts_of, rows, size):
    """Each district alone, or all in one piece: the same table, the same figures."""
    layer = districts_of([shapely.box(x, y, x + w, y + h) for x, y, w, h in rows])
    parent = Parent(shapely.box(0, 0, 6, 6), layer.crs, "parent")
    expected = prove(layer, parent, sliver_width_m=0.0, sliver_area_m2=0.0)
    _, proof = prove_layer(Cut(layer, size), parent, Tolerance(0.0, 0.0))
    assert proof.figures == expected.figures
    assert proof.verdict == expected.verdict
    named = ["kind", "geometry", "districts", "area_m2"]
    assert proof.faults.select(named).to_pylist() == expected.faults.select(named).to_pylist()


def test_a_clean_layer_is_never_asked_for_a_shape_again(grid, districts_of):
    """Memory holds pieces and borders, never the layer."""
    drawn = grid(6, 6, seed=3)
    layer = Cut(districts_of(list(drawn.cells.ravel())), 4)
    parent = Parent(drawn.parent, layer.crs, "parent")
    _, proof = prove_layer(layer, parent, Tolerance(0.0, 0.0))
    assert (proof.verdict, layer.asked) == ("proven", [])


def test_a_fault_asks_for_its_neighbours_alone(grid, districts_of):
    """One missing district of a hundred: nine shapes are read again at most."""
    drawn = grid(10, 10, seed=3)
    shapes = list(drawn.cells.ravel())
    del shapes[55]
    layer = Cut(districts_of(shapes), 8)
    _, proof = prove_layer(layer, Parent(drawn.parent, layer.crs, "parent"), Tolerance(0.0, 0.0))
    assert proof.faults.column("kind").to_pylist() == ["gap"]
    assert 0 < len(set(layer.asked)) <= 9


def test_an_uncovered_island_is_named_after_the_nearest_district(territory):
    """No edge of a district borders it: the nearest one stands in words.

    +--+--+      +--+
    | 0| 1|      |  |   two islands, the eastern one without a district
    +--+--+      +--+
    """
    parent = shapely.MultiPolygon(
        [shapely.Polygon([(0, 0), (1, 0), (2, 0), (2, 1), (1, 1), (0, 1)]), shapely.box(4, 0, 5, 1)]
    )
    proof = territory([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], parent)
    assert [(row["kind"], row["districts"], row["place"]) for row in proof.faults.to_pylist()] == [
        ("gap", "", "01 district 01")
    ]


def test_pieces_of_a_layer_in_memory_hold_every_district_once(grid, districts_of):
    """Virtual districts and shapes without a place among them."""
    shapes = [*grid(5, 5).cells.ravel(), None, shapely.Polygon()]
    rows = np.concatenate([piece.rows for piece in InMemoryLayer(districts_of(shapes)).pieces()])
    assert sorted(rows.tolist()) == list(range(len(shapes)))


def test_a_listing_has_codes_extents_and_no_shapes(districts_of):
    """In the order of the layer, whatever the pieces."""
    layer = districts_of([shapely.box(0, 0, 1, 1), None, shapely.box(2, 0, 3, 1)])
    listing = index_districts(Cut(layer, 2))
    assert listing.codes == layer.codes
    assert listing.present.tolist() == [True, False, True]
    assert listing.bounds[2].tolist() == [2, 0, 3, 1]
    assert listing.districts(np.array([2])).codes == ("02",)


@pytest.mark.slow
def test_a_ring_of_a_million_vertices_is_proven(districts_of):
    """One district and its parent, 10^6 edges each; moved by one float it is not proven any more."""
    angle = np.linspace(0, 2 * np.pi, 1_000_001)[:-1]
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) * 1e4 + (5e5, 3.4e6)
    circle = shapely.Polygon(ring)
    layer = districts_of([circle])
    parent = Parent(circle, layer.crs, "parent")
    scan = scan_layer(InMemoryLayer(layer))
    assert scan.total_edges == 1_000_000
    assert prove(layer, parent, sliver_width_m=0.0, sliver_area_m2=0.0).verdict == "proven"
    ring[123_456, 0] = np.nextafter(ring[123_456, 0], 1e9)
    moved = Parent(shapely.Polygon(ring), layer.crs, "parent")
    assert prove(layer, moved, sliver_width_m=0.0, sliver_area_m2=0.0).verdict == "faults"
