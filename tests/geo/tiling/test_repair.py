"""Suggested repairs: slivers change hands, nothing else moves, and the same proof says that it worked."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import Polygon, box

from minglu.geo.layer.districts import Parent
from minglu.geo.tiling.partition_proof import prove
from minglu.geo.tiling.repair import Change, Repair, suggest_repair

WEST, EAST = box(0, 0, 2, 2), box(2, 0, 4, 2)
BOTH = Polygon([(0, 0), (2, 0), (4, 0), (4, 2), (2, 2), (0, 2)])


@pytest.fixture
def mend(districts_of):
    def run(shapes, parent=None, *, width_m: float = 1.0) -> Repair:
        layer = districts_of(shapes)
        above = None if parent is None else Parent(parent, layer.crs, "drawn parent")
        proof = prove(layer, above, sliver_width_m=width_m, sliver_area_m2=0.0)
        return suggest_repair(layer, above, proof, sliver_width_m=width_m, sliver_area_m2=0.0)

    return run


@pytest.mark.parametrize(
    ("east", "change"),
    [
        (Polygon([(2, 0), (4, 0), (4, 2), (2, 2), (2.01, 1)]), ("gap", "", "01", 0.01)),
        (Polygon([(2, 0), (4, 0), (4, 2), (2, 2), (1.99, 1)]), ("overlap", "01", "00", 0.01)),
        (Polygon([(2, 0), (4, 0), (4.01, 1), (4, 2), (2, 2)]), ("spill", "01", "", 0.01)),
        (Polygon([(2, 0), (4, 0), (4, 2), (2, 2), (2, 1)]), ("mismatch", "", "", 0.0)),
    ],
)
def test_the_smaller_code_keeps_its_border(mend, east, change):
    """A gap goes to the greater code, an overlap to the smaller, a spill to nobody, a vertex too many goes."""
    repair = mend([WEST, east], BOTH)
    assert repair.proof.verdict == "proven"
    assert repair.reason == ""
    assert [shapely.equals(*pair) for pair in zip(repair.districts.geometries, [WEST, EAST], strict=True)] == [True] * 2
    kind, lost, got, area = change
    assert repair.changes == (Change(kind, lost, got, pytest.approx(area, rel=0.02)),)


def test_the_parents_own_vertices_are_taken_over(mend):
    """A vertex that only the parent has is put into the district's edge."""
    parent = Polygon([(0, 0), (1, 0), (2, 0), (4, 0), (4, 2), (2, 2), (0, 2)])
    repair = mend([WEST, EAST], parent)
    assert repair.proof.verdict == "proven"
    assert [1.0, 0.0] in shapely.get_coordinates(repair.districts.geometries[0]).tolist()


def test_serious_faults_stay_as_they_are(mend):
    """Half a kilometre is no sliver: it is left to people, and said."""
    repair = mend([WEST, box(1, 0, 4, 2)], BOTH, width_m=0.001)
    assert "overlap" in repair.proof.faults.column("kind").to_pylist()
    assert shapely.equals(repair.districts.geometries[1], box(1, 0, 4, 2))


def test_untouched_districts_keep_every_bit(mend, grid):
    """Only the districts of a sliver are drawn again."""
    cells = grid(4, 4, seed=9).cells.ravel().copy()
    corners = shapely.get_coordinates(cells[5])
    corners[2] += 0.05
    bent = cells.copy()
    bent[5] = Polygon(corners)
    repair = mend(bent, grid(4, 4, seed=9).parent)
    assert repair.proof.verdict == "proven"
    touched = {
        int(code) for change in repair.changes for code in f"{change.taken_from}+{change.given_to}".split("+") if code
    }
    same = [shapely.equals_exact(a, b) for a, b in zip(repair.districts.geometries, bent, strict=True)]
    assert {number for number, equal in enumerate(same) if not equal} <= touched | {5}


def _jittered(cells: np.ndarray, seed: int) -> list[Polygon]:
    random = np.random.default_rng(seed)

    def jitter(xy: np.ndarray) -> np.ndarray:
        moved = xy + random.uniform(-0.3, 0.3, xy.shape)
        moved[-1] = moved[0]
        return moved

    return [shapely.transform(cell, jitter) for cell in cells.ravel()]


def test_jittered_layer_is_mended_without_threads(mend, grid):
    """Every vertex off by up to 30 cm: what is left runs past a corner; no district moves by more than the jitter."""
    cells = _jittered(grid(4, 4, seed=1).cells, 4)
    repair = mend(cells)
    kinds = repair.proof.faults.column("kind").to_pylist()
    assert set(kinds) <= {"gap"}
    assert len(kinds) < 10 < len(repair.changes)
    assert all(shapely.hausdorff_distance(*pair) < 1 for pair in zip(repair.districts.geometries, cells, strict=True))


def test_what_cannot_be_mended_is_said(mend, grid):
    """Gaps past a corner stay; so does a border that meets the parent's straight edge where it has no vertex."""
    drawn = grid(8, 8, inner=5, seed=2)
    repair = mend(_jittered(drawn.cells, 3), drawn.parent)
    assert set(repair.proof.faults.column("kind").to_pylist()) <= {"gap", "mismatch"}
    assert "could not be repaired" in repair.reason
