"""What may be called proven: the verdict from what was found and from the areas, and the words that go with it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely
from pyproj import CRS
from shapely import Polygon, box

from minglu.errors import GeometryError
from minglu.geo.layer.districts import Districts, Parent
from minglu.geo.layer.piecewise import InMemoryLayer
from minglu.geo.territory_schemas import FAULTS
from minglu.geo.tiling import partition_proof
from minglu.geo.tiling.layer_scan import scan_layer
from minglu.geo.tiling.partition_proof import Figures, prove

WEST, EAST, BOTH = box(0, 0, 2, 2), box(2, 0, 4, 2), Polygon([(0, 0), (2, 0), (4, 0), (4, 2), (2, 2), (0, 2)])
NO_PARENT = "未给出上级区域，外边界未证明 / no parent area was given: the outer edge is not proven"
OPEN = "部分区域无法判定 / some places could not be decided"
VERTICES = "仅边界顶点不一致，无重叠无缺口 / only vertices differ: no overlap and no gap"
AREAS = "面积恒等式不成立 / the areas don't add up: sum of districts less parent is not the faulty area"


def conclude(kinds: list[str], *, parent_area: float | None = 8.0, faulty_area: float = 0.0, error: float = 1e-9):
    """Draw the verdict on two districts of 8 square units, as if faults of some kinds had been found."""
    columns = {field.name: [None] * len(kinds) for field in FAULTS} | {"kind": kinds}
    figures = Figures(2, 0, 0, 14, 0, 8.0, parent_area, faulty_area)
    return partition_proof._conclude(pa.table(columns, schema=FAULTS), figures, error)


@pytest.mark.parametrize(
    ("kinds", "faulty_area", "verdict", "edge", "reasons"),
    [
        ([], 0.0, "proven", "proven", ()),
        (["overlap", "gap"], 0.0, "faults", "not proven", ()),
        (["undecided"], 0.0, "undecided", "not proven", (OPEN,)),
        (["undecided", "gap"], 0.0, "faults", "not proven", (OPEN,)),
        (["mismatch", "mismatch"], 0.0, "faults", "not proven", (VERTICES,)),
        (["mismatch", "gap"], 0.0, "faults", "not proven", ()),
        ([], 1e-9, "proven", "proven", ()),
        ([], 2e-9, "undecided", "not proven", (AREAS,)),
        ([], -2e-9, "undecided", "not proven", (AREAS,)),
        (["spill"], 1.0, "faults", "not proven", (AREAS,)),
        (["undecided"], 1.0, "undecided", "not proven", (OPEN, AREAS)),
    ],
)
def test_nothing_is_proven_unless_nothing_was_found_and_the_areas_add_up(kinds, faulty_area, verdict, edge, reasons):
    """Faults outweigh what is undecided; an area too much is undecided, never "probably fine"."""
    proof = conclude(kinds, faulty_area=faulty_area)
    assert (proof.verdict, proof.edge, proof.reasons) == (verdict, edge, reasons)


def test_without_a_parent_all_area_is_covered_once():
    """The identity then says that the faces of winding one are the districts."""
    proof = conclude([], parent_area=None, faulty_area=8.0)
    assert (proof.verdict, proof.edge, proof.reasons) == ("proven", "not proven", (NO_PARENT,))
    assert conclude([], parent_area=None, faulty_area=0.0).reasons == (NO_PARENT, AREAS)


def test_windings_that_are_wrong_do_not_pass(territory, monkeypatch):
    """The identity is asked of every proof: faces that lose half of their area are noticed."""
    whole = partition_proof.signed_areas
    monkeypatch.setattr(partition_proof, "signed_areas", lambda arrangement: whole(arrangement) / 2)
    assert AREAS in territory([WEST, box(1.5, 0, 4, 2)], BOTH).reasons


def test_what_was_counted_is_told(territory):
    """Districts, those without a shape, invalid ones, edges with the parent's, leftover ones, areas: also as plain values."""
    bow = Polygon([(6, 0), (8, 2), (8, 0), (6, 2)])
    proof = territory([WEST, EAST, box(2, 0, 3, 2), None, bow], BOTH)
    assert proof.figures == Figures(5, 1, 1, 8 + 4 + 6 + 6, 4 + 6, 12.0, 8.0, 4.0)
    told = proof.as_dict()
    assert list(told) == ["verdict", "edge", "faults", "figures", "reasons"]
    assert (told["verdict"], told["edge"], told["reasons"]) == ("faults", "not proven", [])
    assert list(told["faults"].items()) == [("invalid", 1), ("overlap", 1), ("spill", 2)]
    assert told["figures"]["parent_area"] == 8.0


def test_the_room_for_rounding_grows_with_extent_and_vertices(districts_of):
    """One last bit of each box for each vertex, and 8 more; what has no place has no room."""
    endless = shapely.linestrings([[0, 0], [np.inf, 1]])
    scan = scan_layer(InMemoryLayer(districts_of([WEST, EAST, None])))
    eps = np.finfo(float).eps
    assert partition_proof._area_error(scan, None) == pytest.approx(eps * (4 * 13 + 4 * 13), rel=1e-12, abs=0)
    assert partition_proof._area_error(scan, BOTH) == pytest.approx(eps * (4 * 13 + 4 * 13 + 8 * 15), rel=1e-12, abs=0)
    moved = scan_layer(InMemoryLayer(districts_of([box(10, 20, 12, 25)])))
    assert partition_proof._area_error(moved, None) == pytest.approx(eps * 10 * 13, rel=1e-12, abs=0)
    with np.errstate(invalid="ignore"):
        lost = scan_layer(InMemoryLayer(districts_of([WEST, endless])))
    assert partition_proof._area_error(lost, None) == pytest.approx(eps * (4 * 13), rel=1e-12, abs=0)


def test_a_parent_across_the_antimeridian_is_refused_by_its_own_name():
    """Its edges too would span the globe the wrong way round."""
    globe = CRS.from_epsg(4490)
    layer = Districts(("0",), ("",), np.array([box(170, 0, 171, 1)], object), globe, "fiji.gpkg")
    across = Polygon([(179.5, 0), (-179.5, 0), (-179.5, 1), (179.5, 1)])
    with pytest.raises(GeometryError, match=r"sea\.gpkg: an edge jumps across the 180th meridian"):
        prove(layer, Parent(across, globe, "sea.gpkg"), sliver_width_m=1, sliver_area_m2=1)
